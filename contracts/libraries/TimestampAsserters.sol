// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {ITimestampAsserter} from "../interfaces/ITimestampAsserter.sol";

/// @title Timestamp asserters of known chains
library TimestampAsserters {
    /// @notice Asserter of this chain.
    /// @dev Reverts on other chains than ZKsync Era, its Sepolia testnet, and local nodes (chain id 260).
    /// @return The asserter.
    function ofChain() internal view returns (ITimestampAsserter) {
        if (block.chainid == 324) return ITimestampAsserter(0x958F70e4Fd676c9CeAaFe5c48cB78CDD08b4880d);
        if (block.chainid == 300) return ITimestampAsserter(0xa64EC71Ee812ac62923c85cf0796aA58573c4Cf3);
        if (block.chainid == 260) return ITimestampAsserter(0x0000000000000000000000000000000000808012);
        revert ISessionKeyValidator.SessionNoTimestampAsserter(block.chainid);
    }
}
