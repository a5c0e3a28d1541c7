// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title List of words that is mostly short
/// @notice A list of one word takes one slot, where a Solidity array takes two; new slots are what costs most on ZKsync.
library WordList {
    /// @notice The list.
    /// @param first First word, or zero if the list is empty.
    /// @param rest All other words.
    struct List {
        bytes32 first;
        bytes32[] rest;
    }

    /// @notice Whether the list is empty.
    /// @param list The list.
    /// @return True if it is.
    function isEmpty(List storage list) internal view returns (bool) {
        return list.first == 0;
    }

    /// @notice Number of words.
    /// @param list The list.
    /// @return The number.
    function length(List storage list) internal view returns (uint256) {
        return isEmpty(list) ? 0 : 1 + list.rest.length;
    }

    /// @notice Word at a position.
    /// @param list The list.
    /// @param position The position; below the length.
    /// @return The word.
    function at(List storage list, uint256 position) internal view returns (bytes32) {
        return position == 0 ? list.first : list.rest[position - 1];
    }

    /// @notice Appends a word.
    /// @param list The list.
    /// @param word The word; not zero.
    function push(List storage list, bytes32 word) internal {
        if (isEmpty(list)) list.first = word;
        else list.rest.push(word);
    }

    /// @notice Removes and returns the last word.
    /// @param list The list; not empty.
    /// @return word The word.
    function pop(List storage list) internal returns (bytes32 word) {
        uint256 count = list.rest.length;
        if (count == 0) {
            word = list.first;
            list.first = 0;
        } else {
            word = list.rest[count - 1];
            list.rest.pop();
        }
    }

    /// @notice Removes a word; the last one takes its place.
    /// @param list The list; the word must be in it.
    /// @param word The word.
    function remove(List storage list, bytes32 word) internal {
        bytes32 last = pop(list);
        if (last == word) return;
        uint256 position = 0;
        while (at(list, position) != word) ++position;
        if (position == 0) list.first = last;
        else list.rest[position - 1] = last;
    }

    /// @notice Copies a range of the list.
    /// @param list The list.
    /// @param offset First position.
    /// @param limit Highest number of words.
    /// @return words The words.
    function slice(List storage list, uint256 offset, uint256 limit) internal view returns (bytes32[] memory words) {
        uint256 count = length(list);
        if (offset >= count) return words;
        count -= offset;
        if (limit < count) count = limit;
        words = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            words[i] = at(list, offset + i);
        }
    }
}
