// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Base64Url} from "./Base64Url.sol";

/// @title Client data of WebAuthn assertions
/// @notice Reads `clientDataJSON` the way WebAuthn's "limited verification algorithm" (§5.8.1.2) allows: browsers must serialise
/// type, challenge, origin and crossOrigin first, in this order and without blanks, so no JSON parser is needed and no second
/// reading of the same bytes is possible. Safari leaves out `crossOrigin` when it is false; Chromium adds a further key now
/// and then.
library ClientData {
    /// @dev Position of the challenge: length of `{"type":"webauthn.get","challenge":"`.
    uint256 private constant CHALLENGE = 36;

    /// @dev Position of the origin: challenge, 43 characters, `","origin":"`.
    uint256 private constant ORIGIN = 91;

    /// @dev Longest client data looked at. Origins have at most 253 characters and Chromium's further key has about 120.
    uint256 internal constant MAX_LENGTH = 1024;

    /// @dev First 32 characters.
    bytes32 private constant START = '{"type":"webauthn.get","challeng';

    /// @dev Characters 4 to 35, up to the challenge.
    bytes32 private constant BEFORE_CHALLENGE = 'pe":"webauthn.get","challenge":"';

    /// @dev Characters between challenge and origin.
    bytes12 private constant BEFORE_ORIGIN = '","origin":"';

    /// @dev What follows the origin in most cases, its closing quote included.
    bytes22 private constant PLAIN_END = '","crossOrigin":false}';
    uint256 private constant PLAIN_END_LENGTH = 22;

    uint256 private constant SPACE = 0x20;
    uint256 private constant QUOTE = 0x22;
    uint256 private constant COMMA = 0x2c;
    uint256 private constant OPENING_BRACKET = 0x5b;
    uint256 private constant BACKSLASH = 0x5c;
    uint256 private constant OPENING_BRACE = 0x7b;
    uint256 private constant CLOSING_BRACE = 0x7d;

    /// @dev What follows the origin's closing quote when `crossOrigin` is present.
    bytes20 private constant CROSS_ORIGIN_FALSE = ',"crossOrigin":false';

    /// @notice Checks client data against a challenge and finds the origin in it.
    /// @param data The client data.
    /// @param challenge Bytes that the challenge must encode.
    /// @return ok Whether it is of type `webauthn.get`, has the challenge, is not cross-origin and is serialised properly.
    /// @return start Position of the origin.
    /// @return end Position after the origin.
    function parse(bytes memory data, bytes32 challenge) internal pure returns (bool ok, uint256 start, uint256 end) {
        uint256 length = data.length;
        if (length < ORIGIN + 2 || length > MAX_LENGTH) return (false, 0, 0);
        if (!_hasChallenge(data, challenge)) return (false, 0, 0);
        start = ORIGIN;
        end = length - PLAIN_END_LENGTH;
        if (end >= start && _word(data, end) >> 80 == uint256(uint176(PLAIN_END))) {
            return (!_hasQuote(data, start, end), start, end);
        }
        end = start;
        while (end < length && _byte(data, end) != QUOTE) ++end;
        ok = end < length && _isProperEnd(data, end + 1);
    }

    /// @dev Whether the data begins with type and challenge as they must be.
    function _hasChallenge(bytes memory data, bytes32 challenge) private pure returns (bool) {
        (uint256 head, uint256 tail) = Base64Url.encode(challenge);
        uint256 afterHead = tail | uint256(bytes32(BEFORE_ORIGIN)) >> 88;
        return _word(data, 0) == uint256(START) && _word(data, 4) == uint256(BEFORE_CHALLENGE)
            && _word(data, CHALLENGE) == head && _word(data, CHALLENGE + 32) >> 72 == afterHead >> 72;
    }

    /// @dev Whether the data ends properly after the origin's closing quote: with nothing more, with `crossOrigin` false, or
    /// with that and harmless further keys.
    function _isProperEnd(bytes memory data, uint256 position) private pure returns (bool) {
        uint256 last = data.length - 1;
        if (_byte(data, last) != CLOSING_BRACE) return false;
        if (position == last) return true;
        if (bytes20(bytes32(_word(data, position))) != CROSS_ORIGIN_FALSE) return false;
        position += 20;
        if (position >= last) return position == last;
        return _byte(data, position) == COMMA && _isHarmless(data, position + 1, last);
    }

    /// @dev Whether further keys are flat and none has the name of a key that matters, which another reader might take for
    /// the real one.
    function _isHarmless(bytes memory data, uint256 position, uint256 last) private pure returns (bool) {
        if (_byte(data, position) != QUOTE) return false;
        bool outside = true;
        for (; position < last; ++position) {
            uint256 c = _byte(data, position);
            if (c == QUOTE) {
                if (_isReservedName(data, position)) return false;
                outside = !outside;
            } else if (c < SPACE || c == BACKSLASH || c == OPENING_BRACKET || c == OPENING_BRACE || c == CLOSING_BRACE)
            {
                return false;
            }
        }
        return outside;
    }

    /// @dev Whether one of the known names, in quotes, begins at a position.
    function _isReservedName(bytes memory data, uint256 position) private pure returns (bool) {
        bytes32 word = bytes32(_word(data, position));
        return bytes6(word) == '"type"' || bytes11(word) == '"challenge"' || bytes8(word) == '"origin"'
            || bytes13(word) == '"crossOrigin"' || bytes11(word) == '"topOrigin"';
    }

    /// @dev Whether there is a quote in a range. Subtracting one from each byte borrows into the top bit of those that were
    /// zero; bytes after such a one may be reported wrongly, which does not matter.
    function _hasQuote(bytes memory data, uint256 position, uint256 end) private pure returns (bool) {
        uint256 ones = 0x0101010101010101010101010101010101010101010101010101010101010101;
        for (; position < end; position += 32) {
            unchecked {
                uint256 difference = _word(data, position) ^ (QUOTE * ones);
                if (end - position < 32) difference |= type(uint256).max >> (8 * (end - position));
                if ((difference - ones) & ~difference & (0x80 * ones) != 0) return true;
            }
        }
        return false;
    }

    /// @dev The byte at a position, which must be within the data.
    function _byte(bytes memory data, uint256 position) private pure returns (uint256) {
        return _word(data, position) >> 248;
    }

    /// @dev The 32 bytes at a position. Past the end they are whatever memory holds, so callers compare no further than the
    /// data goes, or check afterwards that a match lies within it.
    function _word(bytes memory data, uint256 position) private pure returns (uint256 word) {
        // Equals `uint256(bytes32(data[position:position + 32]))` without a check of the bounds.
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), position))
        }
    }
}
