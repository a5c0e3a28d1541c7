// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @notice OpenZeppelin's token with permits, which anyone may mint.
contract Erc20 is ERC20Burnable, ERC20Permit {
    constructor() ERC20("Test coin", "COIN") ERC20Permit("Test coin") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
