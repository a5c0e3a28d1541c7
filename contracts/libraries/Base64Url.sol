// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title base64url of a hash, computed in words instead of characters
library Base64Url {
    /// @dev One in each byte.
    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;

    /// @notice Encodes 32 bytes as 43 characters without padding.
    /// @param value The bytes.
    /// @return head First 32 characters.
    /// @return tail Last 11 characters, followed by zeros.
    function encode(bytes32 value) internal pure returns (uint256 head, uint256 tail) {
        uint256 bits = uint256(value);
        head = _characters(bits >> 64);
        // The last eight bytes are 64 bits of the next 66; the two missing bits are zero. Moved to the top of 192 bits, they
        // give eleven characters and 21 "A"s, which are cut off.
        tail = _characters((bits << 192) >> 64) & ~uint256(type(uint168).max);
    }

    /// @dev Encodes 24 bytes as 32 characters.
    function _characters(uint256 bits) private pure returns (uint256) {
        return _toCharacters(_spread(bits));
    }

    /// @dev Spreads 32 groups of six bits over the 32 bytes of a word by halving lanes: 192 bits become 2 · 96, 4 · 48, 8 · 24,
    /// 16 · 12 and 32 · 6, each at the low end of its lane. Adding the upper halves `2^n - 1` times moves them up by `n` bits.
    function _spread(uint256 x) private pure returns (uint256) {
        unchecked {
            x += (x & 0x0000000000000000ffffffffffffffffffffffff000000000000000000000000) * 0xffffffff;
            x += (x & 0x00000000ffffffffffff00000000000000000000ffffffffffff000000000000) * 0xffff;
            x += (x & 0x0000ffffff0000000000ffffff0000000000ffffff0000000000ffffff000000) * 0xff;
            x += (x & 0x00fff00000fff00000fff00000fff00000fff00000fff00000fff00000fff000) * 0xf;
            return x + (x & 0x0fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc0) * 0x3;
        }
    }

    /// @dev Maps each byte from 0…63 to its character. A byte's top bit tells, after adding `128 - k`, whether it was at least
    /// `k`. The sums stay within their bytes: the largest is 63 + 65 + 6 + 49, and what is subtracted was added before.
    function _toCharacters(uint256 x) private pure returns (uint256) {
        unchecked {
            // "A" is 65 + 0, and 65 is 128 - 63, too.
            x += 65 * ONES;
            uint256 from63 = (x >> 7) & ONES;
            uint256 from62 = ((x + ONES) >> 7) & ONES;
            uint256 from52 = ((x + 11 * ONES) >> 7) & ONES;
            uint256 from26 = ((x + 37 * ONES) >> 7) & ONES;
            // "a" is 71 + 26, "0" is 52 - 4, "-" is 62 - 17, "_" is 63 + 32.
            return x + 6 * from26 + 49 * from63 - 75 * from52 - 13 * from62;
        }
    }
}
