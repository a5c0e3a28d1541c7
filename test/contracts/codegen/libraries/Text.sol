// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice OpenZeppelin's strings: numbers and addresses to text and back.
contract Text {
    using Strings for *;

    function decimal(uint256 value) external pure returns (string memory) {
        return value.toString();
    }

    function signed(int256 value) external pure returns (string memory) {
        return value.toStringSigned();
    }

    function hexadecimal(uint256 value) external pure returns (string memory) {
        return value.toHexString();
    }

    function padded(uint256 value, uint8 length) external pure returns (string memory) {
        return value.toHexString(length % 40);
    }

    function account(address value) external pure returns (string memory, string memory) {
        return (value.toHexString(), value.toChecksumHexString());
    }

    function equal(string calldata a, string calldata b) external pure returns (bool, bool) {
        return (a.equal(b), a.equal(a));
    }

    function parse(string calldata text) external pure returns (uint256) {
        return text.parseUint();
    }

    function parsePart(string calldata text, uint256 begin, uint256 end) external pure returns (uint256) {
        return text.parseUint(begin, end);
    }

    function tryParse(string calldata text) external pure returns (bool, uint256, bool, int256) {
        (bool unsignedFits, uint256 unsignedValue) = text.tryParseUint();
        (bool signedFits, int256 signedValue) = text.tryParseInt();
        return (unsignedFits, unsignedValue, signedFits, signedValue);
    }

    function tryParseHex(string calldata text) external pure returns (bool, uint256) {
        return text.tryParseHexUint();
    }

    function parseAccount(string calldata text) external pure returns (address) {
        return text.parseAddress();
    }

    function escape(string calldata text) external pure returns (string memory) {
        return text.escapeJSON();
    }

    /// @notice Numbers to text and back again.
    function roundTrips(uint256 start, uint256 count) external pure returns (uint256 length) {
        for (uint256 i = 0; i < count; ++i) {
            uint256 value = start + i * i;
            string memory text = value.toString();
            assert(text.parseUint() == value);
            string memory digits = value.toHexString();
            assert(digits.parseHexUint() == value);
            length += bytes(text).length + bytes(digits).length;
        }
    }
}
