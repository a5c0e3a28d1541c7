// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IModule} from "../interfaces/IModule.sol";
import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {DirectCall} from "../libraries/DirectCall.sol";
import {MODULE_TYPE_FALLBACK} from "../types/ModuleType.sol";
import {AccountHooks} from "./AccountHooks.sol";

/// @title Functions that fallback handlers add to an account
abstract contract AccountFallback is AccountHooks {
    using CalldataSlice for bytes;

    /// @notice Fallback handlers.
    /// @param handlers Who answers a function, `callType << 160 | handler`; zero for nobody.
    /// @param counts Number of functions that a handler answers.
    /// @custom:storage-location erc7201:zksso.account.handlers
    struct HandlerStorage {
        mapping(bytes4 selector => uint256 handler) handlers;
        mapping(address handler => uint256 count) counts;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.account.handlers")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant HANDLER_STORAGE_SLOT = 0xb195a84aa9c992f217a43b59a4cc862985b6e3ededc379dcb68912021a414800;

    /// @dev Call type of handlers that may write.
    uint256 private constant CALL_TYPE_CALL = 0x00;

    /// @dev Call type of handlers that only read.
    uint256 private constant CALL_TYPE_STATIC = 0xfe;

    /// @notice Lets the handler of a function answer, which finds the caller's address in the last 20 bytes of its calldata.
    /// @dev Accepts no value: it could not be passed on, and whoever sends it expects the function to know of it. Reverts with
    /// {AccountUnknownFunction} if there is no handler, with the handler's error if it reverts, and with a hook's error if one
    /// refuses. Handlers that only read are not watched by hooks.
    /// @param data The calldata.
    /// @return result What the handler returned.
    fallback(bytes calldata data) external returns (bytes memory result) {
        uint256 handler = _handlerStorage().handlers[msg.sig];
        if (handler == 0 || data.length < 4) revert AccountUnknownFunction(msg.sig);
        address module = address(uint160(handler));
        bytes memory forwarded = abi.encodePacked(data, msg.sender);
        if (handler >> 160 == CALL_TYPE_STATIC) return DirectCall.query(module, forwarded);
        (address[] memory hooks, bytes[] memory answers) = _preCheck();
        result = DirectCall.invoke(module, forwarded);
        _postCheck(hooks, answers);
    }

    /// @dev Lets a handler answer a function, as `selector ‖ callType ‖ data for the handler` says.
    function _addFunction(address module, bytes calldata initData) internal returns (bytes calldata) {
        if (initData.length < 5) revert AccountInvalidHandlerData();
        bytes4 selector = bytes4(bytes32(initData.word(0)));
        uint256 callType = initData.word(4) >> 248;
        if (callType != CALL_TYPE_CALL && callType != CALL_TYPE_STATIC) revert AccountUnsupportedCallType(callType);
        HandlerStorage storage $ = _handlerStorage();
        if ($.handlers[selector] != 0 || !_isFree(selector)) revert AccountFunctionTaken(selector);
        $.handlers[selector] = callType << 160 | uint160(module);
        // No overflow: there are 2^32 functions.
        unchecked {
            ++$.counts[module];
        }
        return initData[5:];
    }

    /// @dev Takes a function, named by the first four bytes of the data, away from its handler. Returns the data for the
    /// handler and whether this was its last function.
    function _removeFunction(address module, bytes calldata deInitData) internal returns (bytes calldata, bool isLast) {
        if (deInitData.length < 4) revert AccountInvalidHandlerData();
        bytes4 selector = bytes4(bytes32(deInitData.word(0)));
        if (!_answers(module, selector)) revert AccountModuleNotInstalled(MODULE_TYPE_FALLBACK, module);
        HandlerStorage storage $ = _handlerStorage();
        delete $.handlers[selector];
        // No underflow: the function was counted.
        unchecked {
            isLast = --$.counts[module] == 0;
        }
        return (deInitData[4:], isLast);
    }

    /// @dev Whether a handler answers a function.
    function _answers(address module, bytes4 selector) internal view returns (bool) {
        return address(uint160(_handlerStorage().handlers[selector])) == module;
    }

    /// @dev Whether a function may be given to a handler. The account's own functions are found first, so a handler would never
    /// be asked; and with the two of {IModule}, anybody could make the account uninstall itself from its handler.
    function _isFree(bytes4 selector) private view returns (bool) {
        if (selector == 0 || selector == IModule.onInstall.selector || selector == IModule.onUninstall.selector) {
            return false;
        }
        // Only what ends in the fallback function answers like this.
        (, bytes memory answer) = address(this).staticcall(abi.encodePacked(selector));
        return bytes32(answer) == bytes32(abi.encodePacked(AccountUnknownFunction.selector, selector));
    }

    /// @dev The storage of this mixin.
    function _handlerStorage() private pure returns (HandlerStorage storage $) {
        assembly ("memory-safe") {
            $.slot := HANDLER_STORAGE_SLOT
        }
    }
}
