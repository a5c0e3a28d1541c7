// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleRemoval} from "../interfaces/IModuleRemoval.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {DirectCall} from "../libraries/DirectCall.sol";
import {MODULE_TYPE_FALLBACK, MODULE_TYPE_HOOK, MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {AccountFallback} from "./AccountFallback.sol";

/// @title Installation and removal of modules
abstract contract AccountInstallation is IModuleRemoval, AccountFallback {
    using AddressList for AddressList.List;
    using CalldataSlice for bytes;

    /// @notice What is known of hooks besides their being installed.
    /// @param removableFrom Since when a hook may be removed by force; zero if that is not scheduled.
    /// @custom:storage-location erc7201:zksso.account.hooks
    struct HookStorage {
        mapping(address hook => uint256 time) removableFrom;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.account.hooks")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant HOOK_STORAGE_SLOT = 0x25dbecb17e281c1fdade107fdaa27dc3c409924538ed4948cc2de7ec2c45f600;

    /// @dev Time between scheduling the removal of a hook and the first moment it can happen.
    uint256 private constant HOOK_REMOVAL_DELAY = 1 days;

    /// @dev Time during which it can happen.
    uint256 private constant HOOK_REMOVAL_WINDOW = 6 days;

    /// @dev Most gas that a module gets to clean up when it is removed by force. A share alone would not do: what a module
    /// writes is paid for at the end of the transaction, and more gas would let a hostile one write more.
    uint256 private constant CLEAN_UP_GAS = 2_000_000;

    /// @inheritdoc IERC7579Account
    function installModule(uint256 moduleTypeId, address module, bytes calldata initData) external payable onlySelf {
        if (!supportsModule(moduleTypeId)) revert AccountUnsupportedModuleType(moduleTypeId);
        _requireType(module, moduleTypeId);
        bytes calldata data = initData;
        if (moduleTypeId == MODULE_TYPE_FALLBACK) data = _addFunction(module, initData);
        _install(moduleTypeId, module, data);
    }

    /// @inheritdoc IERC7579Account
    function uninstallModule(uint256 moduleTypeId, address module, bytes calldata deInitData)
        external
        payable
        onlySelf
    {
        DirectCall.invoke(module, _delist(moduleTypeId, module, deInitData));
        if (moduleTypeId == MODULE_TYPE_VALIDATOR) _requireRootSigner();
    }

    /// @inheritdoc IModuleRemoval
    function forceUninstallModule(uint256 moduleTypeId, address module, bytes calldata deInitData)
        external
        payable
        onlySelf
    {
        _forceUninstall(moduleTypeId, module, deInitData);
        if (moduleTypeId == MODULE_TYPE_VALIDATOR) _requireRootSigner();
    }

    /// @inheritdoc IModuleRemoval
    function scheduleHookRemoval(address hook) external onlySelf {
        _requireInstalled(MODULE_TYPE_HOOK, hook);
        (uint256 from, uint256 until) = hookRemovalWindow(hook);
        if (block.timestamp < until) revert AccountHookRemovalPending(hook, from);
        _hookStorage().removableFrom[hook] = block.timestamp + HOOK_REMOVAL_DELAY;
        (from, until) = hookRemovalWindow(hook);
        emit HookRemovalScheduled(hook, from, until);
    }

    /// @inheritdoc IModuleRemoval
    function removeScheduledHook(address hook) external onlySelf {
        (uint256 from, uint256 until) = hookRemovalWindow(hook);
        if (block.timestamp < from || block.timestamp >= until) revert AccountHookRemovalNotDue(hook, from);
        emit ScheduledHookRemoved(hook);
        _forceUninstall(MODULE_TYPE_HOOK, hook, msg.data[:0]);
    }

    /// @inheritdoc IERC7579Account
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata additionalContext)
        external
        view
        returns (bool)
    {
        if (!_isInstalled(moduleTypeId, module)) return false;
        if (moduleTypeId != MODULE_TYPE_FALLBACK || additionalContext.length < 4) return true;
        return _answers(module, bytes4(bytes32(additionalContext.word(0))));
    }

    /// @inheritdoc IModuleRemoval
    function hookRemovalWindow(address hook) public view returns (uint256 from, uint256 until) {
        from = _hookStorage().removableFrom[hook];
        if (from != 0) until = from + HOOK_REMOVAL_WINDOW;
    }

    /// @dev Installs a module given as `abi.encode(address module, bytes initData)`, as a validator if it is one, else as an
    /// executor.
    function _installEncoded(bytes calldata item) internal {
        (address module, bytes memory initData) = abi.decode(item, (address, bytes));
        _install(_typeOf(module), module, initData);
    }

    /// @dev Whether a call of the account to itself must not be hindered by hooks.
    function _isHookEscape(bytes calldata data) internal pure returns (bool) {
        if (data.length < 4) return false;
        bytes4 selector = bytes4(bytes32(data.word(0)));
        return selector == IModuleRemoval.scheduleHookRemoval.selector
            || selector == IModuleRemoval.removeScheduledHook.selector;
    }

    /// @dev Records a module before calling it, so that it finds itself installed and cannot be installed twice.
    function _install(uint256 moduleTypeId, address module, bytes memory initData) private {
        _enlist(moduleTypeId, module);
        emit ModuleInstalled(moduleTypeId, module);
        DirectCall.invoke(module, abi.encodeCall(IModule.onInstall, (initData)));
    }

    /// @dev Removes a module whatever it does about it.
    function _forceUninstall(uint256 moduleTypeId, address module, bytes calldata deInitData) private {
        bool cleanedUp = DirectCall.attempt(module, _delist(moduleTypeId, module, deInitData), CLEAN_UP_GAS);
        emit ModuleForceUninstalled(moduleTypeId, module, cleanedUp);
    }

    /// @dev Forgets a module, or one function of a fallback handler. Returns the call that tells the module, to be made
    /// afterwards.
    function _delist(uint256 moduleTypeId, address module, bytes calldata deInitData) private returns (bytes memory) {
        _requireInstalled(moduleTypeId, module);
        bytes calldata data = deInitData;
        bool isLast = true;
        if (moduleTypeId == MODULE_TYPE_FALLBACK) (data, isLast) = _removeFunction(module, deInitData);
        if (moduleTypeId == MODULE_TYPE_HOOK) delete _hookStorage().removableFrom[module];
        if (isLast) _members().remove(module);
        emit ModuleUninstalled(moduleTypeId, module);
        return abi.encodeCall(IModule.onUninstall, (data));
    }

    /// @dev The storage of this mixin.
    function _hookStorage() private pure returns (HookStorage storage $) {
        assembly ("memory-safe") {
            $.slot := HOOK_STORAGE_SLOT
        }
    }
}
