// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {MemorySlice} from "../../contracts/libraries/MemorySlice.sol";
import {Test} from "./support/Test.sol";

contract MemorySliceTest is Test {
    using MemorySlice for bytes;

    /// @notice D-25: A member is what Solidity's decoder finds, for any tuple.
    function testFuzz_findsMembers(bytes memory first, uint256 second, string memory third) public pure {
        bytes memory blob = abi.encode(first, second, third);
        assertEq(blob.member(blob.word(0)), first);
        assertEq(blob.word(32), second);
        assertEq(blob.member(blob.word(64)), bytes(third));
        assertEq(MemorySlice.wordAt(blob.start() + 32), second);
    }

    /// @notice D-25: A member stays within its tuple, or it is empty.
    function testFuzz_staysWithin(bytes memory blob, uint256 offset, bool small) public pure {
        vm.assume(blob.length >= 32);
        if (small) offset %= blob.length + 64;
        bytes memory found = blob.member(offset);
        if (found.length == 0) return;
        assertTrue(found.start() - blob.start() == offset + 32, "place");
        assertTrue(offset + 32 + found.length <= blob.length, "within");
    }

    /// @notice D-25: Lengths and offsets around the end of the tuple.
    function test_knowsTheEnd() public pure {
        bytes memory blob = abi.encode(uint256(32), uint256(64), uint256(0));
        assertEq(blob.member(32).length, 0);
        assertEq(blob.member(0).length, 32);
        assertEq(blob.member(64).length, 0);
        assertEq(blob.member(65).length, 0);
        assertEq(blob.member(type(uint256).max).length, 0);
        assertEq(blob.member(type(uint256).max - 31).length, 0);
        bytes memory fits = abi.encode(uint256(32), uint256(7));
        assertEq(fits.member(0), abi.encode(uint256(7)));
        bytes memory tooLong = abi.encode(uint256(33), uint256(7));
        assertEq(tooLong.member(0).length, 0);
    }
}
