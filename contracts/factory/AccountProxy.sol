// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC1967} from "../libraries/ERC1967.sol";
import {EraCall} from "../system/EraCall.sol";

/// @title Proxy of one account
/// @notice Runs the implementation named in the account's own storage. It has no admin and no function of its own: only the
/// account, through its implementation, can change what it runs.
/// @dev Calldata and return data pass as pointers. Reading the account's own slot is allowed in validation on every chain.
contract AccountProxy {
    /// @notice Creates the proxy; its deployer initialises the account in the same transaction.
    /// @param implementation First implementation.
    constructor(address implementation) payable {
        ERC1967.store(implementation);
    }

    /// @notice Delegates every call.
    fallback() external payable {
        EraCall.delegateAndReturn(ERC1967.load());
    }
}
