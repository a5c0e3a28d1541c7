// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Calls from an account to its modules
/// @notice A high-level call would first look up the size of the module's code; that there is code was established when the
/// module was installed.
library ModuleCall {
    /// @notice Calls a module; reverts with the module's error if it reverts.
    /// @param module The module.
    /// @param data Calldata.
    /// @return result What it returned.
    function invoke(address module, bytes memory data) internal returns (bytes memory result) {
        bool success;
        (success, result) = module.call(data);
        if (!success) revertWith(result);
    }

    /// @notice Calls a module that may not write; reverts with the module's error if it reverts.
    /// @param module The module.
    /// @param data Calldata.
    /// @return result What it returned.
    function query(address module, bytes memory data) internal view returns (bytes memory result) {
        bool success;
        (success, result) = module.staticcall(data);
        if (!success) revertWith(result);
    }

    /// @notice Calls a module that may do its worst: fail, burn gas or return any amount of data.
    /// @dev A quarter of the gas stays here in any case, and nothing of what it returns is copied.
    /// @param module The module.
    /// @param data Calldata.
    /// @param gasLimit Highest amount of gas it gets.
    /// @return success Whether the call succeeded.
    function attempt(address module, bytes memory data, uint256 gasLimit) internal returns (bool success) {
        uint256 share = gasleft();
        share -= share / 4;
        if (share > gasLimit) share = gasLimit;
        // Solidity's own call copies everything that is returned.
        assembly ("memory-safe") {
            success := call(share, module, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    /// @notice Reverts with given revert data.
    /// @param reason The data.
    function revertWith(bytes memory reason) internal pure {
        // Solidity can revert with an error or a string only.
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
