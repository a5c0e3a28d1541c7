// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Answers of unknown length
/// @notice Writes an array of words behind all allocated memory, as the answer of an external function is encoded, and ends the
/// call with it. Solidity's arrays in memory have their length beforehand, and are copied to be returned.
/// @dev Nothing may allocate memory from {open} to {array}.
library Answer {
    /// @notice Starts an array.
    /// @return end Address of its next word.
    function open() internal pure returns (uint256 end) {
        // Leaves room for offset and length.
        assembly ("memory-safe") {
            end := add(mload(64), 64)
        }
    }

    /// @notice Appends a word.
    /// @param end Address of the array's next word.
    /// @param word The word.
    /// @return newEnd Address of the word after that.
    function append(uint256 end, uint256 word) internal pure returns (uint256 newEnd) {
        assembly ("memory-safe") {
            mstore(end, word)
            newEnd := add(end, 32)
        }
    }

    /// @notice Ends the call with the array.
    /// @param end Address behind it.
    function array(uint256 end) internal pure {
        assembly ("memory-safe") {
            let start := mload(64)
            let size := sub(end, start)
            mstore(start, 32)
            mstore(add(start, 32), shr(5, sub(size, 64)))
            return(start, size)
        }
    }
}
