// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISystemContext} from "@matterlabs/zksync-contracts/contracts/system-contracts/interfaces/ISystemContext.sol";

/// @title Price of pubdata
library PubdataPrice {
    /// @dev Contract that knows about the current transaction.
    address private constant SYSTEM_CONTEXT = address(0x800b);

    /// @notice Price of one byte of pubdata in the current transaction, in gas.
    /// @param highest What to assume if the chain does not say.
    /// @return The price.
    function current(uint256 highest) internal view returns (uint256) {
        bytes memory question = abi.encodeCall(ISystemContext.gasPerPubdataByte, ());
        (bool success, bytes memory answer) = SYSTEM_CONTEXT.staticcall(question);
        return success && answer.length == 32 ? abi.decode(answer, (uint256)) : highest;
    }
}
