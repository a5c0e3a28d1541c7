// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Module of all types that calls somebody whenever its account calls it
/// @notice Tries what it was prepared for, with the account in the middle of something, and remembers how that went.
contract Accomplice is IERC165 {
    address public target;
    bytes public data;
    uint256 public attempts;
    uint256 public successes;
    bytes public lastAnswer;

    function prepare(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    /// @dev With data, they are what is tried at once, on the account.
    function onInstall(bytes calldata data_) external {
        if (data_.length != 0) _try(msg.sender, data_);
    }

    function onUninstall(bytes calldata) external {
        if (target != address(0)) _try(target, data);
    }

    function preCheck(address, uint256, bytes calldata) external returns (bytes memory hookData) {
        if (target != address(0)) _try(target, data);
        return hookData;
    }

    function postCheck(bytes calldata) external {
        if (target != address(0)) _try(target, data);
    }

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }

    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function _try(address target_, bytes memory data_) private {
        bool success;
        (success, lastAnswer) = target_.call(data_);
        ++attempts;
        if (success) ++successes;
    }
}
