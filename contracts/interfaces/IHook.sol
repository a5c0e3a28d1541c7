// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Hook module
/// @notice Asked before and told after everything an account does: transactions, calls by executors and fallback handlers that
/// may write. May refuse by reverting.
interface IHook {
    /// @notice Called before the account acts.
    /// @param msgSender Who called the account: the bootloader for transactions, an executor, or the caller of a fallback handler.
    /// @param msgValue Base token sent to the account, in wei.
    /// @param msgData Calldata with which the account was called.
    /// @return hookData Handed to {postCheck} of the same call.
    function preCheck(address msgSender, uint256 msgValue, bytes calldata msgData)
        external
        returns (bytes memory hookData);

    /// @notice Called after the account acted, unless the hook was uninstalled meanwhile.
    /// @param hookData What {preCheck} returned.
    function postCheck(bytes calldata hookData) external;
}
