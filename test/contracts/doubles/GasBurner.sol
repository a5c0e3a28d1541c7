// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Contract that uses up all gas it gets
contract GasBurner {
    /// @notice How far it got.
    uint256 public rounds;

    /// @notice Works until there is no gas left.
    function burn() external {
        while (gasleft() != 0) {
            ++rounds;
        }
    }
}
