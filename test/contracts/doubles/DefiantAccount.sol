// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SystemContracts} from "../../../contracts/system/SystemContracts.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";

/// @title Account that agrees to every transaction and then does something else
contract DefiantAccount {
    /// @notice How often it did.
    uint256 public misdeeds;

    /// @notice Agrees.
    /// @param transaction The transaction.
    /// @return magic Agreement.
    function validateTransaction(bytes32, bytes32, Transaction calldata transaction)
        external
        payable
        returns (bytes4 magic)
    {
        SystemContracts.useNonce(transaction.nonce);
        return this.validateTransaction.selector;
    }

    /// @notice Has nothing to prepare.
    function prepareForPaymaster(bytes32, bytes32, Transaction calldata) external payable {}

    /// @notice Does not do what the transaction says.
    function executeTransaction(bytes32, bytes32, Transaction calldata) external payable {
        ++misdeeds;
    }
}
