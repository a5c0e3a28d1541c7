// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Timestamp asserter of the development chain
/// @notice Lets account validation depend on the time in the one way that the protocol allows.
/// @dev Validation must not read the time itself. A call to this contract may, and the node checks separately that the asserted range does
/// not end too soon.
contract TimestampAsserter {
    /// @notice The present is outside the asserted range.
    /// @param currentTimestamp Time of the block, in seconds.
    /// @param start First second of the range.
    /// @param end Last second of the range.
    error TimestampOutOfRange(uint256 currentTimestamp, uint256 start, uint256 end);

    /// @notice Checks that the block's time lies in a range.
    /// @dev Reverts if it does not.
    /// @param start First second of the range.
    /// @param end Last second of the range.
    function assertTimestampInRange(uint256 start, uint256 end) external view {
        if (block.timestamp < start || block.timestamp > end) {
            revert TimestampOutOfRange(block.timestamp, start, end);
        }
    }
}
