// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Control flow: recursion, loops with every exit, function pointers, many live values.
contract Control {
    uint256 internal trace;

    function fibonacci(uint8 n) external pure returns (uint256) {
        return fib(n % 14);
    }

    function ackermann(uint8 m, uint8 n) external pure returns (uint256) {
        return ack(m % 3, n % 5);
    }

    function parity(uint16 n) external pure returns (bool, bool) {
        return (isEven(n % 90), isOdd(n % 61));
    }

    /// @notice Recursion without bound for large arguments.
    function depth(uint256 n) external pure returns (uint256) {
        return descend(n, 1);
    }

    function loops(uint8 rows, uint8 columns, uint256 seed) external pure returns (uint256 r, uint256 turns) {
        for (uint256 i; i < rows % 20; i++) {
            if ((seed >> i) & 1 == 0) continue;
            for (uint256 j;; j += 2) {
                turns++;
                if (j > columns % 30) break;
                if (j == i) continue;
                r = r * 31 % 1000003 + j;
                if (r % 101 == 0) return (r, turns);
            }
        }
        do {
            turns++;
            seed >>= 3;
        } while (seed > 1000);
        while (true) {
            if (seed < 4) break;
            seed /= 2;
            r += seed;
        }
    }

    function dispatch(uint8 which, uint256 x, uint256 y) external returns (uint256) {
        function(uint256, uint256) internal returns (uint256)[5] memory table = [plus, times, keep, note, nested];
        return table[which % 6](x % 10 ** 9, y % 10 ** 9);
    }

    function external_(uint8 which, uint256 x) external returns (uint256) {
        function(uint8, uint256, uint256) external returns (uint256) f = this.dispatch;
        return f(which, x, x + 1) + f(which, x, 2);
    }

    function switches(uint256 x) external pure returns (uint256 r) {
        assembly ("memory-safe") {
            function pick(n) -> s {
                switch n
                case 0 { s := 11 }
                case 1 { s := 22 }
                case 2 {
                    s := 33
                    leave
                }
                case 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff { s := 44 }
                case 77 {}
                default { s := n }
                s := add(s, 1)
            }
            r := add(pick(x), mul(1000, pick(mod(x, 4))))
        }
    }

    /// @notice More values alive than there are registers.
    function manyLocals(uint256 a, uint256 b, uint256 c, uint256 d) external pure returns (uint256 r) {
        unchecked {
            uint256 e = a * 3 + b;
            uint256 f = b * 5 + c;
            uint256 g = c * 7 + d;
            uint256 h = d * 11 + e;
            uint256 i = e ^ f;
            uint256 j = f ^ (g << 3);
            uint256 k = g | h;
            uint256 l = h & i;
            uint256 m = i - j;
            uint256 n = j * k;
            uint256 o = k + l;
            uint256 p = l ^ m;
            uint256 q = m * n + o;
            for (uint256 t; t < 3; t++) {
                (a, b, c, d, e, f, g, h) = (b, c, d, e, f, g, h, a);
                (i, j, k, l, m, n, o, p, q) = (q, i, j, k, l, m, n, o, p);
                r += a ^ b * c ^ d + e ^ f - g ^ h * i ^ j + k ^ l * m ^ n + o ^ p * q;
            }
        }
    }

    function manyReturns(uint256 x) external pure returns (uint256, uint256, uint256, uint256) {
        (uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) = five(x);
        (a, b, c, d, e) = five(a ^ e);
        return (a, b ^ c, d, e);
    }

    function shortCircuit(uint256 x) external returns (bool a, bool b, uint256 effects) {
        trace = 0;
        a = mark(x & 1 == 0, 1) && mark(x & 2 == 0, 2) || mark(x & 4 == 0, 4);
        b = (mark(x & 8 == 0, 8) ? mark(x & 16 == 0, 16) : mark(x & 32 == 0, 32)) != a;
        effects = trace;
    }

    function evaluationOrder(uint256 x) external returns (uint256 r, uint256 effects) {
        trace = x % 1000;
        r = bump(3) * 10000 + bump(5) * 100 + plus(bump(7), bump(11));
        effects = trace;
    }

    function fib(uint256 n) internal pure returns (uint256) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    function ack(uint256 m, uint256 n) internal pure returns (uint256) {
        if (m == 0) return n + 1;
        if (n == 0) return ack(m - 1, 1);
        return ack(m - 1, ack(m, n - 1));
    }

    function isEven(uint256 n) internal pure returns (bool) {
        return n == 0 || isOdd(n - 1);
    }

    function isOdd(uint256 n) internal pure returns (bool) {
        return n != 0 && isEven(n - 1);
    }

    function descend(uint256 n, uint256 salt) internal pure returns (uint256) {
        if (n == 0) return salt;
        unchecked {
            return descend(n - 1, salt * 3 + n) ^ (n * salt);
        }
    }

    function five(uint256 x) internal pure returns (uint256, uint256, uint256, uint256, uint256) {
        unchecked {
            return (x + 1, x * x, ~x, x >> 7, x << 9);
        }
    }

    function plus(uint256 x, uint256 y) internal pure returns (uint256) {
        return x + y;
    }

    function times(uint256 x, uint256 y) internal pure returns (uint256) {
        return x * y;
    }

    function keep(uint256 x, uint256) internal pure returns (uint256) {
        return x;
    }

    function note(uint256 x, uint256 y) internal returns (uint256) {
        trace = x;
        return trace + y;
    }

    function nested(uint256 x, uint256 y) internal returns (uint256) {
        function(uint256, uint256) internal returns (uint256) f = x > y ? note : times;
        return f(y, x);
    }

    function mark(bool value, uint256 bit) internal returns (bool) {
        trace |= bit;
        return value;
    }

    function bump(uint256 by) internal returns (uint256) {
        trace += by;
        return trace % 97;
    }
}
