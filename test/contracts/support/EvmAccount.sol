// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {AccountPlatform} from "../../../contracts/account/AccountPlatform.sol";
import {ERC7579Account} from "../../../contracts/account/ERC7579Account.sol";

/// @title Nonces as EraVM's nonce holder keeps them
contract NonceHolderStub {
    /// @notice The nonce is not the next one of its key.
    error WrongNonce(address account, uint256 nonce);

    mapping(address account => mapping(uint256 key => uint256 counter)) public next;

    function use(uint256 nonce) external {
        uint256 key = nonce >> 64;
        if (uint64(nonce) != next[msg.sender][key]) revert WrongNonce(msg.sender, nonce);
        ++next[msg.sender][key];
    }
}

/// @title The account with those three operations replaced that only EraVM has
contract EvmAccount is ERC7579Account {
    address internal constant NONCE_HOLDER = address(0x8003);

    /// @inheritdoc AccountPlatform
    function _callByPointer(address target, uint256 value, bytes calldata data)
        internal
        override
        returns (bool success)
    {
        assembly ("memory-safe") {
            let copy := mload(64)
            calldatacopy(copy, data.offset, data.length)
            success := call(gas(), target, value, copy, data.length, 0, 0)
        }
    }

    /// @inheritdoc AccountPlatform
    function _useNonce(uint256 nonce) internal override {
        NonceHolderStub(NONCE_HOLDER).use(nonce);
    }

    /// @inheritdoc AccountPlatform
    function _revertWithReturndata() internal pure override {
        assembly ("memory-safe") {
            returndatacopy(0, 0, returndatasize())
            revert(0, returndatasize())
        }
    }
}
