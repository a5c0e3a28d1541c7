//! Signatures of the system contracts.

use alloy_sol_types::sol;

sol! {
    #![sol(all_derives = true)]

    struct AccountInfo {
        uint8 version;
        uint8 ordering;
    }

    struct ForceDeployment {
        bytes32 bytecodeHash;
        address newAddress;
        bool callConstructor;
        uint256 value;
        bytes input;
    }

    interface Deployer {
        event ContractDeployed(address indexed deployer, bytes32 indexed bytecodeHash, address indexed made);
        event AccountNonceOrderingUpdated(address indexed account, uint8 ordering);
        event AccountVersionUpdated(address indexed account, uint8 version);
        function create(bytes32 salt, bytes32 hash, bytes input) returns (address made);
        function create2(bytes32 salt, bytes32 hash, bytes input) returns (address made);
        function createAccount(bytes32 salt, bytes32 hash, bytes input, uint8 version) returns (address made);
        function create2Account(bytes32 salt, bytes32 hash, bytes input, uint8 version) returns (address made);
        function getNewAddressCreate(address sender, uint256 nonce) returns (address made);
        function getNewAddressCreate2(address sender, bytes32 hash, bytes32 salt, bytes input) returns (address made);
        function getAccountInfo(address account) returns (AccountInfo info);
        function extendedAccountVersion(address account) returns (uint8 version);
        function updateAccountVersion(uint8 version);
        function updateNonceOrdering(uint8 ordering);
        function forceDeployOnAddress(ForceDeployment deployment, address sender);
        function forceDeployOnAddresses(ForceDeployment[] deployments);
    }

    interface Nonces {
        event ValueSetUnderNonce(address indexed account, uint256 indexed key, uint256 value);
        function getMinNonce(address account) returns (uint256 nonce);
        function getRawNonce(address account) returns (uint256 nonce);
        function getDeploymentNonce(address account) returns (uint256 nonce);
        function increaseMinNonce(uint256 value) returns (uint256 old);
        function incrementMinNonceIfEquals(uint256 expected);
        function incrementDeploymentNonce(address account) returns (uint256 old);
        function setValueUnderNonce(uint256 key, uint256 value);
        function getValueUnderNonce(uint256 key) returns (uint256 value);
        function isNonceUsed(address account, uint256 nonce) returns (bool used);
        function validateNonceUsage(address account, uint256 key, bool shouldBeUsed);
    }

    interface Token {
        event Mint(address indexed account, uint256 amount);
        event Transfer(address indexed from, address indexed to, uint256 value);
        event Withdrawal(address indexed sender, address indexed receiver, uint256 amount);
        event WithdrawalWithMessage(address indexed sender, address indexed receiver, uint256 amount, bytes data);
        function balanceOf(uint256 account) returns (uint256 balance);
        function totalSupply() returns (uint256 supply);
        function transferFromTo(address from, address to, uint256 amount);
        function mint(address account, uint256 amount);
        function withdraw(address receiver);
        function withdrawWithMessage(address receiver, bytes data);
        function name() returns (string text);
        function symbol() returns (string text);
        function decimals() returns (uint8 number);
    }

    interface Codes {
        event MarkedAsKnown(bytes32 indexed bytecodeHash, bool indexed sendBytecodeToL1);
        function getRawCodeHash(address account) returns (bytes32 hash);
        function getCodeHash(uint256 account) returns (bytes32 hash);
        function getCodeSize(uint256 account) returns (uint256 size);
        function storeAccountConstructingCodeHash(address account, bytes32 hash);
        function storeAccountConstructedCodeHash(address account, bytes32 hash);
        function markAccountCodeHashAsConstructed(address account);
        function markFactoryDeps(bool shouldSendToL1, bytes32[] hashes);
        function markBytecodeAsPublished(bytes32 hash, bytes32 preimage, uint256 length);
        function getMarker(bytes32 hash) returns (uint256 marker);
        function publishCompressedBytecode(bytes bytecode, bytes compressed) returns (bytes32 hash);
    }

    interface Messenger {
        event L1MessageSent(address indexed sender, bytes32 indexed hash, bytes message);
        function sendToL1(bytes message) returns (bytes32 hash);
    }

    struct Immutable {
        uint256 index;
        bytes32 value;
    }

    interface Immutables {
        function getImmutable(address account, uint256 index) returns (bytes32 value);
        function setImmutables(address account, Immutable[] values);
    }

    interface Context {
        function chainId() returns (uint256 id);
        function origin() returns (address account);
        function gasPrice() returns (uint256 price);
        function blockGasLimit() returns (uint256 limit);
        function baseFee() returns (uint256 fee);
        function blockHash(uint256 number) returns (bytes32 hash);
        function getBlockHashEVM(uint256 number) returns (bytes32 hash);
        function getBlockNumberAndTimestamp() returns (uint256 number, uint256 timestamp);
        function getBlockNumber() returns (uint256 number);
        function getBlockTimestamp() returns (uint256 timestamp);
        function setTxOrigin(address account);
        function setGasPrice(uint256 price);
        function setNewBlock(bytes32 previous, uint256 timestamp, uint256 number, uint256 fee);
        function unsafeOverrideBlock(uint256 timestamp, uint256 number, uint256 fee);
    }

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

    interface Utilities {
        function getTransactionHashes(Transaction transaction) returns (bytes32 hash, bytes32 signedHash);
    }

    interface Account {
        function validateTransaction(bytes32 hash, bytes32 signedHash, Transaction transaction) returns (bytes4 magic);
        function executeTransaction(bytes32 hash, bytes32 signedHash, Transaction transaction);
        function executeTransactionFromOutside(Transaction transaction);
        function payForTransaction(bytes32 hash, bytes32 signedHash, Transaction transaction);
        function prepareForPaymaster(bytes32 hash, bytes32 signedHash, Transaction transaction);
    }

    interface PaymasterFlow {
        function general(bytes input);
        function approvalBased(address token, uint256 minAllowance, bytes input);
    }

    interface Erc20 {
        function allowance(address owner, address spender) returns (uint256 amount);
        function approve(address spender, uint256 amount) returns (bool done);
    }

    interface TestSystemContract {
        function testPrecompileCall();
        function testMimicCallAndValue(address who, uint128 value);
        function testOnlySystemModifier();
        function testSystemMimicCall();
    }
}
