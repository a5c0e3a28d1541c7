// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Hook module
/// @notice Asked before and told after everything an account does: transactions, calls by executors and fallback handlers that
/// may write. May refuse by reverting.
/// @dev All hooks are asked first, newest first, and told in reverse order. Not asked are the two calls by which an account gets
/// rid of a hook, see {IModuleRemoval}, and what happens in the validation step, which comes before: the fee is paid, and an
/// approval-based paymaster gets its token allowance, whatever hooks say later.
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
