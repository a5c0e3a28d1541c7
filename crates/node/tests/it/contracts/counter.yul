// A contract with one method per behaviour that the tests need; the first four bytes of the calldata choose it.
object "Counter" {
    code {
        // The constructor stores its argument, if there is one, and logs.
        let size := sub(codesize(), datasize("Counter"))
        if gt(size, 31) {
            codecopy(0, datasize("Counter"), 32)
            sstore(0, mload(0))
        }
        let length := datasize("Counter_deployed")
        codecopy(0, dataoffset("Counter_deployed"), length)
        return(0, length)
    }
    object "Counter_deployed" {
        code {
            switch shr(224, calldataload(0))
            // set(uint256): stores, and logs with the value as a topic.
            case 1 {
                sstore(0, calldataload(4))
                mstore(0, calldataload(4))
                log2(0, 32, 0xabcdef, calldataload(4))
            }
            // get()
            case 2 {
                mstore(0, sload(0))
                return(0, 32)
            }
            // fail(uint256): reverts with four bytes and the argument.
            case 3 {
                mstore(0, shl(224, 0xdeadbeef))
                mstore(4, calldataload(4))
                revert(0, 36)
            }
            // block(): number, timestamp, hash of the previous block, chain id.
            case 4 {
                mstore(0, number())
                mstore(32, timestamp())
                mstore(64, blockhash(sub(number(), 1)))
                mstore(96, chainid())
                return(0, 128)
            }
            // burn(): never ends.
            case 5 {
                for { } 1 { } { mstore(0, keccak256(0, 64)) }
            }
            // fill(uint256 n): writes n slots.
            case 6 {
                for { let i := 0 } lt(i, calldataload(4)) { i := add(i, 1) } { sstore(add(i, 100), not(i)) }
            }
            // value()
            case 7 {
                mstore(0, callvalue())
                return(0, 32)
            }
            // malformed(): announces an error string that is not there.
            case 8 {
                mstore(0, shl(224, 0x08c379a0))
                mstore(4, not(0))
                revert(0, 36)
            }
            default { revert(0, 0) }
        }
    }
}
