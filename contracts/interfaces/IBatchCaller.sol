// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Call} from "../types/Execution.sol";

/// @title Batches with per-call tolerance of failure
interface IBatchCaller {
    /// @notice A call that was allowed to fail failed.
    /// @param index Position of the call.
    /// @param revertData What it reverted with, up to 4,096 bytes.
    event BatchCallFailure(uint256 indexed index, bytes revertData);

    /// @notice The values of the calls do not add up to the value sent.
    /// @param actual Value sent, in wei.
    /// @param expected Sum over the calls, in wei.
    error AccountBatchValueMismatch(uint256 actual, uint256 expected);

    /// @notice Makes calls in order.
    /// @dev Reverts if the caller is not the account itself, with the revert data of the first failing call that may not fail,
    /// and if the values do not add up to the value sent. The value of a tolerated failing call stays in the account.
    /// @param calls The calls.
    function batchCall(Call[] calldata calls) external payable;
}
