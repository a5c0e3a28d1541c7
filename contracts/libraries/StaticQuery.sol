// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Yes-or-no questions to contracts that may not understand them
library StaticQuery {
    /// @notice Asks a contract a question.
    /// @dev Anything but the word 1 counts as "no": a revert, no code, too little data. At most one word of the answer is
    /// copied, so the size of the answer does not matter.
    /// @param target The contract.
    /// @param question Encoded call.
    /// @return answer True if it answered `true`.
    function ask(address target, bytes memory question) internal view returns (bool answer) {
        // Solidity's own static call copies the whole answer; the scratch space takes one word of it.
        assembly ("memory-safe") {
            mstore(0, 0)
            let success := staticcall(gas(), target, add(question, 32), mload(question), 0, 32)
            answer := and(and(success, gt(returndatasize(), 31)), eq(mload(0), 1))
        }
    }

    /// @notice Asks a contract a question without arguments.
    /// @dev As {ask} with the encoded call.
    /// @param target The contract.
    /// @param selector Selector of the function.
    /// @return answer True if it answered `true`.
    function ask(address target, bytes4 selector) internal view returns (bool answer) {
        // The scratch space holds the question, then the answer.
        assembly ("memory-safe") {
            mstore(0, selector)
            let success := staticcall(gas(), target, 0, 4, 0, 32)
            answer := and(and(success, gt(returndatasize(), 31)), eq(mload(0), 1))
        }
    }

    /// @notice Whether a contract says by ERC-165 that it has an interface.
    /// @param target The contract.
    /// @param interfaceId The interface.
    /// @return True if it does.
    function supportsInterface(address target, bytes4 interfaceId) internal view returns (bool) {
        return ask(target, abi.encodeCall(IERC165.supportsInterface, (interfaceId)));
    }
}
