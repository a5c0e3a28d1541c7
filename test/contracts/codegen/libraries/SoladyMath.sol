// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FixedPointMathLib as F} from "solady/src/utils/FixedPointMathLib.sol";

/// @notice Solady's arithmetic with fixed and floating point.
contract SoladyMath {
    function wads(uint256 x, uint256 y) external pure returns (uint256, uint256) {
        return (F.mulWad(x, y), F.mulWadUp(x, y));
    }

    function quotients(uint256 x, uint256 y) external pure returns (uint256, uint256) {
        return (F.divWad(x, y), F.divWadUp(x, y));
    }

    function signedWads(int256 x, int256 y) external pure returns (int256, int256) {
        return (F.sMulWad(x, y), F.sDivWad(x, y));
    }

    function pow(int256 x, int256 y) external pure returns (int256) {
        return F.powWad(x, y);
    }

    function exp(int256 x) external pure returns (int256) {
        return F.expWad(x);
    }

    function ln(int256 x) external pure returns (int256) {
        return F.lnWad(x);
    }

    function lambert(int256 x) external pure returns (int256) {
        return F.lambertW0Wad(x);
    }

    function fullMulDiv(uint256 x, uint256 y, uint256 d) external pure returns (uint256, uint256) {
        return (F.fullMulDiv(x, y, d), F.fullMulDivUp(x, y, d));
    }

    function fullMulDivN(uint256 x, uint256 y, uint8 n) external pure returns (uint256) {
        return F.fullMulDivN(x, y, n);
    }

    function mulDiv(uint256 x, uint256 y, uint256 d) external pure returns (uint256, uint256) {
        return (F.mulDiv(x, y, d), F.mulDivUp(x, y, d));
    }

    function inverse(uint256 a, uint256 n) external pure returns (uint256) {
        return F.invMod(a, n);
    }

    function rpow(uint256 x, uint16 y, uint256 b) external pure returns (uint256) {
        return F.rpow(x, y, b);
    }

    function roots(uint256 x) external pure returns (uint256, uint256) {
        return (F.sqrt(x), F.cbrt(x));
    }

    function wadRoots(uint256 x) external pure returns (uint256, uint256) {
        return (F.sqrtWad(x), F.cbrtWad(x));
    }

    function mulSqrt(uint256 x, uint256 y) external pure returns (uint256) {
        return F.mulSqrt(x, y);
    }

    function factorial(uint8 x) external pure returns (uint256) {
        return F.factorial(x);
    }

    function logs(uint256 x) external pure returns (uint256, uint256, uint256, uint256, uint256, uint256) {
        return (F.log2(x), F.log2Up(x), F.log10(x), F.log10Up(x), F.log256(x), F.log256Up(x));
    }

    function scientific(uint256 x) external pure returns (uint256, uint256) {
        (uint256 mantissa, uint256 exponent) = F.sci(x);
        return (mantissa, exponent);
    }

    function packed(uint256 x) external pure returns (uint256, uint256) {
        uint256 coded = F.packSci(x);
        return (coded, F.unpackSci(coded));
    }

    function averages(int256 x, int256 y) external pure returns (int256, uint256, uint256, uint256) {
        return (F.avg(x, y), F.avg(uint256(x), uint256(y)), F.abs(x), F.dist(x, y));
    }

    function clamps(int256 x, int256 low, int256 high) external pure returns (int256, uint256) {
        return (F.clamp(x, low, high), F.clamp(uint256(x), uint256(low), uint256(high)));
    }

    function gcd(uint256 x, uint256 y) external pure returns (uint256) {
        return F.gcd(x, y);
    }

    function lerp(int256 a, int256 b, int256 t, int256 begin, int256 end) external pure returns (int256) {
        return F.lerp(a, b, t, begin, end);
    }

    /// @notice A row of exponentials and logarithms.
    function curve(uint256 count) external pure returns (int256 sum) {
        for (uint256 i = 1; i <= count; ++i) {
            int256 x = int256(i * 0.3e18);
            sum += F.lnWad(F.expWad(x)) + int256(F.sqrtWad(uint256(x)));
        }
    }
}
