// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {StaticQuery} from "./StaticQuery.sol";

/// @title What modules ask accounts about modules
library ModuleQuery {
    /// @notice Whether an account says that it has a module installed.
    /// @param account The account; anything else counts as "no".
    /// @param moduleTypeId ERC-7579 type.
    /// @param module The module.
    /// @return True if it is installed as this type.
    function isInstalled(address account, uint256 moduleTypeId, address module) internal view returns (bool) {
        return StaticQuery.ask(account, abi.encodeCall(IERC7579Account.isModuleInstalled, (moduleTypeId, module, "")));
    }
}
