// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @notice Solady's token, which anyone may mint.
contract SoladyErc20 is ERC20 {
    function name() public pure override returns (string memory) {
        return "Solady coin";
    }

    function symbol() public pure override returns (string memory) {
        return "SOL";
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function burn(uint256 amount) external {
        _burn(msg.sender, amount);
    }

    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}
