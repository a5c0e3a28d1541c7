// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "solady/src/utils/Base64.sol";
import {LibString} from "solady/src/utils/LibString.sol";

/// @notice Solady's strings and Base64.
contract SoladyString {
    function decimal(uint256 value) external pure returns (string memory) {
        return LibString.toString(value);
    }

    function signed(int256 value) external pure returns (string memory) {
        return LibString.toString(value);
    }

    function hexadecimal(uint256 value) external pure returns (string memory, string memory) {
        return (LibString.toHexString(value), LibString.toMinimalHexString(value));
    }

    function padded(uint256 value, uint8 length) external pure returns (string memory) {
        return LibString.toHexString(value, length % 40);
    }

    function account(address value) external pure returns (string memory, string memory) {
        return (LibString.toHexString(value), LibString.toHexStringChecksummed(value));
    }

    function raw(bytes memory value) external pure returns (string memory) {
        return LibString.toHexString(value);
    }

    function runes(string memory text) external pure returns (uint256, bool, uint128) {
        return (LibString.runeCount(text), LibString.is7BitASCII(text), uint128(0));
    }

    function allowed(string memory text) external pure returns (uint128) {
        return LibString.to7BitASCIIAllowedLookup(text);
    }

    function cases(string memory text) external pure returns (string memory, string memory) {
        return (LibString.lower(text), LibString.upper(text));
    }

    function escape(string memory text) external pure returns (string memory, string memory, string memory) {
        return (LibString.escapeHTML(text), LibString.escapeJSON(text, true), LibString.encodeURIComponent(text));
    }

    function pack(string memory a, string memory b) external pure returns (bytes32, string memory) {
        bytes32 packed = LibString.packOne(a);
        return (packed, LibString.unpackOne(LibString.packOne(b)));
    }

    function packTwo(string memory a, string memory b) external pure returns (bytes32, string memory, string memory) {
        bytes32 packed = LibString.packTwo(a, b);
        (string memory first, string memory second) = LibString.unpackTwo(packed);
        return (packed, first, second);
    }

    function small(string memory text) external pure returns (bytes32, string memory) {
        bytes32 packed = LibString.toSmallString(text);
        return (packed, LibString.fromSmallString(packed));
    }

    function normalize(bytes32 text) external pure returns (bytes32) {
        return LibString.normalizeSmallString(text);
    }

    function split(string memory text, string memory delimiter) external pure returns (string[] memory) {
        return LibString.split(text, delimiter);
    }

    function encode(bytes memory data, bool fileSafe, bool noPadding) external pure returns (string memory) {
        return Base64.encode(data, fileSafe, noPadding);
    }

    function decode(string memory text) external pure returns (bytes memory) {
        return Base64.decode(text);
    }
}
