// A smart account whose signature says how validation behaves: the first byte chooses, two words of argument follow.
object "Account" {
    code {
        let length := datasize("Account_deployed")
        codecopy(0, dataoffset("Account_deployed"), length)
        return(0, length)
    }
    object "Account_deployed" {
        code {
            switch shr(224, calldataload(0))
            // validateTransaction
            case 0x202bcce7 { validate(add(4, calldataload(0x44))) }
            // executeTransaction
            case 0xdf9c1589 { execute(add(4, calldataload(0x44))) }
            // payForTransaction
            case 0xe2f318e3 { pay(add(4, calldataload(0x44))) }
            default { }

            function validate(tx_) {
                useNonce(calldataload(add(tx_, 0x100)))
                let signature := add(add(tx_, calldataload(add(tx_, 0x1e0))), 32)
                let first := calldataload(add(signature, 1))
                let second := calldataload(add(signature, 33))
                let magic := 0x202bcce7
                switch byte(0, calldataload(signature))
                // Passes.
                case 0 { }
                // Reads a foreign slot: calls get() of the contract in the first word.
                case 1 {
                    mstore(0, shl(224, 2))
                    pop(staticcall(gas(), first, 0, 4, 0, 32))
                }
                // Reverts with an error of its own.
                case 2 {
                    mstore(0, shl(224, 0xdeadbeef))
                    mstore(4, first)
                    revert(0, 36)
                }
                // Never ends.
                case 3 { for { } 1 { } { mstore(0, keccak256(0, 64)) } }
                // Finds the signature wrong.
                case 4 { magic := 0 }
                // Asserts the time range in the two words.
                case 5 {
                    mstore(0, shl(224, 0x5b1a0c91))
                    mstore(4, first)
                    mstore(36, second)
                    if iszero(call(gas(), 0x808012, 0, 0, 68, 0, 0)) {
                        returndatacopy(0, 0, returndatasize())
                        revert(0, returndatasize())
                    }
                }
                // Calls an address without code.
                case 6 { pop(staticcall(gas(), first, 0, 0, 0, 0)) }
                // Reads the time itself.
                case 7 { sstore(1, timestamp()) }
                // Writes and reads a slot of its own.
                case 8 { sstore(2, add(sload(2), first)) }
                default { revert(0, 0) }
                mstore(0, shl(224, magic))
                return(0, 32)
            }

            function execute(tx_) {
                let data := add(tx_, calldataload(add(tx_, 0x1c0)))
                let length := calldataload(data)
                calldatacopy(0, add(data, 32), length)
                let to := calldataload(add(tx_, 0x40))
                let value := calldataload(add(tx_, 0x120))
                let ok := call(gas(), to, value, 0, length, 0, 0)
                returndatacopy(0, 0, returndatasize())
                if iszero(ok) { revert(0, returndatasize()) }
                return(0, returndatasize())
            }

            function pay(tx_) {
                let fee := mul(calldataload(add(tx_, 0x60)), calldataload(add(tx_, 0xa0)))
                if iszero(call(gas(), 0x8001, fee, 0, 0, 0, 0)) { revert(0, 0) }
            }

            // NonceHolder.incrementMinNonceIfEquals, which must be a system call.
            function useNonce(nonce) {
                mstore(0, shl(224, 0xe1239cd8))
                mstore(4, nonce)
                let abi := or(shl(96, 36), or(shl(192, 0xffffffff), shl(248, 1)))
                if iszero(call(0x8003, 0xfff5, 0, 0, abi, 0, 0)) { revert(0, 0) }
            }
        }
    }
}
