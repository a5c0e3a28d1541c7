// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title List of few words
/// @notice The words stand in consecutive slots and a zero ends them: a list of one word takes one slot, where a Solidity
/// array takes two. New slots are what costs most on ZKsync.
library ShortList {
    /// @notice Highest number of words.
    uint256 internal constant CAPACITY = 64;

    /// @notice The list.
    /// @param words The words, followed by zeros. The last one always is zero.
    struct List {
        bytes32[CAPACITY + 1] words;
    }

    /// @notice Whether the list is empty.
    /// @param list The list.
    /// @return True if it is.
    function isEmpty(List storage list) internal view returns (bool) {
        return at(list, 0) == 0;
    }

    /// @notice The word at a position.
    /// @param list The list.
    /// @param position The position; not above the length.
    /// @return word The word; zero at the end.
    function at(List storage list, uint256 position) internal view returns (bytes32 word) {
        // Equals `list.words[position]` without a check of the bounds.
        assembly ("memory-safe") {
            word := sload(add(list.slot, position))
        }
    }

    /// @notice Appends a word.
    /// @param list The list.
    /// @param word The word; not zero.
    /// @return True, or false if the list is full.
    function push(List storage list, bytes32 word) internal returns (bool) {
        uint256 length = _find(list, 0);
        if (length == CAPACITY) return false;
        _set(list, length, word);
        return true;
    }

    /// @notice Removes a word; the last one takes its place.
    /// @param list The list; the word must be in it.
    /// @param word The word.
    function remove(List storage list, bytes32 word) internal {
        unchecked {
            uint256 last = _find(list, 0) - 1;
            _set(list, _find(list, word), at(list, last));
            _set(list, last, 0);
        }
    }

    /// @notice Leaves a gap at a position. For emptying the whole list from its start only.
    /// @param list The list.
    /// @param position The position; below the length.
    function leave(List storage list, uint256 position) internal {
        _set(list, position, 0);
    }

    /// @dev First position of a word that is in the list, or of the zero at its end, which is its length.
    function _find(List storage list, bytes32 word) private view returns (uint256 position) {
        unchecked {
            while (at(list, position) != word) ++position;
        }
    }

    /// @dev Replaces the word at a position.
    function _set(List storage list, uint256 position, bytes32 word) private {
        // Equals `list.words[position] = word` without a check of the bounds.
        assembly ("memory-safe") {
            sstore(add(list.slot, position), word)
        }
    }
}
