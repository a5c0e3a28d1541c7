// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Use of a quota per period
library SponsorQuota {
    /// @notice What was used in one period. Together one slot.
    /// @param start First second of the period.
    /// @param count Number of transactions.
    /// @param fee Their fees, in wei.
    struct Spending {
        uint48 start;
        uint32 count;
        uint96 fee;
    }

    /// @notice First second of the current period.
    /// @param period Length of a period; not zero.
    /// @return The second.
    function currentStart(uint256 period) internal view returns (uint48) {
        return uint48(block.timestamp - block.timestamp % period);
    }

    /// @notice What was used in a period.
    /// @param spending What was used in the latest period.
    /// @param start First second of the period in question.
    /// @return count Number of transactions.
    /// @return fee Their fees, in wei.
    function usedIn(Spending storage spending, uint48 start) internal view returns (uint256 count, uint256 fee) {
        if (spending.start == start) (count, fee) = (spending.count, spending.fee);
    }

    /// @notice Adds a transaction.
    /// @dev Written even when it is too much, so that an estimate sees what it costs; the transaction is rejected then.
    /// @param spending What was used in the latest period.
    /// @param start First second of the current period.
    /// @param amount Fee of the transaction, in wei.
    /// @param highestCount Highest number of transactions in a period.
    /// @param highestFee Highest sum of fees in a period.
    /// @return within Whether the transaction is within the quota.
    function charge(Spending storage spending, uint48 start, uint256 amount, uint256 highestCount, uint256 highestFee)
        internal
        returns (bool within)
    {
        (uint256 count, uint256 fee) = usedIn(spending, start);
        within = count < highestCount && amount <= highestFee && fee <= highestFee - amount;
        uint256 room = type(uint96).max - fee;
        spending.start = start;
        spending.count = count == type(uint32).max ? type(uint32).max : uint32(count + 1);
        spending.fee = amount > room ? type(uint96).max : uint96(fee + amount);
    }

    /// @notice Takes back fees that turned out not to be due. The transaction stays counted.
    /// @param spending What was used in the latest period.
    /// @param start First second of the period in which they were added.
    /// @param amount The fees, in wei.
    function credit(Spending storage spending, uint48 start, uint256 amount) internal {
        (, uint256 fee) = usedIn(spending, start);
        // The period may have been changed while the transaction was executed.
        if (spending.start == start) spending.fee = uint96(amount > fee ? 0 : fee - amount);
    }
}
