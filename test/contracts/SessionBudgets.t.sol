// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {SessionOptions, SessionSpec, TokenBudget} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {SessionOptionsFixture} from "./support/SessionOptionsFixture.sol";

/// @title Budgets of tokens
contract SessionBudgetsTest is SessionOptionsFixture {
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
}
