// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../../contracts/interfaces/IERC7579Account.sol";

/// @title Contract that an account calls
contract Target {
    /// @notice The call was told to fail.
    error Failed(uint256 code);

    uint256 public number;
    address public lastSender;
    uint256 public lastValue;

    receive() external payable {}

    function set(uint256 value) external payable returns (uint256) {
        (number, lastSender, lastValue) = (value, msg.sender, msg.value);
        return value + 1;
    }

    function fail(uint256 code) external payable {
        revert Failed(code);
    }

    function failAtLength(uint256 length) external payable {
        assembly {
            let blob := mload(64)
            for { let i := 0 } lt(i, length) { i := add(i, 32) } { mstore(add(blob, i), add(i, 1)) }
            revert(blob, length)
        }
    }

    function answerAtLength(uint256 length) external payable {
        assembly {
            return(mload(64), length)
        }
    }
}

/// @title Fallback handler that tells what it was called with
contract HandlerStub {
    /// @notice The handler was told to fail.
    error HandlerFailed();

    /// @notice What an account says about functions it does not have.
    error AccountUnknownFunction(bytes4 selector);

    uint256 public writes;
    bytes public lastInit;
    bytes public lastDeInit;
    uint256 public mode;

    function onInstall(bytes calldata data) external {
        lastInit = data;
    }

    function onUninstall(bytes calldata data) external {
        if (mode == 1) revert HandlerFailed();
        lastDeInit = data;
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 3;
    }

    function setMode(uint256 value) external {
        mode = value;
    }

    receive() external payable {}

    /// @dev Echoes sender, value and calldata; mode 2 writes, mode 1 fails, mode 3 pretends not to be there.
    fallback() external payable {
        if (mode == 1) revert HandlerFailed();
        if (mode == 2) ++writes;
        if (mode == 3) revert AccountUnknownFunction(msg.sig);
        bytes memory echo = abi.encode(msg.sender, msg.value, msg.data);
        assembly {
            return(add(echo, 32), mload(echo))
        }
    }
}
