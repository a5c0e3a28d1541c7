// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IGuardianRecovery} from "../../contracts/interfaces/IGuardianRecovery.sol";
import {
    GuardianSignature,
    PendingPasskey,
    RecoveryRequest,
    RecoveryStatus
} from "../../contracts/types/RecoveryTypes.sol";
import {WebAuthValidator} from "../../contracts/validators/WebAuthValidator.sol";
import {EvmProxy} from "./support/AccountFixture.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";

contract GuardianApprovalsTest is RecoveryFixture {
    function test_startsWithTheLastApprovalMissing() public {
        appoint(3, 2);
        bytes32 requestHash = approve(0, plain());
        assertEq(running(), 0);
        assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), 1);
        assertTrue(recovery.hasApproved(DOMAIN, address(account), requestHash, guardian(0)), "approved");
        assertFalse(recovery.hasApproved(DOMAIN, address(account), requestHash, guardian(1)), "not approved");
        vm.warp(NOW + 7);
        approve(2, plain());
        RecoveryStatus memory status = recovery.recoveryStatus(DOMAIN, address(account));
        assertEq(status.requestHash, requestHash);
        assertEq(status.approvals, 2);
        assertEq(status.startedAt, NOW + 7);
        assertEq(status.readyAt, NOW + 7 + 1 days);
        assertEq(status.expiresAt, NOW + 7 + 4 days);
    }

    function test_showsThePendingPasskey() public {
        appoint(1, 1);
        assertEq(recovery.getPendingRecoveryData(DOMAIN, address(account)).timestamp, 0);
        approve(0, plain());
        PendingPasskey memory pending = recovery.getPendingRecoveryData(DOMAIN, address(account));
        assertEq(pending.hashedCredentialId, keccak256(NEW_ID));
        assertEq(pending.rawPublicKey[0], publicKey(NEW_KEY)[0]);
        assertEq(pending.rawPublicKey[1], publicKey(NEW_KEY)[1]);
        assertEq(pending.timestamp, NOW);
        vm.warp(NOW + 4 days);
        pending = recovery.getPendingRecoveryData(DOMAIN, address(account));
        assertTrue(pending.hashedCredentialId == 0 && pending.timestamp == 0, "expired");
    }

    function test_approvesThePlainRequestByItsOldName() public {
        appoint(2, 2);
        vm.prank(guardian(0));
        recovery.initRecovery(address(account), keccak256(NEW_ID), publicKey(NEW_KEY), DOMAIN);
        assertEq(running(), 0);
        bytes32 requestHash = approve(1, plain());
        assertEq(running(), requestHash);
        vm.warp(NOW + 1 days);
        finish(plain(), plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "added");
    }

    function test_RevertWhen_plainRequestHasNoOrSeveralPasskeyValidators() public {
        appoint(1, 1);
        install(1, address(new WebAuthValidator()));
        bytes memory expected =
            abi.encodeWithSelector(IGuardianRecovery.RecoveryPasskeyValidatorUnclear.selector, address(account));
        bytes32[2] memory key = publicKey(NEW_KEY);
        vm.expectRevert(expected);
        vm.prank(guardian(0));
        recovery.initRecovery(address(account), keccak256(NEW_ID), key, DOMAIN);
        (address[] memory modules,) = account.listModules(1, address(0), 9);
        for (uint256 i = 0; i < modules.length; ++i) {
            uninstall(1, modules[i]);
        }
        vm.expectRevert(expected);
        vm.prank(guardian(0));
        recovery.initRecovery(address(account), keccak256(NEW_ID), key, DOMAIN);
    }

    /// @notice G-01: neither strangers nor proposed nor removed guardians approve.
    function test_RevertWhen_notAnActiveGuardianApproves() public {
        appoint(2, 1);
        propose(guardian(2));
        remove(guardian(1));
        RecoveryRequest memory request = plain();
        for (uint256 i = 1; i < 4; ++i) {
            bytes memory expected =
                abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotActive.selector, guardian(i));
            vm.expectRevert(expected);
            approve(i, request);
            GuardianSignature[] memory signatures = one(signed(i, hashNow(request)));
            vm.expectRevert(expected);
            recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        }
        assertEq(running(), 0);
    }

    /// @notice G-02: a guardian counts once, however it approves and how often.
    function test_countsEachGuardianOnce() public {
        appoint(2, 2);
        RecoveryRequest memory request = plain();
        bytes32 requestHash = hashNow(request);
        approve(0, request);
        approve(0, request);
        GuardianSignature[] memory signatures = new GuardianSignature[](3);
        for (uint256 i = 0; i < 3; ++i) {
            signatures[i] = signed(0, requestHash);
        }
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), 1);
        assertEq(running(), 0);
    }

    /// @notice G-02: a threshold above the number of active guardians is never reached.
    function test_needsAsManyActiveGuardiansAsTheThreshold() public {
        appoint(2, 2);
        propose(guardian(2));
        setThreshold(3);
        approve(0, plain());
        approve(1, plain());
        approve(1, plain());
        assertEq(running(), 0);
        accept(guardian(2));
        assertEq(running(), 0);
        approve(2, plain());
        assertFalse(running() == 0, "started");
    }

    /// @notice G-02: the approval of a guardian that left does not count, not even when it comes back.
    function test_forgetsApprovalsOfRemovedGuardians() public {
        appoint(3, 2);
        bytes32 requestHash = approve(0, plain());
        remove(guardian(0));
        assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), 0);
        propose(guardian(0));
        accept(guardian(0));
        assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), 0);
        approve(1, plain());
        assertEq(running(), 0);
        approve(0, plain());
        assertEq(running(), requestHash);
    }

    function test_startsWhenTheThresholdWasLowered() public {
        appoint(2, 2);
        bytes32 requestHash = approve(0, plain());
        setThreshold(1);
        assertEq(running(), 0);
        approve(0, plain());
        assertEq(running(), requestHash);
        assertEq(readyAt(), NOW + 1 days);
    }

    /// @notice G-03: short of the threshold, another request changes nothing; with it, it starts its own delay.
    function test_replacesARunningRecoveryOnlyWithTheThreshold() public {
        appoint(3, 2);
        approve(0, plain());
        bytes32 first = approve(1, plain());
        vm.warp(NOW + 1 days - 1);
        RecoveryRequest memory other = passkeyRequest(NEW_KEY + 1);
        approve(2, other);
        assertEq(running(), first);
        assertEq(readyAt(), NOW + 1 days);
        bytes32 second = approve(0, other);
        assertEq(running(), second);
        assertEq(readyAt(), NOW + 2 days - 1);
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector));
        finish(plain(), plainReveal());
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotReady.selector, NOW + 2 days - 1));
        finish(other, plainReveal());
    }

    /// @notice G-03: what was replaced needs the full threshold to come back; old approvals and signatures do not count.
    function test_replacedRecoveryHasLostItsApprovals() public {
        appoint(3, 2);
        RecoveryRequest memory request = plain();
        GuardianSignature[] memory signatures = one(signed(0, hashNow(request)));
        approve(0, request);
        approve(1, request);
        RecoveryRequest memory other = passkeyRequest(NEW_KEY + 1);
        approve(1, other);
        bytes32 second = approve(2, other);
        approve(1, request);
        assertEq(running(), second);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidSignature.selector, guardian(0)));
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        approve(0, request);
        assertFalse(running() == second, "with the threshold");
    }

    /// @notice G-03: approving the running request again, by whomever, does not restart its delay.
    function test_approvingTheRunningRequestKeepsItsTimes() public {
        appoint(3, 1);
        bytes32 requestHash = approve(0, plain());
        vm.warp(NOW + 1 hours);
        approve(0, plain());
        assertEq(approve(1, plain()), requestHash);
        GuardianSignature[] memory signatures = one(signed(2, requestHash));
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), plain(), signatures);
        RecoveryStatus memory status = recovery.recoveryStatus(DOMAIN, address(account));
        assertEq(status.requestHash, requestHash);
        assertEq(status.approvals, 3);
        assertEq(status.readyAt, NOW + 1 days);
    }

    /// @notice G-04: a recovery loses the approval of a removed guardian, and is void if too few are left.
    function test_removalVoidsARecoveryThatLosesItsThreshold() public {
        appoint(4, 2);
        approve(0, plain());
        bytes32 first = approve(1, plain());
        remove(guardian(3));
        assertEq(running(), first);
        remove(guardian(1));
        assertEq(running(), 0);
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector));
        finish(plain(), plainReveal());
        approve(2, plain());
        assertEq(running(), 0);
        approve(0, plain());
        assertEq(readyAt(), NOW + 2 days);
    }

    /// @notice G-04: with further approvals, a recovery outlives the removal of a guardian.
    function test_furtherApprovalsKeepARecoveryAlive() public {
        appoint(3, 2);
        approve(0, plain());
        bytes32 requestHash = approve(1, plain());
        approve(2, plain());
        remove(guardian(0));
        assertEq(running(), requestHash);
        vm.warp(NOW + 1 days);
        finish(plain(), plainReveal());
    }

    /// @notice G-04: the last guardian takes its recovery along.
    function test_removalOfTheOnlyGuardianVoidsItsRecovery() public {
        appoint(1, 1);
        approve(0, plain());
        remove(guardian(0));
        assertEq(running(), 0);
    }

    /// @notice G-04: raising the threshold above the approvals voids a recovery, too.
    function test_raisingTheThresholdVoidsARecoveryThatIsShort() public {
        appoint(3, 1);
        approve(0, plain());
        bytes32 requestHash = approve(1, plain());
        setThreshold(2);
        assertEq(running(), requestHash);
        setThreshold(3);
        assertEq(running(), 0);
        setThreshold(1);
        assertEq(running(), 0);
    }

    function test_discardsAtAnyTime() public {
        appoint(2, 1);
        uint256[3] memory moments = [uint256(0), 1 days - 1, 4 days - 1];
        for (uint256 i = 0; i < moments.length; ++i) {
            approve(0, plain());
            pass(moments[i]);
            discard();
            assertEq(running(), 0);
            vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector));
            finish(plain(), plainReveal());
        }
    }

    /// @notice G-05: nobody discards but the account.
    function test_strangersDiscardNothing() public {
        appoint(1, 1);
        bytes32 requestHash = approve(0, plain());
        recovery.discardRecovery(DOMAIN);
        vm.prank(guardian(0));
        recovery.discardRecovery(DOMAIN);
        assertEq(running(), requestHash);
    }

    function test_discardsCollectedApprovals() public {
        appoint(2, 2);
        approve(0, plain());
        discard();
        approve(1, plain());
        assertEq(running(), 0);
    }

    /// @notice G-06: an expired recovery leaves nothing to start from.
    function test_expiredRecoveryNeedsAllApprovalsAgain() public {
        appoint(2, 2);
        approve(0, plain());
        approve(1, plain());
        vm.warp(NOW + 4 days);
        assertEq(running(), 0);
        approve(1, plain());
        assertEq(running(), 0);
        approve(0, plain());
        assertEq(readyAt(), NOW + 5 days);
    }

    /// @notice G-15: what could never be carried out is refused before the delay, not after.
    function test_RevertWhen_passkeyIsImproper() public {
        appoint(1, 1);
        uint256 prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
        RecoveryRequest[7] memory improper;
        for (uint256 i = 0; i < improper.length; ++i) {
            improper[i] = plain();
        }
        improper[0].credentialIdHash = 0;
        (improper[1].keyX, improper[1].keyY) = (0, 0);
        improper[2].keyY = 0;
        improper[3].keyX = bytes32(prime);
        improper[4].keyY = bytes32(uint256(improper[4].keyY) ^ 1);
        (improper[5].credentialIdHash, improper[5].keyX, improper[5].keyY) = (0, 0, 0);
        improper[5].rpIdHash = RP_ID_HASH;
        (improper[6].keyX, improper[6].keyY) = (0, 0);
        improper[6].owner = guardian(7);
        for (uint256 i = 0; i < improper.length; ++i) {
            _expectRefusal(
                improper[i],
                abi.encodeWithSelector(
                    IGuardianRecovery.RecoveryInvalidPasskey.selector,
                    improper[i].credentialIdHash,
                    improper[i].keyX,
                    improper[i].keyY
                )
            );
        }
    }

    /// @notice G-15: data cut short or too long for the request is refused.
    function test_RevertWhen_requestIsCutShort() public {
        appoint(1, 1);
        bytes memory data = abi.encodeCall(recovery.approveRecovery, (DOMAIN, address(account), plain()));
        for (uint256 length = 4; length < data.length; length += 32) {
            bytes memory short = new bytes(length);
            for (uint256 i = 0; i < length; ++i) {
                short[i] = data[i];
            }
            vm.prank(guardian(0));
            (bool success,) = address(recovery).call(short);
            assertFalse(success, "short");
        }
        vm.prank(guardian(0));
        (bool complete,) = address(recovery).call(data);
        assertTrue(complete, "complete");
    }

    /// @notice G-15: owners that cannot sign are refused.
    function test_RevertWhen_ownerIsImproper() public {
        appoint(1, 1);
        address[4] memory improper = [address(account), address(1), address(0x8006), address(0xffff)];
        for (uint256 i = 0; i < improper.length; ++i) {
            _expectRefusal(
                ownerRequest(improper[i]),
                abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidOwner.selector, improper[i])
            );
        }
    }

    /// @notice G-18: guardians cannot only take signers away.
    function test_RevertWhen_requestAddsNobody() public {
        appoint(1, 1);
        RecoveryRequest memory request = ownerRequest(address(0));
        bytes memory expected = abi.encodeWithSelector(IGuardianRecovery.RecoveryWithoutNewSigner.selector);
        _expectRefusal(request, expected);
        request.removedOwners = one(owner);
        _expectRefusal(request, expected);
        (request,) = replacement();
        (request.credentialIdHash, request.keyX, request.keyY) = (0, 0, 0);
        _expectRefusal(request, expected);
        request.sessionValidator = address(sessions);
        _expectRefusal(request, expected);
    }

    /// @notice G-15: a signer listed twice could not be removed twice.
    function test_RevertWhen_removalsDoNotAscend() public {
        appoint(1, 1);
        bytes memory expected = abi.encodeWithSelector(IGuardianRecovery.RecoveryUnorderedRemovals.selector);
        RecoveryRequest memory request = plain();
        request.removedOwners = new address[](3);
        (request.removedOwners[0], request.removedOwners[1], request.removedOwners[2]) =
        (address(7), address(8), address(8));
        _expectRefusal(request, expected);
        request.removedOwners[2] = address(6);
        _expectRefusal(request, expected);
        request = plain();
        request.removedPasskeys = new bytes32[](2);
        _expectRefusal(request, expected);
        request.removedPasskeys[0] = bytes32(uint256(1));
        _expectRefusal(request, expected);
    }

    /// @notice G-14: validators must be installed and be what they are named for when a recovery starts.
    function test_RevertWhen_requestNamesAnotherValidator() public {
        appoint(1, 1);
        address[4] memory improper = [address(0), address(new WebAuthValidator()), address(sessions), address(recovery)];
        for (uint256 i = 0; i < improper.length; ++i) {
            bytes memory expected =
                abi.encodeWithSelector(IGuardianRecovery.RecoveryValidatorNotInstalled.selector, improper[i]);
            RecoveryRequest memory request = plain();
            request.webAuthValidator = improper[i];
            _expectRefusal(request, expected);
            request = ownerRequest(guardian(7));
            request.removedPasskeys = new bytes32[](1);
            request.webAuthValidator = improper[i];
            _expectRefusal(request, expected);
        }
        RecoveryRequest memory closing = plain();
        closing.sessionValidator = address(webAuthn);
        _expectRefusal(
            closing, abi.encodeWithSelector(IGuardianRecovery.RecoveryValidatorNotInstalled.selector, address(webAuthn))
        );
    }

    /// @notice G-01: accounts that have not installed the module cannot be recovered by it.
    function test_RevertWhen_accountHasNotInstalledTheModule() public {
        address[2] memory improper = [guardian(5), address(new EvmProxy(address(implementation)))];
        for (uint256 i = 0; i < improper.length; ++i) {
            bytes memory expected =
                abi.encodeWithSelector(IGuardianRecovery.RecoveryModuleNotInstalled.selector, improper[i]);
            vm.expectRevert(expected);
            recovery.approveRecovery(DOMAIN, improper[i], ownerRequest(guardian(7)));
            vm.expectRevert(expected);
            recovery.initRecovery(improper[i], keccak256(NEW_ID), publicKey(NEW_KEY), DOMAIN);
        }
    }

    function _expectRefusal(RecoveryRequest memory request, bytes memory expected) private {
        vm.expectRevert(expected);
        approve(0, request);
    }
}
