// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Memory: copies, single bytes, hashing of slices, strings and arrays.
contract Memory {
    /// @notice Fills a buffer from a seed, copies inside it and returns all of it.
    function copyWithin(uint256 seed, uint16 to, uint16 from, uint16 length) external pure returns (bytes memory r) {
        r = pattern(seed, 700);
        to %= 350;
        from %= 350;
        length %= 350;
        assembly ("memory-safe") {
            let start := add(r, 32)
            mcopy(add(start, to), add(start, from), length)
        }
    }

    function storeBytes(uint256 seed, uint8[] calldata positions) external pure returns (bytes memory r) {
        r = pattern(seed, 100);
        for (uint256 i; i < positions.length; i++) {
            uint256 position = positions[i] % 100;
            assembly ("memory-safe") {
                mstore8(add(add(r, 32), position), add(seed, mul(i, 77)))
            }
        }
    }

    function unaligned(uint256 seed, uint8 at, uint256 value) external pure returns (bytes memory r, uint256 x) {
        r = pattern(seed, 320);
        assembly ("memory-safe") {
            let place := add(add(r, 32), at)
            x := mload(place)
            mstore(place, value)
        }
    }

    function hashSlice(uint256 seed, uint16 from, uint16 length) external pure returns (bytes32 h, bytes32 empty) {
        bytes memory r = pattern(seed, 600);
        from %= 300;
        length %= 300;
        assembly ("memory-safe") {
            h := keccak256(add(add(r, 32), from), length)
            empty := keccak256(length, 0)
        }
    }

    function zeroLength(uint256 a, uint256 b) external pure returns (uint256 r) {
        assembly ("memory-safe") {
            calldatacopy(0, a, 0)
            mcopy(and(a, 0xffff), and(b, 0xffff), 0)
            returndatacopy(0, 0, 0)
            r := add(b, returndatasize())
        }
    }

    function calldataWindow(uint256 from, uint16 length, bytes calldata) external pure returns (bytes memory r) {
        length %= 500;
        r = pattern(1, length);
        assembly ("memory-safe") {
            calldatacopy(add(r, 32), from, length)
        }
    }

    function calldataWord(uint32 at) external pure returns (uint256 r, uint256 size) {
        assembly ("memory-safe") {
            r := calldataload(at)
            size := calldatasize()
        }
    }

    function concatenate(bytes calldata a, string calldata b, bytes4 c) external pure returns (bytes memory) {
        return bytes.concat(a, bytes(b), c, bytes(string.concat(b, "suffix", b)));
    }

    function sortWords(uint256[] memory list) external pure returns (uint256[] memory) {
        for (uint256 i = 1; i < list.length; i++) {
            uint256 item = list[i];
            uint256 j = i;
            while (j > 0 && list[j - 1] > item) {
                list[j] = list[j - 1];
                j--;
            }
            list[j] = item;
        }
        return list;
    }

    function matrix(uint8 rows, uint8 columns, uint256 seed) external pure returns (uint256[][] memory m, uint256 sum) {
        m = new uint256[][](rows % 9);
        for (uint256 i; i < m.length; i++) {
            m[i] = new uint256[]((columns + i) % 7);
            for (uint256 j; j < m[i].length; j++) {
                seed = uint256(keccak256(abi.encode(seed, i, j)));
                m[i][j] = seed;
                sum ^= seed;
            }
        }
    }

    function index(uint256[4] memory fixedSize, uint256[] memory dynamicSize, uint256 i)
        external
        pure
        returns (uint256)
    {
        return i % 2 == 0 ? fixedSize[i / 2] : dynamicSize[i / 2];
    }

    function reverse(bytes memory data) external pure returns (bytes memory r) {
        r = new bytes(data.length);
        for (uint256 i; i < data.length; i++) {
            r[data.length - 1 - i] = data[i];
        }
    }

    function base64(bytes memory data) external pure returns (string memory) {
        bytes memory table = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        bytes memory out = new bytes((data.length * 4 + 2) / 3);
        uint256 bits;
        uint256 count;
        uint256 at;
        for (uint256 i; i < data.length; i++) {
            bits = (bits << 8) | uint8(data[i]);
            count += 8;
            while (count >= 6) {
                count -= 6;
                out[at++] = table[(bits >> count) & 63];
            }
        }
        if (count > 0) out[at] = table[(bits << (6 - count)) & 63];
        return string(out);
    }

    function freshMemoryIsZero(uint16 length) external pure returns (bytes memory r) {
        r = new bytes(length % 2000);
    }

    function pattern(uint256 seed, uint256 length) internal pure returns (bytes memory r) {
        r = new bytes(length);
        for (uint256 i; i < length; i++) {
            r[i] = bytes1(uint8(seed + i * 31 + (i >> 3)));
        }
    }
}
