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
        return askWithin(type(uint256).max, target, question);
    }

    /// @notice Asks a contract a question that may not cost more than some gas.
    /// @dev As {ask}; running out of that gas counts as "no", too.
    /// @param gasLimit The gas.
    /// @param target The contract.
    /// @param question Encoded call.
    /// @return True if it answered `true`.
    function askWithin(uint256 gasLimit, address target, bytes memory question) internal view returns (bool) {
        return answer(gasLimit, target, question) == bytes32(uint256(1));
    }

    /// @notice Asks a contract for a word.
    /// @dev At most one word of the answer is copied, so the size of the answer does not matter.
    /// @param gasLimit Highest gas that the answer may cost.
    /// @param target The contract.
    /// @param question Encoded call.
    /// @return word The word; zero after a revert, without code, and if there was too little data.
    function answer(uint256 gasLimit, address target, bytes memory question) internal view returns (bytes32 word) {
        // Solidity's own static call copies the whole answer; the scratch space takes one word of it.
        assembly ("memory-safe") {
            mstore(0, 0)
            let success := staticcall(gasLimit, target, add(question, 32), mload(question), 0, 32)
            if and(success, gt(returndatasize(), 31)) { word := mload(0) }
        }
    }

    /// @notice Asks a contract a question without arguments.
    /// @dev As {ask} with the encoded call.
    /// @param target The contract.
    /// @param selector Selector of the function.
    /// @return result True if it answered `true`.
    function ask(address target, bytes4 selector) internal view returns (bool result) {
        // The scratch space holds the question, then the answer. Less than a word leaves the zero at its end.
        assembly ("memory-safe") {
            mstore(0, selector)
            if staticcall(gas(), target, 0, 4, 0, 32) { result := eq(mload(0), 1) }
        }
    }

    /// @notice Whether a contract says by ERC-165 that it has an interface.
    /// @param target The contract.
    /// @param interfaceId The interface.
    /// @return supported True if it does.
    function supportsInterface(address target, bytes4 interfaceId) internal view returns (bool supported) {
        bytes32 question = bytes32(IERC165.supportsInterface.selector) | bytes32(interfaceId) >> 32;
        // Equals `ask(target, abi.encodeCall(IERC165.supportsInterface, (interfaceId)))` in the scratch space.
        assembly ("memory-safe") {
            mstore(0, question)
            mstore(32, 0)
            let success := staticcall(gas(), target, 0, 36, 0, 32)
            supported := and(and(success, gt(returndatasize(), 31)), eq(mload(0), 1))
        }
    }
}
