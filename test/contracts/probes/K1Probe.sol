// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {K1Signature} from "../../../contracts/libraries/K1Signature.sol";

/// @title The recovery of secp256k1 signatures, as the contracts do it, for test vectors
contract K1Probe {
    /// @notice Address whose key made a signature, or zero.
    function recover(bytes32 hash, bytes calldata signature) external view returns (address) {
        return K1Signature.recover(hash, signature);
    }
}
