// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7484} from "../interfaces/IERC7484.sol";
import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IHook} from "../interfaces/IHook.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {IRegistryHook} from "../interfaces/IRegistryHook.sol";
import {MODULE_TYPE_EXECUTOR, MODULE_TYPE_HOOK, MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";

/// @title Registry hook
/// @notice Lets an account have only modules that an ERC-7484 registry vouches for.
/// @dev The caller is always the account whose policy applies.
contract RegistryHook is IModule, IERC7579Module, IHook, IRegistryHook, IERC165 {
    /// @custom:storage-location erc7201:zksso.hook.registry
    struct RegistryStorage {
        mapping(address account => RegistryPolicy) policies;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.hook.registry")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant REGISTRY_STORAGE_SLOT = 0xbd8654636bc98e5d0270b9c434b222adc51e3704f2ceec1fe8aee9733b5bf100;

    /// @dev Position of the type in a module with its type, `type << 160 | module`.
    uint256 private constant TYPE_SHIFT = 160;

    /// @inheritdoc IModule
    /// @dev The data is empty, to check nothing yet, or `abi.encode(RegistryPolicy)`. Modules that are installed already are not
    /// checked.
    function onInstall(bytes calldata data) external {
        if (data.length != 0) _setPolicy(abi.decode(data, (RegistryPolicy)));
    }

    /// @inheritdoc IModule
    /// @dev Forgets the policy; the data is not used.
    function onUninstall(bytes calldata) external {
        delete _storage().policies[msg.sender];
    }

    /// @inheritdoc IRegistryHook
    function setPolicy(RegistryPolicy calldata policy) external {
        _setPolicy(policy);
    }

    /// @inheritdoc IHook
    /// @dev Reverts if an executor is to act that is not attested, where the policy says so. The policy is handed on, so an action
    /// cannot loosen it for itself.
    function preCheck(address msgSender, uint256, bytes calldata) external view returns (bytes memory hookData) {
        RegistryPolicy memory policy = _storage().policies[msg.sender];
        if (policy.registry == address(0)) return "";
        if (policy.checksExecutors && _isExecutor(msgSender)) {
            _requireAttested(policy, _tagged(MODULE_TYPE_EXECUTOR, msgSender));
        }
        return abi.encode(policy, _installed());
    }

    /// @inheritdoc IHook
    /// @dev Reverts with the registry's error if a module is new and not attested.
    function postCheck(bytes calldata hookData) external view {
        if (hookData.length == 0) return;
        (RegistryPolicy memory policy, uint256[] memory before) = abi.decode(hookData, (RegistryPolicy, uint256[]));
        uint256[] memory installed = _installed();
        for (uint256 i = 0; i < installed.length; ++i) {
            if (!_contains(before, installed[i])) _requireAttested(policy, installed[i]);
        }
    }

    /// @inheritdoc IRegistryHook
    function policyOf(address account) external view returns (RegistryPolicy memory) {
        return _storage().policies[account];
    }

    /// @inheritdoc IERC7579Module
    function isInitialized(address account) external view returns (bool) {
        return _storage().policies[account].registry != address(0);
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_HOOK;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IERC7579Module).interfaceId || interfaceId == type(IHook).interfaceId
            || interfaceId == type(IRegistryHook).interfaceId;
    }

    /// @dev Sets the policy of the calling account.
    function _setPolicy(RegistryPolicy memory policy) private {
        address registry = policy.registry;
        // A call without code would pass as an attestation.
        if (registry != address(0) && registry.code.length == 0) revert RegistryWithoutCode(registry);
        uint256 count = policy.attesters.length;
        if (count != 0 && (policy.threshold == 0 || policy.threshold > count)) {
            revert RegistryInvalidThreshold(policy.threshold, count);
        }
        _storage().policies[msg.sender] = policy;
        emit RegistryPolicyChanged(msg.sender, policy);
    }

    /// @dev Reverts unless the registry vouches for a module.
    function _requireAttested(RegistryPolicy memory policy, uint256 tagged) private view {
        (address module, uint256 moduleTypeId) = (address(uint160(tagged)), tagged >> TYPE_SHIFT);
        IERC7484 registry = IERC7484(policy.registry);
        if (policy.attesters.length == 0) registry.checkForAccount(msg.sender, module, moduleTypeId);
        else registry.check(module, moduleTypeId, policy.attesters, policy.threshold);
    }

    /// @dev Modules of the calling account, with their types.
    function _installed() private view returns (uint256[] memory all) {
        address[][] memory lists = new address[][](MODULE_TYPE_HOOK + 1);
        uint256 count = 0;
        for (uint256 i = MODULE_TYPE_VALIDATOR; i <= MODULE_TYPE_HOOK; ++i) {
            (lists[i],) = IModuleDirectory(msg.sender).listModules(i, address(0), type(uint256).max);
            count += lists[i].length;
        }
        all = new uint256[](count);
        for (uint256 i = MODULE_TYPE_VALIDATOR; i <= MODULE_TYPE_HOOK; ++i) {
            for (uint256 j = 0; j < lists[i].length; ++j) {
                all[--count] = _tagged(i, lists[i][j]);
            }
        }
    }

    /// @dev Whether an address is an executor of the calling account.
    function _isExecutor(address module) private view returns (bool) {
        return IERC7579Account(msg.sender).isModuleInstalled(MODULE_TYPE_EXECUTOR, module, "");
    }

    /// @dev A module with its type.
    function _tagged(uint256 moduleTypeId, address module) private pure returns (uint256) {
        return moduleTypeId << TYPE_SHIFT | uint160(module);
    }

    /// @dev Whether a list has an item.
    function _contains(uint256[] memory list, uint256 item) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == item) return true;
        }
        return false;
    }

    /// @dev The storage of this contract.
    function _storage() private pure returns (RegistryStorage storage $) {
        assembly ("memory-safe") {
            $.slot := REGISTRY_STORAGE_SLOT
        }
    }
}
