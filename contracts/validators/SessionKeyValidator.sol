// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {IRootSigner} from "../interfaces/IRootSigner.sol";
import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {ITimestampAsserter} from "../interfaces/ITimestampAsserter.sol";
import {K1Signature} from "../libraries/K1Signature.sol";
import {SessionEnvelope} from "../libraries/SessionEnvelope.sol";
import {SessionLimits} from "../libraries/SessionLimits.sol";
import {SessionPolicies} from "../libraries/SessionPolicies.sol";
import {SessionRules} from "../libraries/SessionRules.sol";
import {SessionStorage} from "../libraries/SessionStorage.sol";
import {SessionViews} from "../libraries/SessionViews.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {TimestampAsserters} from "../libraries/TimestampAsserters.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {SessionSpec, SessionState, Status} from "../types/SessionTypes.sol";
import {Transaction} from "../types/Transaction.sol";

/// @title Session key validator
/// @notice Authorises transactions by session keys within the policies that the account approved.
contract SessionKeyValidator is IModule, IERC7579Module, IModuleValidator, IRootSigner, ISessionKeyValidator, IERC165 {
    using SessionPolicies for SessionStorage.Session;
    using SessionViews for SessionStorage.Session;

    /// @inheritdoc IModule
    /// @dev The data is empty or `abi.encode(SessionSpec)` of a first session.
    function onInstall(bytes calldata data) external {
        if (data.length != 0) _create(SessionEnvelope.specOf(data));
    }

    /// @inheritdoc IModule
    /// @dev Closes all sessions of the account; the data is not used.
    function onUninstall(bytes calldata) external {
        _revokeAll();
    }

    /// @inheritdoc ISessionKeyValidator
    function createSession(SessionSpec calldata sessionSpec) external {
        _create(sessionSpec);
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
    /// is done, so that estimates with a dummy signature see the full cost.
    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external returns (bool) {
        (
            bool ok,
            bytes calldata signature,
            SessionSpec calldata spec,
            uint64[] calldata periodIds,
            bytes32 sessionHash
        ) = SessionEnvelope.read(transaction.signature);
        if (!ok) return false;
        SessionStorage.Layout storage $ = SessionStorage.layout();
        SessionStorage.Session storage session = $.sessions[sessionHash][msg.sender];
        uint256 config = $.configs[msg.sender];
        uint256 head = session.head;
        if (SessionStorage.statusOf(head, config) != Status.Active) revert SessionNotActive(sessionHash);
        SessionLimits.Window memory window = _charge(session, head, spec, transaction, periodIds);
        _requireTime(_asserter(config), window);
        return K1Signature.recover(signedHash, signature) == spec.signer;
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
        bytes32 sessionHash = keccak256(abi.encode(sessionSpec));
        SessionStorage.Session storage session = SessionStorage.layout().sessions[sessionHash][account];
        return session.stateOf(sessionSpec, _status(session.head, account));
    }

    /// @inheritdoc ISessionKeyValidator
    function sessionStatus(address account, bytes32 sessionHash) external view returns (Status) {
        return _status(SessionStorage.layout().sessions[sessionHash][account].head, account);
    }

    /// @inheritdoc ISessionKeyValidator
    function sessionSigner(address account, address signer) external view returns (bytes32) {
        return SessionStorage.layout().signers[signer][account];
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

    /// @dev Opens a session of the calling account.
    function _create(SessionSpec calldata spec) private {
        if (!_isInstalledOn(msg.sender)) revert SessionModuleNotInstalled(msg.sender);
        SessionRules.check(spec);
        _requireReachableTargets(spec);
        SessionStorage.Layout storage $ = SessionStorage.layout();
        uint256 config = $.configs[msg.sender];
        // An asserter without code would let expired sessions pass wherever the operator does not look.
        if (address(_asserter(config)).code.length == 0) revert SessionNoTimestampAsserter(block.chainid);
        bytes32 sessionHash = keccak256(abi.encode(spec));
        SessionStorage.Session storage session = $.sessions[sessionHash][msg.sender];
        if (session.head != 0) revert SessionAlreadyExists(sessionHash);
        if ($.signers[spec.signer][msg.sender] != 0) revert SessionSignerAlreadyUsed(spec.signer);
        session.head = SessionStorage.openHead(config);
        $.signers[spec.signer][msg.sender] = sessionHash;
        emit SessionCreated(msg.sender, sessionHash, spec);
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

    /// @dev Applies all policies and limits to a transaction; returns the range of time in which they allow it.
    function _charge(
        SessionStorage.Session storage session,
        uint256 head,
        SessionSpec calldata spec,
        Transaction calldata transaction,
        uint64[] calldata periodIds
    ) private returns (SessionLimits.Window memory window) {
        if (transaction.factoryDeps.length != 0) revert SessionFactoryDepsNotAllowed();
        window = SessionLimits.Window(0, spec.expiresAt);
        (address token, uint256 position) = session.applyApproval(spec, transaction, periodIds, window);
        if (token != address(0)) _requireReachable(token);
        _requireReachable(session.applyCall(spec, transaction, periodIds, position, window));
        if (transaction.paymaster == 0) {
            uint256 fee = transaction.maxFeePerGas * transaction.gasLimit;
            session.head = SessionLimits.chargeFee(head, spec.feeLimit, fee, periodIds, window);
        }
    }

    /// @dev Reverts if a policy names a target that sessions may not reach.
    function _requireReachableTargets(SessionSpec calldata spec) private view {
        for (uint256 i = 0; i < spec.callPolicies.length; ++i) {
            _requireReachable(spec.callPolicies[i].target);
        }
        for (uint256 i = 0; i < spec.transferPolicies.length; ++i) {
            _requireReachable(spec.transferPolicies[i].target);
        }
    }

    /// @dev Reverts for the calling account, its modules and system contracts: whoever reaches those rules the account. Asked
    /// again at each use, since a target may have become a module in the meantime.
    function _requireReachable(address target) private view {
        if (
            SystemContracts.isSystemAddress(target) || target == msg.sender
                || IModuleDirectory(msg.sender).isModule(target)
        ) {
            revert SessionTargetBanned(target);
        }
    }

    /// @dev Reverts with the asserter's error unless the block's time is within a window.
    function _requireTime(ITimestampAsserter asserter, SessionLimits.Window memory window) private view {
        bytes memory data = abi.encodeCall(ITimestampAsserter.assertTimestampInRange, (window.start, window.end));
        // A high-level call would first read the size of the asserter's code, which {_create} has looked at.
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
