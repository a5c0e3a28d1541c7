// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

import {PasskeyPolicy} from "../../contracts/libraries/PasskeyPolicy.sol";
import {P256Verifier} from "../../contracts/verifiers/P256Verifier.sol";
import {WebAuthnVerifier} from "../../contracts/verifiers/WebAuthnVerifier.sol";
import {PasskeyFixture} from "./support/PasskeyFixture.sol";

/// @title ERC-7913 verifiers for the keys of sessions
contract VerifiersTest is PasskeyFixture {
    bytes4 private constant VALID = 0x024ad318;
    bytes4 private constant INVALID = 0xffffffff;

    P256Verifier private plain;
    WebAuthnVerifier private webAuthn;

    function setUp() public override {
        super.setUp();
        plain = new P256Verifier();
        webAuthn = new WebAuthnVerifier();
    }

    function test_answersAsTheStandardSays() public view {
        assertEq(bytes32(IERC7913SignatureVerifier.verify.selector), bytes32(VALID));
        assertEq(bytes32(plain.verify(_plainKey(KEY), HASH, _plainSignature())), bytes32(VALID));
        assertEq(bytes32(plain.verify(_plainKey(KEY + 1), HASH, _plainSignature())), bytes32(INVALID));
        assertEq(bytes32(webAuthn.verify(_key(0), HASH, encode(good()))), bytes32(VALID));
        assertEq(bytes32(webAuthn.verify(_key(0), bytes32(0), encode(good()))), bytes32(INVALID));
    }

    // Plain P-256

    function testFuzz_plainAcceptsSignatures(uint256 secret, bytes32 hash) public view {
        secret = 1 + secret % (ORDER - 1);
        (uint256 r, uint256 s) = signature(secret, hash);
        assertTrue(plain.verify(_plainKey(secret), hash, abi.encode(r, s)) == VALID, "valid");
    }

    /// @notice D-13: Halves out of range are refused.
    function test_plainRefusesHalvesOutOfRange() public view {
        (uint256 r, uint256 s) = signature(KEY, HASH);
        uint256[4] memory improper = [0, ORDER, ORDER + 1, type(uint256).max];
        for (uint256 i = 0; i < improper.length; ++i) {
            assertTrue(plain.verify(_plainKey(KEY), HASH, abi.encode(improper[i], s)) == INVALID, "r");
            assertTrue(plain.verify(_plainKey(KEY), HASH, abi.encode(r, improper[i])) == INVALID, "s");
        }
    }

    /// @notice D-14: The high twin is refused.
    function testFuzz_plainRefusesHighTwin(bytes32 hash) public view {
        (uint256 r, uint256 s) = signature(KEY, hash);
        assertTrue(plain.verify(_plainKey(KEY), hash, abi.encode(r, s)) == VALID, "low");
        assertTrue(plain.verify(_plainKey(KEY), hash, abi.encode(r, ORDER - s)) == INVALID, "high");
    }

    /// @notice D-16: No point off the curve verifies anything, not even what is true of its coordinates.
    function testFuzz_plainRefusesOffCurve(uint256 x, uint256 y) public view {
        uint256 r = x % ORDER;
        assertTrue(plain.verify(abi.encode(x, y), bytes32(0), abi.encode(r, r)) == INVALID, "valid");
        assertTrue(plain.verify(abi.encode(0, 0), HASH, _plainSignature()) == INVALID, "zero");
    }

    /// @notice D-25: Both inputs have exactly one length.
    function testFuzz_plainRefusesOtherLengths(bytes memory key, bytes memory data) public view {
        assertTrue(plain.verify(key, HASH, data) == INVALID, "garbage");
        assertTrue(
            plain.verify(_plainKey(KEY), HASH, bytes.concat(_plainSignature(), data)) == INVALID || data.length == 0, ""
        );
        assertTrue(
            plain.verify(bytes.concat(_plainKey(KEY), key), HASH, _plainSignature()) == INVALID || key.length == 0, ""
        );
        assertTrue(plain.verify("", HASH, _plainSignature()) == INVALID, "no key");
        assertTrue(plain.verify(_plainKey(KEY), HASH, "") == INVALID, "no signature");
    }

    /// @notice D-26: Any other bit of key, hash or signature makes it invalid.
    function testFuzz_plainRefusesAnyChange(uint16 bit) public view {
        bytes memory all = bytes.concat(_plainKey(KEY), HASH, _plainSignature());
        uint256 at = bit % (8 * all.length);
        all[at / 8] = bytes1(uint8(all[at / 8]) ^ uint8(1 << (at % 8)));
        bytes4 result = plain.verify(slice(all, 0, 64), bytes32(slice(all, 64, 96)), slice(all, 96, 160));
        assertTrue(result == INVALID, "valid");
    }

    /// @notice D-18: Without the precompile nothing is valid.
    function test_refuseWithoutPrecompile() public {
        bytes memory assertion = encode(good());
        bytes memory data = _plainSignature();
        vm.etch(PRECOMPILE, "");
        assertTrue(plain.verify(_plainKey(KEY), HASH, data) == INVALID, "plain");
        assertTrue(webAuthn.verify(_key(0), HASH, assertion) == INVALID, "webauthn");
    }

    // WebAuthn

    function test_webAuthnIgnoresTheCredential() public view {
        Assertion memory assertion = good();
        assertion.credentialId = "";
        assertTrue(webAuthn.verify(_key(0), HASH, encode(assertion)) == VALID, "none");
        assertion.credentialId = filled(1023);
        assertTrue(webAuthn.verify(_key(0), HASH, encode(assertion)) == VALID, "longest");
        assertion.credentialId = filled(1024);
        assertTrue(webAuthn.verify(_key(0), HASH, encode(assertion)) == INVALID, "too long");
    }

    /// @notice D-06, D-12: Origin and relying party are those of the key.
    function test_webAuthnChecksOriginAndRelyingParty() public view {
        bytes memory assertion = encode(good());
        bytes32 rpIdHash = sha256(bytes(RP_ID));
        string[4] memory origins = ["", "https://evil.example", "https://auth.zksso.example:844", ORIGIN];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory key = abi.encodePacked(publicKey(KEY), rpIdHash, uint8(0), origins[i]);
            assertTrue((webAuthn.verify(key, HASH, assertion) == VALID) == (i == 3), origins[i]);
        }
        bytes memory other = abi.encodePacked(publicKey(KEY), sha256("evil.example"), uint8(0), ORIGIN);
        assertTrue(webAuthn.verify(other, HASH, assertion) == INVALID, "relying party");
        assertTrue(webAuthn.verify(_key(0), HASH, encode(withClientData(clientData("", PLAIN_END)))) == INVALID, "none");
        bytes memory none = abi.encodePacked(publicKey(KEY), rpIdHash, uint8(0));
        assertTrue(
            webAuthn.verify(none, HASH, encode(withClientData(clientData("", PLAIN_END)))) == INVALID, "no origin"
        );
    }

    /// @notice D-09, D-10: The policy is that of the key.
    function testFuzz_webAuthnObeysThePolicy(uint8 flags, uint8 policy) public view {
        bool known = policy % 4 == 0 && policy < 0x18;
        bool consistent = flags & UP != 0 && (flags & BS == 0 || flags & BE != 0);
        bool expected = known && consistent && PasskeyPolicy.isSatisfied(policy, flags);
        assertTrue((webAuthn.verify(_key(policy), HASH, encode(withFlags(flags))) == VALID) == expected, "decision");
    }

    /// @notice D-03 to D-08: Client data are read as strictly as for passkeys of accounts.
    function test_webAuthnReadsClientDataStrictly() public view {
        string[5] memory ends = [
            ',"crossOrigin":true}',
            ',"crossOrigin":false,"challenge":"AAAA"}',
            ',"crossOrigin":false,"topOrigin":"https://evil.example"}',
            ',"crossOrigin":false} ',
            ""
        ];
        for (uint256 i = 0; i < ends.length; ++i) {
            assertTrue(
                webAuthn.verify(_key(0), HASH, encode(withClientData(clientData(ORIGIN, ends[i])))) == INVALID, ends[i]
            );
        }
        assertTrue(webAuthn.verify(_key(0), HASH, encode(withClientData(clientData(ORIGIN, "}")))) == VALID, "Safari");
    }

    /// @notice D-14: The high twin is refused.
    function test_webAuthnRefusesHighTwin() public view {
        Assertion memory assertion = good();
        assertion.s = ORDER - assertion.s;
        assertTrue(webAuthn.verify(_key(0), HASH, encode(assertion)) == INVALID, "valid");
    }

    /// @notice D-26: Any other bit of key or hash makes it invalid.
    function testFuzz_webAuthnRefusesAnyChange(uint16 bit) public view {
        bytes memory all = bytes.concat(HASH, _key(0));
        uint256 at = bit % (8 * all.length);
        all[at / 8] = bytes1(uint8(all[at / 8]) ^ uint8(1 << (at % 8)));
        bytes4 result = webAuthn.verify(slice(all, 32, all.length), bytes32(slice(all, 0, 32)), encode(good()));
        // A policy that fixes eligibility for backup to what it is here changes nothing.
        assertTrue(result == INVALID || (at / 8 == 32 + 96 && all[at / 8] != 0x10), "valid");
    }

    /// @notice D-25: Arbitrary keys and signatures are refused without a revert.
    function testFuzz_webAuthnNeverReverts(bytes memory key, bytes32 hash, bytes memory data) public view {
        assertTrue(webAuthn.verify(key, hash, data) == INVALID, "garbage");
        assertTrue(webAuthn.verify(_key(0), hash, data) == INVALID, "garbage signature");
        assertTrue(webAuthn.verify(key, HASH, encode(good())) == INVALID, "garbage key");
    }

    function _plainKey(uint256 secret) private pure returns (bytes memory) {
        return abi.encodePacked(publicKey(secret));
    }

    function _plainSignature() private pure returns (bytes memory) {
        (uint256 r, uint256 s) = signature(KEY, HASH);
        return abi.encode(r, s);
    }

    function _key(uint8 policy) private pure returns (bytes memory) {
        return abi.encodePacked(publicKey(KEY), sha256(bytes(RP_ID)), policy, ORIGIN);
    }
}
