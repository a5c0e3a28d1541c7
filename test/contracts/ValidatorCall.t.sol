// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ValidatorCall} from "../../contracts/libraries/ValidatorCall.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {Test} from "./support/Test.sol";

contract ValidatorCallTest is Test {
    Transaction private seen;
    bytes32 private seenHash;

    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external returns (bool) {
        seenHash = signedHash;
        seen = transaction;
        return transaction.nonce != 7;
    }

    function forward(bytes32, Transaction calldata transaction) external returns (bool) {
        return ValidatorCall.validate(address(this), keccak256("signed"), transaction);
    }

    function hasForwardOffsets(Transaction calldata transaction) external pure returns (bool) {
        return ValidatorCall.hasForwardOffsets(transaction);
    }

    function testFuzz_handsOnTheTransactionAsItIs(Transaction memory transaction) public {
        assertTrue(this.forward(0, transaction) == (transaction.nonce != 7), "answer");
        assertEq(seenHash, keccak256("signed"));
        assertEq(abi.encode(seen), abi.encode(transaction));
        assertTrue(this.hasForwardOffsets(transaction), "forward");
    }

    function test_noticesBackwardOffsets() public {
        Transaction memory transaction;
        for (uint256 i = 0; i < 5; ++i) {
            bytes memory data = abi.encodeCall(this.hasForwardOffsets, (transaction));
            // The offsets follow selector, the struct's own offset and fourteen static words.
            uint256 position = 32 + 4 + 32 + (14 + i) * 32;
            assembly {
                mstore(add(data, position), not(31))
            }
            (bool success, bytes memory answer) = address(this).call(data);
            assertTrue(success, "call");
            assertFalse(abi.decode(answer, (bool)), "forward");
        }
    }
}
