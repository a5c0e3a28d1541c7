// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IGuardianRecovery} from "../interfaces/IGuardianRecovery.sol";
import {Guardian} from "../types/RecoveryTypes.sol";

/// @title Groups of guardians: members, approvals, settings
/// @notice Nothing is counted in storage. Who approved is decided each time by walking over the members, of whom there are
/// few: a removed member or a member that came twice cannot leave a wrong sum behind.
library GuardianGroups {
    /// @dev Highest number of members, proposed ones included; keeps every walk over them affordable.
    uint256 internal constant MAX_GUARDIANS = 32;

    /// @dev Shortest delay, which is also the one that groups start with.
    uint256 internal constant MIN_DELAY = 1 days;

    /// @dev Longest delay. More could only be a slip, which would take as long to correct.
    uint256 internal constant MAX_DELAY = 365 days;

    /// @dev For how long a recovery can be finished once it is ready.
    uint256 internal constant VALIDITY = 3 days;

    /// @notice A member of a group; takes one slot.
    /// @param guardian Its address.
    /// @param active Whether it has accepted.
    /// @param since When it accepted or, until then, was proposed.
    /// @param serial Number of its acceptance within the group. Approvals carry it, so that those of a guardian that left do
    /// not count when it comes back.
    struct Member {
        address guardian;
        bool active;
        uint64 since;
        uint24 serial;
    }

    /// @notice A recovery whose delay runs or is over.
    /// @param requestHash Hash of its request; zero if there is none.
    /// @param startedAt When enough guardians had approved it.
    /// @param readyAt First moment at which it can be finished.
    /// @param credentialIdHash Of the new passkey, for views; zero if there is none.
    /// @param keyX Of the new passkey, for views.
    /// @param keyY Of the new passkey, for views.
    struct Pending {
        bytes32 requestHash;
        uint48 startedAt;
        uint48 readyAt;
        bytes32 credentialIdHash;
        bytes32 keyX;
        bytes32 keyY;
    }

    /// @notice A group.
    /// @param storedThreshold Threshold, or zero for the one that groups start with.
    /// @param size Number of members.
    /// @param lastSerial Serial of the latest acceptance.
    /// @param storedDelay Delay, or zero for the one that groups start with.
    /// @param nextDelay Delay from `nextDelayAt` on.
    /// @param nextDelayAt When `nextDelay` takes effect; zero if there is none.
    /// @param nonce Nonce of requests that are not running. The running one has the nonce before.
    /// @param pending The running recovery, or one that expired.
    /// @param members The members, in no particular order.
    /// @param approvals Serial with which a guardian approved a request; zero if it did not.
    struct Group {
        uint8 storedThreshold;
        uint8 size;
        uint24 lastSerial;
        uint32 storedDelay;
        uint32 nextDelay;
        uint48 nextDelayAt;
        uint64 nonce;
        Pending pending;
        Member[MAX_GUARDIANS] members;
        mapping(bytes32 requestHash => mapping(address guardian => uint256 serial)) approvals;
    }

    /// @notice Adds a guardian that has yet to accept.
    /// @dev Reverts if it is a member or if the group is full.
    /// @param group The group.
    /// @param guardian The guardian.
    function propose(Group storage group, address guardian) internal {
        (bool known,) = _find(group, guardian);
        if (known) revert IGuardianRecovery.RecoveryGuardianAlreadyProposed(guardian);
        uint256 size = group.size;
        if (size == MAX_GUARDIANS) revert IGuardianRecovery.RecoveryTooManyGuardians(MAX_GUARDIANS);
        group.members[size] = Member(guardian, false, uint64(block.timestamp), 0);
        group.size = uint8(size + 1);
    }

    /// @notice Makes a proposed guardian active.
    /// @dev Reverts if it was not proposed.
    /// @param group The group.
    /// @param guardian The guardian.
    /// @return changed False if it was active before.
    function accept(Group storage group, address guardian) internal returns (bool changed) {
        (bool known, uint256 index) = _find(group, guardian);
        if (!known) revert IGuardianRecovery.RecoveryGuardianNotProposed(guardian);
        if (group.members[index].active) return false;
        group.members[index] = Member(guardian, true, uint64(block.timestamp), ++group.lastSerial);
        return true;
    }

    /// @notice Removes a guardian.
    /// @dev Reverts if it is no member, and if it is active and too few active ones would be left, unless none is left.
    /// @param group The group.
    /// @param guardian The guardian.
    /// @return wasActive Whether it had accepted.
    function remove(Group storage group, address guardian) internal returns (bool wasActive) {
        (bool known, uint256 index) = _find(group, guardian);
        if (!known) revert IGuardianRecovery.RecoveryGuardianNotFound(guardian);
        wasActive = group.members[index].active;
        if (wasActive) _requireReachable(threshold(group), activeCount(group) - 1);
        uint256 last = group.size - 1;
        group.members[index] = group.members[last];
        delete group.members[last];
        group.size = uint8(last);
    }

    /// @notice Records that a guardian approves a request; once more changes nothing.
    /// @dev Reverts if it is not an active guardian.
    /// @param group The group.
    /// @param requestHash Hash of the request.
    /// @param guardian The guardian.
    /// @return changed False if it had approved before.
    function approve(Group storage group, bytes32 requestHash, address guardian) internal returns (bool changed) {
        (bool known, uint256 index) = _find(group, guardian);
        if (!known || !group.members[index].active) revert IGuardianRecovery.RecoveryGuardianNotActive(guardian);
        uint256 serial = group.members[index].serial;
        if (group.approvals[requestHash][guardian] == serial) return false;
        group.approvals[requestHash][guardian] = serial;
        return true;
    }

    /// @notice Sets the threshold.
    /// @dev Reverts if it is zero or above the number of members. Proposed ones count here, so that it can be set before they
    /// accept; approvals only come from active ones.
    /// @param group The group.
    /// @param value The threshold.
    function setThreshold(Group storage group, uint256 value) internal {
        if (value == 0 || value > group.size) revert IGuardianRecovery.RecoveryInvalidThreshold(value, group.size);
        group.storedThreshold = uint8(value);
    }

    /// @notice Sets the delay: a longer one at once, a shorter one after the present one. Either replaces what was scheduled.
    /// @dev Reverts if it is out of range.
    /// @param group The group.
    /// @param value The delay, in seconds.
    /// @return effectiveAt When it takes effect.
    function setDelay(Group storage group, uint256 value) internal returns (uint256 effectiveAt) {
        if (value < MIN_DELAY || value > MAX_DELAY) {
            revert IGuardianRecovery.RecoveryInvalidDelay(value, MIN_DELAY, MAX_DELAY);
        }
        uint256 current = delay(group);
        bool longer = value >= current;
        effectiveAt = longer ? block.timestamp : block.timestamp + current;
        group.storedDelay = uint32(longer ? value : current);
        group.nextDelay = longer ? 0 : uint32(value);
        group.nextDelayAt = longer ? 0 : uint48(effectiveAt);
    }

    /// @notice Starts the delay of a request, in place of any other recovery, and uses up the nonce.
    /// @param group The group.
    /// @param requestHash Hash of the request.
    /// @return pending The recovery; the members for views are left to the caller.
    function start(Group storage group, bytes32 requestHash) internal returns (Pending storage pending) {
        pending = group.pending;
        pending.requestHash = requestHash;
        pending.startedAt = uint48(block.timestamp);
        pending.readyAt = uint48(block.timestamp + delay(group));
        ++group.nonce;
    }

    /// @notice Forgets the recovery and makes all approvals given so far worthless.
    /// @param group The group.
    function reset(Group storage group) internal {
        delete group.pending;
        ++group.nonce;
    }

    /// @notice Whether a recovery is running: started, not expired.
    /// @param group The group.
    /// @return True if so.
    function isRunning(Group storage group) internal view returns (bool) {
        return group.pending.requestHash != 0 && block.timestamp < expiresAt(group);
    }

    /// @notice First moment at which the recovery cannot be finished any more.
    /// @param group The group.
    /// @return The moment.
    function expiresAt(Group storage group) internal view returns (uint256) {
        return group.pending.readyAt + VALIDITY;
    }

    /// @notice Threshold of the group.
    /// @param group The group.
    /// @return Number of guardians that must approve.
    function threshold(Group storage group) internal view returns (uint256) {
        uint256 stored = group.storedThreshold;
        return stored == 0 ? 1 : stored;
    }

    /// @notice Delay of a recovery that starts now.
    /// @param group The group.
    /// @return The delay, in seconds.
    function delay(Group storage group) internal view returns (uint256) {
        uint256 nextAt = group.nextDelayAt;
        if (nextAt != 0 && block.timestamp >= nextAt) return group.nextDelay;
        uint256 stored = group.storedDelay;
        return stored == 0 ? MIN_DELAY : stored;
    }

    /// @notice Number of active guardians that approved a request.
    /// @param group The group.
    /// @param requestHash Hash of the request.
    /// @return count The number.
    function approvalCount(Group storage group, bytes32 requestHash) internal view returns (uint256 count) {
        uint256 size = group.size;
        for (uint256 i = 0; i < size; ++i) {
            if (_hasApproved(group, requestHash, group.members[i])) ++count;
        }
    }

    /// @notice Number of active guardians.
    /// @param group The group.
    /// @return count The number.
    function activeCount(Group storage group) internal view returns (uint256 count) {
        uint256 size = group.size;
        for (uint256 i = 0; i < size; ++i) {
            if (group.members[i].active) ++count;
        }
    }

    /// @notice Whether an address is an active guardian.
    /// @param group The group.
    /// @param guardian The address.
    /// @return True if it is.
    function isActive(Group storage group, address guardian) internal view returns (bool) {
        (bool known, uint256 index) = _find(group, guardian);
        return known && group.members[index].active;
    }

    /// @notice Whether an active guardian approved a request.
    /// @param group The group.
    /// @param requestHash Hash of the request.
    /// @param guardian The guardian.
    /// @return True if it did.
    function hasApproved(Group storage group, bytes32 requestHash, address guardian) internal view returns (bool) {
        (bool known, uint256 index) = _find(group, guardian);
        return known && _hasApproved(group, requestHash, group.members[index]);
    }

    /// @notice Lists the members.
    /// @param group The group.
    /// @return guardians The members.
    function list(Group storage group) internal view returns (Guardian[] memory guardians) {
        guardians = new Guardian[](group.size);
        for (uint256 i = 0; i < guardians.length; ++i) {
            Member storage member = group.members[i];
            guardians[i] = Guardian(member.guardian, member.active, member.since);
        }
    }

    /// @dev Whether a member is active and approved a request. Serials start at one, so no approval has that of nobody.
    function _hasApproved(Group storage group, bytes32 requestHash, Member storage member) private view returns (bool) {
        return member.active && group.approvals[requestHash][member.guardian] == member.serial;
    }

    /// @dev Position of a member.
    function _find(Group storage group, address guardian) private view returns (bool known, uint256 index) {
        uint256 size = group.size;
        for (; index < size; ++index) {
            if (group.members[index].guardian == guardian) return (true, index);
        }
    }

    /// @dev Reverts if guardians are left but too few of them. An empty group is a clear state, a group that seems to protect
    /// and cannot is a trap; lowering the threshold on the quiet would be another.
    function _requireReachable(uint256 needed, uint256 left) private pure {
        if (left != 0 && left < needed) revert IGuardianRecovery.RecoveryThresholdUnreachable(needed, left);
    }
}
