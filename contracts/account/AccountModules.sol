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
import {
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_FALLBACK,
    MODULE_TYPE_HOOK,
    MODULE_TYPE_VALIDATOR
} from "../types/ModuleType.sol";
import {AccountMembers} from "./AccountMembers.sol";
import {AccountOwners} from "./AccountOwners.sol";

/// @title Which modules an account has
abstract contract AccountModules is IERC7579Account, AccountOwners {
    using AddressList for AddressList.List;

    /// @dev Gas that each validator gets to say whether it holds a root signer. A hostile one can waste no more than this.
    uint256 private constant ROOT_QUERY_GAS = 100_000;

    /// @inheritdoc IModuleDirectory
    function isModule(address module) external view returns (bool) {
        return supportsModule(_members().tagOf(module));
    }

    /// @inheritdoc IModuleDirectory
    function listModules(uint256 moduleTypeId, address start, uint256 limit)
        external
        view
        returns (address[] memory modules, address next)
    {
        if (supportsModule(moduleTypeId)) return _members().page(AddressList.Range(moduleTypeId, start, limit));
    }

    /// @inheritdoc IModuleDirectory
    function hasRootSigner() public view returns (bool) {
        AddressList.List storage members = _members();
        if (members.countOf(ROLE_OWNER) != 0) return true;
        bytes memory question = abi.encodeCall(IRootSigner.hasRootSigner, (address(this)));
        for (address member = members.first(); member != AddressList.END;) {
            (uint256 role, address next) = members.entry(member);
            if (role == MODULE_TYPE_VALIDATOR && StaticQuery.askWithin(ROOT_QUERY_GAS, member, question)) return true;
            member = next;
        }
        return false;
    }

    /// @inheritdoc IERC7579Account
    function supportsModule(uint256 moduleTypeId) public pure returns (bool) {
        return moduleTypeId >= MODULE_TYPE_VALIDATOR && moduleTypeId <= MODULE_TYPE_HOOK;
    }

    /// @dev Makes an address a module of a type. A fallback handler may be one already, of other functions.
    function _enlist(uint256 moduleTypeId, address module) internal {
        uint256 role = _members().tagOf(module);
        if (role == 0) _members().insert(module, moduleTypeId);
        else if (role != moduleTypeId || role != MODULE_TYPE_FALLBACK) revert AccountModuleAlreadyInstalled(module);
    }

    /// @dev Type of a new account's module: validator if it is one, else executor.
    function _typeOf(address module) internal view returns (uint256 moduleTypeId) {
        if (_isOfType(module, MODULE_TYPE_VALIDATOR)) return MODULE_TYPE_VALIDATOR;
        _requireType(module, MODULE_TYPE_EXECUTOR);
        return MODULE_TYPE_EXECUTOR;
    }

    /// @dev Reverts unless a contract is a module of a supported type.
    function _requireType(address module, uint256 moduleTypeId) internal view {
        if (!_isOfType(module, moduleTypeId)) revert AccountModuleTypeMismatch(moduleTypeId, module);
    }

    /// @dev Reverts unless a module is installed as a type.
    function _requireInstalled(uint256 moduleTypeId, address module) internal view {
        if (!_isInstalled(moduleTypeId, module)) revert AccountModuleNotInstalled(moduleTypeId, module);
    }

    /// @dev Whether a module is installed as a type.
    function _isInstalled(uint256 moduleTypeId, address module) internal view returns (bool) {
        return supportsModule(moduleTypeId) && _members().tagOf(module) == moduleTypeId;
    }

    /// @inheritdoc AccountMembers
    function _requireRootSigner() internal view override {
        if (!hasRootSigner()) revert AccountWithoutRootSigner();
    }

    /// @dev Whether a contract is a module of a supported type. Validators must offer validation of native transactions.
    function _isOfType(address module, uint256 moduleTypeId) private view returns (bool) {
        if (moduleTypeId == MODULE_TYPE_VALIDATOR) {
            return StaticQuery.supportsInterface(module, type(IModuleValidator).interfaceId)
                && StaticQuery.supportsInterface(module, type(IModule).interfaceId);
        }
        return StaticQuery.ask(module, abi.encodeCall(IERC7579Module.isModuleType, (moduleTypeId)));
    }
}
