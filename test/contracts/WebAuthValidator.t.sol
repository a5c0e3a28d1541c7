// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IWebAuthValidator} from "../../contracts/interfaces/IWebAuthValidator.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {WebAuthValidator} from "../../contracts/validators/WebAuthValidator.sol";
import {Test} from "./support/Test.sol";

contract WebAuthValidatorTest is Test {
    uint256 private constant KEY = 0x9a55;
    uint256 private constant ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;
    bytes32 private constant HASH = keccak256("transaction");
    string private constant ORIGIN = "https://auth.zksso.example:8443";
    string private constant RP_ID = "auth.zksso.example";
    bytes private constant ID = hex"000102030405060708090a0b0c0d0e0f";

    WebAuthValidator private validator;

    /// @dev Whether this contract, as an account, has other root signers.
    bool private otherRoot;

    function setUp() public {
        validator = new WebAuthValidator();
    }

    function hasRootSigner() external view returns (bool) {
        return otherRoot || validator.hasRootSigner(address(this));
    }

    function test_acceptsAssertion() public {
        _add(ORIGIN, ID, KEY);
        assertTrue(_isValid(_flags(0x05)), "present and verified");
        assertTrue(_isValid(_flags(0x0d)), "eligible for backup");
        assertTrue(_isValid(_flags(0x1d)), "backed up");
    }

    function test_refusesFlags() public {
        _add(ORIGIN, ID, KEY);
        assertFalse(_isValid(_flags(0x01)), "not verified");
        assertFalse(_isValid(_flags(0x04)), "not present");
        assertFalse(_isValid(_flags(0x00)), "neither");
        assertFalse(_isValid(_flags(0x15)), "backed up but not eligible");
    }

    function test_refusesOtherRelyingParty() public {
        _add(ORIGIN, ID, KEY);
        bytes memory authenticatorData = abi.encodePacked(sha256("evil.example"), bytes1(0x05), bytes4(0));
        assertFalse(_isValid(_assertion(authenticatorData, _clientData(ORIGIN), ID, KEY)), "valid");
    }

    function test_refusesOtherOriginCredentialKeyAndHash() public {
        _add(ORIGIN, ID, KEY);
        bytes memory auth = _authenticatorData(0x05);
        assertFalse(_isValid(_assertion(auth, _clientData("https://auth.zksso.example"), ID, KEY)), "origin");
        assertFalse(_isValid(_assertion(auth, _clientData(ORIGIN), hex"10", KEY)), "credential");
        assertFalse(_isValid(_assertion(auth, _clientData(ORIGIN), ID, KEY + 1)), "key");
        assertFalse(validator.validateSignature(keccak256("other"), _flags(0x05)), "hash");
        bytes memory assertion = _flags(0x05);
        vm.prank(address(0xbad));
        assertFalse(validator.validateSignature(HASH, assertion), "account");
    }

    function test_refusesImproperHalves() public {
        _add(ORIGIN, ID, KEY);
        bytes memory auth = _authenticatorData(0x05);
        (bytes32 r, bytes32 s) = _halves(auth, _clientData(ORIGIN), KEY);
        uint256[6] memory improper = [0, ORDER, ORDER + 1, type(uint256).max, ORDER - uint256(s), ORDER - 1];
        for (uint256 i = 0; i < improper.length; ++i) {
            bytes32 value = bytes32(improper[i]);
            assertFalse(_isValid(abi.encode(auth, _clientData(ORIGIN), [r, value], ID)), "s");
            if (improper[i] >= ORDER) {
                assertFalse(_isValid(abi.encode(auth, _clientData(ORIGIN), [value, s], ID)), "r");
            }
        }
    }

    function testFuzz_neverReverts(bytes memory assertion, uint16 position, uint8 flip) public {
        _add(ORIGIN, ID, KEY);
        assertFalse(validator.validateSignature(HASH, assertion), "valid");
        Transaction memory transaction;
        transaction.signature = assertion;
        assertFalse(validator.validateTransaction(HASH, transaction), "valid");
        bytes memory damaged = _flags(0x05);
        uint256 at = uint256(position) % damaged.length;
        damaged[at] = bytes1(uint8(damaged[at]) ^ flip);
        validator.validateSignature(HASH, damaged);
        transaction.signature = abi.encode(damaged, address(validator), "");
        validator.validateTransaction(HASH, transaction);
    }

    function test_boundsTheLengths() public {
        _add(ORIGIN, ID, KEY);
        bytes memory longData = bytes.concat(_authenticatorData(0x05), new bytes(1000));
        assertFalse(_isValid(_assertion(longData, _clientData(ORIGIN), ID, KEY)), "authenticator data");
        assertFalse(_isValid(_assertion(hex"05", _clientData(ORIGIN), ID, KEY)), "short authenticator data");
        bytes memory json = bytes.concat(bytes(_clientData(ORIGIN)), new bytes(1000));
        assertFalse(_isValid(_assertion(_authenticatorData(0x05), string(json), ID, KEY)), "client data");
    }

    function test_installsWithAndWithoutRelyingParty() public {
        bytes32[2] memory key = _key(KEY);
        validator.onInstall("");
        assertFalse(validator.isInitialized(address(this)), "initialized");
        validator.onInstall(abi.encode(ID, key, ORIGIN));
        assertEq(validator.getAccountKey(ORIGIN, ID, address(this))[0], key[0]);
        bytes32 rpIdHash = sha256("zksso.example");
        validator.onInstall(abi.encode(ID, key, ORIGIN, rpIdHash));
        assertEq(validator.getPasskey(ORIGIN, ID, address(this), rpIdHash)[1], key[1]);
        bytes memory auth = abi.encodePacked(rpIdHash, bytes1(0x05), bytes4(0));
        assertTrue(_isValid(_assertion(auth, _clientData(ORIGIN), ID, KEY)), "parent domain");
        assertEq(validator.listKeys(address(this)).length, 2);
        bytes memory expected = abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidInstallData.selector);
        vm.expectRevert(expected);
        validator.onInstall(hex"00");
        vm.expectRevert(expected);
        validator.onInstall(abi.encode(uint256(128), key, uint256(1 << 64)));
    }

    function test_refusesImproperKeys() public {
        uint256 prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
        bytes32[2] memory key = _key(KEY);
        _refusesKey(0, 0);
        _refusesKey(key[0], bytes32(0));
        _refusesKey(key[1], key[0]);
        _refusesKey(key[0], bytes32(uint256(key[1]) ^ 1));
        _refusesKey(bytes32(prime), key[1]);
        _refusesKey(key[0], bytes32(type(uint256).max));
        // The other point with the same x is just another key.
        validator.addValidationKey(ID, [key[0], bytes32(prime - uint256(key[1]))], ORIGIN);
    }

    function testFuzz_acceptsAllKeysOnTheCurve(uint256 secret) public {
        _add(ORIGIN, ID, 1 + secret % (ORDER - 1));
    }

    function test_refusesImproperOriginsAndIds() public {
        bytes32[2] memory key = _key(KEY);
        string[7] memory origins =
            ["", "https://", "example.com", 'https://a"b', "https://a\\b", "https://a b", unicode"https://ä"];
        for (uint256 i = 0; i < origins.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidOrigin.selector, origins[i]));
            validator.addValidationKey(ID, key, origins[i]);
        }
        string memory long = string.concat("https://", string(_filled(246)));
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidOrigin.selector, long));
        validator.addValidationKey(ID, key, long);
        uint256[2] memory lengths = [uint256(15), 1024];
        for (uint256 i = 0; i < lengths.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidCredentialIdLength.selector, lengths[i])
            );
            validator.addValidationKey(_filled(lengths[i]), key, ORIGIN);
        }
        validator.addValidationKey(_filled(1023), key, "http://localhost");
    }

    function test_addsAndRemoves() public {
        otherRoot = true;
        _add(ORIGIN, ID, KEY);
        bytes32[2] memory key = _key(KEY);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyAlreadyExists.selector));
        validator.addValidationKey(ID, key, ORIGIN);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyNotFound.selector));
        vm.prank(address(0xbad));
        validator.removeValidationKey(ID, ORIGIN);
        validator.removeValidationKey(ID, ORIGIN);
        assertFalse(_isValid(_flags(0x05)), "removed");
        assertEq(validator.registeredAddress(ORIGIN, ID), address(0));
        _add(ORIGIN, ID, KEY);
        assertTrue(_isValid(_flags(0x05)), "added again");
        assertEq(validator.registeredAccounts(ORIGIN, ID, 0, 10).length, 1);
    }

    function test_keepsTheLastRootSigner() public {
        _add(ORIGIN, ID, KEY);
        _add(ORIGIN, hex"101112131415161718191a1b1c1d1e1f", KEY);
        validator.removeValidationKey(ID, ORIGIN);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnLastRootSigner.selector));
        validator.removeValidationKey(hex"101112131415161718191a1b1c1d1e1f", ORIGIN);
    }

    function test_nobodyBlocksACredential() public {
        bytes32[2] memory key = _key(KEY + 1);
        vm.prank(address(0xbad));
        validator.addValidationKey(ID, key, ORIGIN);
        _add(ORIGIN, ID, KEY);
        assertTrue(_isValid(_flags(0x05)), "usable");
        assertEq(validator.registeredAddress(ORIGIN, ID), address(0xbad));
        address[] memory accounts = validator.registeredAccounts(ORIGIN, ID, 0, 10);
        assertEq(accounts.length, 2);
        assertEq(accounts[1], address(this));
        accounts = validator.registeredAccounts(ORIGIN, ID, 1, type(uint256).max);
        assertEq(accounts.length, 1);
        assertEq(validator.registeredAccounts(ORIGIN, ID, 2, 1).length, 0);
    }

    function test_uninstallationForgetsEverything() public {
        for (uint256 i = 0; i < 64; ++i) {
            _add(ORIGIN, abi.encode(i), KEY);
        }
        bytes32[2] memory key = _key(KEY);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnTooManyKeys.selector, 64));
        validator.addValidationKey(ID, key, ORIGIN);
        validator.onUninstall("");
        assertEq(validator.listKeys(address(this)).length, 0);
        validator.onInstall("");
        assertEq(validator.getAccountKey(ORIGIN, abi.encode(uint256(5)), address(this))[0], bytes32(0));
        _add(ORIGIN, ID, KEY);
    }

    function test_keepsItsStorageWhereErc7201Says() public {
        _add(ORIGIN, ID, KEY);
        bytes32 root =
            keccak256(abi.encode(uint256(keccak256("zksso.validator.webauthn")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 passkeyId = keccak256(abi.encodePacked(sha256(bytes(RP_ID)), bytes(ORIGIN).length, ORIGIN, ID));
        assertEq(validator.listKeys(address(this))[0], passkeyId);
        bytes32 slot = keccak256(abi.encode(address(this), keccak256(abi.encode(passkeyId, root))));
        assertEq(vm.load(address(validator), slot), _key(KEY)[0]);
    }

    function _add(string memory origin, bytes memory id, uint256 secret) private {
        validator.addValidationKey(id, _key(secret), origin);
    }

    function _refusesKey(bytes32 x, bytes32 y) private {
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidKey.selector, x, y));
        validator.addValidationKey(ID, [x, y], ORIGIN);
    }

    function _isValid(bytes memory assertion) private view returns (bool) {
        return validator.validateSignature(HASH, assertion);
    }

    function _flags(uint8 flags) private returns (bytes memory) {
        return _assertion(_authenticatorData(flags), _clientData(ORIGIN), ID, KEY);
    }

    /// @dev Encoded assertion. The precompile is not part of the EVM used here, so its answer for exactly this signature and
    /// key is set instead.
    function _assertion(bytes memory authenticatorData, string memory clientData, bytes memory id, uint256 secret)
        private
        returns (bytes memory)
    {
        (bytes32 r, bytes32 s) = _halves(authenticatorData, clientData, secret);
        bytes32 message = sha256(bytes.concat(authenticatorData, sha256(bytes(clientData))));
        bytes32[2] memory key = _key(secret);
        vm.mockCall(address(0x100), abi.encode(message, r, s, key), abi.encode(1));
        return abi.encode(authenticatorData, clientData, [r, s], id);
    }

    function _halves(bytes memory authenticatorData, string memory clientData, uint256 secret)
        private
        pure
        returns (bytes32 r, bytes32 s)
    {
        (r, s) = vm.signP256(secret, sha256(bytes.concat(authenticatorData, sha256(bytes(clientData)))));
        if (uint256(s) > ORDER / 2) s = bytes32(ORDER - uint256(s));
    }

    function _authenticatorData(uint8 flags) private pure returns (bytes memory) {
        return abi.encodePacked(sha256(bytes(RP_ID)), flags, uint32(7));
    }

    function _clientData(string memory origin) private pure returns (string memory) {
        bytes memory challenge = bytes(vm.toBase64URL(abi.encode(HASH)));
        assembly {
            mstore(challenge, 43)
        }
        return string.concat(
            '{"type":"webauthn.get","challenge":"', string(challenge), '","origin":"', origin, '","crossOrigin":false}'
        );
    }

    function _key(uint256 secret) private pure returns (bytes32[2] memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(secret);
        return [bytes32(x), bytes32(y)];
    }

    function _filled(uint256 length) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            data[i] = "x";
        }
    }
}
