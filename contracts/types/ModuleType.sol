// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @dev ERC-7579 module type of validators: they decide whether a signature authorises a transaction.
uint256 constant MODULE_TYPE_VALIDATOR = 1;

/// @dev ERC-7579 module type of executors: they may act through the account.
uint256 constant MODULE_TYPE_EXECUTOR = 2;

/// @dev ERC-7579 module type of fallback handlers: they answer calls of functions that the account does not have.
uint256 constant MODULE_TYPE_FALLBACK = 3;

/// @dev ERC-7579 module type of hooks: they look at what the account does, before and after.
uint256 constant MODULE_TYPE_HOOK = 4;
