// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ExecutionResult, INativePaymaster} from "../../contracts/interfaces/INativePaymaster.sol";
import {ISponsorPaymaster} from "../../contracts/interfaces/ISponsorPaymaster.sol";
import {SponsorPaymaster} from "../../contracts/paymasters/SponsorPaymaster.sol";
import {SponsorLimits, SponsorTerms, Sponsorship} from "../../contracts/types/SponsorTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {SponsorFixture} from "./support/SponsorFixture.sol";

/// @title What the sponsor pays for, and how much
contract SponsorPaymasterTest is SponsorFixture {
    function test_paysTheHighestFee() public {
        uint256 balance = BOOTLOADER.balance;
        bytes memory context = accept(sponsored());
        assertEq(BOOTLOADER.balance - balance, FEE);
        assertEq(address(paymaster).balance, 1 ether - FEE);
        assertTrue(context.length <= 1024, "context fits");
    }

    function test_hasTheEntryPointsOfTheProtocol() public pure {
        string memory struct_ = "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,"
            "uint256[4],bytes,bytes,bytes32[],bytes,bytes)";
        bytes memory first = abi.encodePacked("validateAndPayForPaymasterTransaction(bytes32,bytes32,", struct_, ")");
        bytes memory second = abi.encodePacked("postTransaction(bytes,", struct_, ",bytes32,bytes32,uint8,uint256)");
        assertEq(bytes32(AGREED), bytes32(bytes4(keccak256(first))));
        assertEq(bytes32(INativePaymaster.postTransaction.selector), bytes32(bytes4(keccak256(second))));
    }

    /// @notice J-01: nobody but the bootloader reaches the two entry points, not even the owner.
    function test_RevertWhen_callerIsNotTheBootloader() public {
        Transaction memory transaction = sponsored();
        bytes memory context = accept(transaction);
        address[4] memory callers = [address(this), OWNER, SENDER, address(paymaster)];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory reason =
                abi.encodeWithSelector(ISponsorPaymaster.SponsorNotFromBootloader.selector, callers[i]);
            vm.expectRevert(reason);
            vm.prank(callers[i]);
            paymaster.validateAndPayForPaymasterTransaction(0, 0, transaction);
            vm.expectRevert(reason);
            vm.prank(callers[i]);
            paymaster.postTransaction(context, transaction, 0, 0, ExecutionResult.Success, GAS_LIMIT);
        }
        assertEq(senderFee(), FEE);
    }

    /// @notice J-09: only what is listed, by target and function.
    function test_RevertWhen_callIsNotListed() public {
        _refuseCall(TARGET, 0x11223345, hex"11223345");
        _refuseCall(address(0xbad), FUNCTION, abi.encodePacked(FUNCTION));
        _refuseCall(TARGET, 0, "");
        _refuseCall(TARGET, 0, hex"112233");
        vm.prank(OWNER);
        paymaster.setRule(TARGET, FUNCTION, SponsorTerms(false, false, false));
        _refuseCall(TARGET, FUNCTION, abi.encodePacked(FUNCTION));
    }

    function test_sponsorsWholeContractsOnlyWhenToldSo() public {
        bytes memory data = hex"99999999";
        _refuseCall(TARGET, 0x99999999, data);
        vm.prank(OWNER);
        paymaster.setContractRule(TARGET, SponsorTerms(true, true, true));
        decline(call(TARGET, data));
        // A function's own terms come first, here without signature.
        accept(sponsored());
        _refuseCall(TARGET, 0, hex"9999");
        _refuseCall(TARGET, 0, "");
    }

    function test_RevertWhen_valueIsNotAllowed() public {
        Transaction memory transaction = sponsored();
        transaction.value = 1;
        refuse(transaction, abi.encodeWithSelector(ISponsorPaymaster.SponsorValueNotAllowed.selector, TARGET, 1));
        setRule(TARGET, FUNCTION, false, true);
        accept(transaction);
    }

    function test_RevertWhen_bytecodeIsPublished() public {
        Transaction memory transaction = sponsored();
        transaction.factoryDeps = new bytes32[](1);
        refuse(transaction, abi.encodeWithSelector(ISponsorPaymaster.SponsorBytecodeNotAllowed.selector));
    }

    function test_RevertWhen_wordsAreNotAddresses() public {
        uint256 dirty = 1 << 160 | uint160(TARGET);
        bytes memory reason = abi.encodeWithSelector(ISponsorPaymaster.SponsorInvalidAddress.selector, dirty);
        Transaction memory transaction = sponsored();
        transaction.to = dirty;
        refuse(transaction, reason);
        transaction = sponsored();
        transaction.from = dirty;
        refuse(transaction, reason);
        transaction = sponsored();
        transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, dirty, 1, "");
        // The encoder narrows nothing: the word is an integer here.
        refuse(transaction, reason);
    }

    function test_RevertWhen_paused() public {
        vm.prank(OWNER);
        paymaster.setPaused(true);
        refuse(sponsored(), abi.encodeWithSelector(ISponsorPaymaster.SponsorIsPaused.selector));
        vm.prank(OWNER);
        paymaster.setPaused(false);
        accept(sponsored());
    }

    function test_finishesWhatBeganBeforeThePause() public {
        Transaction memory transaction = sponsored();
        bytes memory context = accept(transaction);
        vm.prank(OWNER);
        paymaster.setPaused(true);
        finish(transaction, context, GAS_LIMIT);
        assertTrue(senderFee() < FEE, "corrected");
    }

    function test_RevertWhen_limitsAreNotSet() public {
        paymaster = new SponsorPaymaster(OWNER);
        setRule(TARGET, FUNCTION, false, false);
        refuse(sponsored(), abi.encodeWithSelector(ISponsorPaymaster.SponsorLimitsNotSet.selector));
    }

    function test_RevertWhen_balanceIsTooLow() public {
        feeVm.deal(address(paymaster), FEE - 1);
        refuse(sponsored(), abi.encodeWithSelector(ISponsorPaymaster.SponsorPaymentFailed.selector, FEE, FEE - 1));
        (bool success,) = address(paymaster).call{value: 1}("");
        assertTrue(success, "funding");
        accept(sponsored());
    }

    /// @notice J-02: a sponsored call with a huge gas limit or price.
    function test_declinesFeesAboveTheLimit() public {
        SponsorLimits memory limits = wide();
        limits.maxFee = uint96(FEE);
        setLimits(limits);
        accept(sponsored());
        Transaction memory transaction = sponsored();
        transaction.gasLimit += 1;
        decline(transaction);
        transaction = sponsored();
        transaction.maxFeePerGas += 1;
        decline(transaction);
    }

    /// @notice J-02: fees far beyond what can be counted neither wrap around nor fit.
    function test_declinesFeesBeyondCounting() public {
        feeVm.deal(address(paymaster), type(uint256).max / 2);
        Transaction memory transaction = sponsored();
        transaction.gasLimit = 1 << 96;
        transaction.maxFeePerGas = 1;
        decline(transaction);
        assertEq(senderFee(), type(uint96).max);
        transaction.gasLimit = 1 << 255;
        transaction.maxFeePerGas = 2;
        vm.expectPartialRevert(bytes4(keccak256("Panic(uint256)")));
        vm.prank(BOOTLOADER);
        paymaster.validateAndPayForPaymasterTransaction(0, 0, transaction);
    }

    /// @notice J-03: one sender repeats sponsored calls: number per period.
    function test_declinesTooManyTransactionsOfASender() public {
        SponsorLimits memory limits = wide();
        limits.senderCount = 2;
        setLimits(limits);
        for (uint256 i = 0; i < 2; ++i) {
            Transaction memory transaction = sponsored();
            finish(transaction, accept(transaction), GAS_LIMIT);
        }
        decline(sponsored());
        accept(_from(address(0xb0b)));
        vm.warp(_periodEnd() - 1);
        decline(sponsored());
        vm.warp(_periodEnd());
        accept(sponsored());
        (uint256 count,) = paymaster.senderSpending(SENDER);
        assertEq(count, 1);
    }

    /// @notice J-03: one sender repeats sponsored calls: fees per period.
    function test_declinesTooHighFeesOfASender() public {
        SponsorLimits memory limits = wide();
        limits.senderFee = uint96(2 * FEE + FEE / 2);
        setLimits(limits);
        accept(sponsored());
        accept(sponsored());
        decline(sponsored());
        accept(_from(address(0xb0b)));
        vm.warp(_periodEnd());
        accept(sponsored());
        assertEq(senderFee(), FEE);
    }

    /// @notice J-03, J-05: many senders together.
    function test_declinesFeesAboveTheBudget() public {
        SponsorLimits memory limits = wide();
        limits.budget = uint96(3 * FEE);
        setLimits(limits);
        for (uint160 i = 1; i <= 3; ++i) {
            accept(_from(address(i)));
        }
        decline(_from(address(4)));
        assertEq(senderFee(), 0);
        vm.warp(_periodEnd());
        accept(_from(address(4)));
        (uint256 count, uint256 fee) = paymaster.totalSpending();
        assertEq(count, 1);
        assertEq(fee, FEE);
    }

    function testFuzz_neverExceedsTheBudget(uint96 budget, uint64[12] calldata gasLimits) public {
        SponsorLimits memory limits = wide();
        limits.budget = budget;
        setLimits(limits);
        feeVm.deal(address(paymaster), type(uint128).max);
        uint256 spent = 0;
        for (uint256 i = 0; i < gasLimits.length; ++i) {
            Transaction memory transaction = _from(address(uint160(i + 1)));
            transaction.gasLimit = gasLimits[i];
            // A transaction that is declined leaves nothing behind on chain.
            try this.validateOrRevert(transaction) {
                spent += gasLimits[i] * GAS_PRICE;
            } catch {
                assertTrue(spent + gasLimits[i] * GAS_PRICE > budget, "declined without need");
            }
        }
        assertTrue(spent <= budget, "budget");
        assertEq(totalFee(), spent);
    }

    /// @dev What the bootloader makes of the paymaster's answer.
    function validateOrRevert(Transaction calldata transaction) external {
        accept(transaction);
    }

    /// @notice J-05: account creation by ever new senders needs a signature for each.
    function test_demandsTheSponsorsSignature() public {
        Transaction memory transaction = _signedTransaction();
        accept(transaction);
        transaction.paymasterInput = general("");
        decline(transaction);
        transaction.paymasterInput = general(signed(SPONSOR_KEY + 1, sponsorship(transaction, uint48(NOW))));
        decline(transaction);
        vm.prank(OWNER);
        paymaster.setSponsor(address(0));
        transaction.paymasterInput = general(abi.encode(uint48(NOW), new bytes(65)));
        decline(transaction);
    }

    /// @notice J-05: a signature holds for exactly one transaction, in one flow.
    function test_declinesSignaturesOverOtherTransactions() public {
        Transaction memory transaction = _signedTransaction();
        bytes memory input = transaction.paymasterInput;
        transaction.from += 1;
        decline(transaction);
        transaction = _signedTransaction();
        setRule(address(uint160(transaction.to + 1)), FUNCTION, true, true);
        transaction.to += 1;
        decline(transaction);
        for (uint256 i = 0; i < 5; ++i) {
            transaction = _signedTransaction();
            transaction.paymasterInput = input;
            if (i == 0) transaction.value += 1;
            if (i == 1) transaction.data = abi.encodePacked(FUNCTION, uint8(0));
            if (i == 2) transaction.nonce += 1;
            if (i == 3) transaction.maxFeePerGas += 1;
            if (i == 4) transaction.gasLimit += 1;
            decline(transaction);
        }
        transaction = _signedTransaction();
        Sponsorship memory what = sponsorship(transaction, uint48(NOW));
        transaction.paymasterInput = approvalBased(address(token), type(uint256).max, signed(SPONSOR_KEY, what));
        decline(transaction);
        what.token = address(token);
        bytes memory inner = signed(SPONSOR_KEY, what);
        transaction.paymasterInput = approvalBased(address(token), type(uint256).max, inner);
        accept(transaction);
        // Signed for a sender who pays, shown by one who does not.
        transaction.paymasterInput = general(inner);
        decline(transaction);
    }

    /// @notice J-05: signatures expire, and hold on one chain for one paymaster.
    function test_declinesSignaturesForOtherTimesChainsAndPaymasters() public {
        Transaction memory transaction = _signedTransaction();
        vm.warp(NOW + 1);
        decline(transaction);
        transaction.paymasterInput = _withWord(transaction.paymasterInput, 68, NOW + 1);
        decline(transaction);
        vm.warp(NOW);
        transaction = _signedTransaction();
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);
        decline(transaction);
        vm.chainId(chainId);
        paymaster = new SponsorPaymaster(OWNER);
        feeVm.deal(address(paymaster), 1 ether);
        setLimits(wide());
        setRule(TARGET, FUNCTION, true, true);
        vm.prank(OWNER);
        paymaster.setSponsor(vm.addr(SPONSOR_KEY));
        decline(transaction);
    }

    /// @notice J-05: what is not a signature is declined without revert, so that estimates go through.
    function test_declinesMalformedSignatures() public {
        Transaction memory transaction = _signedTransaction();
        Sponsorship memory what = sponsorship(transaction, uint48(NOW));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SPONSOR_KEY, paymaster.sponsorshipHash(what));
        bytes memory good = abi.encodePacked(r, s, v);
        bytes32 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes32 twin = bytes32(uint256(order) - uint256(s));
        bytes[8] memory inners = [
            bytes(""),
            new bytes(95),
            abi.encode(uint48(NOW), ""),
            abi.encode(uint48(NOW), abi.encodePacked(good, uint8(0))),
            abi.encode(uint48(NOW), abi.encodePacked(r, twin, v == 27 ? uint8(28) : uint8(27))),
            abi.encode(NOW | 1 << 48, good),
            abi.encode(uint48(NOW), uint256(1 << 255), uint256(65)),
            abi.encode(uint48(NOW), 64, 66, r, s)
        ];
        for (uint256 i = 0; i < inners.length; ++i) {
            transaction.paymasterInput = general(inners[i]);
            decline(transaction);
        }
        transaction.paymasterInput = general(abi.encode(uint48(NOW), good));
        accept(transaction);
    }

    /// @notice J-06: unknown flows and inputs that are cut off.
    function test_RevertWhen_inputIsOfNoFlow() public {
        bytes memory complete = approvalBased(address(token), type(uint256).max, "");
        bytes[10] memory inputs = [
            bytes(""),
            hex"8c5a34",
            hex"8c5a3445",
            hex"949431dc",
            hex"12345678",
            abi.encodeWithSelector(0x12345678, ""),
            abi.encodeWithSelector(0x8c5a3445, 64),
            abi.encodeWithSelector(0x8c5a3445, type(uint256).max),
            abi.encodeWithSelector(0x8c5a3445, 32, 1),
            abi.encodeWithSelector(0x949431dc, token, 1)
        ];
        Transaction memory transaction = sponsored();
        for (uint256 i = 0; i < inputs.length; ++i) {
            transaction.paymasterInput = inputs[i];
            bytes4 selector = ISponsorPaymaster.SponsorInvalidPaymasterInput.selector;
            refuse(transaction, abi.encodeWithSelector(selector, inputs[i]));
        }
        transaction.paymasterInput = complete;
        accept(transaction);
        for (uint256 length = 0; length < complete.length; ++length) {
            bytes memory cut = complete;
            assembly {
                mstore(cut, length)
            }
            transaction.paymasterInput = cut;
            vm.expectPartialRevert(ISponsorPaymaster.SponsorInvalidPaymasterInput.selector);
            vm.prank(BOOTLOADER);
            paymaster.validateAndPayForPaymasterTransaction(0, 0, transaction);
        }
    }

    /// @dev Transaction to which the sponsor agreed until now.
    function _signedTransaction() private returns (Transaction memory transaction) {
        setRule(TARGET, FUNCTION, true, true);
        vm.prank(OWNER);
        paymaster.setSponsor(vm.addr(SPONSOR_KEY));
        transaction = sponsored();
        transaction.paymasterInput = general(signed(SPONSOR_KEY, sponsorship(transaction, uint48(NOW))));
    }

    function _refuseCall(address target, bytes4 selector, bytes memory data) private {
        bytes4 error_ = ISponsorPaymaster.SponsorCallNotAllowed.selector;
        refuse(call(target, data), abi.encodeWithSelector(error_, target, selector));
    }

    function _from(address sender) private view returns (Transaction memory transaction) {
        transaction = sponsored();
        transaction.from = uint160(sender);
    }

    function _periodEnd() private pure returns (uint256) {
        return NOW - NOW % 1 days + 1 days;
    }

    /// @dev Data with another word at a position.
    function _withWord(bytes memory data, uint256 position, uint256 word) private pure returns (bytes memory changed) {
        changed = bytes.concat(data);
        assembly {
            mstore(add(add(changed, 32), position), word)
        }
    }
}
