// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

/// @notice OpenZeppelin's enumerable sets and one of its maps.
contract Sets {
    using EnumerableMap for EnumerableMap.AddressToUintMap;
    using EnumerableSet for EnumerableSet.AddressSet;
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using EnumerableSet for EnumerableSet.UintSet;

    EnumerableSet.UintSet private numbers;
    EnumerableSet.AddressSet private accounts;
    EnumerableSet.Bytes32Set private words;
    EnumerableMap.AddressToUintMap private map;

    function addNumber(uint256 value) external returns (bool) {
        return numbers.add(value);
    }

    function removeNumber(uint256 value) external returns (bool) {
        return numbers.remove(value);
    }

    function hasNumber(uint256 value) external view returns (bool) {
        return numbers.contains(value);
    }

    function numberAt(uint256 index) external view returns (uint256) {
        return numbers.at(index);
    }

    function allNumbers() external view returns (uint256[] memory) {
        return numbers.values();
    }

    function clearNumbers() external {
        numbers.clear();
    }

    function addAccount(address value) external returns (bool, uint256) {
        return (accounts.add(value), accounts.length());
    }

    function removeAccount(address value) external returns (bool, uint256) {
        return (accounts.remove(value), accounts.length());
    }

    function allAccounts() external view returns (address[] memory) {
        return accounts.values();
    }

    function addWords(bytes32[] calldata values) external returns (uint256 added) {
        for (uint256 i = 0; i < values.length; ++i) {
            if (words.add(values[i])) ++added;
        }
    }

    function removeWords(bytes32[] calldata values) external returns (uint256 removed) {
        for (uint256 i = 0; i < values.length; ++i) {
            if (words.remove(values[i])) ++removed;
        }
    }

    function allWords() external view returns (bytes32[] memory) {
        return words.values();
    }

    function put(address key, uint256 value) external returns (bool) {
        return map.set(key, value);
    }

    function drop(address key) external returns (bool) {
        return map.remove(key);
    }

    function get(address key) external view returns (uint256) {
        return map.get(key);
    }

    function tryGet(address key) external view returns (bool, uint256) {
        return map.tryGet(key);
    }

    function entries() external view returns (address[] memory keys, uint256[] memory values) {
        keys = map.keys();
        values = new uint256[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            (address key, uint256 value) = map.at(i);
            assert(key == keys[i]);
            values[i] = value;
        }
    }

    /// @notice Adds and removes numbers until their order is well mixed.
    function churn(uint256 seed, uint256 rounds) external returns (uint256 length) {
        for (uint256 i = 0; i < rounds; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 value = seed % 64;
            if (!numbers.add(value)) numbers.remove(value);
        }
        return numbers.length();
    }
}
