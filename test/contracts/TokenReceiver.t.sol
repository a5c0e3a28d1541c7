// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

import {AccountFixture} from "./support/AccountFixture.sol";

/// @title Collectibles that anybody may mint
contract TestCollectible is ERC721("Test", "TEST") {
    function mint(address to, uint256 id) external {
        _safeMint(to, id);
    }
}

/// @title Tokens of several kinds that anybody may mint
contract TestMultiToken is ERC1155("") {
    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "data");
    }

    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts) external {
        _mintBatch(to, ids, amounts, "data");
    }
}

contract TokenReceiverTest is AccountFixture {
    /// @notice F-26: safe transfers of either kind of token arrive, and write nothing in the account.
    function test_receivesTokens() public {
        TestCollectible collectible = new TestCollectible();
        TestMultiToken multiToken = new TestMultiToken();
        uint256[] memory two = new uint256[](2);
        (two[0], two[1]) = (3, 4);
        vm.record();
        collectible.mint(address(account), 1);
        multiToken.mint(address(account), 2, 10);
        multiToken.mintBatch(address(account), two, two);
        (, bytes32[] memory writes) = vm.accesses(address(account));
        assertEq(writes.length, 0);
        assertEq(collectible.ownerOf(1), address(account));
        assertEq(multiToken.balanceOf(address(account), 2), 10);
        assertEq(multiToken.balanceOf(address(account), 4), 4);
    }

    /// @notice F-26: tokens that the account sends to itself in a batch arrive, too.
    function test_receivesTokensFromItself() public {
        TestCollectible collectible = new TestCollectible();
        collectible.mint(address(account), 1);
        bytes memory data =
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", address(account), address(account), 1);
        transact(abi.encodeCall(account.execute, (SINGLE, abi.encodePacked(collectible, uint256(0), data))));
        assertEq(collectible.ownerOf(1), address(account));
    }

    function test_receivesTheBaseToken() public {
        (bool success,) = address(account).call{value: 5, gas: 10_000}("");
        assertTrue(success, "transfer");
        assertEq(address(account).balance, 5);
    }
}
