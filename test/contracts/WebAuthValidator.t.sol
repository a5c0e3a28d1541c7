// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Module} from "../../contracts/interfaces/IERC7579Module.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {IModuleValidator} from "../../contracts/interfaces/IModuleValidator.sol";
import {IRootSigner} from "../../contracts/interfaces/IRootSigner.sol";
import {IWebAuthValidator} from "../../contracts/interfaces/IWebAuthValidator.sol";
import {WebAuthValidator} from "../../contracts/validators/WebAuthValidator.sol";
import {PasskeyFixture} from "./support/PasskeyFixture.sol";
import {Vm} from "./support/Vm.sol";

/// @title Registration of passkeys, with this contract as the account
contract WebAuthValidatorTest is PasskeyFixture {
    bytes private constant OTHER_ID = hex"101112131415161718191a1b1c1d1e1f";

    /// @dev Not a constant: `expectRevert` would take the hash for the call that it waits for.
    bytes32 private immutable RP_ID_HASH = sha256(bytes(RP_ID));

    WebAuthValidator private validator;

    /// @dev Whether this contract, as an account, has other root signers.
    bool private otherRoot;

    function setUp() public override {
        super.setUp();
        validator = new WebAuthValidator();
    }

    function hasRootSigner() external view returns (bool) {
        return otherRoot || validator.hasRootSigner(address(this));
    }

    // Installation

    function test_installsWithoutPasskey() public {
        validator.onInstall("");
        assertFalse(validator.isInitialized(address(this)), "initialized");
        assertFalse(validator.hasRootSigner(address(this)), "root signer");
    }

    function test_installsWithPasskey() public {
        validator.onInstall(abi.encode(ID, publicKey(KEY), ORIGIN));
        assertTrue(validator.isInitialized(address(this)), "initialized");
        assertTrue(validator.hasRootSigner(address(this)), "root signer");
        bytes32[2] memory key = validator.getAccountKey(ORIGIN, ID, address(this));
        assertEq(key[0], publicKey(KEY)[0]);
        assertEq(key[1], publicKey(KEY)[1]);
        _expectPasskey(_id(RP_ID_HASH, ORIGIN, ID), KEY, 0);
        assertTrue(_isValid(), "valid");
    }

    function test_installsWithRelyingParty() public {
        bytes32 parent = sha256("zksso.example");
        validator.onInstall(abi.encode(ID, publicKey(KEY), ORIGIN, parent));
        _expectPasskey(_id(parent, ORIGIN, ID), KEY, 0);
        assertEq(validator.getAccountKey(ORIGIN, ID, address(this))[0], bytes32(0));
        assertFalse(_isValid(), "default relying party");
        bytes memory auth = abi.encodePacked(parent, UP | UV, uint32(0));
        Assertion memory assertion = signedBy(KEY, auth, clientData(ORIGIN, PLAIN_END));
        assertTrue(validator.validateSignature(HASH, encode(assertion)), "parent domain");
    }

    function test_installsWithPolicy() public {
        validator.onInstall(abi.encode(ID, publicKey(KEY), ORIGIN, RP_ID_HASH, uint256(0x04)));
        _expectPasskey(_id(RP_ID_HASH, ORIGIN, ID), KEY, 0x04);
        assertTrue(validator.validateSignature(HASH, encode(withFlags(UP))), "present");
    }

    function test_RevertWhen_installDataAreShort() public {
        bytes memory data = abi.encode(ID, publicKey(KEY), ORIGIN);
        for (uint256 length = 1; length < 128; length += 21) {
            vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidInstallData.selector));
            validator.onInstall(slice(data, 0, length));
        }
    }

    function testFuzz_RevertWhen_installDataHaveOtherForm(uint256 head) public {
        vm.assume(head != 128 && head != 160 && head != 192);
        bytes memory data = abi.encode(ID, publicKey(KEY), ORIGIN);
        assembly ("memory-safe") {
            mstore(add(data, 32), head)
        }
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidInstallData.selector));
        validator.onInstall(data);
    }

    function test_RevertWhen_installDataPointNowhere() public {
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidOrigin.selector, ""));
        validator.onInstall(abi.encode(uint256(128), publicKey(KEY), uint256(1 << 64)));
        // The same bytes are the origin's contents and an impossible length of the credential id.
        bytes32[2] memory key = publicKey(KEY);
        bytes memory data = abi.encode(uint256(160), key, uint256(128), uint256(9), bytes32("https://a"));
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidCredentialIdLength.selector, 0));
        validator.onInstall(data);
    }

    // Adding

    function test_addsWithEverything() public {
        bytes32 parent = sha256("zksso.example");
        validator.addPasskey(ID, publicKey(KEY), ORIGIN, parent, 0x0c);
        _expectPasskey(_id(parent, ORIGIN, ID), KEY, 0x0c);
    }

    function test_addsForApps() public {
        string memory app = "android:apk-key-hash:kTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTkTk";
        validator.addPasskey(ID, publicKey(KEY), app, RP_ID_HASH, 0);
        Assertion memory assertion = signedBy(KEY, authenticatorData(UP | UV), clientData(app, PLAIN_END));
        assertTrue(validator.validateSignature(HASH, encode(assertion)), "valid");
    }

    function test_tellsIndexers() public {
        otherRoot = true;
        vm.recordLogs();
        _add(ORIGIN, ID, KEY);
        validator.removeValidationKey(ID, ORIGIN);
        validator.onUninstall("");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 3);
        assertEq(logs[0].topics[0], 0x3c6e30f99b4a1e8aae9cdcfbc2d6683bf8347bb160ae280eb95513567c07b473);
        assertEq(logs[1].topics[0], 0x60a29a47798fec901f6df6fe2a86177130b82aecf219f6c7960182b8a0627636);
        assertEq(logs[2].topics[0], IWebAuthValidator.AllPasskeysRemoved.selector);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(logs[i].topics[1], bytes32(uint256(uint160(address(this)))));
            assertEq(logs[i].data, i < 2 ? abi.encode(ORIGIN, ID) : bytes(""));
        }
    }

    /// @notice D-16: The point must be on the curve and reduced.
    function test_RevertWhen_keyIsImproper() public {
        bytes32[2] memory key = publicKey(KEY);
        _refusesKey(0, 0);
        _refusesKey(key[0], 0);
        _refusesKey(0, key[1]);
        _refusesKey(key[1], key[0]);
        _refusesKey(key[0], bytes32(uint256(key[1]) ^ 1));
        _refusesKey(bytes32(PRIME), key[1]);
        _refusesKey(key[0], bytes32(PRIME));
        _refusesKey(key[0], bytes32(type(uint256).max));
        // On the curve, but not reduced.
        _refusesKey(bytes32(uint256(5) + PRIME), 0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc);
        validator.addValidationKey(
            OTHER_ID, [bytes32(uint256(5)), 0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc], ORIGIN
        );
        // On the curve, and the one point with this x that is left out; see {P256-isOnCurve}.
        _refusesKey(0, 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4);
        // The other point with the same x is just another key.
        validator.addValidationKey(ID, [key[0], bytes32(PRIME - uint256(key[1]))], ORIGIN);
    }

    /// @notice D-16: No second coordinate is taken for a policy.
    function testFuzz_RevertWhen_secondCoordinateIsTiny(uint256 x, uint8 y) public {
        _refusesKey(bytes32(x), bytes32(uint256(y)));
    }

    /// @notice D-16: All keys of authenticators are accepted.
    function testFuzz_acceptsKeysOnTheCurve(uint256 secret) public {
        secret = 1 + secret % (ORDER - 1);
        _add(ORIGIN, ID, secret);
        _expectPasskey(_id(RP_ID_HASH, ORIGIN, ID), secret, 0);
    }

    /// @notice D-16: Other points are not.
    function testFuzz_RevertWhen_keyIsOffTheCurve(uint256 x, uint256 y) public {
        vm.assume(!_isOnCurve(x, y));
        _refusesKey(bytes32(x), bytes32(y));
    }

    /// @notice D-22: Origins are 1 to 253 printable characters that stand in client data as they are.
    function test_RevertWhen_originIsImproper() public {
        string[8] memory origins = [
            "",
            "https://",
            "example.com",
            'https://a"b',
            "https://a\\b",
            "https://a b",
            "https://a\n",
            unicode"https://ä"
        ];
        for (uint256 i = 0; i < origins.length; ++i) {
            _refusesOrigin(origins[i]);
        }
        _refusesOrigin(string.concat("https://", string(filled(246))));
        _refusesOrigin(string.concat("https://a", hex"7f"));
        validator.addValidationKey(ID, publicKey(KEY), string.concat("https://", string(filled(245))));
    }

    /// @notice D-22: Each character on its own: exactly the printable ones without quote and backslash are accepted.
    function testFuzz_checksEachCharacter(bytes1 character, uint8 position) public {
        bytes memory origin = bytes("https://0123456789abcdef");
        origin[8 + position % 16] = character;
        bool plain = character > 0x20 && character < 0x7f && character != '"' && character != "\\";
        if (!plain) {
            vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidOrigin.selector, string(origin)));
        }
        validator.addPasskey(ID, publicKey(KEY), string(origin), RP_ID_HASH, 0);
    }

    /// @notice D-22: Without a relying party, the origin must have a host to take it from.
    function test_RevertWhen_originHasNoHost() public {
        string[8] memory origins =
            ["a:", "a://", "://", "a:/b", "a//b", "android:apk-key-hash:x", "https://:8443", "https:example.com//:"];
        for (uint256 i = 0; i < origins.length; ++i) {
            _refusesOrigin(origins[i]);
        }
    }

    function testFuzz_takesRelyingPartyFromHost(uint64 seed, uint16 port, bool withPort) public {
        string memory host = string(abi.encodePacked("h", _letters(seed)));
        string memory origin = string.concat("https://", host);
        if (withPort) origin = string.concat(origin, ":", _decimal(port));
        validator.addValidationKey(ID, publicKey(KEY), origin);
        _expectPasskey(_id(sha256(bytes(host)), origin, ID), KEY, 0);
    }

    /// @notice D-22: Credential ids are 16 to 1023 bytes long.
    function testFuzz_boundsCredentialIds(uint16 length) public {
        length %= 1100;
        if (length < 16 || length > 1023) {
            vm.expectRevert(
                abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidCredentialIdLength.selector, length)
            );
        }
        validator.addValidationKey(filled(length), publicKey(KEY), ORIGIN);
    }

    /// @notice D-22: The bounds themselves.
    function test_boundsCredentialIdsExactly() public {
        uint16[4] memory lengths = [15, 16, 1023, 1024];
        for (uint256 i = 0; i < 4; ++i) {
            testFuzz_boundsCredentialIds(lengths[i]);
        }
    }

    function testFuzz_RevertWhen_policyIsUnknown(uint256 policy) public {
        vm.assume(policy % 4 != 0 || policy >= 0x18);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidPolicy.selector, policy));
        validator.addPasskey(ID, publicKey(KEY), ORIGIN, RP_ID_HASH, policy);
    }

    function test_RevertWhen_passkeyExists() public {
        _add(ORIGIN, ID, KEY);
        bytes memory expected = abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyAlreadyExists.selector);
        vm.expectRevert(expected);
        validator.addValidationKey(ID, publicKey(KEY), ORIGIN);
        // Neither another key nor another policy makes it another passkey.
        vm.expectRevert(expected);
        validator.addPasskey(ID, publicKey(KEY + 1), ORIGIN, RP_ID_HASH, 0x04);
    }

    function test_RevertWhen_thereAreTooManyPasskeys() public {
        for (uint256 i = 0; i < 64; ++i) {
            _add(ORIGIN, abi.encode(i), KEY);
        }
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnTooManyKeys.selector, 64));
        validator.addValidationKey(ID, publicKey(KEY), ORIGIN);
        validator.removeValidationKey(abi.encode(uint256(9)), ORIGIN);
        _add(ORIGIN, ID, KEY);
        assertEq(validator.listKeys(address(this)).length, 64);
    }

    // Removing

    /// @notice D-23: A removed passkey signs no more; added again, it does. Nobody removes another account's.
    function test_removesAndAddsAgain() public {
        otherRoot = true;
        _add(ORIGIN, ID, KEY);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyNotFound.selector));
        validator.removeValidationKey(ID, ORIGIN);
        assertTrue(_isValid(), "still there");
        validator.removeValidationKey(ID, ORIGIN);
        assertFalse(_isValid(), "removed");
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyNotFound.selector));
        validator.removeValidationKey(ID, ORIGIN);
        _add(ORIGIN, ID, KEY);
        assertTrue(_isValid(), "added again");
    }

    /// @notice D-23: Removal forgets the policy, and removal by the wrong relying party removes nothing.
    function test_removalForgetsPolicy() public {
        otherRoot = true;
        bytes32 parent = sha256("zksso.example");
        validator.addPasskey(ID, publicKey(KEY), ORIGIN, parent, 0x04);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnKeyNotFound.selector));
        validator.removeValidationKey(ID, ORIGIN);
        validator.removePasskey(ID, ORIGIN, parent);
        bytes32 slot = keccak256(abi.encode(address(this), _id(parent, ORIGIN, ID)));
        for (uint256 i = 0; i < 4; ++i) {
            assertEq(vm.load(address(validator), bytes32(uint256(slot) + i)), bytes32(0));
        }
        validator.addPasskey(ID, publicKey(KEY), ORIGIN, parent, 0);
        _expectPasskey(_id(parent, ORIGIN, ID), KEY, 0);
    }

    function test_RevertWhen_theLastRootSignerGoes() public {
        _add(ORIGIN, ID, KEY);
        _add(ORIGIN, OTHER_ID, KEY);
        validator.removeValidationKey(ID, ORIGIN);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnLastRootSigner.selector));
        validator.removeValidationKey(OTHER_ID, ORIGIN);
        otherRoot = true;
        validator.removeValidationKey(OTHER_ID, ORIGIN);
    }

    function test_RevertWhen_callerCannotTellAboutRootSigners() public {
        bytes32[2] memory key = publicKey(KEY);
        vm.startPrank(address(0xe0a));
        validator.addValidationKey(ID, key, ORIGIN);
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnLastRootSigner.selector));
        validator.removeValidationKey(ID, ORIGIN);
        vm.stopPrank();
    }

    /// @notice D-24: Uninstallation forgets every passkey, whatever the data say; reinstallation brings none back.
    function test_uninstallationForgetsEverything() public {
        for (uint256 i = 0; i < 64; ++i) {
            validator.addPasskey(abi.encode(i), publicKey(KEY), ORIGIN, RP_ID_HASH, i % 2 * 4);
        }
        validator.onUninstall("ignored");
        assertEq(validator.listKeys(address(this)).length, 0);
        validator.onInstall("");
        for (uint256 i = 0; i < 64; ++i) {
            bytes32 slot = keccak256(abi.encode(address(this), _id(RP_ID_HASH, ORIGIN, abi.encode(i))));
            for (uint256 j = 0; j < 3; ++j) {
                assertEq(vm.load(address(validator), bytes32(uint256(slot) + j)), bytes32(0));
            }
        }
        assertFalse(validator.hasRootSigner(address(this)), "root signer");
        _add(ORIGIN, ID, KEY);
        assertTrue(_isValid(), "added again");
        assertEq(validator.listKeys(address(this)).length, 1);
    }

    function test_uninstallationLeavesOthersAlone() public {
        _add(ORIGIN, ID, KEY);
        vm.prank(address(0xbad));
        validator.onUninstall("");
        assertTrue(_isValid(), "valid");
    }

    /// @notice The list holds exactly the passkeys that are there, in any order of additions and removals.
    function testFuzz_listsPasskeys(uint256 choices) public {
        otherRoot = true;
        bool[8] memory there;
        uint256 count = 0;
        for (uint256 i = 0; i < 32; ++i) {
            uint256 choice = choices >> (8 * i) & 7;
            bytes memory id = abi.encode(choice);
            if (there[choice]) {
                validator.removeValidationKey(id, ORIGIN);
                --count;
            } else {
                validator.addPasskey(id, publicKey(KEY), ORIGIN, RP_ID_HASH, choice % 2 * 4);
                ++count;
            }
            there[choice] = !there[choice];
        }
        bytes32[] memory ids = validator.listKeys(address(this));
        assertEq(ids.length, count);
        for (uint256 choice = 0; choice < 8; ++choice) {
            bytes32 id = _id(RP_ID_HASH, ORIGIN, abi.encode(choice));
            (bytes32 x,, uint256 policy) = validator.getPasskey(id, address(this));
            assertTrue(_contains(ids, id) == there[choice], "listed");
            assertEq(x, there[choice] ? publicKey(KEY)[0] : bytes32(0));
            assertEq(policy, there[choice] ? choice % 2 * 4 : 0);
        }
    }

    // Registrations

    /// @notice D-21: Whoever registers a credential first keeps nobody from using it, nor from being found.
    function test_nobodyBlocksACredential() public {
        bytes32[2] memory key = publicKey(KEY + 1);
        vm.prank(address(0xbad));
        validator.addValidationKey(ID, key, ORIGIN);
        _add(ORIGIN, ID, KEY);
        assertTrue(_isValid(), "usable");
        assertEq(validator.registeredAddress(ORIGIN, ID), address(0xbad));
        _expectAccounts(0, 10, address(0xbad), address(this));
        _expectAccounts(1, type(uint256).max, address(this), address(0));
        _expectAccounts(0, 1, address(0xbad), address(0));
        _expectAccounts(0, 0, address(0), address(0));
        _expectAccounts(2, 1, address(0), address(0));
        _expectAccounts(type(uint256).max, type(uint256).max, address(0), address(0));
    }

    function test_findsOnlyAccountsThatStillHaveThePasskey() public {
        otherRoot = true;
        assertEq(validator.registeredAddress(ORIGIN, ID), address(0));
        _add(ORIGIN, ID, KEY);
        bytes32[2] memory key = publicKey(KEY);
        vm.prank(address(0xb0b));
        validator.addValidationKey(ID, key, ORIGIN);
        validator.removeValidationKey(ID, ORIGIN);
        assertEq(validator.registeredAddress(ORIGIN, ID), address(0xb0b));
        _expectAccounts(0, 10, address(0xb0b), address(0));
        _expectAccounts(0, 1, address(0), address(0));
        vm.prank(address(0xb0b));
        validator.onUninstall("");
        assertEq(validator.registeredAddress(ORIGIN, ID), address(0));
        _expectAccounts(0, 10, address(0), address(0));
    }

    function test_registersAnAccountOnceInARow() public {
        otherRoot = true;
        for (uint256 i = 0; i < 3; ++i) {
            _add(ORIGIN, ID, KEY);
            validator.removeValidationKey(ID, ORIGIN);
        }
        _add(ORIGIN, ID, KEY);
        _expectAccounts(0, 10, address(this), address(0));
    }

    /// @notice Pages of any size list all accounts in the order of their registration.
    function testFuzz_listsAccountsByPage(uint8 count, uint8 size) public {
        uint256 accounts = count % 20;
        uint256 limit = 1 + size % 7;
        bytes32[2] memory key = publicKey(KEY);
        for (uint256 i = 0; i < accounts; ++i) {
            vm.prank(address(uint160(1000 + i)));
            validator.addValidationKey(ID, key, ORIGIN);
        }
        uint256 found = 0;
        for (uint256 offset = 0; offset < accounts; offset += limit) {
            address[] memory page = validator.registeredAccounts(ORIGIN, ID, offset, limit);
            for (uint256 i = 0; i < page.length; ++i) {
                assertEq(page[i], address(uint160(1000 + found++)));
            }
        }
        assertEq(found, accounts);
    }

    // Interfaces and storage

    /// @notice F-25: ERC-165 answers for every claimed id, and no for others.
    function testFuzz_supportsInterfaces(bytes4 other) public view {
        bytes4[6] memory ids = [
            type(IERC165).interfaceId,
            type(IModule).interfaceId,
            type(IModuleValidator).interfaceId,
            type(IERC7579Module).interfaceId,
            type(IRootSigner).interfaceId,
            type(IWebAuthValidator).interfaceId
        ];
        bool known = false;
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(validator.supportsInterface(ids[i]), "claimed");
            known = known || ids[i] == other;
        }
        assertTrue(validator.supportsInterface(other) == known, "other");
        assertFalse(validator.supportsInterface(0xffffffff), "none");
        assertFalse(validator.supportsInterface(0), "zero");
        assertTrue(validator.isModuleType(1), "validator");
        assertFalse(validator.isModuleType(2), "executor");
    }

    /// @notice I-01: Passkeys stand at slots that validation may read; all else stands where ERC-7201 says.
    function test_keepsItsStorageInPlace() public {
        _add(ORIGIN, ID, KEY);
        bytes32 id = _id(RP_ID_HASH, ORIGIN, ID);
        bytes32 slot = keccak256(abi.encode(address(this), id));
        assertEq(_load(slot, 0), publicKey(KEY)[1]);
        assertEq(_load(slot, 1), publicKey(KEY)[0]);
        assertEq(_load(slot, 2), bytes32(0));
        uint256 root =
            uint256(keccak256(abi.encode(uint256(keccak256("zksso.validator.webauthn")) - 1))) & ~uint256(0xff);
        assertEq(_load(keccak256(abi.encode(address(this), root)), 0), id);
        assertEq(_load(keccak256(abi.encode(id, root + 1)), 0), bytes32(uint256(uint160(address(this))) | 1 << 160));
    }

    /// @notice A-05: Validation reads the two or three slots of one passkey and nothing else.
    function test_validationReadsOnlyThePasskey() public {
        _add(ORIGIN, ID, KEY);
        bytes memory assertion = encode(good());
        vm.record();
        assertTrue(validator.validateSignature(HASH, assertion), "valid");
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(validator));
        uint256 slot = uint256(keccak256(abi.encode(address(this), _id(RP_ID_HASH, ORIGIN, ID))));
        assertEq(reads.length, 2);
        assertEq(writes.length, 0);
        assertTrue(uint256(reads[0]) - slot < 2 && uint256(reads[1]) - slot < 2, "slots");
    }

    function _add(string memory origin, bytes memory id, uint256 secret) private {
        validator.addValidationKey(id, publicKey(secret), origin);
    }

    function _refusesKey(bytes32 x, bytes32 y) private {
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidKey.selector, x, y));
        validator.addValidationKey(ID, [x, y], ORIGIN);
    }

    function _refusesOrigin(string memory origin) private {
        vm.expectRevert(abi.encodeWithSelector(IWebAuthValidator.WebAuthnInvalidOrigin.selector, origin));
        validator.addValidationKey(ID, publicKey(KEY), origin);
    }

    function _expectPasskey(bytes32 id, uint256 secret, uint256 policy) private view {
        (bytes32 x, bytes32 y, uint256 actual) = validator.getPasskey(id, address(this));
        assertEq(x, publicKey(secret)[0]);
        assertEq(y, publicKey(secret)[1]);
        assertEq(actual, policy);
        assertTrue(_contains(validator.listKeys(address(this)), id), "listed");
    }

    function _expectAccounts(uint256 offset, uint256 limit, address first, address second) private view {
        address[] memory accounts = validator.registeredAccounts(ORIGIN, ID, offset, limit);
        assertEq(accounts.length, first == address(0) ? 0 : second == address(0) ? 1 : 2);
        if (accounts.length > 0) assertEq(accounts[0], first);
        if (accounts.length > 1) assertEq(accounts[1], second);
    }

    function _isValid() private view returns (bool) {
        return validator.validateSignature(HASH, encode(good()));
    }

    function _load(bytes32 slot, uint256 offset) private view returns (bytes32) {
        return vm.load(address(validator), bytes32(uint256(slot) + offset));
    }

    function _id(bytes32 rpIdHash, string memory origin, bytes memory id) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(rpIdHash, bytes(origin).length, origin, id));
    }

    function _contains(bytes32[] memory ids, bytes32 id) private pure returns (bool found) {
        for (uint256 i = 0; i < ids.length; ++i) {
            if (ids[i] == id) found = true;
        }
    }

    /// @dev The curve's equation, without the precompile.
    function _isOnCurve(uint256 x, uint256 y) private pure returns (bool) {
        uint256 b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;
        if (x >= PRIME || y >= PRIME) return false;
        uint256 cube = mulmod(mulmod(x, x, PRIME), x, PRIME);
        return mulmod(y, y, PRIME) == addmod(addmod(cube, mulmod(PRIME - 3, x, PRIME), PRIME), b, PRIME);
    }

    function _letters(uint64 seed) private pure returns (bytes memory out) {
        out = new bytes(seed % 40);
        for (uint256 i = 0; i < out.length; ++i) {
            out[i] = bytes1(uint8(uint256(keccak256(abi.encode(seed, i))) % 26 + 97));
        }
    }

    function _decimal(uint256 number) private pure returns (string memory) {
        if (number < 10) return string(abi.encodePacked(bytes1(uint8(48 + number))));
        return string.concat(_decimal(number / 10), _decimal(number % 10));
    }
}
