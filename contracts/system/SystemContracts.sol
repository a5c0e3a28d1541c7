// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {EraCall} from "./EraCall.sol";
import {
    IContractDeployer
} from "@matterlabs/zksync-contracts/contracts/system-contracts/interfaces/IContractDeployer.sol";
import {INonceHolder} from "@matterlabs/zksync-contracts/contracts/system-contracts/interfaces/INonceHolder.sol";

/// @title System contracts that accounts talk to
library SystemContracts {
    /// @dev Formal address of the bootloader.
    address private constant BOOTLOADER = address(0x8001);

    /// @dev Contract that keeps the nonces of all accounts.
    address private constant NONCE_HOLDER = address(0x8003);

    /// @dev Contract that deploys contracts.
    address private constant DEPLOYER = address(0x8006);

    /// @dev Highest address of precompiles and system contracts.
    uint160 private constant HIGHEST_SYSTEM_ADDRESS = 0xffff;

    /// @dev First word of the preimage of CREATE2 addresses.
    bytes32 private constant CREATE2_PREFIX = keccak256("zksyncCreate2");

    /// @notice Whether an address is the bootloader, from which all transactions come.
    /// @param caller The address.
    /// @return True if it is.
    function isBootloader(address caller) internal pure returns (bool) {
        return caller == BOOTLOADER;
    }

    /// @notice Whether an address belongs to the range of system contracts and precompiles.
    /// @param target The address.
    /// @return True if it does.
    function isSystemAddress(address target) internal pure returns (bool) {
        return uint160(target) <= HIGHEST_SYSTEM_ADDRESS;
    }

    /// @notice Marks a nonce of this account as used; reverts unless it is the next one of its key.
    /// @param nonce 192-bit nonce key followed by a 64-bit counter.
    function useNonce(uint256 nonce) internal {
        bytes4 selector = nonce >> 64 == 0
            ? INonceHolder.incrementMinNonceIfEquals.selector
            : INonceHolder.incrementMinNonceIfEqualsKeyed.selector;
        bytes memory data = abi.encodeWithSelector(selector, nonce);
        if (!EraCall.systemCall(NONCE_HOLDER, data)) EraCall.revertWithReturndata();
    }

    /// @notice Pays a fee to the bootloader.
    /// @param amount Fee in wei.
    /// @return success Whether the bootloader took it.
    function payBootloader(uint256 amount) internal returns (bool success) {
        address bootloader = BOOTLOADER;
        assembly ("memory-safe") {
            success := call(gas(), bootloader, amount, 0, 0, 0, 0)
        }
    }

    /// @notice Whether a call deploys a contract and hence needs the system flag.
    /// @dev The deployer's other functions change how the account itself works and stay out of reach.
    /// @param target Callee.
    /// @param data Calldata.
    /// @return True if it does.
    function isDeployment(address target, bytes calldata data) internal pure returns (bool) {
        if (target != DEPLOYER || data.length < 4) return false;
        bytes4 selector = bytes4(data[:4]);
        return selector == IContractDeployer.create.selector || selector == IContractDeployer.create2.selector
            || selector == IContractDeployer.createAccount.selector
            || selector == IContractDeployer.create2Account.selector;
    }

    /// @notice Deploys an account contract with CREATE2.
    /// @param salt Salt.
    /// @param codeHash EraVM bytecode hash, known to the chain.
    /// @param input Constructor input.
    /// @return success Whether it was deployed.
    function create2Account(bytes32 salt, bytes32 codeHash, bytes memory input) internal returns (bool success) {
        bytes memory data = abi.encodeCall(
            IContractDeployer.create2Account,
            (salt, codeHash, input, IContractDeployer.AccountAbstractionVersion.Version1)
        );
        return EraCall.systemCall(DEPLOYER, data);
    }

    /// @notice Address that {create2Account} gives.
    /// @param deployer Contract that deploys.
    /// @param salt Salt.
    /// @param codeHash EraVM bytecode hash.
    /// @param input Constructor input.
    /// @return The address.
    function create2Address(address deployer, bytes32 salt, bytes32 codeHash, bytes memory input)
        internal
        pure
        returns (address)
    {
        bytes32 hash = keccak256(
            abi.encode(CREATE2_PREFIX, bytes32(uint256(uint160(deployer))), salt, codeHash, keccak256(input))
        );
        return address(uint160(uint256(hash)));
    }

    /// @notice EraVM bytecode hash inside a contract's creation code.
    /// @dev On EraVM `type(C).creationCode` is the head of a deployer call: selector, salt, then the hash at byte 36.
    /// @param creationCode `type(C).creationCode`.
    /// @return hash The hash.
    function bytecodeHash(bytes memory creationCode) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            hash := mload(add(creationCode, 68))
        }
    }
}
