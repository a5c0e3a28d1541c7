// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @notice OpenZeppelin's histories of values, in all three widths.
contract Trace {
    using Checkpoints for Checkpoints.Trace160;
    using Checkpoints for Checkpoints.Trace208;
    using Checkpoints for Checkpoints.Trace224;

    Checkpoints.Trace160 private wide;
    Checkpoints.Trace208 private middle;
    Checkpoints.Trace224 private narrow;

    function pushWide(uint96 key, uint160 value) external returns (uint160, uint160) {
        return wide.push(key, value);
    }

    function push(uint48 key, uint208 value) external returns (uint208, uint208) {
        return middle.push(key, value);
    }

    function pushNarrow(uint32 key, uint224 value) external returns (uint224, uint224) {
        return narrow.push(key, value);
    }

    function pushMany(uint32 key, uint224[] calldata values) external {
        for (uint256 i = 0; i < values.length; ++i) {
            narrow.push(key + uint32(i), values[i]);
        }
    }

    function lookups(uint48 key) external view returns (uint208, uint208, uint208) {
        return (middle.lowerLookup(key), middle.upperLookup(key), middle.upperLookupRecent(key));
    }

    function lookupsNarrow(uint32 key) external view returns (uint224, uint224, uint224) {
        return (narrow.lowerLookup(key), narrow.upperLookup(key), narrow.upperLookupRecent(key));
    }

    function latest() external view returns (uint160, uint208, uint224) {
        return (wide.latest(), middle.latest(), narrow.latest());
    }

    function last() external view returns (bool, uint48, uint208, uint256) {
        (bool exists, uint48 key, uint208 value) = middle.latestCheckpoint();
        return (exists, key, value, middle.length());
    }

    function at(uint32 index) external view returns (Checkpoints.Checkpoint160 memory) {
        return wide.at(index);
    }

    function sum(uint32 from, uint32 to) external view returns (uint256 total) {
        for (uint32 key = from; key < to; ++key) {
            total += narrow.upperLookup(key);
        }
    }
}
