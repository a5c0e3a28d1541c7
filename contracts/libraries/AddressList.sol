// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";

/// @title Linked list of tagged addresses
/// @notice The tag of an address is one storage read, and so is the number of addresses with a tag. A list of `n` addresses
/// takes `n + 1` slots.
/// @dev A link is `next << 8 | tag`, so that the last one is a single byte: publishing a word costs by its significant bytes.
/// The head is laid out like a link whose tag is {USED}, with a counter per tag in the bits above.
library AddressList {
    /// @dev What follows the last address of each list.
    address internal constant END = address(0);

    /// @dev Highest number of addresses with the same tag.
    uint256 internal constant MAX_COUNT = type(uint16).max;

    /// @dev Tag of the head of a list that was ever used.
    uint256 private constant USED = 1;

    /// @dev Bits of a link that hold the next address.
    uint256 private constant NEXT_MASK = uint256(type(uint160).max) << 8;

    /// @notice The list.
    /// @param head Link to the first address.
    /// @param links Link of each address.
    struct List {
        uint256 head;
        mapping(address item => uint256 link) links;
    }

    /// @notice Which addresses of a list to read.
    /// @param tag Tag of the addresses.
    /// @param start Address to continue after, or {END} for the beginning.
    /// @param limit Highest number of addresses.
    struct Range {
        uint256 tag;
        address start;
        uint256 limit;
    }

    /// @notice Tag of an address.
    /// @param list The list.
    /// @param item The address.
    /// @return Its tag, or zero if it is not in the list.
    function tagOf(List storage list, address item) internal view returns (uint256) {
        return uint8(list.links[item]);
    }

    /// @notice Number of addresses with a tag.
    /// @param list The list.
    /// @param tag The tag; from 1 to 5.
    /// @return The number.
    function countOf(List storage list, uint256 tag) internal view returns (uint256) {
        return uint16(list.head >> _counterPosition(tag));
    }

    /// @notice Whether the list was ever used. It stays used when it becomes empty.
    /// @param list The list.
    /// @return True if so.
    function isUsed(List storage list) internal view returns (bool) {
        return list.head != 0;
    }

    /// @notice Makes an empty list count as used.
    /// @param list The list; must be empty.
    function markUsed(List storage list) internal {
        list.head = USED;
    }

    /// @notice First address.
    /// @param list The list.
    /// @return The address, or {END} if the list is empty.
    function first(List storage list) internal view returns (address) {
        return _next(list.head);
    }

    /// @notice Tag of an address, and what follows.
    /// @param list The list.
    /// @param item The address; must be in the list.
    /// @return tag Its tag.
    /// @return next Next address, or {END}.
    function entry(List storage list, address item) internal view returns (uint256 tag, address next) {
        uint256 link = list.links[item];
        return (uint8(link), _next(link));
    }

    /// @notice Puts an address in front. It must not be in the list.
    /// @dev Reverts if {MAX_COUNT} addresses have the tag.
    /// @param list The list.
    /// @param item The address; not {END}.
    /// @param tag Its tag; from 1 to 5.
    function insert(List storage list, address item, uint256 tag) internal {
        if (countOf(list, tag) == MAX_COUNT) revert IModuleDirectory.AccountListFull(MAX_COUNT);
        uint256 head = list.head;
        list.links[item] = head & NEXT_MASK | tag;
        // No overflow: the counter is not full.
        unchecked {
            list.head = (head & ~NEXT_MASK | uint256(uint160(item)) << 8 | USED) + (1 << _counterPosition(tag));
        }
    }

    /// @notice Takes out an address. It must be in the list.
    /// @param list The list.
    /// @param item The address.
    function remove(List storage list, address item) internal {
        uint256 link = list.links[item];
        uint256 head = list.head;
        // No underflow: the item itself was counted.
        unchecked {
            head -= 1 << _counterPosition(uint8(link));
        }
        address previous = _next(head);
        if (previous == item) {
            head = _withNext(head, link);
        } else {
            while (_next(list.links[previous]) != item) previous = _next(list.links[previous]);
            list.links[previous] = _withNext(list.links[previous], link);
        }
        list.head = head;
        delete list.links[item];
    }

    /// @notice Lists addresses with a tag, newest first.
    /// @param list The list.
    /// @param range Which ones.
    /// @return items The addresses.
    /// @return cursor Address to continue after, or {END} if the end of the list was reached.
    function page(List storage list, Range memory range)
        internal
        view
        returns (address[] memory items, address cursor)
    {
        // Appends at the end of memory, where the array grows until it is complete; nothing else is allocated meanwhile.
        assembly ("memory-safe") {
            items := mload(64)
            mstore(items, 0)
            mstore(64, add(items, 32))
        }
        address item = _next(range.start == END ? list.head : list.links[range.start]);
        while (item != END && items.length < range.limit) {
            (uint256 tag, address next) = entry(list, item);
            if (tag == range.tag) {
                cursor = item;
                // Solidity's memory arrays cannot grow.
                assembly ("memory-safe") {
                    let length := add(mload(items), 1)
                    let end := add(items, shl(5, length))
                    mstore(items, length)
                    mstore(end, item)
                    mstore(64, add(end, 32))
                }
            }
            item = next;
        }
        if (item == END) cursor = END;
    }

    /// @dev Next address of a link.
    function _next(uint256 link) private pure returns (address) {
        return address(uint160(link >> 8));
    }

    /// @dev A link with the next address of another one.
    function _withNext(uint256 link, uint256 other) private pure returns (uint256) {
        return link & ~NEXT_MASK | other & NEXT_MASK;
    }

    /// @dev Lowest bit of the counter of a tag, in the head.
    function _counterPosition(uint256 tag) private pure returns (uint256) {
        // No overflow: tags are small. Five counters fit above the address.
        unchecked {
            return 152 + 16 * tag;
        }
    }
}
