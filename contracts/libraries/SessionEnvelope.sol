// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SessionOptions, SessionSpec} from "../types/SessionTypes.sol";
import {CalldataSlice} from "./CalldataSlice.sol";
import {SessionLimits} from "./SessionLimits.sol";
import {SessionPolicies} from "./SessionPolicies.sol";

/// @title Signature of session transactions
/// @notice Reads `abi.encode(bytes signature, address validator, bytes validatorData)` with
/// - `validatorData = abi.encode(SessionSpec spec, uint64[] periodIds)`, or, for sessions with options,
/// - `validatorData = abi.encode(SessionSpec spec, SessionOptions options, uint64 time)`.
library SessionEnvelope {
    using CalldataSlice for bytes;

    /// @dev Length of the head of the envelope.
    uint256 private constant ENVELOPE_HEAD = 96;

    /// @dev Lengths of the heads of the two forms of `validatorData`, and thus offsets of the specification.
    uint256 private constant HEAD = 64;
    uint256 private constant HEAD_WITH_OPTIONS = 96;

    /// @notice Reads an envelope without reverting.
    /// @dev The specification is not decoded and encoded again: its bytes are hashed as they are. Only the one encoding that
    /// was checked when the session was opened has the session's hash, so the caller must look at nothing in specification
    /// and options before it knows that the hash is a session's. Then all offsets in them are proper, too.
    /// @param envelope The signature of the transaction.
    /// @return ok Whether the outer layers are well-formed.
    /// @return signature Signature by the session's key.
    /// @return spec Specification; to be trusted only if the hash is known.
    /// @return options Options; only if `use` says that there are any.
    /// @return sessionHash Hash of the session.
    /// @return use Claims about the time, and whether there are options.
    function read(bytes calldata envelope)
        internal
        pure
        returns (
            bool ok,
            bytes calldata signature,
            SessionSpec calldata spec,
            SessionOptions calldata options,
            bytes32 sessionHash,
            SessionPolicies.Use memory use
        )
    {
        bytes calldata data;
        (ok, signature, data) = _split(envelope);
        uint256 head = ok ? data.word(0) : 0;
        // Positions only; whether something sensible is there shows below.
        assembly ("memory-safe") {
            spec := add(data.offset, head)
            options := spec
        }
        if (head == HEAD) {
            (ok, sessionHash) = _readPlain(data, use.claims);
        } else if (head == HEAD_WITH_OPTIONS && data.length >= HEAD_WITH_OPTIONS) {
            use.extended = true;
            use.claims.time = uint64(data.word(64));
            uint256 specEnd = data.word(32);
            assembly ("memory-safe") {
                options := add(data.offset, specEnd)
            }
            unchecked {
                sessionHash = _hash(abi.encode(HEAD, specEnd - 32), data[HEAD_WITH_OPTIONS:]);
            }
        } else {
            ok = false;
        }
    }

    /// @dev Splits the envelope into signature and validator data.
    function _split(bytes calldata envelope)
        private
        pure
        returns (bool ok, bytes calldata signature, bytes calldata data)
    {
        data = envelope[:0];
        signature = data;
        if (envelope.length < ENVELOPE_HEAD) return (false, signature, data);
        (ok, signature) = envelope.tryBytes(envelope.word(0));
        if (ok) (ok, data) = envelope.tryBytes(envelope.word(64));
        ok = ok && data.length >= HEAD;
    }

    /// @dev Reads validator data without options.
    function _readPlain(bytes calldata data, SessionLimits.Claims memory claims)
        private
        pure
        returns (bool ok, bytes32 sessionHash)
    {
        uint256 specEnd = data.word(32);
        if (specEnd < HEAD || specEnd > data.length - 32) return (false, 0);
        uint256 count = data.word(specEnd);
        if (count > (data.length - specEnd - 32) / 32) return (false, 0);
        uint256 ids;
        assembly ("memory-safe") {
            ids := add(add(data.offset, specEnd), 32)
        }
        claims.periodIds = ids;
        claims.periodCount = count;
        return (true, _hash(abi.encode(32), data[HEAD:specEnd]));
    }

    /// @dev Hash of an encoding given by its head and its tail.
    function _hash(bytes memory head, bytes calldata tail) private pure returns (bytes32) {
        return keccak256(bytes.concat(head, tail));
    }
}
