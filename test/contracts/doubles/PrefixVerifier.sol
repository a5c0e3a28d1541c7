// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

/// @title Verifier of a made-up kind of key: its signature is the key itself, followed by the hash
contract PrefixVerifier is IERC7913SignatureVerifier {
    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bool valid = keccak256(signature) == keccak256(abi.encodePacked(key, hash));
        return valid ? IERC7913SignatureVerifier.verify.selector : bytes4(0xffffffff);
    }
}
