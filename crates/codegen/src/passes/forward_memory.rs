//! Replaces loads of heap words whose content is known: stored before, or loaded before, on every path.
//!
//! solc reads the free-memory pointer at 0x40 again for every allocation and every encoding. Once the first reads are known
//! to give 0x80, buffers get constant addresses, and offsets, lengths and ABI words fold.
//!
//! Aliasing: two words at constant distances from the same base overlap or not, for certain. Other pairs may alias, with
//! one exception. solc wraps the start of memory in `memoryguard` exactly if all inline assembly declares to be
//! memory-safe, that is, to touch only the scratch space below 0x40, the free-memory pointer as such, and allocated memory
//! from 0x80 up. In such code a store relative to a [pointer](super::pointers) leaves the words at 0x40 and 0x60 alone. A
//! copy to a constant address is another matter: where it ends may be unknown. Where one is expanded to stores, the
//! promise is taken for broken.
//!
//! The hash of known words is remembered too: a mapping's slot is computed for the read and again for the write, and a
//! hash costs as much as seventy instructions. The hash of constants, where an array in storage begins, is a constant.

use super::Pass;
use super::dataflow::{Facts, solve};
use super::pointers::{Pointers, is_pointer};
use crate::builtin::{Builtin, Segment};
use crate::ir::{
    Binary, BlockId, Cfg, Effect, Function, Inst, Op, Program, Space, Value, ValueDef,
};
use alloy_primitives::{U256, keccak256};
use std::collections::{BTreeMap, HashMap};

/// The pass.
pub(crate) struct ForwardMemory;

/// Words remembered at a time.
const LIMIT: usize = 64;
/// The words that memory-safe code addresses by constants only.
const RESERVED: std::ops::Range<u64> = 0x40..0x80;
/// Bytes in a word.
pub(super) const WORD: u64 = 32;

/// Call simulations that write to where other than the usual arguments say: the copy of the active pointer, and precompiles.
const WRITING: [u64; 2] = [0xffe3, 0xfffd];
/// Most words of a hash that is remembered.
const HASHED_WORDS: u64 = 4;

/// An address: constant, or at a constant distance from a value.
type Place = (Option<Value>, U256);

/// What is known about the heap at some point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Contents {
    words: BTreeMap<Place, Value>,
    /// Hashes by the hashed words.
    hashes: BTreeMap<Vec<Value>, Value>,
}

/// What a function may overwrite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Writes {
    reserved: bool,
    elsewhere: bool,
}

/// What may write anywhere.
const EVERYTHING: Writes = Writes {
    reserved: true,
    elsewhere: true,
};

impl Pass for ForwardMemory {
    fn name(&self) -> &'static str {
        "forward-memory"
    }

    fn run(&self, program: &mut Program) {
        // What is not summarised yet belongs to the same recursive group and may write anything.
        let mut summaries = vec![EVERYTHING; program.functions.len()];
        let pointers = Pointers::of(program);
        for id in program.bottom_up() {
            let promise = Promise {
                is_given: program.is_memory_safe(program.function(id).segment),
                pointers: pointers.in_function(id.index()),
            };
            let function = program.function_mut(id);
            Forwarder {
                function,
                summaries: &summaries,
                promise,
            }
            .run();
            summaries[id.index()] = summary(function, &summaries, promise);
        }
    }
}

/// What may be assumed about a function's addresses.
#[derive(Clone, Copy)]
struct Promise<'a> {
    /// Whether the code promises memory safety.
    is_given: bool,
    /// Which of the function's values are pointers.
    pointers: &'a [bool],
}

impl Promise<'_> {
    /// Whether what starts at an address, which is not constant, leaves the reserved words alone.
    fn spares_reserved(self, function: &Function, address: Value) -> bool {
        self.is_given && is_pointer(function, self.pointers, address)
    }
}

/// All writes of a function and its callees.
fn summary(function: &Function, summaries: &[Writes], promise: Promise<'_>) -> Writes {
    let mut all = Writes::default();
    for block in Cfg::new(function).order {
        for &inst in &function.block(block).insts {
            let writes = writes_of(function, function.inst(inst), summaries, promise);
            all.reserved |= writes.reserved;
            all.elsewhere |= writes.elsewhere;
        }
    }
    all
}

fn writes_of(
    function: &Function,
    inst: &Inst,
    summaries: &[Writes],
    promise: Promise<'_>,
) -> Writes {
    match inst.op {
        Op::Store(Space::Heap) => {
            let reserved = match function.as_word(inst.args[0]) {
                Some(address) => touches_reserved(address),
                None => !promise.spares_reserved(function, inst.args[0]),
            };
            Writes {
                reserved,
                elsewhere: true,
            }
        }
        // A copy to a constant address may be long; its operands end with the end of what it writes.
        Op::CopyPointerWords(_) | Op::CopyHeapWords => {
            let reserved = match function.as_word(inst.args[0]) {
                Some(to) => !promise.is_given || to < U256::from(RESERVED.end),
                None => !promise.spares_reserved(function, inst.args[0]),
            };
            Writes {
                reserved,
                elsewhere: true,
            }
        }
        // Where to is in its packed parameters.
        Op::Precompile => EVERYTHING,
        Op::Call(callee) => summaries[callee.index()],
        Op::Builtin(builtin) => writes_of_builtin(function, builtin, &inst.args, promise),
        _ => Writes::default(),
    }
}

/// Built-ins that are not expanded yet.
fn writes_of_builtin(
    function: &Function,
    builtin: Builtin,
    args: &[Value],
    promise: Promise<'_>,
) -> Writes {
    use Builtin::{Call, DelegateCall, Log0, Log1, Log2, Log3, Log4, StaticCall};
    if builtin.effect() != Effect::Writes || matches!(builtin, Log0 | Log1 | Log2 | Log3 | Log4) {
        return Writes::default();
    }
    if !promise.is_given || !matches!(builtin, Call | StaticCall | DelegateCall) {
        return EVERYTHING;
    }
    let (to, length) = match builtin {
        Call => (args[5], args[6]),
        _ => (args[4], args[5]),
    };
    match function.as_word(args[1]) {
        Some(address) if WRITING.iter().any(|&known| address == U256::from(known)) => EVERYTHING,
        None if !stays_unknown(function, args[1]) => EVERYTHING,
        _ if function.as_word(length) == Some(U256::ZERO) => Writes::default(),
        _ => Writes {
            reserved: match function.as_word(to) {
                Some(_) => may_touch_reserved(function, to, length),
                None => !promise.spares_reserved(function, to),
            },
            elsewhere: true,
        },
    }
}

/// Whether no later pass can find a constant behind the value: it comes from outside, apart from arithmetic.
fn stays_unknown(function: &Function, mut value: Value) -> bool {
    loop {
        let inst = match function.values[value.index()] {
            ValueDef::Constant(_) => return false,
            ValueDef::Param(block) => return block == Function::ENTRY,
            ValueDef::Result(inst, _) => function.inst(inst),
        };
        match inst.op {
            Op::Binary(Binary::And) if function.as_word(inst.args[1]).is_some() => {
                value = inst.args[0];
            }
            Op::PointerLoad(_)
            | Op::CalldataWord
            | Op::StorageLoad
            | Op::TransientLoad
            | Op::Context(_)
            | Op::Call(_) => return true,
            _ => return false,
        }
    }
}

/// Whether a copy of `length` bytes may overwrite the reserved words, if it does not start at an unknown address.
pub(super) fn may_touch_reserved(function: &Function, to: Value, length: Value) -> bool {
    let end = |to: U256| Some(function.as_word(length)?.saturating_add(to));
    let reserved = |word: u64| U256::from(word);
    function.as_word(to).is_some_and(|to| {
        to < reserved(RESERVED.end) && end(to).is_none_or(|end| end > reserved(RESERVED.start))
    })
}

fn touches_reserved(address: U256) -> bool {
    address < U256::from(RESERVED.end) && address + U256::from(WORD) > U256::from(RESERVED.start)
}

struct Forwarder<'a> {
    function: &'a mut Function,
    summaries: &'a [Writes],
    promise: Promise<'a>,
}

impl Forwarder<'_> {
    fn run(&mut self) {
        let cfg = Cfg::new(self.function);
        let step = |inst: &Inst, contents: &mut Contents| self.step(inst, contents);
        let before = solve(self.function, &cfg, step);
        let mut map = HashMap::new();
        for &block in &cfg.order {
            let mut contents = before[block.index()].clone().unwrap_or_default();
            self.rewrite(block, &mut contents, &mut map);
        }
        self.function.replace_values(&map);
    }

    /// Replaces what is known and drops stores of what is there already.
    fn rewrite(
        &mut self,
        block: BlockId,
        contents: &mut Contents,
        map: &mut HashMap<Value, Value>,
    ) {
        let insts = std::mem::take(&mut self.function.block_mut(block).insts);
        let mut kept = Vec::with_capacity(insts.len());
        for id in insts {
            let inst = self.function.inst(id);
            if let Some(hash) = self.constant_hash(inst, contents) {
                let result = inst.results[0];
                map.insert(result, self.function.word(hash));
            } else if let Some(value) = self.known(inst, contents) {
                map.insert(inst.results[0], value);
            } else if !self.is_there(inst, contents) {
                self.step(inst, contents);
                kept.push(id);
            }
        }
        self.function.block_mut(block).insts = kept;
    }

    fn is_there(&self, inst: &Inst, contents: &Contents) -> bool {
        let stores = inst.op == Op::Store(Space::Heap);
        stores && contents.words.get(&self.place(inst.args[0])) == Some(&inst.args[1])
    }

    /// The value of a load or hash, if it is known.
    fn known(&self, inst: &Inst, contents: &Contents) -> Option<Value> {
        match inst.op {
            Op::Load(Space::Heap) => contents.words.get(&self.place(inst.args[0])).copied(),
            Op::Builtin(Builtin::Keccak256) => {
                contents.hashes.get(&self.hashed(inst, contents)?).copied()
            }
            _ => None,
        }
    }

    /// The hash of words that are constants.
    fn constant_hash(&self, inst: &Inst, contents: &Contents) -> Option<U256> {
        if inst.op != Op::Builtin(Builtin::Keccak256) {
            return None;
        }
        let words = self.hashed(inst, contents)?.into_iter();
        let words = words.map(|word| Some(self.function.as_word(word)?.to_be_bytes::<32>()));
        let bytes = words.collect::<Option<Vec<_>>>()?.concat();
        Some(keccak256(bytes).into())
    }

    /// The words that are hashed, if all are known.
    fn hashed(&self, inst: &Inst, contents: &Contents) -> Option<Vec<Value>> {
        let (base, offset) = self.place(inst.args[0]);
        let length = u64::try_from(self.function.as_word(inst.args[1])?).ok()?;
        if !length.is_multiple_of(WORD) || length > HASHED_WORDS * WORD {
            return None;
        }
        let word = |at: u64| {
            contents
                .words
                .get(&(base, offset.wrapping_add(U256::from(WORD * at))))
                .copied()
        };
        (0..length / WORD).map(word).collect()
    }

    /// The effect of an instruction on what is known. A load or hash that is known changes nothing.
    fn step(&self, inst: &Inst, contents: &mut Contents) {
        let place = || self.place(inst.args[0]);
        let has_room = contents.words.len() < LIMIT;
        match inst.op {
            Op::Load(Space::Heap) if has_room => {
                contents.words.entry(place()).or_insert(inst.results[0]);
            }
            Op::Store(Space::Heap) => {
                let place = place();
                contents
                    .words
                    .retain(|&other, _| self.is_apart(place, other));
                if has_room {
                    contents.words.insert(place, inst.args[1]);
                }
            }
            Op::Builtin(Builtin::Keccak256) => {
                if let Some(words) = self.hashed(inst, contents) {
                    contents.hashes.entry(words).or_insert(inst.results[0]);
                }
            }
            _ => {
                let writes = writes_of(self.function, inst, self.summaries, self.promise);
                if writes.reserved || writes.elsewhere {
                    contents
                        .words
                        .retain(|&place, _| !writes.reserved && is_reserved(place));
                }
            }
        }
    }

    fn place(&self, address: Value) -> Place {
        if let Some(word) = self.function.as_word(address) {
            return (None, word);
        }
        let sum = self
            .function
            .def_inst(address)
            .filter(|inst| inst.op == Op::Binary(Binary::Add));
        let parts = sum.and_then(|inst| Some((inst.args[0], self.function.as_word(inst.args[1])?)));
        match parts {
            Some((base, offset)) => (Some(base), offset),
            None => (Some(address), U256::ZERO),
        }
    }

    /// Whether the words at two places certainly do not overlap.
    fn is_apart(&self, a: Place, b: Place) -> bool {
        let word = U256::from(WORD);
        if a.0 == b.0 {
            return a.1.wrapping_sub(b.1) >= word && b.1.wrapping_sub(a.1) >= word;
        }
        let spares = |place: Place| {
            let spares = |base| self.promise.spares_reserved(self.function, base);
            place.0.is_some_and(spares)
        };
        (is_reserved(a) && spares(b)) || (is_reserved(b) && spares(a))
    }
}

/// Whether the word lies within the reserved ones.
fn is_reserved(place: Place) -> bool {
    let end = U256::from(RESERVED.end - WORD);
    place.0.is_none() && place.1 >= U256::from(RESERVED.start) && place.1 <= end
}

impl Facts for Contents {
    fn meet(&mut self, other: &Self) {
        self.words
            .retain(|place, value| other.words.get(place) == Some(value));
        self.hashes
            .retain(|words, hash| other.hashes.get(words) == Some(hash));
    }
}

impl Program {
    /// Whether the segment's code promises to be memory-safe.
    fn is_memory_safe(&self, segment: Segment) -> bool {
        match segment {
            Segment::Deploy => self.guarded[0],
            Segment::Runtime => self.guarded[1],
        }
    }
}
