// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IHook} from "../interfaces/IHook.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {DirectCall} from "../libraries/DirectCall.sol";
import {MODULE_TYPE_HOOK} from "../types/ModuleType.sol";
import {AccountModules} from "./AccountModules.sol";

/// @title Hooks around what an account does
/// @dev Each entry point keeps the hooks that it asked in its own memory. Nothing is left in storage between the two checks
/// that a nested call could use or disturb.
abstract contract AccountHooks is AccountModules {
    using AddressList for AddressList.List;

    /// @dev Asks all hooks, newest first. The list is taken before the first of them can change anything.
    /// @return hooks Those asked.
    /// @return answers What each returned: the encoded `hookData`.
    function _preCheck() internal returns (address[] memory hooks, bytes[] memory answers) {
        uint256 count = _members().countOf(MODULE_TYPE_HOOK);
        if (count == 0) return (hooks, answers);
        (hooks,) = _members().page(AddressList.Range(MODULE_TYPE_HOOK, AddressList.END, count));
        answers = new bytes[](count);
        bytes memory question = abi.encodeCall(IHook.preCheck, (msg.sender, msg.value, msg.data));
        for (uint256 i = 0; i < count; ++i) {
            answers[i] = DirectCall.invoke(hooks[i], question);
        }
    }

    /// @dev Tells the hooks that were asked, in reverse order. One that has been uninstalled meanwhile is not told, lest it
    /// undo its removal by reverting. Arguments are encoded like return values, so an answer goes back as it came.
    function _postCheck(address[] memory hooks, bytes[] memory answers) internal {
        for (uint256 i = hooks.length; i != 0;) {
            --i;
            if (!_isInstalled(MODULE_TYPE_HOOK, hooks[i])) continue;
            DirectCall.invoke(hooks[i], bytes.concat(IHook.postCheck.selector, answers[i]));
        }
    }
}
