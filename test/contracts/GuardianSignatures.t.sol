// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {IGuardianRecovery} from "../../contracts/interfaces/IGuardianRecovery.sol";
import {GuardianRecovery} from "../../contracts/recovery/GuardianRecovery.sol";
import {GuardianSignature, RecoveryRequest} from "../../contracts/types/RecoveryTypes.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";

contract GuardianSignaturesTest is RecoveryFixture {
    string private constant REQUEST_TYPE = "RecoveryRequest(address account,bytes32 hashedOriginDomain,uint256 nonce,address webAuthValidator,"
        "bytes32 credentialIdHash,bytes32 rpIdHash,bytes32 keyX,bytes32 keyY,address owner,"
        "bytes32[] removedPasskeys,address[] removedOwners,address sessionValidator,uint256 deadline)";

    uint256 private constant CHAIN = 270;

    function setUp() public override {
        vm.chainId(CHAIN);
        super.setUp();
    }

    function test_anybodyRelaysSignatures() public {
        appoint(3, 3);
        RecoveryRequest memory request = plain();
        bytes32 requestHash = hashNow(request);
        GuardianSignature[] memory signatures = new GuardianSignature[](2);
        (signatures[0], signatures[1]) = (signed(0, requestHash), signed(2, requestHash));
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), 2);
        approve(1, request);
        assertEq(running(), requestHash);
    }

    /// @notice G-09: a signature is for one account, chain, contract, domain, nonce and request.
    function test_RevertWhen_signatureIsForSomethingElse() public {
        ERC7579Account other = newAccount();
        appoint(1, 1);
        RecoveryRequest memory request = plain();
        uint256 nonce = recovery.nonceOf(DOMAIN, address(account));
        bytes32[6] memory hashes = [
            recovery.hashRequest(DOMAIN, address(other), nonce, request),
            recovery.hashRequest(keccak256("https://other.example"), address(account), nonce, request),
            recovery.hashRequest(DOMAIN, address(account), nonce + 1, request),
            new GuardianRecovery().hashRequest(DOMAIN, address(account), nonce, request),
            hashNow(passkeyRequest(NEW_KEY + 1)),
            bytes32(0)
        ];
        vm.chainId(CHAIN + 1);
        hashes[5] = hashNow(request);
        vm.chainId(CHAIN);
        for (uint256 i = 0; i < hashes.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidSignature.selector, guardian(0)));
            recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, one(signed(0, hashes[i])));
        }
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, one(signed(0, hashNow(request))));
        assertFalse(running() == 0, "started");
    }

    /// @notice G-09: signatures are worthless after the recovery was finished, discarded or expired.
    function test_RevertWhen_signatureIsReplayed() public {
        appoint(1, 1);
        RecoveryRequest memory request = ownerRequest(guardian(7));
        for (uint256 i = 0; i < 3; ++i) {
            GuardianSignature[] memory signatures = one(signed(0, hashNow(request)));
            recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
            pass(i == 2 ? 4 days : 1 days);
            if (i == 0) finish(request, plainReveal());
            if (i == 1) discard();
            vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidSignature.selector, guardian(0)));
            recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        }
    }

    /// @notice G-09: what some guardians approved beside a recovery dies with it.
    function test_finishingForgetsApprovalsOfOtherRequests() public {
        appoint(2, 2);
        approve(0, plain());
        approve(1, plain());
        RecoveryRequest memory other = ownerRequest(guardian(7));
        approve(0, other);
        vm.warp(NOW + 1 days);
        finish(plain(), plainReveal());
        approve(1, other);
        assertEq(running(), 0);
    }

    /// @notice G-09: a guardian can limit for how long its approval may be used.
    function test_RevertWhen_theDeadlineHasPassed() public {
        appoint(2, 2);
        RecoveryRequest memory request = plain();
        request.deadline = NOW + 1 hours;
        GuardianSignature[] memory signatures = one(signed(1, hashNow(request)));
        approve(0, request);
        vm.warp(NOW + 1 hours + 1);
        bytes memory expected = abi.encodeWithSelector(IGuardianRecovery.RecoveryDeadlinePassed.selector, NOW + 1 hours);
        vm.expectRevert(expected);
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        vm.expectRevert(expected);
        approve(1, request);
        vm.warp(NOW + 1 hours);
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        vm.warp(NOW + 1 hours + 1 days);
        finish(request, plainReveal());
    }

    function test_smartAccountsApproveByCallAndBySignature() public {
        (ERC7579Account guard, uint256 key) = (bare(), 0x5afe);
        guard.initialize(new bytes[](0), one(vm.addr(key)));
        propose(address(guard));
        accept(address(guard));
        RecoveryRequest memory request = plain();
        bytes32 requestHash = hashNow(request);
        GuardianSignature[] memory signatures =
            one(GuardianSignature(address(guard), _nested(address(guard), key + 1, requestHash, request)));
        bytes memory expected =
            abi.encodeWithSelector(IGuardianRecovery.RecoveryInvalidSignature.selector, address(guard));
        vm.expectRevert(expected);
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        signatures[0].signature = sign(key, requestHash);
        vm.expectRevert(expected);
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        signatures[0].signature = _nested(address(guard), key, requestHash, request);
        recovery.approveRecoveryBySignatures(DOMAIN, address(account), request, signatures);
        assertEq(running(), requestHash);
        discard();
        vm.prank(address(guard));
        recovery.approveRecovery(DOMAIN, address(account), request);
        assertFalse(running() == 0, "by call");
    }

    function testFuzz_hashesAsEip712Says(RecoveryRequest memory request, bytes32 domain, address target, uint256 nonce)
        public
        view
    {
        bytes32 expected =
            keccak256(abi.encodePacked("\x19\x01", _separator(), _structHash(domain, target, nonce, request)));
        assertEq(recovery.hashRequest(domain, target, nonce, request), expected);
    }

    function _structHash(bytes32 domain, address target, uint256 nonce, RecoveryRequest memory request)
        private
        pure
        returns (bytes32)
    {
        bytes memory passkeys;
        for (uint256 i = 0; i < request.removedPasskeys.length; ++i) {
            passkeys = bytes.concat(passkeys, request.removedPasskeys[i]);
        }
        bytes memory owners;
        for (uint256 i = 0; i < request.removedOwners.length; ++i) {
            owners = bytes.concat(owners, abi.encode(request.removedOwners[i]));
        }
        bytes memory head = abi.encode(keccak256(bytes(REQUEST_TYPE)), target, domain, nonce, request.webAuthValidator);
        head = bytes.concat(head, request.credentialIdHash, request.rpIdHash, request.keyX, request.keyY);
        head = bytes.concat(head, abi.encode(request.owner), keccak256(passkeys), keccak256(owners));
        return keccak256(bytes.concat(head, abi.encode(request.sessionValidator, request.deadline)));
    }

    function _separator() private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifyingContract,,) =
            recovery.eip712Domain();
        return _separatorOf(name, version, chainId, verifyingContract);
    }

    function _separatorOf(string memory name, string memory version, uint256 chainId, address verifyingContract)
        private
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifyingContract
            )
        );
    }

    /// @dev Signature by a smart account's owner, who sees the whole request (ERC-7739).
    function _nested(address guard, uint256 key, bytes32 requestHash, RecoveryRequest memory request)
        private
        view
        returns (bytes memory)
    {
        uint256 nonce = recovery.nonceOf(DOMAIN, address(account));
        bytes32 contentsHash = _structHash(DOMAIN, address(account), nonce, request);
        assertEq(keccak256(abi.encodePacked("\x19\x01", _separator(), contentsHash)), requestHash);
        bytes32 typeHash = keccak256(
            abi.encodePacked(
                "TypedDataSign(RecoveryRequest contents,string name,string version,uint256 chainId,"
                "address verifyingContract,bytes32 salt)",
                REQUEST_TYPE
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, contentsHash, keccak256("zksso"), keccak256("1"), block.chainid, guard, bytes32(0))
        );
        bytes memory inner = sign(key, keccak256(abi.encodePacked("\x19\x01", _separator(), structHash)));
        return abi.encodePacked(inner, _separator(), contentsHash, REQUEST_TYPE, uint16(bytes(REQUEST_TYPE).length));
    }
}
