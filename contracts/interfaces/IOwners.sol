// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title secp256k1 owners of an account
/// @notice Addresses whose plain ECDSA signature authorises any transaction of the account.
interface IOwners {
    /// @notice An owner was added.
    /// @param owner The owner.
    event K1OwnerAdded(address indexed owner);

    /// @notice An owner was removed.
    /// @param owner The owner.
    event K1OwnerRemoved(address indexed owner);

    /// @notice The address cannot be an owner: zero, the account itself or one of its modules.
    /// @param owner The address.
    error AccountInvalidOwner(address owner);

    /// @notice The address is an owner already.
    /// @param owner The address.
    error AccountOwnerAlreadyExists(address owner);

    /// @notice The address is not an owner.
    /// @param owner The address.
    error AccountOwnerNotFound(address owner);

    /// @notice Adds an owner.
    /// @dev Reverts if the caller is not the account itself, or if the address is an owner already or can never be one.
    /// @param owner The new owner.
    function addK1Owner(address owner) external;

    /// @notice Removes an owner.
    /// @dev Reverts if the caller is not the account itself, if the address is not an owner, or if nobody else could sign for
    /// the account afterwards.
    /// @param owner The owner.
    function removeK1Owner(address owner) external;

    /// @notice Whether an address is an owner.
    /// @param owner The address.
    /// @return True if it is.
    function isK1Owner(address owner) external view returns (bool);

    /// @notice Lists all owners, newest first.
    /// @return owners The owners.
    function listK1Owners() external view returns (address[] memory owners);
}
