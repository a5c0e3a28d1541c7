// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ExecutionResult, INativePaymaster} from "../interfaces/INativePaymaster.sol";
import {ISponsorPaymaster} from "../interfaces/ISponsorPaymaster.sol";
import {AccountCalls} from "../libraries/AccountCalls.sol";
import {K1Signature} from "../libraries/K1Signature.sol";
import {SponsorInput} from "../libraries/SponsorInput.sol";
import {SponsorQuota} from "../libraries/SponsorQuota.sol";
import {SponsorshipHash} from "../libraries/SponsorshipHash.sol";
import {TokenFees} from "../libraries/TokenFees.sol";
import {PubdataPrice} from "../system/PubdataPrice.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {Execution} from "../types/Execution.sol";
import {SponsorLimits, SponsorTerms, Sponsorship, TokenPrice} from "../types/SponsorTypes.sol";
import {Transaction} from "../types/Transaction.sol";
import {SponsorSettings} from "./SponsorSettings.sol";

/// @title Sponsor paymaster
/// @notice Pays for account creation, sessions, recovery and whatever else its owner lists.
/// @dev Reads the time, the sender's use of its quota and, with tokens, foreign storage while it validates. The protocol restricts
/// what accounts may read then, but not what paymasters may, at present.
contract SponsorPaymaster is INativePaymaster, IERC5267, SponsorSettings {
    using SponsorQuota for SponsorQuota.Spending;

    /// @notice What {postTransaction} has to know about the payment.
    /// @param start First second of the period to which the fee was charged.
    /// @param token Token with which the sender paid; zero if it did not.
    /// @param received Amount of it that arrived.
    /// @param price Price at which it was taken.
    struct Receipt {
        uint48 start;
        address token;
        uint256 received;
        TokenPrice price;
    }

    /// @dev Gas that {postTransaction} itself takes at most, without and with a token. A plain token takes a sixth of it; what a
    /// dearer one takes on top is for the margin to cover.
    uint256 private constant POST_GAS = 30_000;
    uint256 private constant POST_GAS_WITH_TOKEN = 60_000;

    /// @dev Bytes of pubdata that {postTransaction} adds at most: it rewrites two or, with a token, four slots that validation
    /// has written before.
    uint256 private constant POST_PUBDATA = 2 * 33;
    uint256 private constant POST_PUBDATA_WITH_TOKEN = 4 * 33;

    /// @dev Reverts if the caller is not the bootloader.
    modifier onlyBootloader() {
        if (!SystemContracts.isBootloader(msg.sender)) revert SponsorNotFromBootloader(msg.sender);
        _;
    }

    /// @notice Creates a paymaster that pays for nothing until its owner says for what.
    /// @param owner Its owner.
    constructor(address owner) Ownable(owner) {}

    /// @inheritdoc INativePaymaster
    /// @dev Reverts if the caller is not the bootloader, the paymaster is paused, the input is malformed, the call is not
    /// sponsored, the token is not accepted, or the balance is too low. Anything that depends on the fee or on a signature is
    /// answered with another magic value after all work is done, so that estimates, which are made with the highest gas limit
    /// and without signatures, see the full cost: a missing or wrong signature of the sponsor, a fee above a limit, tokens that
    /// do not arrive in full. The protocol rejects the transaction then and nothing of it remains.
    function validateAndPayForPaymasterTransaction(bytes32, bytes32, Transaction calldata transaction)
        external
        payable
        onlyBootloader
        returns (bytes4 magic, bytes memory context)
    {
        if (_storage().paused) revert SponsorIsPaused();
        if (transaction.factoryDeps.length != 0) revert SponsorBytecodeNotAllowed();
        address from = _toAddress(transaction.from);
        (address token, uint256 highest, bytes calldata inner) = SponsorInput.read(transaction.paymasterInput);
        bool agreed = !_needsSignature(transaction, from) || _isSigned(transaction, token, inner);
        uint256 fee = transaction.maxFeePerGas * transaction.gasLimit;
        Receipt memory receipt = Receipt(_periodStart(), token, 0, TokenPrice(0, 0, 0));
        if (!_charge(from, fee, receipt.start)) agreed = false;
        if (token != address(0) && !_takeTokens(from, fee, highest, receipt)) agreed = false;
        if (!SystemContracts.payBootloader(fee)) revert SponsorPaymentFailed(fee, address(this).balance);
        if (agreed) magic = INativePaymaster.validateAndPayForPaymasterTransaction.selector;
        context = abi.encode(receipt);
    }

    /// @inheritdoc INativePaymaster
    /// @dev Reverts if the caller is not the bootloader. Only lowers what validation charged, whose amounts are right when this is
    /// never called. How the execution ended makes no difference.
    function postTransaction(
        bytes calldata context,
        Transaction calldata transaction,
        bytes32,
        bytes32,
        ExecutionResult,
        uint256 maxRefundedGas
    ) external payable onlyBootloader {
        Receipt memory receipt = abi.decode(context, (Receipt));
        address from = _toAddress(transaction.from);
        uint256 fee = _fee(transaction, maxRefundedGas, receipt.token != address(0));
        uint256 unspent = transaction.maxFeePerGas * transaction.gasLimit - fee;
        SponsorStorage storage $ = _storage();
        $.senders[from].credit(receipt.start, unspent);
        $.total.credit(receipt.start, unspent);
        emit FeeSettled(from, fee, receipt.token, _returnTokens(from, fee, receipt));
    }

    /// @inheritdoc ISponsorPaymaster
    function sponsorshipHash(Sponsorship calldata sponsorship) external view returns (bytes32) {
        return SponsorshipHash.hash(sponsorship);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        (name, version) = (SponsorshipHash.DOMAIN_NAME, SponsorshipHash.DOMAIN_VERSION);
        return (0x0f, name, version, block.chainid, address(this), 0, new uint256[](0));
    }

    /// @dev Charges a fee to the sender's quota and to the budget; returns whether it is within all limits.
    function _charge(address from, uint256 fee, uint48 start) private returns (bool within) {
        SponsorStorage storage $ = _storage();
        SponsorLimits memory highest = $.limits;
        bool senderWithin = $.senders[from].charge(start, fee, highest.senderCount, highest.senderFee);
        bool totalWithin = $.total.charge(start, fee, type(uint256).max, highest.budget);
        return fee <= highest.maxFee && senderWithin && totalWithin;
    }

    /// @dev Takes what the highest fee is worth, as far as the sender agreed to; returns whether enough arrived.
    function _takeTokens(address from, uint256 fee, uint256 highest, Receipt memory receipt)
        private
        returns (bool enough)
    {
        receipt.price = _validPrice(receipt.token);
        uint256 amount = TokenFees.withMargin(receipt.price, fee);
        IERC20 token = IERC20(receipt.token);
        uint256 before = token.balanceOf(address(this));
        enough = SafeERC20.trySafeTransferFrom(token, from, address(this), amount < highest ? amount : highest);
        // Some tokens keep a part of each transfer, so what counts is what arrived.
        receipt.received = token.balanceOf(address(this)) - before;
        return enough && amount <= highest && receipt.received >= TokenFees.worth(receipt.price, fee);
    }

    /// @dev Gives back what was taken above the fee's worth; returns what was kept.
    function _returnTokens(address to, uint256 fee, Receipt memory receipt) private returns (uint256 kept) {
        if (receipt.token == address(0)) return 0;
        kept = TokenFees.withMargin(receipt.price, fee);
        if (kept >= receipt.received) return receipt.received;
        uint256 amount = receipt.received - kept;
        // A token that refuses must not undo the correction of the quotas.
        if (SafeERC20.trySafeTransfer(IERC20(receipt.token), to, amount)) return kept;
        emit TokenRefundFailed(to, receipt.token, amount);
        return receipt.received;
    }

    /// @dev Reverts unless all calls of a transaction are sponsored; returns whether one of them needs the sponsor's signature.
    function _needsSignature(Transaction calldata transaction, address from) private view returns (bool needed) {
        address to = _toAddress(transaction.to);
        bytes calldata data = transaction.data;
        bytes4 selector = bytes4(data);
        if (to != from || !AccountCalls.isBatch(selector)) {
            if (data.length < 4) revert SponsorCallNotAllowed(to, bytes4(0));
            return _callNeedsSignature(from, to, selector, transaction.value);
        }
        Execution[] memory calls = AccountCalls.ofBatch(data);
        if (calls.length == 0) revert SponsorCallNotAllowed(to, selector);
        uint256 total = 0;
        for (uint256 i = 0; i < calls.length; ++i) {
            Execution memory item = calls[i];
            if (item.callData.length < 4) revert SponsorCallNotAllowed(item.target, bytes4(0));
            if (_callNeedsSignature(from, item.target, bytes4(item.callData), item.value)) needed = true;
            total += item.value;
        }
        if (transaction.value != 0 && transaction.value != total) revert SponsorValueNotAllowed(to, transaction.value);
    }

    /// @dev The same for one call. A batch inside a batch is not looked into, so it is never sponsored.
    function _callNeedsSignature(address from, address to, bytes4 selector, uint256 value) private view returns (bool) {
        SponsorStorage storage $ = _storage();
        SponsorTerms memory terms = $.rules[to == from ? SENDER_ITSELF : to][selector];
        if (!terms.allowed && to != from) terms = $.contractRules[to];
        if (!terms.allowed || to == SENDER_ITSELF) revert SponsorCallNotAllowed(to, selector);
        if (value != 0 && !terms.allowsValue) revert SponsorValueNotAllowed(to, value);
        return terms.needsSignature;
    }

    /// @dev Whether the sponsor signed a transaction.
    function _isSigned(Transaction calldata transaction, address token, bytes calldata inner)
        private
        view
        returns (bool)
    {
        (bool ok, uint48 validUntil, bytes calldata signature) = SponsorInput.readSignature(inner);
        Sponsorship memory sponsorship = Sponsorship({
            from: _toAddress(transaction.from),
            to: _toAddress(transaction.to),
            value: transaction.value,
            dataHash: keccak256(transaction.data),
            nonce: transaction.nonce,
            maxFeePerGas: transaction.maxFeePerGas,
            gasLimit: transaction.gasLimit,
            token: token,
            validUntil: validUntil
        });
        address signer = K1Signature.recover(SponsorshipHash.hash(sponsorship), signature);
        return ok && block.timestamp <= validUntil && signer != address(0) && signer == _storage().sponsor;
    }

    /// @dev Fee of a transaction in its end, rounded up: the refund is reduced by what this call itself may take.
    function _fee(Transaction calldata transaction, uint256 maxRefundedGas, bool withToken)
        private
        view
        returns (uint256)
    {
        (uint256 own, uint256 pubdata) =
            withToken ? (POST_GAS_WITH_TOKEN, POST_PUBDATA_WITH_TOKEN) : (POST_GAS, POST_PUBDATA);
        own += pubdata * PubdataPrice.current(transaction.gasPerPubdataByteLimit);
        uint256 refunded = maxRefundedGas > own ? maxRefundedGas - own : 0;
        uint256 used = refunded < transaction.gasLimit ? transaction.gasLimit - refunded : 0;
        uint256 price = tx.gasprice < transaction.maxFeePerGas ? tx.gasprice : transaction.maxFeePerGas;
        return used * price;
    }

    /// @dev Narrows a word to the address it must be.
    function _toAddress(uint256 word) private pure returns (address) {
        if (word >> 160 != 0) revert SponsorInvalidAddress(word);
        return address(uint160(word));
    }
}
