// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ISponsorPaymaster} from "../interfaces/ISponsorPaymaster.sol";
import {AccountCalls} from "../libraries/AccountCalls.sol";
import {SponsorQuota} from "../libraries/SponsorQuota.sol";
import {TokenFees} from "../libraries/TokenFees.sol";
import {SponsorLimits, SponsorTerms, TokenPrice} from "../types/SponsorTypes.sol";

/// @title Settings and funds of the sponsor
/// @notice Everything that is up to the owner.
abstract contract SponsorSettings is ISponsorPaymaster, Ownable2Step {
    using SponsorQuota for SponsorQuota.Spending;

    /// @custom:storage-location erc7201:zksso.paymaster.sponsor
    /// @param sponsor Key that signs sponsorships.
    /// @param paused Whether nothing is paid for.
    /// @param limits The limits.
    /// @param total What all senders have used up.
    /// @param senders What each sender has used up.
    /// @param rules Terms of functions.
    /// @param contractRules Terms of all functions of a contract that have none of their own.
    /// @param prices Prices of tokens.
    struct SponsorStorage {
        address sponsor;
        bool paused;
        SponsorLimits limits;
        SponsorQuota.Spending total;
        mapping(address sender => SponsorQuota.Spending) senders;
        mapping(address target => mapping(bytes4 selector => SponsorTerms)) rules;
        mapping(address target => SponsorTerms) contractRules;
        mapping(address token => TokenPrice) prices;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.paymaster.sponsor")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant SPONSOR_STORAGE_SLOT = 0xb4be3e725147ef4193b137eec29f0c96bd5b73fdbe42615dbae14c14d570ee00;

    /// @dev Stands for the sending account in rules, for functions that accounts call on themselves.
    address internal constant SENDER_ITSELF = address(0);

    /// @notice Accepts base token to pay with.
    receive() external payable {}

    /// @inheritdoc ISponsorPaymaster
    function setRule(address target, bytes4 selector, SponsorTerms calldata terms) external onlyOwner {
        if (target == SENDER_ITSELF && AccountCalls.isBatch(selector)) revert SponsorInvalidRule(target, selector);
        _storage().rules[target][selector] = terms;
        emit RuleChanged(target, selector, terms);
    }

    /// @inheritdoc ISponsorPaymaster
    function setContractRule(address target, SponsorTerms calldata terms) external onlyOwner {
        if (target == SENDER_ITSELF) revert SponsorInvalidRule(target, bytes4(0));
        _storage().contractRules[target] = terms;
        emit ContractRuleChanged(target, terms);
    }

    /// @inheritdoc ISponsorPaymaster
    function setLimits(SponsorLimits calldata newLimits) external onlyOwner {
        if (newLimits.period == 0) revert SponsorZeroPeriod();
        _storage().limits = newLimits;
        emit LimitsChanged(newLimits);
    }

    /// @inheritdoc ISponsorPaymaster
    function setTokenPrice(address token, TokenPrice calldata price) external onlyOwner {
        if (price.margin > TokenFees.FULL_MARGIN) revert SponsorInvalidMargin(price.margin);
        _storage().prices[token] = price;
        emit TokenPriceChanged(token, price);
    }

    /// @inheritdoc ISponsorPaymaster
    function setSponsor(address newSponsor) external onlyOwner {
        _storage().sponsor = newSponsor;
        emit SponsorChanged(newSponsor);
    }

    /// @inheritdoc ISponsorPaymaster
    function setPaused(bool value) external onlyOwner {
        _storage().paused = value;
        emit PausedChanged(value);
    }

    /// @inheritdoc ISponsorPaymaster
    function withdraw(address receiver, uint256 amount) external onlyOwner {
        if (receiver == address(0)) revert SponsorZeroReceiver();
        (bool success,) = receiver.call{value: amount}("");
        if (!success) revert SponsorWithdrawalFailed(address(0), receiver, amount);
        emit Withdrawn(address(0), receiver, amount);
    }

    /// @inheritdoc ISponsorPaymaster
    function withdrawToken(address token, address receiver, uint256 amount) external onlyOwner {
        if (receiver == address(0)) revert SponsorZeroReceiver();
        if (!SafeERC20.trySafeTransfer(IERC20(token), receiver, amount)) {
            revert SponsorWithdrawalFailed(token, receiver, amount);
        }
        emit Withdrawn(token, receiver, amount);
    }

    /// @inheritdoc ISponsorPaymaster
    function rule(address target, bytes4 selector) external view returns (SponsorTerms memory) {
        return _storage().rules[target][selector];
    }

    /// @inheritdoc ISponsorPaymaster
    function contractRule(address target) external view returns (SponsorTerms memory) {
        return _storage().contractRules[target];
    }

    /// @inheritdoc ISponsorPaymaster
    function limits() external view returns (SponsorLimits memory) {
        return _storage().limits;
    }

    /// @inheritdoc ISponsorPaymaster
    function tokenPrice(address token) external view returns (TokenPrice memory) {
        return _storage().prices[token];
    }

    /// @inheritdoc ISponsorPaymaster
    function sponsor() external view returns (address) {
        return _storage().sponsor;
    }

    /// @inheritdoc ISponsorPaymaster
    function paused() external view returns (bool) {
        return _storage().paused;
    }

    /// @inheritdoc ISponsorPaymaster
    function senderSpending(address sender) external view returns (uint256 count, uint256 fee) {
        return _storage().senders[sender].usedIn(_periodStart());
    }

    /// @inheritdoc ISponsorPaymaster
    function totalSpending() external view returns (uint256 count, uint256 fee) {
        return _storage().total.usedIn(_periodStart());
    }

    /// @inheritdoc ISponsorPaymaster
    function tokensFor(address token, uint256 fee) external view returns (uint256) {
        return TokenFees.withMargin(_validPrice(token), fee);
    }

    /// @inheritdoc Ownable
    /// @dev Reverts: somebody has to be able to withdraw.
    function renounceOwnership() public view override onlyOwner {
        revert SponsorOwnerRequired();
    }

    /// @dev First second of the current period.
    function _periodStart() internal view returns (uint48) {
        uint256 period = _storage().limits.period;
        if (period == 0) revert SponsorLimitsNotSet();
        return SponsorQuota.currentStart(period);
    }

    /// @dev Price of a token that is accepted now.
    function _validPrice(address token) internal view returns (TokenPrice memory price) {
        price = _storage().prices[token];
        if (!TokenFees.isValid(price)) revert SponsorTokenNotAccepted(token);
    }

    /// @dev The storage of this contract.
    function _storage() internal pure returns (SponsorStorage storage $) {
        assembly ("memory-safe") {
            $.slot := SPONSOR_STORAGE_SLOT
        }
    }
}
