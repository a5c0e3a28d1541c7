// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {EraCall} from "../system/EraCall.sol";
import {SystemContracts} from "../system/SystemContracts.sol";

/// @title What the account asks of EraVM itself
/// @notice Everything that other virtual machines do not have, in one place. Tests that run on another one replace these
/// three functions and nothing else.
abstract contract AccountPlatform {
    /// @dev Makes a call, with the system flag if it deploys a contract. The value is below 2^128.
    function _callByPointer(address target, uint256 value, bytes calldata data)
        internal
        virtual
        returns (bool success)
    {
        return EraCall.call(target, value, data, SystemContracts.isDeployment(target, data));
    }

    /// @dev Marks a nonce as used; reverts unless it is the next one of its key.
    function _useNonce(uint256 nonce) internal virtual {
        SystemContracts.useNonce(nonce);
    }

    /// @dev Reverts with what the latest call returned.
    function _revertWithReturndata() internal view virtual {
        EraCall.revertWithReturndata();
    }
}
