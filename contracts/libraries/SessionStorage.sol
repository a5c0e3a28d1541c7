// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Status} from "../types/SessionTypes.sol";

/// @title Storage of the session validator
/// @notice The account is the last key of each mapping, so that everything may be read in validation. The state of a session
/// is one run of slots: a head, and one tracker per limit. A session transaction touches the head and the trackers it uses.
library SessionStorage {
    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.validator.sessions")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant SESSION_STORAGE_SLOT = 0xcbfbddb2833b8fb2e3ddbbb6e0f528b3bfe38c598ee17eaa244414e95fad5900;

    /// @dev Highest number of trackers. Validation may read 127 slots past the hash that an account-keyed slot starts at.
    uint256 internal constant MAX_TRACKERS = 120;

    uint256 private constant STATUS_SHIFT = 248;
    uint256 private constant EPOCH_SHIFT = 192;
    uint256 private constant PERIOD_SHIFT = 128;
    uint256 private constant CONFIG_EPOCH_SHIFT = 200;
    uint256 private constant CONFIG_COUNT_SHIFT = 160;

    /// @notice State of one session of one account.
    /// @param head Status (8 bits), epoch of creation (56), period of the fee limit (64), fees used (128), from the top.
    /// @param trackers Use of each limit: for `Lifetime` the sum, for `Allowance` the period (64 bits) and the sum in it (192).
    /// If the session has options, theirs come first: all uses together, uses of each limited transfer policy, uses of each
    /// limited call policy, token budgets. Then come the value limits of the transfer policies; then for each call policy its
    /// value limit and its constraints.
    struct Session {
        uint256 head;
        uint256[MAX_TRACKERS] trackers;
    }

    /// @custom:storage-location erc7201:zksso.validator.sessions
    /// @param sessions State of each session, by its hash.
    /// @param hashes Hashes of all sessions that an account ever opened, by their number, from zero.
    /// @param configs Per account: epoch (56 bits), number of sessions opened so far (40), timestamp asserter (160), from the top.
    struct Layout {
        mapping(bytes32 sessionHash => mapping(address account => Session)) sessions;
        mapping(uint256 number => mapping(address account => bytes32)) hashes;
        mapping(address account => uint256) configs;
    }

    /// @notice The storage.
    /// @return $ Its root.
    function layout() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SESSION_STORAGE_SLOT
        }
    }

    /// @notice Head of a session that was just opened.
    /// @param config Configuration of its account.
    /// @return The head.
    function openHead(uint256 config) internal pure returns (uint256) {
        return uint256(Status.Active) << STATUS_SHIFT | uint256(uint56(config >> CONFIG_EPOCH_SHIFT)) << EPOCH_SHIFT;
    }

    /// @notice Head of a session after it was closed.
    /// @param head Head before.
    /// @return The head.
    function closedHead(uint256 head) internal pure returns (uint256) {
        return head & type(uint248).max | uint256(Status.Closed) << STATUS_SHIFT;
    }

    /// @notice Status of a session. One that was open in an earlier epoch is closed.
    /// @param head Its head.
    /// @param config Configuration of its account.
    /// @return The status.
    function statusOf(uint256 head, uint256 config) internal pure returns (Status) {
        Status status = Status(head >> STATUS_SHIFT);
        bool outdated = uint56(head >> EPOCH_SHIFT) != uint56(config >> CONFIG_EPOCH_SHIFT);
        return status == Status.Active && outdated ? Status.Closed : status;
    }

    /// @notice Fees used according to a head.
    /// @param head The head.
    /// @return period Period they were used in.
    /// @return used Their sum, in wei.
    function feesOf(uint256 head) internal pure returns (uint256 period, uint256 used) {
        return (uint64(head >> PERIOD_SHIFT), uint128(head));
    }

    /// @notice Head with other fees.
    /// @param head Head before.
    /// @param period Period, below 2^64.
    /// @param used Sum of fees, below 2^128.
    /// @return The head.
    function withFees(uint256 head, uint256 period, uint256 used) internal pure returns (uint256) {
        return (head >> EPOCH_SHIFT) << EPOCH_SHIFT | period << PERIOD_SHIFT | used;
    }

    /// @notice Configuration after all sessions of the account were closed.
    /// @param config Configuration before.
    /// @return The configuration.
    function nextEpoch(uint256 config) internal pure returns (uint256) {
        // The epoch fills the word's upper 56 bits and cannot overflow one step at a time.
        unchecked {
            return config + (1 << CONFIG_EPOCH_SHIFT);
        }
    }

    /// @notice Number of sessions that an account ever opened.
    /// @param config Configuration of the account.
    /// @return The number.
    function countOf(uint256 config) internal pure returns (uint256) {
        return uint40(config >> CONFIG_COUNT_SHIFT);
    }

    /// @notice Configuration after one more session was opened.
    /// @param config Configuration before.
    /// @return The configuration.
    function withOneMore(uint256 config) internal pure returns (uint256) {
        // The number has 40 bits and cannot overflow one step at a time.
        unchecked {
            return config + (1 << CONFIG_COUNT_SHIFT);
        }
    }

    /// @notice Timestamp asserter that an account has chosen.
    /// @param config Configuration of the account.
    /// @return The asserter, or zero.
    function asserterOf(uint256 config) internal pure returns (address) {
        return address(uint160(config));
    }

    /// @notice Configuration with another timestamp asserter.
    /// @param config Configuration before.
    /// @param asserter The asserter.
    /// @return The configuration.
    function withAsserter(uint256 config, address asserter) internal pure returns (uint256) {
        return (config >> CONFIG_COUNT_SHIFT) << CONFIG_COUNT_SHIFT | uint160(asserter);
    }
}
