// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IGuardianRecovery} from "../../contracts/interfaces/IGuardianRecovery.sol";
import {IWebAuthValidator} from "../../contracts/interfaces/IWebAuthValidator.sol";
import {PasskeyReveal, RecoveryRequest, RecoveryReveal} from "../../contracts/types/RecoveryTypes.sol";
import {CallSpec, Constraint, LimitType, SessionSpec, Status, UsageLimit} from "../../contracts/types/SessionTypes.sol";
import {WebAuthValidator} from "../../contracts/validators/WebAuthValidator.sol";
import {ModuleStub} from "./support/AccountFixture.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";
import {AsserterStub} from "./support/SessionFixture.sol";

contract GuardianFinishTest is RecoveryFixture {
    bytes private constant OTHER_ID = hex"aa0102030405060708090a0b0c0d0e0f";
    string private constant OTHER_ORIGIN = "https://other.example";
    bytes32 private constant OTHER_DOMAIN = keccak256(bytes(OTHER_ORIGIN));
    address private constant ASSERTER = address(0x808012);
    address private constant SECOND_OWNER = address(0xbeef0002);

    function setUp() public override {
        super.setUp();
        appoint(1, 1);
    }

    /// @notice G-06: never before the delay has passed, and always from then on for exactly three days.
    function test_finishesWithinItsWindowOnly() public {
        bytes memory notReady = abi.encodeWithSelector(IGuardianRecovery.RecoveryNotReady.selector, NOW + 1 days);
        bytes memory expired = abi.encodeWithSelector(IGuardianRecovery.RecoveryExpired.selector, NOW + 4 days);
        approve(0, plain());
        vm.expectRevert(notReady);
        finish(plain(), plainReveal());
        vm.warp(NOW + 1 days - 1);
        vm.expectRevert(notReady);
        finish(plain(), plainReveal());
        vm.warp(NOW + 4 days);
        vm.expectRevert(expired);
        finish(plain(), plainReveal());
        vm.warp(NOW + 4 days - 1);
        finish(plain(), plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "added");
    }

    /// @notice G-06: the first moment of the window.
    function test_finishesAtTheFirstMoment() public {
        approve(0, plain());
        vm.warp(NOW + 1 days);
        finish(plain(), plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "added");
    }

    /// @notice G-06: the window moves with the delay.
    function testFuzz_finishesWithinItsWindowOnly(uint32 delay, uint32 wait) public {
        delay = uint32(1 days + delay % 364 days);
        wait = uint32(wait % (uint256(delay) + 4 days));
        setDelay(delay);
        approve(0, plain());
        pass(wait);
        bytes memory data = abi.encodeCall(recovery.finishRecovery, (DOMAIN, address(account), plain(), plainReveal()));
        (bool success,) = address(recovery).call(data);
        bool expected = wait >= delay && wait < uint256(delay) + 3 days;
        assertTrue(success == expected && hasKey(account, NEW_ID, NEW_KEY) == expected, "window");
    }

    function test_finishesOnce() public {
        approve(0, ownerRequest(SECOND_OWNER));
        vm.warp(NOW + 1 days);
        finish(ownerRequest(SECOND_OWNER), plainReveal());
        assertTrue(account.isK1Owner(SECOND_OWNER), "added");
        assertEq(running(), 0);
        vm.prank(address(account));
        account.removeK1Owner(SECOND_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector));
        finish(ownerRequest(SECOND_OWNER), plainReveal());
    }

    function test_RevertWhen_finishingAnotherRequest() public {
        approve(0, plain());
        vm.warp(NOW + 1 days);
        bytes memory expected = abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector);
        RecoveryRequest memory other = plain();
        other.owner = SECOND_OWNER;
        vm.expectRevert(expected);
        finish(other, plainReveal());
        other = plain();
        other.deadline = 1;
        vm.expectRevert(expected);
        finish(other, plainReveal());
        vm.expectRevert(expected);
        recovery.finishRecovery(OTHER_DOMAIN, address(account), plain(), plainReveal());
        vm.expectRevert(expected);
        recovery.finishRecovery(DOMAIN, address(this), plain(), plainReveal());
    }

    /// @notice G-10: whoever finishes cannot send the account's money anywhere, nor their own through it.
    function test_movesNoMoney() public {
        (bool success,) = address(account).call{value: 5 ether}("");
        assertTrue(success, "funded");
        uint256 mine = address(this).balance;
        (RecoveryRequest memory request, RecoveryReveal memory reveal) = _everything();
        approve(0, request);
        vm.warp(NOW + 1 days);
        bytes memory data = abi.encodeCall(recovery.finishRecovery, (DOMAIN, address(account), request, reveal));
        (success,) = address(recovery).call{value: 1}(data);
        assertFalse(success, "with value");
        finish(request, reveal);
        assertEq(address(account).balance, 5 ether);
        assertEq(address(recovery).balance, 0);
        assertEq(address(this).balance, mine);
    }

    /// @notice G-11: with too little gas, finishing fails as a whole and can be done again.
    function test_survivesFinishesThatRunOutOfGas() public {
        (RecoveryRequest memory request, RecoveryReveal memory reveal) = _everything();
        bytes32 requestHash = approve(0, request);
        vm.warp(NOW + 1 days);
        bytes memory data = abi.encodeCall(recovery.finishRecovery, (DOMAIN, address(account), request, reveal));
        uint256 failures = 0;
        for (uint256 gas = 20_000; gas < 1_000_000; gas += 5_000) {
            (bool success,) = address(recovery).call{gas: gas}(data);
            if (success) break;
            ++failures;
            assertEq(running(), requestHash);
            assertTrue(hasKey(account, OLD_ID, OLD_KEY) && account.isK1Owner(owner), "untouched");
        }
        assertTrue(failures > 20, "failed often");
        assertTrue(hasKey(account, NEW_ID, NEW_KEY) && !hasKey(account, OLD_ID, OLD_KEY), "done");
    }

    /// @notice G-11: a credential id in use for another key stops a recovery only as long as it is in use.
    function test_survivesACredentialInUse() public {
        bytes32 requestHash = approve(0, plain());
        vm.prank(address(account));
        webAuthn.addValidationKey(NEW_ID, publicKey(NEW_KEY + 1), ORIGIN);
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyAlreadyExists.selector));
        finish(plain(), plainReveal());
        assertEq(running(), requestHash);
        vm.prank(address(account));
        webAuthn.removeValidationKey(NEW_ID, ORIGIN);
        finish(plain(), plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "added");
    }

    /// @notice G-11: the account has as many passkeys as it may; guardians can still add an owner.
    function test_survivesAFullPasskeyList() public {
        vm.startPrank(address(account));
        for (uint256 i = 1; i < 64; ++i) {
            webAuthn.addValidationKey(abi.encode(i), publicKey(i), ORIGIN);
        }
        vm.stopPrank();
        bytes32 requestHash = approve(0, plain());
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnTooManyKeys.selector, 64));
        finish(plain(), plainReveal());
        assertEq(running(), requestHash);
        approve(0, ownerRequest(SECOND_OWNER));
        vm.warp(NOW + 2 days);
        finish(ownerRequest(SECOND_OWNER), plainReveal());
        assertTrue(account.isK1Owner(SECOND_OWNER), "added");
    }

    /// @notice G-11: an account without the module, told or not, cannot be made to act; nothing is lost by trying.
    function test_RevertWhen_accountUninstalledTheModule() public {
        bytes32 requestHash = approve(0, plain());
        vm.warp(NOW + 1 days);
        bytes memory answer = abi.encode(false);
        bytes memory question = abi.encodeCall(account.isModuleInstalled, (2, address(recovery), ""));
        vm.mockCall(address(account), question, answer);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, address(recovery))
        );
        finish(plain(), plainReveal());
        vm.mockCall(address(account), question, abi.encode(true));
        assertEq(running(), requestHash);
        finish(plain(), plainReveal());
    }

    /// @notice G-12: somebody else registers the credential id first; the recovery does not care.
    function test_nobodyBlocksTheCredential() public {
        approve(0, plain());
        webAuthn.addValidationKey(NEW_ID, publicKey(NEW_KEY), ORIGIN);
        ERC7579Account other = newAccount();
        vm.prank(address(other));
        webAuthn.addValidationKey(NEW_ID, publicKey(NEW_KEY + 1), ORIGIN);
        vm.warp(NOW + 1 days);
        finish(plain(), plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "added");
        assertTrue(hasKey(other, NEW_ID, NEW_KEY + 1), "kept");
    }

    /// @notice G-14: without the passkey validator a recovery is refused, and possible again when it is back.
    function test_RevertWhen_passkeyValidatorIsGone() public {
        bytes32 requestHash = approve(0, plain());
        uninstall(1, address(webAuthn));
        vm.warp(NOW + 1 days);
        bytes memory expected =
            abi.encodeWithSelector(IGuardianRecovery.RecoveryValidatorNotInstalled.selector, address(webAuthn));
        vm.expectRevert(expected);
        finish(plain(), plainReveal());
        install(1, address(new WebAuthValidator()));
        vm.expectRevert(expected);
        finish(plain(), plainReveal());
        assertEq(running(), requestHash);
        install(1, address(webAuthn));
        finish(plain(), plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "added");
    }

    /// @notice G-14: the same for the session validator.
    function test_RevertWhen_sessionValidatorIsGone() public {
        RecoveryRequest memory request = plain();
        request.sessionValidator = address(sessions);
        approve(0, request);
        uninstall(1, address(sessions));
        vm.warp(NOW + 1 days);
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianRecovery.RecoveryValidatorNotInstalled.selector, address(sessions))
        );
        finish(request, plainReveal());
    }

    function test_RevertWhen_revealIsAnother() public {
        (RecoveryRequest memory request,) = _everything();
        approve(0, request);
        vm.warp(NOW + 1 days);
        RecoveryReveal[6] memory improper;
        for (uint256 i = 0; i < improper.length; ++i) {
            (, improper[i]) = replacement();
        }
        improper[0].origin = OTHER_ORIGIN;
        improper[1].credentialId = OLD_ID;
        improper[2].removedPasskeys[0].credentialId = NEW_ID;
        improper[3].removedPasskeys[0].rpIdHash = 0;
        improper[4].removedPasskeys = new PasskeyReveal[](0);
        improper[5].removedPasskeys = new PasskeyReveal[](2);
        improper[5].removedPasskeys[0] = improper[3].removedPasskeys[0];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryRevealMismatch.selector));
            finish(request, improper[i]);
        }
        (, RecoveryReveal memory proper) = replacement();
        finish(request, proper);
    }

    function test_addsAPasskeyOfAnotherRelyingParty() public {
        RecoveryRequest memory request = plain();
        request.rpIdHash = sha256("zksso.example");
        approve(0, request);
        vm.warp(NOW + 1 days);
        finish(request, plainReveal());
        assertFalse(hasKey(account, NEW_ID, NEW_KEY), "default");
        (bytes32 x, bytes32 y, uint256 policy) =
            webAuthn.getPasskey(passkeyId(NEW_ID, request.rpIdHash), address(account));
        assertEq(x, publicKey(NEW_KEY)[0]);
        assertEq(y, publicKey(NEW_KEY)[1]);
        assertEq(policy, 0);
    }

    /// @notice G-18: nothing is removed that is not listed.
    function test_removesNothingUnlessAsked() public {
        bytes32 session = _openSession();
        RecoveryRequest memory request = plain();
        request.owner = SECOND_OWNER;
        approve(0, request);
        vm.warp(NOW + 1 days);
        finish(request, plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY) && hasKey(account, OLD_ID, OLD_KEY), "passkeys");
        assertTrue(account.isK1Owner(owner) && account.isK1Owner(SECOND_OWNER), "owners");
        _expectSession(session, Status.Active);
    }

    /// @notice G-18: exactly the listed passkeys, owners and the sessions go.
    function test_removesExactlyWhatIsListed() public {
        bytes32 session = _openSession();
        vm.startPrank(address(account));
        webAuthn.addValidationKey(OTHER_ID, publicKey(OLD_KEY + 1), ORIGIN);
        webAuthn.addPasskey(OLD_ID, publicKey(OLD_KEY), ORIGIN, sha256("zksso.example"), 0);
        account.addK1Owner(SECOND_OWNER);
        vm.stopPrank();
        (RecoveryRequest memory request, RecoveryReveal memory reveal) = _everything();
        request.owner = address(0);
        approve(0, request);
        vm.warp(NOW + 1 days);
        finish(request, reveal);
        assertTrue(hasKey(account, NEW_ID, NEW_KEY) && hasKey(account, OTHER_ID, OLD_KEY + 1), "passkeys");
        assertEq(webAuthn.listKeys(address(account)).length, 3);
        assertFalse(hasKey(account, OLD_ID, OLD_KEY), "old passkey");
        assertTrue(account.isK1Owner(SECOND_OWNER) && !account.isK1Owner(owner), "owners");
        _expectSession(session, Status.Closed);
    }

    /// @notice G-18: all old signers may go, since the new ones come first.
    function test_replacesAllSigners() public {
        (RecoveryRequest memory request, RecoveryReveal memory reveal) = _everything();
        approve(0, request);
        vm.warp(NOW + 1 days);
        finish(request, reveal);
        assertEq(account.listK1Owners().length, 1);
        assertTrue(account.isK1Owner(SECOND_OWNER), "owner");
        assertEq(webAuthn.listKeys(address(account)).length, 1);
        assertTrue(hasKey(account, NEW_ID, NEW_KEY), "passkey");
    }

    /// @notice G-18: an owner alone can take the place of all passkeys.
    function test_replacesPasskeysByAnOwner() public {
        (RecoveryRequest memory request, RecoveryReveal memory reveal) = _everything();
        (request.credentialIdHash, request.keyX, request.keyY) = (0, 0, 0);
        approve(0, request);
        vm.warp(NOW + 1 days);
        finish(request, reveal);
        assertEq(webAuthn.listKeys(address(account)).length, 0);
        assertEq(account.listK1Owners()[0], SECOND_OWNER);
    }

    /// @notice G-11: what the account did itself in the meantime does not stop a recovery.
    function test_skipsWhatIsDoneAlready() public {
        (RecoveryRequest memory request, RecoveryReveal memory reveal) = _everything();
        approve(0, request);
        vm.startPrank(address(account));
        webAuthn.addValidationKey(NEW_ID, publicKey(NEW_KEY), ORIGIN);
        webAuthn.removeValidationKey(OLD_ID, ORIGIN);
        account.addK1Owner(SECOND_OWNER);
        account.removeK1Owner(owner);
        vm.stopPrank();
        vm.warp(NOW + 1 days);
        finish(request, reveal);
        assertTrue(hasKey(account, NEW_ID, NEW_KEY) && account.isK1Owner(SECOND_OWNER), "signers");
    }

    /// @notice G-19: groups of two domains have their own guardians, settings and recoveries.
    function test_domainsAreIndependent() public {
        address other = guardian(5);
        vm.startPrank(address(account));
        recovery.proposeGuardian(OTHER_DOMAIN, other);
        recovery.setDelay(OTHER_DOMAIN, 9 days);
        vm.stopPrank();
        vm.prank(other);
        recovery.addGuardian(OTHER_DOMAIN, address(account));
        RecoveryRequest memory request = plain();
        bytes memory notActive = abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotActive.selector, other);
        vm.expectRevert(notActive);
        vm.prank(other);
        recovery.approveRecovery(DOMAIN, address(account), request);
        bytes32 mine = approve(0, request);
        assertEq(recovery.recoveryStatus(OTHER_DOMAIN, address(account)).requestHash, 0);
        vm.prank(other);
        bytes32 theirs = recovery.approveRecovery(OTHER_DOMAIN, address(account), request);
        assertFalse(mine == theirs, "hashes");
        assertEq(running(), mine);
        assertEq(readyAt(), NOW + 1 days);
        discard();
        assertEq(recovery.recoveryStatus(OTHER_DOMAIN, address(account)).requestHash, theirs);
        remove(guardian(0));
        assertEq(recovery.guardiansFor(OTHER_DOMAIN, address(account)).length, 1);
        assertEq(recovery.guardianOf(OTHER_DOMAIN, other)[0], address(account));
        assertEq(recovery.guardianOf(DOMAIN, other).length, 0);
        vm.warp(NOW + 9 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryRevealMismatch.selector));
        recovery.finishRecovery(OTHER_DOMAIN, address(account), request, plainReveal());
    }

    /// @notice G-19: guardians of one domain cannot remove passkeys of another.
    function test_RevertWhen_removingPasskeysOfAnotherDomain() public {
        vm.prank(address(account));
        webAuthn.addValidationKey(OTHER_ID, publicKey(OLD_KEY), OTHER_ORIGIN);
        bytes32 rpIdHash = sha256("other.example");
        RecoveryRequest memory request = ownerRequest(SECOND_OWNER);
        request.webAuthValidator = address(webAuthn);
        request.removedPasskeys = new bytes32[](1);
        request.removedPasskeys[0] =
            keccak256(abi.encodePacked(rpIdHash, bytes(OTHER_ORIGIN).length, OTHER_ORIGIN, OTHER_ID));
        approve(0, request);
        vm.warp(NOW + 1 days);
        RecoveryReveal memory reveal;
        reveal.removedPasskeys = new PasskeyReveal[](1);
        reveal.removedPasskeys[0] = PasskeyReveal(OTHER_ID, rpIdHash);
        string[2] memory origins = [ORIGIN, OTHER_ORIGIN];
        for (uint256 i = 0; i < 2; ++i) {
            reveal.origin = origins[i];
            vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryRevealMismatch.selector));
            finish(request, reveal);
        }
    }

    /// @notice G-10: installed modules that are no passkey validators cannot be called, whatever they answer to.
    function test_RevertWhen_moduleOnlyLooksLikeAPasskeyValidator() public {
        ModuleStub stub = new ModuleStub(true, false, true);
        install(1, address(stub));
        RecoveryRequest memory request = plain();
        request.webAuthValidator = address(stub);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryValidatorNotInstalled.selector, address(stub)));
        approve(0, request);
    }

    /// @dev Request that replaces all signers of the account and closes its sessions.
    function _everything() private view returns (RecoveryRequest memory request, RecoveryReveal memory reveal) {
        (request, reveal) = replacement();
        request.owner = SECOND_OWNER;
        request.removedOwners = one(owner);
        request.sessionValidator = address(sessions);
    }

    function _openSession() private returns (bytes32) {
        vm.chainId(260);
        vm.etch(ASSERTER, address(new AsserterStub()).code);
        SessionSpec memory spec;
        spec.signer = guardian(9);
        spec.expiresAt = NOW + 30 days;
        spec.feeLimit = UsageLimit(LimitType.Lifetime, 1 ether, 0);
        spec.callPolicies = new CallSpec[](1);
        spec.callPolicies[0] =
            CallSpec(address(0xbeef0003), 0xa9059cbb, 0, UsageLimit(LimitType.Unlimited, 0, 0), new Constraint[](0));
        vm.prank(address(account));
        sessions.createSession(spec);
        return keccak256(abi.encode(spec));
    }

    function _expectSession(bytes32 session, Status expected) private view {
        assertTrue(sessions.sessionStatus(address(account), session) == expected, "session");
    }
}
