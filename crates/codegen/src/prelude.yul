// Built-ins of more than a few instructions. `$..` names are functions of this file or intrinsics of the compiler;
// functions named `$$..` are always inlined.
object "prelude" {
    code {
        // ---- arithmetic ----

        function $$byte(i, x) -> r {
            r := mul(lt(i, 32), shr(248, $shift_left(x, shl(3, i))))
        }

        // With 2^255 added, order is that of unsigned numbers; what the addend is after the shift is taken off again.
        function $$sar(amount, x) -> r {
            if gt(amount, 255) { amount := 255 }
            let sign := 0x8000000000000000000000000000000000000000000000000000000000000000
            r := sub($shift_right(xor(x, sign), amount), $shift_right(sign, amount))
        }

        // Sign bit s of the kept bytes: ((x mod 2s) xor s) - s. From 31 up, 2s is zero and x stays as it is.
        function $$signextend(k, x) -> r {
            let s := shl(add(7, shl(3, k)), lt(k, 32))
            r := sub(xor(and(x, sub(add(s, s), 1)), s), s)
        }

        function $sdiv(a, b) -> r {
            let signs := xor(a, b)
            if gt(a, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff) { a := sub(0, a) }
            if gt(b, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff) { b := sub(0, b) }
            r := div(a, b)
            if gt(signs, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff) { r := sub(0, r) }
        }

        // The same where it is known that b is not negative.
        function $$sdiv_by_natural(a, b) -> r {
            r := a
            if gt(a, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff) { r := sub(0, r) }
            r := div(r, b)
            if gt(a, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff) { r := sub(0, r) }
        }

        // The remainder takes the sign of the dividend.
        function $smod(a, b) -> r {
            let na := gt(a, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff)
            if na { a := sub(0, a) }
            if gt(b, 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff) { b := sub(0, b) }
            r := mod(a, b)
            if na { r := sub(0, r) }
        }

        function $exp(base, exponent) -> r {
            r := 1
            for {} exponent { exponent := shr(1, exponent) } {
                if and(exponent, 1) { r := mul(r, base) }
                base := mul(base, base)
            }
        }

        function $clz(x) -> r {
            switch x
            case 0 { r := 256 }
            default {
                if iszero(shr(128, x)) { r := 128 x := shl(128, x) }
                if iszero(shr(192, x)) { r := add(r, 64) x := shl(64, x) }
                if iszero(shr(224, x)) { r := add(r, 32) x := shl(32, x) }
                if iszero(shr(240, x)) { r := add(r, 16) x := shl(16, x) }
                if iszero(shr(248, x)) { r := add(r, 8) x := shl(8, x) }
                if iszero(shr(252, x)) { r := add(r, 4) x := shl(4, x) }
                if iszero(shr(254, x)) { r := add(r, 2) x := shl(2, x) }
                if iszero(shr(255, x)) { r := add(r, 1) }
            }
        }

        // A zero modulus makes both remainders and hence the result zero.
        function $addmod(a, b, m) -> r {
            a := mod(a, m)
            b := mod(b, m)
            r := add(a, b)
            if or(lt(r, a), iszero(lt(r, m))) { r := sub(r, m) }
        }

        function $mulmod(a, b, m) -> r {
            let low := mul(a, b)
            let high := $mul_high(a, b)
            switch high
            case 0 { r := mod(low, m) }
            default {
                if m { r := $remainder(mod(high, m), low, m) }
            }
        }

        // 2^256 is congruent to 1 modulo 2^256 - 1, so the two halves of the product are simply added.
        function $mulmod_all_ones(a, b) -> r {
            let low := mul(a, b)
            r := add(low, $mul_high(a, b))
            r := add(r, lt(r, low))
            r := mul(r, lt(r, not(0)))
        }

        // (high * 2^256 + low) mod m for high < m: schoolbook division (Knuth, algorithm D) with two 128-bit digits.
        function $remainder(high, low, m) -> r {
            let shift := $clz(m)
            m := shl(shift, m)
            high := or(shl(shift, high), shr(sub(256, shift), low))
            low := shl(shift, low)
            let divisor_high := shr(128, m)
            let divisor_low := and(m, 0xffffffffffffffffffffffffffffffff)
            r := $remainder_digit(high, shr(128, low), m, divisor_high, divisor_low)
            r := $remainder_digit(r, and(low, 0xffffffffffffffffffffffffffffffff), m, divisor_high, divisor_low)
            r := shr(shift, r)
        }

        // (high * 2^128 + digit) mod m for high < m and m normalised.
        function $remainder_digit(high, digit, m, divisor_high, divisor_low) -> r {
            let quotient := div(high, divisor_high)
            let rest := mod(high, divisor_high)
            // The estimate is at most two too large.
            for {} or(shr(128, quotient), gt(mul(quotient, divisor_low), or(shl(128, rest), digit))) {} {
                quotient := sub(quotient, 1)
                rest := add(rest, divisor_high)
                if shr(128, rest) { break }
            }
            r := sub(or(shl(128, high), digit), mul(quotient, m))
        }

        // ---- memory ----

        function $$mstore8(at, value) {
            mstore(at, or(shl(248, value), shr(8, shl(8, mload(at)))))
        }

        // Replaces the first `n` bytes (fewer than 32) of a memory word.
        function $store_bytes(at, value, n) {
            let mask := $shift_right(not(0), shl(3, n))
            mstore(at, or(and(value, not(mask)), and(mload(at), mask)))
        }

        function $mcopy(to, from, n) {
            $guard(or(or(to, from), n))
            let rest := and(n, 31)
            let full := sub(n, rest)
            switch lt(sub(to, from), n)
            case 0 {
                if full { $copy_heap_words(to, from, add(to, full)) }
                if rest { $store_bytes(add(to, full), mload(add(from, full)), rest) }
            }
            default {
                // The target starts inside the source: from the end backwards.
                if rest { $store_bytes(add(to, full), mload(add(from, full)), rest) }
                for {} full {} {
                    full := sub(full, 32)
                    mstore(add(to, full), mload(add(from, full)))
                }
            }
        }

        function $clear(to, n) {
            $guard(n)
            let rest := and(n, 31)
            let end := add(to, sub(n, rest))
            for {} lt(to, end) { to := add(to, 32) } { mstore(to, 0) }
            if rest { $store_bytes(to, 0, rest) }
        }

        // Behind the end of the data there are zeros, but pointers do not reach beyond 2^32.
        function $copy_calldata(to, from, n) {
            $guard(n)
            let size := $calldata_length()
            if gt(from, size) { from := size }
            let rest := and(n, 31)
            let full := sub(n, rest)
            let end := add(to, full)
            if full { $copy_calldata_words(to, from, end) }
            if rest { $store_bytes(end, $calldata_word(add(from, full)), rest) }
        }

        // Within bounds.
        function $copy_returndata(to, from, n) {
            let rest := and(n, 31)
            let full := sub(n, rest)
            let end := add(to, full)
            if full { $copy_returndata_words(to, from, end) }
            if rest { $store_bytes(end, $returndata_word(add(from, full)), rest) }
        }

        function $returndatacopy(to, from, n) {
            let end := add(from, n)
            if or(lt(end, from), gt(end, returndatasize())) { revert(0, 0) }
            $copy_returndata(to, from, n)
        }

        function $copy_active(to, from, n) {
            $guard(or(n, from))
            let rest := and(n, 31)
            let full := sub(n, rest)
            let end := add(to, full)
            if full { $copy_active_words(to, from, end) }
            if rest { $store_bytes(end, $active_word(add(from, full)), rest) }
        }

        // ---- calls ----

        // ABI word of a heap slice without ergs. Its fields have 32 bits.
        function $$slice(offset, length) -> abi {
            $guard(or(offset, length))
            abi := $shift_left(add(offset, $shift_left(length, 32)), 64)
        }

        function $$all_ergs(abi) -> r {
            r := add(abi, shl(192, 0xffffffff))
        }

        function $$all_ergs_system(abi) -> r {
            r := add(abi, or(shl(248, 1), shl(192, 0xffffffff)))
        }

        function $$ergs(ergs) -> r {
            if gt(ergs, 0xffffffff) { ergs := 0xffffffff }
            r := $shift_left(ergs, 192)
        }

        function $output(to, length) {
            $guard(length)
            let n := returndatasize()
            if lt(length, n) { n := length }
            $copy_returndata(to, 0, n)
        }

        // `ergs` is already shifted to its field.
        function $call(ergs, target, value, from, size, to, length) -> ok {
            let abi := add($$slice(from, size), ergs)
            switch value
            case 0 { ok := $far_call(abi, target) }
            default {
                ok := $far_call_system3(
                    add(abi, shl(248, 1)),
                    0x8009, value, target, 0
                )
            }
            if length { $output(to, length) }
        }

        function $staticcall(ergs, target, from, size, to, length) -> ok {
            ok := $far_call_static(add($$slice(from, size), ergs), target)
            if length { $output(to, length) }
        }

        function $delegatecall(ergs, target, from, size, to, length) -> ok {
            ok := $far_call_delegate(add($$slice(from, size), ergs), target)
            if length { $output(to, length) }
        }

        // Calls the contract deployer; the bytecode hash lies in memory already.
        function $create(value, offset, n, selector, salt) -> created {
            mstore(offset, selector)
            mstore(add(offset, 4), salt)
            mstore(add(offset, 68), 0x60)
            mstore(add(offset, 100), sub(n, 132))
            let abi := $$all_ergs_system($$slice(offset, n))
            let ok
            switch value
            case 0 { ok := $far_call_system3(abi, 0x8006, 0, 0, 0) }
            default { ok := $far_call_system3(abi, 0x8009, value, 0x8006, 1) }
            if ok {
                created := $returndata_word(0)
                $shrink_returndata(returndatasize())
            }
        }

        // ---- system contracts ----

        function $$hash(offset, n) -> hash {
            hash := $request($$all_ergs($$slice(offset, n)), 0x8010)
        }

        function $_keccak256(offset, n) -> hash {
            hash := $$hash(offset, n)
        }

        function $_hash_slice(abi) -> hash {
            hash := $request(abi, 0x8010)
        }

        // Two words, as for the entry of a mapping.
        function $_hash_pair(a, b) -> hash {
            mstore(0, a)
            mstore(32, b)
            hash := $$hash(0, 64)
        }

        function $_hash_scratch() -> hash {
            hash := $$hash(0, 64)
        }

        function $_hash_word(a) -> hash {
            mstore(0, a)
            hash := $$hash(0, 32)
        }

        // Requests lie at the start of the auxiliary heap (forwarding mode 2), selector first.
        function $$request_abi(length) -> abi {
            abi := or(or(shl(224, 2), shl(192, 0xffffffff)), shl(96, length))
        }

        function $_query0(target, selector) -> r {
            $aux_store(0, selector)
            r := $request($$request_abi(4), target)
        }

        function $_query1(target, selector, a) -> r {
            $aux_store(0, selector)
            $aux_store(4, a)
            r := $request($$request_abi(36), target)
        }

        function $_immutable(index) -> r {
            $aux_store(0, 0x310ab08900000000000000000000000000000000000000000000000000000000)
            $aux_store(4, $code_address())
            $aux_store(36, index)
            r := $request(or($$request_abi(68), shl(248, 1)), 0x8005)
        }

        function $_log0(offset, n) {
            $notify1($$all_ergs_system($$slice(offset, n)), 0x800d, 0)
        }

        function $_log1(offset, n, a) {
            $notify2($$all_ergs_system($$slice(offset, n)), 0x800d, 1, a)
        }

        function $_log2(offset, n, a, b) {
            $notify3($$all_ergs_system($$slice(offset, n)), 0x800d, 2, a, b)
        }

        function $_log3(offset, n, a, b, c) {
            $notify4($$all_ergs_system($$slice(offset, n)), 0x800d, 3, a, b, c)
        }

        function $_log4(offset, n, a, b, c, d) {
            $notify5($$all_ergs_system($$slice(offset, n)), 0x800d, 4, a, b, c, d)
        }
    }
}
