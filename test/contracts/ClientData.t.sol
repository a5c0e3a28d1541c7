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

    function test_acceptsChromium() public pure {
        _accepts(_json(ORIGIN, ',"crossOrigin":false}'), ORIGIN);
    }

    function test_acceptsChromiumWithFurtherKey() public pure {
        _accepts(_json(ORIGIN, string.concat(',"crossOrigin":false,', CHROMIUM_KEY, "}")), ORIGIN);
    }

    function test_acceptsSafari() public pure {
        _accepts(_json(ORIGIN, "}"), ORIGIN);
    }

    function test_acceptsFirefox() public pure {
        _accepts(_json("http://localhost:3000", ',"crossOrigin":false}'), "http://localhost:3000");
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
        (bool ok, uint256 start, uint256 end) = ClientData.parse(data, challenge);
        assertTrue(ok, "accepted");
        assertEq(_slice(data, start, end), origin);
    }

    function testFuzz_neverAcceptsChangedPrefix(uint8 position, bytes1 replacement) public pure {
        bytes memory data = bytes(_json(ORIGIN, ',"crossOrigin":false}'));
        uint256 at = uint256(position) % 91;
        vm.assume(data[at] != replacement);
        data[at] = replacement;
        (bool ok,,) = ClientData.parse(data, CHALLENGE);
        assertFalse(ok, "accepted");
    }

    function testFuzz_neverRevertsOnGarbage(bytes memory data, bytes32 challenge) public pure {
        (bool ok,,) = ClientData.parse(data, challenge);
        assertFalse(ok, "accepted");
    }

    function testFuzz_neverRevertsOnGarbageAtTheEnd(bytes memory end) public pure {
        ClientData.parse(bytes.concat(bytes(_json(ORIGIN, ",")), end), CHALLENGE);
        ClientData.parse(bytes.concat(bytes(_json(ORIGIN, ',"crossOrigin":false,"')), end, "}"), CHALLENGE);
    }

    function test_refusesEveryTruncation() public pure {
        bytes memory data = bytes(_json(ORIGIN, ',"crossOrigin":false}'));
        for (uint256 length = 0; length < data.length; ++length) {
            (bool ok,,) = ClientData.parse(_slice(data, 0, length), CHALLENGE);
            assertFalse(ok, "accepted");
        }
    }

    function test_refusesOtherTypes() public pure {
        _refuses(_replace("webauthn.create"));
        _refuses(_replace("webauthn.get "));
        _refuses(_replace("webauthn.g\\u0065t"));
        _refuses(_replace("payment.get"));
    }

    function test_refusesOtherChallenges() public pure {
        string memory good = vm.toBase64URL(abi.encode(CHALLENGE));
        string memory end = string.concat('","origin":"', ORIGIN, '"}');
        _refuses(string.concat('{"type":"webauthn.get","challenge":"x', good, end));
        _refuses(string.concat('{"type":"webauthn.get","challenge":"', good, "=", end));
        _refuses(string.concat('{"type":"webauthn.get","challenge":"', good, "AAAA", end));
        (bool ok,,) = ClientData.parse(bytes(_json(ORIGIN, "}")), CHALLENGE ^ bytes32(uint256(1)));
        assertFalse(ok, "accepted");
    }

    function test_refusesReordering() public pure {
        string memory challenge = vm.toBase64URL(abi.encode(CHALLENGE));
        _refuses(string.concat('{"challenge":"', challenge, '","origin":"', ORIGIN, '","type":"webauthn.get"}'));
        _refuses(string.concat(" ", _json(ORIGIN, "}")));
        _refuses(_json(ORIGIN, "} "));
        _refuses(_json(ORIGIN, ',"crossOrigin":false} '));
    }

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

    function test_refusesDuplicateKeys() public pure {
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"challenge":"AAAA"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"type":"webauthn.get"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"y","origin":"https://evil.example"}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"crossOrigin":false}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":{"challenge":"AAAA"}}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":"\\"challenge\\":\\"AAAA\\""}'));
        _refuses(_json(ORIGIN, ',"origin":"https://evil.example"}'));
    }

    function test_refusesBrokenEnds() public pure {
        _refuses(_json(ORIGIN, ',"crossOrigin":false,}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,x}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x}'));
        _refuses(_json(ORIGIN, ',"crossOrigin":false,"x":1}}'));
        _refuses(_json(ORIGIN, ""));
    }

    function test_refusesOverlongData() public pure {
        bytes memory padding = new bytes(1024);
        for (uint256 i = 0; i < padding.length; ++i) {
            padding[i] = "x";
        }
        _refuses(_json(ORIGIN, string.concat(',"crossOrigin":false,"', string(padding), '"}')));
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
        (bool ok, uint256 start, uint256 end) = ClientData.parse(bytes(json), CHALLENGE);
        assertTrue(ok == expected, json);
        if (ok) assertEq(_slice(bytes(json), start, end), bytes(origin));
    }

    function _refuses(string memory json) private pure {
        (bool ok,,) = ClientData.parse(bytes(json), CHALLENGE);
        assertFalse(ok, json);
    }

    function _slice(bytes memory data, uint256 start, uint256 end) private pure returns (bytes memory out) {
        out = new bytes(end - start);
        for (uint256 i = 0; i < out.length; ++i) {
            out[i] = data[start + i];
        }
    }
}
