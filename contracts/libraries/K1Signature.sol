// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {CalldataSlice} from "./CalldataSlice.sol";

/// @title secp256k1 signatures
library K1Signature {
    using CalldataSlice for bytes;

    /// @dev Half of the group order; larger `s` are the twins of smaller ones.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice Address whose key made a signature.
    /// @param hash Signed hash.
    /// @param signature `r ‖ s ‖ v`, 65 bytes, low `s`, `v` 27 or 28.
    /// @return The address; zero for anything that is not such a signature.
    function recover(bytes32 hash, bytes calldata signature) internal pure returns (address) {
        if (signature.length != 65) return address(0);
        bytes32 s = bytes32(signature.word(32));
        if (uint256(s) > HALF_ORDER) return address(0);
        return ecrecover(hash, uint8(signature[64]), bytes32(signature.word(0)), s);
    }
}
