//! Numbers of findings, by which documentation and tools refer to them.

use core::fmt::{self, Display, Formatter};

macro_rules! codes {
    ($($(#[doc = $title:literal])+ $name:ident = $number:literal,)+) => {
        /// What a finding is about. The first digit groups them: text (0), names (1), what EraVM lacks (2), limits of the
        /// machine (3), contracts in relation to others (4), defects of the compiler (9).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $title])+ $name,)+
        }

        impl Code {
            /// All codes in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The number, of up to four digits.
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)+
                }
            }

            /// What it means, in a few words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($title),+).trim_ascii(),)+
                }
            }
        }
    };
}

codes! {
    /// the Yul is malformed
    Syntax = 1,
    /// expressions, blocks or objects nest too deep
    Nesting = 2,
    /// a name is unknown or defined twice, or used wrongly
    Name = 101,
    /// `selfdestruct`
    SelfDestruct = 201,
    /// `extcodecopy`, or `address.code` in Solidity
    ExtCodeCopy = 202,
    /// `codecopy` of the contract's own code at run time
    CodeCopy = 203,
    /// `callcode`
    CallCode = 204,
    /// `pc`
    Pc = 205,
    /// `blobhash` and `blobbasefee`
    Blob = 206,
    /// `type(C).runtimeCode`
    RuntimeCode = 207,
    /// an EraVM operation, written as a call, that does not exist in this form
    EraOperation = 208,
    /// a built-in whose argument must be a literal
    Literal = 209,
    /// nested calls need more than the machine's stack
    Stack = 301,
    /// more instructions than jumps can address
    Instructions = 302,
    /// more words of code and constants than a bytecode can have
    Words = 303,
    /// a contract is created that is not part of the object
    UnknownContract = 401,
    /// a contract creates one that it is created by
    CreationCycle = 402,
    /// a contract is created whose libraries have no addresses
    UnlinkedCreation = 403,
    /// the compiler found its own result inconsistent
    Internal = 901,
    /// the compiler panicked
    Panic = 902,
}

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "E{:04}", self.number())
    }
}
