// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Views over the modules and signers of an account
/// @notice What modules and front ends ask an account beyond ERC-7579.
interface IModuleDirectory {
    /// @notice The change would leave nobody who can sign for the account.
    error AccountWithoutRootSigner();

    /// @notice The account has as many owners, or modules of the type, as it can have.
    /// @param limit The number.
    error AccountListFull(uint256 limit);

    /// @notice Whether an address is an installed module of any type.
    /// @dev Session validators ask this before letting a session key reach a target.
    /// @param module The address.
    /// @return True if it is.
    function isModule(address module) external view returns (bool);

    /// @notice Whether somebody can sign for anything the account may do: a secp256k1 owner, or an installed validator whose
    /// `hasRootSigner` says so.
    /// @dev A validator that fails, or takes more than 100,000 gas to answer, counts as one that says no.
    /// @return True if somebody can.
    function hasRootSigner() external view returns (bool);

    /// @notice Lists installed modules of a type, newest first.
    /// @param moduleTypeId ERC-7579 type.
    /// @param start Module to continue after, or zero for the beginning.
    /// @param limit Highest number of modules returned.
    /// @return modules The modules.
    /// @return next What to pass as `start` for the next page, which may be empty, or zero if this was the last one.
    function listModules(uint256 moduleTypeId, address start, uint256 limit)
        external
        view
        returns (address[] memory modules, address next);
}
