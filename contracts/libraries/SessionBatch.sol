// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {Transaction} from "../types/Transaction.sol";
import {CalldataSlice} from "./CalldataSlice.sol";

/// @title Batches sent by session keys
/// @notice Reads a transaction by which the account calls its own `execute` with several calls. The account will read the same
/// bytes from another calldata, so everything has to lie within them: Solidity itself follows offsets that lead elsewhere.
library SessionBatch {
    using CalldataSlice for bytes;

    /// @dev Mode of batches that revert as a whole.
    uint256 private constant MODE = 1 << 248;

    /// @dev Selector, mode and offset.
    uint256 private constant CALL_HEAD = 68;

    /// @dev Offset and length of the array.
    uint256 private constant BATCH_HEAD = 64;

    /// @dev Target, value and offset of the calldata.
    uint256 private constant ITEM_HEAD = 96;

    /// @notice Finds the calls of a batch.
    /// @dev Reverts if the transaction is no acceptable batch.
    /// @param transaction The transaction.
    /// @return batch `abi.encode(Execution[])`.
    /// @return count Number of calls; not zero.
    function read(Transaction calldata transaction) internal pure returns (bytes calldata batch, uint256 count) {
        bytes calldata data = transaction.data;
        batch = data[:0];
        bool ok = transaction.value == 0 && data.length >= CALL_HEAD && bytes4(data) == IERC7579Account.execute.selector
            && data.word(4) == MODE;
        if (ok) {
            bytes calldata arguments = data[4:];
            (ok, batch) = arguments.tryBytes(data.word(36));
        }
        if (ok && batch.length >= BATCH_HEAD && batch.word(0) == 32) count = batch.word(32);
        if (count == 0 || count > (batch.length - BATCH_HEAD) / 32) revert ISessionKeyValidator.SessionInvalidBatch();
    }

    /// @notice Reads one call of a batch.
    /// @dev Reverts if it is not properly encoded.
    /// @param batch The batch.
    /// @param index Position of the call; below their number.
    /// @return target Callee, as a whole word.
    /// @return value Base token sent, in wei.
    /// @return data Calldata.
    function at(bytes calldata batch, uint256 index)
        internal
        pure
        returns (uint256 target, uint256 value, bytes calldata data)
    {
        bytes calldata items = batch[BATCH_HEAD:];
        uint256 offset = items.word(32 * index);
        if (items.length < ITEM_HEAD || offset > items.length - ITEM_HEAD) {
            revert ISessionKeyValidator.SessionInvalidBatch();
        }
        bytes calldata item = items[offset:];
        bool ok;
        (ok, data) = item.tryBytes(item.word(64));
        if (!ok) revert ISessionKeyValidator.SessionInvalidBatch();
        return (item.word(0), item.word(32), data);
    }
}
