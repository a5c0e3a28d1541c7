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

    /// @notice EIP-712 domain of the account.
    /// @param nameHash Hash of its name.
    /// @param versionHash Hash of its version.
    struct Domain {
        bytes32 nameHash;
        bytes32 versionHash;
    }

    /// @notice Hash signed for a message without structure.
    /// @param domain Domain of this account.
    /// @param hash Hash the application wants signed.
    /// @return The hash that is signed.
    function personalSignHash(Domain memory domain, bytes32 hash) internal view returns (bytes32) {
        bytes32 separator =
            keccak256(abi.encode(DOMAIN_TYPEHASH, domain.nameHash, domain.versionHash, block.chainid, address(this)));
        return _eip712(separator, keccak256(abi.encode(PERSONAL_SIGN_TYPEHASH, hash)));
    }

    /// @notice Hash signed for typed data, if the signature is laid out for it:
    /// `signature ‖ appSeparator ‖ contentsHash ‖ contentsDescription ‖ uint16(length of contentsDescription)`.
    /// @param domain Domain of this account.
    /// @param hash Hash the application wants signed.
    /// @param wrapped The laid-out signature.
    /// @return ok Whether it is laid out so, describes its contents properly and belongs to `hash`.
    /// @return signedHash The hash that is signed.
    /// @return signature The signer's own signature.
    function typedDataHash(Domain memory domain, bytes32 hash, bytes calldata wrapped)
        internal
        view
        returns (bool ok, bytes32 signedHash, bytes calldata signature)
    {
        signature = wrapped[:0];
        if (wrapped.length < 66) return (false, signedHash, signature);
        uint256 length = uint16(bytes2(wrapped[wrapped.length - 2:]));
        if (length > wrapped.length - 66) return (false, signedHash, signature);
        uint256 start = wrapped.length - 66 - length;
        bytes32 separator = bytes32(wrapped.word(start));
        bytes32 contentsHash = bytes32(wrapped.word(start + 32));
        if (_eip712(separator, contentsHash) != hash) return (false, signedHash, signature);
        bytes memory typeString = _typeString(wrapped[start + 64:start + 64 + length]);
        if (typeString.length == 0) return (false, signedHash, signature);
        return (true, _eip712(separator, _structHash(domain, typeString, contentsHash)), wrapped[:start]);
    }

    /// @dev Hash of the `TypedDataSign` struct, whose last member, the salt, is zero.
    function _structHash(Domain memory domain, bytes memory typeString, bytes32 contentsHash)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256(typeString),
                contentsHash,
                domain.nameHash,
                domain.versionHash,
                block.chainid,
                address(this),
                bytes32(0)
            )
        );
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

    /// @dev Splits a description into name and type; the name is empty if there is none.
    function _splitDescription(bytes calldata description)
        private
        pure
        returns (bytes calldata name, bytes calldata contentsType)
    {
        uint256 length = description.length;
        if (length == 0 || description[length - 1] == ")") {
            uint256 end = 0;
            while (end < length && description[end] != "(") ++end;
            return (description[:end], description);
        }
        uint256 split = length;
        while (split != 0 && description[split - 1] != ")") --split;
        return (description[split:], description[:split]);
    }

    /// @dev Whether a name cannot be mistaken for an elementary type or smuggle members into the struct.
    function _isTypeName(bytes calldata name) private pure returns (bool) {
        if (name.length == 0 || (name[0] >= "a" && name[0] <= "z")) return false;
        for (uint256 i = 0; i < name.length; ++i) {
            bytes1 c = name[i];
            if (c == 0 || c == " " || c == "," || c == "(" || c == ")") return false;
        }
        return true;
    }

    /// @dev EIP-712 hash.
    function _eip712(bytes32 separator, bytes32 structHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", separator, structHash));
    }
}
