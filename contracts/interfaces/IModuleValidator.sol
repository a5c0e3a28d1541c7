// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Transaction} from "../types/Transaction.sol";

/// @title Validator module for native account abstraction
/// @dev ERC-165 id `0x8c2a9c6b`. The caller is the account whose keys are used. ERC-4337's `validateUserOp` has no meaning on
/// a chain whose bootloader calls accounts directly, so it is not part of a validator here.
interface IModuleValidator {
    /// @notice Whether the transaction's signature authorises it.
    /// @dev Runs in the validation step: only storage keyed by the calling account may be read. Must not revert because of the
    /// signature's content; may revert to name the rule of a policy that the transaction breaks.
    /// @param signedHash Hash that the signature is over.
    /// @param transaction The transaction; `signature` is `abi.encode(bytes signature, address validator, bytes validatorData)`.
    /// @return True if the transaction is authorised.
    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external returns (bool);

    /// @notice Whether a signature is valid for a message of the calling account.
    /// @dev Must not revert because of the signature's content.
    /// @param signedHash Hash that the signature is over.
    /// @param signature The signature.
    /// @return True if it is.
    function validateSignature(bytes32 signedHash, bytes calldata signature) external view returns (bool);
}
