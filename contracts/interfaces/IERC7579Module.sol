// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Self-description of an ERC-7579 module
interface IERC7579Module {
    /// @notice Whether the module is of a type.
    /// @param moduleTypeId ERC-7579 type.
    /// @return True if it is.
    function isModuleType(uint256 moduleTypeId) external view returns (bool);

    /// @notice Whether the module is in use by an account.
    /// @param account The account.
    /// @return True if it is.
    function isInitialized(address account) external view returns (bool);
}
