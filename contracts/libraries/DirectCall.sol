// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Calls of contracts that are known to have code
/// @notice A high-level call looks up the size of the callee's code first, unless something is returned.
library DirectCall {
    /// @notice Calls a contract; reverts with its error if it reverts.
    /// @param target The contract.
    /// @param data Calldata.
    /// @return result What it returned.
    function invoke(address target, bytes memory data) internal returns (bytes memory result) {
        bool success;
        (success, result) = target.call(data);
        if (!success) _revertWith(result);
    }

    /// @notice Calls a contract that may not write; reverts with its error if it reverts.
    /// @param target The contract.
    /// @param data Calldata.
    /// @return result What it returned.
    function query(address target, bytes memory data) internal view returns (bytes memory result) {
        bool success;
        (success, result) = target.staticcall(data);
        if (!success) _revertWith(result);
    }

    /// @notice Calls a contract that may do its worst: fail, burn gas or return any amount of data.
    /// @dev A quarter of the gas stays here in any case, and nothing of what it returns is copied.
    /// @param target The contract.
    /// @param data Calldata.
    /// @param gasLimit Highest amount of gas it gets.
    /// @return success Whether the call succeeded.
    function attempt(address target, bytes memory data, uint256 gasLimit) internal returns (bool success) {
        uint256 share = gasleft();
        share -= share / 4;
        if (share > gasLimit) share = gasLimit;
        // Solidity's own call copies everything that is returned.
        assembly ("memory-safe") {
            success := call(share, target, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    /// @dev Reverts with given revert data.
    function _revertWith(bytes memory reason) private pure {
        // Solidity can revert with an error or a string only.
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
