// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SignerCheck} from "../../contracts/libraries/SignerCheck.sol";
import {Test} from "./support/Test.sol";

/// @title Contract that answers ERC-1271 questions as told
contract SignerStub {
    bytes private answer;
    bool private reverts;
    uint256 private size;

    function set(bytes calldata newAnswer, bool newReverts, uint256 newSize) external {
        (answer, reverts, size) = (newAnswer, newReverts, newSize);
    }

    fallback() external {
        bytes memory data = answer;
        uint256 length = size == 0 ? data.length : size;
        bool fails = reverts;
        assembly {
            if fails { revert(add(data, 32), length) }
            return(add(data, 32), length)
        }
    }
}

contract SignerCheckTest is Test {
    uint256 private constant KEY = 0x5164;
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant HASH = keccak256("request");
    bytes32 private constant YES = bytes32(bytes4(0x1626ba7e));

    function isSignedBy(address signer, bytes32 hash, bytes calldata signature) external view returns (bool) {
        return SignerCheck.isSignedBy(signer, hash, signature);
    }

    function testFuzz_acceptsSignaturesOfTheKey(uint256 key, bytes32 hash) public view {
        key = 1 + key % (ORDER - 1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        bytes memory signature = abi.encodePacked(r, s, v);
        assertTrue(this.isSignedBy(vm.addr(key), hash, signature), "valid");
        assertFalse(this.isSignedBy(vm.addr(KEY), keccak256(abi.encode(hash)), signature), "hash");
        assertFalse(this.isSignedBy(address(0xbeef), hash, signature), "signer");
    }

    /// @notice C-14: twins with a high `s`, other `v` and the short form are refused.
    function test_refusesOtherForms() public view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, HASH);
        bytes32 compact = bytes32(uint256(s) | uint256(v - 27) << 255);
        bytes[5] memory improper = [
            abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s, v - 27),
            abi.encodePacked(r, compact),
            abi.encodePacked(r, s, v, uint8(0)),
            bytes("")
        ];
        for (uint256 i = 0; i < improper.length; ++i) {
            assertFalse(this.isSignedBy(vm.addr(KEY), HASH, improper[i]), "form");
        }
    }

    /// @notice The address of failed recoveries is nobody's.
    function testFuzz_zeroSignsNothing(bytes memory signature) public view {
        assertFalse(this.isSignedBy(address(0), HASH, signature), "zero");
        assertFalse(this.isSignedBy(address(0), HASH, new bytes(65)), "zero");
    }

    function test_asksContracts() public {
        SignerStub signer = new SignerStub();
        signer.set(abi.encode(YES), false, 0);
        assertTrue(this.isSignedBy(address(signer), HASH, hex"1234"), "yes");
        vm.mockCall(
            address(signer),
            abi.encodeWithSignature("isValidSignature(bytes32,bytes)", HASH, hex"5678"),
            abi.encode(bytes4(0xffffffff))
        );
        assertFalse(this.isSignedBy(address(signer), HASH, hex"5678"), "question");
    }

    /// @notice C-11: failures, short and odd answers of contracts mean no.
    function test_refusesOddAnswers() public {
        SignerStub signer = new SignerStub();
        bytes[6] memory answers = [
            bytes(""),
            abi.encodePacked(bytes4(YES)),
            abi.encode(uint256(1)),
            abi.encode(uint32(bytes4(YES))),
            abi.encode(uint256(YES) | 1),
            abi.encode(bytes4(0xffffffff))
        ];
        for (uint256 i = 0; i < answers.length; ++i) {
            signer.set(answers[i], false, 0);
            assertFalse(this.isSignedBy(address(signer), HASH, ""), "answer");
        }
        signer.set(abi.encode(YES), true, 0);
        assertFalse(this.isSignedBy(address(signer), HASH, ""), "revert");
    }

    /// @notice F-24: a huge answer costs the contract that gives it, not the one who asks.
    function test_boundsTheAnswer() public {
        SignerStub signer = new SignerStub();
        signer.set(abi.encode(YES), false, 1 << 20);
        bytes memory data = abi.encodeCall(this.isSignedBy, (address(signer), HASH, ""));
        // The signer's own memory takes 2.2 million; a copy would take as much again.
        (bool success, bytes memory answer) = address(this).call{gas: 3_500_000}(data);
        assertTrue(success && abi.decode(answer, (bool)), "answer");
    }

    /// @notice A contract's key means nothing: only what the contract says.
    function test_keysOfContractsDoNotSign() public {
        address signer = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, HASH);
        bytes memory signature = abi.encodePacked(r, s, v);
        vm.etch(signer, hex"00");
        assertFalse(this.isSignedBy(signer, HASH, signature), "key");
    }
}
