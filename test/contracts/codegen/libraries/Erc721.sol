// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";

/// @notice OpenZeppelin's enumerable collection, which anyone may mint.
contract Erc721 is ERC721Enumerable {
    constructor() ERC721("Test things", "THING") {}

    function mint(address to, uint256 id) external {
        _mint(to, id);
    }

    function safeMint(address to, uint256 id, bytes calldata data) external {
        _safeMint(to, id, data);
    }

    function burn(uint256 id) external {
        _update(address(0), id, _msgSender());
    }

    function _baseURI() internal pure override returns (string memory) {
        return "https://example.org/things/";
    }
}

/// @notice Takes collectibles, remembers them, and behaves as the first byte of the data says.
contract Erc721Receiver is IERC721Receiver {
    error Refused(address operator, uint256 id);

    event Received(address indexed operator, address indexed from, uint256 id, bytes data);

    uint256 public received;
    bytes32 public digest;

    function onERC721Received(address operator, address from, uint256 id, bytes calldata data)
        external
        returns (bytes4)
    {
        bytes1 mode = data.length > 0 ? data[0] : bytes1(0);
        if (mode == 0x01) revert Refused(operator, id);
        if (mode == 0x02) return 0xffffffff;
        if (mode == 0x03) revert();
        ++received;
        digest = keccak256(abi.encode(digest, operator, from, id, data));
        emit Received(operator, from, id, data);
        return this.onERC721Received.selector;
    }
}
