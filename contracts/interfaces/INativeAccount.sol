// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Transaction} from "../types/Transaction.sol";

/// @title Native account abstraction of ZKsync Era
/// @notice The five functions through which transactions reach an account.
interface INativeAccount {
    /// @notice The caller is not the bootloader.
    /// @param caller Who called.
    error AccountNotFromBootloader(address caller);

    /// @notice The account cannot pay for the transaction.
    /// @param required Fee (without a paymaster) plus value, in wei.
    /// @param available Balance, in wei.
    error AccountInsufficientFunds(uint256 required, uint256 available);

    /// @notice The bootloader did not accept the fee.
    error AccountFeePaymentFailed();

    /// @notice A word that should be an address has bits above the lowest 160.
    /// @param word The word.
    error AccountInvalidAddress(uint256 word);

    /// @notice The value does not fit the 128 bits that the VM can transfer.
    /// @param value The value, in wei.
    error AccountValueTooLarge(uint256 value);

    /// @notice The paymaster input is too short, or names an unknown flow.
    /// @param paymasterInput The input.
    error AccountInvalidPaymasterInput(bytes paymasterInput);

    /// @notice The token of an approval-based paymaster refused the approval.
    /// @param token The token.
    error AccountApprovalFailed(address token);

    /// @notice A transaction that does not come through the bootloader is not a signed type-113 transaction of this account,
    /// is not properly encoded, or was sent with another value than it states.
    error AccountInvalidOutsideTransaction();

    /// @notice Whoever brings a transaction along gives it less gas than its signer did.
    /// @param required Gas limit of the transaction.
    /// @param available Gas there is.
    error AccountInsufficientGas(uint256 required, uint256 available);

    /// @notice Validates a transaction and marks its nonce as used.
    /// @dev The signature is either
    /// - 65 bytes `r ‖ s ‖ v`: ECDSA over the signed hash by one of the secp256k1 owners; or
    /// - `abi.encode(bytes signature, address validator, bytes validatorData)`: the named validator module decides.
    /// Reverts if the caller is not the bootloader, the nonce is not the next one, or the funds do not suffice. A signature
    /// that does not authorise the transaction is answered with zero; a validator may also revert to say why.
    /// @param txHash Hash by which explorers know the transaction; not used.
    /// @param suggestedSignedHash EIP-712 hash of the transaction as the bootloader computed it, or zero.
    /// @param transaction The transaction.
    /// @return magic The selector of this function when the transaction is authorised, else zero.
    function validateTransaction(bytes32 txHash, bytes32 suggestedSignedHash, Transaction calldata transaction)
        external
        payable
        returns (bytes4 magic);

    /// @notice Performs the call of a validated transaction, if no hook refuses.
    /// @dev Hooks are not asked about calls of {IModuleRemoval-scheduleHookRemoval} and {IModuleRemoval-removeScheduledHook} on
    /// the account itself. Reverts if the caller is not the bootloader, with the call's own revert data if the call fails, and
    /// with a hook's if it refuses.
    /// @param txHash Hash by which explorers know the transaction; not used.
    /// @param suggestedSignedHash EIP-712 hash of the transaction; not used.
    /// @param transaction The transaction.
    function executeTransaction(bytes32 txHash, bytes32 suggestedSignedHash, Transaction calldata transaction)
        external
        payable;

    /// @notice Validates and performs a signed transaction that anybody, for instance a message from L1, brings along.
    /// @dev The nonce is used up and no fee is paid. The value comes from the account's balance when none is sent along.
    /// Reverts with {AccountInvalidOutsideTransaction} unless the type is 113, `from` is this account and the value sent is
    /// zero or the transaction's, and whenever {validateTransaction} would not accept the signature; with
    /// {AccountInsufficientGas} if there is less gas than the transaction's limit; otherwise as {executeTransaction}.
    /// @param transaction The transaction.
    function executeTransactionFromOutside(Transaction calldata transaction) external payable;

    /// @notice Pays the fee, `maxFeePerGas * gasLimit`, to the bootloader.
    /// @dev Reverts if the caller is not the bootloader or the payment fails.
    /// @param txHash Hash by which explorers know the transaction; not used.
    /// @param suggestedSignedHash EIP-712 hash of the transaction; not used.
    /// @param transaction The transaction.
    function payForTransaction(bytes32 txHash, bytes32 suggestedSignedHash, Transaction calldata transaction)
        external
        payable;

    /// @notice Prepares for the paymaster: in the approval-based flow raises its token allowance to the minimum it asks for.
    /// @dev Reverts if the caller is not the bootloader or the input names no known flow.
    /// @param txHash Hash by which explorers know the transaction; not used.
    /// @param suggestedSignedHash EIP-712 hash of the transaction; not used.
    /// @param transaction The transaction.
    function prepareForPaymaster(bytes32 txHash, bytes32 suggestedSignedHash, Transaction calldata transaction)
        external
        payable;
}
