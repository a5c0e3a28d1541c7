// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {
    CallSpec,
    Condition,
    Constraint,
    SessionSpec,
    SessionState,
    Status,
    TransferSpec
} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AccountStub, AsserterStub, SessionFixture} from "./support/SessionFixture.sol";

contract SessionKeyValidatorTest is SessionFixture {
    function test_acceptsWhatPoliciesAllow() public {
        SessionSpec memory spec = defaultSpec();
        bytes32 hash = create(spec);
        assertTrue(validate(transfer(RECIPIENT, 1 ether), spec), "transfer");
        assertTrue(validate(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 60)), spec), "call");
        SessionState memory state = validator.sessionState(address(account), spec);
        assertTrue(state.status == Status.Active, "active");
        assertEq(state.feesRemaining, 1 ether - 2 * 1_000_000 * 1 gwei);
        assertEq(state.transferValue[0].remaining, 4 ether);
        assertEq(state.callValue[0].remaining, type(uint256).max);
        assertEq(state.callParams.length, 1);
        assertEq(state.callParams[0].remaining, 40);
        assertEq(state.callParams[0].index, 1);
        assertTrue(validator.sessionStatus(address(account), hash) == Status.Active, "status");
        bytes32[] memory sessions = validator.listSessions(address(account), 0, 10);
        assertEq(sessions.length, 1);
        assertEq(sessions[0], hash);
    }

    function testFuzz_hashOfRawBytesEqualsHashOfEncoding(uint8 calls, uint8 constraints, uint8 transfers, uint64 seed)
        public
    {
        SessionSpec memory spec =
            _randomSpec(uint256(calls) % 5, uint256(constraints) % 5, uint256(transfers) % 5, seed);
        create(spec);
        // The session is found only if the hash of the envelope's bytes is the one computed at creation.
        bytes memory reason = _failure(transfer(address(0xdead), 0), spec, new uint64[](1));
        assertEq(
            reason, abi.encodeWithSelector(ISessionKeyValidator.SessionTransferNotAllowed.selector, address(0xdead))
        );
    }

    function testFuzz_answersGarbageWithoutPanic(bytes memory signature) public {
        create(defaultSpec());
        Transaction memory transaction = transfer(RECIPIENT, 1);
        transaction.signature = signature;
        vm.prank(address(account));
        try validator.validateTransaction(TX_HASH, transaction) returns (bool valid) {
            assertFalse(valid, "valid");
        } catch (bytes memory reason) {
            assertEq(bytes32(bytes4(reason)), bytes32(ISessionKeyValidator.SessionNotActive.selector));
        }
    }

    function testFuzz_damagedEnvelopeNeverPasses(uint16 position, uint8 flip) public {
        vm.assume(flip != 0);
        SessionSpec memory spec = defaultSpec();
        create(spec);
        Transaction memory transaction = sign(transfer(RECIPIENT, 1), spec, new uint64[](8));
        bytes memory signature = transaction.signature;
        // The words after the specification are claims about unused periods, and the validator's own address is the
        // account's business: both may change.
        uint256 at = 64 + uint256(position) % (signature.length - 64 - 9 * 32);
        signature[at] = bytes1(uint8(signature[at]) ^ flip);
        vm.prank(address(account));
        try validator.validateTransaction(TX_HASH, transaction) returns (bool valid) {
            // Padding after the 65 signature bytes is not signed and means nothing.
            bool isPadding = at >= 96 + 32 + 65 && at < 96 + 32 + 96;
            assertTrue(!valid || isPadding, "valid");
        } catch {}
    }

    /// @notice E-03: no calldata is a transfer, even where a policy names the selector zero.
    function test_RevertWhen_callOfSelectorZeroHasNoCalldata() public {
        SessionSpec memory spec = defaultSpec();
        spec.callPolicies[0].selector = 0;
        spec.callPolicies[0].constraints = new Constraint[](0);
        create(spec);
        _refuses(
            transfer(TOKEN, 0),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionTransferNotAllowed.selector, TOKEN)
        );
        assertTrue(validate(call(TOKEN, hex"00000000"), spec), "selector zero");
    }

    /// @notice E-17: several constraints on one word all apply, in order.
    function test_appliesAllConstraintsOnAWord() public {
        SessionSpec memory spec = defaultSpec();
        Constraint[] memory constraints = new Constraint[](3);
        constraints[0] = Constraint(Condition.Greater, 1, bytes32(uint256(5)), unlimited());
        constraints[1] = Constraint(Condition.Less, 1, bytes32(uint256(10)), lifetime(14));
        constraints[2] = Constraint(Condition.NotEqual, 1, bytes32(uint256(8)), lifetime(13));
        spec.callPolicies[0].constraints = constraints;
        create(spec);
        uint256[3] memory refused = [uint256(5), 10, 8];
        for (uint256 i = 0; i < refused.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(
                ISessionKeyValidator.SessionConditionFailed.selector,
                1,
                bytes32(refused[i]),
                constraints[i].refValue,
                constraints[i].condition
            );
            _refuses(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, refused[i])), spec, expected);
        }
        assertTrue(validate(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 6)), spec), "inside");
        bytes memory exceeded =
            abi.encodeWithSelector(ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, 6, 9, 14);
        _refuses(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 9)), spec, exceeded);
        assertTrue(validate(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 7)), spec), "last");
    }

    function test_chargesLifetimeLimits() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        validate(transfer(RECIPIENT, 2 ether), spec);
        validate(transfer(RECIPIENT, 2 ether), spec);
        bytes memory expected = abi.encodeWithSelector(
            ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, 4 ether, 1 ether + 1, 5 ether
        );
        _refuses(transfer(RECIPIENT, 1 ether + 1), spec, expected);
        assertTrue(validate(transfer(RECIPIENT, 1 ether), spec), "rest");
    }

    function test_refusesWhatNoPolicyAllows() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        _refuses(
            transfer(TOKEN, 1),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionTransferNotAllowed.selector, TOKEN)
        );
        _refuses(
            call(TOKEN, abi.encodeWithSelector(APPROVE, RECIPIENT, 1)),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionCallNotAllowed.selector, TOKEN, APPROVE)
        );
        _refuses(
            call(RECIPIENT, hex"00112233"),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionCallNotAllowed.selector, RECIPIENT, bytes4(0x00112233))
        );
        _refuses(
            transfer(RECIPIENT, 2 ether + 1),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionMaxValueExceeded.selector, 2 ether + 1, 2 ether)
        );
        _refuses(
            call(RECIPIENT, hex"001122"),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidCalldata.selector, 3)
        );
    }

    function test_refusesTargetsWithDirtyUpperBits() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        Transaction memory transaction = transfer(RECIPIENT, 1);
        transaction.to |= 1 << 160;
        _refuses(
            transaction,
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionTransferNotAllowed.selector, RECIPIENT)
        );
    }

    function test_checksConstraints() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        bytes memory wrongRecipient = abi.encodeWithSelector(
            ISessionKeyValidator.SessionConditionFailed.selector,
            0,
            bytes32(uint256(uint160(TOKEN))),
            bytes32(uint256(uint160(RECIPIENT))),
            Condition.Equal
        );
        _refuses(call(TOKEN, abi.encodeWithSelector(TRANSFER, TOKEN, 1)), spec, wrongRecipient);
        bytes memory missing = abi.encodeWithSelector(ISessionKeyValidator.SessionArgumentMissing.selector, 1, 67);
        bytes memory short = abi.encodePacked(TRANSFER, uint256(uint160(RECIPIENT)), bytes31(0));
        _refuses(call(TOKEN, short), spec, missing);
        bytes memory exceeded =
            abi.encodeWithSelector(ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, 0, 101, 100);
        _refuses(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 101)), spec, exceeded);
    }

    function test_checksHugeConstraintIndex() public {
        SessionSpec memory spec = defaultSpec();
        spec.callPolicies[0].constraints[0].index = type(uint64).max;
        create(spec);
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionArgumentMissing.selector, uint256(type(uint64).max), 68);
        _refuses(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 1)), spec, expected);
    }

    function test_countsAllowancePerPeriod() public {
        SessionSpec memory spec = defaultSpec();
        spec.expiresAt = type(uint256).max;
        spec.transferPolicies[0].valueLimit = allowance(3 ether, 1 hours);
        create(spec);
        uint64[] memory ids = new uint64[](2);
        ids[1] = uint64(NOW / 1 hours);
        validate(transfer(RECIPIENT, 2 ether), spec, ids);
        bytes memory expected = abi.encodeWithSelector(
            ISessionKeyValidator.SessionAllowanceExceeded.selector, 2 ether, 2 ether, 3 ether, uint256(ids[1])
        );
        assertEq(_failure(transfer(RECIPIENT, 2 ether), spec, ids), expected);
        uint256 nextPeriod = (uint256(ids[1]) + 1) * 1 hours;
        vm.warp(nextPeriod - 1);
        assertTrue(validate(transfer(RECIPIENT, 1 ether), spec, ids), "last second");
        vm.warp(nextPeriod);
        assertEq(validator.sessionState(address(account), spec).transferValue[0].remaining, 3 ether);
        bytes memory outOfRange = abi.encodeWithSelector(
            AsserterStub.TimestampOutOfRange.selector, nextPeriod, nextPeriod - 1 hours, nextPeriod - 1
        );
        assertEq(_failure(transfer(RECIPIENT, 0), spec, ids), outOfRange);
        ids[1] += 1;
        assertTrue(validate(transfer(RECIPIENT, 2 ether), spec, ids), "next period");
        ids[1] += 1;
        assertEq(
            bytes32(bytes4(_failure(transfer(RECIPIENT, 0), spec, ids))),
            bytes32(AsserterStub.TimestampOutOfRange.selector)
        );
    }

    function test_refusesMissingPeriodIds() public {
        SessionSpec memory spec = defaultSpec();
        spec.transferPolicies[0].valueLimit = allowance(3 ether, 1 hours);
        create(spec);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionPeriodIdMissing.selector, 1);
        assertEq(_failure(transfer(RECIPIENT, 1), spec, new uint64[](1)), expected);
    }

    function test_refusesExpiredSessions() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        vm.warp(spec.expiresAt);
        assertTrue(validate(transfer(RECIPIENT, 1), spec), "last second");
        vm.warp(spec.expiresAt + 1);
        bytes memory expected =
            abi.encodeWithSelector(AsserterStub.TimestampOutOfRange.selector, spec.expiresAt + 1, 0, spec.expiresAt);
        _refuses(transfer(RECIPIENT, 1), spec, expected);
    }

    function test_limitsFeesUnlessAPaymasterPays() public {
        SessionSpec memory spec = defaultSpec();
        spec.feeLimit = lifetime(1_000_000 * 1 gwei);
        create(spec);
        Transaction memory sponsored = transfer(RECIPIENT, 1);
        sponsored.paymaster = 0xbeef;
        assertTrue(validate(sponsored, spec), "sponsored");
        assertTrue(validate(transfer(RECIPIENT, 1), spec), "paid");
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, 1e15, 1e15, 1e15);
        _refuses(transfer(RECIPIENT, 1), spec, expected);
        assertTrue(validate(sponsored, spec), "sponsored again");
    }

    function test_resetsFeeAllowance() public {
        SessionSpec memory spec = defaultSpec();
        spec.feeLimit = allowance(1_000_000 * 1 gwei, 1 hours);
        create(spec);
        uint64[] memory ids = new uint64[](2);
        ids[0] = uint64(NOW / 1 hours);
        assertTrue(validate(transfer(RECIPIENT, 1), spec, ids), "paid");
        assertEq(validator.sessionState(address(account), spec).feesRemaining, 0);
        vm.warp(NOW + 1 hours);
        ids[0] += 1;
        assertEq(validator.sessionState(address(account), spec).feesRemaining, 1e15);
        assertTrue(validate(transfer(RECIPIENT, 1), spec, ids), "paid");
    }

    function test_appliesApprovePolicyToPaymasters() public {
        SessionSpec memory spec = defaultSpec();
        spec.callPolicies[0].selector = APPROVE;
        create(spec);
        Transaction memory transaction = transfer(RECIPIENT, 1);
        transaction.paymaster = uint160(RECIPIENT);
        transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, TOKEN, 70, "");
        assertTrue(validate(transaction, spec), "approval");
        bytes memory exceeded =
            abi.encodeWithSelector(ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, 70, 70, 100);
        _refuses(transaction, spec, exceeded);
        transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, RECIPIENT, 1, "");
        bytes memory notAllowed =
            abi.encodeWithSelector(ISessionKeyValidator.SessionCallNotAllowed.selector, RECIPIENT, APPROVE);
        _refuses(transaction, spec, notAllowed);
        transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, uint160(TOKEN) | 1 << 160, 1, "");
        assertEq(
            bytes32(bytes4(_failure(transaction, spec, new uint64[](8)))),
            bytes32(ISessionKeyValidator.SessionCallNotAllowed.selector)
        );
        transaction.paymasterInput = hex"949431dc00";
        _refuses(
            transaction, spec, abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidPaymasterInput.selector, 5)
        );
        transaction.paymasterInput = abi.encodeWithSelector(0x8c5a3445, "");
        assertTrue(validate(transaction, spec), "general");
    }

    function test_refusesTargetThatBecameAModule() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        account.setModule(TOKEN, true);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionTargetBanned.selector, TOKEN);
        _refuses(call(TOKEN, abi.encodeWithSelector(TRANSFER, RECIPIENT, 1)), spec, expected);
    }

    function test_refusesFactoryDependencies() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        Transaction memory transaction = transfer(RECIPIENT, 1);
        transaction.factoryDeps = new bytes32[](1);
        _refuses(transaction, spec, abi.encodeWithSelector(ISessionKeyValidator.SessionFactoryDepsNotAllowed.selector));
    }

    function test_answersWrongSignerWithFalseAfterCharging() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        Transaction memory transaction = sign(transfer(RECIPIENT, 1 ether), spec, new uint64[](2));
        vm.prank(address(account));
        assertFalse(validator.validateTransaction(keccak256("other"), transaction), "valid");
        assertEq(validator.sessionState(address(account), spec).transferValue[0].remaining, 4 ether);
    }

    function test_closesSessions() public {
        SessionSpec memory spec = defaultSpec();
        bytes32 hash = create(spec);
        vm.prank(address(account));
        validator.revokeKey(hash);
        assertTrue(validator.sessionStatus(address(account), hash) == Status.Closed, "closed");
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, hash);
        _refuses(transfer(RECIPIENT, 1), spec, expected);
        vm.expectRevert(expected);
        vm.prank(address(account));
        validator.revokeKey(hash);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionAlreadyExists.selector, hash));
    }

    function test_closesAllSessionsAtOnceAndAtUninstallation() public {
        SessionSpec memory spec = defaultSpec();
        bytes32 hash = create(spec);
        vm.prank(address(account));
        validator.revokeAllKeys();
        assertTrue(validator.sessionStatus(address(account), hash) == Status.Closed, "closed");
        spec.signer = address(0x51);
        hash = create(spec);
        assertTrue(validator.sessionStatus(address(account), hash) == Status.Active, "new one");
        vm.prank(address(account));
        validator.onUninstall("");
        vm.prank(address(account));
        validator.onInstall("");
        assertTrue(validator.sessionStatus(address(account), hash) == Status.Closed, "closed");
    }

    function test_opensSessionAtInstallation() public {
        SessionSpec memory spec = defaultSpec();
        vm.prank(address(account));
        validator.onInstall(abi.encode(spec));
        assertTrue(validate(transfer(RECIPIENT, 1), spec), "valid");
    }

    function test_keepsAccountsApart() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        account = new AccountStub();
        bytes32 hash = keccak256(abi.encode(spec));
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, hash);
        _refuses(transfer(RECIPIENT, 1), spec, expected);
        create(spec);
        assertTrue(validate(transfer(RECIPIENT, 1), spec), "signer is free for another account");
    }

    function test_refusesImproperSpecifications() public {
        SessionSpec memory spec = defaultSpec();
        spec.signer = address(0);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionZeroSigner.selector));
        spec = defaultSpec();
        spec.expiresAt = NOW + 60;
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionExpiresTooSoon.selector, NOW + 60));
        spec = defaultSpec();
        spec.feeLimit = unlimited();
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionUnlimitedFees.selector));
        spec.feeLimit = lifetime(1 << 128);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionLimitTooLarge.selector, 1 << 128));
        spec = defaultSpec();
        spec.callPolicies[0].constraints[1].limit = allowance(1 << 192, 1 days);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionLimitTooLarge.selector, 1 << 192));
        spec.callPolicies[0].constraints[1].limit = allowance(1, 119);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidPeriod.selector, 119));
        spec.callPolicies[0].constraints[1].limit = allowance(1, 1 << 64);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidPeriod.selector, 1 << 64));
    }

    function test_refusesDuplicatePolicies() public {
        SessionSpec memory spec = defaultSpec();
        spec.transferPolicies = new TransferSpec[](2);
        spec.transferPolicies[0] = TransferSpec(RECIPIENT, 1, unlimited());
        spec.transferPolicies[1] = TransferSpec(RECIPIENT, 2, unlimited());
        _refusesSpec(
            spec, abi.encodeWithSelector(ISessionKeyValidator.SessionDuplicatePolicy.selector, RECIPIENT, bytes4(0))
        );
        spec = defaultSpec();
        CallSpec memory policy = spec.callPolicies[0];
        spec.callPolicies = new CallSpec[](2);
        spec.callPolicies[0] = policy;
        spec.callPolicies[1] = policy;
        _refusesSpec(
            spec, abi.encodeWithSelector(ISessionKeyValidator.SessionDuplicatePolicy.selector, TOKEN, TRANSFER)
        );
    }

    function test_refusesBannedTargets() public {
        address[4] memory banned = [address(account), address(validator), address(0x8006), address(0)];
        for (uint256 i = 0; i < banned.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionTargetBanned.selector, banned[i]);
            SessionSpec memory spec = defaultSpec();
            spec.callPolicies[0].target = banned[i];
            _refusesSpec(spec, expected);
            spec = defaultSpec();
            spec.transferPolicies[0].target = banned[i];
            _refusesSpec(spec, expected);
        }
    }

    function test_refusesTooLargeSessions() public {
        SessionSpec memory spec = defaultSpec();
        spec.callPolicies[0].constraints = new Constraint[](118);
        create(spec);
        spec.signer = address(0x51);
        spec.callPolicies[0].constraints = new Constraint[](119);
        _refusesSpec(spec, abi.encodeWithSelector(ISessionKeyValidator.SessionTooLarge.selector, 121, 120));
    }

    /// @notice E-53: no call is charged with more limits than can be validated; conditions alone charge nothing.
    function test_RevertWhen_aCallHasTooManyLimits() public {
        SessionSpec memory spec = defaultSpec();
        Constraint[] memory constraints = new Constraint[](10);
        for (uint256 i = 0; i < constraints.length; ++i) {
            constraints[i].limit = i < 9 ? allowance(1, 1 days) : unlimited();
        }
        spec.callPolicies[0].constraints = constraints;
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionTooManyLimits.selector, TOKEN, TRANSFER, 9, 8);
        _refusesSpec(spec, expected);
        constraints[8].limit = unlimited();
        create(spec);
    }

    function test_letsASignerHaveSeveralSessions() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        spec.expiresAt += 1;
        bytes32 second = create(spec);
        assertEq(validator.listSessions(address(account), 1, 1)[0], second);
        assertTrue(validate(transfer(RECIPIENT, 1), spec), "second");
        assertTrue(validate(transfer(RECIPIENT, 1), defaultSpec()), "first");
    }

    function test_refusesWhereNotInstalled() public {
        account.setInstalled(false);
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionModuleNotInstalled.selector, address(account));
        _refusesSpec(defaultSpec(), expected);
    }

    function test_needsATimestampAsserter() public {
        vm.chainId(31337);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionNoTimestampAsserter.selector, 31337);
        _refusesSpec(defaultSpec(), expected);
        vm.prank(address(account));
        validator.setTimestampAsserter(ASSERTER);
        assertEq(validator.timestampAsserter(address(account)), ASSERTER);
        create(defaultSpec());
        assertTrue(validate(transfer(RECIPIENT, 1), defaultSpec()), "valid");
        vm.expectRevert(
            abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidTimestampAsserter.selector, RECIPIENT)
        );
        vm.prank(address(account));
        validator.setTimestampAsserter(RECIPIENT);
    }

    function test_signsNoMessages() public view {
        assertFalse(validator.validateSignature(TX_HASH, ""), "valid");
        assertFalse(validator.hasRootSigner(address(account)), "root");
    }

    function test_keepsItsStorageWhereErc7201Says() public {
        bytes32 root =
            keccak256(abi.encode(uint256(keccak256("zksso.validator.sessions")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 hash = create(defaultSpec());
        bytes32 slot = keccak256(abi.encode(address(account), keccak256(abi.encode(hash, root))));
        assertEq(uint256(vm.load(address(validator), slot)), 1 << 248);
    }

    function _refuses(Transaction memory transaction, SessionSpec memory spec, bytes memory expected) private {
        assertEq(_failure(transaction, spec, new uint64[](8)), expected);
    }

    function _refusesSpec(SessionSpec memory spec, bytes memory expected) private {
        vm.expectRevert(expected);
        vm.prank(address(account));
        validator.createSession(spec);
    }

    /// @dev What validation reverts with.
    function _failure(Transaction memory transaction, SessionSpec memory spec, uint64[] memory periodIds)
        private
        returns (bytes memory)
    {
        sign(transaction, spec, periodIds);
        vm.prank(address(account));
        try validator.validateTransaction(TX_HASH, transaction) {
            return "";
        } catch (bytes memory reason) {
            return reason;
        }
    }

    function _randomSpec(uint256 calls, uint256 constraints, uint256 transfers, uint64 seed)
        private
        pure
        returns (SessionSpec memory spec)
    {
        spec = defaultSpec();
        spec.callPolicies = new CallSpec[](calls);
        for (uint256 i = 0; i < calls; ++i) {
            address target = address(uint160(uint256(keccak256(abi.encode(seed, i)))));
            Constraint[] memory list = new Constraint[](constraints);
            for (uint256 j = 0; j < constraints; ++j) {
                list[j] =
                    Constraint(Condition((seed + j) % 7), uint64(seed >> j), bytes32(uint256(seed) << j), lifetime(j));
            }
            spec.callPolicies[i] = CallSpec(target, bytes4(uint32(seed)), seed, allowance(seed, 200 + i), list);
        }
        spec.transferPolicies = new TransferSpec[](transfers);
        for (uint256 i = 0; i < transfers; ++i) {
            address target = address(uint160(uint256(keccak256(abi.encode(seed, 100 + i)))));
            spec.transferPolicies[i] = TransferSpec(target, i, unlimited());
        }
    }
}
