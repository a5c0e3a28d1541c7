// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IModuleDirectory} from "../../contracts/interfaces/IModuleDirectory.sol";
import {AddressList} from "../../contracts/libraries/AddressList.sol";
import {Test} from "./support/Test.sol";

contract AddressListTest is Test {
    using AddressList for AddressList.List;

    AddressList.List private list;

    /// @dev Naive reference: the same addresses, oldest first, and their tags.
    address[] private order;
    mapping(address item => uint256 tag) private tags;

    /// @notice F-10: the list behaves like the reference, order included, whatever is put in and taken out.
    function testFuzz_behavesLikeAReference(uint16[40] calldata operations) public {
        for (uint256 i = 0; i < operations.length; ++i) {
            address item = address(1 + uint160(operations[i] % 12));
            uint256 tag = 1 + (operations[i] >> 8) % 5;
            if (tags[item] == 0) _insert(item, tag);
            else _remove(item);
            _compare();
        }
    }

    /// @notice F-10: pages, of whatever size, add up to the whole.
    function testFuzz_pagesAddUp(uint16[20] calldata operations, uint256 size) public {
        for (uint256 i = 0; i < operations.length; ++i) {
            address item = address(1 + uint160(operations[i]));
            if (tags[item] == 0) _insert(item, 1 + operations[i] % 5);
        }
        size = 1 + size % 7;
        for (uint256 tag = 1; tag <= 5; ++tag) {
            (address[] memory all,) = list.page(AddressList.Range(tag, AddressList.END, type(uint256).max));
            address start = AddressList.END;
            uint256 seen = 0;
            do {
                address[] memory items;
                (items, start) = list.page(AddressList.Range(tag, start, size));
                for (uint256 i = 0; i < items.length; ++i) {
                    assertEq(items[i], all[seen++]);
                }
            } while (start != AddressList.END);
            assertEq(seen, all.length);
        }
    }

    function test_staysUsed() public {
        assertFalse(list.isUsed(), "used");
        list.insert(address(1), 1);
        list.remove(address(1));
        assertTrue(list.isUsed(), "used");
        assertEq(list.first(), AddressList.END);
        assertEq(list.countOf(1), 0);
    }

    function test_canBeMarkedAsUsed() public {
        list.markUsed();
        assertTrue(list.isUsed(), "used");
        _compare();
        _insert(address(5), 2);
        _compare();
    }

    /// @notice K-07: a counter never runs into the next one.
    function test_RevertWhen_theListIsFull() public {
        for (uint256 tag = 1; tag <= 5; ++tag) {
            uint256 slot;
            assembly {
                slot := list.slot
            }
            uint256 full = 65535 << 152 + 16 * tag | 1;
            vm.store(address(this), bytes32(slot), bytes32(full));
            vm.expectRevert(abi.encodeWithSelector(IModuleDirectory.AccountListFull.selector, 65535));
            this.insert(address(7), tag);
            this.insert(address(uint160(10 + tag)), tag % 5 + 1);
            assertEq(list.countOf(tag), 65535);
            assertEq(list.countOf(tag % 5 + 1), 1);
        }
    }

    function insert(address item, uint256 tag) external {
        list.insert(item, tag);
    }

    function _insert(address item, uint256 tag) private {
        list.insert(item, tag);
        tags[item] = tag;
        order.push(item);
    }

    function _remove(address item) private {
        list.remove(item);
        delete tags[item];
        uint256 position = 0;
        while (order[position] != item) ++position;
        for (; position + 1 < order.length; ++position) {
            order[position] = order[position + 1];
        }
        order.pop();
    }

    function _compare() private view {
        uint256 left = order.length;
        for (address item = list.first(); item != AddressList.END;) {
            (uint256 tag, address next) = list.entry(item);
            assertEq(item, order[--left]);
            assertEq(tag, tags[item]);
            assertEq(list.tagOf(item), tag);
            item = next;
        }
        assertEq(left, 0);
        for (uint256 tag = 1; tag <= 5; ++tag) {
            (address[] memory items, address cursor) =
                list.page(AddressList.Range(tag, AddressList.END, type(uint256).max));
            assertEq(cursor, AddressList.END);
            assertEq(items.length, list.countOf(tag));
            for (uint256 i = 0; i < items.length; ++i) {
                assertEq(tags[items[i]], tag);
            }
        }
        for (uint160 i = 1; i <= 12; ++i) {
            assertEq(list.tagOf(address(i)), tags[address(i)]);
        }
    }
}
