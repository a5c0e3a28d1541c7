// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SessionSpec} from "../types/SessionTypes.sol";
import {CalldataSlice} from "./CalldataSlice.sol";

/// @title Signature of session transactions
/// @notice Reads `abi.encode(bytes ecdsaSignature, address validator, bytes validatorData)` with
/// `validatorData = abi.encode(SessionSpec spec, uint64[] periodIds)`.
library SessionEnvelope {
    using CalldataSlice for bytes;

    /// @dev Length of the head of the envelope.
    uint256 private constant ENVELOPE_HEAD = 96;

    /// @dev Length of the head of `validatorData`, and thus offset of the specification.
    uint256 private constant HEAD = 64;

    /// @notice Reads an envelope without reverting.
    /// @dev The specification is not decoded and encoded again: its bytes are hashed as they are. Only the one encoding that
    /// Solidity produces has the hash under which the session was opened, so the caller must look at nothing in the
    /// specification before it knows that the hash is a session's. Then all offsets in it are proper, too.
    /// @param envelope The signature of the transaction.
    /// @return ok Whether the outer layers are well-formed.
    /// @return signature ECDSA signature.
    /// @return spec Specification; to be trusted only if its hash is known.
    /// @return periodIds Periods claimed by the sender.
    /// @return sessionHash `keccak256(abi.encode(spec))`.
    function read(bytes calldata envelope)
        internal
        pure
        returns (
            bool ok,
            bytes calldata signature,
            SessionSpec calldata spec,
            uint64[] calldata periodIds,
            bytes32 sessionHash
        )
    {
        bytes calldata data = envelope[:0];
        signature = data;
        periodIds = _noPeriods(envelope);
        spec = _specAt(envelope, 0);
        if (envelope.length < ENVELOPE_HEAD) return (false, signature, spec, periodIds, sessionHash);
        (ok, signature) = envelope.tryBytes(envelope.word(0));
        bool okData;
        (okData, data) = envelope.tryBytes(envelope.word(64));
        spec = _specAt(data, HEAD);
        if (!ok || !okData || data.length < HEAD || data.word(0) != HEAD) {
            return (false, signature, spec, periodIds, sessionHash);
        }
        uint256 specEnd = data.word(32);
        (ok, periodIds) = _tryPeriods(data, specEnd);
        if (!ok || specEnd < HEAD) return (false, signature, spec, periodIds, sessionHash);
        sessionHash = _hash(data[HEAD:specEnd]);
    }

    /// @notice Specification in `abi.encode(SessionSpec spec)`. Its members are checked when they are read.
    /// @param data The encoding.
    /// @return spec The specification.
    function specOf(bytes calldata data) internal pure returns (SessionSpec calldata spec) {
        return _specAt(data, uint256(bytes32(data[:32])));
    }

    /// @dev Array of periods at an offset, if it is within the data.
    function _tryPeriods(bytes calldata data, uint256 offset)
        private
        pure
        returns (bool ok, uint64[] calldata periodIds)
    {
        periodIds = _noPeriods(data);
        if (offset > data.length - 32) return (false, periodIds);
        uint256 length = data.word(offset);
        if (length > (data.length - offset - 32) / 32) return (false, periodIds);
        // Equals `abi.decode(data, (SessionSpec, uint64[]))`'s second value, in calldata.
        assembly ("memory-safe") {
            periodIds.offset := add(add(data.offset, offset), 32)
            periodIds.length := length
        }
        ok = true;
    }

    /// @dev Hash of a specification given by its encoded members, without the leading offset word 32.
    function _hash(bytes calldata members) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint256(32), members));
    }

    /// @dev An empty array.
    function _noPeriods(bytes calldata data) private pure returns (uint64[] calldata periodIds) {
        // Solidity has no literal for an empty calldata array.
        assembly ("memory-safe") {
            periodIds.offset := data.offset
            periodIds.length := 0
        }
    }

    /// @dev Specification at an offset.
    function _specAt(bytes calldata data, uint256 offset) private pure returns (SessionSpec calldata spec) {
        // Equals `abi.decode(data, (SessionSpec))`, in calldata.
        assembly ("memory-safe") {
            spec := add(data.offset, offset)
        }
    }
}
