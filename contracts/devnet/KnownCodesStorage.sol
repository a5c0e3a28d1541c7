// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Known codes storage of the development chain
/// @notice Remembers which bytecodes have been published, at the protocol's address 0x8004.
/// @dev The virtual machine reads the marker of a bytecode straight from the slot that equals its hash, so the layout is fixed by the
/// protocol. Unlike the genuine contract this one sends nothing to L1: a development chain has none.
contract KnownCodesStorage {
    /// @notice A bytecode became known.
    /// @param bytecodeHash Versioned hash of the bytecode.
    /// @param sendBytecodeToL1 Whether a real chain would publish the bytecode.
    event MarkedAsKnown(bytes32 indexed bytecodeHash, bool indexed sendBytecodeToL1);

    /// @notice Only the bootloader may publish bytecodes.
    /// @param caller Who tried.
    error CallerNotBootloader(address caller);

    /// @notice The hash is not one of an EraVM bytecode.
    /// @param bytecodeHash The offending hash.
    error MalformedBytecodeHash(bytes32 bytecodeHash);

    /// @dev Formal address of the bootloader.
    address private constant BOOTLOADER = address(0x8001);

    /// @notice Marks the bytecodes that a transaction brings along. The bootloader calls this for every transaction.
    /// @dev Reverts if the caller is not the bootloader: a forged marker would make the virtual machine look for a missing bytecode.
    /// @dev Reverts if a hash is malformed.
    /// @param shouldSendToL1 Passed on to the event.
    /// @param hashes Versioned bytecode hashes; may be empty, may repeat.
    function markFactoryDeps(bool shouldSendToL1, bytes32[] calldata hashes) external {
        if (msg.sender != BOOTLOADER) revert CallerNotBootloader(msg.sender);
        uint256 length = hashes.length;
        for (uint256 i = 0; i < length; ++i) {
            _mark(hashes[i], shouldSendToL1);
        }
    }

    /// @notice Whether a bytecode is known.
    /// @param bytecodeHash Versioned hash of the bytecode.
    /// @return marker 1 if it is, else 0.
    function getMarker(bytes32 bytecodeHash) external view returns (uint256 marker) {
        assembly ("memory-safe") {
            marker := sload(bytecodeHash)
        }
    }

    /// @dev Marks one bytecode unless it is known already.
    function _mark(bytes32 bytecodeHash, bool shouldSendToL1) private {
        uint256 marker;
        // The slot is the hash itself, which no Solidity variable can express.
        assembly ("memory-safe") {
            marker := sload(bytecodeHash)
        }
        if (marker != 0) return;
        if (!_isWellFormed(bytecodeHash)) revert MalformedBytecodeHash(bytecodeHash);
        assembly ("memory-safe") {
            sstore(bytecodeHash, 1)
        }
        emit MarkedAsKnown(bytecodeHash, shouldSendToL1);
    }

    /// @dev Version 1, a zero byte (no constructor under way), an odd number of words.
    function _isWellFormed(bytes32 bytecodeHash) private pure returns (bool) {
        return bytecodeHash[0] == 0x01 && bytecodeHash[1] == 0x00 && uint8(bytecodeHash[3]) % 2 == 1;
    }
}
