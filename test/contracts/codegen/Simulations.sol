// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {EfficientCall} from "@matterlabs/zksync-contracts/contracts/system-contracts/libraries/EfficientCall.sol";
import {
    SystemContractHelper
} from "@matterlabs/zksync-contracts/contracts/system-contracts/libraries/SystemContractHelper.sol";
import {
    SystemContractsCaller
} from "@matterlabs/zksync-contracts/contracts/system-contracts/libraries/SystemContractsCaller.sol";

/// @notice Uses the call simulations through the libraries people use them through, and a few directly.
contract Simulations {
    event Called(address sender, uint256 value, bytes data);

    constructor() payable {}

    fallback(bytes calldata data) external payable returns (bytes memory) {
        if (data.length % 32 == 7) revert("seven");
        return abi.encode(msg.sender, msg.value, data);
    }

    receive() external payable {}

    function codeAddress() external view returns (address) {
        return SystemContractHelper.getCodeAddress();
    }

    function codeAddressBehind(address implementation) external returns (bytes memory) {
        (bool success, bytes memory data) = implementation.delegatecall(abi.encodeCall(this.codeAddress, ()));
        require(success);
        return data;
    }

    function flags(bytes calldata) external view returns (uint256 flags_, bool system, uint256 pointer, uint256 extra) {
        flags_ = SystemContractHelper.getCallFlags();
        system = SystemContractHelper.isSystemCall();
        pointer = SystemContractHelper.getCalldataPtr();
        extra = SystemContractHelper.getExtraAbiData(0);
    }

    function heapSize(uint256 grow) external view returns (uint256 before, uint256 after_) {
        before = SystemContractHelper.getHeapSizeFromMeta(SystemContractHelper.getZkSyncMetaBytes());
        assembly ("memory-safe") {
            mstore(grow, 1)
        }
        after_ = SystemContractHelper.getHeapSizeFromMeta(SystemContractHelper.getZkSyncMetaBytes());
    }

    function keccak(bytes calldata data) external view returns (bytes32) {
        return EfficientCall.keccak(data);
    }

    function sha(bytes calldata data) external view returns (bytes32) {
        return EfficientCall.sha(data);
    }

    function forward(address to, bytes calldata data) external payable returns (bytes memory) {
        return EfficientCall.call(gasleft(), to, msg.value, data, false);
    }

    function forwardStatic(address to, bytes calldata data) external view returns (bytes memory) {
        return EfficientCall.staticCall(gasleft(), to, data);
    }

    function forwardDelegate(address to, bytes calldata data) external returns (bytes memory) {
        return EfficientCall.delegateCall(gasleft(), to, data);
    }

    function rawStatus(address to, bytes calldata data) external returns (bool success, uint256 size) {
        success = EfficientCall.rawCall(gasleft(), to, 0, data, false);
        assembly ("memory-safe") {
            size := returndatasize()
        }
    }

    /// @notice Asks the nonce holder, which answers system calls only.
    function incrementNonce() external returns (bool plain, bool system, uint256 size) {
        address holder = address(0x8003);
        bytes memory data = abi.encodeWithSignature("incrementMinNonceIfEquals(uint256)", 0);
        (plain,) = holder.call(data);
        (bool success, bytes memory out) =
            SystemContractsCaller.systemCallWithReturndata(uint32(gasleft()), holder, 0, data);
        (system, size) = (success, out.length);
    }

    /// @notice Deploys through a system call with value.
    function deploy(bytes32 hash, bytes calldata input) external payable returns (address made) {
        bytes memory data = abi.encodeWithSignature("create(bytes32,bytes32,bytes)", bytes32(0), hash, input);
        bytes memory out = SystemContractsCaller.systemCallWithPropagatedRevert(
            uint32(gasleft()), address(0x8006), uint128(msg.value), data
        );
        made = abi.decode(out, (address));
    }

    function multiplyHigh(uint256 a, uint256 b) external view returns (uint256 high) {
        assembly ("memory-safe") {
            high := staticcall(a, 0xFFE6, b, 0xFFFF, 0, 0)
        }
    }

    /// @notice The calldata from `skip` to `drop` before its end, read through the active pointer.
    function window(uint32 skip, uint32 drop, uint256 at, bytes calldata)
        external
        view
        returns (uint256 size, uint256 first, bytes memory copy)
    {
        SystemContractHelper.loadCalldataIntoActivePtr();
        SystemContractHelper.ptrAddIntoActive(skip);
        SystemContractHelper.ptrShrinkIntoActive(drop);
        assembly ("memory-safe") {
            size := staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)
            first := staticcall(at, 0xFFE4, 0, 0xFFFF, 0, 0)
            copy := mload(0x40)
            mstore(copy, 96)
            mstore(0x40, add(copy, 128))
            pop(staticcall(add(copy, 32), 0xFFE3, at, 0xFFFF, 96, 0))
        }
    }

    /// @notice Returns the calldata of this very call without copying it: allowed is only what came from elsewhere, so it is
    /// first sent through another contract.
    function forwardReturn(address to, bytes calldata data, bool fail) external {
        require(EfficientCall.rawCall(gasleft(), to, 0, data, false));
        assembly ("memory-safe") {
            pop(staticcall(0, 0xFFEA, 0, 0xFFFF, 0, 0))
            pop(staticcall(shl(224, 1), 0xFFE7, 0, 0xFFFF, 0, 0))
            if fail { pop(staticcall(0, 0xFFDA, 0, 0xFFFF, 0, 0)) }
            pop(staticcall(0, 0xFFDB, 0, 0xFFFF, 0, 0))
        }
    }
}
