// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../../contracts/account/ERC7579Account.sol";
import {IERC7579Account} from "../../../contracts/interfaces/IERC7579Account.sol";
import {GuardianRecovery} from "../../../contracts/recovery/GuardianRecovery.sol";
import {Execution} from "../../../contracts/types/Execution.sol";
import {
    GuardianSignature,
    PasskeyReveal,
    RecoveryRequest,
    RecoveryReveal
} from "../../../contracts/types/RecoveryTypes.sol";
import {WebAuthValidator} from "../../../contracts/validators/WebAuthValidator.sol";
import {AccountFixture, EvmProxy} from "./AccountFixture.sol";
import {P256Precompile} from "./P256Precompile.sol";
import {ISessions, Sessions} from "./Sessions.sol";

/// @title Proxy of an account whose executors work on the EVM
/// @notice The account passes calldata on by pointer, which the EVM does not know. This stands in for that one function, for
/// the two modes that the modules use, with the account's own word on who is an executor; all else is the account's code.
contract ExecutingProxy is EvmProxy {
    constructor(address implementation) EvmProxy(implementation) {}

    function executeFromExecutor(bytes32 mode, bytes calldata data) external payable returns (bytes[] memory results) {
        if (!IERC7579Account(address(this)).isModuleInstalled(2, msg.sender, "")) {
            revert IERC7579Account.AccountModuleNotInstalled(2, msg.sender);
        }
        if (mode == 0) {
            results = new bytes[](1);
            results[0] = _call(address(bytes20(data[:20])), uint256(bytes32(data[20:52])), data[52:]);
            return results;
        }
        if (mode != bytes32(bytes1(0x01))) revert IERC7579Account.AccountUnsupportedExecutionMode(mode);
        Execution[] memory executions = abi.decode(data, (Execution[]));
        results = new bytes[](executions.length);
        for (uint256 i = 0; i < executions.length; ++i) {
            results[i] = _call(executions[i].target, executions[i].value, executions[i].callData);
        }
    }

    function _call(address target, uint256 value, bytes memory data) private returns (bytes memory result) {
        bool success;
        (success, result) = target.call{value: value}(data);
        if (success) return result;
        assembly {
            revert(add(result, 32), mload(result))
        }
    }
}

/// @title Account with everything installed, and guardians to recover it
abstract contract RecoveryFixture is AccountFixture {
    uint256 internal constant NOW = 1_700_000_000;
    string internal constant ORIGIN = "https://auth.zksso.example:8443";
    bytes32 internal constant DOMAIN = keccak256(bytes(ORIGIN));
    bytes32 internal constant RP_ID_HASH = sha256("auth.zksso.example");
    bytes internal constant OLD_ID = hex"000102030405060708090a0b0c0d0e0f";
    bytes internal constant NEW_ID = hex"ff0102030405060708090a0b0c0d0e0f";
    uint256 internal constant OLD_KEY = 0x01d;
    uint256 internal constant NEW_KEY = 0x9e3;
    uint256 internal constant FIRST_GUARDIAN_KEY = 0x60a0;

    GuardianRecovery internal recovery;
    WebAuthValidator internal webAuthn;
    ISessions internal sessions;

    /// @dev The present. The optimizer takes `block.timestamp` for constant within a function.
    uint256 internal time = NOW;

    function setUp() public virtual override {
        vm.warp(NOW);
        vm.etch(address(0x100), type(P256Precompile).runtimeCode);
        super.setUp();
        recovery = new GuardianRecovery();
        webAuthn = new WebAuthValidator();
        sessions = Sessions.deploy();
        account = newAccount();
    }

    /// @dev Account with one owner, one passkey and all modules.
    function newAccount() internal returns (ERC7579Account created) {
        created = ERC7579Account(payable(address(new ExecutingProxy(address(implementation)))));
        bytes[] memory modules = new bytes[](3);
        modules[0] = abi.encode(webAuthn, abi.encode(OLD_ID, publicKey(OLD_KEY), ORIGIN));
        modules[1] = abi.encode(sessions, "");
        modules[2] = abi.encode(recovery, "");
        created.initialize(modules, one(owner));
    }

    /// @dev Lets time pass.
    function pass(uint256 duration) internal {
        time += duration;
        vm.warp(time);
    }

    function publicKey(uint256 key) internal pure returns (bytes32[2] memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        return [bytes32(x), bytes32(y)];
    }

    function guardian(uint256 index) internal pure returns (address) {
        return vm.addr(FIRST_GUARDIAN_KEY + index);
    }

    function propose(address candidate) internal {
        vm.prank(address(account));
        recovery.proposeGuardian(DOMAIN, candidate);
    }

    function accept(address candidate) internal {
        vm.prank(candidate);
        recovery.addGuardian(DOMAIN, address(account));
    }

    function remove(address member) internal {
        vm.prank(address(account));
        recovery.removeGuardian(DOMAIN, member);
    }

    function setThreshold(uint256 threshold) internal {
        vm.prank(address(account));
        recovery.setThreshold(DOMAIN, threshold);
    }

    function setDelay(uint256 delay) internal {
        vm.prank(address(account));
        recovery.setDelay(DOMAIN, delay);
    }

    /// @dev Gives the account active guardians and a threshold.
    function appoint(uint256 count, uint256 threshold) internal {
        for (uint256 i = 0; i < count; ++i) {
            propose(guardian(i));
            accept(guardian(i));
        }
        setThreshold(threshold);
    }

    /// @dev Request for a passkey and nothing else, as `initRecovery` makes it.
    function passkeyRequest(uint256 key) internal view returns (RecoveryRequest memory request) {
        request.webAuthValidator = address(webAuthn);
        request.credentialIdHash = keccak256(NEW_ID);
        bytes32[2] memory point = publicKey(key);
        (request.keyX, request.keyY) = (point[0], point[1]);
        request.deadline = type(uint256).max;
    }

    function plain() internal view returns (RecoveryRequest memory) {
        return passkeyRequest(NEW_KEY);
    }

    /// @dev Request for an owner and nothing else.
    function ownerRequest(address newOwner) internal pure returns (RecoveryRequest memory request) {
        request.owner = newOwner;
        request.deadline = type(uint256).max;
    }

    function plainReveal() internal pure returns (RecoveryReveal memory reveal) {
        reveal.origin = ORIGIN;
        reveal.credentialId = NEW_ID;
    }

    function passkeyId(bytes memory credentialId, bytes32 rpIdHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(rpIdHash, bytes(ORIGIN).length, ORIGIN, credentialId));
    }

    /// @dev Request that replaces the old passkey by the new one.
    function replacement() internal view returns (RecoveryRequest memory request, RecoveryReveal memory reveal) {
        (request, reveal) = (plain(), plainReveal());
        request.removedPasskeys = new bytes32[](1);
        request.removedPasskeys[0] = passkeyId(OLD_ID, RP_ID_HASH);
        reveal.removedPasskeys = new PasskeyReveal[](1);
        reveal.removedPasskeys[0] = PasskeyReveal(OLD_ID, RP_ID_HASH);
    }

    function approve(uint256 index, RecoveryRequest memory request) internal returns (bytes32) {
        vm.prank(guardian(index));
        return recovery.approveRecovery(DOMAIN, address(account), request);
    }

    function finish(RecoveryRequest memory request, RecoveryReveal memory reveal) internal {
        recovery.finishRecovery(DOMAIN, address(account), request, reveal);
    }

    function discard() internal {
        vm.prank(address(account));
        recovery.discardRecovery(DOMAIN);
    }

    function hashNow(RecoveryRequest memory request) internal view returns (bytes32) {
        uint256 nonce = recovery.nonceOf(DOMAIN, address(account));
        return recovery.hashRequest(DOMAIN, address(account), nonce, request);
    }

    function sign(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    function signed(uint256 index, bytes32 hash) internal pure returns (GuardianSignature memory) {
        return GuardianSignature(guardian(index), sign(FIRST_GUARDIAN_KEY + index, hash));
    }

    function one(GuardianSignature memory signature) internal pure returns (GuardianSignature[] memory list) {
        list = new GuardianSignature[](1);
        list[0] = signature;
    }

    /// @dev Hash of the running recovery's request, or zero.
    function running() internal view returns (bytes32) {
        return recovery.recoveryStatus(DOMAIN, address(account)).requestHash;
    }

    function readyAt() internal view returns (uint256) {
        return recovery.recoveryStatus(DOMAIN, address(account)).readyAt;
    }

    function hasKey(ERC7579Account holder, bytes memory credentialId, uint256 key) internal view returns (bool) {
        bytes32[2] memory stored = webAuthn.getAccountKey(ORIGIN, credentialId, address(holder));
        bytes32[2] memory expected = publicKey(key);
        return stored[0] == expected[0] && stored[1] == expected[1];
    }
}
