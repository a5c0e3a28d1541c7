// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Vm} from "./Vm.sol";

/// @title Base of all Solidity tests
abstract contract Test {
    /// @notice Two values should be equal.
    error NotEqual(bytes32 actual, bytes32 expected);

    /// @notice A condition should hold.
    error NotTrue(string what);

    /// @dev Forge's cheat codes.
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @notice Marks the contract as a test.
    // forge-lint: disable-next-line(mixed-case-function)
    bool public constant IS_TEST = true;

    function assertEq(uint256 actual, uint256 expected) internal pure {
        if (actual != expected) revert NotEqual(bytes32(actual), bytes32(expected));
    }

    function assertEq(bytes32 actual, bytes32 expected) internal pure {
        if (actual != expected) revert NotEqual(actual, expected);
    }

    function assertEq(address actual, address expected) internal pure {
        assertEq(uint256(uint160(actual)), uint256(uint160(expected)));
    }

    function assertEq(bytes memory actual, bytes memory expected) internal pure {
        if (keccak256(actual) != keccak256(expected)) revert NotEqual(keccak256(actual), keccak256(expected));
    }

    function assertTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    function assertFalse(bool condition, string memory what) internal pure {
        if (condition) revert NotTrue(string.concat("not: ", what));
    }
}
