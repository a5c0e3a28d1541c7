// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {PasskeyPolicy} from "../../contracts/libraries/PasskeyPolicy.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {WebAuthValidator} from "../../contracts/validators/WebAuthValidator.sol";
import {PasskeyFixture} from "./support/PasskeyFixture.sol";

/// @title Which assertions authorise transactions and messages
contract WebAuthnSignaturesTest is PasskeyFixture {
    WebAuthValidator private validator;

    function setUp() public override {
        super.setUp();
        validator = new WebAuthValidator();
        validator.addValidationKey(ID, publicKey(KEY), ORIGIN);
    }

    function test_acceptsAssertion() public view {
        assertTrue(_isValid(good()), "signature");
        Transaction memory transaction;
        transaction.signature = abi.encode(encode(good()), address(validator), "");
        assertTrue(validator.validateTransaction(HASH, transaction), "transaction");
        transaction.signature = abi.encode(encode(good()), address(validator), "data of the validator");
        assertTrue(validator.validateTransaction(HASH, transaction), "transaction with data");
    }

    /// @notice D-01: The challenge is exactly the hash: not part of it, not more, not in hexadecimal digits, not padded.
    function test_refusesOtherChallenges() public view {
        string memory challenge = base64Url(HASH);
        string[8] memory others = [
            string.concat(challenge, "AA"),
            string.concat("AA", challenge),
            string.concat("A", challenge),
            string.concat(challenge, "="),
            string.concat(challenge, "A"),
            string(slice(bytes(challenge), 0, 42)),
            "",
            _hexadecimal(HASH)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            assertFalse(_isValid(withClientData(_withChallenge(others[i]))), others[i]);
        }
        // The same bits to a lenient decoder: spare bits that are not zero.
        bytes memory spare = bytes(challenge);
        spare[42] = bytes1(uint8(spare[42]) + 1);
        assertFalse(_isValid(withClientData(_withChallenge(string(spare)))), "spare bits");
    }

    /// @notice D-01: The challenge is in the alphabet of base64url, not in that of plain base64.
    function test_refusesOtherAlphabet() public view {
        bytes32 hash = bytes32(type(uint256).max << 1);
        bytes memory client = clientDataFor(hash, ORIGIN, PLAIN_END);
        Assertion memory assertion = signedBy(KEY, authenticatorData(UP | UV), client);
        assertTrue(validator.validateSignature(hash, encode(assertion)), "base64url");
        bytes memory other = slice(client, 0, client.length);
        for (uint256 i = 36; i < 79; ++i) {
            if (other[i] == "-") other[i] = "+";
            if (other[i] == "_") other[i] = "/";
        }
        assertTrue(keccak256(other) != keccak256(client), "different");
        assertion = signedBy(KEY, authenticatorData(UP | UV), other);
        assertFalse(validator.validateSignature(hash, encode(assertion)), "base64");
    }

    /// @notice D-04: Only assertions count, and only by their exact name.
    function test_refusesOtherTypes() public view {
        string[5] memory others =
            ["webauthn.create", "webauthn.get ", " webauthn.get", "payment.get", "webauthn.g\\u0065t"];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory client = bytes(
                string.concat(
                    '{"type":"', others[i], '","challenge":"', base64Url(HASH), '","origin":"', ORIGIN, '"', PLAIN_END
                )
            );
            assertFalse(_isValid(withClientData(client)), others[i]);
        }
    }

    /// @notice D-06: A key registered for one origin does not sign for another one of the same account, nor for none.
    function test_keepsOriginsApart() public {
        string memory other = "https://other.example";
        bytes memory otherData = abi.encodePacked(sha256("other.example"), UP | UV, uint32(0));
        validator.addValidationKey(ID, publicKey(KEY + 1), other);
        assertTrue(_isValid(signedBy(KEY + 1, otherData, clientData(other, PLAIN_END))), "the other one's key");
        assertFalse(_isValid(signedBy(KEY, otherData, clientData(other, PLAIN_END))), "this one's key");
        assertFalse(_isValid(signedBy(KEY + 1, authenticatorData(UP | UV), clientData(ORIGIN, PLAIN_END))), "swapped");
        string[4] memory similar = [
            "https://auth.zksso.example",
            "http://auth.zksso.example:8443",
            "https://auth.zksso.example:84430",
            "https://sub.auth.zksso.example:8443"
        ];
        for (uint256 i = 0; i < similar.length; ++i) {
            assertFalse(_isValid(withClientData(clientData(similar[i], PLAIN_END))), similar[i]);
        }
        assertFalse(_isValid(withClientData(clientData("", PLAIN_END))), "no origin");
    }

    /// @notice D-08: Pages embedded in other origins do not sign.
    function test_refusesCrossOrigin() public view {
        string[7] memory ends = [
            ',"crossOrigin":true}',
            ',"crossOrigin":"false"}',
            ',"crossOrigin":null}',
            ',"crossOrigin":0}',
            ',"crossOrigin":false,"topOrigin":"https://evil.example"}',
            ',"crossOrigin":true,"topOrigin":"https://evil.example"}',
            ',"topOrigin":"https://evil.example"}'
        ];
        for (uint256 i = 0; i < ends.length; ++i) {
            assertFalse(_isValid(withClientData(clientData(ORIGIN, ends[i]))), ends[i]);
        }
    }

    /// @notice D-09: Without a policy, the user must be present and verified.
    function test_requiresUserVerification() public view {
        assertTrue(_isValid(withFlags(UP | UV)), "both");
        assertFalse(_isValid(withFlags(UP)), "only present");
        assertFalse(_isValid(withFlags(UV)), "only verified");
        assertFalse(_isValid(withFlags(0)), "neither");
        assertTrue(_isValid(withFlags(0xc0 | UP | UV)), "extensions");
    }

    /// @notice D-09: A passkey for which presence suffices still needs that, and makes others no weaker.
    function test_presenceMaySuffice() public {
        _replacePolicy(PasskeyPolicy.PRESENCE_SUFFICES);
        assertTrue(_isValid(withFlags(UP)), "only present");
        assertTrue(_isValid(withFlags(UP | UV)), "both");
        assertFalse(_isValid(withFlags(UV)), "only verified");
        assertFalse(_isValid(withFlags(0)), "neither");
        bytes memory otherId = hex"ff0102030405060708090a0b0c0d0e0f";
        validator.addValidationKey(otherId, publicKey(KEY), ORIGIN);
        Assertion memory assertion = withFlags(UP);
        assertion.credentialId = otherId;
        assertFalse(_isValid(assertion), "the other passkey");
    }

    /// @notice D-10: Nothing is backed up that is not eligible for it.
    function test_requiresConsistentBackupFlags() public view {
        assertTrue(_isValid(withFlags(UP | UV | BE)), "eligible");
        assertTrue(_isValid(withFlags(UP | UV | BE | BS)), "backed up");
        assertFalse(_isValid(withFlags(UP | UV | BS)), "backed up but not eligible");
    }

    /// @notice D-10: If the policy says so, eligibility for backup stays what it was at registration.
    function test_eligibilityMayBeFixed() public {
        _replacePolicy(PasskeyPolicy.BOUND_TO_DEVICE);
        assertTrue(_isValid(withFlags(UP | UV)), "bound, not eligible");
        assertFalse(_isValid(withFlags(UP | UV | BE)), "bound, eligible");
        assertFalse(_isValid(withFlags(UP | UV | BE | BS)), "bound, backed up");
        assertFalse(_isValid(withFlags(UP)), "bound, not verified");
        _replacePolicy(PasskeyPolicy.ELIGIBLE_FOR_BACKUP);
        assertFalse(_isValid(withFlags(UP | UV)), "synchronised, not eligible");
        assertTrue(_isValid(withFlags(UP | UV | BE)), "synchronised, eligible");
        assertTrue(_isValid(withFlags(UP | UV | BE | BS)), "synchronised, backed up");
        _replacePolicy(PasskeyPolicy.PRESENCE_SUFFICES | PasskeyPolicy.BOUND_TO_DEVICE);
        assertTrue(_isValid(withFlags(UP)), "bound, presence suffices");
        assertFalse(_isValid(withFlags(UP | BE)), "bound, presence suffices, eligible");
    }

    /// @notice D-09, D-10: Flags against all policies, compared with the rules spelled out.
    function testFuzz_policyDecides(uint8 flags, uint8 choice) public {
        uint256[6] memory policies = [uint256(0), 0x04, 0x08, 0x0c, 0x10, 0x14];
        uint256 policy = policies[choice % 6];
        _replacePolicy(policy);
        bool expected = flags & UP != 0 && (flags & UV != 0 || policy & 0x04 != 0)
            && !(flags & BS != 0 && flags & BE == 0) && !(policy & 0x08 != 0 && flags & BE != 0)
            && !(policy & 0x10 != 0 && flags & BE == 0);
        assertTrue(_isValid(withFlags(flags)) == expected, "decision");
    }

    /// @notice D-12: Another relying party's assertion is refused, though origin, credential and key are right.
    function test_refusesOtherRelyingParty() public view {
        bytes memory other = abi.encodePacked(sha256("evil.example"), UP | UV, uint32(7));
        assertFalse(_isValid(signedBy(KEY, other, clientData(ORIGIN, PLAIN_END))), "valid");
    }

    /// @notice D-13: Halves of a signature are between 1 and the order minus 1.
    function test_refusesHalvesOutOfRange() public view {
        uint256[5] memory improper = [0, ORDER, ORDER + 1, type(uint256).max, PRIME];
        for (uint256 i = 0; i < improper.length; ++i) {
            Assertion memory assertion = good();
            assertion.r = improper[i];
            assertFalse(_isValid(assertion), "r");
            assertion = good();
            assertion.s = improper[i];
            assertFalse(_isValid(assertion), "s");
        }
    }

    /// @notice D-13: A precompile that took a signature out of range would not be asked.
    function test_doesNotAskAboutHalvesOutOfRange() public {
        vm.mockCall(PRECOMPILE, "", abi.encode(1));
        assertTrue(_isValid(withFlags(UP | UV)), "it accepts anything");
        Assertion memory assertion = good();
        assertion.r = 0;
        assertFalse(_isValid(assertion), "r");
        assertion = good();
        assertion.s = 0;
        assertFalse(_isValid(assertion), "s");
    }

    /// @notice D-14: The twin of a signature is refused, up to exactly half of this curve's order.
    function test_refusesHighTwin() public {
        Assertion memory assertion = good();
        assertion.s = ORDER - assertion.s;
        assertFalse(_isValid(assertion), "twin");
        // secp256k1 has half of its order above this one's, so a limit taken from there would be too lenient.
        uint256 half = ORDER / 2;
        assertion.s = half;
        _answerOnly(assertion);
        assertTrue(_isValid(assertion), "half");
        assertion.s = half + 1;
        _answerOnly(assertion);
        assertFalse(_isValid(assertion), "above half");
    }

    /// @notice D-17: Without a key, the precompile is not even asked; it might accept anything for the point at zero.
    function test_refusesUnknownKeyBeforeAsking() public {
        Assertion memory assertion = good();
        assertion.credentialId = hex"ffffffffffffffffffffffffffffffff";
        vm.mockCall(
            PRECOMPILE, abi.encode(messageHash(assertion), assertion.r, assertion.s, 0, 0), abi.encode(uint256(1))
        );
        assertFalse(_isValid(assertion), "valid");
    }

    /// @notice D-18: No precompile means no: a call to nothing succeeds.
    function test_refusesWithoutPrecompile() public {
        Assertion memory assertion = good();
        vm.etch(PRECOMPILE, "");
        assertFalse(_isValid(assertion), "valid");
    }

    /// @notice D-18: Any answer but the word 1 means no.
    function test_refusesOddAnswers() public {
        bytes[6] memory answers = [
            bytes(""),
            abi.encode(0),
            abi.encode(2),
            abi.encode(type(uint256).max),
            abi.encode(1, 1),
            abi.encodePacked(uint248(1))
        ];
        Assertion memory assertion = good();
        for (uint256 i = 0; i < answers.length; ++i) {
            vm.mockCall(PRECOMPILE, "", answers[i]);
            assertFalse(_isValid(assertion), "valid");
        }
    }

    /// @notice D-20: Long and deeply nested client data are refused, at a cost that grows with their length and no faster.
    function test_boundsTheWorkOnClientData() public view {
        bytes memory nested = filled(100_000);
        for (uint256 i = 0; i < nested.length; ++i) {
            nested[i] = "[";
        }
        string memory deep = string.concat(',"crossOrigin":false,"x":', string(nested), "}");
        bytes memory assertion = encode(withClientData(clientData(ORIGIN, deep)));
        uint256 gasBefore = gasleft();
        assertFalse(validator.validateSignature(HASH, assertion), "nested");
        assertTrue(gasBefore - gasleft() < 1_000_000, "gas");
        assertFalse(_isValid(withClientData(filled(100_000))), "long");
        uint256 room = 1024 - _padded(0).length;
        assertTrue(_isValid(withClientData(_padded(room))), "longest");
        assertFalse(_isValid(withClientData(_padded(room + 1))), "longer");
    }

    /// @notice D-20: Long authenticator data and credential ids are refused.
    function test_boundsOtherLengths() public view {
        bytes memory longest = bytes.concat(authenticatorData(UP | UV), filled(1024 - 37));
        assertTrue(_isValid(signedBy(KEY, longest, clientData(ORIGIN, PLAIN_END))), "longest");
        assertFalse(_isValid(signedBy(KEY, bytes.concat(longest, "x"), clientData(ORIGIN, PLAIN_END))), "longer");
        for (uint256 length = 0; length < 37; ++length) {
            bytes memory short = slice(authenticatorData(UP | UV), 0, length);
            assertFalse(_isValid(signedBy(KEY, short, clientData(ORIGIN, PLAIN_END))), "short");
        }
        Assertion memory assertion = good();
        assertion.credentialId = filled(1024);
        assertFalse(_isValid(assertion), "credential id");
    }

    /// @notice D-21: Two accounts with the same credential and origin sign with their own keys only.
    function test_keepsAccountsApart() public {
        bytes32[2] memory key = publicKey(KEY + 1);
        vm.prank(address(0xb0b));
        validator.addValidationKey(ID, key, ORIGIN);
        bytes memory mine = encode(good());
        bytes memory theirs = encode(signedBy(KEY + 1, authenticatorData(UP | UV), clientData(ORIGIN, PLAIN_END)));
        assertTrue(validator.validateSignature(HASH, mine), "mine");
        assertFalse(validator.validateSignature(HASH, theirs), "theirs for me");
        vm.prank(address(0xb0b));
        assertTrue(validator.validateSignature(HASH, theirs), "theirs");
        vm.prank(address(0xb0b));
        assertFalse(validator.validateSignature(HASH, mine), "mine for them");
    }

    /// @notice D-25: Only one encoding of an assertion is accepted.
    function test_refusesOtherEncodings() public view {
        bytes memory assertion = encode(good());
        assertTrue(validator.validateSignature(HASH, assertion), "canonical");
        assertFalse(validator.validateSignature(HASH, bytes.concat(assertion, hex"00")), "a byte more");
        assertFalse(validator.validateSignature(HASH, bytes.concat(assertion, new bytes(32))), "a word more");
        assertFalse(validator.validateSignature(HASH, slice(assertion, 0, assertion.length - 1)), "a byte less");
        Assertion memory parts = good();
        uint256[2] memory rs = [parts.r, parts.s];
        // A gap before the members, and the members in another order.
        bytes memory gap = abi.encode(parts.authenticatorData, parts.clientData, rs, parts.credentialId, uint256(0));
        assertFalse(validator.validateSignature(HASH, gap), "gap");
        bytes memory order = abi.encodePacked(
            abi.encode(uint256(224), uint256(320), rs, uint256(160)),
            abi.encode(parts.credentialId.length, bytes16(parts.credentialId)),
            abi.encode(parts.authenticatorData.length, bytes32(parts.authenticatorData), bytes5(0x0500000007)),
            abi.encode(parts.clientData.length),
            parts.clientData
        );
        assertFalse(validator.validateSignature(HASH, order), "order");
        // Members that share their bytes.
        bytes memory shared =
            abi.encodePacked(abi.encode(uint256(160), uint256(160), rs, uint256(160)), uint256(64), rs);
        assertFalse(validator.validateSignature(HASH, shared), "shared");
    }

    /// @notice D-26: An assertion for one hash is worth nothing for another one.
    function testFuzz_refusesReplayForAnotherHash(bytes32 hash) public view {
        vm.assume(hash != HASH);
        assertFalse(validator.validateSignature(hash, encode(good())), "valid");
    }

    /// @notice D-26: One bit of the hash is enough.
    function testFuzz_everyBitOfTheHashCounts(uint8 bit) public view {
        assertFalse(validator.validateSignature(HASH ^ bytes32(1 << bit), encode(good())), "valid");
    }

    /// @notice D-01 to D-26: Any change of any byte of an assertion, but for padding, is refused, and nothing reverts.
    function testFuzz_refusesAnyChange(uint16 position, uint8 flip) public view {
        vm.assume(flip != 0);
        bytes memory assertion = encode(good());
        uint256 at = position % assertion.length;
        assertion[at] = bytes1(uint8(assertion[at]) ^ flip);
        bool expected = _isPadding(at);
        assertTrue(validator.validateSignature(HASH, assertion) == expected, "decision");
        Transaction memory transaction;
        transaction.signature = abi.encode(assertion, address(validator), "");
        assertTrue(validator.validateTransaction(HASH, transaction) == expected, "transaction");
    }

    /// @notice D-01 to D-26: Words of an attacker's choice in the head and before the members: no revert, no acceptance.
    function testFuzz_refusesChosenWords(uint8 position, uint256 value, bool small) public view {
        bytes memory assertion = encode(good());
        uint256[8] memory places = [uint256(0), 32, 64, 96, 128, 160, 256, assertion.length - 64];
        uint256 at = places[position % 8] + 32;
        if (small) value %= assertion.length + 64;
        uint256 before;
        assembly ("memory-safe") {
            before := mload(add(assertion, at))
            mstore(add(assertion, at), value)
        }
        vm.assume(before != value);
        assertFalse(validator.validateSignature(HASH, assertion), "valid");
    }

    /// @notice D-01 to D-26: Arbitrary bytes are refused without a revert, as signature and as envelope.
    function testFuzz_neverReverts(bytes memory garbage) public view {
        assertFalse(validator.validateSignature(HASH, garbage), "signature");
        Transaction memory transaction;
        transaction.signature = garbage;
        assertFalse(validator.validateTransaction(HASH, transaction), "envelope");
        transaction.signature = abi.encode(garbage, address(validator), "");
        assertFalse(validator.validateTransaction(HASH, transaction), "transaction");
    }

    /// @notice D-25: An envelope that points nowhere holds no assertion.
    function testFuzz_refusesEnvelopeThatPointsNowhere(uint256 offset) public view {
        vm.assume(offset != 96);
        Transaction memory transaction;
        transaction.signature = abi.encode(encode(good()), address(validator), "");
        bytes memory envelope = transaction.signature;
        assembly ("memory-safe") {
            mstore(add(envelope, 32), offset)
        }
        assertFalse(validator.validateTransaction(HASH, transaction), "valid");
    }

    /// @notice K-03: A dummy for an estimate, which cannot know the hash, costs what a real assertion costs.
    function test_dummyCostsAsMuch() public view {
        bytes memory real = encode(good());
        bytes memory dummy =
            encode(signedBy(KEY, authenticatorData(UP | UV), clientDataFor(bytes32(0), ORIGIN, PLAIN_END)));
        uint256 gasBefore = gasleft();
        assertTrue(validator.validateSignature(HASH, real), "real");
        uint256 realGas = gasBefore - gasleft();
        gasBefore = gasleft();
        assertFalse(validator.validateSignature(HASH, dummy), "dummy");
        uint256 dummyGas = gasBefore - gasleft();
        assertTrue(dummyGas * 100 > realGas * 90, "gas");
    }

    function _isValid(Assertion memory assertion) private view returns (bool) {
        return validator.validateSignature(HASH, encode(assertion));
    }

    /// @dev Registers the passkey anew with a policy.
    function _replacePolicy(uint256 policy) private {
        validator.onUninstall("");
        validator.addPasskey(ID, publicKey(KEY), ORIGIN, sha256(bytes(RP_ID)), policy);
    }

    /// @dev Makes the precompile accept exactly one signature, which nobody could make.
    function _answerOnly(Assertion memory assertion) private {
        vm.mockCall(
            PRECOMPILE,
            abi.encode(messageHash(assertion), assertion.r, assertion.s, publicKey(KEY)),
            abi.encode(uint256(1))
        );
    }

    function _withChallenge(string memory challenge) private pure returns (bytes memory) {
        return
            bytes(
                string.concat('{"type":"webauthn.get","challenge":"', challenge, '","origin":"', ORIGIN, '"', PLAIN_END)
            );
    }

    /// @dev Client data with a further key that holds so many characters.
    function _padded(uint256 length) private pure returns (bytes memory) {
        return clientData(ORIGIN, string.concat(',"crossOrigin":false,"x":"', string(filled(length)), '"}'));
    }

    /// @dev Bytes that fill members up to whole words; nobody reads them.
    function _isPadding(uint256 at) private pure returns (bool) {
        // Authenticator data from 192, client data from 288, the credential id last.
        uint256 client = clientData(ORIGIN, PLAIN_END).length;
        uint256 credential = 288 + (client + 31) / 32 * 32 + 32;
        return (at >= 192 + 37 && at < 256) || (at >= 288 + client && at < credential - 32) || at >= credential + 16;
    }

    function _hexadecimal(bytes32 value) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory out = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            out[i] = digits[uint8(value[i / 2]) >> (i % 2 == 0 ? 4 : 0) & 15];
        }
        return string(out);
    }
}
