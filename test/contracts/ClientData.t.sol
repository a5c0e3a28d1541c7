// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ClientData} from "../../contracts/libraries/ClientData.sol";
import {Test} from "./support/Test.sol";

contract ClientDataTest is Test {
    bytes32 private constant CHALLENGE = 0x3f2a1b0c9d8e7f60515243342516070899aabbccddeeff00112233445566fbff;

    string private constant ORIGIN = "https://auth.zksso.example:8443";

    /// @dev The further key that Chromium adds at random.
    string private constant CHROMIUM_KEY = '"other_keys_can_be_added_here":'
        '"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"';

    /// @notice D-05: As Chromium serialises it: Chrome, Edge, Brave, Opera, Android.
    function test_acceptsChromium() public pure {
        _accepts(_json(ORIGIN, ',"crossOrigin":false}'), ORIGIN);
    }

    /// @notice D-05: One in five times, Chromium adds a key, which had another name in earlier versions.
    function test_acceptsChromiumWithFurtherKey() public pure {
        _accepts(_json(ORIGIN, string.concat(',"crossOrigin":false,', CHROMIUM_KEY, "}")), ORIGIN);
        string memory earlier = '"new_keys_may_be_added_here":'
            '"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"';
        _accepts(_json(ORIGIN, string.concat(',"crossOrigin":false,', earlier, "}")), ORIGIN);
        string memory local = "http://localhost:3000";
        _accepts(_json(local, string.concat(',"crossOrigin":false,', CHROMIUM_KEY, "}")), local);
    }

    /// @notice D-05: As Safari does: `crossOrigin` only if it is true in earlier versions, always in later ones.
    function test_acceptsSafari() public pure {
        _accepts(_json(ORIGIN, "}"), ORIGIN);
        _accepts(_json("https://a.b", "}"), "https://a.b");
        _accepts(_json(ORIGIN, ',"crossOrigin":false}'), ORIGIN);
    }

    /// @notice D-05: As Firefox does since it follows the specification's order.
    function test_acceptsFirefox() public pure {
        _accepts(_json("http://localhost:3000", ',"crossOrigin":false}'), "http://localhost:3000");
    }

    /// @notice D-05: As Firefox did before, in the order of the alphabet: not what the specification asks for.
    function test_refusesFirefoxOfOld() public pure {
        string memory challenge = _trim(vm.toBase64URL(abi.encode(CHALLENGE)));
        _refuses(
            string.concat(
                '{"challenge":"',
                challenge,
                '","clientExtensions":{},"hashAlgorithm":"SHA-256","origin":"',
                ORIGIN,
                '","type":"webauthn.get"}'
            )
        );
    }

    /// @notice D-05: Origins around the length of a word, where the search for their end changes words.
    function test_findsOriginsOfAllLengths() public pure {
        string[3] memory ends =
            ["}", ',"crossOrigin":false}', string.concat(',"crossOrigin":false,', CHROMIUM_KEY, "}")];
        for (uint256 length = 1; length < 254; ++length) {
            bytes memory origin = new bytes(length);
            for (uint256 i = 0; i < length; ++i) {
                // The neighbour of the quote, which a careless search mistakes for one.
                origin[i] = "#";
            }
            for (uint256 i = 0; i < ends.length; ++i) {
                _accepts(_json(string(origin), ends[i]), string(origin));
            }
        }
    }

    /// @notice D-05: Compared with a reading character by character.
    function testFuzz_furtherKeysAreReadStrictly(bytes memory text, uint8 alphabet) public pure {
        // Mostly characters that matter.
        bytes memory some = bytes('"":,,{}[]\\ab"type""origin"');
        for (uint256 i = 0; i < text.length; ++i) {
            if (alphabet % 4 != 0) text[i] = some[uint8(text[i]) % some.length];
        }
        if (text.length > 700) return;
        string memory end = string.concat(',"crossOrigin":false,"', string(text), "}");
        (bool ok,) = _read(bytes(_json(ORIGIN, end)), CHALLENGE);
        assertTrue(ok == _isHarmless(bytes.concat('"', text)), "decision");
    }

    function test_acceptsAndroidApp() public pure {
        string memory origin = "android:apk-key-hash:kTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTk";
        _accepts(_json(origin, ',"androidPackageName":"com.example"}'), "", false);
        _accepts(_json(origin, ',"crossOrigin":false,"androidPackageName":"com.example"}'), origin);
    }

    function testFuzz_acceptsAnyChallengeAndFindsTheOrigin(bytes32 challenge, uint8 length) public pure {
        uint256 count = 1 + uint256(length) % 253;
        bytes memory origin = new bytes(count);
        for (uint256 i = 0; i < count; ++i) {
            origin[i] = bytes1(uint8(uint256(keccak256(abi.encode(challenge, i))) % 90 + 35));
            if (origin[i] == "\\") origin[i] = "x";
        }
        bytes memory data = bytes(_jsonFor(challenge, string(origin), ',"crossOrigin":false}'));
        (bool ok, bytes memory found) = _read(data, challenge);
        assertTrue(ok, "accepted");
        assertEq(found, origin);
    }

    function testFuzz_neverAcceptsChangedPrefix(uint8 position, bytes1 replacement) public pure {
        bytes memory data = bytes(_json(ORIGIN, ',"crossOrigin":false}'));
        uint256 at = uint256(position) % 91;
        vm.assume(data[at] != replacement);
        data[at] = replacement;
        (bool ok,) = _read(data, CHALLENGE);
        assertFalse(ok, "accepted");
    }

    function testFuzz_neverRevertsOnGarbage(bytes memory data, bytes32 challenge) public pure {
        (bool ok,) = _read(data, challenge);
        assertFalse(ok, "accepted");
    }

    function testFuzz_neverRevertsOnGarbageAtTheEnd(bytes memory end) public pure {
        _read(bytes.concat(bytes(_json(ORIGIN, ",")), end), CHALLENGE);
        _read(bytes.concat(bytes(_json(ORIGIN, ',"crossOrigin":false,"')), end, "}"), CHALLENGE);
    }

    /// @notice D-05: No truncation is complete.
    function test_refusesEveryTruncation() public pure {
        bytes memory data = bytes(_json(ORIGIN, ',"crossOrigin":false}'));
        for (uint256 length = 0; length < data.length; ++length) {
            (bool ok,) = _read(_slice(data, 0, length), CHALLENGE);
            assertFalse(ok, "accepted");
        }
    }

    /// @notice D-04: Only the exact name of an assertion.
    function test_refusesOtherTypes() public pure {
        _refuses(_replace("webauthn.create"));
        _refuses(_replace("webauthn.get "));
        _refuses(_replace("webauthn.g\\u0065t"));
        _refuses(_replace("payment.get"));
    }

    /// @notice D-01: Only the exact challenge.
    function test_refusesOtherChallenges() public pure {
        string memory good = vm.toBase64URL(abi.encode(CHALLENGE));
        string memory end = string.concat('","origin":"', ORIGIN, '"}');
        _refuses(string.concat('{"type":"webauthn.get","challenge":"x', good, end));
        _refuses(string.concat('{"type":"webauthn.get","challenge":"', good, "=", end));
        _refuses(string.concat('{"type":"webauthn.get","challenge":"', good, "AAAA", end));
        (bool ok,) = _read(bytes(_json(ORIGIN, "}")), CHALLENGE ^ bytes32(uint256(1)));
        assertFalse(ok, "accepted");
    }

    /// @notice D-05: Only the specification's order, without blanks around it.
    function test_refusesReordering() public pure {
        string memory challenge = vm.toBase64URL(abi.encode(CHALLENGE));
        _refuses(string.concat('{"challenge":"', challenge, '","origin":"', ORIGIN, '","type":"webauthn.get"}'));
        _refuses(string.concat(" ", _json(ORIGIN, "}")));
        _refuses(_json(ORIGIN, "} "));
        _refuses(_json(ORIGIN, ',"crossOrigin":false} '));
    }

    /// @notice D-08: Only `crossOrigin` false or absent, and no `topOrigin`.
    function test_refusesCrossOrigin() public pure {
        _refuses(_json(ORIGIN, ',"crossOrigin":true}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":"false"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":null}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":0}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false'));
        _refuses(_json(ORIGIN, ',"crossOrigin":falsee}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":true,"topOrigin":"https://evil.example"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"topOrigin":"https://evil.example"}'));
        _refuses(_json(ORIGIN, ',"topOrigin":"https://evil.example"}'));
    }

    /// @notice D-03: No key that matters a second time, wherever and however written.
    function test_refusesDuplicateKeys() public pure {
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"challenge":"AAAA"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"type":"webauthn.get"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"y","origin":"https://evil.example"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"crossOrigin":false}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":{"challenge":"AAAA"}}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"\\"challenge\\":\\"AAAA\\""}'));
        _refuses(_json(ORIGIN, ',"origin":"https://evil.example"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"topOrigin":null}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":["challenge"]}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"\\u006frigin":"https://evil.example"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":1,"type":"webauthn.create"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"crossOrigin":true}'));
        // Names that merely begin so, or end in the shortest one, are others.
        _accepts(_json(ORIGIN, ',"crossOrigin":false,"types":"a","origins":"b","challenges":1,"mytype":2}'), ORIGIN);
    }

    /// @notice D-05: Only complete ends.
    function test_refusesBrokenEnds() public pure {
        // In this one the plain end begins before the origin does.
        string memory challenge = _trim(vm.toBase64URL(abi.encode(CHALLENGE)));
        string memory start = string.concat('{"type":"webauthn.get","challenge":"', challenge, '","origin":"');
        _refuses(string.concat(start, ',"crossOrigin":false}'));
        _refuses(string.concat(start, '"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"y"},"z":"a"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"y\\n"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"y"]'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false "x":"y"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,'));
        _refuses(_json(ORIGIN, ',"crossOrigin":fals}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,x}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":1}}'));
        _refuses(_json(ORIGIN, ""));
    }

    /// @notice D-05: A raw line feed is not JSON, so no reader finds another key because of it. It is not looked for.
    function test_acceptsControlCharactersInFurtherKeys() public pure {
        _accepts(_json(ORIGIN, ',"crossOrigin":false,"x":"y\n"}'), ORIGIN);
    }

    /// @notice D-05: If the data end plainly, all before that end is read as the origin. With a quote in it, it is nobody's.
    function test_readsNoPrefixOfTheOrigin() public pure {
        string memory end = ',"crossOrigin":true,"x":"","crossOrigin":false}';
        (bool matches, bytes memory found) = ClientData.read(bytes(_json(ORIGIN, end)), CHALLENGE);
        assertTrue(matches, "type and challenge");
        assertEq(found, bytes.concat(bytes(ORIGIN), '","crossOrigin":true,"x":"'));
        _refuses(_json(ORIGIN, end));
    }

    function test_refusesOverlongData() public pure {
        bytes memory padding = new bytes(1024);
        for (uint256 i = 0; i < padding.length; ++i) {
            padding[i] = "x";
        }
        _refuses(_json(ORIGIN, string.concat(',"crossOrigin":false,"', string(padding), '"}')));
    }

    /// @dev Whether further keys, from the first one's opening quote on, may be there. One character at a time.
    function _isHarmless(bytes memory text) private pure returns (bool) {
        uint256 quotes = 0;
        for (uint256 i = 0; i < text.length; ++i) {
            bytes1 c = text[i];
            // Without the top bit, which other characters than those of ASCII have, and the one for lower case.
            bytes1 low = c & 0x5f;
            if (low == "[" || low == "\\" || low == "]") return false;
            if (c != '"') continue;
            ++quotes;
            if (_endsWith(text, i, '"type"') || _endsWith(text, i, 'rigin"') || _endsWith(text, i, 'lenge"')) {
                return false;
            }
        }
        return quotes % 2 == 0;
    }

    /// @dev Whether the text up to a position ends so.
    function _endsWith(bytes memory text, uint256 at, bytes memory end) private pure returns (bool) {
        if (at + 1 < end.length) return false;
        return keccak256(_slice(text, at + 1 - end.length, at + 1)) == keccak256(end);
    }

    function _json(string memory origin, string memory end) private pure returns (string memory) {
        return _jsonFor(CHALLENGE, origin, end);
    }

    function _jsonFor(bytes32 challenge, string memory origin, string memory end) private pure returns (string memory) {
        string memory encoded = vm.toBase64URL(abi.encode(challenge));
        return string.concat('{"type":"webauthn.get","challenge":"', _trim(encoded), '","origin":"', origin, '"', end);
    }

    function _replace(string memory kind) private pure returns (string memory) {
        string memory encoded = _trim(vm.toBase64URL(abi.encode(CHALLENGE)));
        return string.concat('{"type":"', kind, '","challenge":"', encoded, '","origin":"', ORIGIN, '"}');
    }

    /// @dev Forge pads; browsers do not.
    function _trim(string memory encoded) private pure returns (string memory) {
        return string(_slice(bytes(encoded), 0, 43));
    }

    function _accepts(string memory json, string memory origin) private pure {
        _accepts(json, origin, true);
    }

    function _accepts(string memory json, string memory origin, bool expected) private pure {
        (bool ok, bytes memory found) = _read(bytes(json), CHALLENGE);
        assertTrue(ok == expected, json);
        if (ok) assertEq(found, bytes(origin));
    }

    function _refuses(string memory json) private pure {
        (bool ok,) = _read(bytes(json), CHALLENGE);
        assertFalse(ok, json);
    }

    /// @dev Whether client data are accepted, and the origin in them: one that may be registered. Works on a copy.
    function _read(bytes memory data, bytes32 challenge) private pure returns (bool ok, bytes memory webOrigin) {
        if (!ClientData.isProperLength(data.length)) return (false, webOrigin);
        bool matches;
        (matches, webOrigin) = ClientData.read(_slice(data, 0, data.length), challenge);
        ok = matches && webOrigin.length != 0;
        for (uint256 i = 0; i < webOrigin.length; ++i) {
            if (webOrigin[i] == '"') ok = false;
        }
    }

    function _slice(bytes memory data, uint256 start, uint256 end) private pure returns (bytes memory out) {
        out = new bytes(end - start);
        for (uint256 i = 0; i < out.length; ++i) {
            out[i] = data[start + i];
        }
    }
}
