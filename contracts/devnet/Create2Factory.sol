// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {EraCall} from "../system/EraCall.sol";

/// @title CREATE2 factory of the development chain
/// @notice Deploys contracts whose addresses do not depend on who asks, at the protocol's address 0x10000. Client libraries send their
/// CREATE2 deployments there.
contract Create2Factory {
    /// @dev Contract that deploys contracts.
    address private constant DEPLOYER = address(0x8006);

    /// @notice Deploys a contract.
    /// @dev Reverts as the deployer does.
    /// @return deployed Address of the contract.
    function create2(bytes32, bytes32, bytes calldata) external payable returns (address deployed) {
        return _deploy();
    }

    /// @notice Deploys an account.
    /// @dev Reverts as the deployer does.
    /// @return deployed Address of the account.
    function create2Account(bytes32, bytes32, bytes calldata, uint8) external payable returns (address deployed) {
        return _deploy();
    }

    /// @dev The deployer's functions have the same names and arguments, so that the calldata is passed on as it is.
    function _deploy() private returns (address deployed) {
        if (!EraCall.call(DEPLOYER, msg.value, msg.data, true)) EraCall.revertWithReturndata();
        assembly ("memory-safe") {
            returndatacopy(0, 0, 32)
            deployed := mload(0)
        }
    }
}
