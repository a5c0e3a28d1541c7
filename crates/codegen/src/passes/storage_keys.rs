//! Which keys of storage are certainly different.
//!
//! Keys at different distances from the same value differ. Beyond that, what Solidity's layout of storage rests on is taken
//! for granted: nobody finds two preimages of the same hash, nor one whose hash is less than 2^66 from a number below 2^64 or
//! from another known preimage's hash.

use super::known_bits::width;
use crate::builtin::Builtin;
use crate::ir::{
    Binary, Cfg, FarCall, Function, Inst, Op, Program, Space, Terminator, Value, ValueDef,
};
use alloy_primitives::U256;

/// The system contract that hashes.
const KECCAK: u64 = 0x8010;
/// Bits of keys that no hash is near to, and of distances from hashes.
const SMALL: usize = 64;
/// Sums and hashes of hashes followed before giving up.
const DEPTH: usize = 4;
/// Bytes in a word.
const WORD: u64 = 32;

/// A word that is hashed, as the hashing function sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Constant(U256),
    /// A parameter by its number, or the argument for it.
    Param(usize),
}

/// A function that returns a hash.
#[derive(Clone, Debug, Default)]
struct Hasher {
    /// The words that it hashes, if they depend on nothing but its parameters.
    words: Option<Vec<Word>>,
}

/// The functions of a program that return hashes.
pub(super) struct Hashers(Vec<Option<Hasher>>);

impl Hashers {
    /// Looks at all functions.
    pub(super) fn of(program: &Program) -> Self {
        Self(program.functions.iter().map(hasher).collect())
    }

    /// Whether two keys certainly differ.
    pub(super) fn are_apart(&self, function: &Function, a: Value, b: Value) -> bool {
        self.differ(function, a, b, DEPTH)
    }

    fn differ(&self, function: &Function, a: Value, b: Value, depth: usize) -> bool {
        if let (Some(a), Some(b)) = (function.as_word(a), function.as_word(b)) {
            return a != b;
        }
        let ((base, offset), (other_base, other_offset)) =
            (with_offset(function, a), with_offset(function, b));
        if base == other_base {
            return offset != other_offset;
        }
        if depth == 0 {
            return false;
        }
        let is_small = |value: Value| {
            let word = function.as_word(value);
            word.is_some_and(|word| word.bit_len() <= SMALL)
        };
        match (self.near_hash(function, a), self.near_hash(function, b)) {
            (Some(a), Some(b)) => self.preimages_differ(function, a, b, depth - 1),
            (Some(_), None) => is_small(b),
            (None, Some(_)) => is_small(a),
            (None, None) => false,
        }
    }

    /// The instruction that computes the hash to which only a small number has been added.
    fn near_hash<'f>(&self, function: &'f Function, mut value: Value) -> Option<&'f Inst> {
        for _ in 0..DEPTH {
            let ValueDef::Result(inst, _) = function.values[value.index()] else {
                return None;
            };
            let inst = function.inst(inst);
            match inst.op {
                Op::Binary(Binary::Add) if width(function, inst.args[1]) <= SMALL => {
                    value = inst.args[0];
                }
                Op::Binary(Binary::Add) if width(function, inst.args[0]) <= SMALL => {
                    value = inst.args[1];
                }
                Op::Builtin(Builtin::Keccak256) => return Some(inst),
                Op::Call(callee) if self.0[callee.index()].is_some() => return Some(inst),
                Op::FarCall(call) if is_hash(function, inst, call) => {
                    return Some(inst);
                }
                _ => return None,
            }
        }
        None
    }

    fn preimages_differ(&self, function: &Function, a: &Inst, b: &Inst, depth: usize) -> bool {
        let (Some(words), Some(others)) = (self.preimage(a), self.preimage(b)) else {
            return false;
        };
        let mut pairs = words.iter().zip(others);
        words.len() != others.len()
            || pairs.any(|(word, other)| match (*word, *other) {
                (Word::Constant(word), Word::Constant(other)) => word != other,
                (Word::Param(at), Word::Param(other)) => {
                    self.differ(function, a.args[at], b.args[other], depth)
                }
                (Word::Constant(word), Word::Param(at)) => {
                    self.differs_from(function, b.args[at], word)
                }
                (Word::Param(at), Word::Constant(word)) => {
                    self.differs_from(function, a.args[at], word)
                }
            })
    }

    fn differs_from(&self, function: &Function, value: Value, constant: U256) -> bool {
        match function.as_word(value) {
            Some(word) => word != constant,
            None => constant.bit_len() <= SMALL && self.near_hash(function, value).is_some(),
        }
    }

    fn preimage(&self, inst: &Inst) -> Option<&[Word]> {
        match inst.op {
            Op::Call(callee) => self.0[callee.index()].as_ref()?.words.as_deref(),
            _ => None,
        }
    }
}

/// A value as a sum of another and a constant.
fn with_offset(function: &Function, value: Value) -> (Value, U256) {
    let sum = function.def_inst(value);
    let sum = sum.filter(|inst| inst.op == Op::Binary(Binary::Add));
    let parts = sum.and_then(|inst| Some((inst.args[0], function.as_word(inst.args[1])?)));
    parts.unwrap_or((value, U256::ZERO))
}

fn is_hash(function: &Function, inst: &Inst, call: FarCall) -> bool {
    call.must_succeed && function.as_word(inst.args[1]) == Some(U256::from(KECCAK))
}

/// What a function hashes, if it returns a hash on every way.
fn hasher(function: &Function) -> Option<Hasher> {
    let cfg = Cfg::new(function);
    let mut hash = None;
    for &block in &cfg.order {
        if let Terminator::Leave(results) = &function.block(block).term {
            let [result] = results[..] else { return None };
            if *hash.get_or_insert(result) != result {
                return None;
            }
        }
    }
    let ValueDef::Result(inst, 0) = function.values[hash?.index()] else {
        return None;
    };
    let inst = function.inst(inst);
    let Op::FarCall(call) = inst.op else {
        return None;
    };
    let words = || words(function, function.as_word(inst.args[0])?);
    is_hash(function, inst, call).then(|| Hasher { words: words() })
}

/// The words that a function stores from address zero on before it hands exactly them over with an ABI word.
fn words(function: &Function, abi: U256) -> Option<Vec<Word>> {
    let field = |at: usize| (abi >> at) & U256::from(u32::MAX);
    let length = u64::try_from(field(96)).ok()?;
    let is_plain = field(224).is_zero() && field(64).is_zero() && field(0).is_zero();
    if !is_plain || !length.is_multiple_of(WORD) {
        return None;
    }
    let mut words = vec![None; usize::try_from(length / WORD).ok()?];
    for &inst in &function.block(Function::ENTRY).insts {
        let inst = function.inst(inst);
        match inst.op {
            Op::Store(Space::Heap) => {
                let at = u64::try_from(function.as_word(inst.args[0])?).ok()?;
                let word = words.get_mut(usize::try_from(at / WORD).ok()?)?;
                let stored = match function.as_word(inst.args[1]) {
                    Some(constant) => Word::Constant(constant),
                    None => Word::Param(param(function, inst.args[1])?),
                };
                if !at.is_multiple_of(WORD) || word.replace(stored).is_some() {
                    return None;
                }
            }
            Op::FarCall(_) => return words.into_iter().collect(),
            _ => return None,
        }
    }
    None
}

fn param(function: &Function, value: Value) -> Option<usize> {
    function.params().iter().position(|&param| param == value)
}
