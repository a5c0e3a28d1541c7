use crate::error::{Error, Result};

/// One of the sixteen registers. `r0` reads as zero and swallows writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reg(u8);

macro_rules! registers {
    ($($name:ident = $index:literal),* $(,)?) => {
        impl Reg {
            $(#[doc = concat!("Register r", stringify!($index), ".")]
            pub const $name: Self = Self($index);)*
        }
    };
}

registers! {
    R0 = 0, R1 = 1, R2 = 2, R3 = 3, R4 = 4, R5 = 5, R6 = 6, R7 = 7,
    R8 = 8, R9 = 9, R10 = 10, R11 = 11, R12 = 12, R13 = 13, R14 = 14, R15 = 15,
}

impl Reg {
    /// Number of registers, `r0` included.
    pub const COUNT: usize = 16;

    /// The register of a number.
    ///
    /// # Errors
    /// [`Error::InvalidRegister`] above 15.
    pub const fn new(index: u8) -> Result<Self> {
        if index < 16 {
            Ok(Self(index))
        } else {
            Err(Error::InvalidRegister(index))
        }
    }

    /// The register selected by the low four bits of `bits`.
    pub const fn from_low_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// The register's number, 0 to 15.
    pub const fn index(self) -> u8 {
        self.0
    }

    /// Whether this is the constant-zero register `r0`.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// A 16-bit address: the low bits of a base register plus an offset, modulo 2^16. In words for the stack and for code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Address {
    /// Base register, `r0` for none.
    pub base: Reg,
    /// Offset in words.
    pub offset: u16,
}

impl Address {
    /// An address without base register.
    pub const fn at(offset: u16) -> Self {
        Self {
            base: Reg::R0,
            offset,
        }
    }

    /// `base + offset`.
    pub const fn new(base: Reg, offset: u16) -> Self {
        Self { base, offset }
    }
}

/// First source of an instruction with full addressing. All modes cost the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Src {
    /// A register.
    Reg(Reg),
    /// A zero-extended 16-bit immediate.
    Imm(u16),
    /// `stack-[a]`: the word `a` below the stack pointer.
    StackRel(Address),
    /// `stack=[a]`: the word `a` counted from the bottom of the stack.
    StackAbs(Address),
    /// `stack-=[a]`: lowers the stack pointer by `a`, then reads the word there.
    StackPop(Address),
    /// `code[a]`: a 32-byte word of the code page, counted from its start.
    Code(Address),
}

/// First destination of an instruction with full addressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dst {
    /// A register.
    Reg(Reg),
    /// `stack-[a]`: the word `a` below the stack pointer.
    StackRel(Address),
    /// `stack=[a]`: the word `a` counted from the bottom of the stack.
    StackAbs(Address),
    /// `stack+=[a]`: writes at the stack pointer, then raises it by `a`.
    StackPush(Address),
}

/// Address operand of heap loads and stores, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegOrImm {
    /// A register.
    Reg(Reg),
    /// A zero-extended 16-bit immediate.
    Imm(u16),
}

impl From<Reg> for Src {
    fn from(reg: Reg) -> Self {
        Self::Reg(reg)
    }
}

impl From<u16> for Src {
    fn from(imm: u16) -> Self {
        Self::Imm(imm)
    }
}

impl From<Reg> for Dst {
    fn from(reg: Reg) -> Self {
        Self::Reg(reg)
    }
}

impl From<Reg> for RegOrImm {
    fn from(reg: Reg) -> Self {
        Self::Reg(reg)
    }
}

impl From<u16> for RegOrImm {
    fn from(imm: u16) -> Self {
        Self::Imm(imm)
    }
}

/// When an instruction takes effect. One that does not still costs its ergs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Unconditionally.
    #[default]
    Always,
    /// If GT is set.
    Gt,
    /// If LT (also: overflow) is set.
    Lt,
    /// If EQ is set.
    Eq,
    /// If GT or EQ is set.
    Ge,
    /// If LT or EQ is set.
    Le,
    /// If EQ is not set.
    Ne,
    /// If GT or LT is set.
    GtLt,
}

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 8] = [
        Self::Always,
        Self::Gt,
        Self::Lt,
        Self::Eq,
        Self::Ge,
        Self::Le,
        Self::Ne,
        Self::GtLt,
    ];

    /// The condition that holds exactly when this one does not, given that the flags were set by a `sub!` (which sets
    /// exactly one of LT, EQ and GT). `None` for [`Condition::Always`].
    pub const fn negated_after_sub(self) -> Option<Self> {
        match self {
            Self::Always => None,
            Self::Gt => Some(Self::Le),
            Self::Lt => Some(Self::Ge),
            Self::Eq => Some(Self::Ne),
            Self::Ge => Some(Self::Lt),
            Self::Le => Some(Self::Gt),
            Self::Ne | Self::GtLt => Some(Self::Eq),
        }
    }
}
