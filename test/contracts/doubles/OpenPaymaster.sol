// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Transaction} from "../../../contracts/types/Transaction.sol";

/// @title Paymaster that pays for everybody
contract OpenPaymaster {
    /// @notice The bootloader did not take the fee.
    error PaymentFailed();

    /// @notice Takes the base token that pays.
    receive() external payable {}

    /// @notice Pays the fee of any transaction.
    /// @param transaction The transaction.
    /// @return magic Agreement.
    /// @return context Nothing.
    function validateAndPayForPaymasterTransaction(bytes32, bytes32, Transaction calldata transaction)
        external
        payable
        returns (bytes4 magic, bytes memory context)
    {
        uint256 fee = transaction.maxFeePerGas * transaction.gasLimit;
        address bootloader = msg.sender;
        bool paid;
        assembly {
            paid := call(gas(), bootloader, fee, 0, 0, 0, 0)
        }
        if (!paid) revert PaymentFailed();
        return (this.validateAndPayForPaymasterTransaction.selector, context);
    }

    /// @notice Does nothing after the transaction.
    function postTransaction(bytes calldata, Transaction calldata, bytes32, bytes32, uint8, uint256) external payable {}
}
