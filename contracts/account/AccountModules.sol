// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {IRootSigner} from "../interfaces/IRootSigner.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {MODULE_TYPE_EXECUTOR, MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {AccountOwners} from "./AccountOwners.sol";

/// @title Modules
/// @notice Validators and executors live in one list, so a module has exactly one type, and whether an address is any module
/// at all is one storage read.
abstract contract AccountModules is IERC7579Account, IModuleDirectory, AccountOwners {
    using AddressList for AddressList.List;

    /// @custom:storage-location erc7201:zksso.account.modules
    struct ModuleStorage {
        AddressList.List modules;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.account.modules")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant MODULE_STORAGE_SLOT = 0xeebf62ff0c33ac11807a836148849e601d8c1f37c545114843f993748df9b900;

    /// @inheritdoc IERC7579Account
    function installModule(uint256 moduleTypeId, address module, bytes calldata initData) external payable onlySelf {
        if (!supportsModule(moduleTypeId)) revert AccountUnsupportedModuleType(moduleTypeId);
        if (!_isOfType(module, moduleTypeId)) revert AccountModuleTypeMismatch(moduleTypeId, module);
        _install(moduleTypeId, module, initData);
    }

    /// @inheritdoc IERC7579Account
    function uninstallModule(uint256 moduleTypeId, address module, bytes calldata deInitData)
        external
        payable
        onlySelf
    {
        if (!_isInstalled(moduleTypeId, module)) revert AccountModuleNotInstalled(moduleTypeId, module);
        _moduleStorage().modules.remove(module);
        emit ModuleUninstalled(moduleTypeId, module);
        IModule(module).onUninstall(deInitData);
        _requireRootSigner();
    }

    /// @inheritdoc IERC7579Account
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata) external view returns (bool) {
        return _isInstalled(moduleTypeId, module);
    }

    /// @inheritdoc IModuleDirectory
    function isModule(address module) external view returns (bool) {
        return _moduleStorage().modules.tagOf(module) != 0;
    }

    /// @inheritdoc IModuleDirectory
    function listModules(uint256 moduleTypeId, address start, uint256 limit)
        external
        view
        returns (address[] memory modules, address next)
    {
        return _moduleStorage().modules.page(moduleTypeId, start, limit);
    }

    /// @inheritdoc IModuleDirectory
    function hasRootSigner() public view returns (bool) {
        if (_hasOwner()) return true;
        AddressList.List storage modules = _moduleStorage().modules;
        bytes memory question = abi.encodeCall(IRootSigner.hasRootSigner, (address(this)));
        address module = modules.next(AddressList.HEAD);
        for (; module != AddressList.HEAD; module = modules.next(module)) {
            if (modules.tagOf(module) == MODULE_TYPE_VALIDATOR && StaticQuery.ask(module, question)) return true;
        }
        return false;
    }

    /// @inheritdoc IERC7579Account
    function supportsModule(uint256 moduleTypeId) public pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR || moduleTypeId == MODULE_TYPE_EXECUTOR;
    }

    /// @dev Installs a module given as `abi.encode(address module, bytes initData)`, as a validator if it is one, else as an
    /// executor.
    function _installEncoded(bytes calldata item) internal {
        (address module, bytes memory initData) = abi.decode(item, (address, bytes));
        uint256 moduleTypeId = MODULE_TYPE_VALIDATOR;
        if (!_isOfType(module, moduleTypeId)) {
            moduleTypeId = MODULE_TYPE_EXECUTOR;
            if (!_isOfType(module, moduleTypeId)) revert AccountModuleTypeMismatch(moduleTypeId, module);
        }
        _install(moduleTypeId, module, initData);
    }

    /// @dev Whether a module is installed as a type. Type zero, the tag of unknown addresses, is nobody's.
    function _isInstalled(uint256 moduleTypeId, address module) internal view returns (bool) {
        return moduleTypeId != 0 && _moduleStorage().modules.tagOf(module) == moduleTypeId;
    }

    /// @dev Whether modules were ever installed.
    function _modulesUsed() internal view returns (bool) {
        return _moduleStorage().modules.isUsed();
    }

    /// @inheritdoc AccountOwners
    function _requireRootSigner() internal view override {
        if (!hasRootSigner()) revert AccountWithoutRootSigner();
    }

    /// @dev Records a module before calling it, so that it finds itself installed and cannot be installed twice.
    function _install(uint256 moduleTypeId, address module, bytes memory initData) private {
        AddressList.List storage modules = _moduleStorage().modules;
        if (modules.tagOf(module) != 0) revert AccountModuleAlreadyInstalled(module);
        modules.insert(module, moduleTypeId);
        emit ModuleInstalled(moduleTypeId, module);
        IModule(module).onInstall(initData);
    }

    /// @dev Whether a contract is a module of a supported type. Validators must offer validation of native transactions.
    function _isOfType(address module, uint256 moduleTypeId) private view returns (bool) {
        if (moduleTypeId == MODULE_TYPE_VALIDATOR) {
            return StaticQuery.supportsInterface(module, type(IModuleValidator).interfaceId)
                && StaticQuery.supportsInterface(module, type(IModule).interfaceId);
        }
        return StaticQuery.ask(module, abi.encodeCall(IERC7579Module.isModuleType, (moduleTypeId)));
    }

    /// @dev The storage of this mixin.
    function _moduleStorage() private pure returns (ModuleStorage storage $) {
        assembly ("memory-safe") {
            $.slot := MODULE_STORAGE_SLOT
        }
    }
}
