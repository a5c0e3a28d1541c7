// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Base64Url} from "./Base64Url.sol";
import {MemorySlice} from "./MemorySlice.sol";

/// @title Client data of WebAuthn assertions
/// @notice Reads `clientDataJSON` the way WebAuthn's "limited verification algorithm" (§5.8.1.2) allows: browsers must serialise
/// type, challenge, origin and crossOrigin first, in this order and without blanks, so no JSON parser is needed and no second
/// reading of the same bytes is possible. Safari leaves out `crossOrigin` when it is false; Chromium adds a further key now
/// and then.
library ClientData {
    using MemorySlice for bytes;

    /// @dev Position of the challenge: length of `{"type":"webauthn.get","challenge":"`.
    uint256 private constant CHALLENGE = 36;

    /// @dev Position of the origin: challenge, 43 characters, `","origin":"`.
    uint256 private constant ORIGIN = 91;

    /// @dev Shortest client data: an empty origin, and an end without `crossOrigin`.
    uint256 private constant MIN_LENGTH = ORIGIN + 2;

    /// @dev Longest client data looked at. Origins have at most 253 characters and Chromium's further key has about 120.
    uint256 private constant MAX_LENGTH = 1024;

    /// @dev First 32 characters.
    uint256 private constant START = uint256(bytes32('{"type":"webauthn.get","challeng'));

    /// @dev Characters 4 to 35, up to the challenge.
    uint256 private constant BEFORE_CHALLENGE = uint256(bytes32('pe":"webauthn.get","challenge":"'));

    /// @dev Characters between challenge and origin, where the word from the challenge's last eleven characters on has them.
    uint256 private constant BEFORE_ORIGIN = uint256(bytes32(bytes12('","origin":"'))) >> 88;

    /// @dev What follows the origin in most cases, its closing quote included.
    uint256 private constant PLAIN_END = uint176(bytes22('","crossOrigin":false}'));
    uint256 private constant PLAIN_END_LENGTH = 22;

    /// @dev What follows the origin's closing quote when `crossOrigin` is present.
    uint256 private constant CROSS_ORIGIN_FALSE = uint160(bytes20(',"crossOrigin":false'));
    uint256 private constant CROSS_ORIGIN_FALSE_LENGTH = 20;

    /// @dev How a further key begins.
    uint256 private constant FURTHER_KEY = uint16(bytes2(',"'));

    /// @dev How the names of known keys end: type; challenge; origin, crossOrigin and topOrigin.
    uint256 private constant TYPE_ENDING = uint256(bytes32('"type"'));
    uint256 private constant CHALLENGE_ENDING = uint256(bytes32('lenge"'));
    uint256 private constant ORIGIN_ENDING = uint256(bytes32('rigin"'));

    uint256 private constant QUOTE = 0x22;
    uint256 private constant CLOSING_BRACE = 0x7d;

    /// @dev One in each byte; with a factor below 256, that factor in each byte.
    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;

    /// @notice Whether client data may be that long.
    /// @param length The length.
    /// @return True if so.
    function isProperLength(uint256 length) internal pure returns (bool) {
        // What is too short wraps and becomes too long.
        unchecked {
            return length - MIN_LENGTH <= MAX_LENGTH - MIN_LENGTH;
        }
    }

    /// @notice Checks client data against a challenge and finds the origin in it.
    /// @dev In the plain form the origin is all that stands before the end. With a quote in it, it is no origin, and the data
    /// are not what they seem: the caller compares it with an origin that has none.
    /// @param data The client data; of proper length. Is destroyed.
    /// @param challenge Bytes that the challenge must encode.
    /// @return matches Whether the data are of type `webauthn.get` and have the challenge.
    /// @return webOrigin The origin; empty if the data are cross-origin or not serialised properly after it.
    function read(bytes memory data, bytes32 challenge) internal pure returns (bool matches, bytes memory webOrigin) {
        unchecked {
            matches = _matches(data, challenge);
            uint256 start = data.start() + ORIGIN;
            uint256 last = data.start() + data.length - 1;
            uint256 end = last + 1 - PLAIN_END_LENGTH;
            if (end < start || MemorySlice.wordAt(end) >> 80 != PLAIN_END) {
                end = _nextQuote(start, last);
                if (!_isProperEnd(end + 1, last)) end = start;
            }
            // The origin becomes a string of its own by writing its length before it, over what was read already.
            assembly ("memory-safe") {
                webOrigin := sub(start, 32)
                mstore(webOrigin, sub(end, start))
            }
        }
    }

    /// @dev Whether the data begin with type and challenge as they must, up to the origin.
    function _matches(bytes memory data, bytes32 challenge) private pure returns (bool) {
        (uint256 head, uint256 tail) = Base64Url.encode(challenge);
        uint256 difference = (data.word(0) ^ START) | (data.word(4) ^ BEFORE_CHALLENGE) | (data.word(CHALLENGE) ^ head);
        return difference | (data.word(CHALLENGE + 32) ^ (tail | BEFORE_ORIGIN)) >> 72 == 0;
    }

    /// @dev Whether the data end properly from the address after the origin's closing quote on: with nothing more, with
    /// `crossOrigin` false, or with that and harmless further keys.
    function _isProperEnd(uint256 from, uint256 last) private pure returns (bool) {
        unchecked {
            if (MemorySlice.wordAt(last) >> 248 != CLOSING_BRACE) return false;
            if (from >= last) return from == last;
            // The closing brace matches nothing in these, so that they end before it.
            if (MemorySlice.wordAt(from) >> 96 != CROSS_ORIGIN_FALSE) return false;
            from += CROSS_ORIGIN_FALSE_LENGTH;
            if (from == last) return true;
            if (MemorySlice.wordAt(from) >> 240 != FURTHER_KEY) return false;
            return _isFlat(from, last) && _areHarmless(from + 1, last);
        }
    }

    /// @dev Whether a range has none of `[\]{|}`: no escapes, lists and objects.
    function _isFlat(uint256 from, uint256 end) private pure returns (bool) {
        unchecked {
            for (; from < end; from += 32) {
                uint256 word = MemorySlice.wordAt(from);
                // What follows the range counts as good.
                if (end - from < 32) word |= type(uint256).max >> (8 * (end - from));
                // Without bit 5, the bad characters are those from 0x5b to 0x5d; the top bit tells whether a sum reaches 128.
                word &= 0x5f * ONES;
                if ((word + 0x25 * ONES) & ~(word + 0x22 * ONES) & (0x80 * ONES) != 0) return false;
            }
        }
        return true;
    }

    /// @dev Whether further keys, from the first one's opening quote on, have all their quotes in pairs, and no text in quotes
    /// ends as the name of a key that matters, which another reader might take for the real one.
    function _areHarmless(uint256 from, uint256 end) private pure returns (bool) {
        uint256 quotes = 0;
        unchecked {
            for (; from < end; from = _nextQuote(from + 1, end)) {
                // The five characters before the quote and the quote.
                uint256 ending = MemorySlice.wordAt(from - 31) << 208;
                if (ending == TYPE_ENDING) return false;
                if (ending == CHALLENGE_ENDING) return false;
                if (ending == ORIGIN_ENDING) return false;
                ++quotes;
            }
        }
        return quotes % 2 == 0;
    }

    /// @dev Address of the next quote from an address on. It may be behind the end.
    function _nextQuote(uint256 from, uint256 end) private pure returns (uint256) {
        unchecked {
            for (; from < end; from += 32) {
                // Bytes that were quotes are zero. Adding 127 carries into the top bit of all others that do not have it.
                uint256 word = MemorySlice.wordAt(from) ^ (QUOTE * ONES);
                uint256 quotes = ~(((word & (0x7f * ONES)) + 0x7f * ONES) | word | (0x7f * ONES));
                if (quotes != 0) return from + _leadingZeroBytes(quotes);
            }
        }
        return from;
    }

    /// @dev Number of leading bytes of a word that are zero, if not all are.
    function _leadingZeroBytes(uint256 word) private pure returns (uint256 count) {
        unchecked {
            for (uint256 bits = 128; bits >= 8; bits >>= 1) {
                if (word >> (256 - bits) != 0) continue;
                word <<= bits;
                count += bits / 8;
            }
        }
    }
}
