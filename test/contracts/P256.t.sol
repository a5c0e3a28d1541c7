// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {P256} from "../../contracts/libraries/P256.sol";
import {PasskeyFixture} from "./support/PasskeyFixture.sol";

contract P256Test is PasskeyFixture {
    uint256 private constant B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;

    /// @notice D-16: Every point but infinity is on the curve; so is its negative.
    function testFuzz_pointsAreOnTheCurve(uint256 secret) public view {
        (uint256 x, uint256 y) = vm.publicKeyP256(1 + secret % (ORDER - 1));
        assertTrue(P256.isOnCurve(x, y), "point");
        assertTrue(P256.isOnCurve(x, PRIME - y), "negative");
    }

    /// @notice D-16: Compared with the curve's equation.
    function testFuzz_knowsTheEquation(uint256 x, uint256 y, bool near) public view {
        if (near) (x, y) = vm.publicKeyP256(1 + x % (ORDER - 1));
        if (near) y ^= 1;
        assertTrue(P256.isOnCurve(x, y) == _satisfiesEquation(x, y), "decision");
    }

    /// @notice D-16: Coordinates that are not reduced, zeros, and the points that are left out.
    function test_knowsTheEdges() public view {
        (uint256 x, uint256 y) = (5, 0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc);
        assertTrue(P256.isOnCurve(x, y), "point");
        assertFalse(P256.isOnCurve(x + PRIME, y), "x not reduced");
        assertFalse(P256.isOnCurve(0, 0), "zero");
        assertFalse(P256.isOnCurve(x, 0), "x axis");
        assertFalse(P256.isOnCurve(0, 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4), "y axis");
    }

    /// @notice D-16: Points whose first coordinate is not below the order, of which keys hardly ever are.
    function test_acceptsPointsBeyondTheOrder() public view {
        uint256 found = 0;
        for (uint256 x = PRIME - 1; found < 3; --x) {
            (bool exists, uint256 y) = _point(x);
            if (!exists) continue;
            ++found;
            assertTrue(P256.isOnCurve(x, y), "point");
            assertFalse(P256.isOnCurve(x, y ^ 1), "neighbour");
        }
    }

    function test_hasNoCurveWithoutPrecompile() public {
        vm.etch(PRECOMPILE, "");
        (uint256 x, uint256 y) = vm.publicKeyP256(KEY);
        assertFalse(P256.isOnCurve(x, y), "point");
    }

    /// @notice D-13, D-14: Exact bounds of both halves.
    function testFuzz_boundsHalves(uint256 r, uint256 s) public pure {
        assertTrue(P256.isCanonical(r, s) == (r > 0 && r < ORDER && s > 0 && s <= ORDER / 2), "decision");
    }

    /// @notice D-13, D-14: The bounds themselves.
    function test_boundsHalvesExactly() public pure {
        uint256[8] memory values = [0, 1, ORDER / 2, ORDER / 2 + 1, ORDER - 1, ORDER, ORDER + 1, type(uint256).max];
        for (uint256 i = 0; i < 8; ++i) {
            for (uint256 j = 0; j < 8; ++j) {
                testFuzz_boundsHalves(values[i], values[j]);
            }
        }
    }

    /// @dev Point with a first coordinate, by a square root: the prime is 3 modulo 4.
    function _point(uint256 x) private view returns (bool exists, uint256 y) {
        uint256 square = addmod(addmod(_cube(x), mulmod(PRIME - 3, x, PRIME), PRIME), B, PRIME);
        (, bytes memory root) = address(5).staticcall(abi.encode(32, 32, 32, square, (PRIME + 1) / 4, PRIME));
        y = abi.decode(root, (uint256));
        exists = mulmod(y, y, PRIME) == square;
    }

    function _satisfiesEquation(uint256 x, uint256 y) private pure returns (bool) {
        if (x >= PRIME || y >= PRIME) return false;
        return mulmod(y, y, PRIME) == addmod(addmod(_cube(x), mulmod(PRIME - 3, x, PRIME), PRIME), B, PRIME);
    }

    function _cube(uint256 x) private pure returns (uint256) {
        return mulmod(mulmod(x, x, PRIME), x, PRIME);
    }
}
