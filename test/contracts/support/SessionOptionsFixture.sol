// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../../contracts/interfaces/IERC7579Account.sol";
import {ISessionKeyValidator} from "../../../contracts/interfaces/ISessionKeyValidator.sol";
import {Execution} from "../../../contracts/types/Execution.sol";
import {
    CallSpec,
    Constraint,
    SessionOptions,
    SessionSpec,
    TokenBudget,
    UsageLimit
} from "../../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {SessionFixture} from "./SessionFixture.sol";

/// @title Sessions with options to test with
abstract contract SessionOptionsFixture is SessionFixture {
    bytes4 internal constant TRANSFER_FROM = 0x23b872dd;
    bytes4 internal constant INCREASE_ALLOWANCE = 0x39509351;
    bytes4 internal constant DECREASE_ALLOWANCE = 0xa457c2d7;
    bytes32 internal constant BATCH = bytes32(uint256(1) << 248);
    address internal constant PAYMASTER = address(0xbeef0003);

    function _default() internal pure returns (SessionSpec memory spec, SessionOptions memory options) {
        spec = defaultSpec();
        options.maxFeePerUse = 1 ether;
    }

    /// @dev Session that may call every function of the token whose outflow is known, within a budget of 100.
    function _budgeted() internal pure returns (SessionSpec memory spec, SessionOptions memory options) {
        (spec, options) = _default();
        bytes4[5] memory selectors = [TRANSFER, APPROVE, INCREASE_ALLOWANCE, DECREASE_ALLOWANCE, TRANSFER_FROM];
        spec.callPolicies = new CallSpec[](selectors.length);
        for (uint256 i = 0; i < selectors.length; ++i) {
            spec.callPolicies[i] = CallSpec(TOKEN, selectors[i], 0, unlimited(), new Constraint[](0));
        }
        options.tokenBudgets = new TokenBudget[](1);
        options.tokenBudgets[0] = TokenBudget(TOKEN, lifetime(100));
    }

    function _one(UsageLimit memory limit) internal pure returns (UsageLimit[] memory list) {
        list = new UsageLimit[](1);
        list[0] = limit;
    }

    function _create(SessionSpec memory spec, SessionOptions memory options) internal returns (bytes32) {
        vm.prank(address(account));
        validator.createSessionWithOptions(spec, options);
        return keccak256(abi.encode(spec, options));
    }

    /// @dev Hash of a session that is not created.
    function _plainHash(SessionSpec memory spec) internal pure returns (bytes32) {
        return keccak256(abi.encode(spec));
    }

    function _transfer(uint256 value) internal view returns (Transaction memory transaction) {
        transaction = transfer(RECIPIENT, value);
        transaction.nonce = uint256(uint160(vm.addr(SIGNER_KEY))) << 64;
    }

    function _call(address to, bytes memory data) internal view returns (Transaction memory transaction) {
        transaction = _transfer(0);
        transaction.to = uint160(to);
        transaction.data = data;
    }

    function _callToken(bytes4 selector, address who, uint256 amount) internal view returns (Transaction memory) {
        return _call(TOKEN, abi.encodeWithSelector(selector, who, amount));
    }

    function _batch(Execution[] memory calls) internal view returns (Transaction memory) {
        return _call(address(account), abi.encodeCall(IERC7579Account.execute, (BATCH, abi.encode(calls))));
    }

    function _lifetimeExceeded(uint256 used, uint256 amount, uint256 limit) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISessionKeyValidator.SessionLifetimeLimitExceeded.selector, used, amount, limit);
    }

    function _validate(Transaction memory transaction, SessionSpec memory spec, SessionOptions memory options)
        internal
        returns (bool)
    {
        _sign(transaction, spec, options, block.timestamp);
        return _submit(transaction);
    }

    function _validateSigned(bytes memory signature, SessionSpec memory spec, SessionOptions memory options)
        internal
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
    ) internal view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, TX_HASH);
        transaction.signature =
            abi.encode(abi.encodePacked(r, s, v), address(validator), abi.encode(spec, options, claimedTime));
    }

    function _submit(Transaction memory transaction) internal returns (bool) {
        vm.prank(address(account));
        return validator.validateTransaction(TX_HASH, transaction);
    }

    function _failure(
        Transaction memory transaction,
        SessionSpec memory spec,
        SessionOptions memory options,
        uint256 claimedTime
    ) internal returns (bytes memory) {
        _sign(transaction, spec, options, claimedTime);
        return _reason(transaction);
    }

    function _reason(Transaction memory transaction) internal returns (bytes memory) {
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
    ) internal {
        assertEq(_failure(transaction, spec, options, block.timestamp), expected);
    }

    /// @dev The same for the session without options.
    function _refuses(Transaction memory transaction, SessionSpec memory spec, bytes memory expected) internal {
        sign(transaction, spec, new uint64[](8));
        assertEq(_reason(transaction), expected);
    }

    function _refusesCreation(SessionSpec memory spec, SessionOptions memory options, bytes memory expected) internal {
        vm.expectRevert(expected);
        vm.prank(address(account));
        validator.createSessionWithOptions(spec, options);
    }
}
