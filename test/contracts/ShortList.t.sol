// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ShortList} from "../../contracts/libraries/ShortList.sol";
import {Test} from "./support/Test.sol";

contract ShortListTest is Test {
    using ShortList for ShortList.List;

    ShortList.List private list;
    bytes32 private after_;
    bytes32[] private mirror;

    /// @notice Compared with a plain array under any sequence of additions and removals.
    function testFuzz_behavesAsAnArray(uint8[] memory choices) public {
        for (uint256 i = 0; i < choices.length; ++i) {
            uint256 choice = choices[i];
            if (choice % 3 == 0 && mirror.length != 0) {
                uint256 position = choice % mirror.length;
                list.remove(mirror[position]);
                mirror[position] = mirror[mirror.length - 1];
                mirror.pop();
            } else {
                bool pushed = list.push(keccak256(abi.encode(i)));
                assertTrue(pushed == (mirror.length < ShortList.CAPACITY), "pushed");
                if (pushed) mirror.push(keccak256(abi.encode(i)));
            }
            assertTrue(list.isEmpty() == (mirror.length == 0), "empty");
        }
        for (uint256 i = 0; i <= ShortList.CAPACITY; ++i) {
            assertEq(list.at(i), i < mirror.length ? mirror[i] : bytes32(0));
        }
    }

    function test_hasRoomForItsCapacityOnly() public {
        for (uint256 i = 1; i <= ShortList.CAPACITY; ++i) {
            assertTrue(list.push(bytes32(i)), "room");
        }
        assertFalse(list.push(bytes32(uint256(99))), "room");
        assertEq(after_, bytes32(0));
        list.remove(bytes32(ShortList.CAPACITY));
        list.remove(bytes32(uint256(1)));
        assertEq(list.at(0), bytes32(ShortList.CAPACITY - 1));
        assertTrue(list.push(bytes32(uint256(99))), "room again");
    }

    function test_canBeEmptiedFromItsStart() public {
        for (uint256 i = 1; i <= 5; ++i) {
            list.push(bytes32(i));
        }
        for (uint256 i = 0; i < 5; ++i) {
            assertEq(list.at(i), bytes32(i + 1));
            list.leave(i);
        }
        assertTrue(list.isEmpty(), "empty");
        assertTrue(list.push(bytes32(uint256(9))), "room");
        assertEq(list.at(0), bytes32(uint256(9)));
        assertEq(list.at(1), bytes32(0));
    }
}
