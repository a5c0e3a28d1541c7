// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Validators that can vouch for an account
/// @notice Lets an account refuse a change that would lock everybody out.
interface IRootSigner {
    /// @notice Whether the validator holds a key that can authorise anything the account may do.
    /// @dev A validator without this function, or whose keys are restricted, does not count as one.
    /// @param account The account.
    /// @return True if it does.
    function hasRootSigner(address account) external view returns (bool);
}
