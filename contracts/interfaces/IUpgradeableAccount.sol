// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Creation and upgrade of an account
interface IUpgradeableAccount {
    /// @notice The implementation of the account changed.
    /// @param implementation The new implementation.
    event Upgraded(address indexed implementation);

    /// @notice The account has been initialised before, or is a bare implementation, which never can be.
    error AccountAlreadyInitialized();

    /// @notice The caller is not the account itself.
    /// @param caller Who called.
    error AccountNotFromSelf(address caller);

    /// @notice The address is not an implementation of this account: no code, or not reporting the native account interface.
    /// @param implementation The address.
    error AccountInvalidImplementation(address implementation);

    /// @notice Sets the first modules and owners. The factory calls it in the transaction that creates the account.
    /// @dev Each item of `modules` is `abi.encode(address module, bytes initData)`; a module is installed as a validator if it
    /// is one, else as an executor. Reverts if called again, if an item or owner is refused, and if nobody can sign for the
    /// account in the end.
    /// @param modules Modules, installed in order.
    /// @param owners secp256k1 owners.
    function initialize(bytes[] calldata modules, address[] calldata owners) external;

    /// @notice Replaces the implementation behind this account's proxy. Storage is kept.
    /// @dev Reverts if the caller is not the account itself, or if the address is not an account implementation.
    /// @param newImplementation The new implementation.
    function upgradeTo(address newImplementation) external;

    /// @notice Address of the code behind this account's proxy.
    /// @return Address of the implementation.
    function implementation() external view returns (address);
}
