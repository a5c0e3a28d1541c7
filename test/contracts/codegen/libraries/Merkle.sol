// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {MerkleTree} from "@openzeppelin/contracts/utils/structs/MerkleTree.sol";

/// @notice OpenZeppelin's Merkle proofs, single and many at once, and a tree kept in storage.
contract Merkle {
    using MerkleTree for MerkleTree.Bytes32PushTree;

    MerkleTree.Bytes32PushTree private tree;
    bytes32 public root;
    mapping(address account => uint256 amount) public claimed;

    constructor() {
        root = tree.setup(6, bytes32(0));
    }

    function setRoot(bytes32 newRoot) external {
        root = newRoot;
    }

    function push(bytes32 leaf) external returns (uint256 index) {
        (index, root) = tree.push(leaf);
    }

    function claim(uint256 amount, bytes32[] calldata proof) external {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(msg.sender, amount))));
        require(MerkleProof.verifyCalldata(proof, root, leaf), "bad proof");
        require(claimed[msg.sender] == 0, "claimed");
        claimed[msg.sender] = amount;
    }

    function verify(bytes32[] calldata proof, bytes32 leaf) external view returns (bool, bytes32) {
        bytes32[] memory copy = proof;
        return (MerkleProof.verify(copy, root, leaf), MerkleProof.processProofCalldata(proof, leaf));
    }

    function multiVerify(bytes32[] calldata proof, bool[] calldata flags, bytes32[] calldata leaves)
        external
        view
        returns (bool, bytes32)
    {
        bytes32[] memory copied = leaves;
        return (
            MerkleProof.multiProofVerifyCalldata(proof, flags, root, copied),
            MerkleProof.processMultiProof(proof, flags, leaves)
        );
    }
}
