//! `ERC7579Account`: the modular smart account.

alloy::sol! {
    #![sol(all_derives)]

    /// Execution, module configuration and account information as ERC-7579 defines them.
    ///
    /// An execution mode is one word: call type (1 byte: 0x00 single, 0x01 batch), execution type (1 byte: 0x00 reverts on
    /// failure, 0x01 tries), four unused bytes, four bytes of mode selector and 22 bytes of payload. Everything after the first
    /// two bytes must be zero here. Single calldata is `abi.encodePacked(target, value, callData)`, batch calldata is
    /// `abi.encode(Execution[])`.
    #[sol(rpc, abi)]
    interface ERC7579Account {
        /// One call of an ERC-7579 batch.
        ///
        /// - `target`: Contract or recipient.
        /// - `value`: Base token sent, in wei.
        /// - `callData`: Calldata.
        struct Execution {
            address target;
            uint256 value;
            bytes callData;
        }

        /// One call of {IBatchCaller-batchCall}.
        ///
        /// - `target`: Contract or recipient.
        /// - `allowFailure`: Whether the batch goes on when this call fails.
        /// - `value`: Base token sent, in wei.
        /// - `callData`: Calldata.
        struct Call {
            address target;
            bool allowFailure;
            uint256 value;
            bytes callData;
        }

        /// A ZKsync Era transaction as the bootloader hands it to an account.
        ///
        /// Field order and types are fixed by the bootloader. Addresses travel as whole words, so whoever narrows one must
        /// check its upper 96 bits.
        ///
        /// - `txType`: Transaction type; 113 (0x71) is the only one a contract account may send.
        /// - `from`: Sending account.
        /// - `to`: Target of the call.
        /// - `gasLimit`: Highest amount of gas the transaction may use.
        /// - `gasPerPubdataByteLimit`: Highest price of one byte of pubdata, in gas.
        /// - `maxFeePerGas`: Highest price of one unit of gas, in wei.
        /// - `maxPriorityFeePerGas`: Highest tip per unit of gas, in wei.
        /// - `paymaster`: Contract that pays the fee, or zero when the account pays.
        /// - `nonce`: 192-bit nonce key followed by a 64-bit counter.
        /// - `value`: Base token sent along with the call, in wei.
        /// - `reserved`: Reserved by the protocol; not covered by the signed hash.
        /// - `data`: Calldata of the call.
        /// - `signature`: Account-specific signature; see {INativeAccount-validateTransaction}.
        /// - `factoryDeps`: Hashes of the bytecodes published with the transaction.
        /// - `paymasterInput`: Input of the paymaster flow.
        /// - `reservedDynamic`: Reserved by the protocol; must be empty.
        struct Transaction {
            uint256 txType;
            uint256 from;
            uint256 to;
            uint256 gasLimit;
            uint256 gasPerPubdataByteLimit;
            uint256 maxFeePerGas;
            uint256 maxPriorityFeePerGas;
            uint256 paymaster;
            uint256 nonce;
            uint256 value;
            uint256[4] reserved;
            bytes data;
            bytes signature;
            bytes32[] factoryDeps;
            bytes paymasterInput;
            bytes reservedDynamic;
        }

        /// A module was installed.
        ///
        /// - `moduleTypeId`: ERC-7579 type of the module.
        /// - `module`: The module.
        event ModuleInstalled(uint256 moduleTypeId, address module);

        /// A module was uninstalled.
        ///
        /// - `moduleTypeId`: ERC-7579 type of the module.
        /// - `module`: The module.
        event ModuleUninstalled(uint256 moduleTypeId, address module);

        /// A call of an execution that tolerates failures failed.
        ///
        /// - `index`: Position of the call in its batch; zero for a single call.
        /// - `returnData`: Revert data of the call.
        event TryExecuteUnsuccessful(uint256 index, bytes returnData);

        /// The execution mode is not supported.
        ///
        /// - `mode`: The mode.
        error AccountUnsupportedExecutionMode(bytes32 mode);

        /// The calldata of an execution is not encoded as its mode demands.
        error AccountInvalidExecutionCalldata();

        /// The module type is not supported.
        ///
        /// - `moduleTypeId`: The type.
        error AccountUnsupportedModuleType(uint256 moduleTypeId);

        /// The address is not a module of the type.
        ///
        /// - `moduleTypeId`: The type.
        /// - `module`: The address.
        error AccountModuleTypeMismatch(uint256 moduleTypeId, address module);

        /// The module is already installed, as this or another type.
        ///
        /// - `module`: The module.
        error AccountModuleAlreadyInstalled(address module);

        /// The module is not installed as the type.
        ///
        /// - `moduleTypeId`: The type.
        /// - `module`: The module.
        error AccountModuleNotInstalled(uint256 moduleTypeId, address module);

        /// Executes calls on behalf of the account.
        ///
        /// Reverts if the caller is not the account itself, if the mode is not supported, and, unless the mode tolerates
        /// failures, if a call fails.
        ///
        /// - `mode`: Execution mode.
        /// - `executionCalldata`: The calls.
        function execute(bytes32 mode, bytes executionCalldata) external payable;

        /// Executes calls on behalf of an executor module.
        ///
        /// Reverts if the caller is not an installed executor, otherwise as {execute}.
        ///
        /// - `mode`: Execution mode.
        /// - `executionCalldata`: The calls.
        /// - returns returnData What each call returned; the revert data for a tolerated failure.
        function executeFromExecutor(bytes32 mode, bytes executionCalldata)
            external
            payable
            returns (bytes[] returnData);

        /// Installs a module.
        ///
        /// Reverts if the caller is not the account itself, if the type is not supported, if the module is not of the type or
        /// is installed already, and with the module's own error when its `onInstall` reverts.
        ///
        /// - `moduleTypeId`: ERC-7579 type of the module.
        /// - `module`: The module.
        /// - `initData`: Handed to `onInstall`.
        function installModule(uint256 moduleTypeId, address module, bytes initData) external payable;

        /// Uninstalls a module.
        ///
        /// Reverts if the caller is not the account itself, if the module is not installed as the type, if nothing else could
        /// sign for the account afterwards, and with the module's own error when its `onUninstall` reverts.
        ///
        /// - `moduleTypeId`: ERC-7579 type of the module.
        /// - `module`: The module.
        /// - `deInitData`: Handed to `onUninstall`.
        function uninstallModule(uint256 moduleTypeId, address module, bytes deInitData) external payable;

        /// Whether a module is installed.
        ///
        /// - `moduleTypeId`: ERC-7579 type.
        /// - `module`: The module.
        /// - `additionalContext`: Not used by the supported types.
        /// - returns True if the module is installed as this type.
        function isModuleInstalled(uint256 moduleTypeId, address module, bytes additionalContext)
            external
            view
            returns (bool);

        /// Whether {execute} supports a mode.
        ///
        /// - `mode`: Execution mode.
        /// - returns True if it does.
        function supportsExecutionMode(bytes32 mode) external view returns (bool);

        /// Whether modules of a type can be installed.
        ///
        /// - `moduleTypeId`: ERC-7579 type.
        /// - returns True if they can.
        function supportsModule(uint256 moduleTypeId) external view returns (bool);

        /// Names the account implementation.
        ///
        /// - returns `vendor.account.version`.
        function accountId() external view returns (string);

        /// ERC-1271: whether a signature by the account's owners or root validators is valid for a hash.
        ///
        /// The hash that is signed is not `hash` but an ERC-7739 hash bound to this account and chain. Never reverts because
        /// of the signature's content.
        ///
        /// - `hash`: Hash that the asking contract wants signed.
        /// - `signature`: 65 bytes of ECDSA, or `abi.encode(bytes signature, address validator)`, in the ERC-7739 layout.
        /// - returns magic `0x1626ba7e` if valid, else `0xffffffff`.
        function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4 magic);

        /// The caller is not the bootloader.
        ///
        /// - `caller`: Who called.
        error AccountNotFromBootloader(address caller);

        /// The account cannot pay for the transaction.
        ///
        /// - `required`: Fee (without a paymaster) plus value, in wei.
        /// - `available`: Balance, in wei.
        error AccountInsufficientFunds(uint256 required, uint256 available);

        /// The bootloader did not accept the fee.
        error AccountFeePaymentFailed();

        /// A word that should be an address has bits above the lowest 160.
        ///
        /// - `word`: The word.
        error AccountInvalidAddress(uint256 word);

        /// The value does not fit the 128 bits that the VM can transfer.
        ///
        /// - `value`: The value, in wei.
        error AccountValueTooLarge(uint256 value);

        /// The paymaster input is too short, or names an unknown flow.
        ///
        /// - `paymasterInput`: The input.
        error AccountInvalidPaymasterInput(bytes paymasterInput);

        /// The token of an approval-based paymaster refused the approval.
        ///
        /// - `token`: The token.
        error AccountApprovalFailed(address token);

        /// A transaction that does not come through the bootloader is not a signed type-113 transaction of this account,
        /// or was sent with another value than it states.
        error AccountInvalidOutsideTransaction();

        /// Validates a transaction and marks its nonce as used.
        ///
        /// The signature is either
        /// - 65 bytes `r ‖ s ‖ v`: ECDSA over the signed hash by one of the secp256k1 owners; or
        /// - `abi.encode(bytes signature, address validator, bytes validatorData)`: the named validator module decides.
        /// Reverts if the caller is not the bootloader, the nonce is not the next one, or the funds do not suffice. A signature
        /// that does not authorise the transaction is answered with zero; a validator may also revert to say why.
        ///
        /// - `txHash`: Hash by which explorers know the transaction; not used.
        /// - `suggestedSignedHash`: EIP-712 hash of the transaction as the bootloader computed it, or zero.
        /// - `transaction`: The transaction.
        /// - returns magic The selector of this function when the transaction is authorised, else zero.
        function validateTransaction(bytes32 txHash, bytes32 suggestedSignedHash, Transaction transaction)
            external
            payable
            returns (bytes4 magic);

        /// Performs the call of a validated transaction.
        ///
        /// Reverts if the caller is not the bootloader, with the call's own revert data if the call fails.
        ///
        /// - `txHash`: Hash by which explorers know the transaction; not used.
        /// - `suggestedSignedHash`: EIP-712 hash of the transaction; not used.
        /// - `transaction`: The transaction.
        function executeTransaction(bytes32 txHash, bytes32 suggestedSignedHash, Transaction transaction)
            external
            payable;

        /// Validates and performs a signed transaction that anybody, for instance a message from L1, brings along.
        ///
        /// The nonce is used up and no fee is paid. The value comes from the account's balance when none is sent along.
        /// Reverts with {AccountInvalidOutsideTransaction} unless the type is 113, `from` is this account and the value sent is
        /// zero or the transaction's, and whenever {validateTransaction} would not accept the signature.
        ///
        /// - `transaction`: The transaction.
        function executeTransactionFromOutside(Transaction transaction) external payable;

        /// Pays the fee, `maxFeePerGas * gasLimit`, to the bootloader.
        ///
        /// Reverts if the caller is not the bootloader or the payment fails.
        ///
        /// - `txHash`: Hash by which explorers know the transaction; not used.
        /// - `suggestedSignedHash`: EIP-712 hash of the transaction; not used.
        /// - `transaction`: The transaction.
        function payForTransaction(bytes32 txHash, bytes32 suggestedSignedHash, Transaction transaction)
            external
            payable;

        /// Prepares for the paymaster: in the approval-based flow raises its token allowance to the minimum it asks for.
        ///
        /// Reverts if the caller is not the bootloader or the input names no known flow.
        ///
        /// - `txHash`: Hash by which explorers know the transaction; not used.
        /// - `suggestedSignedHash`: EIP-712 hash of the transaction; not used.
        /// - `transaction`: The transaction.
        function prepareForPaymaster(bytes32 txHash, bytes32 suggestedSignedHash, Transaction transaction)
            external
            payable;

        /// The implementation of the account changed.
        ///
        /// - `implementation`: The new implementation.
        event Upgraded(address indexed implementation);

        /// The account has been initialised before, or is a bare implementation, which never can be.
        error AccountAlreadyInitialized();

        /// The caller is not the account itself.
        ///
        /// - `caller`: Who called.
        error AccountNotFromSelf(address caller);

        /// The address is not an implementation of this account: no code, or not reporting the native account interface.
        ///
        /// - `implementation`: The address.
        error AccountInvalidImplementation(address implementation);

        /// Sets the first modules and owners. The factory calls it in the transaction that creates the account.
        ///
        /// Each item of `modules` is `abi.encode(address module, bytes initData)`; a module is installed as a validator if it
        /// is one, else as an executor. Reverts if called again, if an item or owner is refused, and if nobody can sign for the
        /// account in the end.
        ///
        /// - `modules`: Modules, installed in order.
        /// - `owners`: secp256k1 owners.
        function initialize(bytes[] modules, address[] owners) external;

        /// Replaces the implementation behind this account's proxy. Storage is kept.
        ///
        /// Reverts if the caller is not the account itself, or if the address is not an account implementation.
        ///
        /// - `implementation`: The new implementation.
        function upgradeTo(address implementation) external;

        /// Address of the code behind this account's proxy.
        ///
        /// - returns Address of the implementation.
        function implementation() external view returns (address);

        /// An owner was added.
        ///
        /// - `owner`: The owner.
        event K1OwnerAdded(address indexed owner);

        /// An owner was removed.
        ///
        /// - `owner`: The owner.
        event K1OwnerRemoved(address indexed owner);

        /// The address cannot be an owner: zero, one or the account itself.
        ///
        /// - `owner`: The address.
        error AccountInvalidOwner(address owner);

        /// The address is an owner already.
        ///
        /// - `owner`: The address.
        error AccountOwnerAlreadyExists(address owner);

        /// The address is not an owner.
        ///
        /// - `owner`: The address.
        error AccountOwnerNotFound(address owner);

        /// Adds an owner.
        ///
        /// Reverts if the caller is not the account itself, or if the address is an owner already or can never be one.
        ///
        /// - `owner`: The new owner.
        function addK1Owner(address owner) external;

        /// Removes an owner.
        ///
        /// Reverts if the caller is not the account itself, if the address is not an owner, or if nobody else could sign for
        /// the account afterwards.
        ///
        /// - `owner`: The owner.
        function removeK1Owner(address owner) external;

        /// Whether an address is an owner.
        ///
        /// - `owner`: The address.
        /// - returns True if it is.
        function isK1Owner(address owner) external view returns (bool);

        /// Lists all owners, newest first.
        ///
        /// - returns owners The owners.
        function listK1Owners() external view returns (address[] owners);

        /// A call that was allowed to fail failed.
        ///
        /// - `index`: Position of the call.
        /// - `revertData`: What it reverted with.
        event BatchCallFailure(uint256 indexed index, bytes revertData);

        /// The values of the calls do not add up to the value sent.
        ///
        /// - `actual`: Value sent, in wei.
        /// - `expected`: Sum over the calls, in wei.
        error AccountBatchValueMismatch(uint256 actual, uint256 expected);

        /// Makes calls in order.
        ///
        /// Reverts if the caller is not the account itself, with the revert data of the first failing call that may not fail,
        /// and if the values do not add up to the value sent. The value of a tolerated failing call stays in the account.
        ///
        /// - `calls`: The calls.
        function batchCall(Call[] calls) external payable;

        /// The change would leave nobody who can sign for the account.
        error AccountWithoutRootSigner();

        /// Whether an address is an installed module of any type.
        ///
        /// Session validators ask this before letting a session key reach a target.
        ///
        /// - `module`: The address.
        /// - returns True if it is.
        function isModule(address module) external view returns (bool);

        /// Whether somebody can sign for anything the account may do: a secp256k1 owner, or an installed validator whose
        /// `hasRootSigner` says so.
        ///
        /// - returns True if somebody can.
        function hasRootSigner() external view returns (bool);

        /// Lists installed modules of a type, newest first.
        ///
        /// - `moduleTypeId`: ERC-7579 type.
        /// - `start`: Module to continue after, or zero for the beginning.
        /// - `limit`: Highest number of modules returned.
        /// - returns modules The modules.
        /// - returns next What to pass as `start` for the next page, or zero if this was the last one.
        function listModules(uint256 moduleTypeId, address start, uint256 limit)
            external
            view
            returns (address[] modules, address next);
    }
}
