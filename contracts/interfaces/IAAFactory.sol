// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Account factory
/// @notice Deploys accounts at addresses that commit to their first modules and owners, for anybody who asks.
/// @dev The factory has no owner and no setting. An address is the CREATE2 address of {AccountProxy} with
/// - salt `keccak256(abi.encode(uint256 index, keccak256(abi.encode(bytes[] modules, address[] owners))))`,
/// - constructor argument `abi.encode(address accountImplementation)`,
/// so whoever deploys first creates the very account its user asked for. Deploying an existing account is no error.
interface IAAFactory {
    /// @notice An account was created, or linked to the id of its deployer.
    /// @param accountAddress The account.
    /// @param uniqueAccountId `keccak256(abi.encodePacked(bytes32 uniqueId, address deployer))` for
    /// {deployProxySsoAccount}, the salt for {deployAccount}.
    event AccountCreated(address indexed accountAddress, bytes32 uniqueAccountId);

    /// @notice The implementation is zero.
    error FactoryZeroImplementation();

    /// @notice The caller used the id for another account.
    /// @param account That account.
    error FactoryAccountIdTaken(address account);

    /// @notice The system's deployer refused to create the account; its proxy's bytecode may be unknown to the chain.
    error FactoryDeploymentFailed();

    /// @notice The value sent along could not be passed on to the account.
    error FactoryValueTransferFailed();

    /// @notice Deploys an account, or finds it deployed already.
    /// @dev Value sent along ends up in the account. Reverts if the account refuses the modules or owners, for instance
    /// because nobody could sign for it.
    /// @param modules Modules, each `abi.encode(address module, bytes initData)`; see {IUpgradeableAccount-initialize}.
    /// @param owners secp256k1 owners.
    /// @param index Distinguishes accounts with the same modules and owners.
    /// @return account The account.
    function deployAccount(bytes[] calldata modules, address[] calldata owners, uint256 index)
        external
        payable
        returns (address account);

    /// @notice Deploys an account and remembers it under the caller's id.
    /// @dev Same as {deployAccount} with `index = uint256(uniqueId)`. Reverts if the caller used the id for another account.
    /// @param uniqueId Id chosen by the caller.
    /// @param initialValidators Modules, each `abi.encode(address module, bytes initData)`.
    /// @param initialK1Owners secp256k1 owners.
    /// @return accountAddress The account.
    function deployProxySsoAccount(
        bytes32 uniqueId,
        bytes[] calldata initialValidators,
        address[] calldata initialK1Owners
    ) external payable returns (address accountAddress);

    /// @notice Address that {deployAccount} gives.
    /// @param modules Modules.
    /// @param owners secp256k1 owners.
    /// @param index Distinguishes accounts with the same modules and owners.
    /// @return Address of the account, deployed or not.
    function getAddress(bytes[] calldata modules, address[] calldata owners, uint256 index)
        external
        view
        returns (address);

    /// @notice Account deployed by {deployProxySsoAccount} under an id.
    /// @param uniqueAccountId `keccak256(abi.encodePacked(bytes32 uniqueId, address deployer))`.
    /// @return The account, or zero.
    function accountMappings(bytes32 uniqueAccountId) external view returns (address);

    /// @notice Implementation that new accounts start with.
    /// @return Its address.
    function accountImplementation() external view returns (address);

    /// @notice EraVM bytecode hash of the account proxy, needed to predict addresses off chain.
    /// @return The hash.
    function proxyBytecodeHash() external view returns (bytes32);
}
