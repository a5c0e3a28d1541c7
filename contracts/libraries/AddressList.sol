// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Linked list of tagged addresses
/// @notice Membership and tag of an address are one storage read; a list of `n` addresses takes `n + 1` slots.
/// @dev Each link is `tag << 160 | next`. The head hangs off {HEAD}, which also ends the list, and whose own tag is zero, so
/// that an address is in the list exactly if its tag is not zero.
library AddressList {
    /// @dev Start and end of each list. As a precompile's address it can be neither a module nor a signer.
    address internal constant HEAD = address(1);

    /// @dev Bits of a link that hold the next address.
    uint256 private constant NEXT_MASK = type(uint160).max;

    /// @notice The list.
    /// @param links Link of each address.
    struct List {
        mapping(address item => uint256 link) links;
    }

    /// @notice Tag of an address.
    /// @param list The list.
    /// @param item The address.
    /// @return Its tag, or zero if it is not in the list.
    function tagOf(List storage list, address item) internal view returns (uint256) {
        return list.links[item] >> 160;
    }

    /// @notice Whether the list was ever used. It stays used when it becomes empty.
    /// @param list The list.
    /// @return True if so.
    function isUsed(List storage list) internal view returns (bool) {
        return list.links[HEAD] != 0;
    }

    /// @notice Makes an empty list count as used.
    /// @param list The list; must be empty.
    function markUsed(List storage list) internal {
        list.links[HEAD] = uint160(HEAD);
    }

    /// @notice Address after another one.
    /// @param list The list.
    /// @param item The other address, or {HEAD} for the first one.
    /// @return The address, or {HEAD} at the end.
    function next(List storage list, address item) internal view returns (address) {
        address following = address(uint160(list.links[item]));
        return following == address(0) ? HEAD : following;
    }

    /// @notice Puts an address in front. It must not be in the list.
    /// @param list The list.
    /// @param item The address; neither zero nor {HEAD}.
    /// @param tag Its tag; not zero, below 2^96.
    function insert(List storage list, address item, uint256 tag) internal {
        list.links[item] = tag << 160 | uint160(next(list, HEAD));
        list.links[HEAD] = uint160(item);
    }

    /// @notice Takes out an address. It must be in the list.
    /// @param list The list.
    /// @param item The address.
    function remove(List storage list, address item) internal {
        address previous = HEAD;
        address current = next(list, HEAD);
        while (current != item) {
            previous = current;
            current = next(list, current);
        }
        uint256 link = list.links[previous];
        list.links[previous] = link & ~NEXT_MASK | list.links[item] & NEXT_MASK;
        delete list.links[item];
    }

    /// @notice Lists addresses with a tag, newest first.
    /// @param list The list.
    /// @param tag The tag.
    /// @param start Address to continue after, or zero for the beginning.
    /// @param limit Highest number of addresses returned.
    /// @return items The addresses.
    /// @return cursor Address to continue after, or zero if the end of the list was reached.
    function page(List storage list, uint256 tag, address start, uint256 limit)
        internal
        view
        returns (address[] memory items, address cursor)
    {
        address item = start == address(0) ? HEAD : start;
        // Appends at the end of memory, where the array grows until it is complete; nothing else is allocated meanwhile.
        assembly ("memory-safe") {
            items := mload(64)
            mstore(items, 0)
            mstore(64, add(items, 32))
        }
        for (uint256 count = 0; count < limit;) {
            item = next(list, item);
            if (item == HEAD) return (items, address(0));
            if (tagOf(list, item) != tag) continue;
            ++count;
            assembly ("memory-safe") {
                let end := add(items, shl(5, count))
                mstore(items, count)
                mstore(end, item)
                mstore(64, add(end, 32))
            }
        }
        cursor = item;
    }
}
