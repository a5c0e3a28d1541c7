// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IModuleDirectory} from "../../contracts/interfaces/IModuleDirectory.sol";
import {INativeAccount} from "../../contracts/interfaces/INativeAccount.sol";
import {IOwners} from "../../contracts/interfaces/IOwners.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {Call} from "../../contracts/types/Execution.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AccountFixture, EvmProxy, ModuleStub} from "./support/AccountFixture.sol";

contract AccountModulesTest is AccountFixture {
    /// @notice B-06: an account is initialised once, its implementation never.
    function test_initializesOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        account.initialize(new bytes[](0), one(owner));
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        implementation.initialize(new bytes[](0), one(owner));
    }

    /// @notice B-07: a module cannot initialise the account again while it is being installed.
    function test_refusesReinitializationByAModule() public {
        ModuleStub module = new ModuleStub(true, false, true);
        ERC7579Account fresh = bare();
        module.setReinitializes(address(fresh));
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        fresh.initialize(one(abi.encode(module, "")), new address[](0));
    }

    /// @notice B-05: an account starts with somebody who can sign, whatever its lists hold.
    function test_refusesToStartWithoutRootSigner() public {
        bytes memory expected = abi.encodeWithSelector(IModuleDirectory.AccountWithoutRootSigner.selector);
        ERC7579Account fresh = bare();
        vm.expectRevert(expected);
        fresh.initialize(new bytes[](0), new address[](0));
        bytes[] memory modules = one(abi.encode(new ModuleStub(true, false, false), ""));
        vm.expectRevert(expected);
        fresh.initialize(modules, new address[](0));
        modules = one(abi.encode(new ModuleStub(false, true, true), ""));
        vm.expectRevert(expected);
        fresh.initialize(modules, new address[](0));
    }

    /// @notice B-05, B-12: zero, the account itself, and an owner twice are refused.
    function test_refusesImproperOwners() public {
        ERC7579Account fresh = bare();
        address[2] memory improper = [address(0), address(fresh)];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOwners.AccountInvalidOwner.selector, improper[i]));
            fresh.initialize(new bytes[](0), one(improper[i]));
        }
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (owner, owner);
        vm.expectRevert(abi.encodeWithSelector(IOwners.AccountOwnerAlreadyExists.selector, owner));
        fresh.initialize(new bytes[](0), twice);
    }

    /// @notice B-12: a module twice, whether or not as the same type, makes the whole initialisation fail.
    function test_RevertWhen_initialModulesRepeat() public {
        ModuleStub module = new ModuleStub(true, true, true);
        bytes[] memory modules = new bytes[](2);
        modules[0] = abi.encode(module, hex"01");
        modules[1] = abi.encode(module, hex"02");
        ERC7579Account fresh = bare();
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleAlreadyInstalled.selector, address(module)));
        fresh.initialize(modules, one(owner));
        assertFalse(fresh.isModule(address(module)) || fresh.isK1Owner(owner), "state");
    }

    /// @notice B-12: a module that needs another one first fails with its own error, and takes everything back.
    function test_RevertWhen_initialModulesAreInTheWrongOrder() public {
        ModuleStub validator = new ModuleStub(true, false, true);
        DependentModule dependent = new DependentModule(address(validator));
        bytes[] memory modules = new bytes[](2);
        (modules[0], modules[1]) = (abi.encode(dependent, hex""), abi.encode(validator, hex""));
        ERC7579Account fresh = bare();
        vm.expectRevert(plain(DependentModule.ValidatorMissing.selector));
        fresh.initialize(modules, new address[](0));
        (modules[0], modules[1]) = (modules[1], modules[0]);
        fresh.initialize(modules, new address[](0));
        assertTrue(fresh.isModuleInstalled(2, address(dependent), ""), "dependent");
    }

    /// @notice B-05: items that are not encoded properly are refused.
    function test_RevertWhen_initialModulesAreMalformed() public {
        ModuleStub module = new ModuleStub(true, false, true);
        bytes[4] memory items = [
            bytes(""),
            abi.encode(module),
            abi.encode(uint256(1) << 160 | uint160(address(module)), 64, 0),
            abi.encode(module, uint256(64), uint256(1))
        ];
        for (uint256 i = 0; i < items.length; ++i) {
            ERC7579Account fresh = bare();
            (bool success,) = address(fresh).call(abi.encodeCall(fresh.initialize, (one(items[i]), one(owner))));
            assertFalse(success, "initialize");
        }
    }

    /// @notice F-03: an address is an owner or a module, not both.
    function test_RevertWhen_aModuleIsAnOwner() public {
        ModuleStub module = new ModuleStub(true, false, false);
        install(1, address(module));
        vm.expectRevert(abi.encodeWithSelector(IOwners.AccountInvalidOwner.selector, address(module)));
        vm.prank(address(account));
        account.addK1Owner(address(module));
        uninstall(1, address(module));
        vm.prank(address(account));
        account.addK1Owner(address(module));
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleAlreadyInstalled.selector, address(module)));
        install(1, address(module));
        assertFalse(account.isModule(address(module)), "module");
    }

    /// @notice F-11: a batch may replace the last signer, if it adds the new one first.
    function test_replacesTheLastSignerInABatch() public {
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(account), false, 0, abi.encodeCall(account.removeK1Owner, (owner)));
        calls[1] = Call(address(account), false, 0, abi.encodeCall(account.addK1Owner, (address(0xa))));
        bytes memory batch = abi.encodeCall(account.batchCall, (calls));
        expectRefusal(plain(IModuleDirectory.AccountWithoutRootSigner.selector), batch);
        (calls[0], calls[1]) = (calls[1], calls[0]);
        transact(abi.encodeCall(account.batchCall, (calls)));
        assertTrue(account.isK1Owner(address(0xa)) && !account.isK1Owner(owner), "owners");
    }

    /// @notice I-08: an owner is removed by value, so a message replayed elsewhere cannot remove another one.
    function test_removesOwnersByValue() public {
        bytes memory removal = abi.encodeCall(account.removeK1Owner, (address(0xa)));
        ERC7579Account other = bare();
        address[] memory owners = new address[](2);
        (owners[0], owners[1]) = (address(0xb), address(0xc));
        other.initialize(new bytes[](0), owners);
        vm.prank(address(other));
        (bool success, bytes memory reason) = address(other).call(removal);
        assertFalse(success, "removal");
        assertEq(reason, abi.encodeWithSelector(IOwners.AccountOwnerNotFound.selector, address(0xa)));
        assertEq(other.listK1Owners().length, 2);
    }

    /// @notice I-09: an owner has one encoding.
    function testFuzz_RevertWhen_anOwnerHasDirtyBits(uint96 dirt) public {
        vm.assume(dirt != 0);
        uint256 word = uint256(dirt) << 160 | uint160(address(0xa));
        vm.prank(address(account));
        (bool success,) = address(account).call(abi.encodeWithSelector(account.addK1Owner.selector, word));
        assertFalse(success, "add");
        word = uint256(dirt) << 160 | uint160(owner);
        vm.prank(address(account));
        (success,) = address(account).call(abi.encodeWithSelector(account.removeK1Owner.selector, word));
        assertFalse(success, "remove");
        (success,) = address(bare()).call(abi.encodeWithSelector(account.initialize.selector, 64, 96, 0, 1, word));
        assertFalse(success, "initialize");
    }

    /// @notice K-07: an account full of owners and modules can still do everything, and remove the oldest of them.
    function test_remainsUsableWithManyMembers() public {
        ModuleStub first = new ModuleStub(true, false, true);
        install(1, address(first));
        for (uint160 i = 1; i <= 200; ++i) {
            vm.prank(address(account));
            account.addK1Owner(address(0x10000 + i));
        }
        for (uint256 i = 0; i < 20; ++i) {
            install(2, address(new ModuleStub(false, true, false)));
        }
        uint256 before = gasleft();
        vm.prank(address(account));
        account.removeK1Owner(owner);
        uninstall(1, address(first));
        assertTrue(before - gasleft() < 2_000_000, "gas");
        assertEq(account.listK1Owners().length, 200);
        transact(address(0xe0a), 0, "");
        (address[] memory executors,) = account.listModules(2, address(0), 100);
        assertEq(executors.length, 20);
    }

    function test_installsModulesByWhatTheyAre() public {
        ModuleStub validator = new ModuleStub(true, false, true);
        ModuleStub executor = new ModuleStub(false, true, false);
        bytes[] memory modules = new bytes[](2);
        modules[0] = abi.encode(validator, hex"01");
        modules[1] = abi.encode(executor, hex"02");
        ERC7579Account fresh = bare();
        fresh.initialize(modules, new address[](0));
        assertTrue(fresh.isModuleInstalled(1, address(validator), ""), "validator");
        assertTrue(fresh.isModuleInstalled(2, address(executor), ""), "executor");
        assertFalse(fresh.isModuleInstalled(2, address(validator), ""), "validator as executor");
        assertFalse(fresh.isModuleInstalled(0, address(this), ""), "type zero");
        assertTrue(fresh.isModule(address(executor)) && !fresh.isModule(address(this)), "isModule");
        assertEq(validator.lastData(), hex"01");
        assertEq(executor.lastData(), hex"02");
        assertTrue(fresh.hasRootSigner(), "root");
    }

    /// @notice F-02: an address without code, of another type, or for a type there is not, is not installed.
    function test_refusesWhatIsNoModule() public {
        address[3] memory improper =
            [address(0xe0a), address(implementation), address(new ModuleStub(false, true, false))];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleTypeMismatch.selector, 1, improper[i]));
            install(1, improper[i]);
        }
        for (uint256 i = 1; i <= 4; ++i) {
            assertTrue(account.supportsModule(i), "supported");
        }
        uint256[4] memory types = [uint256(0), 5, 6, 257];
        for (uint256 i = 0; i < types.length; ++i) {
            assertFalse(account.supportsModule(types[i]), "supported");
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountUnsupportedModuleType.selector, types[i]));
            install(types[i], improper[2]);
        }
    }

    /// @notice F-03: a module is installed once, as one type.
    function test_refusesSameModuleTwice() public {
        ModuleStub module = new ModuleStub(true, true, false);
        install(1, address(module));
        bytes memory expected =
            abi.encodeWithSelector(IERC7579Account.AccountModuleAlreadyInstalled.selector, address(module));
        vm.expectRevert(expected);
        install(1, address(module));
        vm.expectRevert(expected);
        install(2, address(module));
    }

    function test_uninstalls() public {
        ModuleStub module = new ModuleStub(true, false, false);
        install(1, address(module));
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, address(module)));
        uninstall(2, address(module));
        uninstall(1, address(module));
        assertFalse(account.isModule(address(module)), "installed");
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 1, address(module)));
        uninstall(1, address(module));
        install(1, address(module));
        module.setRefuses(true);
        vm.expectRevert(abi.encodeWithSelector(ModuleStub.Refused.selector));
        uninstall(1, address(module));
    }

    /// @notice F-11: the last who can sign cannot be removed, whether owner or validator.
    function test_keepsTheLastRootSigner() public {
        bytes memory expected = abi.encodeWithSelector(IModuleDirectory.AccountWithoutRootSigner.selector);
        vm.expectRevert(expected);
        vm.prank(address(account));
        account.removeK1Owner(owner);
        ModuleStub module = new ModuleStub(true, false, true);
        install(1, address(module));
        vm.prank(address(account));
        account.removeK1Owner(owner);
        vm.expectRevert(expected);
        uninstall(1, address(module));
        vm.prank(address(account));
        account.addK1Owner(owner);
        uninstall(1, address(module));
        assertTrue(account.isK1Owner(owner), "owner");
    }

    function test_pagesModules() public {
        ModuleStub[] memory modules = new ModuleStub[](5);
        for (uint256 i = 0; i < 5; ++i) {
            modules[i] = new ModuleStub(i != 2, i == 2, false);
            install(i == 2 ? 2 : 1, address(modules[i]));
        }
        (address[] memory first, address next) = account.listModules(1, address(0), 3);
        assertEq(first.length, 3);
        assertEq(first[0], address(modules[4]));
        assertEq(first[2], address(modules[1]));
        (address[] memory second, address end) = account.listModules(1, next, 3);
        assertEq(second.length, 1);
        assertEq(second[0], address(modules[0]));
        assertEq(end, address(0));
        (address[] memory executors,) = account.listModules(2, address(0), type(uint256).max);
        assertEq(executors.length, 1);
        assertEq(executors[0], address(modules[2]));
        (address[] memory none,) = account.listModules(1, address(0), 0);
        assertEq(none.length, 0);
    }

    function testFuzz_ownersBehaveLikeASet(uint8[20] calldata operations) public {
        bool[8] memory expected;
        uint256 count = 0;
        for (uint256 i = 0; i < operations.length; ++i) {
            uint256 index = operations[i] % 8;
            address item = address(uint160(100 + index));
            vm.prank(address(account));
            if (expected[index]) account.removeK1Owner(item);
            else account.addK1Owner(item);
            expected[index] = !expected[index];
            count = expected[index] ? count + 1 : count - 1;
            assertEq(account.listK1Owners().length, count + 1);
        }
        for (uint256 i = 0; i < 8; ++i) {
            assertTrue(account.isK1Owner(address(uint160(100 + i))) == expected[i], "membership");
        }
    }

    /// @notice F-01: nobody but the account changes it.
    function test_onlyTheAccountChangesItself() public {
        bytes memory expected = abi.encodeWithSelector(IUpgradeableAccount.AccountNotFromSelf.selector, address(this));
        vm.expectRevert(expected);
        account.installModule(1, address(this), "");
        vm.expectRevert(expected);
        account.uninstallModule(1, address(this), "");
        vm.expectRevert(expected);
        account.addK1Owner(address(this));
        vm.expectRevert(expected);
        account.removeK1Owner(owner);
        vm.expectRevert(expected);
        account.upgradeTo(address(implementation));
        vm.expectRevert(expected);
        account.execute(0, "");
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, address(this)));
        account.executeFromExecutor(0, "");
    }

    /// @notice A-01: nobody but the bootloader calls its functions.
    function test_onlyTheBootloaderHandlesTransactions() public {
        Transaction memory transaction;
        bytes memory expected = abi.encodeWithSelector(INativeAccount.AccountNotFromBootloader.selector, address(this));
        vm.expectRevert(expected);
        account.validateTransaction(0, 0, transaction);
        vm.expectRevert(expected);
        account.executeTransaction(0, 0, transaction);
        vm.expectRevert(expected);
        account.payForTransaction(0, 0, transaction);
        vm.expectRevert(expected);
        account.prepareForPaymaster(0, 0, transaction);
        vm.expectRevert(abi.encodeWithSelector(INativeAccount.AccountInvalidOutsideTransaction.selector));
        account.executeTransactionFromOutside(transaction);
    }

    /// @notice I-02, I-06: an upgrade goes to an implementation, and leaves nothing to initialise.
    function test_upgradesToImplementationsOnly() public {
        address[4] memory improper =
            [address(0xe0a), address(account), address(this), address(new EvmProxy(address(implementation)))];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IUpgradeableAccount.AccountInvalidImplementation.selector, improper[i])
            );
            vm.prank(address(account));
            account.upgradeTo(improper[i]);
        }
        ERC7579Account next = new ERC7579Account();
        vm.prank(address(account));
        account.upgradeTo(address(next));
        assertEq(account.implementation(), address(next));
        assertTrue(account.isK1Owner(owner), "storage is kept");
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        account.initialize(new bytes[](0), one(address(this)));
    }

    /// @notice F-25: every interface is reported, and the invalid one is not.
    function test_reportsItsInterfaces() public view {
        bytes4[7] memory ids = [
            bytes4(0x01ffc9a7),
            0x5170106a,
            0x1626ba7e,
            0x84b0196e,
            0x150b7a02,
            0x4e2312e0,
            type(IERC7579Account).interfaceId
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(account.supportsInterface(ids[i]), "interface");
        }
        assertFalse(account.supportsInterface(0xffffffff), "invalid id");
        assertFalse(account.supportsInterface(0), "zero");
        assertTrue(bytes(account.accountId()).length != 0, "id");
    }

    /// @notice F-12: four modes are supported and no other.
    function testFuzz_supportsFourModes(bytes32 mode) public view {
        bytes2 kind = bytes2(mode);
        bool expected = bytes32(kind) == mode && (kind == 0x0000 || kind == 0x0001 || kind == 0x0100 || kind == 0x0101);
        assertTrue(account.supportsExecutionMode(mode) == expected, "mode");
        assertTrue(account.supportsExecutionMode(bytes32(bytes2(0x0101))), "batch try");
        assertTrue(account.supportsExecutionMode(0), "single");
        assertFalse(account.supportsExecutionMode(bytes32(bytes1(0xff))), "delegate call");
        assertFalse(account.supportsExecutionMode(bytes32(bytes2(0x0002))), "unknown");
    }
}

/// @title Executor that needs a validator
contract DependentModule {
    /// @notice The validator is not installed.
    error ValidatorMissing();

    address private immutable validator;

    constructor(address validator_) {
        validator = validator_;
    }

    function onInstall(bytes calldata) external view {
        if (!IERC7579Account(msg.sender).isModuleInstalled(1, validator, "")) revert ValidatorMissing();
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 2;
    }
}
