// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../../contracts/interfaces/IERC7579Account.sol";

/// @title Executor through which anybody acts for the accounts that have it
contract OpenExecutor {
    function onInstall(bytes calldata) external {}

    function onUninstall(bytes calldata) external {}

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 2;
    }

    function run(IERC7579Account account, bytes32 mode, bytes calldata data) external payable returns (bytes[] memory) {
        return account.executeFromExecutor{value: msg.value}(mode, data);
    }
}
