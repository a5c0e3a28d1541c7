// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Transaction} from "../types/Transaction.sol";

/// @notice How the execution of a transaction ended.
enum ExecutionResult {
    Revert,
    Success
}

/// @title Paymaster of ZKsync Era
/// @notice The two functions through which the bootloader lets a contract pay for other accounts' transactions.
interface INativePaymaster {
    /// @notice Decides whether to pay for a transaction, and pays.
    /// @param txHash Hash by which explorers know the transaction.
    /// @param suggestedSignedHash EIP-712 hash of the transaction.
    /// @param transaction The transaction.
    /// @return magic The selector of this function if the paymaster agrees; anything else rejects the transaction.
    /// @return context Handed to {postTransaction}; at most 1024 bytes.
    function validateAndPayForPaymasterTransaction(
        bytes32 txHash,
        bytes32 suggestedSignedHash,
        Transaction calldata transaction
    ) external payable returns (bytes4 magic, bytes memory context);

    /// @notice Called after the transaction was executed, if there is gas left to do so.
    /// @dev The protocol ignores failures. It refunds unspent gas after this call, so the refund is not in the balance yet.
    /// @param context What {validateAndPayForPaymasterTransaction} returned.
    /// @param transaction The transaction.
    /// @param txHash Hash by which explorers know the transaction.
    /// @param suggestedSignedHash EIP-712 hash of the transaction.
    /// @param txResult How the execution ended.
    /// @param maxRefundedGas Gas that would be refunded if this call were free.
    function postTransaction(
        bytes calldata context,
        Transaction calldata transaction,
        bytes32 txHash,
        bytes32 suggestedSignedHash,
        ExecutionResult txResult,
        uint256 maxRefundedGas
    ) external payable;
}
