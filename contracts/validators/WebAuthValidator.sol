// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {IRootSigner} from "../interfaces/IRootSigner.sol";
import {IWebAuthValidator} from "../interfaces/IWebAuthValidator.sol";
import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {P256} from "../libraries/P256.sol";
import {PasskeyId} from "../libraries/PasskeyId.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {WebAuthnAssertion} from "../libraries/WebAuthnAssertion.sol";
import {WordList} from "../libraries/WordList.sol";
import {MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {Transaction} from "../types/Transaction.sol";

/// @title Passkey validator
/// @notice Authorises transactions and messages by WebAuthn assertions of the account's passkeys.
/// @dev The relying party, the origin and the credential are hashed into a passkey's storage key, so a wrong one finds no key
/// and none of them has to be stored. The account is the last key of every mapping read in validation.
contract WebAuthValidator is IModule, IERC7579Module, IModuleValidator, IRootSigner, IWebAuthValidator, IERC165 {
    using CalldataSlice for bytes;
    using WordList for WordList.List;

    /// @notice Public key of a passkey.
    /// @param x First coordinate.
    /// @param y Second coordinate.
    struct Key {
        uint256 x;
        uint256 y;
    }

    /// @custom:storage-location erc7201:zksso.validator.webauthn
    struct WebAuthnStorage {
        mapping(bytes32 passkeyId => mapping(address account => Key)) keys;
        mapping(address account => WordList.List) passkeyIds;
        mapping(bytes32 passkeyId => WordList.List) accounts;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.validator.webauthn")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant WEBAUTHN_STORAGE_SLOT = 0x2f129496fd18d0ba8b2c58153bea5edfa7ecb96522dda3d89afcdd9e5158b100;

    /// @dev Highest number of passkeys of an account; keeps uninstallation affordable.
    uint256 private constant MAX_KEYS = 64;

    /// @dev Length of the head of install data without and with the hash of a relying party id.
    uint256 private constant SHORT_HEAD = 128;
    uint256 private constant LONG_HEAD = 160;

    /// @inheritdoc IModule
    /// @dev The data is empty, `abi.encode(bytes credentialId, bytes32[2] key, string origin)`, or the same with a fourth
    /// member `bytes32 rpIdHash`.
    function onInstall(bytes calldata data) external {
        if (data.length == 0) return;
        if (data.length < SHORT_HEAD) revert WebAuthnInvalidInstallData();
        // The first member's offset is the length of the head and tells the forms apart.
        uint256 head = data.word(0);
        (bool okId, bytes calldata credentialId) = data.tryBytes(head);
        (bool okOrigin, bytes calldata originBytes) = data.tryBytes(data.word(96));
        if (!okId || !okOrigin || (head != SHORT_HEAD && head != LONG_HEAD)) revert WebAuthnInvalidInstallData();
        string calldata origin = string(originBytes);
        bytes32 rpIdHash = head == LONG_HEAD ? bytes32(data.word(128)) : PasskeyId.defaultRpIdHash(origin);
        _add(credentialId, Key(data.word(32), data.word(64)), origin, rpIdHash);
    }

    /// @inheritdoc IModule
    /// @dev Removes all passkeys of the account; the data is not used.
    function onUninstall(bytes calldata) external {
        WebAuthnStorage storage $ = _storage();
        WordList.List storage ids = $.passkeyIds[msg.sender];
        while (!ids.isEmpty()) {
            delete $.keys[ids.pop()][msg.sender];
        }
        emit AllPasskeysRemoved(msg.sender);
    }

    /// @inheritdoc IWebAuthValidator
    function addValidationKey(
        bytes calldata credentialId,
        bytes32[2] calldata rawPublicKey,
        string calldata originDomain
    ) external {
        bytes32 rpIdHash = PasskeyId.defaultRpIdHash(originDomain);
        _add(credentialId, Key(uint256(rawPublicKey[0]), uint256(rawPublicKey[1])), originDomain, rpIdHash);
    }

    /// @inheritdoc IWebAuthValidator
    function addPasskey(
        bytes calldata credentialId,
        bytes32[2] calldata rawPublicKey,
        string calldata originDomain,
        bytes32 rpIdHash
    ) external {
        _add(credentialId, Key(uint256(rawPublicKey[0]), uint256(rawPublicKey[1])), originDomain, rpIdHash);
    }

    /// @inheritdoc IWebAuthValidator
    function removeValidationKey(bytes calldata credentialId, string calldata originDomain) external {
        _remove(credentialId, originDomain, PasskeyId.defaultRpIdHash(originDomain));
    }

    /// @inheritdoc IWebAuthValidator
    function removePasskey(bytes calldata credentialId, string calldata originDomain, bytes32 rpIdHash) external {
        _remove(credentialId, originDomain, rpIdHash);
    }

    /// @inheritdoc IModuleValidator
    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external view returns (bool) {
        bytes calldata signature = transaction.signature;
        if (signature.length < 32) return false;
        (bool ok, bytes calldata assertion) = signature.tryBytes(signature.word(0));
        return ok && _isSigned(signedHash, assertion);
    }

    /// @inheritdoc IModuleValidator
    function validateSignature(bytes32 signedHash, bytes calldata signature) external view returns (bool) {
        return _isSigned(signedHash, signature);
    }

    /// @inheritdoc IWebAuthValidator
    function getAccountKey(string calldata originDomain, bytes calldata credentialId, address account)
        external
        view
        returns (bytes32[2] memory)
    {
        return _publicKey(_defaultId(originDomain, credentialId), account);
    }

    /// @inheritdoc IWebAuthValidator
    function getPasskey(string calldata originDomain, bytes calldata credentialId, address account, bytes32 rpIdHash)
        external
        view
        returns (bytes32[2] memory)
    {
        return _publicKey(PasskeyId.derive(rpIdHash, bytes(originDomain), credentialId), account);
    }

    /// @inheritdoc IWebAuthValidator
    function registeredAddress(string calldata originDomain, bytes calldata credentialId)
        external
        view
        returns (address account)
    {
        bytes32 id = _defaultId(originDomain, credentialId);
        WordList.List storage registered = _storage().accounts[id];
        uint256 count = registered.length();
        for (uint256 i = 0; i < count; ++i) {
            account = _toAddress(registered.at(i));
            if (_hasKey(id, account)) return account;
        }
        return address(0);
    }

    /// @inheritdoc IWebAuthValidator
    function registeredAccounts(
        string calldata originDomain,
        bytes calldata credentialId,
        uint256 offset,
        uint256 limit
    ) external view returns (address[] memory accounts) {
        bytes32 id = _defaultId(originDomain, credentialId);
        bytes32[] memory registered = _storage().accounts[id].slice(offset, limit);
        uint256 count = 0;
        for (uint256 i = 0; i < registered.length; ++i) {
            if (_hasKey(id, _toAddress(registered[i]))) registered[count++] = registered[i];
        }
        // Keeps the accounts that still have the key; both array types have the same layout.
        assembly ("memory-safe") {
            accounts := registered
            mstore(accounts, count)
        }
    }

    /// @inheritdoc IWebAuthValidator
    function listKeys(address account) external view returns (bytes32[] memory ids) {
        return _storage().passkeyIds[account].slice(0, MAX_KEYS);
    }

    /// @inheritdoc IRootSigner
    function hasRootSigner(address account) external view returns (bool) {
        return !_storage().passkeyIds[account].isEmpty();
    }

    /// @inheritdoc IERC7579Module
    function isInitialized(address account) external view returns (bool) {
        return !_storage().passkeyIds[account].isEmpty();
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IModuleValidator).interfaceId || interfaceId == type(IERC7579Module).interfaceId
            || interfaceId == type(IRootSigner).interfaceId || interfaceId == type(IWebAuthValidator).interfaceId;
    }

    /// @dev Adds a passkey to the calling account.
    function _add(bytes calldata credentialId, Key memory key, string calldata origin, bytes32 rpIdHash) private {
        PasskeyId.check(origin, credentialId);
        if (!P256.isOnCurve(key.x, key.y)) revert WebAuthnInvalidKey(bytes32(key.x), bytes32(key.y));
        WebAuthnStorage storage $ = _storage();
        bytes32 id = PasskeyId.derive(rpIdHash, bytes(origin), credentialId);
        if (_hasKey(id, msg.sender)) revert WebAuthnKeyAlreadyExists();
        if ($.passkeyIds[msg.sender].length() == MAX_KEYS) revert WebAuthnTooManyKeys(MAX_KEYS);
        $.keys[id][msg.sender] = key;
        $.passkeyIds[msg.sender].push(id);
        _register($.accounts[id]);
        emit PasskeyCreated(msg.sender, origin, credentialId);
    }

    /// @dev Adds the calling account to those that registered a credential, unless it was the last to do so.
    function _register(WordList.List storage accounts) private {
        uint256 count = accounts.length();
        if (count == 0 || _toAddress(accounts.at(count - 1)) != msg.sender) {
            accounts.push(bytes32(uint256(uint160(msg.sender))));
        }
    }

    /// @dev Removes a passkey of the calling account. The credential's registration stays: views skip accounts without key.
    function _remove(bytes calldata credentialId, string calldata origin, bytes32 rpIdHash) private {
        WebAuthnStorage storage $ = _storage();
        bytes32 id = PasskeyId.derive(rpIdHash, bytes(origin), credentialId);
        if (!_hasKey(id, msg.sender)) revert WebAuthnKeyNotFound();
        delete $.keys[id][msg.sender];
        WordList.List storage ids = $.passkeyIds[msg.sender];
        ids.remove(id);
        emit PasskeyRemoved(msg.sender, origin, credentialId);
        // Only the account knows whether somebody else can sign.
        if (ids.isEmpty() && !StaticQuery.ask(msg.sender, abi.encodeCall(IModuleDirectory.hasRootSigner, ()))) {
            revert WebAuthnLastRootSigner();
        }
    }

    /// @dev Whether an assertion for a hash was made with a passkey of the calling account.
    function _isSigned(bytes32 signedHash, bytes calldata assertion) private view returns (bool) {
        (bool ok, WebAuthnAssertion.Claim memory claim) = WebAuthnAssertion.read(signedHash, assertion);
        if (!ok) return false;
        Key storage key = _storage().keys[claim.passkeyId][msg.sender];
        uint256 x = key.x;
        uint256 y = key.y;
        // No point has both coordinates zero; a key that is not there has.
        return x | y != 0 && P256.verify(claim.messageHash, claim.r, claim.s, x, y);
    }

    /// @dev Whether an account has a passkey.
    function _hasKey(bytes32 id, address account) private view returns (bool) {
        Key storage key = _storage().keys[id][account];
        return key.x | key.y != 0;
    }

    /// @dev Public key of a passkey in the form of the interface.
    function _publicKey(bytes32 id, address account) private view returns (bytes32[2] memory) {
        Key storage key = _storage().keys[id][account];
        return [bytes32(key.x), bytes32(key.y)];
    }

    /// @dev Id of a passkey whose relying party id is the origin's host.
    function _defaultId(string calldata origin, bytes calldata credentialId) private pure returns (bytes32) {
        return PasskeyId.derive(PasskeyId.defaultRpIdHash(origin), bytes(origin), credentialId);
    }

    /// @dev Address in a registration.
    function _toAddress(bytes32 word) private pure returns (address) {
        return address(uint160(uint256(word)));
    }

    /// @dev The storage of this contract.
    function _storage() private pure returns (WebAuthnStorage storage $) {
        assembly ("memory-safe") {
            $.slot := WEBAUTHN_STORAGE_SLOT
        }
    }
}
