// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Contract that calls itself as deep as it is told
contract Diver {
    /// @notice Calls itself, each call within the one before, until it is deep enough or has little gas left.
    /// @param depth How deep.
    /// @return reached How deep it got.
    function dive(uint256 depth) external returns (uint256 reached) {
        if (depth == 0 || gasleft() < 3_000) return 0;
        return this.dive(depth - 1) + 1;
    }
}
