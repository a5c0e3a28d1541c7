// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {CalldataSlice} from "./CalldataSlice.sol";

/// @title What a call of an ERC-20 token may let out of the calling account
/// @notice An approval counts as if its amount had left: whoever is approved may take it at any time.
library TokenOutflow {
    using CalldataSlice for bytes;

    /// @dev `increaseAllowance(address,uint256)`.
    bytes4 private constant INCREASE_ALLOWANCE = 0x39509351;

    /// @dev `decreaseAllowance(address,uint256)`.
    bytes4 private constant DECREASE_ALLOWANCE = 0xa457c2d7;

    /// @dev Lengths of calldata with two and with three arguments.
    uint256 private constant TWO_ARGUMENTS = 68;
    uint256 private constant THREE_ARGUMENTS = 100;

    /// @notice Whether the outflow of a function is known. Functions that it is not known of must not be callable.
    /// @param selector The function.
    /// @return True if it is.
    function isKnown(bytes4 selector) internal pure returns (bool) {
        return _isAmountSecond(selector) || selector == IERC20.transferFrom.selector || selector == DECREASE_ALLOWANCE;
    }

    /// @notice Amount that a call of a known function may let out. Too short calldata, which tokens refuse, let out
    /// everything.
    /// @param data The calldata; at least a selector.
    /// @param account The account that calls.
    /// @return Amount, in the token's smallest unit.
    function amountOf(bytes calldata data, address account) internal pure returns (uint256) {
        bytes4 selector = bytes4(data);
        if (_isAmountSecond(selector)) return data.length < TWO_ARGUMENTS ? type(uint256).max : data.word(36);
        if (selector == DECREASE_ALLOWANCE) return 0;
        if (data.length < THREE_ARGUMENTS) return type(uint256).max;
        // Tokens ignore or refuse dirty upper bits of an address; either way the account may be meant.
        return uint160(data.word(4)) == uint160(account) ? data.word(68) : 0;
    }

    /// @dev Whether the amount is the function's second argument.
    function _isAmountSecond(bytes4 selector) private pure returns (bool) {
        return
            selector == IERC20.transfer.selector || selector == IERC20.approve.selector
                || selector == INCREASE_ALLOWANCE;
    }
}
