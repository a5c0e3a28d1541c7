// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice A library with code of its own.
library Scores {
    /// @notice The score of a number.
    /// @param number The number.
    /// @return score Its triple.
    function triple(uint256 number) external pure returns (uint256 score) {
        return 3 * number;
    }
}
