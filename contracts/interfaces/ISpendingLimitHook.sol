// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Spending limits of an account
/// @notice Lets at most a set amount of a token leave the calling account per period.
/// @dev What counts is by how much a balance is lower after an action of the account than before, and by how much the action
/// raised allowances of those named in calls to the token. An allowance counts when it is given, since it is used behind the
/// account's back.
///
/// Lowering a limit works at once. Raising it, and hence lifting it, takes a period: who steals a key gets at most what the limit
/// allows until the owner, who sees the announcement, takes the key away and cancels the raise. For the same reason nothing gets
/// rid of a limit in force: installing or uninstalling this hook reverts, and so does an action in which the account removes it
/// by force or upgrades itself. What remains is {IModuleRemoval-scheduleHookRemoval}, which takes a day. The other way round, a
/// thief may lower limits, and it takes the owner a period to undo that: keep periods short.
///
/// What does not count: fees; and allowances of tokens that a signer of the account gives without an action of the account, by
/// permits or to approval-based paymasters. Limits on the base token, and limits for modules and sessions, are not affected by
/// that; against a stolen owner key, limits on other tokens slow down but do not stop.
interface ISpendingLimitHook {
    /// @notice A limit, as it is at present.
    /// @param amount Highest amount per period; the highest `uint128` if there is no limit.
    /// @param spent Amount used up in the current period.
    /// @param pendingAmount Limit that was announced.
    /// @param pendingAt When it takes effect, in Unix time; zero if none was announced.
    struct SpendingLimit {
        uint128 amount;
        uint128 spent;
        uint128 pendingAmount;
        uint48 pendingAt;
    }

    /// @notice A limit to begin with.
    /// @param token The token; zero for the base token.
    /// @param amount Highest amount per period.
    struct InitialLimit {
        address token;
        uint128 amount;
    }

    /// @notice A limit was set, and holds.
    /// @param account The account.
    /// @param token The token; zero for the base token.
    /// @param amount Highest amount per period.
    event LimitChanged(address indexed account, address indexed token, uint128 amount);

    /// @notice A higher limit was announced.
    /// @param account The account.
    /// @param token The token; zero for the base token.
    /// @param amount Highest amount per period, later.
    /// @param effectiveAt When it takes effect, in Unix time.
    event LimitRaiseAnnounced(address indexed account, address indexed token, uint128 amount, uint48 effectiveAt);

    /// @notice A limit that had been lifted was removed.
    /// @param account The account.
    /// @param token The token; zero for the base token.
    event LimitRemoved(address indexed account, address indexed token);

    /// @notice The calling account has not installed this module.
    /// @param account The caller.
    error SpendingNotInstalled(address account);

    /// @notice The period is shorter than an hour or longer than 31 days.
    /// @param period The period, in seconds.
    error SpendingInvalidPeriod(uint256 period);

    /// @notice The account limits as many tokens as it may.
    /// @param highest The highest number of tokens.
    error SpendingTooManyTokens(uint256 highest);

    /// @notice The limit is in force, so it can only be lowered or announced to be raised.
    /// @param token The token.
    error SpendingLimitInForce(address token);

    /// @notice There is no limit for the token.
    /// @param token The token.
    error SpendingLimitNotFound(address token);

    /// @notice The action lets more leave the account than the limit allows.
    /// @param token The token.
    /// @param spent Used up before in this period.
    /// @param amount Asked for now.
    /// @param limit The limit.
    error SpendingLimitExceeded(address token, uint256 spent, uint256 amount, uint256 limit);

    /// @notice The action is a batch inside a batch, which is not looked into.
    error SpendingNestedBatch();

    /// @notice Sets a limit of the calling account.
    /// @dev A limit that is new or not higher than the current one holds at once, and a raise announced before is dropped. A
    /// higher one takes effect a period later. Reverts if this module is not installed, there are too many limits, or the
    /// address is not a token. Limit only tokens you trust: one that stops to answer stops the account.
    /// @param token The token; zero for the base token.
    /// @param amount Highest amount per period; the highest `uint128` to lift the limit.
    function setLimit(address token, uint128 amount) external;

    /// @notice Removes a limit of the calling account that has been lifted.
    /// @dev Reverts if there is none, or it is in force.
    /// @param token The token; zero for the base token.
    function removeLimit(address token) external;

    /// @notice Limit of an account.
    /// @param account The account.
    /// @param token The token; zero for the base token.
    /// @return The limit; no limit if none was set.
    function limitOf(address account, address token) external view returns (SpendingLimit memory);

    /// @notice Tokens for which an account has limits.
    /// @param account The account.
    /// @return tokens The tokens; zero stands for the base token.
    function limitedTokens(address account) external view returns (address[] memory tokens);

    /// @notice Length of the periods of an account.
    /// @param account The account.
    /// @return The length, in seconds; zero if the account has not installed this module.
    function periodOf(address account) external view returns (uint256);
}
