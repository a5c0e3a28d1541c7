// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {Execution} from "../../contracts/types/Execution.sol";
import {
    CallSpec,
    Condition,
    Constraint,
    SessionOptions,
    SessionSpec,
    Status,
    TokenBudget,
    UsageLimit
} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AsserterStub, SessionFixture} from "./support/SessionFixture.sol";

/// @title Verifier of a made-up kind of key: the signature must be the key followed by the hash
contract VerifierStub is IERC7913SignatureVerifier {
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bool valid = keccak256(signature) == keccak256(abi.encodePacked(key, hash));
        return valid ? IERC7913SignatureVerifier.verify.selector : bytes4(0xffffffff);
    }
}

contract SessionOptionsTest is SessionFixture {
    bytes4 private constant TRANSFER_FROM = 0x23b872dd;
    bytes4 private constant INCREASE_ALLOWANCE = 0x39509351;
    bytes4 private constant DECREASE_ALLOWANCE = 0xa457c2d7;
    bytes32 private constant BATCH = bytes32(uint256(1) << 248);
    address private constant PAYMASTER = address(0xbeef0003);

    function test_acceptsWhatPoliciesAllow() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        bytes32 hash = _create(spec, options);
        assertTrue(_validate(_transfer(1 ether), spec, options), "transfer");
        assertTrue(_validate(_callToken(TRANSFER, RECIPIENT, 60), spec, options), "call");
        (Status status,, uint256[] memory trackers) = validator.sessionRecord(address(account), hash, 5);
        assertTrue(status == Status.Active, "active");
        assertEq(trackers[1], 1 ether);
        assertEq(trackers[2], 0);
        assertEq(trackers[4], 60);
        assertEq(validator.listSessions(address(account), 0, 9)[0], hash);
    }

    /// @notice E-52: a session with options is another session than the one without.
    function test_keepsSessionsWithAndWithoutOptionsApart() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        bytes32 hash = _create(spec, options);
        _refuses(
            transfer(RECIPIENT, 1),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, _plainHash(spec))
        );
        options.validAfter = 1;
        _refuses(
            _transfer(1),
            spec,
            options,
            abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, keccak256(abi.encode(spec, options)))
        );
        options.validAfter = 0;
        vm.prank(address(account));
        validator.revokeKey(hash);
        _refuses(
            _transfer(1), spec, options, abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, hash)
        );
    }

    /// @notice E-44: uses are counted, for the whole session and for each policy.
    function test_limitsUses() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.useLimit = lifetime(3);
        options.transferUseLimits = _one(lifetime(1));
        options.callUseLimits = _one(lifetime(2));
        _create(spec, options);
        assertTrue(_validate(_transfer(1), spec, options), "transfer");
        _refuses(_transfer(1), spec, options, _lifetimeExceeded(1, 1, 1));
        assertTrue(_validate(_callToken(TRANSFER, RECIPIENT, 1), spec, options), "first call");
        assertTrue(_validate(_callToken(TRANSFER, RECIPIENT, 1), spec, options), "second call");
        _refuses(_callToken(TRANSFER, RECIPIENT, 1), spec, options, _lifetimeExceeded(3, 1, 3));
    }

    /// @notice E-44: limits on uses may be allowances.
    function test_resetsUseAllowance() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.useLimit = allowance(1, 1 hours);
        _create(spec, options);
        assertTrue(_validate(_transfer(1), spec, options), "first");
        bytes memory exceeded =
            abi.encodeWithSelector(ISessionKeyValidator.SessionAllowanceExceeded.selector, 1, 1, 1, NOW / 1 hours);
        _refuses(_transfer(1), spec, options, exceeded);
        vm.warp(NOW + 1 hours);
        assertTrue(_validate(_transfer(1), spec, options), "next period");
    }

    /// @notice E-20: a claimed time outside the present period is refused by the asserter.
    function test_RevertWhen_claimedTimeIsInAnotherPeriod() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.useLimit = allowance(1, 1 hours);
        _create(spec, options);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 claimed = i == 0 ? NOW - 1 hours : NOW + 1 hours;
            bytes memory reason = _failure(_transfer(1), spec, options, claimed);
            assertEq(bytes32(bytes4(reason)), bytes32(AsserterStub.TimestampOutOfRange.selector));
        }
    }

    /// @notice E-24, E-25: ranges of time intersect.
    function test_RevertWhen_sessionHasNotStarted() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.validAfter = NOW + 1 hours;
        _create(spec, options);
        bytes memory expected =
            abi.encodeWithSelector(AsserterStub.TimestampOutOfRange.selector, NOW, NOW + 1 hours, spec.expiresAt);
        _refuses(_transfer(1), spec, options, expected);
        vm.warp(NOW + 1 hours);
        assertTrue(_validate(_transfer(1), spec, options), "started");
    }

    /// @notice E-24: a session that would never be valid is refused.
    function test_RevertWhen_startIsNotBeforeEnd() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        uint256[3] memory starts = [spec.expiresAt - 60, spec.expiresAt, type(uint256).max];
        for (uint256 i = 0; i < starts.length; ++i) {
            options.validAfter = starts[i];
            bytes memory expected =
                abi.encodeWithSelector(ISessionKeyValidator.SessionNeverValid.selector, starts[i], spec.expiresAt);
            _refusesCreation(spec, options, expected);
        }
        options.validAfter = spec.expiresAt - 61;
        _create(spec, options);
    }

    /// @notice E-33: only listed paymasters pay, unless any may.
    function test_RevertWhen_paymasterIsNotListed() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        Transaction memory sponsored = _transfer(1);
        sponsored.paymaster = uint160(PAYMASTER);
        _create(spec, options);
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionPaymasterNotAllowed.selector, PAYMASTER);
        _refuses(sponsored, spec, options, expected);
        options.paymasters = new address[](2);
        options.paymasters[1] = PAYMASTER;
        _create(spec, options);
        assertTrue(_validate(sponsored, spec, options), "listed");
        sponsored.paymaster |= 1 << 160;
        _refuses(sponsored, spec, options, expected);
        options.paymasters = new address[](0);
        options.anyPaymaster = true;
        _create(spec, options);
        assertTrue(_validate(sponsored, spec, options), "any");
    }

    /// @notice E-28, E-34: the fee of one transaction is bounded.
    function test_RevertWhen_feeOfOneUseIsTooHigh() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.maxFeePerUse = 1e15 - 1;
        _create(spec, options);
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionMaxFeeExceeded.selector, 1e15, 1e15 - 1);
        _refuses(_transfer(1), spec, options, expected);
        Transaction memory cheaper = _transfer(1);
        cheaper.gasLimit -= 1;
        assertTrue(_validate(cheaper, spec, options), "cheaper");
    }

    /// @notice A-14: a session uses the common sequence of nonces or its own, but no other session's.
    function test_RevertWhen_nonceKeyIsNotTheSigner() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        create(spec);
        uint256[3] memory keys = [uint256(1), uint160(RECIPIENT), uint160(spec.signer) | 1 << 160];
        for (uint256 i = 0; i < keys.length; ++i) {
            Transaction memory transaction = _transfer(1);
            transaction.nonce = keys[i] << 64 | 5;
            bytes memory expected =
                abi.encodeWithSelector(ISessionKeyValidator.SessionNonceKeyNotAllowed.selector, keys[i]);
            _refuses(transaction, spec, options, expected);
            _refuses(transaction, spec, expected);
        }
        Transaction memory proper = _transfer(1);
        proper.nonce = uint256(uint160(spec.signer)) << 64 | 5;
        assertTrue(_validate(proper, spec, options), "own");
        assertTrue(validate(proper, spec), "own, without options");
        proper.nonce = 5;
        assertTrue(_validate(proper, spec, options), "common");
        assertTrue(validate(proper, spec), "common, without options");
    }

    /// @notice E-48: transfer, approve, increaseAllowance and transferFrom out of the account share one budget.
    function test_chargesOneBudgetForAllFunctions() public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        _create(spec, options);
        assertTrue(_validate(_callToken(TRANSFER, RECIPIENT, 40), spec, options), "transfer");
        assertTrue(_validate(_callToken(APPROVE, RECIPIENT, 30), spec, options), "approve");
        assertTrue(_validate(_callToken(INCREASE_ALLOWANCE, RECIPIENT, 20), spec, options), "increase");
        assertTrue(_validate(_callToken(DECREASE_ALLOWANCE, RECIPIENT, 500), spec, options), "decrease");
        bytes memory foreign = abi.encodeWithSelector(TRANSFER_FROM, RECIPIENT, address(account), 500);
        assertTrue(_validate(_call(TOKEN, foreign), spec, options), "from another account");
        bytes memory own = abi.encodeWithSelector(TRANSFER_FROM, address(account), RECIPIENT, 11);
        _refuses(_call(TOKEN, own), spec, options, _lifetimeExceeded(90, 11, 100));
        own = abi.encodeWithSelector(TRANSFER_FROM, address(account), RECIPIENT, 10);
        assertTrue(_validate(_call(TOKEN, own), spec, options), "transferFrom");
        _refuses(_callToken(TRANSFER, RECIPIENT, 1), spec, options, _lifetimeExceeded(100, 1, 100));
    }

    /// @notice E-48: an amount that is not there counts as everything.
    function test_RevertWhen_budgetedCallIsTruncated() public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        _create(spec, options);
        bytes4[3] memory selectors = [TRANSFER, APPROVE, TRANSFER_FROM];
        for (uint256 i = 0; i < selectors.length; ++i) {
            bytes memory short = abi.encodePacked(selectors[i], uint256(uint160(RECIPIENT)));
            _refuses(_call(TOKEN, short), spec, options, _lifetimeExceeded(0, type(uint256).max, 100));
        }
    }

    /// @notice E-48: functions that might let tokens out uncounted cannot be allowed for a token with a budget.
    function test_RevertWhen_outflowOfAFunctionIsUnknown() public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        bytes4[3] memory selectors = [bytes4(0xd505accf), bytes4(0x9bd9bbc6), bytes4(0x4000aea0)];
        for (uint256 i = 0; i < selectors.length; ++i) {
            spec.callPolicies[2].selector = selectors[i];
            bytes memory expected =
                abi.encodeWithSelector(ISessionKeyValidator.SessionOutflowUnknown.selector, TOKEN, selectors[i]);
            _refusesCreation(spec, options, expected);
        }
    }

    /// @notice E-30, E-48: what a paymaster is approved for counts against policy and budget.
    function test_chargesBudgetForPaymasterApprovals() public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        options.anyPaymaster = true;
        _create(spec, options);
        Transaction memory transaction = _transfer(1);
        transaction.paymaster = uint160(PAYMASTER);
        transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, TOKEN, 101, "");
        _refuses(transaction, spec, options, _lifetimeExceeded(0, 101, 100));
        transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, TOKEN, 100, "");
        assertTrue(_validate(transaction, spec, options), "all of it");
        _refuses(_callToken(TRANSFER, RECIPIENT, 1), spec, options, _lifetimeExceeded(100, 1, 100));
    }

    /// @notice E-09: each call of a batch is matched and charged.
    function test_chargesEachCallOfABatch() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.useLimit = lifetime(4);
        bytes32 hash = _create(spec, options);
        Execution[] memory calls = new Execution[](3);
        calls[0] = Execution(RECIPIENT, 1 ether, "");
        calls[1] = Execution(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 60));
        calls[2] = Execution(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 30));
        assertTrue(_validate(_batch(calls), spec, options), "batch");
        (,, uint256[] memory trackers) = validator.sessionRecord(address(account), hash, 5);
        assertEq(trackers[0], 3);
        assertEq(trackers[1], 1 ether);
        assertEq(trackers[4], 90);
        _refuses(_batch(calls), spec, options, _lifetimeExceeded(90, 60, 100));
        calls[1].callData = abi.encodeWithSelector(TRANSFER, RECIPIENT, 1);
        calls[2] = calls[1];
        _refuses(_batch(calls), spec, options, _lifetimeExceeded(4, 1, 4));
    }

    /// @notice E-09: one bad call spoils the batch.
    function test_RevertWhen_oneCallOfABatchIsNotAllowed() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(RECIPIENT, 1, "");
        calls[1] = Execution(TOKEN, 1, "");
        bytes memory notAllowed = abi.encodeWithSelector(ISessionKeyValidator.SessionTransferNotAllowed.selector, TOKEN);
        _refuses(_batch(calls), spec, options, notAllowed);
        calls[1] = Execution(address(account), 0, abi.encodeCall(IERC7579Account.execute, (BATCH, "")));
        notAllowed = abi.encodeWithSelector(
            ISessionKeyValidator.SessionCallNotAllowed.selector, address(account), IERC7579Account.execute.selector
        );
        _refuses(_batch(calls), spec, options, notAllowed);
    }

    /// @notice E-10: the calls of a batch under one policy are one use.
    function test_RevertWhen_batchSplitsOneUse() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(RECIPIENT, 1 ether, "");
        calls[1] = Execution(RECIPIENT, 1 ether + 1, "");
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionMaxValueExceeded.selector, 2 ether + 1, 2 ether);
        _refuses(_batch(calls), spec, options, expected);
        calls[1].value -= 1;
        assertTrue(_validate(_batch(calls), spec, options), "together within the bound");
    }

    /// @notice E-08, E-09: nothing but one well-formed batch gets to the account itself.
    function test_RevertWhen_batchIsImproper() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidBatch.selector);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(RECIPIENT, 1, "");
        bytes memory encoded = abi.encode(calls);
        bytes[7] memory improper = [
            bytes(""),
            abi.encodeCall(IERC7579Account.execute, (BATCH, abi.encode(new Execution[](0)))),
            abi.encodeCall(IERC7579Account.execute, (BATCH | bytes32(uint256(1) << 240), encoded)),
            abi.encodeCall(IERC7579Account.execute, (0, abi.encodePacked(RECIPIENT, uint256(1)))),
            abi.encodeCall(IERC7579Account.executeFromExecutor, (BATCH, encoded)),
            abi.encodeWithSelector(0x8f0273a9, new Execution[](0)),
            abi.encodeCall(IERC7579Account.installModule, (1, RECIPIENT, ""))
        ];
        for (uint256 i = 0; i < improper.length; ++i) {
            _refuses(_call(address(account), improper[i]), spec, options, expected);
        }
        Transaction memory withValue = _batch(calls);
        withValue.value = 1;
        _refuses(withValue, spec, options, expected);
    }

    /// @notice E-08: the bytes that are checked are the bytes that the account executes, so no offset may lead elsewhere.
    function test_RevertWhen_batchPointsOutside() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidBatch.selector);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(RECIPIENT, 1, "");
        // Words after the selector: mode, offset, length, offset of the array, its length, offset of the call, its three members.
        uint256[5] memory positions = [uint256(1), 3, 4, 5, 8];
        for (uint256 i = 0; i < positions.length; ++i) {
            for (uint256 j = 0; j < 3; ++j) {
                Transaction memory transaction = _batch(calls);
                bytes memory data = transaction.data;
                uint256 position = 36 + 32 * positions[i];
                uint256 odd = j == 0 ? type(uint256).max - 31 : j == 1 ? 1 << 200 : 4096;
                assembly {
                    mstore(add(data, position), odd)
                }
                _refuses(transaction, spec, options, expected);
            }
        }
    }

    /// @notice E-05: each target of a batch is looked up among the modules.
    function test_RevertWhen_batchReachesAModule() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        account.setModule(TOKEN, true);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(RECIPIENT, 1, "");
        calls[1] = Execution(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 1));
        _refuses(
            _batch(calls),
            spec,
            options,
            abi.encodeWithSelector(ISessionKeyValidator.SessionTargetBanned.selector, TOKEN)
        );
    }

    /// @notice E-08: a session without options has no batches.
    function test_RevertWhen_sessionWithoutOptionsSendsABatch() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(RECIPIENT, 1, "");
        Transaction memory transaction = _batch(calls);
        transaction.nonce = 0;
        bytes memory expected = abi.encodeWithSelector(
            ISessionKeyValidator.SessionCallNotAllowed.selector, address(account), IERC7579Account.execute.selector
        );
        _refuses(transaction, spec, expected);
    }

    /// @notice E-13, E-15: signed comparisons.
    function test_comparesSigned() public {
        int256[5] memory words = [type(int256).min, -6, -5, -4, type(int256).max];
        for (uint256 kind = uint256(Condition.SignedGreater); kind <= uint256(Condition.SignedLessOrEqual); ++kind) {
            (SessionSpec memory spec, SessionOptions memory options) = _default();
            spec.callPolicies[0].constraints[1] =
                Constraint(Condition(kind), 1, bytes32(uint256(int256(-5))), unlimited());
            _create(spec, options);
            for (uint256 i = 0; i < words.length; ++i) {
                bytes memory reason =
                    _failure(_callToken(TRANSFER, RECIPIENT, uint256(words[i])), spec, options, block.timestamp);
                bool holds = Condition(kind) == Condition.SignedGreater
                    ? words[i] > -5
                    : Condition(kind) == Condition.SignedLess
                        ? words[i] < -5
                        : Condition(kind) == Condition.SignedGreaterOrEqual ? words[i] >= -5 : words[i] <= -5;
                assertTrue(holds == (reason.length == 0), "truth table");
            }
        }
    }

    /// @notice A session key of another kind, named by what its verifier checks, signs for a session.
    function test_acceptsKeysOfOtherKinds() public {
        bytes memory key = abi.encodePacked(address(new VerifierStub()), "some key");
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        spec.signer = address(uint160(uint256(keccak256(abi.encode(key)))));
        _create(spec, options);
        create(spec);
        bytes memory signature = abi.encode(key, abi.encodePacked("some key", TX_HASH));
        assertTrue(_validateSigned(signature, spec, options), "right");
        assertFalse(_validateSigned(abi.encode(key, abi.encodePacked("some key", bytes32(0))), spec, options), "hash");
        bytes memory other = abi.encodePacked(address(new VerifierStub()), "some key");
        assertFalse(_validateSigned(abi.encode(other, abi.encodePacked("some key", TX_HASH)), spec, options), "other");
        assertFalse(_validateSigned(abi.encode(bytes(""), bytes("")), spec, options), "no key");
        assertFalse(_validateSigned(new bytes(64), spec, options), "zeros");
        assertFalse(_validateSigned("", spec, options), "nothing");
    }

    /// @notice E-52: whatever an encoding looks like, it opens only the session that its canonical form names.
    function testFuzz_RevertWhen_encodingIsNotCanonical(uint16 position, uint256 word) public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        options.paymasters = new address[](1);
        options.callUseLimits = _one(lifetime(7));
        bytes memory data = abi.encodeCall(ISessionKeyValidator.createSessionWithOptions, (spec, options));
        uint256 at = 36 + 32 * (uint256(position) % ((data.length - 4) / 32));
        assembly {
            word := mod(word, 2048)
            mstore(add(data, at), word)
        }
        vm.prank(address(account));
        (bool success,) = address(validator).call(data);
        if (!success) return;
        bytes32 hash = validator.listSessions(address(account), 0, 1)[0];
        bytes memory encoding = new bytes(data.length - 4);
        for (uint256 i = 0; i < encoding.length; ++i) {
            encoding[i] = data[i + 4];
        }
        (spec, options) = abi.decode(encoding, (SessionSpec, SessionOptions));
        assertEq(hash, keccak256(abi.encode(spec, options)));
    }

    /// @notice E-52: the same for sessions without options.
    function testFuzz_RevertWhen_plainEncodingIsNotCanonical(uint16 position, uint256 word) public {
        SessionSpec memory spec = defaultSpec();
        bytes memory data = abi.encodeCall(ISessionKeyValidator.createSession, (spec));
        uint256 at = 36 + 32 * (uint256(position) % ((data.length - 4) / 32));
        assembly {
            word := mod(word, 1024)
            mstore(add(data, at), word)
        }
        vm.prank(address(account));
        (bool success,) = address(validator).call(data);
        if (!success) return;
        bytes32 hash = validator.listSessions(address(account), 0, 1)[0];
        bytes memory encoding = new bytes(data.length - 4);
        for (uint256 i = 0; i < encoding.length; ++i) {
            encoding[i] = data[i + 4];
        }
        assertEq(hash, keccak256(abi.encode(abi.decode(encoding, (SessionSpec)))));
    }

    /// @notice E-53: options take trackers, too.
    function test_RevertWhen_optionsNeedTooManyTrackers() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.tokenBudgets = new TokenBudget[](115);
        _create(spec, options);
        options.tokenBudgets = new TokenBudget[](116);
        _refusesCreation(spec, options, abi.encodeWithSelector(ISessionKeyValidator.SessionTooLarge.selector, 121, 120));
    }

    /// @notice E-53: no call is charged with more budgets than can be validated; unlimited ones charge nothing.
    function test_RevertWhen_aTokenHasTooManyBudgets() public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        TokenBudget[] memory budgets = new TokenBudget[](10);
        for (uint256 i = 0; i < budgets.length; ++i) {
            budgets[i] = TokenBudget(TOKEN, i < 9 ? lifetime(1) : unlimited());
        }
        options.tokenBudgets = budgets;
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionTooManyLimits.selector, TOKEN, TRANSFER, 9, 8);
        _refusesCreation(spec, options, expected);
        budgets[0].token = RECIPIENT;
        _create(spec, options);
    }

    /// @notice E-16: a limit on uses needs a policy.
    function test_RevertWhen_useLimitHasNoPolicy() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.transferUseLimits = new UsageLimit[](2);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionTooManyUseLimits.selector, 2, 1);
        _refusesCreation(spec, options, expected);
        options.transferUseLimits = new UsageLimit[](0);
        options.callUseLimits = new UsageLimit[](2);
        _refusesCreation(spec, options, expected);
    }

    /// @notice E-21: periods in options are checked, too.
    function test_RevertWhen_periodInOptionsIsTooShort() public {
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidPeriod.selector, 119);
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.useLimit = allowance(1, 119);
        _refusesCreation(spec, options, expected);
        (spec, options) = _default();
        options.transferUseLimits = _one(allowance(1, 119));
        _refusesCreation(spec, options, expected);
        (spec, options) = _default();
        options.callUseLimits = _one(allowance(1, 119));
        _refusesCreation(spec, options, expected);
        (spec, options) = _budgeted();
        options.tokenBudgets[0].limit = allowance(1, 119);
        _refusesCreation(spec, options, expected);
    }

    /// @notice K-01: an estimate, with a dummy signature and an absurd gas limit, does all the work and answers no.
    function test_estimatesWithADummySignature() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.maxFeePerUse = 1 ether;
        bytes32 hash = _create(spec, options);
        create(spec);
        Transaction memory transaction = _transfer(1);
        transaction.gasLimit = type(uint64).max;
        bytes memory dummy = new bytes(65);
        dummy[64] = 0x1b;
        transaction.signature = abi.encode(dummy, address(validator), abi.encode(spec, options, block.timestamp));
        assertFalse(_submit(transaction), "valid");
        (, uint256 head,) = validator.sessionRecord(address(account), hash, 0);
        assertEq(uint128(head), 1 ether);
        _refuses(
            transaction,
            spec,
            options,
            abi.encodeWithSelector(
                ISessionKeyValidator.SessionMaxFeeExceeded.selector, uint256(type(uint64).max) * 1 gwei, 1 ether
            )
        );
        transaction.signature = abi.encode(dummy, address(validator), abi.encode(spec, new uint64[](2)));
        assertFalse(_submit(transaction), "valid");
    }

    function testFuzz_answersGarbageWithoutPanic(bytes memory data, bool plain) public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        Transaction memory transaction = _transfer(1);
        bytes memory head = plain ? abi.encode(64) : abi.encode(96);
        transaction.signature = abi.encode(bytes(""), address(validator), bytes.concat(head, data));
        vm.prank(address(account));
        try validator.validateTransaction(TX_HASH, transaction) returns (bool valid) {
            assertFalse(valid, "valid");
        } catch (bytes memory reason) {
            assertEq(bytes32(bytes4(reason)), bytes32(ISessionKeyValidator.SessionNotActive.selector));
        }
    }

    function _default() private pure returns (SessionSpec memory spec, SessionOptions memory options) {
        spec = defaultSpec();
        options.maxFeePerUse = 1 ether;
    }

    /// @dev Session that may call every function of the token whose outflow is known, within a budget of 100.
    function _budgeted() private pure returns (SessionSpec memory spec, SessionOptions memory options) {
        (spec, options) = _default();
        bytes4[5] memory selectors = [TRANSFER, APPROVE, INCREASE_ALLOWANCE, DECREASE_ALLOWANCE, TRANSFER_FROM];
        spec.callPolicies = new CallSpec[](selectors.length);
        for (uint256 i = 0; i < selectors.length; ++i) {
            spec.callPolicies[i] = CallSpec(TOKEN, selectors[i], 0, unlimited(), new Constraint[](0));
        }
        options.tokenBudgets = new TokenBudget[](1);
        options.tokenBudgets[0] = TokenBudget(TOKEN, lifetime(100));
    }

    function _one(UsageLimit memory limit) private pure returns (UsageLimit[] memory list) {
        list = new UsageLimit[](1);
        list[0] = limit;
    }

    function _create(SessionSpec memory spec, SessionOptions memory options) private returns (bytes32) {
        vm.prank(address(account));
        validator.createSessionWithOptions(spec, options);
        return keccak256(abi.encode(spec, options));
    }

    /// @dev Hash of a session that is not created.
    function _plainHash(SessionSpec memory spec) private pure returns (bytes32) {
        return keccak256(abi.encode(spec));
    }

    function _transfer(uint256 value) private view returns (Transaction memory transaction) {
        transaction = transfer(RECIPIENT, value);
        transaction.nonce = uint256(uint160(vm.addr(SIGNER_KEY))) << 64;
    }

    function _call(address to, bytes memory data) private view returns (Transaction memory transaction) {
        transaction = _transfer(0);
        transaction.to = uint160(to);
        transaction.data = data;
    }

    function _callToken(bytes4 selector, address who, uint256 amount) private view returns (Transaction memory) {
        return _call(TOKEN, abi.encodeWithSelector(selector, who, amount));
    }

    function _batch(Execution[] memory calls) private view returns (Transaction memory) {
        return _call(address(account), abi.encodeCall(IERC7579Account.execute, (BATCH, abi.encode(calls))));
    }

    function _lifetimeExceeded(uint256 used, uint256 amount, uint256 limit) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, used, amount, limit);
    }

    function _validate(Transaction memory transaction, SessionSpec memory spec, SessionOptions memory options)
        private
        returns (bool)
    {
        _sign(transaction, spec, options, block.timestamp);
        return _submit(transaction);
    }

    function _validateSigned(bytes memory signature, SessionSpec memory spec, SessionOptions memory options)
        private
        returns (bool)
    {
        Transaction memory transaction = _transfer(1);
        transaction.nonce = uint256(uint160(spec.signer)) << 64;
        transaction.signature = abi.encode(signature, address(validator), abi.encode(spec, options, block.timestamp));
        bool valid = _submit(transaction);
        transaction.signature = abi.encode(signature, address(validator), abi.encode(spec, new uint64[](2)));
        assertTrue(valid == _submit(transaction), "the same with and without options");
        return valid;
    }

    function _sign(
        Transaction memory transaction,
        SessionSpec memory spec,
        SessionOptions memory options,
        uint256 claimedTime
    ) private view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, TX_HASH);
        transaction.signature =
            abi.encode(abi.encodePacked(r, s, v), address(validator), abi.encode(spec, options, claimedTime));
    }

    function _submit(Transaction memory transaction) private returns (bool) {
        vm.prank(address(account));
        return validator.validateTransaction(TX_HASH, transaction);
    }

    function _failure(
        Transaction memory transaction,
        SessionSpec memory spec,
        SessionOptions memory options,
        uint256 claimedTime
    ) private returns (bytes memory) {
        _sign(transaction, spec, options, claimedTime);
        return _reason(transaction);
    }

    function _reason(Transaction memory transaction) private returns (bytes memory) {
        vm.prank(address(account));
        try validator.validateTransaction(TX_HASH, transaction) {
            return "";
        } catch (bytes memory reason) {
            return reason;
        }
    }

    function _refuses(
        Transaction memory transaction,
        SessionSpec memory spec,
        SessionOptions memory options,
        bytes memory expected
    ) private {
        assertEq(_failure(transaction, spec, options, block.timestamp), expected);
    }

    /// @dev The same for the session without options.
    function _refuses(Transaction memory transaction, SessionSpec memory spec, bytes memory expected) private {
        sign(transaction, spec, new uint64[](8));
        assertEq(_reason(transaction), expected);
    }

    function _refusesCreation(SessionSpec memory spec, SessionOptions memory options, bytes memory expected) private {
        vm.expectRevert(expected);
        vm.prank(address(account));
        validator.createSessionWithOptions(spec, options);
    }
}
