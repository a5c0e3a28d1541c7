// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {CalldataSlice} from "./CalldataSlice.sol";

/// @title ERC-6492: signatures that say how to deploy their signer
/// @notice The wrapper is `abi.encode(address factory, bytes factoryCalldata, bytes signature)` followed by a magic word. A
/// signer that answers has been deployed, so all it needs is the signature within; the call is never made.
library ERC6492 {
    using CalldataSlice for bytes;

    /// @dev Word that ends every wrapper.
    bytes32 private constant MAGIC = 0x6492649264926492649264926492649264926492649264926492649264926492;

    /// @dev Shortest wrapper: the head of its three members and the magic word.
    uint256 private constant MIN_LENGTH = 128;

    /// @notice Signature within a wrapper.
    /// @param signature A wrapper or any other signature.
    /// @return inner The signature within; the signature itself if it is no wrapper, nothing if the wrapper is malformed.
    function unwrap(bytes calldata signature) internal pure returns (bytes calldata inner) {
        uint256 length = signature.length;
        if (length < MIN_LENGTH || bytes32(signature.word(length - 32)) != MAGIC) return signature;
        bytes calldata wrapper = signature[:length - 32];
        (, inner) = wrapper.tryBytes(wrapper.word(64));
    }
}
