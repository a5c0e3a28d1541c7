// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IOwners} from "../interfaces/IOwners.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {AccountMembers} from "./AccountMembers.sol";

/// @title secp256k1 owners
abstract contract AccountOwners is IOwners, AccountMembers {
    using AddressList for AddressList.List;

    /// @inheritdoc IOwners
    function addK1Owner(address owner) external onlySelf {
        _addOwner(owner);
    }

    /// @inheritdoc IOwners
    function removeK1Owner(address owner) external onlySelf {
        if (!isK1Owner(owner)) revert AccountOwnerNotFound(owner);
        _members().remove(owner);
        emit K1OwnerRemoved(owner);
        _requireRootSigner();
    }

    /// @inheritdoc IOwners
    function listK1Owners() external view returns (address[] memory owners) {
        (owners,) = _members().page(AddressList.Range(ROLE_OWNER, AddressList.END, type(uint256).max));
    }

    /// @inheritdoc IOwners
    function isK1Owner(address owner) public view returns (bool) {
        return _members().tagOf(owner) == ROLE_OWNER;
    }

    /// @dev Adds an owner. Zero would match failed recoveries; an account that owns itself could never sign, nor can a module.
    function _addOwner(address owner) internal {
        uint256 role = _members().tagOf(owner);
        if (role == ROLE_OWNER) revert AccountOwnerAlreadyExists(owner);
        if (role != 0 || owner == address(0) || owner == address(this)) revert AccountInvalidOwner(owner);
        _members().insert(owner, ROLE_OWNER);
        emit K1OwnerAdded(owner);
    }
}
