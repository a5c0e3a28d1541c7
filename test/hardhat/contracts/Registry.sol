// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Scores} from "./Scores.sol";

/// @notice A number that one owner may set.
contract Entry {
    /// @notice Who may set the number.
    address public immutable owner;
    /// @notice The number.
    uint256 public number;

    /// @param initial First number.
    constructor(uint256 initial) {
        owner = msg.sender;
        number = initial;
    }
}

/// @notice Creates entries.
contract Registry {
    /// @notice Every entry created so far.
    Entry[] public entries;

    /// @notice Creates an entry.
    /// @param initial Its first number.
    /// @return entry The new entry.
    function create(uint256 initial) external returns (Entry entry) {
        entry = new Entry(initial);
        entries.push(entry);
    }

    /// @notice The score of an entry, which a library that is deployed by itself works out.
    /// @param index Position of the entry.
    /// @return score Its score.
    function score(uint256 index) external view returns (uint256) {
        return Scores.triple(entries[index].number());
    }
}
