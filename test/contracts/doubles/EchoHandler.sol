// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Fallback handler that tells what it was called with
contract EchoHandler {
    /// @notice The handler was told to fail.
    error Refused(bytes data);

    uint256 public writes;
    bytes public lastInit;
    bytes public lastDeInit;

    function onInstall(bytes calldata data) external {
        lastInit = data;
    }

    function onUninstall(bytes calldata data) external {
        lastDeInit = data;
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 3;
    }

    /// @notice Counts, and tells who called whom: the account, and in the last 20 bytes of the calldata its caller.
    function note(uint256) external returns (address account, bytes memory data) {
        ++writes;
        return (msg.sender, msg.data);
    }

    /// @notice The same without counting.
    function read(uint256) external view returns (address account, bytes memory data) {
        return (msg.sender, msg.data);
    }

    /// @notice Fails.
    function refuse(uint256) external pure {
        revert Refused(msg.data);
    }
}
