// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Dead man's switch
/// @notice Hands an account to a beneficiary when its owner has not been heard of for a long time.
/// @dev Being heard of means {checkIn}. Other transactions of the account do not count: the module does not see them.
interface IDeadManSwitch {
    /// @notice An account set up its switch, which counts as a check-in.
    /// @param account The account.
    /// @param beneficiary Who may claim the account.
    /// @param period Time without check-in after which the beneficiary may do so, in seconds.
    event SwitchConfigured(address indexed account, address indexed beneficiary, uint256 period);

    /// @notice An account checked in.
    /// @param account The account.
    event CheckedIn(address indexed account);

    /// @notice A beneficiary became an owner of an account; the switch is gone.
    /// @param account The account.
    /// @param beneficiary The new owner.
    event AccountClaimed(address indexed account, address indexed beneficiary);

    /// @notice An account took its switch away.
    /// @param account The account.
    event SwitchRemoved(address indexed account);

    /// @notice The account has not installed this module as an executor.
    /// @param account The account.
    error SwitchModuleNotInstalled(address account);

    /// @notice The address cannot be a beneficiary: it is the account itself or cannot sign.
    /// @param beneficiary The address.
    error SwitchInvalidBeneficiary(address beneficiary);

    /// @notice The period is out of range.
    /// @param period The period, in seconds.
    /// @param lowest The shortest period.
    /// @param highest The longest period.
    error SwitchInvalidPeriod(uint256 period, uint256 lowest, uint256 highest);

    /// @notice The account has no switch.
    /// @param account The account.
    error SwitchNotConfigured(address account);

    /// @notice The caller is not the beneficiary of the account.
    /// @param caller The caller.
    error SwitchNotBeneficiary(address caller);

    /// @notice The account was heard of too recently.
    /// @param claimableAt When it can be claimed unless it checks in.
    error SwitchNotDue(uint256 claimableAt);

    /// @notice Sets up the switch of the calling account, in place of any other.
    /// @dev Reverts if the caller has not installed this module, if the beneficiary is the caller or a system address, or if
    /// the period is below 30 days or above ten years.
    /// @param beneficiary Who may claim the account.
    /// @param period Time without check-in after which they may, in seconds.
    function configure(address beneficiary, uint256 period) external;

    /// @notice Tells that the owner of the calling account is there.
    /// @dev Reverts if the caller has no switch.
    function checkIn() external;

    /// @notice Makes the caller an owner of an account that has not checked in for its period.
    /// @dev Reverts if the account has no switch or another beneficiary, if it is too early, or if the account refuses the
    /// owner; the switch then stays as it was.
    /// @param account The account.
    function claim(address account) external;

    /// @notice The switch of an account; zeros if it has none.
    /// @param account The account.
    /// @return beneficiary Who may claim the account.
    /// @return period Time without check-in after which they may, in seconds.
    /// @return claimableAt First moment at which they may unless the account checks in, in seconds.
    function switchOf(address account) external view returns (address beneficiary, uint256 period, uint256 claimableAt);
}
