// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {IERC7579Module} from "../../contracts/interfaces/IERC7579Module.sol";
import {IGuardianRecovery} from "../../contracts/interfaces/IGuardianRecovery.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {
    GroupSettings,
    Guardian,
    GuardianSignature,
    RecoveryRequest,
    RecoveryStatus
} from "../../contracts/types/RecoveryTypes.sol";
import {CallSpec, Constraint, LimitType, SessionSpec, UsageLimit} from "../../contracts/types/SessionTypes.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";

/// @title Account that can drop a module without telling it
contract ForgetfulAccount {
    bool public installed = true;

    function setInstalled(bool value) external {
        installed = value;
    }

    function isModuleInstalled(uint256, address, bytes calldata) external view returns (bool) {
        return installed;
    }
}

contract GuardianGroupsTest is RecoveryFixture {
    uint256 private constant MAX_GUARDIANS = 32;

    function test_acceptsProposedGuardians() public {
        propose(guardian(0));
        _expectGuardian(0, guardian(0), false, NOW);
        vm.warp(NOW + 5);
        vm.prank(guardian(0));
        assertTrue(recovery.addGuardian(DOMAIN, address(account)), "accepted");
        _expectGuardian(0, guardian(0), true, NOW + 5);
        vm.warp(NOW + 9);
        vm.prank(guardian(0));
        assertFalse(recovery.addGuardian(DOMAIN, address(account)), "accepted again");
        _expectGuardian(0, guardian(0), true, NOW + 5);
        assertEq(recovery.guardiansFor(DOMAIN, address(account)).length, 1);
    }

    /// @notice G-01: nobody becomes a guardian whom the account has not proposed.
    function test_RevertWhen_strangerAccepts() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotProposed.selector, address(this)));
        recovery.addGuardian(DOMAIN, address(account));
    }

    /// @notice G-16: neither zero nor the account guards the account.
    function test_RevertWhen_guardianIsZeroOrTheAccount() public {
        address[2] memory improper = [address(0), address(account)];
        for (uint256 i = 0; i < improper.length; ++i) {
            bytes memory expected =
                abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidGuardian.selector, improper[i]);
            vm.expectRevert(expected);
            propose(improper[i]);
            uninstall(2, address(recovery));
            bytes memory data = abi.encode(DOMAIN, one(improper[i]), 1, 1 days);
            vm.expectRevert(expected);
            vm.prank(address(account));
            account.installModule(2, address(recovery), data);
            install(2, address(recovery));
        }
    }

    /// @notice G-16: two accounts that guard each other gain nothing but that.
    function test_accountsMayGuardEachOther() public {
        ERC7579Account other = newAccount();
        propose(address(other));
        accept(address(other));
        vm.prank(address(other));
        recovery.proposeGuardian(DOMAIN, address(account));
        vm.prank(address(account));
        recovery.addGuardian(DOMAIN, address(other));
        RecoveryRequest memory request = plain();
        vm.prank(address(other));
        recovery.approveRecovery(DOMAIN, address(account), request);
        vm.prank(address(account));
        recovery.approveRecovery(DOMAIN, address(other), request);
        vm.warp(NOW + 1 days);
        finish(request, plainReveal());
        recovery.finishRecovery(DOMAIN, address(other), request, plainReveal());
        assertTrue(hasKey(account, NEW_ID, NEW_KEY) && hasKey(other, NEW_ID, NEW_KEY), "recovered");
        vm.prank(address(other));
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotFound.selector, address(other)));
        recovery.removeGuardian(DOMAIN, address(other));
    }

    /// @notice G-16: a module may be proposed like any address; it cannot accept, let alone approve, by itself.
    function test_modulesAreGuardiansLikeAnyAddress() public {
        propose(address(webAuthn));
        _expectGuardian(0, address(webAuthn), false, NOW);
        assertEq(recovery.groupSettings(DOMAIN, address(account)).guardians, 0);
    }

    function test_RevertWhen_proposingTwice() public {
        propose(guardian(0));
        bytes memory expected =
            abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianAlreadyProposed.selector, guardian(0));
        vm.expectRevert(expected);
        propose(guardian(0));
        accept(guardian(0));
        vm.expectRevert(expected);
        propose(guardian(0));
    }

    function test_RevertWhen_removingNobody() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotFound.selector, guardian(0)));
        remove(guardian(0));
    }

    function test_removesFromAnyPlace() public {
        for (uint256 removed = 0; removed < 3; ++removed) {
            uninstall(2, address(recovery));
            install(2, address(recovery));
            appoint(3, 1);
            remove(guardian(removed));
            Guardian[] memory left = recovery.guardiansFor(DOMAIN, address(account));
            assertEq(left.length, 2);
            for (uint256 i = 0; i < 2; ++i) {
                assertFalse(left[i].addr == guardian(removed), "removed");
                assertTrue(left[i].isReady, "active");
            }
            assertFalse(left[0].addr == left[1].addr, "different");
            propose(guardian(removed));
            _expectGuardian(2, guardian(removed), false, NOW);
        }
    }

    /// @notice G-02: a threshold is at least one and at most what the guardians could reach if all accept.
    function test_RevertWhen_thresholdIsOutOfRange() public {
        appoint(2, 2);
        uint256[4] memory improper = [uint256(0), 3, 257, type(uint256).max];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidThreshold.selector, improper[i], 2));
            setThreshold(improper[i]);
        }
        propose(guardian(2));
        setThreshold(3);
        assertEq(recovery.groupSettings(DOMAIN, address(account)).threshold, 3);
        assertEq(recovery.groupSettings(DOMAIN, address(account)).guardians, 2);
    }

    /// @notice G-02: removals do not leave a group that seems to protect the account but cannot.
    function test_RevertWhen_removalMakesTheThresholdUnreachable() public {
        appoint(3, 2);
        remove(guardian(0));
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryThresholdUnreachable.selector, 2, 1));
        remove(guardian(1));
        setThreshold(1);
        remove(guardian(1));
        remove(guardian(2));
        assertEq(recovery.guardiansFor(DOMAIN, address(account)).length, 0);
    }

    function test_removesProposedGuardiansAlways() public {
        appoint(2, 2);
        propose(guardian(2));
        remove(guardian(2));
        assertEq(recovery.guardiansFor(DOMAIN, address(account)).length, 2);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotProposed.selector, guardian(2)));
        accept(guardian(2));
    }

    /// @notice G-07: no delay below the floor, none that never ends.
    function test_RevertWhen_delayIsOutOfRange() public {
        uint256[5] memory improper = [uint256(0), 1 days - 1, 365 days + 1, 1 << 32, type(uint256).max];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidDelay.selector, improper[i], 1 days, 365 days)
            );
            setDelay(improper[i]);
        }
    }

    /// @notice G-07: a longer delay holds at once, a shorter one when the present one has passed.
    function test_lowersTheDelayOnlyAfterTheDelay() public {
        appoint(1, 1);
        setDelay(10 days);
        _expectDelay(10 days, 0, 0);
        setDelay(2 days);
        _expectDelay(10 days, 2 days, NOW + 10 days);
        vm.warp(NOW + 10 days - 1);
        approve(0, plain());
        assertEq(readyAt(), NOW + 20 days - 1);
        vm.warp(NOW + 10 days);
        _expectDelay(2 days, 0, 0);
        assertEq(readyAt(), NOW + 20 days - 1);
        approve(0, passkeyRequest(NEW_KEY + 1));
        assertEq(readyAt(), NOW + 12 days);
    }

    /// @notice G-07: asking again starts the wait again; a longer delay ends it.
    function test_schedulesOneDelayAtATime() public {
        setDelay(10 days);
        setDelay(2 days);
        vm.warp(NOW + 9 days);
        setDelay(3 days);
        _expectDelay(10 days, 3 days, NOW + 19 days);
        setDelay(11 days);
        _expectDelay(11 days, 0, 0);
        vm.warp(NOW + 100 days);
        _expectDelay(11 days, 0, 0);
        setDelay(1 days);
        vm.warp(NOW + 111 days);
        setDelay(2 days);
        _expectDelay(2 days, 0, 0);
    }

    /// @notice G-07: times of a running recovery are fixed.
    function test_runningRecoveryKeepsItsTimes() public {
        appoint(1, 1);
        approve(0, plain());
        setDelay(30 days);
        assertEq(readyAt(), NOW + 1 days);
        vm.warp(NOW + 1 days);
        finish(plain(), plainReveal());
    }

    /// @notice G-07: whatever is asked for and when, no delay is shorter than promised at that time.
    function testFuzz_delayNeverFallsFasterThanPromised(uint32[12] calldata delays, uint32[12] calldata waits) public {
        uint256 promised = NOW + recovery.groupSettings(DOMAIN, address(account)).delay;
        for (uint256 i = 0; i < delays.length; ++i) {
            setDelay(1 days + delays[i] % 364 days);
            pass(waits[i] % 400 days);
            uint256 present = time + recovery.groupSettings(DOMAIN, address(account)).delay;
            assertTrue(present >= promised, "promise");
            promised = present;
        }
    }

    /// @notice G-05: a session reaches neither the module nor, through it, the guardians.
    function test_RevertWhen_sessionTargetsTheModule() public {
        SessionSpec memory spec;
        spec.signer = guardian(9);
        spec.expiresAt = NOW + 1 days;
        spec.feeLimit = UsageLimit(LimitType.Lifetime, 1 ether, 0);
        spec.callPolicies = new CallSpec[](1);
        spec.callPolicies[0] = CallSpec(
            address(recovery),
            IGuardianRecovery.proposeGuardian.selector,
            0,
            UsageLimit(LimitType.Unlimited, 0, 0),
            new Constraint[](0)
        );
        vm.expectRevert(abi.encodeWithSelector(ISessionKeyValidator.SessionTargetBanned.selector, address(recovery)));
        vm.prank(address(account));
        sessions.createSession(spec);
    }

    /// @notice G-05: who is not an account with the module changes nothing, not even for themselves.
    function test_RevertWhen_callerHasNotInstalledTheModule() public {
        bytes memory expected =
            abi.encodeWithSelector(IGuardianRecovery.RecoveryModuleNotInstalled.selector, address(this));
        vm.expectRevert(expected);
        recovery.proposeGuardian(DOMAIN, guardian(0));
        vm.expectRevert(expected);
        recovery.setThreshold(DOMAIN, 1);
        vm.expectRevert(expected);
        recovery.setDelay(DOMAIN, 1 days);
        vm.expectRevert(expected);
        recovery.onInstall("");
    }

    function test_proposesAtInstallation() public {
        uninstall(2, address(recovery));
        address[] memory guardians = new address[](2);
        (guardians[0], guardians[1]) = (guardian(0), guardian(1));
        vm.prank(address(account));
        account.installModule(2, address(recovery), abi.encode(DOMAIN, guardians, 2, 5 days));
        _expectGuardian(0, guardian(0), false, NOW);
        _expectGuardian(1, guardian(1), false, NOW);
        _expectDelay(5 days, 0, 0);
        assertEq(recovery.groupSettings(DOMAIN, address(account)).threshold, 2);
        accept(guardian(1));
        _expectGuardian(1, guardian(1), true, NOW);
    }

    /// @notice G-13: uninstalling clears proposed and active guardians, settings and the running recovery, however many.
    function test_uninstallationForgetsEverything() public {
        uint256 bare = _uninstallationGas();
        appoint(MAX_GUARDIANS - 1, 1);
        propose(guardian(MAX_GUARDIANS));
        setDelay(9 days);
        bytes32 requestHash = approve(0, plain());
        uint256 full = _uninstallationGas();
        assertTrue(full < bare + 1000, "costs the same");
        _expectNothing(requestHash);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector));
        finish(plain(), plainReveal());
    }

    /// @notice G-13: installing again revives nothing.
    function test_reinstallationRevivesNothing() public {
        appoint(2, 2);
        propose(guardian(2));
        bytes32 collected = approve(0, passkeyRequest(NEW_KEY + 1));
        approve(0, plain());
        approve(1, plain());
        RecoveryRequest memory request = plain();
        bytes memory signature = sign(FIRST_GUARDIAN_KEY, hashNow(request));
        uninstall(2, address(recovery));
        install(2, address(recovery));
        _expectNothing(collected);
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotFound.selector));
        finish(request, plainReveal());
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardianNotProposed.selector, guardian(2)));
        accept(guardian(2));
        appoint(2, 2);
        assertEq(recovery.approvalCount(DOMAIN, address(account), collected), 0);
        bytes memory expected = abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidSignature.selector, guardian(0));
        vm.expectRevert(expected);
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, one(_signature(0, signature)));
    }

    /// @notice G-13: an account that dropped the module without telling it also starts anew.
    function test_installationForgetsWhatAnUntoldModuleKept() public {
        ForgetfulAccount forgetful = new ForgetfulAccount();
        vm.prank(address(forgetful));
        recovery.onInstall("");
        vm.prank(address(forgetful));
        recovery.proposeGuardian(DOMAIN, guardian(0));
        forgetful.setInstalled(false);
        vm.prank(guardian(0));
        recovery.addGuardian(DOMAIN, address(forgetful));
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianRecovery.RecoveryModuleNotInstalled.selector, address(forgetful))
        );
        vm.prank(guardian(0));
        recovery.approveRecovery(DOMAIN, address(forgetful), ownerRequest(guardian(5)));
        forgetful.setInstalled(true);
        assertEq(recovery.guardiansFor(DOMAIN, address(forgetful)).length, 1);
        vm.prank(address(forgetful));
        recovery.onInstall("");
        assertEq(recovery.guardiansFor(DOMAIN, address(forgetful)).length, 0);
        assertEq(recovery.guardianOf(DOMAIN, guardian(0)).length, 0);
    }

    /// @notice G-20: a group has at most 32 guardians; with them, nothing becomes dear.
    function test_capsTheNumberOfGuardians() public {
        appoint(MAX_GUARDIANS, MAX_GUARDIANS);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryTooManyGuardians.selector, MAX_GUARDIANS));
        propose(guardian(MAX_GUARDIANS));
        for (uint256 i = 0; i < MAX_GUARDIANS; ++i) {
            approve(i, plain());
        }
        uint256 gas = gasleft();
        assertEq(recovery.guardiansFor(DOMAIN, address(account)).length, MAX_GUARDIANS);
        assertEq(recovery.recoveryStatus(DOMAIN, address(account)).approvals, MAX_GUARDIANS);
        assertEq(recovery.groupSettings(DOMAIN, address(account)).guardians, MAX_GUARDIANS);
        assertTrue(gas - gasleft() < 500_000, "views");
        setThreshold(1);
        gas = gasleft();
        remove(guardian(MAX_GUARDIANS - 1));
        assertTrue(gas - gasleft() < 500_000, "removal");
        uninstall(2, address(recovery));
    }

    /// @notice G-20: what a guardian sees of its accounts can be read page by page.
    function test_pagesGuardedAccounts() public {
        ERC7579Account[5] memory accounts;
        for (uint256 i = 0; i < 5; ++i) {
            account = newAccount();
            accounts[i] = account;
            propose(guardian(0));
            accept(guardian(0));
        }
        account = accounts[1];
        remove(guardian(0));
        account = accounts[2];
        uninstall(2, address(recovery));
        address[] memory all = recovery.guardianOf(DOMAIN, guardian(0));
        assertEq(all.length, 3);
        uint256 found = 0;
        for (uint256 offset = 0; offset < 5; offset += 2) {
            address[] memory page = recovery.guardedAccounts(DOMAIN, guardian(0), offset, 2);
            for (uint256 i = 0; i < page.length; ++i) {
                assertEq(page[i], all[found++]);
            }
        }
        assertEq(found, 3);
        assertEq(recovery.guardedAccounts(DOMAIN, guardian(0), 1, type(uint256).max).length, 2);
        assertEq(recovery.guardedAccounts(DOMAIN, guardian(0), type(uint256).max, 2).length, 0);
        install(2, address(recovery));
        propose(guardian(0));
        assertEq(recovery.guardianOf(DOMAIN, guardian(0)).length, 3);
        accept(guardian(0));
        assertEq(recovery.guardianOf(DOMAIN, guardian(0)).length, 4);
    }

    function test_describesItself() public view {
        assertTrue(recovery.isModuleType(2), "executor");
        assertFalse(recovery.isModuleType(1) || recovery.isModuleType(0), "nothing else");
        assertTrue(recovery.isInitialized(address(account)), "initialized");
        assertFalse(recovery.isInitialized(address(this)) || recovery.isInitialized(guardian(0)), "strangers");
        bytes4[5] memory ids = [
            bytes4(0x01ffc9a7),
            type(IModule).interfaceId,
            type(IERC7579Module).interfaceId,
            type(IGuardianRecovery).interfaceId,
            0x84b0196e
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(recovery.supportsInterface(ids[i]), "interface");
        }
        assertFalse(recovery.supportsInterface(0xffffffff), "invalid id");
    }

    /// @notice I-01: the place of the storage follows from its name.
    function test_keepsItsStorageWhereErc7201Says() public {
        appoint(2, 2);
        uint256 root = uint256(
            keccak256(abi.encode(uint256(keccak256("zksso.recovery.guardians")) - 1)) & ~bytes32(uint256(0xff))
        );
        uint256 epoch = uint256(vm.load(address(recovery), keccak256(abi.encode(address(account), root))));
        assertEq(epoch, 1);
        bytes32 slot = keccak256(abi.encode(DOMAIN, root + 1));
        slot = keccak256(abi.encode(epoch, slot));
        slot = keccak256(abi.encode(address(account), slot));
        // Threshold 2, two members, two acceptances.
        assertEq(uint256(vm.load(address(recovery), slot)), 2 << 16 | 2 << 8 | 2);
        // Six slots of settings and recovery, then the members.
        uint256 member = uint256(vm.load(address(recovery), bytes32(uint256(slot) + 6 + 1)));
        assertEq(member, 2 << 232 | NOW << 168 | 1 << 160 | uint160(guardian(1)));
        slot = keccak256(abi.encode(guardian(1), keccak256(abi.encode(DOMAIN, root + 2))));
        assertEq(uint256(vm.load(address(recovery), slot)), 1);
    }

    function _signature(uint256 index, bytes memory signature) private pure returns (GuardianSignature memory) {
        return GuardianSignature(guardian(index), signature);
    }

    function _expectGuardian(uint256 index, address addr, bool isReady, uint256 addedAt) private view {
        Guardian memory actual = recovery.guardiansFor(DOMAIN, address(account))[index];
        assertEq(actual.addr, addr);
        assertTrue(actual.isReady == isReady, "ready");
        assertEq(actual.addedAt, addedAt);
    }

    function _expectDelay(uint256 delay, uint256 nextDelay, uint256 nextDelayAt) private view {
        GroupSettings memory settings = recovery.groupSettings(DOMAIN, address(account));
        assertEq(settings.delay, delay);
        assertEq(settings.nextDelay, nextDelay);
        assertEq(settings.nextDelayAt, nextDelayAt);
    }

    /// @dev Expects all views to be as if the module were new.
    function _expectNothing(bytes32 requestHash) private view {
        assertEq(recovery.guardiansFor(DOMAIN, address(account)).length, 0);
        assertEq(recovery.guardianOf(DOMAIN, guardian(0)).length, 0);
        assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), 0);
        assertEq(recovery.getPendingRecoveryData(DOMAIN, address(account)).timestamp, 0);
        RecoveryStatus memory status = recovery.recoveryStatus(DOMAIN, address(account));
        assertTrue(status.requestHash == 0 && status.readyAt == 0, "recovery");
        GroupSettings memory settings = recovery.groupSettings(DOMAIN, address(account));
        assertEq(settings.threshold, 1);
        assertEq(settings.guardians, 0);
        assertEq(settings.delay, 1 days);
    }

    /// @dev Gas that the module takes when the account uninstalls it.
    function _uninstallationGas() private returns (uint256 gas) {
        vm.prank(address(account));
        gas = gasleft();
        recovery.onUninstall("");
        gas -= gasleft();
    }
}
