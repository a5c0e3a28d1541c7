// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IGuardianRecovery} from "../interfaces/IGuardianRecovery.sol";
import {IOwners} from "../interfaces/IOwners.sol";
import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {IWebAuthValidator} from "../interfaces/IWebAuthValidator.sol";
import {Execution} from "../types/Execution.sol";
import {PasskeyReveal, RecoveryRequest, RecoveryReveal} from "../types/RecoveryTypes.sol";
import {PasskeyId} from "./PasskeyId.sol";
import {RecoveryRequests} from "./RecoveryRequests.sol";

/// @title Calls that carry out a recovery
/// @notice The only calls that guardians can make an account do. Each is built here from a fixed function; none carries value.
/// New signers come before old ones go, so that there always is one who can sign for the account.
library RecoveryBatch {
    using RecoveryRequests for RecoveryRequest;

    /// @notice Calls being collected.
    /// @param executions The calls, followed by unused places.
    /// @param count Number of calls.
    struct Batch {
        Execution[] executions;
        uint256 count;
    }

    /// @notice Calls that carry out a request, without those whose effect is there already.
    /// @dev Reverts if the reveal does not belong to the request.
    /// @param account Account to recover.
    /// @param hashedOriginDomain Domain of the group of guardians.
    /// @param request The request.
    /// @param reveal What its hashes stand for.
    /// @return The calls.
    function build(
        address account,
        bytes32 hashedOriginDomain,
        RecoveryRequest memory request,
        RecoveryReveal calldata reveal
    ) internal view returns (Execution[] memory) {
        Batch memory batch;
        // Three more: one passkey, one owner, all sessions.
        batch.executions = new Execution[](3 + request.removedPasskeys.length + request.removedOwners.length);
        bool withPasskey = request.addsPasskey();
        bool originMatters = withPasskey || request.removedPasskeys.length != 0;
        if (originMatters && keccak256(bytes(reveal.origin)) != hashedOriginDomain) _revertMismatch();
        if (withPasskey) _addPasskey(batch, account, request, reveal);
        if (request.owner != address(0)) _addOwner(batch, account, request.owner);
        _removePasskeys(batch, account, request, reveal);
        _removeOwners(batch, account, request.removedOwners);
        if (request.sessionValidator != address(0)) {
            _push(batch, request.sessionValidator, abi.encodeCall(ISessionKeyValidator.revokeAllKeys, ()));
        }
        return _finished(batch);
    }

    /// @dev Adds the new passkey, unless the account has exactly this one.
    function _addPasskey(
        Batch memory batch,
        address account,
        RecoveryRequest memory request,
        RecoveryReveal calldata reveal
    ) private view {
        bytes calldata credentialId = reveal.credentialId;
        if (keccak256(credentialId) != request.credentialIdHash) _revertMismatch();
        string calldata origin = reveal.origin;
        bytes32 rpIdHash = request.rpIdHash;
        address module = request.webAuthValidator;
        bytes32 id = PasskeyId.resolve(rpIdHash, bytes(origin), credentialId);
        (bytes32 x, bytes32 y,) = IWebAuthValidator(module).getPasskey(id, account);
        if (x == request.keyX && y == request.keyY) return;
        bytes32[2] memory key = [request.keyX, request.keyY];
        // Policy zero: the new passkey must verify its user.
        _push(batch, module, abi.encodeCall(IWebAuthValidator.addPasskey, (credentialId, key, origin, rpIdHash, 0)));
    }

    /// @dev Adds the new owner, unless it is one.
    function _addOwner(Batch memory batch, address account, address owner) private view {
        if (!IOwners(account).isK1Owner(owner)) _push(batch, account, abi.encodeCall(IOwners.addK1Owner, (owner)));
    }

    /// @dev Removes the listed passkeys that the account still has.
    function _removePasskeys(
        Batch memory batch,
        address account,
        RecoveryRequest memory request,
        RecoveryReveal calldata reveal
    ) private view {
        bytes32[] memory ids = request.removedPasskeys;
        if (reveal.removedPasskeys.length != ids.length) _revertMismatch();
        for (uint256 i = 0; i < ids.length; ++i) {
            _removePasskey(batch, account, ids[i], request.webAuthValidator, reveal.origin, reveal.removedPasskeys[i]);
        }
    }

    /// @dev Removes one passkey if the account still has it.
    function _removePasskey(
        Batch memory batch,
        address account,
        bytes32 id,
        address module,
        string calldata origin,
        PasskeyReveal calldata passkey
    ) private view {
        bytes calldata credentialId = passkey.credentialId;
        bytes32 rpIdHash = passkey.rpIdHash;
        if (PasskeyId.derive(rpIdHash, bytes(origin), credentialId) != id) _revertMismatch();
        (bytes32 x, bytes32 y,) = IWebAuthValidator(module).getPasskey(id, account);
        if (x | y == 0) return;
        _push(batch, module, abi.encodeCall(IWebAuthValidator.removePasskey, (credentialId, origin, rpIdHash)));
    }

    /// @dev Removes the listed owners that still are some.
    function _removeOwners(Batch memory batch, address account, address[] memory owners) private view {
        for (uint256 i = 0; i < owners.length; ++i) {
            if (!IOwners(account).isK1Owner(owners[i])) continue;
            _push(batch, account, abi.encodeCall(IOwners.removeK1Owner, (owners[i])));
        }
    }

    /// @dev Appends a call.
    function _push(Batch memory batch, address target, bytes memory data) private pure {
        batch.executions[batch.count++] = Execution(target, 0, data);
    }

    /// @dev The calls without the unused places.
    function _finished(Batch memory batch) private pure returns (Execution[] memory executions) {
        executions = batch.executions;
        uint256 count = batch.count;
        // Equals copying the first `count` calls to a new array; it never grows, since every call has taken a place.
        assembly ("memory-safe") {
            mstore(executions, count)
        }
    }

    /// @dev Reverts because the reveal is another one's.
    function _revertMismatch() private pure {
        revert IGuardianRecovery.RecoveryRevealMismatch();
    }
}
