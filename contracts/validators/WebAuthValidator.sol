// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {IRootSigner} from "../interfaces/IRootSigner.sol";
import {IWebAuthValidator} from "../interfaces/IWebAuthValidator.sol";
import {Answer} from "../libraries/Answer.sol";
import {MemorySlice} from "../libraries/MemorySlice.sol";
import {P256} from "../libraries/P256.sol";
import {PasskeyId} from "../libraries/PasskeyId.sol";
import {PasskeyPolicy} from "../libraries/PasskeyPolicy.sol";
import {ShortList} from "../libraries/ShortList.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {WebAuthnAssertion} from "../libraries/WebAuthnAssertion.sol";
import {MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {Transaction} from "../types/Transaction.sol";

/// @title Passkey validator
/// @notice Authorises transactions and messages by WebAuthn assertions of the account's passkeys.
/// @dev The relying party, the origin and the credential are hashed into a passkey's id, so a wrong one finds no key and none
/// of them has to be stored. The account is the last key of every mapping read in validation.
contract WebAuthValidator is IModule, IERC7579Module, IModuleValidator, IRootSigner, IWebAuthValidator, IERC165 {
    using MemorySlice for bytes;
    using WebAuthnAssertion for bytes;
    using ShortList for ShortList.List;

    /// @notice Public key of a passkey and its policy.
    /// @param tag Zero if there is no passkey; below {MIN_Y} a policy; else `y`, with policy zero.
    /// @param x First coordinate.
    /// @param y Second coordinate if the tag is a policy, else zero.
    struct Key {
        uint256 tag;
        uint256 x;
        uint256 y;
    }

    /// @notice Accounts that registered a credential, oldest first. One account takes one slot.
    /// @param head The first one (160 bits) and, above it, the number of all.
    /// @param others The others, by position.
    struct Registrations {
        uint256 head;
        mapping(uint256 position => uint256 account) others;
    }

    /// @custom:storage-location erc7201:zksso.validator.webauthn
    /// @param passkeyIds Passkeys of each account.
    /// @param registrations Accounts that ever registered a passkey.
    struct WebAuthnStorage {
        mapping(address account => ShortList.List) passkeyIds;
        mapping(bytes32 passkeyId => Registrations) registrations;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.validator.webauthn")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant WEBAUTHN_STORAGE_SLOT = 0x2f129496fd18d0ba8b2c58153bea5edfa7ecb96522dda3d89afcdd9e5158b100;

    /// @dev Smallest second coordinate of a registered key. No authenticator ever makes a smaller one.
    uint256 private constant MIN_Y = 256;

    /// @dev Raises the number in the head of registrations.
    uint256 private constant ONE_MORE = 1 << 160;

    /// @dev Length of the head of install data: of credential id, key and origin; with relying party; with policy, too.
    uint256 private constant HEAD = 128;
    uint256 private constant HEAD_WITH_RP_ID = 160;
    uint256 private constant HEAD_WITH_POLICY = 192;

    /// @dev ERC-165 ids of the interfaces, in 32 bits each.
    uint256 private constant INTERFACES = uint256(uint32(type(IERC165).interfaceId))
        | uint256(uint32(type(IModule).interfaceId)) << 32 | uint256(uint32(type(IModuleValidator).interfaceId)) << 64
        | uint256(uint32(type(IERC7579Module).interfaceId)) << 96 | uint256(uint32(type(IRootSigner).interfaceId))
        << 128 | uint256(uint32(type(IWebAuthValidator).interfaceId)) << 160;

    /// @inheritdoc IModule
    /// @dev The data are empty, `abi.encode(bytes credentialId, bytes32[2] key, string origin)`, the same with a fourth member
    /// `bytes32 rpIdHash`, or that with a fifth member `uint256 policy`.
    function onInstall(bytes memory data) external {
        if (data.length == 0) return;
        if (data.length < HEAD) revert WebAuthnInvalidInstallData();
        // The first member's offset is the length of the head and tells the forms apart.
        uint256 head = data.word(0);
        if (head != HEAD && head != HEAD_WITH_RP_ID && head != HEAD_WITH_POLICY) revert WebAuthnInvalidInstallData();
        bytes memory origin = data.member(data.word(96));
        bytes32 rpIdHash = head == HEAD ? bytes32(0) : bytes32(data.word(128));
        Key storage key = _add(data.member(head), data.word(32), data.word(64), origin, rpIdHash);
        if (head == HEAD_WITH_POLICY) _setPolicy(key, data.word(160));
    }

    /// @inheritdoc IModule
    /// @dev Removes all passkeys of the account; the data are not used.
    function onUninstall(bytes memory) external {
        ShortList.List storage ids = _storage().passkeyIds[msg.sender];
        unchecked {
            for (uint256 i = 0;; ++i) {
                bytes32 id = ids.at(i);
                if (id == 0) break;
                ids.leave(i);
                _erase(_keys(id)[msg.sender]);
            }
        }
        emit AllPasskeysRemoved(msg.sender);
    }

    /// @inheritdoc IWebAuthValidator
    function addValidationKey(bytes memory credentialId, bytes32[2] calldata rawPublicKey, string memory originDomain)
        external
    {
        (uint256 x, uint256 y) = (uint256(rawPublicKey[0]), uint256(rawPublicKey[1]));
        _add(credentialId, x, y, bytes(originDomain), 0);
    }

    /// @inheritdoc IWebAuthValidator
    function addPasskey(
        bytes memory credentialId,
        bytes32[2] calldata rawPublicKey,
        string memory originDomain,
        bytes32 rpIdHash,
        uint256 policy
    ) external {
        (uint256 x, uint256 y) = (uint256(rawPublicKey[0]), uint256(rawPublicKey[1]));
        _setPolicy(_add(credentialId, x, y, bytes(originDomain), rpIdHash), policy);
    }

    /// @inheritdoc IWebAuthValidator
    function removeValidationKey(bytes memory credentialId, string memory originDomain) external {
        _remove(credentialId, originDomain, 0);
    }

    /// @inheritdoc IWebAuthValidator
    function removePasskey(bytes memory credentialId, string memory originDomain, bytes32 rpIdHash) external {
        _remove(credentialId, originDomain, rpIdHash);
    }

    /// @inheritdoc IModuleValidator
    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external view returns (bool) {
        bytes memory envelope = _signatureOf(transaction);
        if (envelope.length < 32) return false;
        return _isSigned(signedHash, envelope.member(envelope.word(0)));
    }

    /// @inheritdoc IModuleValidator
    function validateSignature(bytes32 signedHash, bytes memory signature) external view returns (bool) {
        return _isSigned(signedHash, signature);
    }

    /// @inheritdoc IWebAuthValidator
    function getAccountKey(string memory originDomain, bytes memory credentialId, address account)
        external
        view
        returns (bytes32[2] calldata)
    {
        (uint256 x, uint256 y,) = _load(PasskeyId.resolve(0, bytes(originDomain), credentialId), account);
        // Answers from the scratch space; an array in memory would have to be allocated first.
        assembly ("memory-safe") {
            mstore(0, x)
            mstore(32, y)
            return(0, 64)
        }
    }

    /// @inheritdoc IWebAuthValidator
    function registeredAddress(string memory originDomain, bytes memory credentialId)
        external
        view
        returns (address account)
    {
        (, account) = _holders(PasskeyId.resolve(0, bytes(originDomain), credentialId), 0, type(uint256).max, 1);
    }

    /// @inheritdoc IWebAuthValidator
    function registeredAccounts(string memory originDomain, bytes memory credentialId, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory)
    {
        (uint256 end,) = _holders(PasskeyId.resolve(0, bytes(originDomain), credentialId), offset, limit, limit);
        Answer.array(end);
    }

    /// @inheritdoc IWebAuthValidator
    function listKeys(address account) external view returns (bytes32[] memory) {
        ShortList.List storage ids = _storage().passkeyIds[account];
        uint256 end = Answer.open();
        unchecked {
            for (uint256 i = 0;; ++i) {
                bytes32 id = ids.at(i);
                if (id == 0) break;
                end = Answer.append(end, uint256(id));
            }
        }
        Answer.array(end);
    }

    /// @inheritdoc IWebAuthValidator
    function getPasskey(bytes32 id, address account) external view returns (bytes32 x, bytes32 y, uint256 policy) {
        (uint256 first, uint256 second, uint256 rules) = _load(id, account);
        return (bytes32(first), bytes32(second), rules);
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
        for (uint256 ids = INTERFACES; ids != 0; ids >>= 32) {
            if (uint32(ids) == uint32(interfaceId)) return true;
        }
        return false;
    }

    /// @dev Adds a passkey with policy zero to the calling account.
    function _add(bytes memory credentialId, uint256 x, uint256 y, bytes memory origin, bytes32 rpIdHash)
        private
        returns (Key storage key)
    {
        PasskeyId.check(origin, credentialId);
        if (!_isAcceptable(x, y)) revert WebAuthnInvalidKey(bytes32(x), bytes32(y));
        bytes32 id = PasskeyId.resolve(rpIdHash, origin, credentialId);
        key = _keys(id)[msg.sender];
        if (key.tag != 0) revert WebAuthnKeyAlreadyExists();
        key.tag = y;
        key.x = x;
        if (!_storage().passkeyIds[msg.sender].push(id)) revert WebAuthnTooManyKeys(ShortList.CAPACITY);
        _register(_storage().registrations[id]);
        emit PasskeyCreated(msg.sender, string(origin), credentialId);
    }

    /// @dev Whether a key may be registered.
    function _isAcceptable(uint256 x, uint256 y) private view returns (bool) {
        if (y < MIN_Y) return false;
        return P256.isOnCurve(x, y);
    }

    /// @dev Sets the policy of a passkey just added.
    function _setPolicy(Key storage key, uint256 policy) private {
        if (!PasskeyPolicy.isKnown(policy)) revert WebAuthnInvalidPolicy(policy);
        if (policy == 0) return;
        key.y = key.tag;
        key.tag = policy;
    }

    /// @dev Adds the calling account to those that registered a credential, unless it was the last to do so.
    function _register(Registrations storage registrations) private {
        unchecked {
            uint256 head = registrations.head;
            uint256 count = head >> 160;
            if (count == 0) {
                head = uint160(msg.sender);
            } else {
                if (_at(registrations, count - 1) == msg.sender) return;
                registrations.others[count] = uint160(msg.sender);
            }
            registrations.head = head + ONE_MORE;
        }
    }

    /// @dev Removes a passkey of the calling account. The credential's registration stays: views skip accounts without key.
    function _remove(bytes memory credentialId, string memory origin, bytes32 rpIdHash) private {
        bytes32 id = PasskeyId.resolve(rpIdHash, bytes(origin), credentialId);
        Key storage key = _keys(id)[msg.sender];
        if (key.tag == 0) revert WebAuthnKeyNotFound();
        _erase(key);
        ShortList.List storage ids = _storage().passkeyIds[msg.sender];
        ids.remove(id);
        emit PasskeyRemoved(msg.sender, origin, credentialId);
        // Only the account knows whether somebody else can sign.
        if (!ids.isEmpty()) return;
        if (!StaticQuery.ask(msg.sender, IModuleDirectory.hasRootSigner.selector)) revert WebAuthnLastRootSigner();
    }

    /// @dev Forgets a key.
    function _erase(Key storage key) private {
        if (key.tag < MIN_Y) key.y = 0;
        key.tag = 0;
        key.x = 0;
    }

    /// @dev Signature of a transaction. The account has found it within the calldata; beyond, there are only zeros.
    function _signatureOf(Transaction calldata transaction) private pure returns (bytes calldata signature) {
        // Equals `transaction.signature` without a second check of the bounds. The offset is the sixteenth word of the head.
        assembly ("memory-safe") {
            let start := add(transaction, calldataload(add(transaction, 480)))
            signature.length := calldataload(start)
            signature.offset := add(start, 32)
        }
    }

    /// @dev Whether an assertion for a hash was made with a passkey of the calling account. Destroys the assertion.
    function _isSigned(bytes32 signedHash, bytes memory assertion) private view returns (bool) {
        if (!assertion.isWellFormed()) return false;
        uint256 flags = assertion.flags();
        (uint256 r, uint256 s) = assertion.signature();
        (bytes32 id, bytes32 messageHash, bool matches) = WebAuthnAssertion.read(signedHash, assertion);
        (uint256 x, uint256 y, uint256 policy) = _load(id, msg.sender);
        // No point has a second coordinate of zero; a key that is not there has.
        if (y == 0) return false;
        if (!PasskeyPolicy.isSatisfied(policy, flags)) return false;
        if (!P256.verify(messageHash, r, s, x, y)) return false;
        return matches;
    }

    /// @dev Key and policy of a passkey; zeros if the account does not have it.
    function _load(bytes32 id, address account) private view returns (uint256 x, uint256 y, uint256 policy) {
        Key storage key = _keys(id)[account];
        uint256 tag = key.tag;
        x = key.x;
        (y, policy) = tag < MIN_Y ? (key.y, tag) : (tag, 0);
    }

    /// @dev Looks at registrations of a passkey for accounts that still have it.
    /// @param limit Highest number of registrations to look at.
    /// @param most Highest number of accounts to find.
    /// @return end The accounts, as an array for {Answer}.
    /// @return last The last of them, or zero.
    function _holders(bytes32 id, uint256 offset, uint256 limit, uint256 most)
        private
        view
        returns (uint256 end, address last)
    {
        Registrations storage registrations = _storage().registrations[id];
        uint256 count = registrations.head >> 160;
        end = Answer.open();
        unchecked {
            for (; offset < count; ++offset) {
                if (limit-- == 0) break;
                address account = _at(registrations, offset);
                if (_keys(id)[account].tag == 0) continue;
                end = Answer.append(end, uint160(account));
                last = account;
                if (--most == 0) break;
            }
        }
    }

    /// @dev Account of a registration.
    function _at(Registrations storage registrations, uint256 position) private view returns (address) {
        return address(uint160(position == 0 ? registrations.head : registrations.others[position]));
    }

    /// @dev Keys of a passkey. The id, a hash of more bytes than any other that storage is addressed by, serves as the slot of
    /// a mapping of its own: one hash less in validation than by a mapping of mappings.
    function _keys(bytes32 id) private pure returns (mapping(address account => Key) storage keys) {
        assembly ("memory-safe") {
            keys.slot := id
        }
    }

    /// @dev The storage of this contract, except {_keys}.
    function _storage() private pure returns (WebAuthnStorage storage $) {
        assembly ("memory-safe") {
            $.slot := WEBAUTHN_STORAGE_SLOT
        }
    }
}
