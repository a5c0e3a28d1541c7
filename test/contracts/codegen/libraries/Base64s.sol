// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";

/// @notice OpenZeppelin's Base64.
contract Base64s {
    function encode(bytes calldata data) external pure returns (string memory) {
        return Base64.encode(data);
    }

    function encodeUrl(bytes calldata data) external pure returns (string memory) {
        return Base64.encodeURL(data);
    }

    function uri(string calldata name, uint256 number) external pure returns (string memory) {
        bytes memory json = abi.encodePacked('{"name":"', name, '","number":"0x', bytes32(number), '"}');
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }
}
