// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IModuleDirectory} from "../../contracts/interfaces/IModuleDirectory.sol";
import {INativeAccount} from "../../contracts/interfaces/INativeAccount.sol";
import {IOwners} from "../../contracts/interfaces/IOwners.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AccountFixture, EvmProxy, ModuleStub} from "./support/AccountFixture.sol";

contract AccountModulesTest is AccountFixture {
    function test_initializesOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        account.initialize(new bytes[](0), one(owner));
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        implementation.initialize(new bytes[](0), one(owner));
    }

    function test_refusesReinitializationByAModule() public {
        ModuleStub module = new ModuleStub(true, false, true);
        ERC7579Account fresh = bare();
        module.setReinitializes(address(fresh));
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        fresh.initialize(one(abi.encode(module, "")), new address[](0));
    }

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

    function test_refusesImproperOwners() public {
        ERC7579Account fresh = bare();
        address[3] memory improper = [address(0), address(1), address(fresh)];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOwners.AccountInvalidOwner.selector, improper[i]));
            fresh.initialize(new bytes[](0), one(improper[i]));
        }
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (owner, owner);
        vm.expectRevert(abi.encodeWithSelector(IOwners.AccountOwnerAlreadyExists.selector, owner));
        fresh.initialize(new bytes[](0), twice);
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

    function test_refusesWhatIsNoModule() public {
        address[3] memory improper =
            [address(0xe0a), address(implementation), address(new ModuleStub(false, true, false))];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleTypeMismatch.selector, 1, improper[i]));
            install(1, improper[i]);
        }
        uint256[4] memory types = [uint256(0), 3, 4, 257];
        for (uint256 i = 0; i < types.length; ++i) {
            assertFalse(account.supportsModule(types[i]), "supported");
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountUnsupportedModuleType.selector, types[i]));
            install(types[i], improper[2]);
        }
    }

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
        assertTrue(bytes(account.accountId()).length != 0, "id");
    }

    function testFuzz_supportsFourModes(bytes32 mode) public view {
        bytes2 kind = bytes2(mode);
        bool expected = bytes32(kind) == mode && (kind == 0x0000 || kind == 0x0001 || kind == 0x0100 || kind == 0x0101);
        assertTrue(account.supportsExecutionMode(mode) == expected, "mode");
        assertTrue(account.supportsExecutionMode(bytes32(bytes2(0x0101))), "batch try");
        assertTrue(account.supportsExecutionMode(0), "single");
        assertFalse(account.supportsExecutionMode(bytes32(bytes1(0xff))), "delegate call");
        assertFalse(account.supportsExecutionMode(bytes32(bytes2(0x0002))), "unknown");
    }

    function test_keepsItsStorageWhereErc7201Says() public {
        bytes32 slot = keccak256(abi.encode(owner, _erc7201("zksso.account.owners")));
        assertEq(uint256(vm.load(address(account), slot)), 1 << 160 | 1);
        ModuleStub module = new ModuleStub(true, false, false);
        install(1, address(module));
        slot = keccak256(abi.encode(address(module), _erc7201("zksso.account.modules")));
        assertEq(uint256(vm.load(address(account), slot)), 1 << 160 | 1);
        slot = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
        assertEq(vm.load(address(account), slot), bytes32(uint256(uint160(address(implementation)))));
    }

    function _erc7201(string memory name) private pure returns (bytes32) {
        return keccak256(abi.encode(uint256(keccak256(bytes(name))) - 1)) & ~bytes32(uint256(0xff));
    }
}
