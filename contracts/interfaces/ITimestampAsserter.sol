// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Timestamp asserter of a ZKsync chain
/// @notice The one contract through which a validation step may depend on the time.
interface ITimestampAsserter {
    /// @notice Reverts unless the block's time is within the range, ends included.
    /// @param start First second of the range, in Unix time.
    /// @param end Last second of the range, in Unix time.
    function assertTimestampInRange(uint256 start, uint256 end) external view;
}
