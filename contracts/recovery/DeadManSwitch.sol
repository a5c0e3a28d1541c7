// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IDeadManSwitch} from "../interfaces/IDeadManSwitch.sol";
import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IOwners} from "../interfaces/IOwners.sol";
import {ModuleQuery} from "../libraries/ModuleQuery.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {MODULE_TYPE_EXECUTOR} from "../types/ModuleType.sol";

/// @title Dead man's switch
/// @notice Executor module that makes a beneficiary an owner of an account which has not checked in for a long time.
/// @dev Meant as an example for authors of modules; what each part is there for:
///
/// * An executor calls {IERC7579Account-executeFromExecutor} and is free in what it makes the account do. The calls are
///   therefore fixed here: nobody but this code decides target, value and function. Value is always zero.
/// * It is the account that calls `onInstall`, `onUninstall` and all setters, so `msg.sender` is the key of everything stored.
///   Nobody else can write there. There is no owner, no proxy and no setting of the module itself.
/// * `onUninstall` leaves nothing behind, and `onInstall` starts from nothing even if `onUninstall` was never called.
/// * State is changed before the account is called, since what the account calls may call back. If the call fails, all of it
///   is undone.
/// * Time is `block.timestamp`. Executors run when transactions are executed; only validators may not read the time.
contract DeadManSwitch is IModule, IERC7579Module, IDeadManSwitch, IERC165 {
    /// @notice Switch of an account; takes one slot, since new slots are what costs most on ZKsync.
    /// @param beneficiary Who may claim the account; zero if there is no switch.
    /// @param period Time without check-in after which they may, in seconds.
    /// @param lastCheckIn When the account last checked in, in seconds.
    struct Switch {
        address beneficiary;
        uint48 period;
        uint48 lastCheckIn;
    }

    /// @custom:storage-location erc7201:zksso.recovery.deadman
    /// @param switches Switch of each account.
    struct SwitchStorage {
        mapping(address account => Switch) switches;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.recovery.deadman")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant SWITCH_STORAGE_SLOT = 0x32f86dce9a65630804545e82f2d1700f2a017724eb8d2bd6a82efd064839c700;

    /// @dev Shortest period: long enough for holidays and hospitals.
    uint256 private constant MIN_PERIOD = 30 days;

    /// @dev Longest period; fits its place in storage with room to spare.
    uint256 private constant MAX_PERIOD = 3650 days;

    /// @dev ERC-7579 mode of a single call that reverts on failure.
    bytes32 private constant SINGLE_MODE = 0;

    /// @inheritdoc IModule
    /// @dev The data is empty or `abi.encode(address beneficiary, uint256 period)`.
    function onInstall(bytes calldata data) external {
        delete _storage().switches[msg.sender];
        if (data.length == 0) return;
        (address beneficiary, uint256 period) = abi.decode(data, (address, uint256));
        _configure(beneficiary, period);
    }

    /// @inheritdoc IModule
    /// @dev Removes the switch of the account; the data is not used.
    function onUninstall(bytes calldata) external {
        delete _storage().switches[msg.sender];
        emit SwitchRemoved(msg.sender);
    }

    /// @inheritdoc IDeadManSwitch
    function configure(address beneficiary, uint256 period) external {
        _configure(beneficiary, period);
    }

    /// @inheritdoc IDeadManSwitch
    function checkIn() external {
        _switchOf(msg.sender).lastCheckIn = uint48(block.timestamp);
        emit CheckedIn(msg.sender);
    }

    /// @inheritdoc IDeadManSwitch
    function claim(address account) external {
        Switch storage entry = _switchOf(account);
        if (msg.sender != entry.beneficiary) revert SwitchNotBeneficiary(msg.sender);
        uint256 claimableAt = _claimableAt(entry);
        if (block.timestamp < claimableAt) revert SwitchNotDue(claimableAt);
        // Used up: an owner that is removed later must not come back by itself.
        delete _storage().switches[account];
        bytes memory call = abi.encodeCall(IOwners.addK1Owner, (msg.sender));
        IERC7579Account(account).executeFromExecutor(SINGLE_MODE, abi.encodePacked(account, uint256(0), call));
        emit AccountClaimed(account, msg.sender);
    }

    /// @inheritdoc IDeadManSwitch
    function switchOf(address account)
        external
        view
        returns (address beneficiary, uint256 period, uint256 claimableAt)
    {
        Switch storage entry = _storage().switches[account];
        return (entry.beneficiary, entry.period, _claimableAt(entry));
    }

    /// @inheritdoc IERC7579Module
    /// @dev True if the account has a switch.
    function isInitialized(address account) external view returns (bool) {
        return _storage().switches[account].beneficiary != address(0);
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_EXECUTOR;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IERC7579Module).interfaceId || interfaceId == type(IDeadManSwitch).interfaceId;
    }

    /// @dev Sets up the switch of the calling account. A switch of an account without the module would seem to work.
    function _configure(address beneficiary, uint256 period) private {
        if (!ModuleQuery.isInstalled(msg.sender, MODULE_TYPE_EXECUTOR, address(this))) {
            revert SwitchModuleNotInstalled(msg.sender);
        }
        if (beneficiary == msg.sender || SystemContracts.isSystemAddress(beneficiary)) {
            revert SwitchInvalidBeneficiary(beneficiary);
        }
        if (period < MIN_PERIOD || period > MAX_PERIOD) revert SwitchInvalidPeriod(period, MIN_PERIOD, MAX_PERIOD);
        _storage().switches[msg.sender] = Switch(beneficiary, uint48(period), uint48(block.timestamp));
        emit SwitchConfigured(msg.sender, beneficiary, period);
    }

    /// @dev Switch of an account that has one.
    function _switchOf(address account) private view returns (Switch storage entry) {
        entry = _storage().switches[account];
        if (entry.beneficiary == address(0)) revert SwitchNotConfigured(account);
    }

    /// @dev First moment at which an account can be claimed. Two numbers below 2^48 are added as larger ones.
    function _claimableAt(Switch storage entry) private view returns (uint256) {
        return uint256(entry.lastCheckIn) + entry.period;
    }

    /// @dev The storage of this contract.
    function _storage() private pure returns (SwitchStorage storage $) {
        assembly ("memory-safe") {
            $.slot := SWITCH_STORAGE_SLOT
        }
    }
}
