// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Life cycle of a module
/// @dev ERC-165 id `0xe7f04e93`.
interface IModule {
    /// @notice Called by an account that installs the module.
    /// @param data Initial configuration; empty for none.
    function onInstall(bytes calldata data) external;

    /// @notice Called by an account that uninstalls the module. Forgets everything that could act for the account later.
    /// @param data Hints for the clean-up; each module says what it needs.
    function onUninstall(bytes calldata data) external;
}
