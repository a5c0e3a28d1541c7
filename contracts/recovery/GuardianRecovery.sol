// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IGuardianRecovery} from "../interfaces/IGuardianRecovery.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {IWebAuthValidator} from "../interfaces/IWebAuthValidator.sol";
import {GuardianGroups} from "../libraries/GuardianGroups.sol";
import {ModuleQuery} from "../libraries/ModuleQuery.sol";
import {RecoveryBatch} from "../libraries/RecoveryBatch.sol";
import {RecoveryRequests} from "../libraries/RecoveryRequests.sol";
import {SignerCheck} from "../libraries/SignerCheck.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {Execution} from "../types/Execution.sol";
import {MODULE_TYPE_EXECUTOR, MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {
    GroupSettings,
    Guardian,
    GuardianSignature,
    PendingPasskey,
    RecoveryRequest,
    RecoveryReveal,
    RecoveryStatus
} from "../types/RecoveryTypes.sol";

/// @title Recovery by guardians
/// @notice Executor module that gives an account new signers when enough of its guardians approve and the account does not
/// object in time.
/// @dev The module has no owner and no settings of its own. Being an executor and not a validator, it never makes an account
/// pay, and what it makes an account do is the few calls of {RecoveryBatch}.
contract GuardianRecovery is IModule, IERC7579Module, IGuardianRecovery, IERC5267, IERC165 {
    using EnumerableSet for EnumerableSet.AddressSet;
    using GuardianGroups for GuardianGroups.Group;
    using RecoveryRequests for RecoveryRequest;

    /// @custom:storage-location erc7201:zksso.recovery.guardians
    /// @param epochs Number of times that an account installed or uninstalled the module.
    /// @param groups The groups, by epoch: a new epoch leaves all that was before out of reach, however much it is.
    /// @param guarded Accounts that a guardian accepted. An account that uninstalled the module stays in it; views skip it.
    struct RecoveryStorage {
        mapping(address account => uint256) epochs;
        mapping(
            bytes32 hashedOriginDomain => mapping(uint256 epoch => mapping(address account => GuardianGroups.Group))
        ) groups;
        mapping(bytes32 hashedOriginDomain => mapping(address guardian => EnumerableSet.AddressSet)) guarded;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.recovery.guardians")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant RECOVERY_STORAGE_SLOT = 0xd013ae066d0973caaafb0c9243dcc229284a540c697e9865752f6c9758e84100;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    string private constant DOMAIN_NAME = "zksso guardian recovery";

    string private constant DOMAIN_VERSION = "1";

    /// @dev Bits of a nonce that count within an epoch.
    uint256 private constant NONCE_BITS = 64;

    /// @dev ERC-7579 mode of a batch that reverts as a whole.
    bytes32 private constant BATCH_MODE = bytes32(bytes1(0x01));

    /// @dev Reverts if the caller is not an account that has this module installed.
    modifier onlyInstalled() {
        _requireInstalled(msg.sender);
        _;
    }

    /// @inheritdoc IModule
    /// @dev The data is empty or `abi.encode(bytes32 hashedOriginDomain, address[] guardians, uint256 threshold,
    /// uint256 delay)`, which proposes guardians. Starts from nothing, also if an account dropped the module without telling.
    function onInstall(bytes calldata data) external onlyInstalled {
        _forget();
        if (data.length == 0) return;
        (bytes32 hashedOriginDomain, address[] memory guardians, uint256 threshold, uint256 delay) =
            abi.decode(data, (bytes32, address[], uint256, uint256));
        for (uint256 i = 0; i < guardians.length; ++i) {
            _propose(hashedOriginDomain, guardians[i]);
        }
        _setThreshold(hashedOriginDomain, threshold);
        _setDelay(hashedOriginDomain, delay);
    }

    /// @inheritdoc IModule
    /// @dev Forgets all guardians, settings and recoveries of the account; the data is not used.
    function onUninstall(bytes calldata) external {
        _forget();
    }

    /// @inheritdoc IGuardianRecovery
    function proposeGuardian(bytes32 hashedOriginDomain, address newGuardian) external onlyInstalled {
        _propose(hashedOriginDomain, newGuardian);
    }

    /// @inheritdoc IGuardianRecovery
    function addGuardian(bytes32 hashedOriginDomain, address accountToGuard) external returns (bool) {
        if (!_group(hashedOriginDomain, accountToGuard).accept(msg.sender)) return false;
        _storage().guarded[hashedOriginDomain][msg.sender].add(accountToGuard);
        emit GuardianAdded(accountToGuard, hashedOriginDomain, msg.sender);
        return true;
    }

    /// @inheritdoc IGuardianRecovery
    function removeGuardian(bytes32 hashedOriginDomain, address guardianToRemove) external {
        bool wasActive = _group(hashedOriginDomain, msg.sender).remove(guardianToRemove);
        emit GuardianRemoved(msg.sender, hashedOriginDomain, guardianToRemove);
        if (!wasActive) return;
        _storage().guarded[hashedOriginDomain][guardianToRemove].remove(msg.sender);
        _voidIfShort(hashedOriginDomain);
    }

    /// @inheritdoc IGuardianRecovery
    function setThreshold(bytes32 hashedOriginDomain, uint256 threshold) external onlyInstalled {
        _setThreshold(hashedOriginDomain, threshold);
        _voidIfShort(hashedOriginDomain);
    }

    /// @inheritdoc IGuardianRecovery
    function setDelay(bytes32 hashedOriginDomain, uint256 delay) external onlyInstalled {
        _setDelay(hashedOriginDomain, delay);
    }

    /// @inheritdoc IGuardianRecovery
    function initRecovery(
        address accountToRecover,
        bytes32 hashedCredentialId,
        bytes32[2] calldata rawPublicKey,
        bytes32 hashedOriginDomain
    ) external {
        RecoveryRequest memory request;
        request.webAuthValidator = _onlyPasskeyValidator(accountToRecover);
        request.credentialIdHash = hashedCredentialId;
        (request.keyX, request.keyY) = (rawPublicKey[0], rawPublicKey[1]);
        request.deadline = type(uint256).max;
        _approveAsCaller(hashedOriginDomain, accountToRecover, request);
    }

    /// @inheritdoc IGuardianRecovery
    function approveRecovery(bytes32 hashedOriginDomain, address account, RecoveryRequest calldata request)
        external
        returns (bytes32 requestHash)
    {
        return _approveAsCaller(hashedOriginDomain, account, request);
    }

    /// @inheritdoc IGuardianRecovery
    function approveRecoveryBySignatures(
        bytes32 hashedOriginDomain,
        address account,
        RecoveryRequest calldata request,
        GuardianSignature[] calldata signatures
    ) external returns (bytes32 requestHash) {
        requestHash = _checkedHash(hashedOriginDomain, account, request);
        for (uint256 i = 0; i < signatures.length; ++i) {
            address guardian = signatures[i].guardian;
            if (!SignerCheck.isSignedBy(guardian, requestHash, signatures[i].signature)) {
                revert RecoveryInvalidSignature(guardian);
            }
            _approve(hashedOriginDomain, account, request, requestHash, guardian);
        }
    }

    /// @inheritdoc IGuardianRecovery
    function finishRecovery(
        bytes32 hashedOriginDomain,
        address account,
        RecoveryRequest calldata request,
        RecoveryReveal calldata reveal
    ) external {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, account);
        if (!_isPending(group, hashedOriginDomain, account, request)) revert RecoveryNotFound();
        if (block.timestamp < group.pending.readyAt) revert RecoveryNotReady(group.pending.readyAt);
        if (!group.isRunning()) revert RecoveryExpired(group.expiresAt());
        _requireValidators(account, request);
        Execution[] memory executions = RecoveryBatch.build(account, hashedOriginDomain, request, reveal);
        // What the account calls may call back, so there is nothing left to finish by then. A failure undoes this, too.
        group.reset();
        IERC7579Account(account).executeFromExecutor(BATCH_MODE, abi.encode(executions));
        emit RecoveryFinished(account, hashedOriginDomain, request.credentialIdHash);
    }

    /// @inheritdoc IGuardianRecovery
    function discardRecovery(bytes32 hashedOriginDomain) external {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, msg.sender);
        emit RecoveryDiscarded(msg.sender, hashedOriginDomain, group.pending.credentialIdHash);
        group.reset();
    }

    /// @inheritdoc IGuardianRecovery
    function guardiansFor(bytes32 hashedOriginDomain, address addr) external view returns (Guardian[] memory) {
        return _group(hashedOriginDomain, addr).list();
    }

    /// @inheritdoc IGuardianRecovery
    function guardianOf(bytes32 hashedOriginDomain, address guardian) external view returns (address[] memory) {
        return _guarded(hashedOriginDomain, guardian, 0, type(uint256).max);
    }

    /// @inheritdoc IGuardianRecovery
    function guardedAccounts(bytes32 hashedOriginDomain, address guardian, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory accounts)
    {
        return _guarded(hashedOriginDomain, guardian, offset, limit);
    }

    /// @inheritdoc IGuardianRecovery
    function getPendingRecoveryData(bytes32 hashedOriginDomain, address account)
        external
        view
        returns (PendingPasskey memory passkey)
    {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, account);
        if (!group.isRunning()) return passkey;
        GuardianGroups.Pending storage pending = group.pending;
        return PendingPasskey(pending.credentialIdHash, [pending.keyX, pending.keyY], pending.startedAt);
    }

    /// @inheritdoc IGuardianRecovery
    function recoveryStatus(bytes32 hashedOriginDomain, address account)
        external
        view
        returns (RecoveryStatus memory status)
    {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, account);
        if (!group.isRunning()) return status;
        status.requestHash = group.pending.requestHash;
        status.approvals = group.approvalCount(status.requestHash);
        status.startedAt = group.pending.startedAt;
        status.readyAt = group.pending.readyAt;
        status.expiresAt = group.expiresAt();
    }

    /// @inheritdoc IGuardianRecovery
    function groupSettings(bytes32 hashedOriginDomain, address account)
        external
        view
        returns (GroupSettings memory settings)
    {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, account);
        settings.threshold = group.threshold();
        settings.guardians = group.activeCount();
        settings.delay = group.delay();
        if (block.timestamp >= group.nextDelayAt) return settings;
        settings.nextDelay = group.nextDelay;
        settings.nextDelayAt = group.nextDelayAt;
    }

    /// @inheritdoc IGuardianRecovery
    function approvalCount(bytes32 hashedOriginDomain, address account, bytes32 requestHash)
        external
        view
        returns (uint256)
    {
        return _group(hashedOriginDomain, account).approvalCount(requestHash);
    }

    /// @inheritdoc IGuardianRecovery
    function hasApproved(bytes32 hashedOriginDomain, address account, bytes32 requestHash, address guardian)
        external
        view
        returns (bool)
    {
        return _group(hashedOriginDomain, account).hasApproved(requestHash, guardian);
    }

    /// @inheritdoc IGuardianRecovery
    function nonceOf(bytes32 hashedOriginDomain, address account) external view returns (uint256) {
        return _nonce(hashedOriginDomain, account);
    }

    /// @inheritdoc IGuardianRecovery
    function hashRequest(bytes32 hashedOriginDomain, address account, uint256 nonce, RecoveryRequest calldata request)
        external
        view
        returns (bytes32)
    {
        return _hash(hashedOriginDomain, account, nonce, request);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (0x0f, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    /// @inheritdoc IERC7579Module
    function isInitialized(address account) external view returns (bool) {
        return ModuleQuery.isInstalled(account, MODULE_TYPE_EXECUTOR, address(this));
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_EXECUTOR;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IERC7579Module).interfaceId || interfaceId == type(IGuardianRecovery).interfaceId
            || interfaceId == type(IERC5267).interfaceId;
    }

    /// @dev Puts everything that the calling account has here out of reach.
    function _forget() private {
        ++_storage().epochs[msg.sender];
        emit GuardiansForgotten(msg.sender);
    }

    /// @dev Proposes a guardian of the calling account.
    function _propose(bytes32 hashedOriginDomain, address guardian) private {
        if (guardian == address(0) || guardian == msg.sender) revert RecoveryInvalidGuardian(guardian);
        _group(hashedOriginDomain, msg.sender).propose(guardian);
        emit GuardianProposed(msg.sender, hashedOriginDomain, guardian);
    }

    /// @dev Sets the threshold of a group of the calling account.
    function _setThreshold(bytes32 hashedOriginDomain, uint256 threshold) private {
        _group(hashedOriginDomain, msg.sender).setThreshold(threshold);
        emit ThresholdChanged(msg.sender, hashedOriginDomain, threshold);
    }

    /// @dev Sets the delay of a group of the calling account.
    function _setDelay(bytes32 hashedOriginDomain, uint256 delay) private {
        uint256 effectiveAt = _group(hashedOriginDomain, msg.sender).setDelay(delay);
        emit DelayChanged(msg.sender, hashedOriginDomain, delay, effectiveAt);
    }

    /// @dev Approves a request as the caller.
    function _approveAsCaller(bytes32 hashedOriginDomain, address account, RecoveryRequest memory request)
        private
        returns (bytes32 requestHash)
    {
        requestHash = _checkedHash(hashedOriginDomain, account, request);
        _approve(hashedOriginDomain, account, request, requestHash, msg.sender);
    }

    /// @dev Records an approval and starts the delay if it was the last one missing. Approving again is harmless, and starts a
    /// request whose approvals became enough because the threshold was lowered.
    function _approve(
        bytes32 hashedOriginDomain,
        address account,
        RecoveryRequest memory request,
        bytes32 requestHash,
        address guardian
    ) private {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, account);
        if (group.approve(requestHash, guardian)) {
            emit RecoveryApproved(account, requestHash, guardian, hashedOriginDomain, request);
        }
        if (requestHash == group.pending.requestHash || group.approvalCount(requestHash) < group.threshold()) return;
        if (group.isRunning()) {
            emit RecoveryDiscarded(account, hashedOriginDomain, group.pending.credentialIdHash);
        }
        GuardianGroups.Pending storage pending = group.start(requestHash);
        pending.credentialIdHash = request.credentialIdHash;
        (pending.keyX, pending.keyY) = (request.keyX, request.keyY);
        emit RecoveryInitiated(account, hashedOriginDomain, request.credentialIdHash, guardian);
    }

    /// @dev Drops the recovery of the calling account if too few guardians are left that approved it.
    function _voidIfShort(bytes32 hashedOriginDomain) private {
        GuardianGroups.Group storage group = _group(hashedOriginDomain, msg.sender);
        GuardianGroups.Pending storage pending = group.pending;
        if (!group.isRunning() || group.approvalCount(pending.requestHash) >= group.threshold()) return;
        emit RecoveryDiscarded(msg.sender, hashedOriginDomain, pending.credentialIdHash);
        delete group.pending;
    }

    /// @dev Checks a request and returns the hash under which guardians approve it: with the nonce of the running recovery if
    /// it is that one, else with the present nonce.
    function _checkedHash(bytes32 hashedOriginDomain, address account, RecoveryRequest memory request)
        private
        view
        returns (bytes32)
    {
        _requireInstalled(account);
        request.check(account);
        _requireValidators(account, request);
        GuardianGroups.Group storage group = _group(hashedOriginDomain, account);
        if (group.isRunning() && _isPending(group, hashedOriginDomain, account, request)) {
            return group.pending.requestHash;
        }
        return _hash(hashedOriginDomain, account, _nonce(hashedOriginDomain, account), request);
    }

    /// @dev Whether the recovery of a group, running or expired, has a request.
    function _isPending(
        GuardianGroups.Group storage group,
        bytes32 hashedOriginDomain,
        address account,
        RecoveryRequest memory request
    ) private view returns (bool) {
        bytes32 pendingHash = group.pending.requestHash;
        if (pendingHash == 0) return false;
        // Starting used up the nonce of the request, and nothing since.
        return _hash(hashedOriginDomain, account, _nonce(hashedOriginDomain, account) - 1, request) == pendingHash;
    }

    /// @dev Reverts unless the validators that a request names are installed and what it takes them for.
    function _requireValidators(address account, RecoveryRequest memory request) private view {
        if (request.addsPasskey() || request.removedPasskeys.length != 0) {
            _requireValidator(account, request.webAuthValidator, type(IWebAuthValidator).interfaceId);
        }
        if (request.sessionValidator != address(0)) {
            _requireValidator(account, request.sessionValidator, type(ISessionKeyValidator).interfaceId);
        }
    }

    /// @dev Reverts unless an account has a validator installed that says it has an interface. The latter keeps guardians from
    /// calling functions that only look the same.
    function _requireValidator(address account, address module, bytes4 interfaceId) private view {
        bool ok = ModuleQuery.isInstalled(account, MODULE_TYPE_VALIDATOR, module)
            && StaticQuery.supportsInterface(module, interfaceId);
        if (!ok) revert RecoveryValidatorNotInstalled(module);
    }

    /// @dev Reverts unless an account has this module installed.
    function _requireInstalled(address account) private view {
        if (!ModuleQuery.isInstalled(account, MODULE_TYPE_EXECUTOR, address(this))) {
            revert RecoveryModuleNotInstalled(account);
        }
    }

    /// @dev The only passkey validator that an account has installed.
    function _onlyPasskeyValidator(address account) private view returns (address found) {
        _requireInstalled(account);
        (address[] memory modules,) =
            IModuleDirectory(account).listModules(MODULE_TYPE_VALIDATOR, address(0), type(uint256).max);
        for (uint256 i = 0; i < modules.length; ++i) {
            if (!StaticQuery.supportsInterface(modules[i], type(IWebAuthValidator).interfaceId)) continue;
            if (found != address(0)) revert RecoveryPasskeyValidatorUnclear(account);
            found = modules[i];
        }
        if (found == address(0)) revert RecoveryPasskeyValidatorUnclear(account);
    }

    /// @dev Accounts that an address is an active guardian of, out of a range of those that it accepted.
    function _guarded(bytes32 hashedOriginDomain, address guardian, uint256 offset, uint256 limit)
        private
        view
        returns (address[] memory accounts)
    {
        EnumerableSet.AddressSet storage accepted = _storage().guarded[hashedOriginDomain][guardian];
        uint256 end = limit > type(uint256).max - offset ? type(uint256).max : offset + limit;
        accounts = accepted.values(offset, end);
        uint256 count = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (_group(hashedOriginDomain, accounts[i]).isActive(guardian)) accounts[count++] = accounts[i];
        }
        // Keeps the accounts found; there are not more than places.
        assembly ("memory-safe") {
            mstore(accounts, count)
        }
    }

    /// @dev Nonce of a group: epoch of the account, then a counter.
    function _nonce(bytes32 hashedOriginDomain, address account) private view returns (uint256) {
        return _storage().epochs[account] << NONCE_BITS | _group(hashedOriginDomain, account).nonce;
    }

    /// @dev EIP-712 hash of a request.
    function _hash(bytes32 hashedOriginDomain, address account, uint256 nonce, RecoveryRequest memory request)
        private
        view
        returns (bytes32)
    {
        bytes32 separator = keccak256(
            abi.encode(
                DOMAIN_TYPEHASH,
                keccak256(bytes(DOMAIN_NAME)),
                keccak256(bytes(DOMAIN_VERSION)),
                block.chainid,
                address(this)
            )
        );
        return RecoveryRequests.hash(separator, account, hashedOriginDomain, nonce, request);
    }

    /// @dev Group of an account, in its present epoch.
    function _group(bytes32 hashedOriginDomain, address account) private view returns (GuardianGroups.Group storage) {
        RecoveryStorage storage $ = _storage();
        return $.groups[hashedOriginDomain][$.epochs[account]][account];
    }

    /// @dev The storage of this contract.
    function _storage() private pure returns (RecoveryStorage storage $) {
        assembly ("memory-safe") {
            $.slot := RECOVERY_STORAGE_SLOT
        }
    }
}
