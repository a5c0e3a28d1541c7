// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {RegistryHook} from "../../contracts/hooks/RegistryHook.sol";
import {IBatchCaller} from "../../contracts/interfaces/IBatchCaller.sol";
import {IERC7484} from "../../contracts/interfaces/IERC7484.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../../contracts/interfaces/IERC7579Module.sol";
import {IHook} from "../../contracts/interfaces/IHook.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {IRegistryHook} from "../../contracts/interfaces/IRegistryHook.sol";
import {Call, Execution} from "../../contracts/types/Execution.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {OpenExecutor} from "./doubles/OpenExecutor.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";
import {HandlerStub} from "./support/Counterparties.sol";

/// @title Registry that attests what it is told to
contract RegistryStub is IERC7484 {
    error NotAttested(address module, uint256 moduleType);

    mapping(address module => mapping(uint256 moduleType => mapping(address by => bool))) public attested;

    function attest(address module, uint256 moduleType, address by, bool value) external {
        attested[module][moduleType][by] = value;
    }

    /// @dev All accounts trust one attester, the zero address.
    function checkForAccount(address, address module, uint256 moduleType) external view {
        if (!attested[module][moduleType][address(0)]) revert NotAttested(module, moduleType);
    }

    function check(address module, uint256 moduleType, address[] calldata attesters, uint256 threshold) external view {
        uint256 count = 0;
        for (uint256 i = 0; i < attesters.length; ++i) {
            if (attested[module][moduleType][attesters[i]]) ++count;
        }
        if (count < threshold) revert NotAttested(module, moduleType);
    }
}

contract RegistryHookTest is AccountFixture {
    RegistryHook private hook;
    RegistryStub private registry;
    ModuleStub private module;

    function setUp() public override {
        super.setUp();
        hook = new RegistryHook();
        registry = new RegistryStub();
        module = new ModuleStub(true, true, false);
        _setPolicy(_policy());
    }

    /// @notice F-20: a module that nobody attests is refused, whichever type it has.
    function test_RevertWhen_aNewModuleIsNotAttested() public {
        for (uint256 moduleTypeId = 1; moduleTypeId <= 2; ++moduleTypeId) {
            bytes memory hookData = _begin();
            install(moduleTypeId, address(module));
            _expectNotAttested(moduleTypeId);
            _end(hookData);
            registry.attest(address(module), moduleTypeId, address(0), true);
            _end(hookData);
            uninstall(moduleTypeId, address(module));
        }
    }

    /// @notice F-20: an attestation for one type is none for another.
    function test_RevertWhen_aModuleIsAttestedForAnotherType() public {
        registry.attest(address(module), 1, address(0), true);
        bytes memory hookData = _begin();
        install(2, address(module));
        _expectNotAttested(2);
        _end(hookData);
    }

    /// @notice F-20: a module that changes its type in an action counts as new.
    function test_RevertWhen_aModuleChangesItsType() public {
        registry.attest(address(module), 1, address(0), true);
        install(1, address(module));
        bytes memory hookData = _begin();
        uninstall(1, address(module));
        install(2, address(module));
        _expectNotAttested(2);
        _end(hookData);
    }

    /// @notice F-20: one of several new modules.
    function test_RevertWhen_oneOfManyNewModulesIsNotAttested() public {
        bytes memory hookData = _begin();
        for (uint256 i = 0; i < 5; ++i) {
            ModuleStub other = new ModuleStub(true, false, false);
            registry.attest(address(other), 1, address(0), true);
            install(1, address(other));
            if (i == 2) install(2, address(module));
        }
        _expectNotAttested(2);
        _end(hookData);
    }

    /// @notice F-21: an executor that installs a module through the account is found as well.
    function test_RevertWhen_anExecutorInstallsAModule() public {
        ModuleStub executor = new ModuleStub(false, true, false);
        install(2, address(executor));
        vm.prank(address(account));
        bytes memory hookData = hook.preCheck(address(executor), 0, "");
        install(1, address(module));
        _expectNotAttested(1);
        _end(hookData);
    }

    /// @notice F-20: whatever the way in which a module comes in.
    function test_RevertWhen_aModuleComesInByAnyWay() public {
        OpenExecutor executor = new OpenExecutor();
        install(2, address(executor));
        install(4, address(hook));
        bytes memory data = abi.encodeCall(IERC7579Account.installModule, (1, address(module), ""));
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(address(account), 0, data);
        Call[] memory batch = new Call[](1);
        batch[0] = Call(address(account), false, 0, data);
        bytes[4] memory ways = [
            data,
            abi.encodeCall(IERC7579Account.execute, (BATCH, abi.encode(calls))),
            abi.encodeCall(IBatchCaller.batchCall, (batch)),
            abi.encodeCall(OpenExecutor.run, (account, BATCH, abi.encode(calls)))
        ];
        bytes memory reason = abi.encodeWithSelector(RegistryStub.NotAttested.selector, address(module), uint256(1));
        for (uint256 i = 0; i < ways.length; ++i) {
            expectRefusal(reason, i == 3 ? address(executor) : address(account), 0, ways[i]);
        }
        vm.expectRevert(reason);
        executor.run(account, SINGLE, abi.encodePacked(account, uint256(0), data));
        Transaction memory transaction = signed(transactionTo(address(account), 0, data), OWNER_KEY);
        vm.expectRevert(reason);
        account.executeTransactionFromOutside(transaction);
        registry.attest(address(module), 1, address(0), true);
        account.executeTransactionFromOutside(transaction);
        assertTrue(account.isModule(address(module)), "installed");
    }

    /// @notice F-20: fallback handlers and hooks are modules as well.
    function test_RevertWhen_aHandlerOrHookIsNotAttested() public {
        install(4, address(hook));
        address handler = address(new HandlerStub());
        bytes memory data = abi.encodeCall(IERC7579Account.installModule, (3, handler, hex"1122334400"));
        expectRefusal(abi.encodeWithSelector(RegistryStub.NotAttested.selector, handler, uint256(3)), data);
        address other = address(new RegistryHook());
        data = abi.encodeCall(IERC7579Account.installModule, (4, other, ""));
        expectRefusal(abi.encodeWithSelector(RegistryStub.NotAttested.selector, other, uint256(4)), data);
        registry.attest(other, 4, address(0), true);
        transact(data);
        assertTrue(account.isModuleInstalled(4, other, ""), "installed");
    }

    function test_leavesOldModulesAlone() public {
        install(1, address(module));
        ModuleStub other = new ModuleStub(true, false, false);
        registry.attest(address(other), 1, address(0), true);
        bytes memory hookData = _begin();
        install(1, address(other));
        _end(hookData);
        hookData = _begin();
        uninstall(1, address(other));
        _end(hookData);
    }

    /// @notice F-20: an action cannot change the registry for itself, nor get by with one of its own.
    function test_RevertWhen_thePolicyIsLoosenedInTheSameAction() public {
        bytes memory hookData = _begin();
        IRegistryHook.RegistryPolicy memory none;
        _setPolicy(none);
        install(1, address(module));
        _expectNotAttested(1);
        _end(hookData);
        vm.prank(address(account));
        hook.onUninstall("");
        _expectNotAttested(1);
        _end(hookData);
    }

    /// @notice F-20: revoked executors are stopped, where the account wants it.
    function test_stopsRevokedExecutorsWhenToldSo() public {
        ModuleStub executor = new ModuleStub(false, true, false);
        install(2, address(executor));
        registry.attest(address(executor), 2, address(0), true);
        IRegistryHook.RegistryPolicy memory policy = _policy();
        policy.checksExecutors = true;
        _setPolicy(policy);
        vm.prank(address(account));
        hook.preCheck(address(executor), 0, "");
        registry.attest(address(executor), 2, address(0), false);
        bytes memory reason = abi.encodeWithSelector(RegistryStub.NotAttested.selector, address(executor), uint256(2));
        vm.expectRevert(reason);
        vm.prank(address(account));
        hook.preCheck(address(executor), 0, "");
        // The owner is not an executor.
        vm.prank(address(account));
        hook.preCheck(address(0x8001), 0, "");
        policy.checksExecutors = false;
        _setPolicy(policy);
        vm.prank(address(account));
        hook.preCheck(address(executor), 0, "");
    }

    /// @notice F-20: attesters that the account names itself.
    function test_asksForTheAttestersOfThePolicy() public {
        IRegistryHook.RegistryPolicy memory policy = _policy();
        policy.attesters = new address[](3);
        for (uint160 i = 0; i < 3; ++i) {
            policy.attesters[i] = address(i + 1);
        }
        policy.threshold = 2;
        _setPolicy(policy);
        bytes memory hookData = _begin();
        install(1, address(module));
        registry.attest(address(module), 1, address(0), true);
        registry.attest(address(module), 1, address(4), true);
        registry.attest(address(module), 1, address(1), true);
        _expectNotAttested(1);
        _end(hookData);
        registry.attest(address(module), 1, address(3), true);
        _end(hookData);
    }

    function test_RevertWhen_policyMakesNoSense() public {
        IRegistryHook.RegistryPolicy memory policy = _policy();
        policy.registry = address(0xe0a);
        vm.expectRevert(abi.encodeWithSelector(IRegistryHook.RegistryWithoutCode.selector, address(0xe0a)));
        hook.setPolicy(policy);
        policy = _policy();
        policy.attesters = new address[](2);
        uint8[2] memory thresholds = [0, 3];
        for (uint256 i = 0; i < thresholds.length; ++i) {
            policy.threshold = thresholds[i];
            bytes4 error_ = IRegistryHook.RegistryInvalidThreshold.selector;
            vm.expectRevert(abi.encodeWithSelector(error_, thresholds[i], 2));
            hook.setPolicy(policy);
        }
    }

    /// @notice F-20: nobody sets an account's policy but itself, and it is gone with the hook.
    function test_keepsPoliciesApart() public {
        IRegistryHook.RegistryPolicy memory policy;
        hook.setPolicy(policy);
        hook.onUninstall("");
        assertEq(hook.policyOf(address(account)).registry, address(registry));
        assertTrue(hook.isInitialized(address(account)) && !hook.isInitialized(address(this)), "initialised");
        policy = _policy();
        policy.attesters = new address[](1);
        policy.threshold = 1;
        _setPolicy(policy);
        vm.prank(address(account));
        hook.onUninstall("");
        assertEq(abi.encode(hook.policyOf(address(account))), abi.encode(_none()));
        assertFalse(hook.isInitialized(address(account)), "initialised");
    }

    function test_checksNothingWithoutPolicy() public {
        vm.prank(address(account));
        hook.onUninstall("");
        bytes memory hookData = _begin();
        install(1, address(module));
        _end(hookData);
        vm.prank(address(account));
        hook.onInstall("");
        assertFalse(hook.isInitialized(address(account)), "initialised");
        vm.prank(address(account));
        hook.onInstall(abi.encode(_policy()));
        assertTrue(hook.isInitialized(address(account)), "initialised");
    }

    function test_saysWhatItIs() public view {
        assertTrue(hook.isModuleType(4), "hook");
        assertFalse(hook.isModuleType(1) || hook.isModuleType(2) || hook.isModuleType(3), "other types");
        bytes4[5] memory ids = [
            type(IERC165).interfaceId,
            type(IModule).interfaceId,
            type(IERC7579Module).interfaceId,
            type(IHook).interfaceId,
            type(IRegistryHook).interfaceId
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(hook.supportsInterface(ids[i]), "interface");
        }
        assertFalse(hook.supportsInterface(0xffffffff), "0xffffffff");
    }

    /// @notice I-01: the storage is where its namespace puts it.
    function test_keepsItsStorageInItsNamespace() public view {
        uint256 inner = uint256(keccak256("zksso.hook.registry")) - 1;
        uint256 root = uint256(keccak256(abi.encode(inner)) & ~bytes32(uint256(0xff)));
        bytes32 slot = keccak256(abi.encode(account, root));
        assertEq(uint256(vm.load(address(hook), slot)), uint160(address(registry)));
    }

    function _policy() private view returns (IRegistryHook.RegistryPolicy memory policy) {
        policy.registry = address(registry);
    }

    function _none() private pure returns (IRegistryHook.RegistryPolicy memory policy) {}

    function _setPolicy(IRegistryHook.RegistryPolicy memory policy) private {
        vm.prank(address(account));
        hook.setPolicy(policy);
    }

    function _begin() private returns (bytes memory) {
        vm.prank(address(account));
        return hook.preCheck(address(0x8001), 0, "");
    }

    function _end(bytes memory hookData) private {
        vm.prank(address(account));
        hook.postCheck(hookData);
    }

    function _expectNotAttested(uint256 moduleTypeId) private {
        vm.expectRevert(abi.encodeWithSelector(RegistryStub.NotAttested.selector, address(module), moduleTypeId));
    }
}
