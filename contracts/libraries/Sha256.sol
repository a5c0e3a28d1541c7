// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title SHA-256 of memory where it stands
library Sha256 {
    /// @notice Hashes a range of memory.
    /// @dev Reverts if the precompile runs out of gas.
    /// @param start Address of the first byte.
    /// @param length Number of bytes.
    /// @return digest The hash.
    function hash(uint256 start, uint256 length) internal view returns (bytes32 digest) {
        // Solidity's `sha256` hashes whole `bytes`, after copying them.
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), 2, start, length, 0, 32)) { revert(0, 0) }
            digest := mload(0)
        }
    }
}
