// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {K1Signature} from "./K1Signature.sol";

/// @title Signatures of keys and of contracts
library SignerCheck {
    /// @notice Whether an address signed a hash.
    /// @dev Never reverts. At most one word of a contract's answer is copied, so the size of the answer does not matter.
    /// @param signer An address without code, whose key signs, or a contract, which is asked by ERC-1271.
    /// @param hash Signed hash.
    /// @param signature The signature.
    /// @return True if it did.
    function isSignedBy(address signer, bytes32 hash, bytes calldata signature) internal view returns (bool) {
        if (signer.code.length != 0) return _isAcceptedBy(signer, hash, signature);
        address recovered = K1Signature.recover(hash, signature);
        // Zero is what a failed recovery gives.
        return recovered != address(0) && recovered == signer;
    }

    /// @dev Whether a contract accepts a signature.
    function _isAcceptedBy(address signer, bytes32 hash, bytes calldata signature)
        private
        view
        returns (bool accepted)
    {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (hash, signature));
        bytes32 yes = IERC1271.isValidSignature.selector;
        // Solidity's own static call copies the whole answer; the scratch space takes one word of it.
        assembly ("memory-safe") {
            mstore(0, 0)
            let success := staticcall(gas(), signer, add(question, 32), mload(question), 0, 32)
            accepted := and(and(success, gt(returndatasize(), 31)), eq(mload(0), yes))
        }
    }
}
