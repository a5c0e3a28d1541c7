// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice A library with a contract of its own.
library Ledger {
    struct Book {
        uint256 total;
        mapping(address => uint256) shares;
    }

    function add(Book storage book, address who, uint256 amount) external returns (uint256) {
        book.shares[who] += amount;
        book.total += amount;
        return book.total;
    }

    function sum(uint256[] calldata list) external pure returns (uint256 total) {
        for (uint256 i; i < list.length; i++) {
            total += list[i];
        }
    }

    /// @notice Libraries refuse to be called, rather than delegated to, where state could change.
    function touch(Book storage book) external {
        book.total++;
    }
}

/// @notice Delegates to the library.
contract Linked {
    using Ledger for Ledger.Book;

    Ledger.Book internal book;

    function add(address who, uint256 amount) external returns (uint256, uint256) {
        return (book.add(who, amount), book.shares[who]);
    }

    function sumOf(uint256[] calldata list) external pure returns (uint256) {
        return Ledger.sum(list);
    }
}
