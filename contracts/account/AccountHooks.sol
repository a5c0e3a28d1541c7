// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IHook} from "../interfaces/IHook.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {ModuleCall} from "../libraries/ModuleCall.sol";
import {MODULE_TYPE_HOOK} from "../types/ModuleType.sol";
import {AccountModules} from "./AccountModules.sol";

/// @title Hooks around what an account does
/// @dev Each entry point keeps the hooks that it asked in its own memory. Nothing is left in storage between the two checks
/// that a nested call could use or disturb.
abstract contract AccountHooks is AccountModules {
    using AddressList for AddressList.List;

    /// @notice Hooks that were asked and are still to be told.
    /// @param hooks The hooks.
    /// @param answers What each returned: the encoded `hookData`.
    struct Asked {
        address[] hooks;
        bytes[] answers;
    }

    /// @dev Asks all hooks, newest first. The list is taken before the first of them can change anything.
    function _preCheck() internal returns (Asked memory asked) {
        uint256 count = _members().countOf(MODULE_TYPE_HOOK);
        if (count == 0) return asked;
        (asked.hooks,) = _members().page(AddressList.Range(MODULE_TYPE_HOOK, AddressList.END, count));
        asked.answers = new bytes[](count);
        bytes memory question = abi.encodeCall(IHook.preCheck, (msg.sender, msg.value, msg.data));
        for (uint256 i = 0; i < count; ++i) {
            asked.answers[i] = ModuleCall.invoke(asked.hooks[i], question);
        }
    }

    /// @dev Tells the hooks that were asked, in reverse order. One that has been uninstalled meanwhile is not told, lest it
    /// undo its removal by reverting. Arguments are encoded like return values, so an answer goes back as it came.
    function _postCheck(Asked memory asked) internal {
        for (uint256 i = asked.hooks.length; i != 0;) {
            --i;
            if (!_isInstalled(MODULE_TYPE_HOOK, asked.hooks[i])) continue;
            ModuleCall.invoke(asked.hooks[i], bytes.concat(IHook.postCheck.selector, asked.answers[i]));
        }
    }
}
