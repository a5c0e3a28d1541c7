// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Reading ABI-encoded calldata without reverting
/// @notice What attackers shape, such as signatures, must be answered with "no". Solidity's decoder reverts instead.
library CalldataSlice {
    /// @notice Reads a `bytes` or `string` member of an ABI-encoded tuple.
    /// @param blob The encoded tuple; at least one word long.
    /// @param offset The member's offset, as the tuple's head states it.
    /// @return ok Whether offset and length stay within the blob.
    /// @return slice The member; empty if not ok.
    function tryBytes(bytes calldata blob, uint256 offset) internal pure returns (bool ok, bytes calldata slice) {
        slice = blob[:0];
        // No underflow: the blob has a word, and the offset then leaves room for the length word.
        unchecked {
            if (offset > blob.length - 32) return (false, slice);
            uint256 length = word(blob, offset);
            if (length > blob.length - offset - 32) return (false, slice);
            // Equals `blob[offset + 32:][:length]`, whose bounds are checked above.
            assembly ("memory-safe") {
                slice.offset := add(add(blob.offset, offset), 32)
                slice.length := length
            }
        }
        ok = true;
    }

    /// @notice Reads a word. The caller has checked that it is within the blob.
    /// @param blob The calldata.
    /// @param offset Position of the word, in bytes.
    /// @return value The word.
    function word(bytes calldata blob, uint256 offset) internal pure returns (uint256 value) {
        // Equals `uint256(bytes32(blob[offset:offset + 32]))` without a second check of the bounds.
        assembly ("memory-safe") {
            value := calldataload(add(blob.offset, offset))
        }
    }
}
