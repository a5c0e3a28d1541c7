// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IModuleDirectory} from "../../contracts/interfaces/IModuleDirectory.sol";
import {IModuleRemoval} from "../../contracts/interfaces/IModuleRemoval.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {Call} from "../../contracts/types/Execution.sol";
import {CallSpec, LimitType, SessionSpec, Status, UsageLimit} from "../../contracts/types/SessionTypes.sol";
import {WebAuthValidator} from "../../contracts/validators/WebAuthValidator.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";
import {Conduct, HostileModule} from "./support/HostileModules.sol";
import {P256Precompile} from "./support/P256Precompile.sol";
import {AsserterStub} from "./support/SessionFixture.sol";
import {ISessions, Sessions} from "./support/Sessions.sol";

contract AccountRemovalTest is AccountFixture {
    uint256 private constant PASSKEY = 0x9a55;

    /// @notice F-04: whatever a module of whatever type does when it is told, it is removed by force, gets no more than its
    /// share of the gas, and the outcome is reported.
    function test_forcesHostileModulesOut() public {
        for (uint256 moduleTypeId = 1; moduleTypeId <= 4; ++moduleTypeId) {
            for (uint256 i = 0; i <= uint256(type(Conduct).max); ++i) {
                HostileModule module = new HostileModule();
                bytes memory data = moduleTypeId == 3 ? bytes(hex"1122334400") : bytes("");
                vm.prank(address(account));
                account.installModule(moduleTypeId, address(module), data);
                module.turn(Conduct(i));
                vm.recordLogs();
                vm.prank(address(account));
                account.forceUninstallModule{gas: 4_000_000}(moduleTypeId, address(module), data);
                assertFalse(account.isModule(address(module)), "module");
                bytes memory outcome = eventData(IModuleRemoval.ModuleForceUninstalled.selector);
                bool succeeds = Conduct(i) == Conduct.Proper || Conduct(i) == Conduct.ReturnsBlob
                    || Conduct(i) == Conduct.AnswersTwo;
                assertEq(outcome, abi.encode(moduleTypeId, module, succeeds));
            }
        }
    }

    /// @notice F-04: a quarter of the gas stays with the account, however little there is, and suffices to ask for a signer.
    function test_keepsAQuarterOfTheGas() public {
        ModuleStub root = new ModuleStub(true, false, true);
        HostileModule module = new HostileModule();
        install(1, address(root));
        install(1, address(module));
        vm.prank(address(account));
        account.removeK1Owner(owner);
        module.turn(Conduct.BurnsGas);
        uint256 before = gasleft();
        vm.prank(address(account));
        account.forceUninstallModule{gas: 200_000}(1, address(module), "");
        assertTrue(before - gasleft() < 200_000, "gas");
        assertFalse(account.isModule(address(module)), "module");
    }

    /// @notice F-04: a module gets no more gas to do harm with than it needs to clean up.
    function test_boundsTheGasOfAModuleThatIsForcedOut() public {
        HostileModule module = new HostileModule();
        install(2, address(module));
        module.turn(Conduct.BurnsGas);
        uint256 before = gasleft();
        vm.prank(address(account));
        account.forceUninstallModule{gas: 100_000_000}(2, address(module), "");
        assertTrue(before - gasleft() < 2_200_000, "gas");
    }

    function test_RevertWhen_aHostileModuleIsUninstalledWithoutForce() public {
        HostileModule module = new HostileModule();
        install(2, address(module));
        module.turn(Conduct.Reverts);
        vm.expectRevert(plain(HostileModule.Sabotage.selector));
        uninstall(2, address(module));
        assertTrue(account.isModule(address(module)), "module");
    }

    function test_forcedOutModuleIsTold() public {
        ModuleStub module = new ModuleStub(true, false, false);
        install(1, address(module));
        vm.recordLogs();
        vm.prank(address(account));
        account.forceUninstallModule(1, address(module), hex"0102");
        assertEq(module.lastData(), hex"0102");
        assertEq(eventData(IERC7579Account.ModuleUninstalled.selector), abi.encode(1, module));
    }

    function test_RevertWhen_forcingOutWhatIsNotInstalled() public {
        ModuleStub module = new ModuleStub(true, true, false);
        install(1, address(module));
        uint256[4] memory types = [uint256(0), 2, 5, 255];
        for (uint256 i = 0; i < types.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, types[i], address(module))
            );
            vm.prank(address(account));
            account.forceUninstallModule(types[i], address(module), "");
        }
        // Owners live in the same list, but are no modules.
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 5, owner));
        vm.prank(address(account));
        account.forceUninstallModule(5, owner, "");
        assertFalse(account.isModuleInstalled(5, owner, ""), "owner as module");
        assertFalse(account.isModule(owner), "owner as module");
        (address[] memory modules,) = account.listModules(5, address(0), 10);
        assertEq(modules.length, 0);
    }

    /// @notice F-01: only the account itself removes by force.
    function test_RevertWhen_aStrangerForcesAModuleOut() public {
        ModuleStub module = new ModuleStub(true, false, false);
        install(1, address(module));
        vm.expectRevert(abi.encodeWithSelector(IUpgradeableAccount.AccountNotFromSelf.selector, address(this)));
        account.forceUninstallModule(1, address(module), "");
    }

    /// @notice F-11: force does not get around the guard of the last signer, nor does a batch.
    function test_RevertWhen_theLastSignerIsForcedOut() public {
        ModuleStub module = new ModuleStub(true, false, true);
        ModuleStub other = new ModuleStub(true, false, true);
        install(1, address(module));
        install(1, address(other));
        vm.prank(address(account));
        account.removeK1Owner(owner);
        Call[] memory calls = new Call[](2);
        calls[0] =
            Call(address(account), false, 0, abi.encodeCall(account.forceUninstallModule, (1, address(module), "")));
        calls[1] = Call(address(account), false, 0, abi.encodeCall(account.uninstallModule, (1, address(other), "")));
        expectRefusal(
            plain(IModuleDirectory.AccountWithoutRootSigner.selector), abi.encodeCall(account.batchCall, (calls))
        );
        calls[1].callData = abi.encodeCall(account.forceUninstallModule, (1, address(other), ""));
        expectRefusal(
            plain(IModuleDirectory.AccountWithoutRootSigner.selector), abi.encodeCall(account.batchCall, (calls))
        );
        assertTrue(account.isModule(address(module)) && account.isModule(address(other)), "modules");
    }

    /// @notice F-04, F-11: validators that fail, burn gas or answer nonsense when they are asked for a root signer can keep
    /// neither themselves nor another one installed, and count as without a signer.
    function test_hostileValidatorsCannotKeepAnybodyInstalled() public {
        HostileModule[] memory hostile = new HostileModule[](uint256(type(Conduct).max));
        ModuleStub root = new ModuleStub(true, false, true);
        ModuleStub another = new ModuleStub(true, false, true);
        install(1, address(another));
        install(1, address(root));
        for (uint256 i = 0; i < hostile.length; ++i) {
            hostile[i] = new HostileModule();
            install(1, address(hostile[i]));
            hostile[i].turn(Conduct(i + 1));
        }
        vm.prank(address(account));
        account.removeK1Owner(owner);
        uint256 before = gasleft();
        uninstall(1, address(another));
        assertTrue(before - gasleft() < 1_000_000, "gas");
        vm.expectRevert(plain(IModuleDirectory.AccountWithoutRootSigner.selector));
        uninstall(1, address(root));
        for (uint256 i = 0; i < hostile.length; ++i) {
            vm.prank(address(account));
            account.forceUninstallModule(1, address(hostile[i]), "");
        }
        (address[] memory left,) = account.listModules(1, address(0), 10);
        assertEq(left.length, 1);
        assertEq(left[0], address(root));
    }

    /// @notice F-04: what is no validator is removed whether or not anybody can sign.
    function test_asksForARootSignerWhenAValidatorGoesOnly() public {
        ModuleStub root = new ModuleStub(true, false, true);
        ModuleStub executor = new ModuleStub(false, true, false);
        install(1, address(root));
        install(2, address(executor));
        vm.prank(address(account));
        account.removeK1Owner(owner);
        root.setRoot(false);
        uninstall(2, address(executor));
        assertFalse(account.isModule(address(executor)), "module");
    }

    /// @notice F-22: what a module remembers of an account that uninstalled it is dead after a reinstallation.
    function test_reinstalledValidatorsHaveForgottenTheirKeys() public {
        vm.etch(address(0x100), type(P256Precompile).runtimeCode);
        WebAuthValidator passkeys = new WebAuthValidator();
        ISessions sessions = _sessions();
        SessionSpec memory spec = _spec();
        bytes32 sessionHash = keccak256(abi.encode(spec));
        bool[2] memory forced = [false, true];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(address(account));
            account.installModule(1, address(passkeys), _passkeyData());
            spec.signer = vm.addr(0x5e55 + i);
            sessionHash = keccak256(abi.encode(spec));
            vm.prank(address(account));
            account.installModule(1, address(sessions), abi.encode(spec));
            assertTrue(passkeys.hasRootSigner(address(account)), "passkey");
            assertTrue(sessions.sessionStatus(address(account), sessionHash) == Status.Active, "session");
            _remove(address(passkeys), forced[i]);
            _remove(address(sessions), forced[i]);
            install(1, address(passkeys));
            install(1, address(sessions));
            assertFalse(passkeys.hasRootSigner(address(account)), "passkey");
            assertFalse(sessions.sessionStatus(address(account), sessionHash) == Status.Active, "session");
            _remove(address(passkeys), forced[i]);
            _remove(address(sessions), forced[i]);
        }
    }

    function _remove(address module, bool forced) private {
        vm.prank(address(account));
        if (forced) account.forceUninstallModule(1, module, "");
        else account.uninstallModule(1, module, "");
    }

    function _passkeyData() private pure returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(PASSKEY);
        return abi.encode(new bytes(32), [bytes32(x), bytes32(y)], "https://example.org");
    }

    function _sessions() private returns (ISessions) {
        vm.chainId(260);
        vm.warp(1_700_000_000);
        vm.etch(address(0x808012), address(new AsserterStub()).code);
        return Sessions.deploy();
    }

    function _spec() private view returns (SessionSpec memory spec) {
        spec.signer = vm.addr(0x5e55);
        spec.expiresAt = block.timestamp + 1 days;
        spec.feeLimit = UsageLimit(LimitType.Lifetime, 1 ether, 0);
        spec.callPolicies = new CallSpec[](1);
        spec.callPolicies[0].target = address(0xbeef0001);
    }
}
