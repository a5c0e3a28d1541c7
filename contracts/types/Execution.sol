// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice One call of an ERC-7579 batch.
/// @param target Contract or recipient.
/// @param value Base token sent, in wei.
/// @param callData Calldata.
struct Execution {
    address target;
    uint256 value;
    bytes callData;
}

/// @notice One call of {IBatchCaller-batchCall}.
/// @param target Contract or recipient.
/// @param allowFailure Whether the batch goes on when this call fails.
/// @param value Base token sent, in wei.
/// @param callData Calldata.
struct Call {
    address target;
    bool allowFailure;
    uint256 value;
    bytes callData;
}
