// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ExecutionResult, INativePaymaster} from "../../../contracts/interfaces/INativePaymaster.sol";
import {SponsorPaymaster} from "../../../contracts/paymasters/SponsorPaymaster.sol";
import {SponsorLimits, SponsorTerms, Sponsorship, TokenPrice} from "../../../contracts/types/SponsorTypes.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {TestToken} from "../tokens/TestToken.sol";
import {Test} from "./Test.sol";

/// @title Further cheat codes of forge
interface FeeVm {
    /// @notice Sets the balance of an address.
    function deal(address target, uint256 balance) external;

    /// @notice Sets the gas price of transactions.
    function txGasPrice(uint256 price) external;

    /// @notice Remembers the state.
    function snapshotState() external returns (uint256 id);

    /// @notice Returns to a state.
    function revertToState(uint256 id) external returns (bool success);

    /// @notice Expects the next call to emit the event emitted next.
    function expectEmit() external;
}

/// @title The chain's contract that knows the price of pubdata
contract SystemContextStub {
    uint256 public gasPerPubdataByte;

    function setGasPerPubdataByte(uint256 price) external {
        gasPerPubdataByte = price;
    }
}

/// @title Paymaster to test with
abstract contract SponsorFixture is Test {
    address internal constant OWNER = address(0x0a11);
    address internal constant BOOTLOADER = address(0x8001);
    address internal constant SENDER = address(0x5e4de4);
    address internal constant TARGET = address(0xbeef0001);
    bytes4 internal constant FUNCTION = 0x11223344;
    uint256 internal constant SPONSOR_KEY = 0x5b0450;
    uint256 internal constant NOW = 1_700_000_000;
    uint256 internal constant GAS_LIMIT = 10_000_000;
    uint256 internal constant GAS_PRICE = 0.1 gwei;
    uint256 internal constant FEE = GAS_LIMIT * GAS_PRICE;
    bytes4 internal constant AGREED = INativePaymaster.validateAndPayForPaymasterTransaction.selector;
    SystemContextStub internal constant CONTEXT = SystemContextStub(address(0x800b));
    FeeVm internal constant feeVm = FeeVm(address(vm));

    SponsorPaymaster internal paymaster;
    TestToken internal token;

    function setUp() public virtual {
        vm.warp(NOW);
        vm.etch(address(CONTEXT), address(new SystemContextStub()).code);
        CONTEXT.setGasPerPubdataByte(100);
        feeVm.txGasPrice(GAS_PRICE);
        paymaster = new SponsorPaymaster(OWNER);
        feeVm.deal(address(paymaster), 1 ether);
        token = new TestToken();
        token.mint(SENDER, 1e24);
        vm.prank(SENDER);
        token.approve(address(paymaster), type(uint256).max);
        vm.startPrank(OWNER);
        paymaster.setLimits(wide());
        paymaster.setRule(TARGET, FUNCTION, SponsorTerms(true, false, false));
        paymaster.setTokenPrice(address(token), TokenPrice(2e18, 1_000, uint48(NOW + 1 hours)));
        vm.stopPrank();
    }

    /// @dev Limits that no test runs into by accident.
    function wide() internal pure returns (SponsorLimits memory) {
        return SponsorLimits(type(uint96).max, type(uint96).max, type(uint32).max, 1 days, type(uint96).max);
    }

    function setLimits(SponsorLimits memory limits) internal {
        vm.prank(OWNER);
        paymaster.setLimits(limits);
    }

    function setRule(address target, bytes4 selector, bool needsSignature, bool allowsValue) internal {
        vm.prank(OWNER);
        paymaster.setRule(target, selector, SponsorTerms(true, needsSignature, allowsValue));
    }

    function setPrice(address token_, uint128 rate, uint16 margin) internal {
        vm.prank(OWNER);
        paymaster.setTokenPrice(token_, TokenPrice(rate, margin, uint48(NOW + 1 hours)));
    }

    /// @dev Transaction in the general flow.
    function call(address to, bytes memory data) internal view returns (Transaction memory transaction) {
        transaction.txType = 113;
        transaction.from = uint160(SENDER);
        transaction.to = uint160(to);
        transaction.gasLimit = GAS_LIMIT;
        transaction.gasPerPubdataByteLimit = 50_000;
        transaction.maxFeePerGas = GAS_PRICE;
        transaction.paymaster = uint160(address(paymaster));
        transaction.nonce = 7;
        transaction.data = data;
        transaction.paymasterInput = general("");
    }

    /// @dev Transaction that the default rule sponsors.
    function sponsored() internal view returns (Transaction memory) {
        return call(TARGET, abi.encodePacked(FUNCTION));
    }

    /// @dev The same, paid for in tokens.
    function paid(address token_) internal view returns (Transaction memory transaction) {
        transaction = sponsored();
        transaction.paymasterInput = approvalBased(token_, type(uint256).max, "");
    }

    function general(bytes memory inner) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(0x8c5a3445, inner);
    }

    function approvalBased(address token_, uint256 minAllowance, bytes memory inner)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(0x949431dc, token_, minAllowance, inner);
    }

    /// @dev Validates as the bootloader; returns whether the paymaster agrees.
    function validate(Transaction memory transaction) internal returns (bool agreed, bytes memory context) {
        bytes4 magic;
        vm.prank(BOOTLOADER);
        (magic, context) = paymaster.validateAndPayForPaymasterTransaction(0, 0, transaction);
        assertTrue(magic == AGREED || magic == bytes4(0), "magic");
        agreed = magic == AGREED;
    }

    function accept(Transaction memory transaction) internal returns (bytes memory context) {
        bool agreed;
        (agreed, context) = validate(transaction);
        assertTrue(agreed, "agreed");
    }

    function decline(Transaction memory transaction) internal {
        (bool agreed,) = validate(transaction);
        assertFalse(agreed, "agreed");
    }

    function refuse(Transaction memory transaction, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(BOOTLOADER);
        paymaster.validateAndPayForPaymasterTransaction(0, 0, transaction);
    }

    function finish(Transaction memory transaction, bytes memory context, uint256 refundedGas) internal {
        vm.prank(BOOTLOADER);
        paymaster.postTransaction(context, transaction, 0, 0, ExecutionResult.Success, refundedGas);
    }

    function senderFee() internal view returns (uint256 fee) {
        (, fee) = paymaster.senderSpending(SENDER);
    }

    function totalFee() internal view returns (uint256 fee) {
        (, fee) = paymaster.totalSpending();
    }

    /// @dev What the sponsor signs for a transaction in the general flow.
    function sponsorship(Transaction memory transaction, uint48 validUntil) internal pure returns (Sponsorship memory) {
        return Sponsorship({
            from: address(uint160(transaction.from)),
            to: address(uint160(transaction.to)),
            value: transaction.value,
            dataHash: keccak256(transaction.data),
            nonce: transaction.nonce,
            maxFeePerGas: transaction.maxFeePerGas,
            gasLimit: transaction.gasLimit,
            token: address(0),
            validUntil: validUntil
        });
    }

    /// @dev Inner input with a signature over a sponsorship.
    function signed(uint256 key, Sponsorship memory what) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, paymaster.sponsorshipHash(what));
        return abi.encode(what.validUntil, abi.encodePacked(r, s, v));
    }
}
