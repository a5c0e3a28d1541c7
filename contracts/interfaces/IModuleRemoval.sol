// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Removal of modules that do not cooperate
/// @notice A module can hinder its removal in two ways: by failing when it is told, and, if it is a hook, by refusing whatever
/// the account does.
interface IModuleRemoval {
    /// @notice A module was removed by force. {IERC7579Account-ModuleUninstalled} is emitted, too.
    /// @param moduleTypeId ERC-7579 type of the module.
    /// @param module The module.
    /// @param cleanedUp Whether its `onUninstall` succeeded. If not, the module may remember the account.
    event ModuleForceUninstalled(uint256 moduleTypeId, address module, bool cleanedUp);

    /// @notice A hook may be removed in spite of itself within a window of time.
    /// @param hook The hook.
    /// @param from Beginning of the window.
    /// @param until End of the window.
    event HookRemovalScheduled(address indexed hook, uint256 from, uint256 until);

    /// @notice A hook was removed as scheduled.
    /// @param hook The hook.
    event ScheduledHookRemoved(address indexed hook);

    /// @notice The removal of the hook is scheduled, and its window is not over.
    /// @param hook The hook.
    /// @param from Beginning of the window.
    error AccountHookRemovalPending(address hook, uint256 from);

    /// @notice The removal of the hook is not scheduled, or its window has not begun or is over.
    /// @param hook The hook.
    /// @param from Beginning of the window; zero if it is not scheduled.
    error AccountHookRemovalNotDue(address hook, uint256 from);

    /// @notice Uninstalls a module whether or not its `onUninstall` succeeds.
    /// @dev The module gets at most three quarters of the gas, and at most 2,000,000. Hooks are asked as about anything else.
    /// Reverts if the caller is not the account itself, if the module is not installed as the type, and if it is a validator
    /// without which nobody could sign for the account.
    /// @param moduleTypeId ERC-7579 type of the module.
    /// @param module The module.
    /// @param deInitData As in {IERC7579Account-uninstallModule}.
    function forceUninstallModule(uint256 moduleTypeId, address module, bytes calldata deInitData) external payable;

    /// @notice Opens a window, from one to seven days from now, in which {removeScheduledHook} removes a hook.
    /// @dev Hooks are not asked about transactions that only call this. The delay leaves those whom the hook protects time to
    /// react; uninstalling and reinstalling the hook ends the matter. Reverts if the caller is not the account itself, if the
    /// hook is not installed, or if a window is pending.
    /// @param hook The hook.
    function scheduleHookRemoval(address hook) external;

    /// @notice Removes a hook by force as scheduled.
    /// @dev Hooks are not asked about transactions that only call this. Reverts if the caller is not the account itself or
    /// outside the window.
    /// @param hook The hook.
    function removeScheduledHook(address hook) external;

    /// @notice Window of time in which a hook can be removed by force.
    /// @param hook The hook.
    /// @return from Its beginning; zero if there is none.
    /// @return until Its end, which does not belong to it; zero if there is none.
    function hookRemovalWindow(address hook) external view returns (uint256 from, uint256 until);
}
