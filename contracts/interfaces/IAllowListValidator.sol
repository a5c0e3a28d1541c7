// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Keys that may make listed calls and cannot pay
/// @notice Lets an account give one key to somebody, or something, that is to do a few things for it: calls of listed functions,
/// without value, whose fees a paymaster pays without asking the account for tokens.
/// @dev Arguments are not looked at, so a function belongs on the list only if it does no harm whatever its arguments are.
interface IAllowListValidator {
    /// @notice A call that the key may make.
    /// @param target The contract.
    /// @param selector The function.
    struct AllowedCall {
        address target;
        bytes4 selector;
    }

    /// @notice The key of an account changed.
    /// @param account The account.
    /// @param key Address of the key; zero for none.
    event AllowListKeyChanged(address indexed account, address key);

    /// @notice A call was put on the list of an account, or taken off.
    /// @param account The account.
    /// @param target The contract.
    /// @param selector The function.
    /// @param allowed Whether it is on the list.
    event AllowedCallChanged(address indexed account, address indexed target, bytes4 indexed selector, bool allowed);

    /// @notice The transaction sends value, publishes bytecode, or is not paid for by a paymaster in the general flow.
    error AllowListSpendingNotAllowed();

    /// @notice The call is not on the list, or its target is the account, one of its modules, or a system contract.
    /// @param target The target.
    /// @param selector The function.
    error AllowListCallNotAllowed(address target, bytes4 selector);

    /// @notice Sets the key of the calling account.
    /// @param key Address of the key; zero for none.
    function setKey(address key) external;

    /// @notice Puts a call on the list of the calling account, or takes it off.
    /// @param target The contract.
    /// @param selector The function.
    /// @param allowed Whether it is on the list.
    function setAllowed(address target, bytes4 selector, bool allowed) external;

    /// @notice Key of an account.
    /// @param account The account.
    /// @return Address of the key, or zero.
    function keyOf(address account) external view returns (address);

    /// @notice Whether a call is on the list of an account.
    /// @param account The account.
    /// @param target The contract.
    /// @param selector The function.
    /// @return True if it is.
    function isAllowed(address account, address target, bytes4 selector) external view returns (bool);
}
