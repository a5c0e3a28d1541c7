// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {JSONParserLib} from "solady/src/utils/JSONParserLib.sol";

/// @notice Solady's JSON parser.
contract SoladyJson {
    using JSONParserLib for JSONParserLib.Item;
    using JSONParserLib for string;

    /// @notice Visits the whole document.
    function walk(string calldata text) external pure returns (bytes32 digest, uint256 items, uint256 depth) {
        return _walk(text.parse());
    }

    function member(string calldata text, string calldata key) external pure returns (string memory, uint8, uint256) {
        JSONParserLib.Item memory item = text.parse().at(string.concat('"', key, '"'));
        return (item.value(), item.getType(), item.size());
    }

    function element(string calldata text, uint256 index) external pure returns (string memory, uint256, bool) {
        JSONParserLib.Item memory item = text.parse().at(index);
        return (item.value(), item.index(), item.parent().isArray());
    }

    function parseUint(string calldata text) external pure returns (uint256) {
        return text.parseUint();
    }

    function parseInt(string calldata text) external pure returns (int256) {
        return text.parseInt();
    }

    function parseHex(string calldata text) external pure returns (uint256) {
        return text.parseUintFromHex();
    }

    function decodeString(string calldata text) external pure returns (string memory) {
        return text.decodeString();
    }

    function _walk(JSONParserLib.Item memory item) private pure returns (bytes32 digest, uint256 items, uint256 depth) {
        digest = keccak256(abi.encode(item.getType(), item.value()));
        items = 1;
        JSONParserLib.Item[] memory children = item.children();
        for (uint256 i = 0; i < children.length; ++i) {
            (bytes32 inner, uint256 count, uint256 below) = _walk(children[i]);
            string memory key = item.isObject() ? children[i].key() : "";
            digest = keccak256(abi.encode(digest, key, inner));
            items += count;
            if (below > depth) depth = below;
        }
        ++depth;
    }
}
