// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SystemContracts} from "../../../contracts/system/SystemContracts.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {Explained} from "./Explained.sol";

/// @title Paymaster that looks at a foreign contract before it pays
contract NosyPaymaster {
    /// @notice Takes the base token that pays.
    receive() external payable {}

    /// @notice Pays the fee of any transaction.
    /// @param transaction The transaction, whose target is the foreign contract.
    /// @return magic Agreement.
    /// @return context Nothing.
    function validateAndPayForPaymasterTransaction(bytes32, bytes32, Transaction calldata transaction)
        external
        payable
        returns (bytes4 magic, bytes memory context)
    {
        uint256 balance = Explained(address(uint160(transaction.to))).balances(address(0xbeef));
        require(balance == 0, "somebody is rich");
        SystemContracts.payBootloader(transaction.maxFeePerGas * transaction.gasLimit);
        return (this.validateAndPayForPaymasterTransaction.selector, context);
    }

    /// @notice Does nothing after the transaction.
    function postTransaction(bytes calldata, Transaction calldata, bytes32, bytes32, uint8, uint256) external payable {}
}
