// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ExecutionResult} from "../../contracts/interfaces/INativePaymaster.sol";
import {ISponsorPaymaster} from "../../contracts/interfaces/ISponsorPaymaster.sol";
import {SponsorLimits, TokenPrice} from "../../contracts/types/SponsorTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {OddToken} from "./support/OddTokens.sol";
import {SponsorFixture} from "./support/SponsorFixture.sol";

/// @title What the sponsor takes back and gives back in the end
contract SponsorSettlementTest is SponsorFixture {
    /// @dev Bound on what the call in the end may take itself, at 100 gas per byte of pubdata, in gas.
    uint256 private constant OWN_GAS = 100_000;

    function test_correctsQuotasByTheRefund() public {
        Transaction memory transaction = sponsored();
        bytes memory context = accept(transaction);
        finish(transaction, context, GAS_LIMIT * 3 / 4);
        uint256 fee = senderFee();
        assertTrue(fee > FEE / 4 && fee < FEE / 4 + OWN_GAS * GAS_PRICE, "a quarter and a little more");
        assertEq(totalFee(), fee);
        (uint256 count,) = paymaster.senderSpending(SENDER);
        assertEq(count, 1);
    }

    /// @notice J-07: how the execution ended makes no difference, so failing on purpose gains nothing.
    function test_failingExecutionsCostTheSame() public {
        Transaction memory transaction = paid(address(token));
        uint256 snapshot = feeVm.snapshotState();
        finish(transaction, accept(transaction), GAS_LIMIT / 2);
        (uint256 fee, uint256 balance) = (senderFee(), token.balanceOf(SENDER));
        feeVm.revertToState(snapshot);
        bytes memory context = accept(transaction);
        vm.prank(BOOTLOADER);
        paymaster.postTransaction(context, transaction, 0, 0, ExecutionResult.Revert, GAS_LIMIT / 2);
        assertEq(senderFee(), fee);
        assertEq(token.balanceOf(SENDER), balance);
    }

    /// @notice J-07: executions that leave no gas for the call in the end pay the highest fee.
    function test_chargesTheHighestFeeWhenNotFinished() public {
        accept(paid(address(token)));
        assertEq(senderFee(), FEE);
        assertEq(totalFee(), FEE);
        assertEq(token.balanceOf(address(paymaster)), paymaster.tokensFor(address(token), FEE));
    }

    /// @notice J-07: no refund, or one that the call in the end uses up itself, takes nothing back.
    function test_takesNothingBackWithoutRefund() public {
        Transaction memory transaction = sponsored();
        bytes memory context = accept(transaction);
        finish(transaction, context, 0);
        assertEq(senderFee(), FEE);
        finish(transaction, context, 10_000);
        assertEq(senderFee(), FEE);
    }

    /// @notice J-07: pubdata that the call in the end may add is taken into account at its price.
    function test_reckonsWithThePriceOfPubdata() public {
        Transaction memory transaction = sponsored();
        uint256 snapshot = feeVm.snapshotState();
        finish(transaction, accept(transaction), GAS_LIMIT / 2);
        uint256 cheap = senderFee();
        feeVm.revertToState(snapshot);
        CONTEXT.setGasPerPubdataByte(10_100);
        finish(transaction, accept(transaction), GAS_LIMIT / 2);
        assertEq(senderFee() - cheap, 66 * 10_000 * GAS_PRICE);
        feeVm.revertToState(snapshot);
        // A chain that does not say: the highest price that the sender allows.
        vm.etch(address(CONTEXT), "");
        transaction.gasPerPubdataByteLimit = 20_100;
        finish(transaction, accept(transaction), GAS_LIMIT / 2);
        assertEq(senderFee() - cheap, 66 * 20_000 * GAS_PRICE);
    }

    function test_chargesTheRealPriceOfGasInTheEnd() public {
        Transaction memory transaction = sponsored();
        transaction.maxFeePerGas = 4 * GAS_PRICE;
        bytes memory context = accept(transaction);
        assertEq(senderFee(), 4 * FEE);
        finish(transaction, context, 0);
        assertEq(senderFee(), FEE);
    }

    /// @notice J-07: whatever the protocol reports, neither more is charged than in validation nor less than nothing.
    function testFuzz_onlyLowersWhatWasCharged(uint64 gasLimit, uint64 price, uint64 gasPrice, uint256 refunded)
        public
    {
        feeVm.deal(address(paymaster), type(uint192).max);
        feeVm.txGasPrice(gasPrice);
        Transaction memory transaction = sponsored();
        transaction.gasLimit = gasLimit;
        transaction.maxFeePerGas = price % 1e12;
        uint256 highest = transaction.gasLimit * transaction.maxFeePerGas;
        accept(sponsored());
        (uint256 sender, uint256 total) = (senderFee(), totalFee());
        (bool agreed, bytes memory context) = validate(transaction);
        vm.assume(agreed);
        finish(transaction, context, refunded);
        assertTrue(senderFee() >= sender && senderFee() <= sender + highest, "sender");
        assertTrue(totalFee() >= total && totalFee() <= total + highest, "total");
    }

    /// @notice J-07: the fee that remains charged, and the tokens that are kept, cover what the transaction really cost.
    function testFuzz_coversTheRealFee(uint32 gasLimit, uint32 left, uint16 own, uint128 rate) public {
        vm.assume(rate != 0 && rate < 1e30 && left <= gasLimit);
        setPrice(address(token), rate, 500);
        token.mint(SENDER, type(uint192).max);
        Transaction memory transaction = paid(address(token));
        transaction.gasLimit = gasLimit;
        feeVm.deal(address(paymaster), 100 ether);
        uint256 before = token.balanceOf(SENDER);
        finish(transaction, accept(transaction), left);
        // The protocol refunds what is left after the call in the end, here one that takes little.
        uint256 refunded = left > own ? left - own : 0;
        uint256 real = (gasLimit - refunded) * GAS_PRICE;
        assertTrue(senderFee() >= real, "quota");
        assertTrue((before - token.balanceOf(SENDER)) >= real * rate / 1e18, "tokens");
    }

    /// @notice J-03: a correction must not reach into another period, or below nothing.
    function test_leavesOtherPeriodsAlone() public {
        Transaction memory transaction = sponsored();
        bytes memory context = accept(transaction);
        // The owner changes the period within the sponsored transaction.
        SponsorLimits memory limits = wide();
        limits.period = 7 hours;
        setLimits(limits);
        accept(sponsored());
        finish(transaction, context, GAS_LIMIT);
        assertEq(senderFee(), FEE);
        assertEq(totalFee(), FEE);
    }

    function test_reportsWhatItPaid() public {
        Transaction memory transaction = paid(address(token));
        bytes memory context = accept(transaction);
        uint256 kept = paymaster.tokensFor(address(token), FEE);
        feeVm.expectEmit();
        emit ISponsorPaymaster.FeeSettled(SENDER, FEE, address(token), kept);
        finish(transaction, context, 0);
        transaction = sponsored();
        context = accept(transaction);
        feeVm.expectEmit();
        emit ISponsorPaymaster.FeeSettled(SENDER, FEE, address(0), 0);
        finish(transaction, context, 0);
    }

    function test_takesTokensUpFrontAndReturnsTheRest() public {
        uint256 before = token.balanceOf(SENDER);
        Transaction memory transaction = paid(address(token));
        bytes memory context = accept(transaction);
        // Two tokens per ether, and ten per cent.
        assertEq(before - token.balanceOf(SENDER), FEE * 22 / 10);
        // What the sender does meanwhile is of no importance.
        vm.startPrank(SENDER);
        token.approve(address(paymaster), 0);
        token.transfer(address(0xb0b), token.balanceOf(SENDER));
        vm.stopPrank();
        finish(transaction, context, GAS_LIMIT * 3 / 4);
        uint256 kept = token.balanceOf(address(paymaster));
        assertEq(token.balanceOf(SENDER), FEE * 22 / 10 - kept);
        assertEq(kept, paymaster.tokensFor(address(token), senderFee()));
        assertTrue(kept > FEE * 22 / 40 && kept < (FEE / 4 + OWN_GAS * GAS_PRICE) * 22 / 10, "a quarter");
    }

    function test_roundsUp() public {
        setPrice(address(token), 1, 1);
        assertEq(paymaster.tokensFor(address(token), 1), 2);
        assertEq(paymaster.tokensFor(address(token), 1e18), 2);
        assertEq(paymaster.tokensFor(address(token), 0), 0);
        setPrice(address(token), 1, 0);
        assertEq(paymaster.tokensFor(address(token), 1e18), 1);
        assertEq(paymaster.tokensFor(address(token), 1e18 + 1), 2);
    }

    /// @notice J-10: the price of the moment decides, also when it changes while the transaction is executed.
    function test_settlesAtThePriceAtWhichItTook() public {
        Transaction memory transaction = paid(address(token));
        bytes memory context = accept(transaction);
        setPrice(address(token), 1, 0);
        finish(transaction, context, GAS_LIMIT / 2);
        assertTrue(token.balanceOf(address(paymaster)) > FEE * 11 / 10, "old price");
    }

    /// @notice J-06, J-10: tokens that are not accepted, or not any more.
    function test_RevertWhen_tokenIsNotAccepted() public {
        bytes4 error_ = ISponsorPaymaster.SponsorTokenNotAccepted.selector;
        address[2] memory others = [address(0), address(new OddToken())];
        for (uint256 i = 0; i < others.length; ++i) {
            refuse(paid(others[i]), abi.encodeWithSelector(error_, others[i]));
        }
        vm.warp(NOW + 1 hours);
        accept(paid(address(token)));
        vm.warp(NOW + 1 hours + 1);
        refuse(paid(address(token)), abi.encodeWithSelector(error_, address(token)));
        vm.expectRevert(abi.encodeWithSelector(error_, address(token)));
        paymaster.tokensFor(address(token), 1);
        vm.warp(NOW);
        setPrice(address(token), 0, 0);
        refuse(paid(address(token)), abi.encodeWithSelector(error_, address(token)));
    }

    /// @notice J-10: a higher price does not reach beyond what the sender signed, however much it allowed before.
    function test_takesNoMoreThanTheSenderAgreedTo() public {
        uint256 amount = paymaster.tokensFor(address(token), FEE);
        Transaction memory transaction = sponsored();
        transaction.paymasterInput = approvalBased(address(token), amount, "");
        accept(transaction);
        setPrice(address(token), 2e18 + 1e4, 1_000);
        uint256 before = token.balanceOf(SENDER);
        decline(transaction);
        assertEq(before - token.balanceOf(SENDER), amount);
    }

    /// @notice J-10: tokens that do not arrive, for want of allowance, balance or good will.
    function test_declinesTokensThatDoNotArrive() public {
        vm.prank(SENDER);
        token.approve(address(paymaster), 1);
        decline(paid(address(token)));
        vm.prank(SENDER);
        token.approve(address(paymaster), type(uint256).max);
        uint256 balance = token.balanceOf(SENDER);
        vm.prank(SENDER);
        token.transfer(address(0xb0b), balance);
        decline(paid(address(token)));
        OddToken odd = _odd();
        accept(paid(address(odd)));
        odd.setStuck(true);
        decline(paid(address(odd)));
        odd.setStuck(false);
        odd.setAnswer(abi.encode(false));
        decline(paid(address(odd)));
        odd.setAnswer(abi.encode(uint256(2)));
        decline(paid(address(odd)));
        odd.setAnswer(abi.encode(true));
        accept(paid(address(odd)));
    }

    /// @notice J-10: tokens that return nothing.
    function test_acceptsTokensThatReturnNothing() public {
        OddToken odd = _odd();
        Transaction memory transaction = paid(address(odd));
        bytes memory context = accept(transaction);
        finish(transaction, context, GAS_LIMIT / 2);
        uint256 kept = odd.balanceOf(address(paymaster));
        assertEq(kept, paymaster.tokensFor(address(odd), senderFee()));
        assertEq(odd.balanceOf(SENDER), 1e24 - kept);
    }

    /// @notice J-10: what counts is what arrives. The margin may cover a token's own fee; nothing else may.
    function test_countsWhatArrives() public {
        OddToken odd = _odd();
        // 110 % asked for, 99 % of that arrives.
        odd.setTax(10);
        decline(paid(address(odd)));
        odd.setTax(9);
        Transaction memory transaction = paid(address(odd));
        bytes memory context = accept(transaction);
        uint256 received = odd.balanceOf(address(paymaster)) - FEE * 22 / 10 * 90 / 100;
        assertEq(received, FEE * 22 / 10 * 91 / 100);
        uint256 fee = senderFee();
        finish(transaction, context, 0);
        // Less arrived than fee and margin are worth: all of it is kept.
        assertEq(odd.balanceOf(address(paymaster)), FEE * 22 / 10 * 181 / 100);
        assertEq(senderFee(), fee);
    }

    /// @notice J-07, J-10: a token that refuses to be given back does not keep the quotas from being corrected.
    function test_correctsQuotasWhenTokensCannotBeReturned() public {
        OddToken odd = _odd();
        Transaction memory transaction = paid(address(odd));
        bytes memory context = accept(transaction);
        odd.setStuck(true);
        finish(transaction, context, GAS_LIMIT / 2);
        assertTrue(senderFee() < FEE * 6 / 10, "corrected");
        assertEq(odd.balanceOf(address(paymaster)), FEE * 22 / 10);
    }

    /// @notice J-10: an account that pays in tokens is held to the list and to the quotas as well.
    function test_appliesAllRulesToThoseWhoPay() public {
        Transaction memory transaction = call(address(0xbad), abi.encodePacked(FUNCTION));
        transaction.paymasterInput = approvalBased(address(token), type(uint256).max, "");
        bytes4 error_ = ISponsorPaymaster.SponsorCallNotAllowed.selector;
        refuse(transaction, abi.encodeWithSelector(error_, address(0xbad), FUNCTION));
        SponsorLimits memory limits = wide();
        limits.maxFee = uint96(FEE - 1);
        setLimits(limits);
        decline(paid(address(token)));
    }

    /// @dev Accepted token that returns nothing; the sender has some and allows its use.
    function _odd() private returns (OddToken odd) {
        odd = new OddToken();
        odd.mint(SENDER, 1e24);
        vm.prank(SENDER);
        odd.approve(address(paymaster), type(uint256).max);
        vm.prank(OWNER);
        paymaster.setTokenPrice(address(odd), TokenPrice(2e18, 1_000, uint48(NOW + 1 hours)));
    }
}
