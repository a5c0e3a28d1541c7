// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISponsorPaymaster} from "../interfaces/ISponsorPaymaster.sol";
import {CalldataSlice} from "./CalldataSlice.sol";
import {PaymasterInput} from "./PaymasterInput.sol";

/// @title Paymaster input as the sponsor reads it
library SponsorInput {
    using CalldataSlice for bytes;

    /// @dev Length of the static part of each flow, selector included, and where the offset of the inner input is.
    uint256 private constant GENERAL_LENGTH = 36;
    uint256 private constant GENERAL_INNER = 0;
    uint256 private constant APPROVAL_LENGTH = 100;
    uint256 private constant APPROVAL_INNER = 64;

    /// @notice Reads the input of either flow.
    /// @dev Reverts if the input is of neither flow or malformed.
    /// @param input The input.
    /// @return token Token that pays; zero for the general flow.
    /// @return highest Highest amount of it that the sender agreed to.
    /// @return inner The inner input.
    function read(bytes calldata input) internal pure returns (address token, uint256 highest, bytes calldata inner) {
        if (PaymasterInput.isGeneral(input)) return (address(0), 0, _inner(input, GENERAL_LENGTH, GENERAL_INNER));
        if (!PaymasterInput.isApprovalBased(input)) revert ISponsorPaymaster.SponsorInvalidPaymasterInput(input);
        inner = _inner(input, APPROVAL_LENGTH, APPROVAL_INNER);
        uint256 word;
        (word, highest) = PaymasterInput.approval(input);
        if (word >> 160 != 0) revert ISponsorPaymaster.SponsorInvalidAddress(word);
        // Zero means the general flow from here on.
        if (word == 0) revert ISponsorPaymaster.SponsorTokenNotAccepted(address(0));
        token = address(uint160(word));
    }

    /// @notice Reads `abi.encode(uint48 validUntil, bytes signature)`.
    /// @param inner The inner input.
    /// @return ok Whether it is such an encoding.
    /// @return validUntil Last second in which the signature is accepted.
    /// @return signature The signature.
    function readSignature(bytes calldata inner)
        internal
        pure
        returns (bool ok, uint48 validUntil, bytes calldata signature)
    {
        signature = inner[:0];
        if (inner.length < 96) return (false, 0, signature);
        uint256 word = inner.word(0);
        (ok, signature) = inner.tryBytes(inner.word(32));
        return (ok && word >> 48 == 0, uint48(word), signature);
    }

    /// @dev Inner input, whose offset is at a position behind the selector.
    function _inner(bytes calldata input, uint256 length, uint256 position)
        private
        pure
        returns (bytes calldata inner)
    {
        bool ok = input.length >= length;
        inner = input[:0];
        if (ok) {
            bytes calldata arguments = input[4:];
            (ok, inner) = arguments.tryBytes(arguments.word(position));
        }
        if (!ok) revert ISponsorPaymaster.SponsorInvalidPaymasterInput(input);
    }
}
