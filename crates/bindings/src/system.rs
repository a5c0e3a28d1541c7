//! System contracts of ZKsync Era that the suite talks to, as far as it talks to them.

use alloy::primitives::{Address, address};

/// Deploys contracts by bytecode hash.
pub const CONTRACT_DEPLOYER_ADDRESS: Address = address!("0000000000000000000000000000000000008006");
/// Keeps transaction and deployment nonces.
pub const NONCE_HOLDER_ADDRESS: Address = address!("0000000000000000000000000000000000008003");
/// Maps addresses to bytecode hashes.
pub const ACCOUNT_CODE_STORAGE_ADDRESS: Address =
    address!("0000000000000000000000000000000000008002");
/// Knows which bytecode hashes were published.
pub const KNOWN_CODES_STORAGE_ADDRESS: Address =
    address!("0000000000000000000000000000000000008004");
/// Collects fees and runs transactions.
pub const BOOTLOADER_ADDRESS: Address = address!("0000000000000000000000000000000000008001");
/// The base token, an ERC-20 without allowances.
pub const BASE_TOKEN_ADDRESS: Address = address!("000000000000000000000000000000000000800a");

alloy::sol! {
    #![sol(all_derives)]

    /// Deploys contracts by bytecode hash; the code itself travels as a factory dependency.
    #[sol(rpc, abi)]
    interface ContractDeployer {
        /// How an account is treated by the bootloader: 0 contract, 1 account.
        enum AccountAbstractionVersion {
            None,
            Version1
        }

        /// A contract was deployed.
        event ContractDeployed(
            address indexed deployerAddress,
            bytes32 indexed bytecodeHash,
            address indexed contractAddress
        );

        /// Deploys at an address derived from the sender's deployment nonce.
        function create(bytes32 salt, bytes32 bytecodeHash, bytes input) external payable returns (address newAddress);
        /// Deploys at an address derived from the sender, the salt, the code hash and the constructor input.
        function create2(bytes32 salt, bytes32 bytecodeHash, bytes input) external payable returns (address newAddress);
        /// As `create2`, and marks the contract as an account.
        function create2Account(bytes32 salt, bytes32 bytecodeHash, bytes input, AccountAbstractionVersion aaVersion)
            external
            payable
            returns (address newAddress);
        /// Predicts the address of `create2`.
        function getNewAddressCreate2(address sender, bytes32 bytecodeHash, bytes32 salt, bytes input)
            external
            view
            returns (address newAddress);
    }

    /// Keeps transaction and deployment nonces.
    #[sol(rpc, abi)]
    interface NonceHolder {
        /// The next transaction nonce of `account`.
        function getMinNonce(address account) external view returns (uint256);
        /// The next nonce of `account` under `key`: the key itself in the upper 192 bits, then the counter.
        function getKeyedNonce(address account, uint192 key) external view returns (uint256);
        /// Bumps the caller's nonce if it equals `expectedNonce`.
        function incrementMinNonceIfEquals(uint256 expectedNonce) external;
        /// Bumps the caller's counter under the key of `expectedNonce`, which is not zero, if the whole nonce is the next one.
        function incrementMinNonceIfEqualsKeyed(uint256 expectedNonce) external;
    }

    /// Maps addresses to bytecode hashes.
    #[sol(rpc, abi)]
    interface AccountCodeStorage {
        /// The stored hash, including the marker of a contract under construction.
        function getRawCodeHash(address account) external view returns (bytes32 codeHash);
    }

    /// Inputs of paymasters: the account acts on them before the paymaster sees them.
    #[sol(rpc, abi)]
    interface PaymasterFlow {
        /// Asks nothing of the account; `input` is the paymaster's own matter.
        function general(bytes input) external;
        /// Has the account approve the paymaster for at least `minAllowance` of `token`.
        function approvalBased(address token, uint256 minAllowance, bytes innerInput) external;
    }

    /// Lets validation depend on the time, which it may not read itself.
    #[sol(rpc, abi)]
    interface TimestampAsserter {
        /// The block's time is outside the asserted range.
        error TimestampOutOfRange(uint256 currentTimestamp, uint256 start, uint256 end);

        /// Reverts unless `start <= block.timestamp <= end`.
        function assertTimestampInRange(uint256 start, uint256 end) external view;
    }
}
