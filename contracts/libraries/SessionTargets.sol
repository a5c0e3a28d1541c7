// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {SystemContracts} from "../system/SystemContracts.sol";

/// @title What no session may reach
library SessionTargets {
    /// @notice Reverts for the calling account, its modules and system contracts: whoever reaches those rules the account.
    /// @dev To be asked again at each use, since a target may have become a module in the meantime.
    /// @param target The target.
    function requireReachable(address target) internal view {
        if (
            SystemContracts.isSystemAddress(target) || target == msg.sender
                || IModuleDirectory(msg.sender).isModule(target)
        ) {
            revert ISessionKeyValidator.SessionTargetBanned(target);
        }
    }
}
