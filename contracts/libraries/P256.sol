// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title secp256r1, the curve of passkeys
library P256 {
    /// @dev Precompile that verifies signatures. It accepts high `s`.
    address private constant VERIFIER = address(0x100);

    /// @dev Prime of the field.
    uint256 private constant P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;

    /// @dev Constant term of the curve `y² = x³ - 3x + B`.
    uint256 private constant B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;

    /// @dev Order of the group.
    uint256 private constant N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;

    /// @dev Half of the order; larger `s` are the twins of smaller ones.
    uint256 private constant HALF_N = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8;

    /// @notice Whether a point is on the curve. The point at infinity is not.
    /// @param x First coordinate.
    /// @param y Second coordinate.
    /// @return True if it is and both coordinates are reduced.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= P || y >= P) return false;
        uint256 cube = mulmod(mulmod(x, x, P), x, P);
        uint256 minusThreeX = mulmod(P - 3, x, P);
        return mulmod(y, y, P) == addmod(addmod(cube, minusThreeX, P), B, P);
    }

    /// @notice Whether both halves of a signature are in range and `s` is the lower twin.
    /// @param r First half.
    /// @param s Second half.
    /// @return True if so.
    function isCanonical(uint256 r, uint256 s) internal pure returns (bool) {
        return r != 0 && r < N && s != 0 && s <= HALF_N;
    }

    /// @notice Whether a signature is valid; asks the precompile.
    /// @param hash Signed hash.
    /// @param r First half of the signature.
    /// @param s Second half of the signature.
    /// @param x First coordinate of the public key.
    /// @param y Second coordinate of the public key.
    /// @return valid True if it is; false also where there is no precompile.
    function verify(bytes32 hash, uint256 r, uint256 s, uint256 x, uint256 y) internal view returns (bool valid) {
        bytes memory input = abi.encode(hash, r, s, x, y);
        address verifier = VERIFIER;
        // One word of the answer is all there should be; it is nothing for an invalid signature.
        assembly ("memory-safe") {
            mstore(0, 0)
            let success := staticcall(gas(), verifier, add(input, 32), mload(input), 0, 32)
            valid := and(and(success, eq(returndatasize(), 32)), eq(mload(0), 1))
        }
    }
}
