// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IPaymasterFlow} from "@matterlabs/zksync-contracts/contracts/system-contracts/interfaces/IPaymasterFlow.sol";

import {CalldataSlice} from "./CalldataSlice.sol";

/// @title Inputs of the two paymaster flows
library PaymasterInput {
    using CalldataSlice for bytes;

    /// @dev Selector, token and lowest allowance.
    uint256 private constant APPROVAL_LENGTH = 68;

    /// @notice Whether an input is of the general flow, which asks nothing of the account.
    /// @param input The input.
    /// @return True if it is.
    function isGeneral(bytes calldata input) internal pure returns (bool) {
        return input.length >= 4 && bytes4(input) == IPaymasterFlow.general.selector;
    }

    /// @notice Whether an input is of the approval-based flow, complete or not.
    /// @param input The input.
    /// @return True if it is.
    function isApprovalBased(bytes calldata input) internal pure returns (bool) {
        return input.length >= 4 && bytes4(input) == IPaymasterFlow.approvalBased.selector;
    }

    /// @notice Whether an approval-based input has its fixed part.
    /// @param input The input.
    /// @return True if it has.
    function isComplete(bytes calldata input) internal pure returns (bool) {
        return input.length >= APPROVAL_LENGTH;
    }

    /// @notice Fixed part of a complete approval-based input.
    /// @param input The input.
    /// @return token Token that pays, as a whole word.
    /// @return minAllowance Allowance the paymaster asks for.
    function approval(bytes calldata input) internal pure returns (uint256 token, uint256 minAllowance) {
        return (input.word(4), input.word(36));
    }
}
