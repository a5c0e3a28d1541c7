// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {
    Condition,
    Constraint,
    SessionOptions,
    SessionSpec,
    Status,
    TokenBudget,
    UsageLimit
} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AsserterStub} from "./support/SessionFixture.sol";
import {SessionOptionsFixture} from "./support/SessionOptionsFixture.sol";

/// @title Verifier of a made-up kind of key: the signature must be the key followed by the hash
contract VerifierStub is IERC7913SignatureVerifier {
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bool valid = keccak256(signature) == keccak256(abi.encodePacked(key, hash));
        return valid ? IERC7913SignatureVerifier.verify.selector : bytes4(0xffffffff);
    }
}

/// @title What options allow and forbid
contract SessionOptionsTest is SessionOptionsFixture {
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

    /// @notice E-53: options take trackers, too.
    function test_RevertWhen_optionsNeedTooManyTrackers() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.tokenBudgets = new TokenBudget[](115);
        _create(spec, options);
        options.tokenBudgets = new TokenBudget[](116);
        _refusesCreation(spec, options, abi.encodeWithSelector(ISessionKeyValidator.SessionTooLarge.selector, 121, 120));
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
}
