// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {OpenExecutor} from "./doubles/OpenExecutor.sol";
import {AccountFixture, EvmProxy, ModuleStub} from "./support/AccountFixture.sol";
import {HandlerStub} from "./support/Counterparties.sol";
import {EvmAccount} from "./support/EvmAccount.sol";
import {HookJournal, HookStub} from "./support/HookStub.sol";

/// @title Implementation that says nothing but what is asked before an upgrade
contract LaterAccount {
    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function implementation() external pure returns (address) {
        return address(0);
    }

    function version() external pure returns (uint256) {
        return 2;
    }
}

contract AccountUpgradeTest is AccountFixture {
    bytes4 private constant GREET = bytes4(keccak256("greet(uint256)"));

    bytes32 private constant IMPLEMENTATION_SLOT = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);

    ModuleStub private validator;
    OpenExecutor private executor;
    HandlerStub private handler;
    HookStub private hook;

    function setUp() public override {
        super.setUp();
        validator = new ModuleStub(true, false, true);
        executor = new OpenExecutor();
        handler = new HandlerStub();
        hook = new HookStub(new HookJournal(), "a");
        install(1, address(validator));
        install(2, address(executor));
        installHandler(address(handler), GREET, 0x00);
        install(4, address(hook));
        transact(abi.encodeCall(account.scheduleHookRemoval, (address(hook))));
    }

    /// @notice I-01: each piece of state is where ERC-7201 and ERC-1967 say. An upgrade may add to this, never change it.
    function test_keepsItsStorageWhereErc7201Says() public view {
        bytes32 members = _erc7201("zksso.account.members");
        // The newest member, one member of each role, and that the list was used.
        uint256 counters = (1 | 1 << 16 | 1 << 32 | 1 << 48 | 1 << 64) << 168;
        _expectSlot(members, counters | uint256(uint160(address(hook))) << 8 | 1);
        bytes32 links = bytes32(uint256(members) + 1);
        _expectSlot(_keyed(address(hook), links), uint256(uint160(address(handler))) << 8 | 4);
        _expectSlot(_keyed(address(handler), links), uint256(uint160(address(executor))) << 8 | 3);
        _expectSlot(_keyed(address(executor), links), uint256(uint160(address(validator))) << 8 | 2);
        _expectSlot(_keyed(address(validator), links), uint256(uint160(owner)) << 8 | 1);
        _expectSlot(_keyed(owner, links), 5);

        bytes32 handlers = _erc7201("zksso.account.handlers");
        _expectSlot(keccak256(abi.encode(GREET, handlers)), uint256(uint160(address(handler))));
        _expectSlot(_keyed(address(handler), bytes32(uint256(handlers) + 1)), 1);

        bytes32 hooks = _erc7201("zksso.account.hooks");
        _expectSlot(_keyed(address(hook), hooks), block.timestamp + 1 days);
        _expectSlot(IMPLEMENTATION_SLOT, uint160(address(implementation)));
    }

    /// @notice I-01: the call type of a handler lies above its address.
    function test_keepsTheCallTypeAboveTheHandler() public {
        installHandler(address(handler), 0x11223344, 0xfe);
        bytes32 slot = keccak256(abi.encode(bytes4(0x11223344), _erc7201("zksso.account.handlers")));
        _expectSlot(slot, uint256(0xfe) << 160 | uint160(address(handler)));
    }

    /// @notice I-04, I-06: two upgrades, one of them to a version without most functions, leave everything as it was, and
    /// nothing to initialise.
    function test_keepsItsStateThroughTwoUpgrades() public {
        address later = address(new LaterAccount());
        address again = address(new EvmAccount());
        vm.recordLogs();
        transact(abi.encodeCall(account.upgradeTo, (later)));
        eventData(IUpgradeableAccount.Upgraded.selector);
        assertEq(LaterAccount(address(account)).version(), 2);
        // A version that cannot be left would end here; this one gets its successor from the outside.
        vm.store(address(account), IMPLEMENTATION_SLOT, bytes32(uint256(uint160(again))));
        assertEq(account.implementation(), again);
        _expectState();
        vm.expectRevert(plain(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        account.initialize(new bytes[](0), one(address(this)));
        transact(abi.encodeCall(account.upgradeTo, (address(implementation))));
        assertEq(account.implementation(), address(implementation));
        _expectState();
    }

    /// @notice I-02: what is no implementation of an account, or has one of its own, is refused.
    function test_RevertWhen_upgradingToSomethingElse() public {
        address[7] memory improper = [
            address(0),
            address(0xe0a),
            address(account),
            address(this),
            address(new EvmProxy(address(implementation))),
            address(validator),
            address(handler)
        ];
        for (uint256 i = 0; i < improper.length; ++i) {
            expectRefusal(
                abi.encodeWithSelector(IUpgradeableAccount.AccountInvalidImplementation.selector, improper[i]),
                abi.encodeCall(account.upgradeTo, (improper[i]))
            );
        }
    }

    /// @notice I-03: nobody but the account itself upgrades it.
    function test_RevertWhen_aStrangerUpgrades() public {
        address next = address(new EvmAccount());
        address[6] memory strangers =
            [address(this), owner, address(validator), address(executor), address(handler), address(hook)];
        for (uint256 i = 0; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountNotFromSelf.selector, strangers[i]));
            vm.prank(strangers[i]);
            account.upgradeTo(next);
        }
    }

    /// @notice I-05: no module gets to run its code on the account's storage: delegate calls are no mode, and handlers are
    /// called.
    function test_RevertWhen_aModuleWantsTheAccountsStorage() public {
        StorageThief thief = new StorageThief();
        bytes32 mode = bytes32(bytes1(0xff));
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountUnsupportedExecutionMode.selector, mode));
        executor.run(account, mode, abi.encodePacked(thief, abi.encodeWithSelector(0x11223344)));
        installHandler(address(thief), 0x11223344, 0x00);
        (bool success,) = address(account).call(hex"11223344");
        assertTrue(success, "call");
        transact(address(thief), 0, hex"11223344");
        assertEq(account.implementation(), address(implementation));
    }

    /// @notice B-06: the implementation itself has neither state nor anybody who could act for it.
    function test_RevertWhen_initializingTheImplementation() public {
        vm.expectRevert(plain(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        implementation.initialize(new bytes[](0), one(address(this)));
        assertFalse(implementation.hasRootSigner(), "root");
        ERC7579Account original = new ERC7579Account();
        vm.expectRevert(plain(IUpgradeableAccount.AccountAlreadyInitialized.selector));
        original.initialize(new bytes[](0), one(address(this)));
    }

    function _expectState() private {
        assertTrue(account.isK1Owner(owner), "owner");
        assertTrue(account.isModuleInstalled(1, address(validator), ""), "validator");
        assertTrue(account.isModuleInstalled(2, address(executor), ""), "executor");
        assertTrue(account.isModuleInstalled(3, address(handler), abi.encodePacked(GREET)), "handler");
        assertTrue(account.isModuleInstalled(4, address(hook), ""), "hook");
        (bool success,) = address(account).call(abi.encodeWithSelector(GREET, 1));
        assertTrue(success, "fallback");
        (uint256 from,) = account.hookRemovalWindow(address(hook));
        assertEq(from, block.timestamp + 1 days);
    }

    function _expectSlot(bytes32 slot, uint256 expected) private view {
        assertEq(uint256(vm.load(address(account), slot)), expected);
    }

    function _keyed(address key, bytes32 slot) private pure returns (bytes32) {
        return keccak256(abi.encode(key, slot));
    }

    function _erc7201(string memory name) private pure returns (bytes32) {
        return keccak256(abi.encode(uint256(keccak256(bytes(name))) - 1)) & ~bytes32(uint256(0xff));
    }
}

/// @title Module that writes the implementation slot of whoever runs its code
contract StorageThief {
    function onInstall(bytes calldata) external {}

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }

    fallback() external {
        bytes32 slot = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
        assembly {
            sstore(slot, address())
        }
    }
}
