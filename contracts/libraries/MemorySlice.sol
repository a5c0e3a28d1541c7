// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Reading ABI-encoded memory without reverting or copying
/// @notice What attackers shape, such as signatures, must be answered with "no". Solidity's decoder reverts instead, and
/// copies every member.
library MemorySlice {
    /// @notice A `bytes` or `string` member of an ABI-encoded tuple, where it stands. Writing to it changes the tuple.
    /// @param blob The encoded tuple; at least one word long.
    /// @param offset The member's offset, as the tuple's head states it.
    /// @return slice The member; empty if it does not stay within the blob.
    function member(bytes memory blob, uint256 offset) internal pure returns (bytes memory slice) {
        // No underflow: the blob has a word, and the offset then leaves room for the length word.
        unchecked {
            uint256 room = blob.length - 32;
            if (offset > room) return slice;
            if (word(blob, offset) > room - offset) return slice;
        }
        return at(blob, offset);
    }

    /// @notice As {member}, for an offset that was found good before.
    /// @param blob The encoded tuple.
    /// @param offset The member's offset.
    /// @return slice The member.
    function at(bytes memory blob, uint256 offset) internal pure returns (bytes memory slice) {
        // Length and contents of a member are encoded as Solidity keeps them in memory.
        assembly ("memory-safe") {
            slice := add(add(blob, 32), offset)
        }
    }

    /// @notice Address of the first byte.
    /// @param blob The blob.
    /// @return position The address.
    function start(bytes memory blob) internal pure returns (uint256 position) {
        assembly ("memory-safe") {
            position := add(blob, 32)
        }
    }

    /// @notice Reads a word of a blob. The caller has checked that it is within the blob, or does not mind what follows.
    /// @param blob The blob.
    /// @param offset Position of the word, in bytes.
    /// @return The word.
    function word(bytes memory blob, uint256 offset) internal pure returns (uint256) {
        unchecked {
            return wordAt(start(blob) + offset);
        }
    }

    /// @notice Reads a word at an address.
    /// @param position The address.
    /// @return value The word.
    function wordAt(uint256 position) internal pure returns (uint256 value) {
        // Solidity indexes bytes only, and checks bounds.
        assembly ("memory-safe") {
            value := mload(position)
        }
    }
}
