// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title secp256r1, the curve of passkeys
library P256 {
    /// @dev Precompile that verifies signatures. It refuses halves out of range and points off the curve, and accepts high `s`.
    address private constant VERIFIER = address(0x100);

    /// @dev Order of the group.
    uint256 private constant N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;

    /// @dev Half of the order; larger `s` are the twins of smaller ones.
    uint256 private constant HALF_N = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8;

    /// @notice Whether a point is on the curve and both coordinates are reduced. The point at infinity is not.
    /// @dev The precompile knows the curve, so no field arithmetic is needed here: a signature `(r, s)` of a hash `h` is valid
    /// if `r` is the first coordinate, modulo N, of `(h / s) G + (r / s) Q`. For `h = 0` and `s = r` that is the first
    /// coordinate of Q itself. Points with `x` = 0 or N, which give `r = 0`, are refused, too.
    /// @param x First coordinate.
    /// @param y Second coordinate.
    /// @return True if so; false also where there is no precompile.
    function isOnCurve(uint256 x, uint256 y) internal view returns (bool) {
        uint256 r = x % N;
        return verify(0, r, r, x, y);
    }

    /// @notice Whether both halves of a signature are in range and `s` is the lower twin.
    /// @param r First half.
    /// @param s Second half.
    /// @return True if so.
    function isCanonical(uint256 r, uint256 s) internal pure returns (bool) {
        // Zeros wrap and become too large.
        unchecked {
            if (r - 1 >= N - 1) return false;
            return s - 1 < HALF_N;
        }
    }

    /// @notice Whether a signature is valid; asks the precompile.
    /// @param hash Signed hash.
    /// @param r First half of the signature.
    /// @param s Second half of the signature.
    /// @param x First coordinate of the public key.
    /// @param y Second coordinate of the public key.
    /// @return valid True if it is; false also where there is no precompile.
    function verify(bytes32 hash, uint256 r, uint256 s, uint256 x, uint256 y) internal view returns (bool valid) {
        address verifier = VERIFIER;
        // Equals a static call with `abi.encode(hash, r, s, x, y)`, without allocating that. The answer to a valid signature is
        // exactly one word, to any other nothing.
        assembly ("memory-safe") {
            let input := mload(64)
            mstore(input, hash)
            mstore(add(input, 32), r)
            mstore(add(input, 64), s)
            mstore(add(input, 96), x)
            mstore(add(input, 128), y)
            if staticcall(gas(), verifier, input, 160, 0, 32) {
                if eq(returndatasize(), 32) { valid := eq(mload(0), 1) }
            }
        }
    }
}
