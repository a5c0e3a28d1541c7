// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {P256Precompile} from "./P256Precompile.sol";
import {Test} from "./Test.sol";

/// @title Passkeys and what they sign
abstract contract PasskeyFixture is Test {
    /// @notice Parts of an assertion, for tests that spoil some of them.
    struct Assertion {
        bytes authenticatorData;
        bytes clientData;
        uint256 r;
        uint256 s;
        bytes credentialId;
    }

    address internal constant PRECOMPILE = address(0x100);
    uint256 internal constant ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;
    uint256 internal constant PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;

    uint256 internal constant KEY = 0x9a55;
    bytes32 internal constant HASH = keccak256("transaction");
    string internal constant ORIGIN = "https://auth.zksso.example:8443";
    string internal constant RP_ID = "auth.zksso.example";
    bytes internal constant ID = hex"000102030405060708090a0b0c0d0e0f";

    /// @dev What follows the origin's closing quote in most assertions.
    string internal constant PLAIN_END = ',"crossOrigin":false}';

    /// @dev User present, verified.
    uint8 internal constant UP = 0x01;
    uint8 internal constant UV = 0x04;

    /// @dev Backup eligible, backed up.
    uint8 internal constant BE = 0x08;
    uint8 internal constant BS = 0x10;

    function setUp() public virtual {
        vm.etch(PRECOMPILE, type(P256Precompile).runtimeCode);
    }

    /// @dev An assertion that is right in everything.
    function good() internal pure returns (Assertion memory) {
        return signedBy(KEY, authenticatorData(UP | UV), clientData(ORIGIN, PLAIN_END));
    }

    function withFlags(uint8 flags) internal pure returns (Assertion memory) {
        return signedBy(KEY, authenticatorData(flags), clientData(ORIGIN, PLAIN_END));
    }

    function withClientData(bytes memory client) internal pure returns (Assertion memory) {
        return signedBy(KEY, authenticatorData(UP | UV), client);
    }

    /// @dev An assertion of the credential {ID} whose signature is right for its contents, whatever these are.
    function signedBy(uint256 key, bytes memory authData, bytes memory client)
        internal
        pure
        returns (Assertion memory assertion)
    {
        assertion.authenticatorData = authData;
        assertion.clientData = client;
        assertion.credentialId = ID;
        (assertion.r, assertion.s) = signature(key, messageHash(assertion));
    }

    function messageHash(Assertion memory assertion) internal pure returns (bytes32) {
        return sha256(bytes.concat(assertion.authenticatorData, sha256(assertion.clientData)));
    }

    /// @dev Signature with the lower `s`.
    function signature(uint256 key, bytes32 hash) internal pure returns (uint256 r, uint256 s) {
        (bytes32 first, bytes32 second) = vm.signP256(key, hash);
        (r, s) = (uint256(first), uint256(second));
        if (s > ORDER / 2) s = ORDER - s;
    }

    function encode(Assertion memory assertion) internal pure returns (bytes memory) {
        uint256[2] memory rs = [assertion.r, assertion.s];
        return abi.encode(assertion.authenticatorData, assertion.clientData, rs, assertion.credentialId);
    }

    function authenticatorData(uint8 flags) internal pure returns (bytes memory) {
        return abi.encodePacked(sha256(bytes(RP_ID)), flags, uint32(7));
    }

    /// @dev Client data for {HASH}.
    function clientData(string memory webOrigin, string memory end) internal pure returns (bytes memory) {
        return clientDataFor(HASH, webOrigin, end);
    }

    function clientDataFor(bytes32 challenge, string memory webOrigin, string memory end)
        internal
        pure
        returns (bytes memory)
    {
        return bytes(
            string.concat(
                '{"type":"webauthn.get","challenge":"', base64Url(challenge), '","origin":"', webOrigin, '"', end
            )
        );
    }

    /// @dev base64url without padding, which forge adds.
    function base64Url(bytes32 value) internal pure returns (string memory) {
        return string(slice(bytes(vm.toBase64URL(abi.encode(value))), 0, 43));
    }

    function publicKey(uint256 secret) internal pure returns (bytes32[2] memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(secret);
        return [bytes32(x), bytes32(y)];
    }

    function slice(bytes memory data, uint256 start, uint256 end) internal pure returns (bytes memory out) {
        out = new bytes(end - start);
        for (uint256 i = 0; i < out.length; ++i) {
            out[i] = data[start + i];
        }
    }

    function filled(uint256 length) internal pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            data[i] = "x";
        }
    }
}
