// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {LibBytes} from "solady/src/utils/LibBytes.sol";

/// @notice Solady's byte strings, in memory and in storage.
contract SoladyBytes {
    using LibBytes for LibBytes.BytesStorage;
    using LibBytes for bytes;

    LibBytes.BytesStorage private stored;

    function set(bytes calldata data) external returns (uint256) {
        stored.setCalldata(data);
        return stored.length();
    }

    function setFromMemory(bytes memory data) external returns (bool) {
        stored.set(data);
        return stored.isEmpty();
    }

    function clear() external {
        stored.clear();
    }

    function get() external view returns (bytes memory) {
        return stored.get();
    }

    function byteAt(uint256 index) external view returns (uint8) {
        return stored.uint8At(index);
    }

    function replace(bytes memory subject, bytes memory needle, bytes memory replacement)
        external
        pure
        returns (bytes memory)
    {
        return subject.replace(needle, replacement);
    }

    function find(bytes memory subject, bytes memory needle, uint256 from)
        external
        pure
        returns (uint256, uint256, bool, bool, bool)
    {
        return (
            subject.indexOf(needle, from),
            subject.lastIndexOf(needle, from),
            subject.contains(needle),
            subject.startsWith(needle),
            subject.endsWith(needle)
        );
    }

    function findByte(bytes memory subject, bytes1 needle, uint256 from) external pure returns (uint256) {
        return subject.indexOfByte(needle, from);
    }

    function repeat(bytes memory subject, uint8 times) external pure returns (bytes memory) {
        return subject.repeat(times % 16);
    }

    function slice(bytes memory subject, uint256 start, uint256 end) external pure returns (bytes memory) {
        return subject.slice(start, end);
    }

    function sliceCalldata(bytes calldata subject, uint256 start, uint256 end) external pure returns (bytes memory) {
        return LibBytes.sliceCalldata(subject, start, end);
    }

    function truncate(bytes memory subject, uint256 length) external pure returns (bytes memory) {
        return subject.truncate(length);
    }

    function indices(bytes memory subject, bytes memory needle) external pure returns (uint256[] memory) {
        return subject.indicesOf(needle);
    }

    function split(bytes memory subject, bytes memory delimiter) external pure returns (bytes[] memory) {
        return subject.split(delimiter);
    }

    function concat(bytes memory a, bytes memory b) external pure returns (bytes memory) {
        return a.concat(b);
    }

    function compare(bytes memory a, bytes memory b) external pure returns (bool, int256, bool) {
        return (a.eq(b), a.cmp(b), a.eqs(bytes32(b)));
    }

    function direct(bytes[] memory list) external pure returns (bytes[] memory) {
        LibBytes.directReturn(list);
    }

    function load(bytes memory data, uint8 offset) external pure returns (bytes32) {
        return data.load(offset);
    }
}
