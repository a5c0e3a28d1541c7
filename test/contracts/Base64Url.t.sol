// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Base64Url} from "../../contracts/libraries/Base64Url.sol";
import {Test} from "./support/Test.sol";

contract Base64UrlTest is Test {
    bytes private constant ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    function testFuzz_equalsCharacterByCharacterEncoding(bytes32 value) public pure {
        (uint256 head, uint256 tail) = Base64Url.encode(value);
        bytes memory expected = _naive(value);
        for (uint256 i = 0; i < 43; ++i) {
            bytes1 actual = i < 32 ? bytes32(head)[i] : bytes32(tail)[i - 32];
            assertEq(uint8(actual), uint8(expected[i]));
        }
        assertEq(tail << 88, 0);
    }

    function test_encodesEdgeValues() public pure {
        (uint256 head, uint256 tail) = Base64Url.encode(bytes32(0));
        assertEq(bytes32(head), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        assertEq(bytes32(tail), bytes32("AAAAAAAAAAA"));
        (head, tail) = Base64Url.encode(bytes32(type(uint256).max));
        assertEq(bytes32(head), "________________________________");
        assertEq(bytes32(tail), bytes32("__________8"));
    }

    /// @dev Six bits at a time, from the definition.
    function _naive(bytes32 value) private pure returns (bytes memory out) {
        out = new bytes(43);
        for (uint256 i = 0; i < 43; ++i) {
            uint256 bits = i < 42 ? uint256(value) >> (250 - 6 * i) : uint256(value) << 2;
            out[i] = ALPHABET[bits & 63];
        }
    }
}
