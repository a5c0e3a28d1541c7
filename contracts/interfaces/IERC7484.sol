// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Registry of attested modules
/// @notice The part of ERC-7484 that is used here. A check that does not revert has passed.
interface IERC7484 {
    /// @notice Reverts unless enough of the attesters that an account trusts, as it told the registry, attest a module.
    /// @param account The account.
    /// @param module The module.
    /// @param moduleType ERC-7579 type that the module is attested for.
    function checkForAccount(address account, address module, uint256 moduleType) external view;

    /// @notice Reverts unless enough of the attesters given attest a module.
    /// @param module The module.
    /// @param moduleType ERC-7579 type that the module is attested for.
    /// @param attesters The attesters, in ascending order.
    /// @param threshold How many of them have to.
    function check(address module, uint256 moduleType, address[] calldata attesters, uint256 threshold) external view;
}
