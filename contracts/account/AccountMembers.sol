// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {AddressList} from "../libraries/AddressList.sol";
import {SelfAuthorized} from "./SelfAuthorized.sol";

/// @title Owners and modules of an account
/// @notice All of them live in one list, so an address has exactly one role, and which one is one storage read. A second list
/// would cost a new account one more slot.
abstract contract AccountMembers is IModuleDirectory, SelfAuthorized {
    using AddressList for AddressList.List;

    /// @custom:storage-location erc7201:zksso.account.members
    struct MemberStorage {
        AddressList.List members;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.account.members")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant MEMBER_STORAGE_SLOT = 0x51a277417dbc69dccd05f2a3961cae722be6747df9855767d5c6758955bb2700;

    /// @dev Role of secp256k1 owners. The role of a module is its ERC-7579 type.
    uint256 internal constant ROLE_OWNER = 5;

    /// @dev Whether the account ever had a member.
    function _isInitialized() internal view returns (bool) {
        return _members().isUsed();
    }

    /// @dev Makes it impossible to initialise this contract.
    function _lock() internal {
        _members().markUsed();
    }

    /// @dev Reverts if nobody can sign for the account.
    function _requireRootSigner() internal view virtual;

    /// @dev The list of members.
    function _members() internal view returns (AddressList.List storage) {
        return _memberStorage().members;
    }

    /// @dev The storage of this mixin.
    function _memberStorage() private pure returns (MemberStorage storage $) {
        assembly ("memory-safe") {
            $.slot := MEMBER_STORAGE_SLOT
        }
    }
}
