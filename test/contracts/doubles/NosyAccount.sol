// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SystemContracts} from "../../../contracts/system/SystemContracts.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {Explained} from "./Explained.sol";

/// @title Account whose validation breaks rules
contract NosyAccount {
    /// @dev Whose balance it looks up.
    address private constant SOMEBODY = address(0xbeef);

    /// @notice Agrees, after it has looked where it must not.
    /// @param transaction The transaction: its value says what is done, its target with whom.
    /// @return magic Agreement.
    function validateTransaction(bytes32, bytes32, Transaction calldata transaction)
        external
        payable
        returns (bytes4 magic)
    {
        SystemContracts.useNonce(transaction.nonce);
        address target = address(uint160(transaction.to));
        if (transaction.value == 1) _look(target);
        if (transaction.value == 2) _call(target);
        return this.validateTransaction.selector;
    }

    /// @notice Pays what the bootloader asks for.
    /// @param transaction The transaction.
    function payForTransaction(bytes32, bytes32, Transaction calldata transaction) external payable {
        SystemContracts.payBootloader(transaction.maxFeePerGas * transaction.gasLimit);
    }

    /// @notice Has nothing to prepare.
    function prepareForPaymaster(bytes32, bytes32, Transaction calldata) external payable {}

    /// @notice Does nothing.
    function executeTransaction(bytes32, bytes32, Transaction calldata) external payable {}

    function _look(address target) private view {
        uint256 balance = Explained(target).balances(SOMEBODY);
        require(balance == 0, "somebody is rich");
    }

    function _call(address target) private {
        (bool ok,) = target.call("");
        require(ok, "nobody there");
    }
}
