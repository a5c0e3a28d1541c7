// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {ERC1155Supply} from "@openzeppelin/contracts/token/ERC1155/extensions/ERC1155Supply.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

/// @notice OpenZeppelin's tokens of many kinds with their supplies, which anyone may mint.
contract Erc1155 is ERC1155Supply {
    constructor() ERC1155("https://example.org/{id}.json") {}

    function mint(address to, uint256 id, uint256 amount, bytes calldata data) external {
        _mint(to, id, amount, data);
    }

    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts, bytes calldata data) external {
        _mintBatch(to, ids, amounts, data);
    }

    function burn(uint256 id, uint256 amount) external {
        _burn(_msgSender(), id, amount);
    }

    function burnBatch(uint256[] calldata ids, uint256[] calldata amounts) external {
        _burnBatch(_msgSender(), ids, amounts);
    }
}

/// @notice Takes tokens, remembers them, and behaves as the first byte of the data says.
contract Erc1155Receiver is IERC1155Receiver, ERC165 {
    error Refused(address operator, uint256 count);

    bytes32 public digest;

    function onERC1155Received(address operator, address from, uint256 id, uint256 amount, bytes calldata data)
        external
        returns (bytes4)
    {
        if (_refuses(operator, 1, data)) return 0xffffffff;
        digest = keccak256(abi.encode(digest, operator, from, id, amount, data));
        return this.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) external returns (bytes4) {
        if (_refuses(operator, ids.length, data)) return 0xffffffff;
        digest = keccak256(abi.encode(digest, operator, from, ids, amounts, data));
        return this.onERC1155BatchReceived.selector;
    }

    function _refuses(address operator, uint256 count, bytes calldata data) private pure returns (bool) {
        bytes1 mode = data.length > 0 ? data[0] : bytes1(0);
        if (mode == 0x01) revert Refused(operator, count);
        if (mode == 0x03) revert();
        return mode == 0x02;
    }
}
