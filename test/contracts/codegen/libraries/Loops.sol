// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Plain Solidity that computes: loops with checks, hashes, coding, storage.
contract Loops {
    struct Leaf {
        uint128 amount;
        bytes data;
        string[] names;
    }

    struct Tree {
        address owner;
        Leaf[] leaves;
        uint256[4] weights;
    }

    mapping(uint256 key => uint256 value) private table;
    uint256[] private list;

    function fibonacci(uint256 n) external pure returns (uint256 a) {
        uint256 b = 1;
        for (uint256 i = 0; i < n; ++i) {
            (a, b) = (b, a + b);
        }
    }

    function primes(uint256 limit) external pure returns (uint256 count) {
        bool[] memory composite = new bool[](limit + 1);
        for (uint256 i = 2; i <= limit; i++) {
            if (composite[i]) continue;
            count++;
            for (uint256 j = i * i; j <= limit; j += i) {
                composite[j] = true;
            }
        }
    }

    function hashChain(bytes32 seed, uint256 n) external pure returns (bytes32 hash) {
        hash = seed;
        for (uint256 i = 0; i < n; ++i) {
            hash = keccak256(abi.encodePacked(hash, i));
        }
    }

    function product(uint256[] calldata a, uint256[] calldata b) external pure returns (uint256 sum) {
        require(a.length == b.length, "lengths");
        for (uint256 i = 0; i < a.length; ++i) {
            sum += a[i] * b[i];
        }
    }

    function matrix(uint256 n) external pure returns (uint256 trace) {
        uint256[][] memory a = new uint256[][](n);
        for (uint256 i = 0; i < n; ++i) {
            a[i] = new uint256[](n);
            for (uint256 j = 0; j < n; ++j) {
                a[i][j] = i * n + j;
            }
        }
        for (uint256 i = 0; i < n; ++i) {
            for (uint256 k = 0; k < n; ++k) {
                trace += a[i][k] * a[k][i];
            }
        }
    }

    function narrow(int64 start, uint256 n) external pure returns (int64 x) {
        x = start;
        for (uint256 i = 0; i < n; ++i) {
            x = x % 1_000_003 * 31 - int64(uint64(i));
            if (x < 0) x = -x;
        }
    }

    function recode(Tree calldata tree) external pure returns (bytes32 digest, uint256 size) {
        bytes memory coded = abi.encode(tree);
        Tree memory copy = abi.decode(coded, (Tree));
        copy.weights[0] += copy.leaves.length;
        bytes memory again = abi.encode(copy, tree);
        return (keccak256(again), again.length);
    }

    function caesar(bytes calldata text, uint8 shift) external pure returns (bytes memory result) {
        result = new bytes(text.length);
        for (uint256 i = 0; i < text.length; ++i) {
            uint8 letter = uint8(text[i]);
            if (letter >= 0x61 && letter <= 0x7a) letter = 0x61 + (letter - 0x61 + shift) % 26;
            result[i] = bytes1(letter);
        }
    }

    function fill(uint256 n) external {
        for (uint256 i = 0; i < n; ++i) {
            table[i] = i * i;
            list.push(table[i / 2]);
        }
    }

    function total() external view returns (uint256 sum) {
        for (uint256 i = 0; i < list.length; ++i) {
            sum += list[i] + table[i];
        }
    }
}
