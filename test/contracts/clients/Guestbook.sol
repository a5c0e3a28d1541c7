// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Book that visitors pay to sign
/// @notice Has one of each: constructor arguments, an event, an error of its own, a function that takes ether.
contract Guestbook {
    /// @notice An entry.
    /// @param visitor Who signed.
    /// @param paid Ether that came with it, in wei.
    /// @param note What the visitor wrote.
    struct Entry {
        address visitor;
        uint256 paid;
        string note;
    }

    /// @notice Lowest price of an entry in wei.
    uint256 public price;

    /// @notice Title of the book.
    string public title;

    Entry[] private _entries;

    /// @notice Somebody signed.
    /// @param visitor Who.
    /// @param index Number of the entry.
    /// @param paid Ether that came with it, in wei.
    /// @param note What the visitor wrote.
    event GuestbookSigned(address indexed visitor, uint256 indexed index, uint256 paid, string note);

    /// @notice An entry costs more.
    /// @param price Price in wei.
    /// @param paid Ether that came, in wei.
    error GuestbookTooLittle(uint256 price, uint256 paid);

    /// @notice Opens the book.
    /// @param title_ Its title.
    /// @param price_ Lowest price of an entry in wei.
    constructor(string memory title_, uint256 price_) {
        title = title_;
        price = price_;
    }

    /// @notice Adds an entry.
    /// @param note What to write.
    /// @return index Number of the entry.
    function sign(string calldata note) external payable returns (uint256 index) {
        if (msg.value < price) revert GuestbookTooLittle(price, msg.value);
        index = _entries.length;
        _entries.push(Entry(msg.sender, msg.value, note));
        emit GuestbookSigned(msg.sender, index, msg.value, note);
    }

    /// @notice Number of entries.
    /// @return The number.
    function count() external view returns (uint256) {
        return _entries.length;
    }

    /// @notice An entry.
    /// @param index Its number.
    /// @return The entry.
    function entry(uint256 index) external view returns (Entry memory) {
        return _entries[index];
    }
}
