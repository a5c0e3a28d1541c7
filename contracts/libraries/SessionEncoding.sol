// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {CallSpec, SessionOptions, SessionSpec} from "../types/SessionTypes.sol";

/// @title Encoding of sessions
/// @notice A session is named by the hash of its bytes as they are in the calldata. That is sound only if those bytes are the
/// one encoding that Solidity gives: then every member lies within what is hashed, and equal sessions have equal hashes. The
/// functions here measure an encoding and revert unless each offset in it is the one Solidity would write.
library SessionEncoding {
    uint256 private constant WORD = 32;

    /// @dev Lengths of the heads of the structs, and of the structs without dynamic members.
    uint256 private constant SPEC_HEAD = 7 * WORD;
    uint256 private constant CALL_HEAD = 7 * WORD;
    uint256 private constant CONSTRAINT_SIZE = 6 * WORD;
    uint256 private constant TRANSFER_SIZE = 5 * WORD;
    uint256 private constant OPTIONS_HEAD = 10 * WORD;
    uint256 private constant LIMIT_SIZE = 3 * WORD;
    uint256 private constant BUDGET_SIZE = 4 * WORD;

    /// @dev Positions of the offsets within the heads.
    uint256 private constant CALLS_OFFSET = 5 * WORD;
    uint256 private constant TRANSFERS_OFFSET = 6 * WORD;
    uint256 private constant CONSTRAINTS_OFFSET = 6 * WORD;
    uint256 private constant PAYMASTERS_OFFSET = 3 * WORD;
    uint256 private constant TRANSFER_USES_OFFSET = 7 * WORD;
    uint256 private constant CALL_USES_OFFSET = 8 * WORD;
    uint256 private constant BUDGETS_OFFSET = 9 * WORD;

    /// @notice Size of an encoded specification.
    /// @dev Reverts with {ISessionKeyValidator-SessionEncodingNotCanonical} if it is not encoded as Solidity does.
    /// @param spec The specification.
    /// @return size Number of bytes from its start on.
    function sizeOf(SessionSpec calldata spec) internal pure returns (uint256 size) {
        uint256 start;
        assembly ("memory-safe") {
            start := spec
        }
        CallSpec[] calldata policies = spec.callPolicies;
        uint256 array = _requireOffset(start, CALLS_OFFSET, SPEC_HEAD) + WORD;
        uint256 next = policies.length * WORD;
        for (uint256 i = 0; i < policies.length; ++i) {
            uint256 policy = _requireOffset(array, i * WORD, next);
            _requireOffset(policy, CONSTRAINTS_OFFSET, CALL_HEAD);
            next += CALL_HEAD + WORD + policies[i].constraints.length * CONSTRAINT_SIZE;
        }
        size = SPEC_HEAD + WORD + next;
        _requireOffset(start, TRANSFERS_OFFSET, size);
        size += WORD + spec.transferPolicies.length * TRANSFER_SIZE;
    }

    /// @notice Size of encoded options.
    /// @dev Reverts with {ISessionKeyValidator-SessionEncodingNotCanonical} if they are not encoded as Solidity does.
    /// @param options The options.
    /// @return size Number of bytes from their start on.
    function sizeOf(SessionOptions calldata options) internal pure returns (uint256 size) {
        uint256 start;
        assembly ("memory-safe") {
            start := options
        }
        size = OPTIONS_HEAD;
        _requireOffset(start, PAYMASTERS_OFFSET, size);
        size += WORD + options.paymasters.length * WORD;
        _requireOffset(start, TRANSFER_USES_OFFSET, size);
        size += WORD + options.transferUseLimits.length * LIMIT_SIZE;
        _requireOffset(start, CALL_USES_OFFSET, size);
        size += WORD + options.callUseLimits.length * LIMIT_SIZE;
        _requireOffset(start, BUDGETS_OFFSET, size);
        size += WORD + options.tokenBudgets.length * BUDGET_SIZE;
    }

    /// @dev Reverts unless the word at a position after a base states an offset; returns where it leads.
    function _requireOffset(uint256 base, uint256 position, uint256 offset) private pure returns (uint256) {
        uint256 stated;
        assembly ("memory-safe") {
            stated := calldataload(add(base, position))
        }
        if (stated != offset) revert ISessionKeyValidator.SessionEncodingNotCanonical();
        return base + offset;
    }
}
