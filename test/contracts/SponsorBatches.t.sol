// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IBatchCaller} from "../../contracts/interfaces/IBatchCaller.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {ISponsorPaymaster} from "../../contracts/interfaces/ISponsorPaymaster.sol";
import {Executions} from "../../contracts/libraries/Executions.sol";
import {Call, Execution} from "../../contracts/types/Execution.sol";
import {SponsorTerms} from "../../contracts/types/SponsorTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {SponsorFixture} from "./support/SponsorFixture.sol";

/// @title Account that only says whom it would call
contract LenientDecoder {
    function execute(bytes32 mode, bytes calldata executionCalldata) external pure returns (address target) {
        bytes calldata data;
        (target,, data) = Executions.at(mode, executionCalldata, 0);
        require(data.length == 4, "calldata");
    }
}

/// @title Calls that senders make on themselves, batches above all
contract SponsorBatchesTest is SponsorFixture {
    bytes32 private constant SINGLE = 0;
    bytes32 private constant BATCH = bytes32(uint256(1) << 248);
    bytes32 private constant TRY_BATCH = bytes32(uint256(0x0101) << 240);
    bytes4 private constant INSTALL = IERC7579Account.installModule.selector;

    function test_sponsorsBatchesOfListedCalls() public {
        Execution[] memory calls = _listed(3);
        accept(_self(_execute(BATCH, abi.encode(calls))));
        accept(_self(_execute(TRY_BATCH, abi.encode(calls))));
        accept(_self(_execute(SINGLE, abi.encodePacked(TARGET, uint256(0), FUNCTION))));
        accept(_self(_batchCall(calls)));
    }

    /// @notice J-09: one call in a batch that is not listed.
    function test_RevertWhen_anInnerCallIsNotListed() public {
        for (uint256 i = 0; i < 3; ++i) {
            Execution[] memory calls = _listed(3);
            calls[i].target = address(0xbad);
            _refuseBatch(calls, address(0xbad), FUNCTION);
            calls[i].target = TARGET;
            calls[i].callData = hex"99999999";
            _refuseBatch(calls, TARGET, 0x99999999);
            calls[i].callData = hex"112233";
            _refuseBatch(calls, TARGET, 0);
            calls[i].callData = "";
            _refuseBatch(calls, TARGET, 0);
        }
        bytes memory single = abi.encodePacked(address(0xbad), uint256(0), FUNCTION);
        _refuse(_execute(SINGLE, single), address(0xbad), FUNCTION);
    }

    /// @notice J-09: a batch inside a batch hides its calls.
    function test_RevertWhen_batchesAreNested() public {
        Execution[] memory calls = _listed(1);
        bytes[2] memory inner = [_execute(BATCH, abi.encode(calls)), _batchCall(calls)];
        for (uint256 i = 0; i < inner.length; ++i) {
            Execution[] memory outer = _listed(2);
            outer[1] = Execution(SENDER, 0, inner[i]);
            _refuseBatch(outer, SENDER, bytes4(inner[i]));
        }
    }

    function test_RevertWhen_batchIsEmpty() public {
        Execution[] memory calls = new Execution[](0);
        _refuse(_execute(BATCH, abi.encode(calls)), SENDER, IERC7579Account.execute.selector);
        _refuse(_batchCall(calls), SENDER, IBatchCaller.batchCall.selector);
    }

    function test_RevertWhen_modeIsNotSupported() public {
        bytes32[3] memory modes = [bytes32(uint256(0xff) << 248), bytes32(uint256(0xfe) << 248), bytes32(uint256(1))];
        for (uint256 i = 0; i < modes.length; ++i) {
            bytes4 error_ = IERC7579Account.AccountUnsupportedExecutionMode.selector;
            refuse(_self(_execute(modes[i], abi.encode(_listed(1)))), abi.encodeWithSelector(error_, modes[i]));
        }
    }

    /// @notice J-09: a batch whose call lies before the list of calls. The account's decoder follows offsets backwards, even out of
    /// the data, to where the account finds other words than the paymaster would; the paymaster refuses them all.
    function test_RevertWhen_offsetsPointBackwards() public {
        bytes memory evil = abi.encode(address(0xbad), 0, 96, 4, bytes32(FUNCTION));
        bytes memory executions = bytes.concat(abi.encode(192), evil, abi.encode(1, -192));
        bytes memory data = _execute(BATCH, executions);
        (bool success, bytes memory answer) = address(new LenientDecoder()).call(data);
        assertTrue(success && abi.decode(answer, (address)) == address(0xbad), "the account's decoder follows");
        setRule(address(0xbad), FUNCTION, false, true);
        _refuseMalformed(_self(data));
    }

    function testFuzz_refusesMalformedBatches(bytes calldata noise) public {
        vm.assume(noise.length < 160);
        _refuseMalformed(_self(abi.encodePacked(IERC7579Account.execute.selector, noise)));
        _refuseMalformed(_self(abi.encodePacked(IBatchCaller.batchCall.selector, noise)));
        _refuseMalformed(_self(_execute(BATCH, noise)));
    }

    /// @notice J-09: value of inner calls is looked at like that of transactions.
    function test_RevertWhen_innerValueIsNotAllowed() public {
        Execution[] memory calls = _listed(2);
        calls[1].value = 5;
        bytes4 error_ = ISponsorPaymaster.SponsorValueNotAllowed.selector;
        refuse(_self(_batchCall(calls)), abi.encodeWithSelector(error_, TARGET, 5));
        setRule(TARGET, FUNCTION, false, true);
        Transaction memory transaction = _self(_batchCall(calls));
        transaction.value = 5;
        accept(transaction);
        transaction.value = 6;
        refuse(transaction, abi.encodeWithSelector(error_, SENDER, 6));
        transaction = _self(_execute(BATCH, abi.encode(calls)));
        accept(transaction);
        calls[1].value = 0;
        transaction = _self(_batchCall(calls));
        transaction.value = 1;
        refuse(transaction, abi.encodeWithSelector(error_, SENDER, 1));
    }

    /// @notice J-05: a batch needs a signature as soon as one of its calls does.
    function test_demandsASignatureForTheWholeBatch() public {
        vm.prank(OWNER);
        paymaster.setSponsor(vm.addr(SPONSOR_KEY));
        setRule(address(0xacc), FUNCTION, true, false);
        for (uint256 i = 0; i < 3; ++i) {
            Execution[] memory calls = _listed(3);
            calls[i].target = address(0xacc);
            Transaction memory transaction = _self(_batchCall(calls));
            decline(transaction);
            transaction.paymasterInput = general(signed(SPONSOR_KEY, sponsorship(transaction, uint48(NOW))));
            accept(transaction);
        }
    }

    function test_sponsorsWhatAccountsCallOnThemselves() public {
        bytes memory data = abi.encodeWithSelector(INSTALL, 1, TARGET, "");
        _refuse(data, SENDER, INSTALL);
        setRule(address(0), INSTALL, false, false);
        accept(_self(data));
        Execution[] memory calls = _listed(2);
        calls[0] = Execution(SENDER, 0, data);
        accept(_self(_batchCall(calls)));
        // The rule is about the sender, neither about the zero address nor about other accounts.
        bytes4 error_ = ISponsorPaymaster.SponsorCallNotAllowed.selector;
        refuse(call(address(0), data), abi.encodeWithSelector(error_, address(0), INSTALL));
        refuse(call(address(0xacc), data), abi.encodeWithSelector(error_, address(0xacc), INSTALL));
        calls[0].target = address(0);
        _refuseBatch(calls, address(0), INSTALL);
    }

    /// @notice J-09: a listed contract that sends transactions itself does not get its own calls on itself sponsored.
    function test_contractRulesDoNotCoverTheSenderItself() public {
        vm.startPrank(OWNER);
        paymaster.setContractRule(SENDER, SponsorTerms(true, false, true));
        paymaster.setRule(SENDER, 0x99999999, SponsorTerms(true, false, true));
        vm.stopPrank();
        _refuse(hex"99999999", SENDER, 0x99999999);
        Execution[] memory calls = _listed(1);
        calls[0].target = address(0xbad);
        _refuseBatch(calls, address(0xbad), FUNCTION);
        Transaction memory transaction = _self(_batchCall(calls));
        transaction.from = uint160(address(0xb0b));
        accept(transaction);
    }

    function test_RevertWhen_ruleCannotBe() public {
        bytes4[2] memory batches = [IERC7579Account.execute.selector, IBatchCaller.batchCall.selector];
        bytes4 error_ = ISponsorPaymaster.SponsorInvalidRule.selector;
        vm.startPrank(OWNER);
        for (uint256 i = 0; i < batches.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(error_, address(0), batches[i]));
            paymaster.setRule(address(0), batches[i], SponsorTerms(true, false, false));
        }
        vm.expectRevert(abi.encodeWithSelector(error_, address(0), bytes4(0)));
        paymaster.setContractRule(address(0), SponsorTerms(true, false, false));
        vm.stopPrank();
    }

    function _listed(uint256 count) private pure returns (Execution[] memory calls) {
        calls = new Execution[](count);
        for (uint256 i = 0; i < count; ++i) {
            calls[i] = Execution(TARGET, 0, abi.encodePacked(FUNCTION, i));
        }
    }

    function _self(bytes memory data) private view returns (Transaction memory) {
        return call(SENDER, data);
    }

    function _execute(bytes32 mode, bytes memory executionCalldata) private pure returns (bytes memory) {
        return abi.encodeCall(IERC7579Account.execute, (mode, executionCalldata));
    }

    function _batchCall(Execution[] memory calls) private pure returns (bytes memory) {
        Call[] memory batch = new Call[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            batch[i] = Call(calls[i].target, i % 2 == 0, calls[i].value, calls[i].callData);
        }
        return abi.encodeCall(IBatchCaller.batchCall, (batch));
    }

    function _refuse(bytes memory data, address target, bytes4 selector) private {
        bytes4 error_ = ISponsorPaymaster.SponsorCallNotAllowed.selector;
        refuse(_self(data), abi.encodeWithSelector(error_, target, selector));
    }

    function _refuseBatch(Execution[] memory calls, address target, bytes4 selector) private {
        _refuse(_execute(BATCH, abi.encode(calls)), target, selector);
        _refuse(_batchCall(calls), target, selector);
    }

    /// @dev Expects a revert, whatever its data.
    function _refuseMalformed(Transaction memory transaction) private {
        vm.prank(BOOTLOADER);
        (bool success,) = address(paymaster)
            .call(abi.encodeCall(paymaster.validateAndPayForPaymasterTransaction, (0, 0, transaction)));
        assertFalse(success, "accepted");
    }
}
