// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IPaymasterFlow} from "@matterlabs/zksync-contracts/contracts/system-contracts/interfaces/IPaymasterFlow.sol";

import {INativeAccount} from "../../contracts/interfaces/INativeAccount.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {OpenExecutor} from "./doubles/OpenExecutor.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";
import {Target} from "./support/Counterparties.sol";
import {NonceHolderStub} from "./support/EvmAccount.sol";
import {HookJournal, HookStub} from "./support/HookStub.sol";
import {TestToken} from "./tokens/TestToken.sol";

contract NativeAccountTest is AccountFixture {
    bytes4 private constant MAGIC = INativeAccount.validateTransaction.selector;
    uint256 private constant FEE = 1_000_000 * 1 gwei;

    Target private target;

    function setUp() public override {
        super.setUp();
        target = new Target();
        payable(address(account)).transfer(1 ether);
    }

    /// @notice A-01: nobody but the bootloader calls the bootloader's functions: not a stranger, an owner, the account itself
    /// or one of its modules.
    function test_RevertWhen_notTheBootloaderCalls() public {
        ModuleStub validator = new ModuleStub(true, false, true);
        OpenExecutor executor = new OpenExecutor();
        install(1, address(validator));
        install(2, address(executor));
        Transaction memory transaction = signed(transactionTo(address(target), 1, ""), OWNER_KEY);
        address[5] memory callers = [address(this), owner, address(account), address(validator), address(executor)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            bytes memory reason = abi.encodeWithSelector(INativeAccount.AccountNotFromBootloader.selector, callers[i]);
            vm.expectRevert(reason);
            account.validateTransaction(0, 0, transaction);
            vm.expectRevert(reason);
            account.executeTransaction(0, 0, transaction);
            vm.expectRevert(reason);
            account.payForTransaction(0, 0, transaction);
            vm.expectRevert(reason);
            account.prepareForPaymaster(0, 0, transaction);
            vm.stopPrank();
        }
        assertEq(NonceHolderStub(NONCE_HOLDER).next(address(account), 0), 0);
        assertEq(address(account).balance, 1 ether);
    }

    /// @notice A-01: nor is it of any use to call them through the account.
    function test_RevertWhen_theAccountCallsTheBootloadersFunctions() public {
        Transaction memory transaction = transactionTo(address(target), 1, "");
        expectRefusal(
            abi.encodeWithSelector(INativeAccount.AccountNotFromBootloader.selector, address(account)),
            abi.encodeCall(account.executeTransaction, (0, 0, transaction))
        );
    }

    // Validation.

    /// @notice A-18: without a suggested hash the account computes it; with one it trusts the bootloader.
    function test_acceptsAnOwnersSignature() public {
        Transaction memory transaction = _full(signed(transactionTo(address(target), 1, hex"01"), OWNER_KEY));
        signed(transaction, OWNER_KEY);
        _expectMagic(0, transaction, MAGIC);
        transaction.nonce = 1;
        _expectMagic(hashOf(_full(transaction)), signed(transaction, OWNER_KEY), MAGIC);
        transaction.nonce = 2;
        _expectMagic(keccak256("another hash"), signed(transaction, OWNER_KEY), 0);
    }

    function testFuzz_hashesTransactionsAsTheProtocolDoes(Transaction memory transaction) public {
        transaction.txType = 113;
        transaction.nonce = 0;
        transaction.value = 0;
        transaction.maxFeePerGas = 0;
        _expectMagic(0, signed(transaction, OWNER_KEY), MAGIC);
    }

    /// @notice A-25: a signature for another chain is worthless.
    function test_refusesAnotherChainsSignature() public {
        Transaction memory transaction = signed(transactionTo(address(target), 1, ""), OWNER_KEY);
        vm.chainId(block.chainid + 1);
        _expectMagic(0, transaction, 0);
    }

    /// @notice A-09: only transactions whose hash commits to the sender are accepted.
    function test_refusesOtherTransactionTypes() public {
        uint256[5] memory types = [uint256(0), 1, 2, 255, 112];
        for (uint256 i = 0; i < types.length; ++i) {
            Transaction memory transaction = transactionTo(address(target), 1, "");
            transaction.txType = types[i];
            _expectMagic(0, signed(transaction, OWNER_KEY), 0);
        }
    }

    /// @notice A-20: 65 bytes are an owner's signature even if they would decode as an envelope.
    function test_reads65BytesAsAnOwnersSignature() public {
        ModuleStub validator = new ModuleStub(true, false, true);
        install(1, address(validator));
        Transaction memory transaction = transactionTo(address(target), 1, "");
        validator.setValidHash(hashOf(transaction));
        bytes memory envelope = abi.encode(hex"", address(validator));
        transaction.signature = envelope;
        _expectMagic(0, transaction, MAGIC);
        transaction.nonce = 1;
        validator.setValidHash(hashOf(transaction));
        bytes memory cut = new bytes(65);
        for (uint256 i = 0; i < 65; ++i) {
            cut[i] = envelope[i];
        }
        transaction.signature = cut;
        _expectMagic(0, transaction, 0);
    }

    /// @notice A-21: an envelope names an installed validator, or authorises nothing.
    function test_refusesEnvelopesOfOthers() public {
        ModuleStub executor = new ModuleStub(true, true, true);
        HookStub hook = new HookStub(new HookJournal(), "a");
        ModuleStub gone = new ModuleStub(true, false, true);
        install(2, address(executor));
        install(4, address(hook));
        install(1, address(gone));
        uninstall(1, address(gone));
        address[7] memory others =
            [address(executor), address(hook), address(gone), owner, address(0xe0a), address(account), address(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            Transaction memory transaction = transactionTo(address(target), 1, "");
            executor.setValidHash(hashOf(transaction));
            gone.setValidHash(hashOf(transaction));
            transaction.signature = abi.encode(hex"", others[i], hex"");
            _expectMagic(0, transaction, 0);
        }
    }

    /// @notice A-21: nor does an envelope whose address has dirty bits, or that is cut short.
    function testFuzz_refusesMalformedEnvelopes(uint96 dirt, uint8 length) public {
        ModuleStub validator = new ModuleStub(true, false, true);
        install(1, address(validator));
        Transaction memory transaction = transactionTo(address(target), 1, "");
        validator.setValidHash(hashOf(transaction));
        transaction.signature = abi.encode(64, uint256(dirt) << 160 | uint160(address(validator)), 0);
        _expectMagic(0, transaction, dirt == 0 ? MAGIC : bytes4(0));
        transaction.nonce = 1;
        transaction.signature = new bytes(length % 64);
        _expectMagic(0, transaction, 0);
    }

    /// @notice A-08, A-13: a nonce is used once and in order, those of different keys apart.
    function test_usesNonces() public {
        Transaction memory transaction = signed(transactionTo(address(target), 1, ""), OWNER_KEY);
        _expectMagic(0, transaction, MAGIC);
        vm.expectRevert(abi.encodeWithSelector(NonceHolderStub.WrongNonce.selector, address(account), 0));
        vm.prank(BOOTLOADER);
        account.validateTransaction(0, 0, transaction);
        transaction.nonce = 7 << 64;
        _expectMagic(0, signed(transaction, OWNER_KEY), MAGIC);
        transaction.nonce = 1;
        _expectMagic(0, signed(transaction, OWNER_KEY), MAGIC);
    }

    /// @notice A-17: whether the account can pay is found out before the signature is looked at; with a paymaster only the
    /// value counts.
    function test_RevertWhen_fundsDoNotSuffice() public {
        Transaction memory transaction = transactionTo(address(target), 1 ether - FEE + 1, "");
        vm.expectRevert(abi.encodeWithSelector(INativeAccount.AccountInsufficientFunds.selector, 1 ether + 1, 1 ether));
        vm.prank(BOOTLOADER);
        account.validateTransaction(0, 0, transaction);
        transaction.value -= 1;
        _expectMagic(0, signed(transaction, OWNER_KEY), MAGIC);
        transaction.nonce = 1;
        transaction.value = 1 ether;
        transaction.paymaster = 1;
        _expectMagic(0, signed(transaction, OWNER_KEY), MAGIC);
        transaction.nonce = 2;
        transaction.value = 1 ether + 1;
        vm.expectRevert(abi.encodeWithSelector(INativeAccount.AccountInsufficientFunds.selector, 1 ether + 1, 1 ether));
        vm.prank(BOOTLOADER);
        account.validateTransaction(0, 0, transaction);
    }

    /// @notice A-17: a fee that overflows is refused.
    function test_RevertWhen_theFeeOverflows() public {
        Transaction memory transaction = transactionTo(address(target), 0, "");
        transaction.maxFeePerGas = 1 << 255;
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        vm.prank(BOOTLOADER);
        account.validateTransaction(0, 0, transaction);
    }

    /// @notice A-22: a validator that calls back while it is asked gains nothing.
    function test_validatorsGainNothingByReentry() public {
        ReentrantValidator validator = new ReentrantValidator();
        install(1, address(validator));
        Transaction memory transaction = transactionTo(address(target), 1, "");
        transaction.signature = abi.encode(hex"", address(validator), hex"");
        Transaction memory other = transactionTo(address(target), 5, "");
        other.nonce = 1;
        other.signature = transaction.signature;
        validator.prepare(address(account), abi.encodeCall(account.validateTransaction, (0, 0, other)));
        validator.prepare(address(account), abi.encodeCall(account.executeTransaction, (0, 0, other)));
        validator.prepare(address(account), abi.encodeCall(account.payForTransaction, (0, 0, other)));
        bytes memory single = abi.encodePacked(target, uint256(5), "");
        validator.prepare(address(account), abi.encodeCall(account.execute, (SINGLE, single)));
        validator.prepare(address(account), abi.encodeCall(account.executeFromExecutor, (SINGLE, single)));
        validator.prepare(address(account), abi.encodeCall(account.addK1Owner, (address(validator))));
        validator.prepare(address(account), abi.encodeCall(account.installModule, (2, address(validator), "")));
        _expectMagic(0, transaction, MAGIC);
        assertEq(validator.attempts(), 7);
        assertEq(validator.successes(), 0);
        assertEq(address(target).balance, 0);
    }

    // Payment.

    /// @notice A-24: the fee is paid to the bootloader, or the transaction fails.
    function test_paysTheFee() public {
        Transaction memory transaction = transactionTo(address(target), 0, "");
        vm.prank(BOOTLOADER);
        account.payForTransaction(0, 0, transaction);
        assertEq(BOOTLOADER.balance, FEE);
        vm.etch(BOOTLOADER, address(new Refuser()).code);
        vm.expectRevert(plain(INativeAccount.AccountFeePaymentFailed.selector));
        vm.prank(BOOTLOADER);
        account.payForTransaction(0, 0, transaction);
        vm.etch(BOOTLOADER, "");
        transaction.gasLimit = 1e18;
        vm.expectRevert(plain(INativeAccount.AccountFeePaymentFailed.selector));
        vm.prank(BOOTLOADER);
        account.payForTransaction(0, 0, transaction);
    }

    function test_raisesAllowancesForPaymasters() public {
        TestToken token = new TestToken();
        address paymaster = address(0xfee);
        _prepare(address(token), paymaster, 100);
        assertEq(token.allowance(address(account), paymaster), 100);
        _prepare(address(token), paymaster, 60);
        assertEq(token.allowance(address(account), paymaster), 100);
        _prepare(address(token), paymaster, 0);
        assertEq(token.allowance(address(account), paymaster), 100);
        _prepare(address(token), paymaster, type(uint256).max);
        assertEq(token.allowance(address(account), paymaster), type(uint256).max);
    }

    /// @notice J-10: tokens that return nothing, or insist on zero first, are approved, too; a refusal counts.
    function test_raisesAllowancesOfOddTokens() public {
        OddToken token = new OddToken();
        for (uint256 mode = 0; mode < 2; ++mode) {
            token.setMode(mode);
            _prepare(address(token), address(0xfee), 100 + mode);
            assertEq(token.allowance(address(account), address(0xfee)), 100 + mode);
        }
        for (uint256 mode = 2; mode < 5; ++mode) {
            token.setMode(mode);
            Transaction memory transaction = _approval(address(token), address(0xfee), 200);
            vm.expectRevert(abi.encodeWithSelector(INativeAccount.AccountApprovalFailed.selector, address(token)));
            vm.prank(BOOTLOADER);
            account.prepareForPaymaster(0, 0, transaction);
        }
    }

    function test_RevertWhen_paymasterInputIsImproper() public {
        Transaction memory transaction = transactionTo(address(target), 0, "");
        bytes[4] memory inputs = [
            bytes(""),
            hex"8c5a34",
            hex"11223344",
            abi.encodePacked(IPaymasterFlow.approvalBased.selector, uint256(1), new bytes(31))
        ];
        for (uint256 i = 0; i < inputs.length; ++i) {
            transaction.paymasterInput = inputs[i];
            vm.expectRevert(abi.encodeWithSelector(INativeAccount.AccountInvalidPaymasterInput.selector, inputs[i]));
            vm.prank(BOOTLOADER);
            account.prepareForPaymaster(0, 0, transaction);
        }
        transaction.paymasterInput = abi.encodeCall(IPaymasterFlow.general, (""));
        vm.prank(BOOTLOADER);
        account.prepareForPaymaster(0, 0, transaction);
        // Addresses with dirty bits.
        transaction = _approval(address(target), address(0xfee), 1);
        transaction.paymaster |= 1 << 160;
        vm.expectRevert(abi.encodeWithSelector(INativeAccount.AccountInvalidAddress.selector, transaction.paymaster));
        vm.prank(BOOTLOADER);
        account.prepareForPaymaster(0, 0, transaction);
    }

    // Execution.

    /// @notice A-11: a target with more than 160 bits is refused, not truncated.
    function testFuzz_RevertWhen_theTargetIsNoAddress(uint96 dirt) public {
        vm.assume(dirt != 0);
        Transaction memory transaction = transactionTo(address(target), 1, "");
        transaction.to |= uint256(dirt) << 160;
        bytes memory reason = abi.encodeWithSelector(INativeAccount.AccountInvalidAddress.selector, transaction.to);
        vm.expectRevert(reason);
        vm.prank(BOOTLOADER);
        account.executeTransaction(0, 0, transaction);
        signed(transaction, OWNER_KEY);
        vm.expectRevert(reason);
        account.executeTransactionFromOutside(transaction);
    }

    /// @notice A-12: anybody brings a signed transaction along, once; its value comes along or from the account.
    function test_executesFromOutside() public {
        Transaction memory transaction =
            signed(transactionTo(address(target), 7, abi.encodeCall(Target.set, (1))), OWNER_KEY);
        account.executeTransactionFromOutside(transaction);
        assertEq(target.number(), 1);
        assertEq(target.lastSender(), address(account));
        assertEq(address(account).balance, 1 ether - 7);
        vm.expectRevert(abi.encodeWithSelector(NonceHolderStub.WrongNonce.selector, address(account), 0));
        account.executeTransactionFromOutside(transaction);
        transaction = signed(transactionTo(address(target), 7, abi.encodeCall(Target.set, (2))), OWNER_KEY);
        account.executeTransactionFromOutside{value: 7}(transaction);
        assertEq(target.number(), 2);
        assertEq(address(account).balance, 1 ether - 7);
        assertEq(BOOTLOADER.balance, 0);
    }

    /// @notice A-08, A-12: the bootloader and an outsider cannot both execute a transaction.
    function test_RevertWhen_theBootloaderWasFirst() public {
        Transaction memory transaction = signed(transactionTo(address(target), 7, ""), OWNER_KEY);
        _expectMagic(0, transaction, MAGIC);
        vm.expectRevert(abi.encodeWithSelector(NonceHolderStub.WrongNonce.selector, address(account), 0));
        account.executeTransactionFromOutside(transaction);
    }

    /// @notice A-09, A-12: another type, sender, value or signature is refused.
    function test_RevertWhen_anOutsideTransactionIsNotTheAccounts() public {
        Transaction memory transaction = transactionTo(address(target), 7, "");
        for (uint256 txType = 0; txType < 113; txType += txType < 3 ? 1 : 55) {
            transaction.txType = txType;
            _expectRefusedOutside(signed(transaction, OWNER_KEY), 0);
        }
        transaction.txType = 113;
        uint256[3] memory senders =
            [uint256(uint160(address(this))), uint160(owner), uint256(uint160(address(account))) | 1 << 160];
        for (uint256 i = 0; i < senders.length; ++i) {
            transaction.from = senders[i];
            _expectRefusedOutside(signed(transaction, OWNER_KEY), 0);
        }
        transaction.from = uint160(address(account));
        signed(transaction, OWNER_KEY);
        _expectRefusedOutside(transaction, 1);
        _expectRefusedOutside(transaction, 6);
        _expectRefusedOutside(transaction, 8);
        _expectRefusedOutside(signed(transaction, 0xbad), 0);
        transaction.signature = "";
        _expectRefusedOutside(transaction, 0);
        assertEq(NonceHolderStub(NONCE_HOLDER).next(address(account), 0), 0);
    }

    /// @notice A-12: each signed member counts.
    function testFuzz_RevertWhen_anOutsideTransactionWasChanged(uint256 member, uint256 change) public {
        Transaction memory transaction = signed(transactionTo(address(target), 7, ""), OWNER_KEY);
        vm.assume(change != 0);
        member %= 6;
        if (member == 0) transaction.to ^= uint160(change) | 1;
        if (member == 1) transaction.gasPerPubdataByteLimit ^= change;
        if (member == 2) transaction.maxFeePerGas ^= change;
        if (member == 3) transaction.paymaster ^= change;
        if (member == 4) transaction.data = abi.encode(change);
        if (member == 5) transaction.paymasterInput = abi.encode(change);
        _expectRefusedOutside(transaction, 0);
    }

    /// @notice A-12: a call that fails takes everything back, the nonce among it.
    function test_RevertWhen_theCallFromOutsideFails() public {
        Transaction memory transaction =
            signed(transactionTo(address(target), 7, abi.encodeCall(Target.fail, (3))), OWNER_KEY);
        vm.expectRevert(abi.encodeWithSelector(Target.Failed.selector, 3));
        account.executeTransactionFromOutside(transaction);
        assertEq(NonceHolderStub(NONCE_HOLDER).next(address(account), 0), 0);
    }

    /// @notice A-12: who brings a transaction along cannot starve calls whose failure it tolerates: there has to be as much
    /// gas as the signer granted.
    function test_RevertWhen_anOutsiderIsStingyWithGas() public {
        Transaction memory transaction = signed(transactionTo(address(target), 7, ""), OWNER_KEY);
        (bool success, bytes memory reason) =
            address(account).call{gas: 1_000_000}(abi.encodeCall(account.executeTransactionFromOutside, (transaction)));
        assertFalse(success, "call");
        assertEq(bytes32(bytes4(reason)), bytes32(INativeAccount.AccountInsufficientGas.selector));
        (success,) =
            address(account).call{gas: 1_200_000}(abi.encodeCall(account.executeTransactionFromOutside, (transaction)));
        assertTrue(success, "call");
    }

    /// @notice A-12: members that lie before the transaction, where the validator would not see them, are refused.
    function test_RevertWhen_anOutsideTransactionReachesBackwards() public {
        ModuleStub validator = new ModuleStub(true, false, true);
        install(1, address(validator));
        Transaction memory transaction = transactionTo(address(target), 7, "");
        validator.setValidHash(hashOf(transaction));
        transaction.signature = abi.encode(hex"", address(validator), hex"");
        bytes memory data = abi.encodeCall(account.executeTransactionFromOutside, (transaction));
        for (uint256 i = 0; i < 5; ++i) {
            bytes memory changed = bytes.concat(data);
            // The offsets follow selector, the struct's own offset and fourteen static words.
            uint256 position = 32 + 4 + 32 + (14 + i) * 32;
            assembly {
                mstore(add(changed, position), not(31))
            }
            (bool success, bytes memory reason) = address(account).call(changed);
            assertFalse(success, "call");
            assertEq(reason, plain(INativeAccount.AccountInvalidOutsideTransaction.selector));
        }
        (bool accepted,) = address(account).call(data);
        assertTrue(accepted, "call");
    }

    function _expectRefusedOutside(Transaction memory transaction, uint256 value) private {
        vm.expectRevert(plain(INativeAccount.AccountInvalidOutsideTransaction.selector));
        account.executeTransactionFromOutside{value: value}(transaction);
    }

    function _expectMagic(bytes32 suggestedHash, Transaction memory transaction, bytes4 expected) private {
        vm.prank(BOOTLOADER);
        bytes4 magic = account.validateTransaction(keccak256("any"), suggestedHash, transaction);
        assertEq(bytes32(magic), bytes32(expected));
    }

    /// @dev Fills all members.
    function _full(Transaction memory transaction) private pure returns (Transaction memory) {
        transaction.maxPriorityFeePerGas = 3;
        transaction.paymaster = 4;
        transaction.factoryDeps = new bytes32[](2);
        transaction.factoryDeps[1] = keccak256("code");
        transaction.paymasterInput = hex"8c5a344501";
        return transaction;
    }

    function _approval(address token, address paymaster, uint256 amount)
        private
        view
        returns (Transaction memory transaction)
    {
        transaction = transactionTo(address(target), 0, "");
        transaction.paymaster = uint160(paymaster);
        transaction.paymasterInput = abi.encodeCall(IPaymasterFlow.approvalBased, (token, amount, ""));
    }

    function _prepare(address token, address paymaster, uint256 amount) private {
        Transaction memory transaction = _approval(token, paymaster, amount);
        vm.prank(BOOTLOADER);
        account.prepareForPaymaster(0, 0, transaction);
    }
}

/// @title Contract that accepts no value
contract Refuser {}

/// @title Validator that says yes, but first calls back
contract ReentrantValidator {
    address private callee;
    bytes[] private calls;
    uint256 public attempts;
    uint256 public successes;

    function prepare(address callee_, bytes calldata data) external {
        callee = callee_;
        calls.push(data);
    }

    function onInstall(bytes calldata) external {}

    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function validateTransaction(bytes32, Transaction calldata) external returns (bool) {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success,) = callee.call(calls[i]);
            ++attempts;
            if (success) ++successes;
        }
        return true;
    }
}

/// @title Token whose `approve` behaves as told
contract OddToken {
    /// @notice An allowance has to be zero before it is raised.
    error NotZero();

    mapping(address owner => mapping(address spender => uint256)) public allowance;
    uint256 private mode;

    function setMode(uint256 value) external {
        mode = value;
    }

    /// @dev 0 returns nothing, 1 insists on zero, 2 returns false, 3 returns two, 4 reverts.
    function approve(address spender, uint256 amount) external {
        if (mode == 4) revert NotZero();
        if (amount != 0 && allowance[msg.sender][spender] != 0) revert NotZero();
        allowance[msg.sender][spender] = amount;
        if (mode == 0) return;
        uint256 answer = [1, 0, 2][mode - 1];
        assembly {
            mstore(0, answer)
            return(0, 32)
        }
    }
}
