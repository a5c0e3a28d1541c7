// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IUpgradeableAccount} from "../interfaces/IUpgradeableAccount.sol";

/// @title Functions that only the account may call on itself
abstract contract SelfAuthorized {
    /// @dev Reverts if the caller is not the account.
    modifier onlySelf() {
        _requireSelf();
        _;
    }

    /// @dev Kept out of the modifier so that its code exists once.
    function _requireSelf() private view {
        if (msg.sender != address(this)) revert IUpgradeableAccount.AccountNotFromSelf(msg.sender);
    }
}
