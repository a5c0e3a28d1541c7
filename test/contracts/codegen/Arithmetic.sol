// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Arithmetic and bit operations, checked and raw, over full and narrow types.
contract Arithmetic {
    /// @notice Every pure built-in that takes one to three words, selected at run time.
    function raw(uint8 op, uint256 a, uint256 b, uint256 c) external pure returns (uint256 r) {
        assembly ("memory-safe") {
            switch mod(op, 26)
            case 0 { r := add(a, b) }
            case 1 { r := sub(a, b) }
            case 2 { r := mul(a, b) }
            case 3 { r := div(a, b) }
            case 4 { r := sdiv(a, b) }
            case 5 { r := mod(a, b) }
            case 6 { r := smod(a, b) }
            case 7 { r := exp(a, b) }
            case 8 { r := not(a) }
            case 9 { r := lt(a, b) }
            case 10 { r := gt(a, b) }
            case 11 { r := slt(a, b) }
            case 12 { r := sgt(a, b) }
            case 13 { r := eq(a, b) }
            case 14 { r := iszero(a) }
            case 15 { r := and(a, b) }
            case 16 { r := or(a, b) }
            case 17 { r := xor(a, b) }
            case 18 { r := byte(a, b) }
            case 19 { r := shl(a, b) }
            case 20 { r := shr(a, b) }
            case 21 { r := sar(a, b) }
            case 22 { r := addmod(a, b, c) }
            case 23 { r := mulmod(a, b, c) }
            case 24 { r := signextend(a, b) }
            default { r := add(mul(a, b), c) }
        }
    }

    /// @notice Shifts and byte access with small amounts, where the random words seldom land.
    function small(uint8 a, uint256 x) external pure returns (uint256[7] memory r) {
        assembly ("memory-safe") {
            mstore(r, shl(a, x))
            mstore(add(r, 32), shr(a, x))
            mstore(add(r, 64), sar(a, x))
            mstore(add(r, 96), byte(and(a, 63), x))
            mstore(add(r, 128), signextend(and(a, 63), x))
            mstore(add(r, 160), exp(x, a))
            mstore(add(r, 192), exp(a, x))
        }
    }

    function modular(uint256 a, uint256 b, uint256 m) external pure returns (uint256 s, uint256 p) {
        s = addmod(a, b, m);
        p = mulmod(a, b, m);
    }

    /// @notice 512-bit product over a 256-bit divisor.
    function mulDiv(uint256 x, uint256 y, uint256 d) external pure returns (uint256 q) {
        unchecked {
            uint256 low = x * y;
            uint256 mm = mulmod(x, y, type(uint256).max);
            uint256 high = mm - low - (mm < low ? 1 : 0);
            if (high == 0) return low / d;
            require(d > high, "overflow");
            uint256 rest = mulmod(x, y, d);
            high -= rest > low ? 1 : 0;
            low -= rest;
            uint256 twos = d & (0 - d);
            d /= twos;
            low /= twos;
            twos = (0 - twos) / twos + 1;
            low |= high * twos;
            uint256 inverse = (3 * d) ^ 2;
            for (uint256 i; i < 6; i++) {
                inverse *= 2 - d * inverse;
            }
            q = low * inverse;
        }
    }

    function addU(uint256 a, uint256 b) external pure returns (uint256) {
        return a + b;
    }

    function subU(uint256 a, uint256 b) external pure returns (uint256) {
        return a - b;
    }

    function mulU(uint256 a, uint256 b) external pure returns (uint256) {
        return a * b;
    }

    function divU(uint256 a, uint256 b) external pure returns (uint256, uint256) {
        return (a / b, a % b);
    }

    function expU(uint256 a, uint8 b) external pure returns (uint256) {
        return a ** b;
    }

    function addS(int256 a, int256 b) external pure returns (int256) {
        return a + b;
    }

    function subS(int256 a, int256 b) external pure returns (int256) {
        return a - b;
    }

    function mulS(int256 a, int256 b) external pure returns (int256) {
        return a * b;
    }

    function divS(int256 a, int256 b) external pure returns (int256) {
        return a / b;
    }

    function modS(int256 a, int256 b) external pure returns (int256) {
        return a % b;
    }

    function expS(int128 a, uint8 b) external pure returns (int128) {
        return a ** b;
    }

    function negate(int256 a) external pure returns (int256) {
        return -a;
    }

    function narrowUnsigned(uint8 a, uint8 b, uint64 c, uint64 d) external pure returns (uint8, uint8, uint64, uint64) {
        return (a < b ? b - a : a / b, a % 7 + b % 3, c > d ? c - d : d / c, c % 9 * (d >> 4));
    }

    function narrowOverflow(uint8 a, uint8 b, uint64 c, uint64 d) external pure returns (uint256) {
        if (a % 4 == 0) return a + b;
        if (a % 4 == 1) return a - b;
        if (a % 4 == 2) return c * d;
        return c - d;
    }

    function narrowSigned(int8 a, int8 b, int96 c, int96 d) external pure returns (int256) {
        if (a % 4 == 0) return a * b;
        if (a % 4 == 1) return a / b;
        if (a % 4 == 2) return c + d;
        return c - d;
    }

    function wrapping(int64 a, int64 b, uint32 c, uint32 d) external pure returns (int64, int64, uint32, uint32) {
        unchecked {
            return (a * b, a - b, c * d, c - d);
        }
    }

    function casts(uint256 a, int256 b) external pure returns (uint8, int8, uint128, int128, address, bytes4, bool) {
        return (
            uint8(a),
            int8(b),
            uint128(a),
            int128(b),
            address(uint160(a)),
            bytes4(bytes32(a)),
            uint256(b) > a && b > int256(a)
        );
    }

    function compare(int256 a, int256 b, uint256 c, uint256 d) external pure returns (uint256 r) {
        if (a < b) r |= 1;
        if (a <= b) r |= 2;
        if (a > b) r |= 4;
        if (a >= b) r |= 8;
        if (c < d) r |= 16;
        if (c <= d) r |= 32;
        if (c > d || a == b) r |= 64;
        if (c >= d && a != b) r |= 128;
        r |= (a < 0 ? 256 : 512) | (d == 0 ? 1024 : 2048);
    }

    function constantOperands(uint256 a, int256 b) external pure returns (uint256[8] memory r) {
        unchecked {
            r[0] = a * 0x8000000000000000000000000000000000000000000000000000000000000001;
            r[1] = a / 1000000007 + a % 65537;
            r[2] = uint256(b / -3);
            r[3] = uint256(b % -7);
            r[4] = uint256(b >> 13) ^ (a << 250);
            r[5] = mulmod(a, uint256(b), 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff);
            r[6] = addmod(a, 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43, uint256(b));
            r[7] = 3 ** (a & 255);
        }
    }
}
