// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice ABI coding: nested dynamic types in and out, packed encodings, slices, malformed input.
contract Coding {
    enum Colour {
        Red,
        Green,
        Blue
    }

    struct Point {
        int128 x;
        uint8 y;
    }

    struct Leaf {
        bytes data;
        Point point;
        Colour colour;
    }

    struct Tree {
        string name;
        Leaf[] leaves;
        uint16[3] numbers;
        bytes32[][2] grid;
        address owner;
        bool flag;
    }

    function echoWords(uint8 a, int16 b, bytes3 c, address d, bool e, Colour f)
        external
        pure
        returns (uint8, int16, bytes3, address, bool, Colour)
    {
        return (a, b, c, d, e, f);
    }

    function echoTree(Tree memory tree) external pure returns (Tree memory) {
        return tree;
    }

    function echoTreeFromCalldata(Tree calldata tree) external pure returns (Tree memory, uint256) {
        return (tree, tree.leaves.length);
    }

    function hashTree(Tree calldata tree, uint256 i) external pure returns (bytes32, bytes memory, int128) {
        Leaf calldata leaf = tree.leaves[i % 4];
        return (keccak256(abi.encode(tree)), leaf.data, leaf.point.x);
    }

    function echoArrays(uint256[][] calldata a, bytes[] calldata b, string[2] memory c)
        external
        pure
        returns (uint256[][] memory, bytes[] memory, string[2] memory)
    {
        return (a, b, c);
    }

    function slice(bytes calldata data, uint256 from, uint256 to) external pure returns (bytes memory) {
        return data[from:to];
    }

    function smallSlice(bytes calldata data, uint8 from, uint8 to) external pure returns (bytes memory, uint256) {
        bytes calldata part = data[from % 64:to % 64];
        return (part, part.length);
    }

    function decodePair(bytes calldata data) external pure returns (uint32, string memory) {
        return abi.decode(data, (uint32, string));
    }

    function decodeFromMemory(bytes memory data) external pure returns (Point[] memory, bytes memory) {
        return abi.decode(data, (Point[], bytes));
    }

    function roundTrip(Tree memory tree, uint64 extra) external pure returns (bool) {
        bytes memory coded = abi.encode(extra, tree);
        (uint64 first, Tree memory second) = abi.decode(coded, (uint64, Tree));
        return first == extra && keccak256(abi.encode(second)) == keccak256(abi.encode(tree));
    }

    function packed(uint8 a, int24 b, bytes calldata c, uint16[] calldata d, address e, bool f)
        external
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(a, b, c, d, e, f, "tail");
    }

    function encodeCalls(uint8 a, string calldata text) external view returns (bytes memory, bytes memory) {
        return
            (abi.encodeCall(this.smallSlice, (bytes(text), a, a)), abi.encodeWithSignature("f(uint8,string)", a, text));
    }

    function bytesToWords(bytes calldata data) external pure returns (bytes32 a, bytes4 b, uint256 c) {
        a = bytes32(data);
        b = bytes4(data);
        c = data.length;
    }

    function multipleReturns(uint256 n) external pure returns (uint256[] memory list, bool ok, string memory text) {
        list = new uint256[](n % 20);
        for (uint256 i; i < list.length; i++) {
            list[i] = i * n;
        }
        ok = n > 10;
        text = ok ? "a longer string that needs more than one word of memory" : "short";
    }

    fallback(bytes calldata input) external returns (bytes memory) {
        return abi.encode(msg.sig, input.length, keccak256(input));
    }
}
