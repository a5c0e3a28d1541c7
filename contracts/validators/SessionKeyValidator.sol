// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {IRootSigner} from "../interfaces/IRootSigner.sol";
import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {ITimestampAsserter} from "../interfaces/ITimestampAsserter.sol";
import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {SessionBatch} from "../libraries/SessionBatch.sol";
import {SessionEncoding} from "../libraries/SessionEncoding.sol";
import {SessionEnvelope} from "../libraries/SessionEnvelope.sol";
import {SessionLimits} from "../libraries/SessionLimits.sol";
import {SessionPolicies} from "../libraries/SessionPolicies.sol";
import {SessionRules} from "../libraries/SessionRules.sol";
import {SessionSigner} from "../libraries/SessionSigner.sol";
import {SessionStorage} from "../libraries/SessionStorage.sol";
import {SessionViews} from "../libraries/SessionViews.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {TimestampAsserters} from "../libraries/TimestampAsserters.sol";
import {MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {SessionOptions, SessionSpec, SessionState, Status} from "../types/SessionTypes.sol";
import {Transaction} from "../types/Transaction.sol";

/// @title Session key validator
/// @notice Authorises transactions by session keys within the policies that the account approved.
contract SessionKeyValidator is IModule, IERC7579Module, IModuleValidator, IRootSigner, ISessionKeyValidator, IERC165 {
    using CalldataSlice for bytes;
    using SessionEncoding for SessionOptions;
    using SessionEncoding for SessionSpec;
    using SessionPolicies for SessionStorage.Session;
    using SessionViews for SessionStorage.Session;

    /// @dev Lengths of the heads of a session's encoding without and with options.
    uint256 private constant HEAD = 32;
    uint256 private constant HEAD_WITH_OPTIONS = 64;

    /// @inheritdoc IModule
    /// @dev The data is empty, or opens a first session: `abi.encode(SessionSpec)` or
    /// `abi.encode(SessionSpec, SessionOptions)`.
    function onInstall(bytes calldata data) external {
        if (data.length != 0) _create(data);
    }

    /// @inheritdoc IModule
    /// @dev Closes all sessions of the account; the data is not used.
    function onUninstall(bytes calldata) external {
        _revokeAll();
    }

    /// @inheritdoc ISessionKeyValidator
    function createSession(SessionSpec calldata) external {
        _create(msg.data[4:]);
    }

    /// @inheritdoc ISessionKeyValidator
    function createSessionWithOptions(SessionSpec calldata, SessionOptions calldata) external {
        _create(msg.data[4:]);
    }

    /// @inheritdoc ISessionKeyValidator
    function revokeKey(bytes32 sessionHash) external {
        _revoke(sessionHash);
    }

    /// @inheritdoc ISessionKeyValidator
    function revokeKeys(bytes32[] calldata sessionHashes) external {
        for (uint256 i = 0; i < sessionHashes.length; ++i) {
            _revoke(sessionHashes[i]);
        }
    }

    /// @inheritdoc ISessionKeyValidator
    function revokeAllKeys() external {
        _revokeAll();
    }

    /// @inheritdoc ISessionKeyValidator
    function setTimestampAsserter(address asserter) external {
        SessionStorage.Layout storage $ = SessionStorage.layout();
        if (asserter != address(0) && asserter.code.length == 0) revert SessionInvalidTimestampAsserter(asserter);
        $.configs[msg.sender] = SessionStorage.withAsserter($.configs[msg.sender], asserter);
        emit TimestampAsserterChanged(msg.sender, asserter);
    }

    /// @inheritdoc IModuleValidator
    /// @dev Reverts with the rule that the transaction breaks. A wrong signature is answered with false after all other work
    /// is done, so that estimates with a dummy signature see the full cost; only the fee, which such an estimate cannot know,
    /// is then not held against the transaction.
    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external returns (bool) {
        (
            bool ok,
            bytes calldata signature,
            SessionSpec calldata spec,
            SessionOptions calldata options,
            bytes32 sessionHash,
            SessionPolicies.Use memory use
        ) = SessionEnvelope.read(transaction.signature);
        if (!ok) return false;
        SessionStorage.Layout storage $ = SessionStorage.layout();
        SessionStorage.Session storage session = $.sessions[sessionHash][msg.sender];
        uint256 config = $.configs[msg.sender];
        if (SessionStorage.statusOf(session.head, config) != Status.Active) revert SessionNotActive(sessionHash);
        use.claims.end = spec.expiresAt;
        if (use.extended) use.claims.start = options.validAfter;
        _requireOwnNonceKey(transaction.nonce, spec.signer);
        if (transaction.factoryDeps.length != 0) revert SessionFactoryDepsNotAllowed();
        session.applyApproval(spec, options, transaction, use);
        _applyCalls(session, spec, options, transaction, use);
        bool signed = SessionSigner.hasSigned(spec.signer, signedHash, signature);
        _chargeFee(session, spec, options, transaction, use, signed);
        _requireTime(_asserter(config), use.claims);
        return signed;
    }

    /// @inheritdoc IModuleValidator
    /// @dev Session keys sign no messages.
    function validateSignature(bytes32, bytes calldata) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc ISessionKeyValidator
    function timestampAsserter(address account) external view returns (address) {
        return address(_asserter(SessionStorage.layout().configs[account]));
    }

    /// @inheritdoc ISessionKeyValidator
    function sessionState(address account, SessionSpec calldata sessionSpec)
        external
        view
        returns (SessionState memory)
    {
        // The specification is the last argument: account, offset, specification.
        bytes calldata encoding = msg.data[36:];
        bytes32 sessionHash = keccak256(bytes.concat(bytes32(HEAD), encoding[HEAD:HEAD + sessionSpec.sizeOf()]));
        SessionStorage.Session storage session = SessionStorage.layout().sessions[sessionHash][account];
        return session.stateOf(sessionSpec, _status(session.head, account));
    }

    /// @inheritdoc ISessionKeyValidator
    function sessionStatus(address account, bytes32 sessionHash) external view returns (Status) {
        return _status(SessionStorage.layout().sessions[sessionHash][account].head, account);
    }

    /// @inheritdoc ISessionKeyValidator
    function sessionRecord(address account, bytes32 sessionHash, uint256 count)
        external
        view
        returns (Status status, uint256 head, uint256[] memory trackers)
    {
        SessionStorage.Session storage session = SessionStorage.layout().sessions[sessionHash][account];
        head = session.head;
        trackers = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            trackers[i] = session.trackers[i];
        }
        status = _status(head, account);
    }

    /// @inheritdoc ISessionKeyValidator
    function listSessions(address account, uint256 offset, uint256 limit) external view returns (bytes32[] memory) {
        SessionStorage.Layout storage $ = SessionStorage.layout();
        uint256 count = SessionStorage.countOf($.configs[account]);
        if (offset > count) offset = count;
        if (limit > count - offset) limit = count - offset;
        bytes32[] memory sessionHashes = new bytes32[](limit);
        for (uint256 i = 0; i < limit; ++i) {
            sessionHashes[i] = $.hashes[offset + i][account];
        }
        return sessionHashes;
    }

    /// @inheritdoc IERC7579Module
    function isInitialized(address account) external view returns (bool) {
        return _isInstalledOn(account);
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR;
    }

    /// @inheritdoc IRootSigner
    /// @dev Session keys are never root signers.
    function hasRootSigner(address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IModuleValidator).interfaceId || interfaceId == type(IERC7579Module).interfaceId
            || interfaceId == type(IRootSigner).interfaceId || interfaceId == type(ISessionKeyValidator).interfaceId;
    }

    /// @dev Opens a session of the calling account. The encoding is that of a specification, alone or with options.
    function _create(bytes calldata encoding) private {
        if (!_isInstalledOn(msg.sender)) revert SessionModuleNotInstalled(msg.sender);
        (uint256 size, bool extended) = _check(encoding);
        bytes memory session = encoding[:size];
        bytes32 sessionHash = keccak256(session);
        SessionStorage.Layout storage $ = SessionStorage.layout();
        uint256 config = _withAsserter($.configs[msg.sender]);
        if ($.sessions[sessionHash][msg.sender].head != 0) revert SessionAlreadyExists(sessionHash);
        $.sessions[sessionHash][msg.sender].head = SessionStorage.openHead(config);
        $.hashes[SessionStorage.countOf(config)][msg.sender] = sessionHash;
        $.configs[msg.sender] = SessionStorage.withOneMore(config);
        bytes32 topic = extended ? SessionWithOptionsCreated.selector : SessionCreated.selector;
        // Equals `emit SessionCreated(msg.sender, sessionHash, spec)`, or the same with options: an event's data are encoded
        // like what is hashed.
        assembly ("memory-safe") {
            log3(add(session, 32), mload(session), topic, caller(), sessionHash)
        }
    }

    /// @dev Reverts unless an encoding is canonical and what it says acceptable.
    function _check(bytes calldata encoding) private view returns (uint256 size, bool extended) {
        if (encoding.length < HEAD_WITH_OPTIONS) revert SessionEncodingNotCanonical();
        size = encoding.word(0);
        extended = size == HEAD_WITH_OPTIONS;
        if (!extended && size != HEAD) revert SessionEncodingNotCanonical();
        SessionSpec calldata spec;
        SessionOptions calldata options;
        assembly ("memory-safe") {
            spec := add(encoding.offset, size)
        }
        uint256 trackers = SessionRules.check(spec);
        size += spec.sizeOf();
        if (extended) {
            if (encoding.word(32) != size) revert SessionEncodingNotCanonical();
            assembly ("memory-safe") {
                options := add(encoding.offset, size)
            }
            trackers += SessionRules.check(spec, options);
            size += options.sizeOf();
        }
        SessionRules.requireRoom(trackers);
    }

    /// @dev Configuration with a timestamp asserter that has code: without one expired sessions would pass wherever the operator
    /// does not look. Settled once, it need not be looked up in validation.
    function _withAsserter(uint256 config) private view returns (uint256) {
        address asserter = address(_asserter(config));
        if (asserter.code.length == 0) revert SessionNoTimestampAsserter(block.chainid);
        return SessionStorage.withAsserter(config, asserter);
    }

    /// @dev Closes a session of the calling account.
    function _revoke(bytes32 sessionHash) private {
        SessionStorage.Layout storage $ = SessionStorage.layout();
        SessionStorage.Session storage session = $.sessions[sessionHash][msg.sender];
        uint256 head = session.head;
        if (SessionStorage.statusOf(head, $.configs[msg.sender]) != Status.Active) {
            revert SessionNotActive(sessionHash);
        }
        session.head = SessionStorage.closedHead(head);
        emit SessionRevoked(msg.sender, sessionHash);
    }

    /// @dev Closes all sessions of the calling account.
    function _revokeAll() private {
        SessionStorage.Layout storage $ = SessionStorage.layout();
        $.configs[msg.sender] = SessionStorage.nextEpoch($.configs[msg.sender]);
        emit AllSessionsRevoked(msg.sender);
    }

    /// @dev Applies policies and limits to the call of a transaction, or to all calls of a batch.
    function _applyCalls(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        SessionOptions calldata options,
        Transaction calldata transaction,
        SessionPolicies.Use memory use
    ) private {
        if (!use.extended || transaction.to != uint160(msg.sender)) {
            session.applyCall(spec, options, use, transaction.to, transaction.value, transaction.data);
            return;
        }
        (bytes calldata batch, uint256 count) = SessionBatch.read(transaction);
        use.sent = new uint256[](spec.transferPolicies.length + spec.callPolicies.length);
        for (uint256 i = 0; i < count; ++i) {
            (uint256 target, uint256 value, bytes calldata data) = SessionBatch.at(batch, i);
            session.applyCall(spec, options, use, target, value, data);
        }
    }

    /// @dev Charges the fee, or checks that the paymaster is allowed.
    function _chargeFee(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        SessionOptions calldata options,
        Transaction calldata transaction,
        SessionPolicies.Use memory use,
        bool signed
    ) private {
        if (transaction.paymaster != 0) {
            if (use.extended) _requireAllowedPaymaster(options, transaction.paymaster);
            return;
        }
        uint256 fee = transaction.maxFeePerGas * transaction.gasLimit;
        if (signed && use.extended && fee > options.maxFeePerUse) {
            revert SessionMaxFeeExceeded(fee, options.maxFeePerUse);
        }
        session.head = SessionLimits.chargeFee(session.head, spec.feeLimit, fee, use.claims, !signed);
    }

    /// @dev Reverts unless options allow a paymaster.
    function _requireAllowedPaymaster(SessionOptions calldata options, uint256 paymaster) private pure {
        if (options.anyPaymaster) return;
        address[] calldata allowed = options.paymasters;
        for (uint256 i = 0; i < allowed.length; ++i) {
            if (uint160(allowed[i]) == paymaster) return;
        }
        revert SessionPaymasterNotAllowed(address(uint160(paymaster)));
    }

    /// @dev Reverts unless the nonce is in the account's common sequence, the only one that bootloaders of today take, or in the
    /// signer's own, where sessions do not get into each other's way.
    function _requireOwnNonceKey(uint256 nonce, address signer) private pure {
        uint256 key = nonce >> 64;
        if (key != 0 && key != uint160(signer)) revert SessionNonceKeyNotAllowed(key);
    }

    /// @dev Reverts with the asserter's error unless the block's time is in the range in which the claims hold.
    function _requireTime(ITimestampAsserter asserter, SessionLimits.Claims memory claims) private view {
        bytes memory data = abi.encodeCall(ITimestampAsserter.assertTimestampInRange, (claims.start, claims.end));
        // A high-level call would first read the size of the asserter's code, which {_withAsserter} has looked at.
        (bool success, bytes memory reason) = address(asserter).staticcall(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    /// @dev Where an account reads the time.
    function _asserter(uint256 config) private view returns (ITimestampAsserter) {
        address chosen = SessionStorage.asserterOf(config);
        return chosen == address(0) ? TimestampAsserters.ofChain() : ITimestampAsserter(chosen);
    }

    /// @dev Status of a session with a head.
    function _status(uint256 head, address account) private view returns (Status) {
        return SessionStorage.statusOf(head, SessionStorage.layout().configs[account]);
    }

    /// @dev Whether an account says that it has this module installed as a validator.
    function _isInstalledOn(address account) private view returns (bool) {
        bytes memory question =
            abi.encodeCall(IERC7579Account.isModuleInstalled, (MODULE_TYPE_VALIDATOR, address(this), ""));
        return StaticQuery.ask(account, question);
    }
}
