// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Answers that stand in memory as they are encoded
/// @notice Ends the call of an external function. Solidity gives arrays their length beforehand and copies them to be returned.
library Answer {
    /// @notice Ends the call with two words.
    /// @param first The first word.
    /// @param second The second word.
    function pair(uint256 first, uint256 second) internal pure {
        assembly ("memory-safe") {
            mstore(0, first)
            mstore(32, second)
            return(0, 64)
        }
    }

    /// @notice Starts an array of words at the end of memory. Nothing may allocate memory until {array}.
    /// @return words The empty array.
    function open() internal pure returns (uint256 words) {
        // Offset and length.
        assembly ("memory-safe") {
            words := mload(64)
            mstore(words, 32)
            mstore(add(words, 32), 0)
        }
    }

    /// @notice Appends a word to an array.
    /// @param words The array.
    /// @param word The word.
    function append(uint256 words, uint256 word) internal pure {
        assembly ("memory-safe") {
            let length := add(mload(add(words, 32)), 1)
            mstore(add(words, 32), length)
            mstore(add(add(words, 32), shl(5, length)), word)
        }
    }

    /// @notice Ends the call with an array.
    /// @param words The array.
    function array(uint256 words) internal pure {
        assembly ("memory-safe") {
            return(words, add(shl(5, mload(add(words, 32))), 64))
        }
    }
}
