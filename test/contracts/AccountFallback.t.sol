// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {HandlerStub} from "./support/Counterparties.sol";

contract AccountFallbackTest is AccountFixture {
    bytes4 private constant GREET = bytes4(keccak256("greet(uint256)"));
    bytes4 private constant READ = bytes4(keccak256("read(uint256)"));

    HandlerStub private handler;

    function setUp() public override {
        super.setUp();
        handler = new HandlerStub();
        installHandler(address(handler), GREET, 0x00);
        installHandler(address(handler), READ, 0xfe);
    }

    /// @notice F-18: the handler sees the calldata with the caller behind it, and the account as its own caller.
    function testFuzz_forwardsCalldataAndCaller(address caller, bytes memory arguments) public {
        vm.assume(caller != address(vm));
        bytes4[2] memory selectors = [GREET, READ];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory data = bytes.concat(selectors[i], arguments);
            vm.prank(caller);
            (bool success, bytes memory result) = address(account).call(data);
            assertTrue(success, "call");
            assertEq(result, abi.encode(account, 0, abi.encodePacked(data, caller)));
        }
    }

    /// @notice F-18, F-19: what a caller appends itself is not mistaken for the caller.
    function test_doesNotLetCallersPretendToBeOthers() public {
        (, bytes memory result) = address(account).call(abi.encodePacked(GREET, owner));
        (,, bytes memory seen) = abi.decode(result, (address, uint256, bytes));
        assertEq(seen, abi.encodePacked(GREET, owner, address(this)));
    }

    /// @notice F-18: a handler with the static call type cannot write.
    function test_RevertWhen_staticHandlerWrites() public {
        handler.setMode(2);
        (bool success,) = address(account).call{gas: 1_000_000}(abi.encodeWithSelector(READ, 1));
        assertFalse(success, "write");
        (success,) = address(account).call(abi.encodeWithSelector(GREET, 1));
        assertTrue(success, "call");
        assertEq(handler.writes(), 1);
    }

    /// @notice F-18: value is not accepted, neither with nor without a handler.
    function test_RevertWhen_valueIsSentWithData() public {
        (bool success,) = address(account).call{value: 1}(abi.encodeWithSelector(GREET, 1));
        assertFalse(success, "handler");
        (success,) = address(account).call{value: 1}(abi.encodeWithSelector(0x12345678));
        assertFalse(success, "unknown");
        (success,) = address(account).call{value: 1}("");
        assertTrue(success, "transfer");
        assertEq(address(account).balance, 1);
    }

    /// @notice F-18: data shorter than a selector reach nobody, even if padding makes them the selector of a handler.
    function test_RevertWhen_calldataIsShort() public {
        installHandler(address(handler), 0xaa000000, 0x00);
        installHandler(address(handler), 0xaabb0000, 0x00);
        installHandler(address(handler), 0xaabbcc00, 0x00);
        bytes[3] memory short = [bytes(hex"aa"), hex"aabb", hex"aabbcc"];
        for (uint256 i = 0; i < short.length; ++i) {
            (bool success, bytes memory reason) = address(account).call(short[i]);
            assertFalse(success, "call");
            assertEq(reason, _unknown(bytes4(short[i])));
        }
    }

    function testFuzz_RevertWhen_functionIsUnknown(bytes4 selector) public {
        vm.assume(selector != GREET && selector != READ && !_isOwn(selector));
        (bool success, bytes memory reason) = address(account).call(abi.encodePacked(selector));
        assertFalse(success, "call");
        assertEq(reason, _unknown(selector));
    }

    function test_RevertWhen_handlerFails() public {
        handler.setMode(1);
        bytes4[2] memory selectors = [GREET, READ];
        for (uint256 i = 0; i < 2; ++i) {
            (bool success, bytes memory reason) = address(account).call(abi.encodeWithSelector(selectors[i], 1));
            assertFalse(success, "call");
            assertEq(reason, plain(HandlerStub.HandlerFailed.selector));
        }
    }

    /// @notice F-18: a function of the account is never given to a handler, nor one through which anybody could make the
    /// account install or uninstall itself at its handler.
    function test_RevertWhen_functionIsReserved() public {
        bytes4[] memory selectors = _ownFunctions();
        for (uint256 i = 0; i < selectors.length; ++i) {
            assertTrue(_isOwn(selectors[i]), "own");
            _expectTaken(selectors[i]);
        }
        _expectTaken(0);
        _expectTaken(IModule.onInstall.selector);
        _expectTaken(IModule.onUninstall.selector);
    }

    /// @notice F-18: one function has one handler, whatever the handler answers when it is asked.
    function test_RevertWhen_functionHasAHandler() public {
        HandlerStub other = new HandlerStub();
        for (uint256 mode = 0; mode < 4; ++mode) {
            handler.setMode(mode);
            bytes memory data = abi.encodePacked(GREET, bytes1(0x00));
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountFunctionTaken.selector, GREET));
            vm.prank(address(account));
            account.installModule(3, address(other), data);
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountFunctionTaken.selector, GREET));
            vm.prank(address(account));
            account.installModule(3, address(handler), data);
        }
        assertFalse(account.isModule(address(other)), "module");
    }

    function test_handsOnInstallData() public {
        vm.prank(address(account));
        account.installModule(3, address(handler), hex"11223344fe0102");
        assertEq(handler.lastInit(), hex"0102");
        vm.prank(address(account));
        account.uninstallModule(3, address(handler), hex"1122334405");
        assertEq(handler.lastDeInit(), hex"05");
    }

    function test_RevertWhen_installDataIsImproper() public {
        bytes memory invalid = plain(IERC7579Account.AccountInvalidHandlerData.selector);
        bytes[3] memory short = [bytes(""), hex"112233", hex"11223344"];
        for (uint256 i = 0; i < short.length; ++i) {
            vm.expectRevert(invalid);
            vm.prank(address(account));
            account.installModule(3, address(handler), short[i]);
        }
        vm.expectRevert(invalid);
        vm.prank(address(account));
        account.uninstallModule(3, address(handler), hex"112233");
        for (uint256 callType = 1; callType < 256; ++callType) {
            if (callType == 0xfe) continue;
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountUnsupportedCallType.selector, callType));
            vm.prank(address(account));
            account.installModule(3, address(handler), abi.encodePacked(hex"11223344", uint8(callType)));
        }
    }

    /// @notice F-03: a handler answers several functions, and stays installed until it has lost the last one.
    function test_handlerAnswersSeveralFunctions() public {
        assertTrue(account.isModuleInstalled(3, address(handler), abi.encodePacked(GREET)), "greet");
        assertTrue(account.isModuleInstalled(3, address(handler), abi.encodePacked(READ)), "read");
        assertTrue(account.isModuleInstalled(3, address(handler), ""), "any");
        assertFalse(account.isModuleInstalled(3, address(handler), hex"11223344"), "other function");
        assertFalse(account.isModuleInstalled(3, owner, abi.encodePacked(GREET)), "other handler");
        assertFalse(account.isModuleInstalled(4, address(handler), abi.encodePacked(GREET)), "other type");
        assertFalse(account.isModuleInstalled(3, address(0), hex"11223344"), "nobody");
        (address[] memory modules,) = account.listModules(3, address(0), 10);
        assertEq(modules.length, 1);

        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 3, address(handler)));
        _uninstall(0x11223344);
        _uninstall(GREET);
        assertFalse(account.isModuleInstalled(3, address(handler), abi.encodePacked(GREET)), "greet");
        assertTrue(account.isModuleInstalled(3, address(handler), abi.encodePacked(READ)), "read");
        (, bytes memory reason) = address(account).call(abi.encodePacked(GREET));
        assertEq(reason, _unknown(GREET));
        _uninstall(READ);
        assertFalse(account.isModule(address(handler)), "module");
        installHandler(address(handler), READ, 0x00);
        assertTrue(account.isModule(address(handler)), "again");
    }

    /// @notice F-04: a handler that fails when it is told loses its functions one by one all the same.
    function test_forcesAHandlerOut() public {
        handler.setMode(1);
        vm.expectRevert(plain(HandlerStub.HandlerFailed.selector));
        _uninstall(GREET);
        vm.prank(address(account));
        account.forceUninstallModule(3, address(handler), abi.encodePacked(GREET));
        assertTrue(account.isModule(address(handler)), "module");
        vm.prank(address(account));
        account.forceUninstallModule(3, address(handler), abi.encodePacked(READ));
        assertFalse(account.isModule(address(handler)), "module");
    }

    /// @notice F-03: a handler is of no other type, and no other module is a handler.
    function test_RevertWhen_handlerIsAnotherModule() public {
        EveryType module = new EveryType();
        install(2, address(module));
        bytes memory installed =
            abi.encodeWithSelector(IERC7579Account.AccountModuleAlreadyInstalled.selector, address(module));
        vm.expectRevert(installed);
        installHandler(address(module), 0x11223344, 0x00);
        (, bytes memory reason) = address(account).call(hex"11223344");
        assertEq(reason, _unknown(0x11223344));
        uninstall(2, address(module));
        installHandler(address(module), 0x11223344, 0x00);
        vm.expectRevert(installed);
        install(4, address(module));
    }

    function _uninstall(bytes4 selector) private {
        vm.prank(address(account));
        account.uninstallModule(3, address(handler), abi.encodePacked(selector));
    }

    function _expectTaken(bytes4 selector) private {
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountFunctionTaken.selector, selector));
        installHandler(address(handler), selector, 0x00);
    }

    function _unknown(bytes4 selector) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IERC7579Account.AccountUnknownFunction.selector, selector);
    }

    function _isOwn(bytes4 selector) private pure returns (bool) {
        bytes4[] memory selectors = _ownFunctions();
        for (uint256 i = 0; i < selectors.length; ++i) {
            if (selectors[i] == selector) return true;
        }
        return false;
    }

    /// @dev Every external function of the account.
    function _ownFunctions() private pure returns (bytes4[] memory selectors) {
        string[34] memory signatures = [
            "accountId()",
            "addK1Owner(address)",
            "batchCall((address,bool,uint256,bytes)[])",
            "eip712Domain()",
            "execute(bytes32,bytes)",
            "executeFromExecutor(bytes32,bytes)",
            "forceUninstallModule(uint256,address,bytes)",
            "hasRootSigner()",
            "hookRemovalWindow(address)",
            "implementation()",
            "initialize(bytes[],address[])",
            "installModule(uint256,address,bytes)",
            "isK1Owner(address)",
            "isModule(address)",
            "isModuleInstalled(uint256,address,bytes)",
            "isValidSignature(bytes32,bytes)",
            "listK1Owners()",
            "listModules(uint256,address,uint256)",
            "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
            "onERC1155Received(address,address,uint256,uint256,bytes)",
            "onERC721Received(address,address,uint256,bytes)",
            "removeK1Owner(address)",
            "removeScheduledHook(address)",
            "scheduleHookRemoval(address)",
            "supportsExecutionMode(bytes32)",
            "supportsInterface(bytes4)",
            "supportsModule(uint256)",
            "uninstallModule(uint256,address,bytes)",
            "upgradeTo(address)",
            "validateTransaction(bytes32,bytes32,(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes))",
            "executeTransaction(bytes32,bytes32,(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes))",
            "executeTransactionFromOutside((uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes))",
            "payForTransaction(bytes32,bytes32,(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes))",
            "prepareForPaymaster(bytes32,bytes32,(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes))"
        ];
        selectors = new bytes4[](34);
        for (uint256 i = 0; i < selectors.length; ++i) {
            selectors[i] = bytes4(keccak256(bytes(signatures[i])));
        }
    }
}

/// @title Module that says it is of every type
contract EveryType {
    function onInstall(bytes calldata) external {}

    function onUninstall(bytes calldata) external {}

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }
}
