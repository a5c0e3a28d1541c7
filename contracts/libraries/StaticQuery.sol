// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Yes-or-no questions to contracts that may not understand them
library StaticQuery {
    /// @notice Asks a contract a question.
    /// @dev Anything but the word 1 counts as "no": a revert, no code, too little data.
    /// @param target The contract.
    /// @param question Encoded call.
    /// @return True if it answered `true`.
    function ask(address target, bytes memory question) internal view returns (bool) {
        return answer(target, question) == bytes32(uint256(1));
    }

    /// @notice Asks a contract for a word.
    /// @dev At most one word of the answer is copied, so the size of the answer does not matter.
    /// @param target The contract.
    /// @param question Encoded call.
    /// @return word The word; zero after a revert, without code, and if there was too little data.
    function answer(address target, bytes memory question) internal view returns (bytes32 word) {
        // Solidity's own static call copies the whole answer; the scratch space takes one word of it.
        assembly ("memory-safe") {
            mstore(0, 0)
            let success := staticcall(gas(), target, add(question, 32), mload(question), 0, 32)
            if and(success, gt(returndatasize(), 31)) { word := mload(0) }
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
