// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SponsorLimits, SponsorTerms, Sponsorship, TokenPrice} from "../types/SponsorTypes.sol";

/// @title Sponsor of account creation, sessions and recovery
/// @notice Pays for transactions that call what the owner has listed, within limits, for free or for a token.
/// @dev The paymaster input is one of
/// - `general(bytes innerInput)`: the sender pays nothing;
/// - `approvalBased(address token, uint256 minAllowance, bytes innerInput)`: the sender pays in a token, never more than
///   `minAllowance`.
/// The inner input is `abi.encode(uint48 validUntil, bytes signature)` where the terms ask for a signature of the sponsor, and
/// otherwise not looked at.
///
/// What is listed is what a transaction says it does. A sender that is a contract of its own making may ignore that in its
/// execution, and new senders cost nothing, so neither the list nor the quotas of senders bound the loss: the limit per
/// transaction, the budget and the sponsor's signature do.
interface ISponsorPaymaster {
    /// @notice The terms of a function changed.
    /// @param target The contract; zero for the sending account itself.
    /// @param selector The function.
    /// @param terms The terms.
    event RuleChanged(address indexed target, bytes4 indexed selector, SponsorTerms terms);

    /// @notice The terms of all functions of a contract without terms of their own changed.
    /// @param target The contract.
    /// @param terms The terms.
    event ContractRuleChanged(address indexed target, SponsorTerms terms);

    /// @notice The limits changed.
    /// @param limits The limits.
    event LimitsChanged(SponsorLimits limits);

    /// @notice The price of a token changed.
    /// @param token The token.
    /// @param price The price.
    event TokenPriceChanged(address indexed token, TokenPrice price);

    /// @notice The key that signs sponsorships changed.
    /// @param sponsor Its address.
    event SponsorChanged(address indexed sponsor);

    /// @notice The paymaster was paused or resumed.
    /// @param paused Whether it is paused.
    event PausedChanged(bool paused);

    /// @notice A transaction was paid for. Not emitted if it left no gas to do so.
    /// @param sender Its sender.
    /// @param fee The fee, in wei; slightly above what it really was.
    /// @param token Token with which the sender paid; zero if it did not.
    /// @param amount What it paid of the token.
    event FeeSettled(address indexed sender, uint256 fee, address indexed token, uint256 amount);

    /// @notice A sender could not be given back what it had paid too much, because its token refused the transfer.
    /// @param sender The sender.
    /// @param token The token.
    /// @param amount The amount.
    event TokenRefundFailed(address indexed sender, address indexed token, uint256 amount);

    /// @notice Funds were withdrawn.
    /// @param token The token; zero for the base token.
    /// @param receiver Who got them.
    /// @param amount The amount.
    event Withdrawn(address indexed token, address indexed receiver, uint256 amount);

    /// @notice The caller is not the bootloader.
    /// @param caller Who called.
    error SponsorNotFromBootloader(address caller);

    /// @notice The paymaster is paused.
    error SponsorIsPaused();

    /// @notice The owner has not set limits yet.
    error SponsorLimitsNotSet();

    /// @notice The period is zero.
    error SponsorZeroPeriod();

    /// @notice There can be no such rule: one for batches, which are taken apart, or for all functions of any account.
    /// @param target The target.
    /// @param selector The selector.
    error SponsorInvalidRule(address target, bytes4 selector);

    /// @notice The margin is above one hundred per cent.
    /// @param margin The margin.
    error SponsorInvalidMargin(uint16 margin);

    /// @notice A word that should be an address has bits above the lowest 160.
    /// @param word The word.
    error SponsorInvalidAddress(uint256 word);

    /// @notice The paymaster input names no known flow, or is not encoded as its flow demands.
    /// @param paymasterInput The input.
    error SponsorInvalidPaymasterInput(bytes paymasterInput);

    /// @notice The call is not sponsored.
    /// @param target Its target.
    /// @param selector Its selector; zero if it has none.
    error SponsorCallNotAllowed(address target, bytes4 selector);

    /// @notice The call is not sponsored when base token is sent along.
    /// @param target Its target.
    /// @param value The value, in wei.
    error SponsorValueNotAllowed(address target, uint256 value);

    /// @notice Transactions that publish bytecode are not sponsored.
    error SponsorBytecodeNotAllowed();

    /// @notice The token is not accepted, or not at present.
    /// @param token The token.
    error SponsorTokenNotAccepted(address token);

    /// @notice The fee could not be paid.
    /// @param fee The fee, in wei.
    /// @param available Balance of the paymaster, in wei.
    error SponsorPaymentFailed(uint256 fee, uint256 available);

    /// @notice Somebody has to own the paymaster, or nobody could withdraw.
    error SponsorOwnerRequired();

    /// @notice The receiver is zero.
    error SponsorZeroReceiver();

    /// @notice A withdrawal failed.
    /// @param token The token; zero for the base token.
    /// @param receiver The receiver.
    /// @param amount The amount.
    error SponsorWithdrawalFailed(address token, address receiver, uint256 amount);

    /// @notice Sets the terms of a function.
    /// @dev Reverts if the caller is not the owner, or for batches of an account. Never list a function that calls what its
    /// caller chooses: it would sponsor everything.
    /// @param target The contract; zero for functions that accounts call on themselves.
    /// @param selector The function.
    /// @param terms The terms.
    function setRule(address target, bytes4 selector, SponsorTerms calldata terms) external;

    /// @notice Sets the terms of all functions of a contract that have no terms of their own.
    /// @dev Reverts if the caller is not the owner, or the target is zero.
    /// @param target The contract.
    /// @param terms The terms.
    function setContractRule(address target, SponsorTerms calldata terms) external;

    /// @notice Sets the limits.
    /// @dev Reverts if the caller is not the owner, or the period is zero.
    /// @param newLimits The limits.
    function setLimits(SponsorLimits calldata newLimits) external;

    /// @notice Sets what a token is worth.
    /// @dev Reverts if the caller is not the owner, or the margin is above one hundred per cent. Only tokens whose transfers
    /// run no code of their sender or receiver should be accepted.
    /// @param token The token.
    /// @param price The price.
    function setTokenPrice(address token, TokenPrice calldata price) external;

    /// @notice Sets the key that signs sponsorships.
    /// @dev Reverts if the caller is not the owner.
    /// @param newSponsor Its address; zero for none, so that nothing that needs a signature is sponsored.
    function setSponsor(address newSponsor) external;

    /// @notice Stops paying for transactions, or resumes.
    /// @dev Reverts if the caller is not the owner.
    /// @param value Whether to stop.
    function setPaused(bool value) external;

    /// @notice Withdraws base token.
    /// @dev Reverts if the caller is not the owner, the receiver is zero, or the transfer fails.
    /// @param receiver Who gets it.
    /// @param amount How much, in wei.
    function withdraw(address receiver, uint256 amount) external;

    /// @notice Withdraws a token.
    /// @dev Reverts if the caller is not the owner, the receiver is zero, or the transfer fails.
    /// @param token The token.
    /// @param receiver Who gets it.
    /// @param amount How much.
    function withdrawToken(address token, address receiver, uint256 amount) external;

    /// @notice Terms of a function, leaving aside those of the whole contract.
    /// @param target The contract; zero for functions that accounts call on themselves.
    /// @param selector The function.
    /// @return The terms.
    function rule(address target, bytes4 selector) external view returns (SponsorTerms memory);

    /// @notice Terms of all functions of a contract that have no terms of their own.
    /// @param target The contract.
    /// @return The terms.
    function contractRule(address target) external view returns (SponsorTerms memory);

    /// @notice The limits.
    /// @return The limits.
    function limits() external view returns (SponsorLimits memory);

    /// @notice What a token is worth.
    /// @param token The token.
    /// @return The price.
    function tokenPrice(address token) external view returns (TokenPrice memory);

    /// @notice Key that signs sponsorships.
    /// @return Its address.
    function sponsor() external view returns (address);

    /// @notice Whether the paymaster is paused.
    /// @return True if it is.
    function paused() external view returns (bool);

    /// @notice What a sender has used up in the current period.
    /// @param sender The sender.
    /// @return count Its transactions.
    /// @return fee Their fees, in wei.
    function senderSpending(address sender) external view returns (uint256 count, uint256 fee);

    /// @notice What all senders have used up in the current period.
    /// @return count Their transactions.
    /// @return fee Their fees, in wei.
    function totalSpending() external view returns (uint256 count, uint256 fee);

    /// @notice What is taken of a token for a fee, before anything is given back.
    /// @dev Reverts if the token is not accepted. What `minAllowance` has to be at least.
    /// @param token The token.
    /// @param fee The fee, in wei.
    /// @return The amount.
    function tokensFor(address token, uint256 fee) external view returns (uint256);

    /// @notice EIP-712 hash that the sponsor signs.
    /// @param sponsorship What is sponsored.
    /// @return The hash.
    function sponsorshipHash(Sponsorship calldata sponsorship) external view returns (bytes32);
}
