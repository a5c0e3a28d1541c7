// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IAAFactory} from "../interfaces/IAAFactory.sol";
import {IUpgradeableAccount} from "../interfaces/IUpgradeableAccount.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {AccountProxy} from "./AccountProxy.sol";

/// @title Factory of smart accounts
/// @notice Deploys accounts at addresses that commit to who can sign for them. It has no owner.
contract AAFactory is IAAFactory {
    /// @inheritdoc IAAFactory
    address public immutable accountImplementation;

    /// @inheritdoc IAAFactory
    mapping(bytes32 uniqueAccountId => address account) public accountMappings;

    /// @notice Creates the factory.
    /// @param implementation Implementation of all accounts it deploys.
    constructor(address implementation) {
        if (implementation == address(0)) revert FactoryZeroImplementation();
        accountImplementation = implementation;
    }

    /// @inheritdoc IAAFactory
    function deployAccount(bytes[] calldata modules, address[] calldata owners, uint256 index)
        external
        payable
        returns (address account)
    {
        bytes32 salt = _salt(modules, owners, index);
        bool created;
        (account, created) = _deploy(salt, modules, owners);
        if (created) emit AccountCreated(account, salt);
    }

    /// @inheritdoc IAAFactory
    function deployProxySsoAccount(
        bytes32 uniqueId,
        bytes[] calldata initialValidators,
        address[] calldata initialK1Owners
    ) external payable returns (address accountAddress) {
        bytes32 salt = _salt(initialValidators, initialK1Owners, uint256(uniqueId));
        (accountAddress,) = _deploy(salt, initialValidators, initialK1Owners);
        bytes32 id = keccak256(abi.encodePacked(uniqueId, msg.sender));
        address known = accountMappings[id];
        if (known == accountAddress) return accountAddress;
        if (known != address(0)) revert FactoryAccountIdTaken(known);
        accountMappings[id] = accountAddress;
        emit AccountCreated(accountAddress, id);
    }

    /// @inheritdoc IAAFactory
    function getAddress(bytes[] calldata modules, address[] calldata owners, uint256 index)
        external
        view
        returns (address)
    {
        return _addressOf(_salt(modules, owners, index), abi.encode(accountImplementation));
    }

    /// @inheritdoc IAAFactory
    function proxyBytecodeHash() public pure returns (bytes32) {
        return SystemContracts.bytecodeHash(type(AccountProxy).creationCode);
    }

    /// @dev Deploys and initialises an account unless it exists, and passes on the value sent.
    function _deploy(bytes32 salt, bytes[] calldata modules, address[] calldata owners)
        private
        returns (address account, bool created)
    {
        bytes memory input = abi.encode(accountImplementation);
        account = _addressOf(salt, input);
        created = account.code.length == 0;
        if (created) {
            if (!SystemContracts.create2Account(salt, proxyBytecodeHash(), input)) revert FactoryDeploymentFailed();
            IUpgradeableAccount(account).initialize(modules, owners);
        }
        if (msg.value != 0) {
            (bool success,) = account.call{value: msg.value}("");
            if (!success) revert FactoryValueTransferFailed();
        }
    }

    /// @dev Address of the account with a salt.
    function _addressOf(bytes32 salt, bytes memory input) private view returns (address) {
        return SystemContracts.create2Address(address(this), salt, proxyBytecodeHash(), input);
    }

    /// @dev Salt that commits to everything that decides who controls an account.
    function _salt(bytes[] calldata modules, address[] calldata owners, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(index, keccak256(abi.encode(modules, owners))));
    }
}
