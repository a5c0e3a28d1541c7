// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Cheat codes of forge that the tests use
interface Vm {
    /// @notice A recorded event.
    /// @param topics Its topics.
    /// @param data Its data.
    /// @param emitter Who emitted it.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @notice Makes the next call come from an address.
    function prank(address caller) external;

    /// @notice Makes all calls come from an address, until stopped.
    function startPrank(address caller) external;

    /// @notice Ends {startPrank}.
    function stopPrank() external;

    /// @notice Expects the next call to revert with exactly these data.
    function expectRevert(bytes calldata data) external;

    /// @notice Expects the next call to revert with an error, whatever its arguments.
    function expectPartialRevert(bytes4 selector) external;

    /// @notice Sets the block's time.
    function warp(uint256 timestamp) external;

    /// @notice Sets the chain id.
    function chainId(uint256 id) external;

    /// @notice Sets the code of an address.
    function etch(address target, bytes calldata code) external;

    /// @notice Deploys a contract from its artifact, named by source file and contract.
    function deployCode(string calldata artifact) external returns (address);

    /// @notice Answers a call instead of its target.
    function mockCall(address target, bytes calldata data, bytes calldata answer) external;

    /// @notice Writes storage.
    function store(address target, bytes32 slot, bytes32 value) external;

    /// @notice Starts to record storage accesses.
    function record() external;

    /// @notice Storage accesses of a contract since {record}.
    function accesses(address target) external view returns (bytes32[] memory reads, bytes32[] memory writes);

    /// @notice Starts to record events.
    function recordLogs() external;

    /// @notice Events since {recordLogs}.
    function getRecordedLogs() external returns (Log[] memory);

    /// @notice Reads storage.
    function load(address target, bytes32 slot) external view returns (bytes32);

    /// @notice Address of a secp256k1 key.
    function addr(uint256 privateKey) external pure returns (address);

    /// @notice Signs with a secp256k1 key.
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    /// @notice Signs with a P-256 key.
    function signP256(uint256 privateKey, bytes32 digest) external pure returns (bytes32 r, bytes32 s);

    /// @notice Public key of a P-256 key.
    function publicKeyP256(uint256 privateKey) external pure returns (uint256 x, uint256 y);

    /// @notice Encodes bytes as base64url.
    function toBase64URL(bytes calldata data) external pure returns (string memory);

    /// @notice Reads a file of the project, where `foundry.toml` allows it.
    function readFile(string calldata path) external view returns (string memory);

    /// @notice Reads an address from JSON.
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);

    /// @notice Reads a word from JSON.
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);

    /// @notice Reads a number from JSON.
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);

    /// @notice Reads an array of structs from JSON, given the type in the manner of EIP-712; returns its encoding.
    function parseJsonTypeArray(string calldata json, string calldata key, string calldata typeDescription)
        external
        pure
        returns (bytes memory);

    /// @notice Discards a fuzz input.
    function assume(bool condition) external pure;
}
