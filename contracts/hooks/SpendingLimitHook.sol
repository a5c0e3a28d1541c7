// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IHook} from "../interfaces/IHook.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleRemoval} from "../interfaces/IModuleRemoval.sol";
import {ISpendingLimitHook} from "../interfaces/ISpendingLimitHook.sol";
import {IUpgradeableAccount} from "../interfaces/IUpgradeableAccount.sol";
import {AccountCalls} from "../libraries/AccountCalls.sol";
import {Execution} from "../types/Execution.sol";
import {MODULE_TYPE_HOOK} from "../types/ModuleType.sol";

/// @title Spending limit hook
/// @notice Lets at most a set amount of a token leave an account per period.
/// @dev The caller is always the account whose limits apply, so calling this contract past an account has no effect on anybody
/// else. An account that calls {postCheck} itself, with made-up data, can only charge itself more.
contract SpendingLimitHook is IModule, IERC7579Module, IHook, ISpendingLimitHook, IERC165 {
    /// @notice Limit of one account on one token.
    /// @param amount Highest amount per period.
    /// @param pendingAmount Limit that was announced.
    /// @param spent Amount used up in the period that begins at `start`.
    /// @param start First second of the period in which the limit was last used.
    /// @param pendingAt When the announced limit takes effect; zero if none was announced.
    /// @param exists Whether there is a limit.
    struct Limit {
        uint128 amount;
        uint128 pendingAmount;
        uint128 spent;
        uint48 start;
        uint48 pendingAt;
        bool exists;
    }

    /// @notice A balance or an allowance of an account before an action.
    /// @param token The token.
    /// @param spender Who may use the allowance; zero for the balance.
    /// @param amount How much it was.
    /// @param charged What this transaction's actions had been charged for changing it.
    struct Snapshot {
        address token;
        address spender;
        uint256 amount;
        uint256 charged;
    }

    /// @custom:storage-location erc7201:zksso.hook.spending
    struct SpendingStorage {
        mapping(address token => mapping(address account => Limit)) limits;
        mapping(address account => address[]) tokens;
        mapping(address account => uint256) periods;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.hook.spending")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant SPENDING_STORAGE_SLOT = 0x30dd8fc31283889cabff76d33bb483a59ce5848748140d0831f9a3fce5aa2800;

    /// @dev Stands for the base token.
    address private constant BASE_TOKEN = address(0);

    /// @dev Stands for the account itself, whose balance is looked at rather than somebody's allowance.
    address private constant NO_SPENDER = address(0);

    /// @dev Amount that means "no limit".
    uint128 private constant UNLIMITED = type(uint128).max;

    /// @dev Highest number of limits of an account: each costs every action two reads of a balance.
    uint256 private constant MAX_TOKENS = 16;

    uint256 private constant DEFAULT_PERIOD = 1 days;
    uint256 private constant MIN_PERIOD = 1 hours;
    uint256 private constant MAX_PERIOD = 31 days;

    /// @inheritdoc IModule
    /// @dev The data is empty, for periods of a day and no limits, or `abi.encode(uint256 period, InitialLimit[] limits)`. Reverts
    /// if limits are in force, which an account may have kept by leaving out {onUninstall}.
    function onInstall(bytes calldata data) external {
        _clear();
        if (data.length == 0) {
            _storage().periods[msg.sender] = DEFAULT_PERIOD;
            return;
        }
        (uint256 period, InitialLimit[] memory initial) = abi.decode(data, (uint256, InitialLimit[]));
        if (period < MIN_PERIOD || period > MAX_PERIOD) revert SpendingInvalidPeriod(period);
        _storage().periods[msg.sender] = period;
        for (uint256 i = 0; i < initial.length; ++i) {
            _setLimit(initial[i].token, initial[i].amount);
        }
    }

    /// @inheritdoc IModule
    /// @dev Reverts if limits are in force; lift them first. The data is not used.
    function onUninstall(bytes calldata) external {
        _clear();
    }

    /// @inheritdoc ISpendingLimitHook
    function setLimit(address token, uint128 amount) external {
        _setLimit(token, amount);
    }

    /// @inheritdoc ISpendingLimitHook
    function removeLimit(address token) external {
        if (!_storage().limits[token][msg.sender].exists) revert SpendingLimitNotFound(token);
        _remove(token);
        address[] storage tokens = _storage().tokens[msg.sender];
        uint256 position = 0;
        while (tokens[position] != token) ++position;
        tokens[position] = tokens[tokens.length - 1];
        tokens.pop();
    }

    /// @inheritdoc IHook
    /// @dev Reverts if the account is about to get out from under limits in force: by removing this hook by force, by an upgrade,
    /// or by hiding either in a batch inside a batch. After that nobody would be told what the action did.
    function preCheck(address, uint256 msgValue, bytes calldata msgData) external view returns (bytes memory hookData) {
        Execution[] memory calls = AccountCalls.ofMessage(msg.sender, msgData);
        address[] memory tokens = _storage().tokens[msg.sender];
        Snapshot[] memory snapshots = new Snapshot[](tokens.length + calls.length);
        for (uint256 i = 0; i < tokens.length; ++i) {
            snapshots[i] = _snapshot(tokens[i], NO_SPENDER);
            // What the caller sent along is in the balance already, but was not the account's before.
            if (tokens[i] == BASE_TOKEN) snapshots[i].amount -= msgValue;
        }
        for (uint256 i = 0; i < calls.length; ++i) {
            if (calls[i].target == msg.sender) _requireNoEscape(calls[i].callData, tokens);
        }
        _addAllowances(snapshots, tokens.length, calls);
        return abi.encode(snapshots);
    }

    /// @inheritdoc IHook
    /// @dev Reverts if a limit is exceeded.
    function postCheck(bytes calldata hookData) external {
        Snapshot[] memory snapshots = abi.decode(hookData, (Snapshot[]));
        for (uint256 i = 0; i < snapshots.length; ++i) {
            Snapshot memory before = snapshots[i];
            Snapshot memory current = _snapshot(before.token, before.spender);
            (uint256 low, uint256 high) = (current.amount, before.amount);
            if (before.spender != NO_SPENDER) (low, high) = (high, low);
            // Nothing is lost, or actions inside this one were charged for it.
            uint256 charged = current.charged - before.charged;
            if (high <= low || high - low <= charged) continue;
            uint256 amount = high - low - charged;
            _charge(before.token, amount);
            _setCharged(before.token, before.spender, current.charged + amount);
        }
    }

    /// @inheritdoc ISpendingLimitHook
    function limitOf(address account, address token) external view returns (SpendingLimit memory) {
        Limit memory limit = _storage().limits[token][account];
        if (!limit.exists) return SpendingLimit(UNLIMITED, 0, 0, 0);
        uint256 spent = _spent(limit, _periodStart(account));
        if (_isRaised(limit)) return SpendingLimit(limit.pendingAmount, uint128(spent), 0, 0);
        return SpendingLimit(limit.amount, uint128(spent), limit.pendingAmount, limit.pendingAt);
    }

    /// @inheritdoc ISpendingLimitHook
    function limitedTokens(address account) external view returns (address[] memory tokens) {
        return _storage().tokens[account];
    }

    /// @inheritdoc ISpendingLimitHook
    function periodOf(address account) external view returns (uint256) {
        return _storage().periods[account];
    }

    /// @inheritdoc IERC7579Module
    function isInitialized(address account) external view returns (bool) {
        return _storage().periods[account] != 0;
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_HOOK;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IERC7579Module).interfaceId || interfaceId == type(IHook).interfaceId
            || interfaceId == type(ISpendingLimitHook).interfaceId;
    }

    /// @dev Sets a limit of the calling account.
    function _setLimit(address token, uint128 amount) private {
        SpendingStorage storage $ = _storage();
        uint256 period = $.periods[msg.sender];
        if (period == 0) revert SpendingNotInstalled(msg.sender);
        Limit memory limit = $.limits[token][msg.sender];
        if (!limit.exists) {
            if ($.tokens[msg.sender].length == MAX_TOKENS) revert SpendingTooManyTokens(MAX_TOKENS);
            _requireToken(token);
            $.tokens[msg.sender].push(token);
            (limit.exists, limit.amount) = (true, UNLIMITED);
        }
        limit.amount = _currentAmount(limit);
        if (amount > limit.amount) {
            (limit.pendingAmount, limit.pendingAt) = (amount, uint48(block.timestamp + period));
            emit LimitRaiseAnnounced(msg.sender, token, amount, limit.pendingAt);
        } else {
            (limit.amount, limit.pendingAmount, limit.pendingAt) = (amount, 0, 0);
            emit LimitChanged(msg.sender, token, amount);
        }
        $.limits[token][msg.sender] = limit;
    }

    /// @dev Forgets all about the calling account.
    function _clear() private {
        SpendingStorage storage $ = _storage();
        address[] memory tokens = $.tokens[msg.sender];
        for (uint256 i = 0; i < tokens.length; ++i) {
            _remove(tokens[i]);
        }
        delete $.tokens[msg.sender];
        delete $.periods[msg.sender];
    }

    /// @dev Forgets a limit of the calling account that is not in force.
    function _remove(address token) private {
        _requireLifted(token);
        delete _storage().limits[token][msg.sender];
        emit LimitRemoved(msg.sender, token);
    }

    /// @dev Charges an amount to the limit on a token, if there still is one.
    function _charge(address token, uint256 amount) private {
        Limit memory limit = _storage().limits[token][msg.sender];
        if (!limit.exists) return;
        uint256 highest = _currentAmount(limit);
        if (highest == UNLIMITED) return;
        uint48 start = _periodStart(msg.sender);
        uint256 spent = _spent(limit, start);
        // The limit may have been lowered below what was spent.
        if (spent > highest || amount > highest - spent) revert SpendingLimitExceeded(token, spent, amount, highest);
        limit.start = start;
        limit.spent = uint128(spent + amount);
        _storage().limits[token][msg.sender] = limit;
    }

    /// @dev Sets what this transaction's actions were charged for changing a balance or an allowance.
    function _setCharged(address token, address spender, uint256 amount) private {
        bytes32 slot = _chargedSlot(token, spender);
        assembly ("memory-safe") {
            tstore(slot, amount)
        }
    }

    /// @dev Adds the allowances that calls to limited tokens may change, behind a number of balances: whoever is named by the first
    /// argument may become a spender.
    function _addAllowances(Snapshot[] memory snapshots, uint256 count, Execution[] memory calls) private view {
        for (uint256 i = 0; i < calls.length; ++i) {
            (address token, bytes memory data) = (calls[i].target, calls[i].callData);
            if (data.length < 36 || token == BASE_TOKEN || !_storage().limits[token][msg.sender].exists) continue;
            address spender = _addressArgument(data, 0);
            if (spender == NO_SPENDER || _isListed(snapshots, count, token, spender)) continue;
            snapshots[count++] = _snapshot(token, spender);
        }
        // Cuts off the entries that were not used.
        assembly ("memory-safe") {
            mstore(snapshots, count)
        }
    }

    /// @dev A balance or an allowance of the calling account at present. Actions may nest: a transaction may call an executor, which
    /// acts through the account again, and what it spends is missing in the end of both. Hence the note of what was charged.
    function _snapshot(address token, address spender) private view returns (Snapshot memory snapshot) {
        (snapshot.token, snapshot.spender) = (token, spender);
        if (spender != NO_SPENDER) snapshot.amount = IERC20(token).allowance(msg.sender, spender);
        else snapshot.amount = token == BASE_TOKEN ? msg.sender.balance : IERC20(token).balanceOf(msg.sender);
        bytes32 slot = _chargedSlot(token, spender);
        uint256 charged;
        assembly ("memory-safe") {
            charged := tload(slot)
        }
        snapshot.charged = charged;
    }

    /// @dev Reverts if a call of the account to itself would free it from limits in force.
    function _requireNoEscape(bytes memory data, address[] memory tokens) private view {
        bytes4 selector = bytes4(data);
        if (AccountCalls.isBatch(selector)) revert SpendingNestedBatch();
        bool isRemoval = selector == IModuleRemoval.forceUninstallModule.selector && data.length >= 68
            && _addressArgument(data, 1) == address(this);
        if (!isRemoval && selector != IUpgradeableAccount.upgradeTo.selector) return;
        for (uint256 i = 0; i < tokens.length; ++i) {
            _requireLifted(tokens[i]);
        }
    }

    /// @dev Reverts if the limit of the calling account on a token is in force.
    function _requireLifted(address token) private view {
        if (_currentAmount(_storage().limits[token][msg.sender]) != UNLIMITED) revert SpendingLimitInForce(token);
    }

    /// @dev Reverts unless a token answers what actions will ask it: otherwise no action would pass any more.
    function _requireToken(address token) private view {
        if (token == BASE_TOKEN) return;
        IERC20(token).balanceOf(msg.sender);
        IERC20(token).allowance(msg.sender, msg.sender);
    }

    /// @dev Transient slot of what was charged.
    function _chargedSlot(address token, address spender) private view returns (bytes32) {
        return keccak256(abi.encode(SPENDING_STORAGE_SLOT, token, spender, msg.sender));
    }

    /// @dev First second of the current period of an account that has installed this module.
    function _periodStart(address account) private view returns (uint48) {
        return uint48(block.timestamp - block.timestamp % _storage().periods[account]);
    }

    /// @dev Amount of a limit at present.
    function _currentAmount(Limit memory limit) private view returns (uint128) {
        return _isRaised(limit) ? limit.pendingAmount : limit.amount;
    }

    /// @dev Whether an announced limit has taken effect.
    function _isRaised(Limit memory limit) private view returns (bool) {
        return limit.pendingAt != 0 && block.timestamp >= limit.pendingAt;
    }

    /// @dev What was used up in a period.
    function _spent(Limit memory limit, uint48 start) private pure returns (uint256) {
        return limit.start == start ? limit.spent : 0;
    }

    /// @dev Argument of calldata that is long enough to have it.
    function _addressArgument(bytes memory data, uint256 index) private pure returns (address argument) {
        // Equals `address(uint160(uint256(bytes32(data[4 + 32 * index:]))))`, which Solidity offers for calldata only.
        assembly ("memory-safe") {
            let word := mload(add(add(data, 36), mul(index, 32)))
            argument := and(word, 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }

    /// @dev Whether an allowance is among the first entries of a list.
    function _isListed(Snapshot[] memory snapshots, uint256 count, address token, address spender)
        private
        pure
        returns (bool)
    {
        for (uint256 i = 0; i < count; ++i) {
            if (snapshots[i].token == token && snapshots[i].spender == spender) return true;
        }
        return false;
    }

    /// @dev The storage of this contract.
    function _storage() private pure returns (SpendingStorage storage $) {
        assembly ("memory-safe") {
            $.slot := SPENDING_STORAGE_SLOT
        }
    }
}
