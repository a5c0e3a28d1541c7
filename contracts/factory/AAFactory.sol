// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IAAFactory} from "../interfaces/IAAFactory.sol";
import {IUpgradeableAccount} from "../interfaces/IUpgradeableAccount.sol";
import {DirectCall} from "../libraries/DirectCall.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {AccountProxy} from "./AccountProxy.sol";

/// @title Factory of smart accounts
/// @notice Deploys accounts at addresses that commit to who can sign for them. It has no owner.
contract AAFactory is IAAFactory {
    /// @inheritdoc IAAFactory
    /// @dev Written by the constructor only. An immutable would live in a slot of a system contract, behind a call.
    address public accountImplementation;

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
        bytes memory signers = abi.encode(modules, owners);
        bytes32 salt = _salt(signers, index);
        bool created;
        (account, created) = _deploy(salt, signers);
        if (created) emit AccountCreated(account, salt);
    }

    /// @inheritdoc IAAFactory
    function deployProxySsoAccount(
        bytes32 uniqueId,
        bytes[] calldata initialValidators,
        address[] calldata initialK1Owners
    ) external payable returns (address accountAddress) {
        bytes memory signers = abi.encode(initialValidators, initialK1Owners);
        (accountAddress,) = _deploy(_salt(signers, uint256(uniqueId)), signers);
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
        return _addressOf(_salt(abi.encode(modules, owners), index), abi.encode(accountImplementation));
    }

    /// @inheritdoc IAAFactory
    function proxyBytecodeHash() public pure returns (bytes32) {
        return SystemContracts.bytecodeHash(type(AccountProxy).creationCode);
    }

    /// @dev Deploys and initialises an account unless it exists, and passes on the value sent. Its first modules and owners
    /// come encoded as arguments, as they go into the salt.
    function _deploy(bytes32 salt, bytes memory signers) private returns (address account, bool created) {
        bytes memory input = abi.encode(accountImplementation);
        account = _addressOf(salt, input);
        created = account.code.length == 0;
        if (created) {
            if (!SystemContracts.create2Account(salt, proxyBytecodeHash(), input)) revert FactoryDeploymentFailed();
            DirectCall.invoke(account, bytes.concat(IUpgradeableAccount.initialize.selector, signers));
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
    function _salt(bytes memory signers, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(index, keccak256(signers)));
    }
}
