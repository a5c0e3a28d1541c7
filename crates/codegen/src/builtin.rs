//! Yul's built-in functions of the EVM dialect: names, signatures, effects.

use crate::ir::Effect;

/// The half of a contract a function belongs to. Several built-ins mean different things in the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Segment {
    /// Runs once, at deployment.
    Deploy,
    /// Runs on every call.
    Runtime,
}

macro_rules! builtins {
    ($($name:ident $text:literal $args:literal $results:literal $effect:ident;)*) => {
        /// A built-in function of Yul's EVM dialect, or an intrinsic of the prelude that still needs expansion.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Builtin {
            $($name,)*
        }

        impl Builtin {
            /// Looks a name up.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The name in Yul.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Number of arguments and results.
            pub(crate) fn signature(self) -> (usize, usize) {
                match self {
                    $(Self::$name => ($args, $results),)*
                }
            }

            /// What may be assumed when it is unused or repeated.
            pub(crate) fn effect(self) -> Effect {
                match self {
                    $(Self::$name => Effect::$effect,)*
                }
            }
        }
    };
}

builtins! {
    Add "add" 2 1 Pure;
    Sub "sub" 2 1 Pure;
    Mul "mul" 2 1 Pure;
    Div "div" 2 1 Pure;
    SDiv "sdiv" 2 1 Pure;
    Mod "mod" 2 1 Pure;
    SMod "smod" 2 1 Pure;
    Exp "exp" 2 1 Pure;
    Not "not" 1 1 Pure;
    Lt "lt" 2 1 Pure;
    Gt "gt" 2 1 Pure;
    SLt "slt" 2 1 Pure;
    SGt "sgt" 2 1 Pure;
    Eq "eq" 2 1 Pure;
    IsZero "iszero" 1 1 Pure;
    And "and" 2 1 Pure;
    Or "or" 2 1 Pure;
    Xor "xor" 2 1 Pure;
    Byte "byte" 2 1 Pure;
    Shl "shl" 2 1 Pure;
    Shr "shr" 2 1 Pure;
    Sar "sar" 2 1 Pure;
    Clz "clz" 1 1 Pure;
    AddMod "addmod" 3 1 Pure;
    MulMod "mulmod" 3 1 Pure;
    SignExtend "signextend" 2 1 Pure;
    Keccak256 "keccak256" 2 1 Reads;
    Pop "pop" 1 0 Pure;
    MLoad "mload" 1 1 Reads;
    MStore "mstore" 2 0 Writes;
    MStore8 "mstore8" 2 0 Writes;
    MCopy "mcopy" 3 0 Writes;
    MSize "msize" 0 1 Reads;
    SLoad "sload" 1 1 Reads;
    SStore "sstore" 2 0 Writes;
    TLoad "tload" 1 1 Reads;
    TStore "tstore" 2 0 Writes;
    Gas "gas" 0 1 Reads;
    Address "address" 0 1 Pure;
    Caller "caller" 0 1 Pure;
    CallValue "callvalue" 0 1 Pure;
    CallDataLoad "calldataload" 1 1 Pure;
    CallDataSize "calldatasize" 0 1 Pure;
    CallDataCopy "calldatacopy" 3 0 Writes;
    CodeSize "codesize" 0 1 Pure;
    CodeCopy "codecopy" 3 0 Writes;
    ExtCodeSize "extcodesize" 1 1 Reads;
    ExtCodeCopy "extcodecopy" 4 0 Writes;
    ExtCodeHash "extcodehash" 1 1 Reads;
    ReturnDataSize "returndatasize" 0 1 Reads;
    ReturnDataCopy "returndatacopy" 3 0 Writes;
    Balance "balance" 1 1 Reads;
    SelfBalance "selfbalance" 0 1 Reads;
    Create "create" 3 1 Writes;
    Create2 "create2" 4 1 Writes;
    Call "call" 7 1 Writes;
    CallCode "callcode" 7 1 Writes;
    DelegateCall "delegatecall" 6 1 Writes;
    StaticCall "staticcall" 6 1 Writes;
    Return "return" 2 0 Writes;
    Revert "revert" 2 0 Writes;
    Stop "stop" 0 0 Writes;
    Invalid "invalid" 0 0 Writes;
    SelfDestruct "selfdestruct" 1 0 Writes;
    Log0 "log0" 2 0 Writes;
    Log1 "log1" 3 0 Writes;
    Log2 "log2" 4 0 Writes;
    Log3 "log3" 5 0 Writes;
    Log4 "log4" 6 0 Writes;
    ChainId "chainid" 0 1 Pure;
    BaseFee "basefee" 0 1 Pure;
    BlobBaseFee "blobbasefee" 0 1 Reads;
    BlobHash "blobhash" 1 1 Reads;
    Origin "origin" 0 1 Pure;
    GasPrice "gasprice" 0 1 Pure;
    BlockHash "blockhash" 1 1 Reads;
    CoinBase "coinbase" 0 1 Pure;
    Timestamp "timestamp" 0 1 Pure;
    Number "number" 0 1 Pure;
    Difficulty "difficulty" 0 1 Pure;
    PrevRandao "prevrandao" 0 1 Pure;
    GasLimit "gaslimit" 0 1 Pure;
    Pc "pc" 0 1 Reads;
    MemoryGuard "memoryguard" 1 1 Pure;
    DataSize "datasize" 1 1 Pure;
    DataOffset "dataoffset" 1 1 Pure;
    DataCopy "datacopy" 3 0 Writes;
    LoadImmutable "loadimmutable" 1 1 Pure;
    SetImmutable "setimmutable" 3 0 Writes;
    LinkerSymbol "linkersymbol" 1 1 Pure;
    RuntimeCode "datasize of the own runtime code" 0 1 Reads;
}

impl Builtin {
    /// Whether control never comes back.
    pub(crate) fn ends_execution(self) -> bool {
        matches!(
            self,
            Self::Return | Self::Revert | Self::Stop | Self::Invalid | Self::SelfDestruct
        )
    }
}
