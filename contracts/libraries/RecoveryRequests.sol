// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IGuardianRecovery} from "../interfaces/IGuardianRecovery.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {RecoveryRequest} from "../types/RecoveryTypes.sol";
import {P256} from "./P256.sol";

/// @title Requests for recovery: their hash and their form
library RecoveryRequests {
    /// @dev EIP-712 type of what guardians sign.
    bytes32 private constant REQUEST_TYPEHASH = keccak256(
        "RecoveryRequest(address account,bytes32 hashedOriginDomain,uint256 nonce,address webAuthValidator,"
        "bytes32 credentialIdHash,bytes32 rpIdHash,bytes32 keyX,bytes32 keyY,address owner,bytes32[] removedPasskeys,"
        "address[] removedOwners,address sessionValidator,uint256 deadline)"
    );

    /// @notice EIP-712 hash of a request.
    /// @param separator Domain separator; carries chain and contract.
    /// @param account Account to recover.
    /// @param hashedOriginDomain Domain of the group of guardians.
    /// @param nonce Nonce of the group.
    /// @param request The request.
    /// @return The hash that guardians sign.
    function hash(
        bytes32 separator,
        address account,
        bytes32 hashedOriginDomain,
        uint256 nonce,
        RecoveryRequest memory request
    ) internal pure returns (bytes32) {
        bytes memory members = bytes.concat(
            abi.encode(REQUEST_TYPEHASH, account, hashedOriginDomain, nonce, request.webAuthValidator),
            abi.encode(request.credentialIdHash, request.rpIdHash, request.keyX, request.keyY, request.owner),
            keccak256(abi.encodePacked(request.removedPasskeys)),
            keccak256(abi.encodePacked(request.removedOwners)),
            abi.encode(request.sessionValidator, request.deadline)
        );
        return keccak256(abi.encodePacked("\x19\x01", separator, keccak256(members)));
    }

    /// @notice Whether a request names a new passkey.
    /// @param request The request.
    /// @return True if it does, be it a well-formed one or not.
    function addsPasskey(RecoveryRequest memory request) internal pure returns (bool) {
        return (request.credentialIdHash | request.rpIdHash | request.keyX | request.keyY) != 0;
    }

    /// @notice Reverts unless a request could be carried out, as far as can be told without asking the account.
    /// @dev Found out only after the delay, a mistake would cost the delay.
    /// @param request The request.
    /// @param account Account to recover.
    function check(RecoveryRequest memory request, address account) internal view {
        if (block.timestamp > request.deadline) revert IGuardianRecovery.RecoveryDeadlinePassed(request.deadline);
        bool withPasskey = addsPasskey(request);
        if (withPasskey) _checkPasskey(request);
        if (request.owner != address(0)) _checkOwner(request.owner, account);
        // Without a new signer a recovery would only lock out.
        else if (!withPasskey) revert IGuardianRecovery.RecoveryWithoutNewSigner();
        _checkRemovals(request);
    }

    /// @dev Reverts unless the new passkey can exist.
    function _checkPasskey(RecoveryRequest memory request) private view {
        bool ok = request.credentialIdHash != 0 && P256.isOnCurve(uint256(request.keyX), uint256(request.keyY));
        if (!ok) {
            revert IGuardianRecovery.RecoveryInvalidPasskey(request.credentialIdHash, request.keyX, request.keyY);
        }
    }

    /// @dev Reverts for addresses that cannot sign: the account itself, precompiles and system contracts.
    function _checkOwner(address owner, address account) private pure {
        if (owner == account || SystemContracts.isSystemAddress(owner)) {
            revert IGuardianRecovery.RecoveryInvalidOwner(owner);
        }
    }

    /// @dev Reverts unless both lists of signers to remove ascend. A signer named twice could not be removed twice.
    function _checkRemovals(RecoveryRequest memory request) private pure {
        bytes32[] memory passkeys = request.removedPasskeys;
        for (uint256 i = 1; i < passkeys.length; ++i) {
            if (passkeys[i] <= passkeys[i - 1]) revert IGuardianRecovery.RecoveryUnorderedRemovals();
        }
        address[] memory owners = request.removedOwners;
        for (uint256 i = 1; i < owners.length; ++i) {
            if (owners[i] <= owners[i - 1]) revert IGuardianRecovery.RecoveryUnorderedRemovals();
        }
    }
}
