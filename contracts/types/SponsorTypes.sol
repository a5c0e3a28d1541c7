// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice On which terms a paymaster sponsors a call.
/// @param allowed Whether it does at all.
/// @param needsSignature Whether the sponsor must have signed the transaction.
/// @param allowsValue Whether base token may be sent along.
struct SponsorTerms {
    bool allowed;
    bool needsSignature;
    bool allowsValue;
}

/// @notice How much a paymaster spends. The highest value of a type means "no limit", zero "nothing".
/// @param maxFee Highest fee of a transaction, `gasLimit * maxFeePerGas`, in wei.
/// @param senderFee Fees of a sender per period, in wei.
/// @param senderCount Transactions of a sender per period.
/// @param period Length of a period, in seconds; not zero.
/// @param budget Fees of all senders together per period, in wei.
struct SponsorLimits {
    uint96 maxFee;
    uint96 senderFee;
    uint32 senderCount;
    uint32 period;
    uint96 budget;
}

/// @notice What a token is worth to a paymaster.
/// @param rate Smallest units of the token for 1e18 wei of fee; zero if the token is not accepted.
/// @param margin Taken on top, in hundredths of a per cent: for the token's own transfer fee, and as a surcharge.
/// @param validUntil Last second in which the rate holds, in Unix time.
struct TokenPrice {
    uint128 rate;
    uint16 margin;
    uint48 validUntil;
}

/// @notice What a sponsor signs, as EIP-712 type `Sponsorship`. A nonce can be used once, so a signature pays once.
/// @param from Sender of the transaction.
/// @param to Target of its call.
/// @param value Base token sent along, in wei.
/// @param dataHash Hash of its calldata; the EIP-712 member is `bytes data`.
/// @param nonce Its nonce.
/// @param maxFeePerGas Highest price of one unit of gas, in wei.
/// @param gasLimit Highest amount of gas.
/// @param token Token with which the sender pays the paymaster; zero if it pays nothing.
/// @param validUntil Last second in which the signature is accepted, in Unix time.
struct Sponsorship {
    address from;
    address to;
    uint256 value;
    bytes32 dataHash;
    uint256 nonce;
    uint256 maxFeePerGas;
    uint256 gasLimit;
    address token;
    uint48 validUntil;
}
