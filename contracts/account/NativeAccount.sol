// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {INativeAccount} from "../interfaces/INativeAccount.sol";
import {PaymasterInput} from "../libraries/PaymasterInput.sol";
import {TransactionHash} from "../libraries/TransactionHash.sol";
import {ValidatorCall} from "../libraries/ValidatorCall.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {Transaction} from "../types/Transaction.sol";
import {AccountExecution} from "./AccountExecution.sol";
import {AccountSignatures} from "./AccountSignatures.sol";

/// @title The account as the bootloader sees it
abstract contract NativeAccount is INativeAccount, AccountExecution, AccountSignatures {
    /// @dev Reverts if the caller is not the bootloader.
    modifier onlyBootloader() {
        _requireBootloader();
        _;
    }

    /// @inheritdoc INativeAccount
    function validateTransaction(bytes32, bytes32 suggestedSignedHash, Transaction calldata transaction)
        external
        payable
        onlyBootloader
        returns (bytes4 magic)
    {
        _useNonce(transaction.nonce);
        _requireFunds(transaction);
        bytes32 signedHash = suggestedSignedHash == 0 ? TransactionHash.hash(transaction) : suggestedSignedHash;
        bool authorised = _isAuthorised(signedHash, transaction);
        // Hashes of the older transaction types do not commit to the sender.
        if (authorised && transaction.txType == TransactionHash.EIP712_TX_TYPE) {
            magic = INativeAccount.validateTransaction.selector;
        }
    }

    /// @inheritdoc INativeAccount
    function executeTransaction(bytes32, bytes32, Transaction calldata transaction) external payable onlyBootloader {
        _executeTransaction(transaction);
    }

    /// @inheritdoc INativeAccount
    function executeTransactionFromOutside(Transaction calldata transaction) external payable {
        bool acceptable = transaction.txType == TransactionHash.EIP712_TX_TYPE
            && transaction.from == uint160(address(this)) && (msg.value == 0 || msg.value == transaction.value)
            && ValidatorCall.hasForwardOffsets(transaction);
        if (!acceptable) revert AccountInvalidOutsideTransaction();
        // With less, whoever brings the transaction along could make calls fail whose failure it tolerates.
        if (gasleft() < transaction.gasLimit) revert AccountInsufficientGas(transaction.gasLimit, gasleft());
        _useNonce(transaction.nonce);
        if (!_isAuthorised(TransactionHash.hash(transaction), transaction)) revert AccountInvalidOutsideTransaction();
        _executeTransaction(transaction);
    }

    /// @inheritdoc INativeAccount
    function payForTransaction(bytes32, bytes32, Transaction calldata transaction) external payable onlyBootloader {
        bool paid = SystemContracts.payBootloader(transaction.maxFeePerGas * transaction.gasLimit);
        if (!paid) revert AccountFeePaymentFailed();
    }

    /// @inheritdoc INativeAccount
    function prepareForPaymaster(bytes32, bytes32, Transaction calldata transaction) external payable onlyBootloader {
        bytes calldata input = transaction.paymasterInput;
        if (PaymasterInput.isGeneral(input)) return;
        if (!PaymasterInput.isApprovalBased(input) || !PaymasterInput.isComplete(input)) {
            revert AccountInvalidPaymasterInput(input);
        }
        (uint256 token, uint256 minAllowance) = PaymasterInput.approval(input);
        _raiseAllowance(_toAddress(token), _toAddress(transaction.paymaster), minAllowance);
    }

    /// @dev Whether an owner or an installed validator authorises a transaction.
    function _isAuthorised(bytes32 signedHash, Transaction calldata transaction) private returns (bool) {
        bytes calldata signature = transaction.signature;
        if (_isK1Form(signature)) return _isSignedByOwner(signedHash, signature);
        (bool installed, address validator) = _validatorOf(signature);
        return installed && ValidatorCall.validate(validator, signedHash, transaction);
    }

    /// @dev Makes the call of a transaction between the two checks of hooks, and passes on its failure.
    function _executeTransaction(Transaction calldata transaction) private {
        address target = _toAddress(transaction.to);
        bool escapes = target == address(this) && transaction.value == 0 && _isHookEscape(transaction.data);
        address[] memory hooks;
        bytes[] memory answers;
        if (!escapes) (hooks, answers) = _preCheck();
        if (!_call(target, transaction.value, transaction.data)) _revertWithReturndata();
        _postCheck(hooks, answers);
    }

    /// @dev Lets a spender take at least an amount of a token. Some tokens insist on going through zero.
    function _raiseAllowance(address token, address spender, uint256 amount) private {
        uint256 allowance = IERC20(token).allowance(address(this), spender);
        while (allowance < amount) {
            allowance = allowance == 0 ? amount : 0;
            _approve(token, spender, allowance);
        }
    }

    /// @dev Approves, accepting tokens that return nothing.
    function _approve(address token, address spender, uint256 amount) private {
        (bool success, bytes memory result) = token.call(abi.encodeCall(IERC20.approve, (spender, amount)));
        if (!success || (result.length != 0 && uint256(bytes32(result)) != 1)) revert AccountApprovalFailed(token);
    }

    /// @dev Reverts if the account cannot pay the value and, without a paymaster, the fee.
    function _requireFunds(Transaction calldata transaction) private view {
        uint256 required = transaction.value;
        if (transaction.paymaster == 0) required += transaction.maxFeePerGas * transaction.gasLimit;
        uint256 available = address(this).balance;
        if (available < required) revert AccountInsufficientFunds(required, available);
    }

    /// @dev Narrows a word to the address it must be.
    function _toAddress(uint256 word) private pure returns (address) {
        if (word >> 160 != 0) revert AccountInvalidAddress(word);
        return address(uint160(word));
    }

    /// @dev Kept out of the modifier so that its code exists once.
    function _requireBootloader() private view {
        if (!SystemContracts.isBootloader(msg.sender)) revert AccountNotFromBootloader(msg.sender);
    }
}
