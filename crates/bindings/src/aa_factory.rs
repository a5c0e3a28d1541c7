//! `AAFactory`: deploys accounts.

alloy::sol! {
    #![sol(all_derives)]

    /// Deploys accounts at addresses that commit to their first modules and owners, for anybody who asks.
    ///
    /// The factory has no owner and no setting. An address is the CREATE2 address of {AccountProxy} with
    /// - salt `keccak256(abi.encode(uint256 index, keccak256(abi.encode(bytes[] modules, address[] owners))))`,
    /// - constructor argument `abi.encode(address accountImplementation)`,
    /// so whoever deploys first creates the very account its user asked for. Deploying an existing account is no error.
    #[sol(rpc, abi)]
    interface AAFactory {
        /// An account was created, or linked to the id of its deployer.
        ///
        /// - `accountAddress`: The account.
        /// - `uniqueAccountId`: `keccak256(abi.encodePacked(bytes32 uniqueId, address deployer))` for
        ///   {deployProxySsoAccount}, the salt for {deployAccount}.
        event AccountCreated(address indexed accountAddress, bytes32 uniqueAccountId);

        /// The implementation is zero.
        error FactoryZeroImplementation();

        /// The caller used the id for another account.
        ///
        /// - `account`: That account.
        error FactoryAccountIdTaken(address account);

        /// The system's deployer refused to create the account; its proxy's bytecode may be unknown to the chain.
        error FactoryDeploymentFailed();

        /// The value sent along could not be passed on to the account.
        error FactoryValueTransferFailed();

        /// Deploys an account, or finds it deployed already.
        ///
        /// Value sent along ends up in the account. Reverts if the account refuses the modules or owners, for instance
        /// because nobody could sign for it.
        ///
        /// - `modules`: Modules, each `abi.encode(address module, bytes initData)`; see {IUpgradeableAccount-initialize}.
        /// - `owners`: secp256k1 owners.
        /// - `index`: Distinguishes accounts with the same modules and owners.
        /// - returns account The account.
        function deployAccount(bytes[] modules, address[] owners, uint256 index)
            external
            payable
            returns (address account);

        /// Deploys an account and remembers it under the caller's id.
        ///
        /// Same as {deployAccount} with `index = uint256(uniqueId)`. Reverts if the caller used the id for another account.
        ///
        /// - `uniqueId`: Id chosen by the caller.
        /// - `initialValidators`: Modules, each `abi.encode(address module, bytes initData)`.
        /// - `initialK1Owners`: secp256k1 owners.
        /// - returns accountAddress The account.
        function deployProxySsoAccount(
            bytes32 uniqueId,
            bytes[] initialValidators,
            address[] initialK1Owners
        ) external payable returns (address accountAddress);

        /// Address that {deployAccount} gives.
        ///
        /// - `modules`: Modules.
        /// - `owners`: secp256k1 owners.
        /// - `index`: Distinguishes accounts with the same modules and owners.
        /// - returns Address of the account, deployed or not.
        function getAddress(bytes[] modules, address[] owners, uint256 index)
            external
            view
            returns (address);

        /// Account deployed by {deployProxySsoAccount} under an id.
        ///
        /// - `uniqueAccountId`: `keccak256(abi.encodePacked(bytes32 uniqueId, address deployer))`.
        /// - returns The account, or zero.
        function accountMappings(bytes32 uniqueAccountId) external view returns (address);

        /// Implementation that new accounts start with.
        ///
        /// - returns Its address.
        function accountImplementation() external view returns (address);

        /// EraVM bytecode hash of the account proxy, needed to predict addresses off chain.
        ///
        /// - returns The hash.
        function proxyBytecodeHash() external view returns (bytes32);
    }
}
