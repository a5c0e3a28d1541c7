// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {AllowListValidator} from "../../contracts/examples/AllowListValidator.sol";
import {IAllowListValidator} from "../../contracts/interfaces/IAllowListValidator.sol";
import {IERC7579Module} from "../../contracts/interfaces/IERC7579Module.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {IModuleDirectory} from "../../contracts/interfaces/IModuleDirectory.sol";
import {IModuleValidator} from "../../contracts/interfaces/IModuleValidator.sol";
import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";

contract AllowListValidatorTest is AccountFixture {
    uint256 private constant KEY = 0x6e57;
    bytes32 private constant TX_HASH = keccak256("transaction");
    address private constant TARGET = address(0xbeef0001);
    bytes4 private constant FUNCTION = 0x11223344;

    AllowListValidator private validator;

    function setUp() public override {
        super.setUp();
        validator = new AllowListValidator();
        IAllowListValidator.AllowedCall[] memory calls = new IAllowListValidator.AllowedCall[](1);
        calls[0] = IAllowListValidator.AllowedCall(TARGET, FUNCTION);
        vm.prank(address(account));
        account.installModule(1, address(validator), abi.encode(vm.addr(KEY), calls));
    }

    function test_authorisesListedCalls() public {
        assertTrue(_validate(_transaction()), "authorised");
        assertTrue(account.isModuleInstalled(1, address(validator), ""), "installed");
        assertEq(validator.keyOf(address(account)), vm.addr(KEY));
    }

    function test_RevertWhen_callIsNotListed() public {
        _refuse(address(0xbad), FUNCTION, abi.encodePacked(FUNCTION));
        _refuse(TARGET, 0x11223345, hex"11223345");
        _refuse(TARGET, 0, "");
        _refuse(TARGET, 0x11223300, hex"112233");
        vm.prank(address(account));
        validator.setAllowed(TARGET, 0, true);
        _refuse(TARGET, 0, "");
        vm.prank(address(account));
        validator.setAllowed(TARGET, FUNCTION, false);
        _refuse(TARGET, FUNCTION, abi.encodePacked(FUNCTION));
    }

    /// @notice E-04, E-05: neither the account nor its modules nor system contracts, also when listed before they became one.
    function test_RevertWhen_targetRulesTheAccount() public {
        ModuleStub module = new ModuleStub(true, false, true);
        address[4] memory targets = [address(account), address(validator), address(0x8006), address(module)];
        for (uint256 i = 0; i < targets.length; ++i) {
            vm.prank(address(account));
            validator.setAllowed(targets[i], FUNCTION, true);
            if (i == 3) {
                assertTrue(_validate(_call(targets[i], abi.encodePacked(FUNCTION))), "not a module yet");
                install(1, address(module));
            }
            _refuse(targets[i], FUNCTION, abi.encodePacked(FUNCTION));
        }
    }

    /// @notice E-30, E-34: the key cannot spend: no value, no fees, no tokens, no bytecode.
    function test_RevertWhen_theAccountWouldPay() public {
        for (uint256 i = 0; i < 5; ++i) {
            Transaction memory transaction = _transaction();
            if (i == 0) transaction.value = 1;
            if (i == 1) transaction.factoryDeps = new bytes32[](1);
            if (i == 2) transaction.paymaster = 0;
            if (i == 3) transaction.paymasterInput = abi.encodeWithSelector(0x949431dc, TARGET, 1, "");
            if (i == 4) transaction.paymasterInput = "";
            vm.expectRevert(abi.encodeWithSelector(IAllowListValidator.AllowListSpendingNotAllowed.selector));
            _validate(transaction);
        }
    }

    /// @notice E-35: wrong and malformed signatures are answered with "no".
    function test_refusesImproperSignatures() public {
        Transaction memory transaction = _transaction();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, TX_HASH);
        bytes[7] memory signatures = [
            _envelope(_sign(KEY + 1, TX_HASH)),
            _envelope(_sign(KEY, keccak256("other"))),
            _envelope(abi.encodePacked(r, s)),
            _envelope(abi.encodePacked(r, s, v ^ 7)),
            bytes(""),
            abi.encode(type(uint256).max, validator),
            abi.encode(uint256(64), validator, type(uint256).max)
        ];
        for (uint256 i = 0; i < signatures.length; ++i) {
            transaction.signature = signatures[i];
            assertFalse(_ask(transaction), "authorised");
        }
    }

    /// @notice E-35: without a key, a signature that recovers to nobody authorises nothing.
    function test_refusesEverythingWithoutKey() public {
        vm.prank(address(account));
        validator.setKey(address(0));
        assertFalse(_validate(_transaction()), "former key");
        Transaction memory transaction = _transaction();
        transaction.signature = _envelope(new bytes(65));
        assertFalse(_ask(transaction), "nobody");
        vm.prank(address(account));
        validator.setKey(vm.addr(KEY));
        assertTrue(_validate(_transaction()), "the list stays");
    }

    /// @notice F-22, D-24: uninstallation forgets the list, also what a later installation does not mention.
    function test_forgetsTheListWhenUninstalled() public {
        uninstall(1, address(validator));
        assertFalse(validator.isInitialized(address(account)), "initialised");
        assertFalse(validator.isAllowed(address(account), TARGET, FUNCTION), "allowed");
        vm.prank(address(account));
        account.installModule(1, address(validator), abi.encode(vm.addr(KEY), new IAllowListValidator.AllowedCall[](0)));
        assertTrue(validator.isInitialized(address(account)), "initialised");
        _refuse(TARGET, FUNCTION, abi.encodePacked(FUNCTION));
        vm.prank(address(account));
        validator.setAllowed(TARGET, FUNCTION, true);
        assertTrue(_validate(_transaction()), "listed again");
    }

    /// @notice F-19: keys and lists of different accounts have nothing to do with each other.
    function test_keepsAccountsApart() public {
        validator.setAllowed(address(0xbad), FUNCTION, true);
        validator.setKey(vm.addr(KEY + 1));
        _refuse(address(0xbad), FUNCTION, abi.encodePacked(FUNCTION));
        assertEq(validator.keyOf(address(account)), vm.addr(KEY));
        assertFalse(validator.isAllowed(address(this), TARGET, FUNCTION), "allowed");
    }

    /// @notice C-08: the key signs no messages, and F-11: it is nobody an account could be left with.
    function test_isNoRootSigner() public {
        bytes memory signature = _sign(KEY, TX_HASH);
        vm.prank(address(account));
        assertFalse(validator.validateSignature(TX_HASH, signature), "message");
        vm.expectRevert(abi.encodeWithSelector(IModuleDirectory.AccountWithoutRootSigner.selector));
        vm.prank(address(account));
        account.removeK1Owner(owner);
    }

    function test_installsWithoutData() public {
        AllowListValidator other = new AllowListValidator();
        install(1, address(other));
        assertFalse(other.isInitialized(address(account)), "initialised");
    }

    function test_saysWhatItIs() public view {
        assertTrue(validator.isModuleType(1), "validator");
        assertFalse(validator.isModuleType(2) || validator.isModuleType(3) || validator.isModuleType(4), "others");
        bytes4[5] memory ids = [
            type(IERC165).interfaceId,
            type(IModule).interfaceId,
            type(IERC7579Module).interfaceId,
            type(IModuleValidator).interfaceId,
            type(IAllowListValidator).interfaceId
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(validator.supportsInterface(ids[i]), "interface");
        }
        assertFalse(validator.supportsInterface(0xffffffff), "0xffffffff");
        assertFalse(validator.supportsInterface(type(ISessionKeyValidator).interfaceId), "sessions");
    }

    /// @notice I-01, A-05: the storage is where its namespace puts it, with the account as the last key.
    function test_keepsItsStorageInItsNamespace() public view {
        uint256 inner = uint256(keccak256("zksso.example.allowlist")) - 1;
        uint256 root = uint256(keccak256(abi.encode(inner)) & ~bytes32(uint256(0xff)));
        assertEq(uint256(vm.load(address(validator), keccak256(abi.encode(account, root)))), uint160(vm.addr(KEY)));
        uint256 callId = uint256(uint160(TARGET)) << 32 | uint32(FUNCTION);
        bytes32 slot = keccak256(abi.encode(account, keccak256(abi.encode(callId, root + 1))));
        assertEq(uint256(vm.load(address(validator), slot)), 1);
    }

    function _call(address target, bytes memory data) private view returns (Transaction memory transaction) {
        transaction.txType = 113;
        transaction.from = uint160(address(account));
        transaction.to = uint160(target);
        transaction.paymaster = 0xfee;
        transaction.paymasterInput = abi.encodeWithSelector(0x8c5a3445, "");
        transaction.data = data;
    }

    function _transaction() private view returns (Transaction memory) {
        return _call(TARGET, abi.encodePacked(FUNCTION));
    }

    /// @dev Asks as the account about a transaction signed by the key.
    function _validate(Transaction memory transaction) private returns (bool) {
        transaction.signature = _envelope(_sign(KEY, TX_HASH));
        return _ask(transaction);
    }

    function _ask(Transaction memory transaction) private returns (bool) {
        vm.prank(address(account));
        return validator.validateTransaction(TX_HASH, transaction);
    }

    function _refuse(address target, bytes4 selector, bytes memory data) private {
        bytes4 error_ = IAllowListValidator.AllowListCallNotAllowed.selector;
        Transaction memory transaction = _call(target, data);
        transaction.signature = _envelope(_sign(KEY, TX_HASH));
        vm.expectRevert(abi.encodeWithSelector(error_, target, selector));
        vm.prank(address(account));
        validator.validateTransaction(TX_HASH, transaction);
    }

    function _envelope(bytes memory signature) private view returns (bytes memory) {
        return abi.encode(signature, address(validator), "");
    }

    function _sign(uint256 key, bytes32 hash) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }
}
