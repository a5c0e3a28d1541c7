// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {CalldataSlice} from "./CalldataSlice.sol";

/// @title ERC-7739: signatures of contracts that say what is signed and for which account
/// @notice Turns the hash an application wants signed into the hash that the account's signer really signed. Either carries
/// the account's own EIP-712 domain, so a signature is worthless for another account of the same signer.
library ERC7739 {
    using CalldataSlice for bytes;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    bytes32 private constant PERSONAL_SIGN_TYPEHASH = keccak256("PersonalSign(bytes prefixed)");

    /// @dev Set of characters, one bit each: those that no type name may begin with, since elementary types do.
    uint256 private constant LOWER_CASE_LETTERS = 0x3ffffff << 97;

    /// @dev Set of characters, one bit each: zero, blank, comma and parentheses, which no type name may contain.
    uint256 private constant DELIMITERS = 1 | 1 << 32 | 1 << 44 | 1 << 40 | 1 << 41;

    /// @dev Length of separator, contents' hash and the length of the description.
    uint256 private constant FIXED_LENGTH = 66;

    /// @notice What the account's signer signed. A signature over typed data is laid out as `signature ‖ appSeparator ‖
    /// contentsHash ‖ contentsDescription ‖ uint16(length of contentsDescription)`; any other one is over a message without
    /// structure.
    /// @param domain `abi.encode(nameHash, versionHash, chainId, account)` of the account's domain.
    /// @param hash Hash the application wants signed.
    /// @param wrapped The signature as the application has it.
    /// @return signedHash Hash that is signed.
    /// @return signature The signer's own signature.
    function unwrap(bytes memory domain, bytes32 hash, bytes calldata wrapped)
        internal
        pure
        returns (bytes32 signedHash, bytes calldata signature)
    {
        uint256 length;
        (signedHash, length) = _typedDataHash(domain, hash, wrapped);
        if (signedHash != 0) return (signedHash, _slice(wrapped, 0, length));
        bytes32 separator = keccak256(bytes.concat(DOMAIN_TYPEHASH, domain));
        return (_eip712(separator, keccak256(bytes.concat(PERSONAL_SIGN_TYPEHASH, hash))), wrapped);
    }

    /// @dev Hash that is signed for typed data, and length of the signer's own signature; zero if a signature is not laid out
    /// for typed data, does not belong to the hash, or describes the contents improperly.
    function _typedDataHash(bytes memory domain, bytes32 hash, bytes calldata wrapped)
        private
        pure
        returns (bytes32 signedHash, uint256 length)
    {
        length = wrapped.length;
        if (length < FIXED_LENGTH) return (0, 0);
        // No underflow: both lengths are bounded before they are subtracted.
        unchecked {
            uint256 descriptionLength = uint16(wrapped.word(length - 32));
            length -= FIXED_LENGTH;
            if (descriptionLength > length) return (0, 0);
            length -= descriptionLength;
            bytes32 separator = bytes32(wrapped.word(length));
            bytes32 contentsHash = bytes32(wrapped.word(length + 32));
            if (_eip712(separator, contentsHash) != hash) return (0, 0);
            bytes memory typeString = _typeString(_slice(wrapped, length + 64, descriptionLength));
            if (typeString.length == 0) return (0, 0);
            // The last member, the salt, is zero.
            bytes32 structHash = keccak256(bytes.concat(keccak256(typeString), contentsHash, domain, bytes32(0)));
            signedHash = _eip712(separator, structHash);
        }
    }

    /// @dev Full EIP-712 type of `TypedDataSign` for a description, or nothing if the description is improper. A description
    /// is the contents' type, followed by the contents' name unless the type begins with it.
    function _typeString(bytes calldata description) private pure returns (bytes memory) {
        (bytes calldata name, bytes calldata contentsType) = _splitDescription(description);
        if (!_isTypeName(name)) return "";
        return bytes.concat(
            "TypedDataSign(",
            name,
            " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
            contentsType
        );
    }

    /// @dev Splits a description into name and type; the name is empty if there is none, or no type.
    function _splitDescription(bytes calldata description)
        private
        pure
        returns (bytes calldata name, bytes calldata contentsType)
    {
        uint256 length = description.length;
        uint256 split = length;
        // No overflow: positions stay within the description.
        unchecked {
            while (split != 0 && _character(description, split - 1) != uint8(bytes1(")"))) --split;
            if (split == 0) return (description[:0], description);
            if (split != length) {
                return (_slice(description, split, length - split), _slice(description, 0, split));
            }
            split = 0;
            while (split < length && _character(description, split) != uint8(bytes1("("))) ++split;
            return (_slice(description, 0, split), description);
        }
    }

    /// @dev Whether a name cannot be mistaken for an elementary type or smuggle members into the struct.
    function _isTypeName(bytes calldata name) private pure returns (bool) {
        uint256 improper = LOWER_CASE_LETTERS;
        for (uint256 i = 0; i < name.length; ++i) {
            if ((improper | DELIMITERS) >> _character(name, i) & 1 != 0) return false;
            improper = 0;
        }
        return name.length != 0;
    }

    /// @dev Character at a position, which the caller knows to be within the text.
    function _character(bytes calldata text, uint256 position) private pure returns (uint256) {
        return text.word(position) >> 248;
    }

    /// @dev Part of some bytes, which the caller knows to be within them.
    function _slice(bytes calldata blob, uint256 start, uint256 length) private pure returns (bytes calldata slice) {
        // Equals `blob[start:start + length]` without a second check of the bounds.
        assembly ("memory-safe") {
            slice.offset := add(blob.offset, start)
            slice.length := length
        }
    }

    /// @dev EIP-712 hash.
    function _eip712(bytes32 separator, bytes32 structHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", separator, structHash));
    }
}
