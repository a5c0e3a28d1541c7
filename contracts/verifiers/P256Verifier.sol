// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {P256} from "../libraries/P256.sol";

/// @title ERC-7913 verifier of plain P-256 signatures
/// @notice The key is `x ‖ y`, the signature `r ‖ s`, with the lower of the two possible `s`. Both are 64 bytes long.
/// @dev Has no storage and no immutables, so that it may be called in the validation step. Never reverts. Points off the
/// curve verify nothing: the precompile refuses them.
contract P256Verifier is IERC7913SignatureVerifier {
    using CalldataSlice for bytes;

    /// @dev Answer for anything but a valid signature.
    bytes4 private constant INVALID = 0xffffffff;

    uint256 private constant LENGTH = 64;

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (key.length != LENGTH || signature.length != LENGTH) return INVALID;
        (uint256 r, uint256 s) = (signature.word(0), signature.word(32));
        if (!P256.isCanonical(r, s) || !P256.verify(hash, r, s, key.word(0), key.word(32))) return INVALID;
        return IERC7913SignatureVerifier.verify.selector;
    }
}
