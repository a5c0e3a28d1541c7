// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IOwners} from "../interfaces/IOwners.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {SelfAuthorized} from "./SelfAuthorized.sol";

/// @title secp256k1 owners
abstract contract AccountOwners is IOwners, SelfAuthorized {
    using AddressList for AddressList.List;

    /// @custom:storage-location erc7201:zksso.account.owners
    struct OwnerStorage {
        AddressList.List owners;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.account.owners")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant OWNER_STORAGE_SLOT = 0x7bc197196607b2868ea823f3c0d45766d08fe2bca8af1b8fda18b76defc77d00;

    /// @dev Tag of all owners in their list.
    uint256 private constant OWNER_TAG = 1;

    /// @inheritdoc IOwners
    function addK1Owner(address owner) external onlySelf {
        _addOwner(owner);
    }

    /// @inheritdoc IOwners
    function removeK1Owner(address owner) external onlySelf {
        if (!isK1Owner(owner)) revert AccountOwnerNotFound(owner);
        _ownerStorage().owners.remove(owner);
        emit K1OwnerRemoved(owner);
        _requireRootSigner();
    }

    /// @inheritdoc IOwners
    function listK1Owners() external view returns (address[] memory owners) {
        (owners,) = _ownerStorage().owners.page(OWNER_TAG, address(0), type(uint256).max);
    }

    /// @inheritdoc IOwners
    function isK1Owner(address owner) public view returns (bool) {
        return _ownerStorage().owners.tagOf(owner) == OWNER_TAG;
    }

    /// @dev Adds an owner. Zero would match failed recoveries; an account that owns itself could never sign.
    function _addOwner(address owner) internal {
        if (owner == address(0) || owner == AddressList.HEAD || owner == address(this)) {
            revert AccountInvalidOwner(owner);
        }
        if (isK1Owner(owner)) revert AccountOwnerAlreadyExists(owner);
        _ownerStorage().owners.insert(owner, OWNER_TAG);
        emit K1OwnerAdded(owner);
    }

    /// @dev Whether there is any owner.
    function _hasOwner() internal view returns (bool) {
        return _ownerStorage().owners.next(AddressList.HEAD) != AddressList.HEAD;
    }

    /// @dev Whether owners were ever added.
    function _ownersUsed() internal view returns (bool) {
        return _ownerStorage().owners.isUsed();
    }

    /// @dev Makes it impossible to initialise this contract.
    function _lock() internal {
        _ownerStorage().owners.markUsed();
    }

    /// @dev Reverts if nobody can sign for the account.
    function _requireRootSigner() internal view virtual;

    /// @dev The storage of this mixin.
    function _ownerStorage() private pure returns (OwnerStorage storage $) {
        assembly ("memory-safe") {
            $.slot := OWNER_STORAGE_SLOT
        }
    }
}
