// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {Transaction} from "../types/Transaction.sol";

/// @title The call from an account to its validator
library ValidatorCall {
    /// @notice Asks a validator whether a transaction is authorised. Reverts with the validator's error if it reverts.
    /// @dev Equals `IModuleValidator(validator).validateTransaction(signedHash, transaction)`. The compiler would take the
    /// transaction apart and put it together again, member by member; here its bytes are copied as they are, which holds
    /// because offsets inside a struct count from the struct's start.
    /// The validator sees the bytes from the struct's start on, so {hasForwardOffsets} must hold.
    /// @param validator The validator; must have code.
    /// @param signedHash Hash that the signature is over.
    /// @param transaction The transaction, last argument of the current call.
    /// @return authorised True if the validator answered `true`.
    function validate(address validator, bytes32 signedHash, Transaction calldata transaction)
        internal
        returns (bool authorised)
    {
        uint256 selector = uint32(IModuleValidator.validateTransaction.selector);
        assembly ("memory-safe") {
            let data := mload(64)
            let length := sub(calldatasize(), transaction)
            mstore(data, selector)
            mstore(add(data, 32), signedHash)
            mstore(add(data, 64), 64)
            calldatacopy(add(data, 96), transaction, length)
            mstore(0, 0)
            if iszero(call(gas(), validator, 0, add(data, 28), add(length, 68), 0, 32)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
            authorised := and(gt(returndatasize(), 31), eq(mload(0), 1))
        }
    }

    /// @notice Whether all dynamic members of a transaction lie behind its start.
    /// @dev Solidity follows offsets that point backwards, too. What lies before the struct is not handed on, so a validator
    /// would look at other data than the account executes. The bootloader's encoding is always forward.
    /// @param transaction The transaction.
    /// @return forward True if they do.
    function hasForwardOffsets(Transaction calldata transaction) internal pure returns (bool forward) {
        uint256 offsets;
        // The five offsets follow the fourteen words of the static members; none of them reaches 2^32, or it is negative.
        assembly ("memory-safe") {
            let head := add(transaction, 448)
            offsets := or(calldataload(head), calldataload(add(head, 32)))
            offsets := or(offsets, calldataload(add(head, 64)))
            offsets := or(offsets, or(calldataload(add(head, 96)), calldataload(add(head, 128))))
        }
        return offsets < 1 << 32;
    }
}
