// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IBatchCaller} from "../interfaces/IBatchCaller.sol";
import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {INativeAccount} from "../interfaces/INativeAccount.sol";
import {Call, Execution} from "../types/Execution.sol";
import {CalldataSlice} from "./CalldataSlice.sol";
import {Executions} from "./Executions.sol";

/// @title Calls that an account is told to make
/// @notice For those who must know what an account will do before it does: takes apart what it is called with.
/// @dev Everything is copied by a decoder that follows no offset out of the data or backwards. The account's own is more
/// lenient; what is accepted here means the same to both, because accepted offsets lie within the data that both see.
library AccountCalls {
    using CalldataSlice for bytes;

    /// @dev First byte of the mode of a batch.
    bytes1 private constant CALL_TYPE_BATCH = 0x01;

    /// @dev Length of the static part of a transaction, and where some of its members are.
    uint256 private constant TRANSACTION_LENGTH = 608;
    uint256 private constant TO_OFFSET = 64;
    uint256 private constant VALUE_OFFSET = 288;
    uint256 private constant DATA_OFFSET = 448;

    /// @notice Whether a call of an account on itself is a batch, that is, makes further calls.
    /// @param selector Selector of the call.
    /// @return True if it is.
    function isBatch(bytes4 selector) internal pure returns (bool) {
        return selector == IERC7579Account.execute.selector || selector == IBatchCaller.batchCall.selector;
    }

    /// @notice Calls of a batch.
    /// @dev Reverts if it is malformed.
    /// @param data Calldata of a call for which {isBatch} holds.
    /// @return calls The calls.
    function ofBatch(bytes calldata data) internal pure returns (Execution[] memory calls) {
        bytes calldata arguments = data[4:];
        if (bytes4(data) == IERC7579Account.execute.selector) return _ofExecution(arguments);
        Call[] memory batch = abi.decode(arguments, (Call[]));
        calls = new Execution[](batch.length);
        for (uint256 i = 0; i < batch.length; ++i) {
            calls[i] = Execution(batch[i].target, batch[i].value, batch[i].callData);
        }
    }

    /// @notice Calls that an account makes when somebody calls it: the bootloader, who brings a signed transaction along, or
    /// an executor. A batch that an account calls on itself is taken apart once.
    /// @dev Reverts if the message is malformed.
    /// @param account The account.
    /// @param message Calldata with which it is called.
    /// @return calls The calls; empty if the message is none of these.
    function ofMessage(address account, bytes calldata message) internal pure returns (Execution[] memory calls) {
        if (message.length < 4) return calls;
        bytes4 selector = bytes4(message);
        bytes calldata arguments = message[4:];
        if (selector == IERC7579Account.executeFromExecutor.selector) return _ofExecution(arguments);
        if (selector == INativeAccount.executeTransaction.selector) return _ofTransaction(account, arguments, 64);
        if (selector == INativeAccount.executeTransactionFromOutside.selector) {
            return _ofTransaction(account, arguments, 0);
        }
    }

    /// @dev Calls of `(bytes32 mode, bytes executionCalldata)`.
    function _ofExecution(bytes calldata arguments) private pure returns (Execution[] memory calls) {
        if (arguments.length < 64) revert IERC7579Account.AccountInvalidExecutionCalldata();
        bytes32 mode = bytes32(arguments.word(0));
        (bool ok, bytes calldata data) = arguments.tryBytes(arguments.word(32));
        if (!ok) revert IERC7579Account.AccountInvalidExecutionCalldata();
        if (!Executions.isSupported(mode)) revert IERC7579Account.AccountUnsupportedExecutionMode(mode);
        // Not by {Executions-at}, which is the account's own decoder and follows offsets backwards.
        if (bytes1(mode) == CALL_TYPE_BATCH) return abi.decode(data, (Execution[]));
        (address target, uint256 value, bytes calldata callData) = Executions.at(mode, data, 0);
        return _one(target, value, callData);
    }

    /// @dev Calls of a transaction whose offset is at a position of the arguments.
    function _ofTransaction(address account, bytes calldata arguments, uint256 position)
        private
        pure
        returns (Execution[] memory)
    {
        if (arguments.length < position + 32 + TRANSACTION_LENGTH) {
            revert IERC7579Account.AccountInvalidExecutionCalldata();
        }
        uint256 offset = arguments.word(position);
        if (offset > arguments.length - TRANSACTION_LENGTH) revert IERC7579Account.AccountInvalidExecutionCalldata();
        bytes calldata transaction = arguments[offset:];
        (bool ok, bytes calldata data) = transaction.tryBytes(transaction.word(DATA_OFFSET));
        uint256 to = transaction.word(TO_OFFSET);
        if (!ok || to >> 160 != 0) revert IERC7579Account.AccountInvalidExecutionCalldata();
        address target = address(uint160(to));
        if (target == account && isBatch(bytes4(data))) return ofBatch(data);
        return _one(target, transaction.word(VALUE_OFFSET), data);
    }

    /// @dev List of one call.
    function _one(address target, uint256 value, bytes calldata data) private pure returns (Execution[] memory calls) {
        calls = new Execution[](1);
        calls[0] = Execution(target, value, data);
    }
}
