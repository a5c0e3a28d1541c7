// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @notice OpenZeppelin's signature checks.
contract Signatures {
    function recover(bytes32 hash, bytes calldata signature) external pure returns (address) {
        return ECDSA.recover(hash, signature);
    }

    function recoverShort(bytes32 hash, bytes32 r, bytes32 vs) external pure returns (address) {
        return ECDSA.recover(hash, r, vs);
    }

    function recoverParts(bytes32 hash, uint8 v, bytes32 r, bytes32 s) external pure returns (address) {
        return ECDSA.recover(hash, v, r, s);
    }

    function tryRecover(bytes32 hash, bytes memory signature)
        external
        pure
        returns (address, ECDSA.RecoverError, bytes32)
    {
        return ECDSA.tryRecover(hash, signature);
    }

    function personal(bytes calldata message, bytes calldata signature) external pure returns (address) {
        return ECDSA.recover(MessageHashUtils.toEthSignedMessageHash(message), signature);
    }

    function check(address signer, bytes32 hash, bytes calldata signature) external view returns (bool) {
        return SignatureChecker.isValidSignatureNow(signer, hash, signature);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        return keccak256(signature) == hash ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
