// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice A ZKsync Era transaction as the bootloader hands it to an account.
/// @dev Field order and types are fixed by the bootloader. Addresses travel as whole words, so whoever narrows one must
/// check its upper 96 bits.
/// @param txType Transaction type; 113 (0x71) is the only one a contract account may send.
/// @param from Sending account.
/// @param to Target of the call.
/// @param gasLimit Highest amount of gas the transaction may use.
/// @param gasPerPubdataByteLimit Highest price of one byte of pubdata, in gas.
/// @param maxFeePerGas Highest price of one unit of gas, in wei.
/// @param maxPriorityFeePerGas Highest tip per unit of gas, in wei.
/// @param paymaster Contract that pays the fee, or zero when the account pays.
/// @param nonce 192-bit nonce key followed by a 64-bit counter.
/// @param value Base token sent along with the call, in wei.
/// @param reserved Reserved by the protocol; not covered by the signed hash.
/// @param data Calldata of the call.
/// @param signature Account-specific signature; see {INativeAccount-validateTransaction}.
/// @param factoryDeps Hashes of the bytecodes published with the transaction.
/// @param paymasterInput Input of the paymaster flow.
/// @param reservedDynamic Reserved by the protocol; must be empty.
struct Transaction {
    uint256 txType;
    uint256 from;
    uint256 to;
    uint256 gasLimit;
    uint256 gasPerPubdataByteLimit;
    uint256 maxFeePerGas;
    uint256 maxPriorityFeePerGas;
    uint256 paymaster;
    uint256 nonce;
    uint256 value;
    uint256[4] reserved;
    bytes data;
    bytes signature;
    bytes32[] factoryDeps;
    bytes paymasterInput;
    bytes reservedDynamic;
}
