// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {LibSort} from "solady/src/utils/LibSort.sol";

/// @notice Solady's sorting and sorted sets.
contract SoladySort {
    function sort(uint256[] memory a) external pure returns (uint256[] memory) {
        LibSort.sort(a);
        return a;
    }

    function sortSigned(int256[] memory a) external pure returns (int256[] memory) {
        LibSort.sort(a);
        return a;
    }

    function sortAddresses(address[] memory a) external pure returns (address[] memory) {
        LibSort.sort(a);
        return a;
    }

    function insertion(uint256[] memory a) external pure returns (uint256[] memory) {
        LibSort.insertionSort(a);
        return a;
    }

    function insertionSigned(int256[] memory a) external pure returns (int256[] memory) {
        LibSort.insertionSort(a);
        return a;
    }

    function unique(uint256[] memory a) external pure returns (uint256[] memory, bool, bool) {
        bool sorted = LibSort.isSorted(a);
        LibSort.sort(a);
        LibSort.uniquifySorted(a);
        return (a, sorted, LibSort.isSortedAndUniquified(a));
    }

    function search(uint256[] memory a, uint256 needle) external pure returns (bool, uint256) {
        LibSort.sort(a);
        return LibSort.searchSorted(a, needle);
    }

    function searchSigned(int256[] memory a, int256 needle) external pure returns (bool, uint256) {
        LibSort.sort(a);
        return LibSort.searchSorted(a, needle);
    }

    function algebra(uint256[] memory a, uint256[] memory b)
        external
        pure
        returns (uint256[] memory, uint256[] memory, uint256[] memory)
    {
        LibSort.sort(a);
        LibSort.uniquifySorted(a);
        LibSort.sort(b);
        LibSort.uniquifySorted(b);
        return (LibSort.difference(a, b), LibSort.intersection(a, b), LibSort.union(a, b));
    }

    function reverse(uint256[] memory a) external pure returns (uint256[] memory) {
        LibSort.reverse(a);
        return a;
    }

    function group(uint256[] memory keys, uint256[] memory values)
        external
        pure
        returns (uint256[] memory, uint256[] memory)
    {
        LibSort.groupSum(keys, values);
        return (keys, values);
    }

    function hasDuplicate(uint256[] memory a) external pure returns (bool) {
        return LibSort.hasDuplicate(a);
    }

    /// @notice Sorts numbers it makes itself.
    function sortMade(uint256 seed, uint256 count) external pure returns (uint256 digest) {
        uint256[] memory a = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            a[i] = uint256(keccak256(abi.encode(seed, i)));
        }
        LibSort.sort(a);
        assert(LibSort.isSorted(a));
        return uint256(keccak256(abi.encodePacked(a)));
    }
}
