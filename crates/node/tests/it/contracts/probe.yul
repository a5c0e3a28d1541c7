// A contract that tells what it sees; the first four bytes of the calldata choose what.
object "Probe" {
    code {
        let length := datasize("Probe_deployed")
        codecopy(0, dataoffset("Probe_deployed"), length)
        return(0, length)
    }
    object "Probe_deployed" {
        code {
            switch shr(224, calldataload(0))
            // block(): number, timestamp, base fee, gas limit, coinbase, randomness, hash of the previous block, gas price.
            case 1 {
                mstore(0, number())
                mstore(32, timestamp())
                mstore(64, basefee())
                mstore(96, gaslimit())
                mstore(128, coinbase())
                mstore(160, prevrandao())
                mstore(192, blockhash(sub(number(), 1)))
                mstore(224, gasprice())
                return(0, 256)
            }
            // account(address): balance, size of the code.
            case 2 {
                mstore(0, balance(calldataload(4)))
                mstore(32, extcodesize(calldataload(4)))
                return(0, 64)
            }
            // slot(uint256)
            case 3 {
                mstore(0, sload(calldataload(4)))
                return(0, 32)
            }
            // hash(uint256): hash of a block.
            case 4 {
                mstore(0, blockhash(calldataload(4)))
                return(0, 32)
            }
            default { revert(0, 0) }
        }
    }
}
