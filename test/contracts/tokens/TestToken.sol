// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Token that anybody may mint
contract TestToken is ERC20 {
    /// @notice Creates the token without supply.
    constructor() ERC20("Test token", "TEST") {}

    /// @notice Mints tokens.
    /// @param to Who gets them.
    /// @param amount How many, in the smallest unit.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
