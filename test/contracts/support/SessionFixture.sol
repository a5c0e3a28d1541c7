// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {
    CallSpec,
    Condition,
    Constraint,
    LimitType,
    SessionSpec,
    TransferSpec,
    UsageLimit
} from "../../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {ISessions, Sessions} from "./Sessions.sol";
import {Test} from "./Test.sol";

/// @title Account as the session validator sees it
contract AccountStub {
    /// @notice Whether the validator is installed.
    bool public installed = true;

    /// @notice Addresses that the account calls modules.
    mapping(address module => bool) public isModule;

    function setInstalled(bool value) external {
        installed = value;
    }

    function setModule(address module, bool value) external {
        isModule[module] = value;
    }

    function isModuleInstalled(uint256 moduleTypeId, address, bytes calldata) external view returns (bool) {
        return installed && moduleTypeId == 1;
    }
}

/// @title Timestamp asserter of local nodes, without its caller rules
contract AsserterStub {
    error TimestampOutOfRange(uint256 now_, uint256 start, uint256 end);

    function assertTimestampInRange(uint256 start, uint256 end) external view {
        if (block.timestamp < start || block.timestamp > end) {
            revert TimestampOutOfRange(block.timestamp, start, end);
        }
    }
}

/// @title Sessions to test with
abstract contract SessionFixture is Test {
    uint256 internal constant SIGNER_KEY = 0x5e55;
    uint256 internal constant NOW = 1_700_000_000;
    bytes32 internal constant TX_HASH = keccak256("transaction");
    address internal constant RECIPIENT = address(0xbeef0001);
    address internal constant TOKEN = address(0xbeef0002);
    bytes4 internal constant TRANSFER = 0xa9059cbb;
    bytes4 internal constant APPROVE = 0x095ea7b3;
    address internal constant ASSERTER = address(0x808012);

    ISessions internal validator;
    AccountStub internal account;

    function setUp() public virtual {
        vm.chainId(260);
        vm.warp(NOW);
        vm.etch(ASSERTER, address(new AsserterStub()).code);
        validator = Sessions.deploy();
        account = new AccountStub();
        account.setModule(address(validator), true);
    }

    function lifetime(uint256 limit) internal pure returns (UsageLimit memory) {
        return UsageLimit(LimitType.Lifetime, limit, 0);
    }

    function allowance(uint256 limit, uint256 period) internal pure returns (UsageLimit memory) {
        return UsageLimit(LimitType.Allowance, limit, period);
    }

    function unlimited() internal pure returns (UsageLimit memory) {
        return UsageLimit(LimitType.Unlimited, 0, 0);
    }

    /// @dev Session that may send 5 ether in pieces of at most 2, and `transfer` 100 tokens to the recipient.
    function defaultSpec() internal pure returns (SessionSpec memory spec) {
        spec.signer = vm.addr(SIGNER_KEY);
        spec.expiresAt = NOW + 1 days;
        spec.feeLimit = lifetime(1 ether);
        spec.transferPolicies = new TransferSpec[](1);
        spec.transferPolicies[0] = TransferSpec(RECIPIENT, 2 ether, lifetime(5 ether));
        spec.callPolicies = new CallSpec[](1);
        Constraint[] memory constraints = new Constraint[](2);
        constraints[0] = Constraint(Condition.Equal, 0, bytes32(uint256(uint160(RECIPIENT))), unlimited());
        constraints[1] = Constraint(Condition.Unconstrained, 1, 0, lifetime(100));
        spec.callPolicies[0] = CallSpec(TOKEN, TRANSFER, 0, unlimited(), constraints);
    }

    function create(SessionSpec memory spec) internal returns (bytes32) {
        vm.prank(address(account));
        validator.createSession(spec);
        return keccak256(abi.encode(spec));
    }

    function transfer(address to, uint256 value) internal view returns (Transaction memory transaction) {
        transaction.txType = 113;
        transaction.from = uint160(address(account));
        transaction.to = uint160(to);
        transaction.gasLimit = 1_000_000;
        transaction.maxFeePerGas = 1 gwei;
        transaction.value = value;
    }

    function call(address to, bytes memory data) internal view returns (Transaction memory transaction) {
        transaction = transfer(to, 0);
        transaction.data = data;
    }

    function sign(Transaction memory transaction, SessionSpec memory spec, uint64[] memory periodIds)
        internal
        view
        returns (Transaction memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, TX_HASH);
        bytes memory ecdsa = abi.encodePacked(r, s, v);
        transaction.signature = abi.encode(ecdsa, address(validator), abi.encode(spec, periodIds));
        return transaction;
    }

    /// @dev Validates a transaction as the account; the claimed periods are those of now.
    function validate(Transaction memory transaction, SessionSpec memory spec) internal returns (bool) {
        return validate(transaction, spec, new uint64[](8));
    }

    function validate(Transaction memory transaction, SessionSpec memory spec, uint64[] memory periodIds)
        internal
        returns (bool)
    {
        sign(transaction, spec, periodIds);
        vm.prank(address(account));
        return validator.validateTransaction(TX_HASH, transaction);
    }
}
