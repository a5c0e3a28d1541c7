// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ISponsorPaymaster} from "../../contracts/interfaces/ISponsorPaymaster.sol";
import {SponsorPaymaster} from "../../contracts/paymasters/SponsorPaymaster.sol";
import {SponsorLimits, SponsorTerms, Sponsorship, TokenPrice} from "../../contracts/types/SponsorTypes.sol";
import {OddToken} from "./support/OddTokens.sol";
import {SponsorFixture} from "./support/SponsorFixture.sol";

/// @title Receiver that takes nothing
contract Refuser {
    error Refused();

    receive() external payable {
        revert Refused();
    }
}

/// @title Settings and funds of the sponsor
contract SponsorSettingsTest is SponsorFixture {
    /// @notice J-08: everything that is up to the owner is up to nobody else.
    function test_RevertWhen_callerIsNotTheOwner() public {
        bytes[9] memory calls = [
            abi.encodeCall(ISponsorPaymaster.setRule, (TARGET, FUNCTION, SponsorTerms(true, false, false))),
            abi.encodeCall(ISponsorPaymaster.setContractRule, (TARGET, SponsorTerms(true, false, false))),
            abi.encodeCall(ISponsorPaymaster.setLimits, (wide())),
            abi.encodeCall(ISponsorPaymaster.setTokenPrice, (address(token), TokenPrice(1, 0, 0))),
            abi.encodeCall(ISponsorPaymaster.setSponsor, (address(this))),
            abi.encodeCall(ISponsorPaymaster.setPaused, (true)),
            abi.encodeCall(ISponsorPaymaster.withdraw, (address(0xb0b), 1)),
            abi.encodeCall(ISponsorPaymaster.withdrawToken, (address(token), address(this), 0)),
            abi.encodeWithSignature("transferOwnership(address)", address(this))
        ];
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this));
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory data) = address(paymaster).call(calls[i]);
            assertFalse(success, "not the owner");
            assertEq(data, reason);
            vm.prank(OWNER);
            (success,) = address(paymaster).call(calls[i]);
            assertTrue(success, "the owner");
        }
    }

    /// @notice J-08: ownership passes in two steps and cannot be dropped.
    function test_passesOwnershipInTwoSteps() public {
        address next = address(0x4e47);
        vm.prank(OWNER);
        paymaster.transferOwnership(next);
        assertEq(paymaster.owner(), OWNER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        paymaster.acceptOwnership();
        vm.prank(next);
        paymaster.acceptOwnership();
        assertEq(paymaster.owner(), next);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OWNER));
        vm.prank(OWNER);
        paymaster.setPaused(true);
        vm.expectRevert(abi.encodeWithSelector(ISponsorPaymaster.SponsorOwnerRequired.selector));
        vm.prank(next);
        paymaster.renounceOwnership();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new SponsorPaymaster(address(0));
    }

    /// @notice J-08: withdrawals to whom the owner names, and failures that are reported.
    function test_withdrawsBaseToken() public {
        vm.startPrank(OWNER);
        feeVm.expectEmit();
        emit ISponsorPaymaster.Withdrawn(address(0), address(0xb0b), 0.4 ether);
        paymaster.withdraw(address(0xb0b), 0.4 ether);
        assertEq(address(0xb0b).balance, 0.4 ether);
        assertEq(address(paymaster).balance, 0.6 ether);
        vm.expectRevert(abi.encodeWithSelector(ISponsorPaymaster.SponsorZeroReceiver.selector));
        paymaster.withdraw(address(0), 1);
        address refuser = address(new Refuser());
        bytes4 error_ = ISponsorPaymaster.SponsorWithdrawalFailed.selector;
        vm.expectRevert(abi.encodeWithSelector(error_, address(0), refuser, 1));
        paymaster.withdraw(refuser, 1);
        vm.expectRevert(abi.encodeWithSelector(error_, address(0), address(0xb0b), 1 ether));
        paymaster.withdraw(address(0xb0b), 1 ether);
        vm.stopPrank();
    }

    /// @notice J-08, J-10: the same for tokens, whatever they return.
    function test_withdrawsTokens() public {
        OddToken odd = new OddToken();
        odd.mint(address(paymaster), 10);
        token.mint(address(paymaster), 10);
        vm.startPrank(OWNER);
        paymaster.withdrawToken(address(odd), address(0xb0b), 4);
        feeVm.expectEmit();
        emit ISponsorPaymaster.Withdrawn(address(token), address(0xb0b), 3);
        paymaster.withdrawToken(address(token), address(0xb0b), 3);
        assertEq(odd.balanceOf(address(0xb0b)), 4);
        assertEq(token.balanceOf(address(0xb0b)), 3);
        vm.expectRevert(abi.encodeWithSelector(ISponsorPaymaster.SponsorZeroReceiver.selector));
        paymaster.withdrawToken(address(odd), address(0), 1);
        bytes4 error_ = ISponsorPaymaster.SponsorWithdrawalFailed.selector;
        address[3] memory tokens = [address(odd), address(token), address(0xe0a)];
        uint256[3] memory amounts = [uint256(7), 8, 1];
        for (uint256 i = 0; i < tokens.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(error_, tokens[i], address(0xb0b), amounts[i]));
            paymaster.withdrawToken(tokens[i], address(0xb0b), amounts[i]);
        }
        odd.setAnswer(abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(error_, address(odd), address(0xb0b), 1));
        paymaster.withdrawToken(address(odd), address(0xb0b), 1);
        vm.stopPrank();
    }

    function test_RevertWhen_settingsMakeNoSense() public {
        SponsorLimits memory limits = wide();
        limits.period = 0;
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISponsorPaymaster.SponsorZeroPeriod.selector));
        paymaster.setLimits(limits);
        vm.expectRevert(abi.encodeWithSelector(ISponsorPaymaster.SponsorInvalidMargin.selector, 10_001));
        paymaster.setTokenPrice(address(token), TokenPrice(1, 10_001, 0));
        paymaster.setTokenPrice(address(token), TokenPrice(1, 10_000, 0));
        vm.stopPrank();
    }

    function test_showsItsSettings() public {
        vm.startPrank(OWNER);
        paymaster.setLimits(SponsorLimits(1, 2, 3, 4, 5));
        paymaster.setRule(TARGET, FUNCTION, SponsorTerms(true, false, true));
        paymaster.setContractRule(TARGET, SponsorTerms(true, true, false));
        paymaster.setSponsor(address(0x50));
        paymaster.setPaused(true);
        paymaster.setTokenPrice(address(token), TokenPrice(6, 7, 8));
        vm.stopPrank();
        assertEq(abi.encode(paymaster.limits()), abi.encode(1, 2, 3, 4, 5));
        assertEq(abi.encode(paymaster.rule(TARGET, FUNCTION)), abi.encode(true, false, true));
        assertEq(abi.encode(paymaster.rule(TARGET, 0)), abi.encode(false, false, false));
        assertEq(abi.encode(paymaster.contractRule(TARGET)), abi.encode(true, true, false));
        assertEq(abi.encode(paymaster.tokenPrice(address(token))), abi.encode(6, 7, 8));
        assertEq(paymaster.sponsor(), address(0x50));
        assertTrue(paymaster.paused(), "paused");
    }

    function test_hashesSponsorshipsByEip712() public view {
        Sponsorship memory what = Sponsorship({
            from: address(1),
            to: address(2),
            value: 3,
            dataHash: keccak256("data"),
            nonce: 4,
            maxFeePerGas: 5,
            gasLimit: 6,
            token: address(7),
            validUntil: 8
        });
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifier,,) =
            paymaster.eip712Domain();
        assertTrue(fields == 0x0f && chainId == block.chainid && verifier == address(paymaster), "domain");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 typeHash = keccak256(
            "Sponsorship(address from,address to,uint256 value,bytes data,uint256 nonce,uint256 maxFeePerGas,"
            "uint256 gasLimit,address token,uint48 validUntil)"
        );
        bytes32 structHash = keccak256(
            bytes.concat(
                abi.encode(typeHash, address(1), address(2), 3, keccak256("data")), abi.encode(4, 5, 6, address(7), 8)
            )
        );
        assertEq(paymaster.sponsorshipHash(what), keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }

    /// @notice I-01: the storage is where its namespace puts it.
    function test_keepsItsStorageInItsNamespace() public {
        uint256 inner = uint256(keccak256("zksso.paymaster.sponsor")) - 1;
        bytes32 slot = keccak256(abi.encode(inner)) & ~bytes32(uint256(0xff));
        vm.startPrank(OWNER);
        paymaster.setSponsor(address(0x50));
        paymaster.setPaused(true);
        paymaster.setLimits(SponsorLimits(1, 2, 3, 4, 5));
        vm.stopPrank();
        assertEq(uint256(vm.load(address(paymaster), slot)), 1 << 160 | 0x50);
        assertEq(uint256(vm.load(address(paymaster), bytes32(uint256(slot) + 1))), 4 << 224 | 3 << 192 | 2 << 96 | 1);
        assertEq(uint256(vm.load(address(paymaster), bytes32(uint256(slot) + 2))), 5);
    }
}
