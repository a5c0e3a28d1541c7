// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @notice OpenZeppelin's arithmetic.
contract Maths {
    function mulDiv(uint256 x, uint256 y, uint256 d) external pure returns (uint256) {
        return Math.mulDiv(x, y, d);
    }

    function mulDivRounded(uint256 x, uint256 y, uint256 d, Math.Rounding rounding) external pure returns (uint256) {
        return Math.mulDiv(x, y, d, rounding);
    }

    function mulShr(uint256 x, uint256 y, uint8 n) external pure returns (uint256) {
        return Math.mulShr(x, y, n);
    }

    function mul512(uint256 x, uint256 y) external pure returns (uint256, uint256) {
        return Math.mul512(x, y);
    }

    function sqrt(uint256 x, Math.Rounding rounding) external pure returns (uint256, uint256) {
        return (Math.sqrt(x), Math.sqrt(x, rounding));
    }

    function logs(uint256 x) external pure returns (uint256, uint256, uint256) {
        return (Math.log2(x), Math.log10(x), Math.log256(x));
    }

    function logsRounded(uint256 x, Math.Rounding rounding) external pure returns (uint256, uint256, uint256) {
        return (Math.log2(x, rounding), Math.log10(x, rounding), Math.log256(x, rounding));
    }

    function invMod(uint256 a, uint256 n) external pure returns (uint256) {
        return Math.invMod(a, n);
    }

    function tries(uint256 a, uint256 b) external pure returns (bool[5] memory fits, uint256[5] memory values) {
        (fits[0], values[0]) = Math.tryAdd(a, b);
        (fits[1], values[1]) = Math.trySub(a, b);
        (fits[2], values[2]) = Math.tryMul(a, b);
        (fits[3], values[3]) = Math.tryDiv(a, b);
        (fits[4], values[4]) = Math.tryMod(a, b);
    }

    function saturating(uint256 a, uint256 b) external pure returns (uint256, uint256, uint256) {
        return (Math.saturatingAdd(a, b), Math.saturatingSub(a, b), Math.saturatingMul(a, b));
    }

    function signs(int256 a, int256 b) external pure returns (int256, int256, int256, uint256) {
        return (SignedMath.max(a, b), SignedMath.min(a, b), SignedMath.average(a, b), SignedMath.abs(a));
    }

    function casts(uint256 a) external pure returns (uint248, uint128, int256) {
        return (SafeCast.toUint248(a), SafeCast.toUint128(a), SafeCast.toInt256(a));
    }

    function ceilDiv(uint256 a, uint256 b) external pure returns (uint256, uint256) {
        return (Math.ceilDiv(a, b), Math.average(a, b));
    }

    /// @notice Compound growth by full-width products.
    function growth(uint256 start, uint256 rounds) external pure returns (uint256 value) {
        value = start;
        for (uint256 i = 1; i <= rounds; ++i) {
            value = Math.mulDiv(value, (1 << 200) + i, 1 << 199);
            if (value > 1 << 250) value = Math.mulDiv(value, 1, value >> 100);
        }
    }

    /// @notice Roots and logarithms of a row of numbers.
    function roots(uint256 start, uint256 count) external pure returns (uint256 sum) {
        for (uint256 i = 0; i < count; ++i) {
            uint256 x = start >> i;
            sum += Math.sqrt(x) + Math.log2(x) + Math.log10(x);
        }
    }
}
