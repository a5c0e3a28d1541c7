// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ERC7579Account} from "../../../contracts/account/ERC7579Account.sol";
import {IModule} from "../../../contracts/interfaces/IModule.sol";
import {IModuleValidator} from "../../../contracts/interfaces/IModuleValidator.sol";
import {ERC1967} from "../../../contracts/libraries/ERC1967.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {EvmAccount, NonceHolderStub} from "./EvmAccount.sol";
import {Test} from "./Test.sol";
import {Vm} from "./Vm.sol";

/// @title Stand-in for `AccountProxy`, whose calls by pointer the EVM does not know
contract EvmProxy {
    constructor(address implementation) {
        ERC1967.store(implementation);
    }

    fallback() external payable {
        address implementation = ERC1967.load();
        assembly {
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), implementation, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(success) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}

/// @title Validator, executor or neither, as told
contract ModuleStub is IModule, IModuleValidator, IERC165 {
    /// @notice The module was told to refuse.
    error Refused();

    bool public isValidator;
    bool public isExecutor;
    bool public hasRoot;
    bool public refuses;
    bytes public lastData;
    bytes32 public validHash;
    address public reinitializes;

    constructor(bool validator, bool executor, bool root) {
        isValidator = validator;
        isExecutor = executor;
        hasRoot = root;
    }

    function setRefuses(bool value) external {
        refuses = value;
    }

    function setRoot(bool value) external {
        hasRoot = value;
    }

    function setValidHash(bytes32 hash) external {
        validHash = hash;
    }

    function setReinitializes(address account) external {
        reinitializes = account;
    }

    function onInstall(bytes calldata data) external {
        if (refuses) revert Refused();
        lastData = data;
        if (reinitializes != address(0)) {
            address[] memory owners = new address[](1);
            owners[0] = address(0xbad);
            ERC7579Account(payable(reinitializes)).initialize(new bytes[](0), owners);
        }
    }

    function onUninstall(bytes calldata data) external {
        if (refuses) revert Refused();
        lastData = data;
    }

    function validateTransaction(bytes32 signedHash, Transaction calldata) external view returns (bool) {
        return signedHash == validHash;
    }

    function validateSignature(bytes32 signedHash, bytes calldata) external view returns (bool) {
        if (refuses) revert Refused();
        return signedHash == validHash;
    }

    function hasRootSigner(address) external view returns (bool) {
        return hasRoot;
    }

    function isModuleType(uint256 moduleTypeId) external view returns (bool) {
        return (moduleTypeId == 1 && isValidator) || (moduleTypeId == 2 && isExecutor);
    }

    function supportsInterface(bytes4 interfaceId) external view returns (bool) {
        return
            isValidator
                && (interfaceId == type(IModule).interfaceId || interfaceId == type(IModuleValidator).interfaceId);
    }
}

/// @title Accounts to test with
abstract contract AccountFixture is Test {
    uint256 internal constant OWNER_KEY = 0xa11ce;
    address internal constant BOOTLOADER = address(0x8001);
    address internal constant NONCE_HOLDER = address(0x8003);

    /// @dev ERC-7579 execution modes.
    bytes32 internal constant SINGLE = 0;
    bytes32 internal constant SINGLE_TRY = bytes32(bytes2(0x0001));
    bytes32 internal constant BATCH = bytes32(bytes2(0x0100));
    bytes32 internal constant BATCH_TRY = bytes32(bytes2(0x0101));

    ERC7579Account internal implementation;
    ERC7579Account internal account;
    address internal owner;

    function setUp() public virtual {
        owner = vm.addr(OWNER_KEY);
        vm.etch(NONCE_HOLDER, address(new NonceHolderStub()).code);
        implementation = new EvmAccount();
        account = bare();
        account.initialize(new bytes[](0), one(owner));
    }

    /// @dev Account that is not initialised yet.
    function bare() internal returns (ERC7579Account) {
        return ERC7579Account(payable(address(new EvmProxy(address(implementation)))));
    }

    function one(address item) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = item;
    }

    function one(bytes memory item) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = item;
    }

    function install(uint256 moduleTypeId, address module) internal {
        vm.prank(address(account));
        account.installModule(moduleTypeId, module, "");
    }

    function uninstall(uint256 moduleTypeId, address module) internal {
        vm.prank(address(account));
        account.uninstallModule(moduleTypeId, module, "");
    }

    /// @dev Installs a fallback handler for a function.
    function installHandler(address module, bytes4 selector, bytes1 callType) internal {
        vm.prank(address(account));
        account.installModule(3, module, abi.encodePacked(selector, callType));
    }

    /// @dev Transaction of the account with its next nonce, unsigned.
    function transactionTo(address to, uint256 value, bytes memory data)
        internal
        view
        returns (Transaction memory transaction)
    {
        transaction.txType = 113;
        transaction.from = uint160(address(account));
        transaction.to = uint160(to);
        transaction.gasLimit = 1_000_000;
        transaction.gasPerPubdataByteLimit = 50_000;
        transaction.maxFeePerGas = 1 gwei;
        transaction.nonce = NonceHolderStub(NONCE_HOLDER).next(address(account), 0);
        transaction.value = value;
        transaction.data = data;
    }

    /// @dev Signs a transaction with a secp256k1 key.
    function signed(Transaction memory transaction, uint256 key) internal view returns (Transaction memory) {
        transaction.signature = ecdsa(key, hashOf(transaction));
        return transaction;
    }

    /// @dev Signature `r ‖ s ‖ v`.
    function ecdsa(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Signed hash of a type-113 transaction, written down from the protocol's EIP-712 type.
    function hashOf(Transaction memory transaction) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId)"),
                keccak256("zkSync"),
                keccak256("2"),
                block.chainid
            )
        );
        bytes memory head = abi.encode(
            keccak256(
                "Transaction(uint256 txType,uint256 from,uint256 to,uint256 gasLimit,uint256 gasPerPubdataByteLimit,uint256 maxFeePerGas,uint256 maxPriorityFeePerGas,uint256 paymaster,uint256 nonce,uint256 value,bytes data,bytes32[] factoryDeps,bytes paymasterInput)"
            ),
            transaction.txType,
            transaction.from,
            transaction.to,
            transaction.gasLimit,
            transaction.gasPerPubdataByteLimit
        );
        bytes memory middle = abi.encode(
            transaction.maxFeePerGas,
            transaction.maxPriorityFeePerGas,
            transaction.paymaster,
            transaction.nonce,
            transaction.value
        );
        bytes memory tail = abi.encode(
            keccak256(transaction.data),
            keccak256(abi.encodePacked(transaction.factoryDeps)),
            keccak256(transaction.paymasterInput)
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, keccak256(bytes.concat(head, middle, tail))));
    }

    /// @dev Makes the account perform a call in a transaction, as the bootloader does after validation.
    function transact(address to, uint256 value, bytes memory data) internal {
        Transaction memory transaction = transactionTo(to, value, data);
        vm.prank(BOOTLOADER);
        account.executeTransaction(0, 0, transaction);
    }

    /// @dev Makes the account call itself in a transaction.
    function transact(bytes memory data) internal {
        transact(address(account), 0, data);
    }

    /// @dev Expects a transaction's call to be refused for a reason.
    function expectRefusal(bytes memory reason, address to, uint256 value, bytes memory data) internal {
        Transaction memory transaction = transactionTo(to, value, data);
        vm.expectRevert(reason);
        vm.prank(BOOTLOADER);
        account.executeTransaction(0, 0, transaction);
    }

    /// @dev Expects a call of the account to itself, in a transaction, to be refused for a reason.
    function expectRefusal(bytes memory reason, bytes memory data) internal {
        expectRefusal(reason, address(account), 0, data);
    }

    /// @dev Error without arguments.
    function plain(bytes4 selector) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector);
    }

    /// @dev Data of the only recorded event with a first topic.
    function eventData(bytes32 topic) internal returns (bytes memory data) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 found = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != topic) continue;
            data = logs[i].data;
            ++found;
        }
        assertEq(found, 1);
    }
}
