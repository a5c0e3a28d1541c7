//! How wide a value can be. Masks, sign handling and range guards that cannot matter are dropped on this ground.
//!
//! Besides what a definition says, two kinds of facts hold where the dominator tree says so: the outcome of a branch, and
//! that an address has been accessed. A heap access beyond 2^32 burns all gas, so behind it the address is narrow, and
//! the guard of a slice that starts there is superfluous.

use crate::ir::{Binary, Cond, Context, Function, Inst, Op, Slot, Space, Value, ValueDef};
use alloy_primitives::U256;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

/// Definitions followed before giving up.
const DEPTH: usize = 6;
/// Width of an address that has been accessed.
const ADDRESS_WIDTH: usize = 32;

/// A function with the facts that hold at the current place.
pub(super) struct Known<'f> {
    function: &'f mut Function,
    /// Upper bounds of widths, for look-up only.
    facts: HashMap<Value, usize>,
    /// Overwritten facts, to be restored when the dominator subtree is left.
    log: Vec<(Value, Option<usize>)>,
    /// Constants that values equal here, for look-up only.
    equal: HashMap<Value, Value>,
    /// Keys of `equal` in the order they were learnt.
    equal_log: Vec<Value>,
}

/// A point in time for [`Known::forget`].
#[derive(Clone, Copy)]
pub(super) struct Mark(usize, usize);

impl Deref for Known<'_> {
    type Target = Function;

    fn deref(&self) -> &Function {
        self.function
    }
}

impl DerefMut for Known<'_> {
    fn deref_mut(&mut self) -> &mut Function {
        self.function
    }
}

impl<'f> Known<'f> {
    /// Nothing is known yet.
    pub(super) fn new(function: &'f mut Function) -> Self {
        Self {
            function,
            facts: HashMap::new(),
            log: Vec::new(),
            equal: HashMap::new(),
            equal_log: Vec::new(),
        }
    }

    /// A mark for [`Known::forget`].
    pub(super) fn mark(&self) -> Mark {
        Mark(self.log.len(), self.equal_log.len())
    }

    /// Forgets what was learnt since the mark.
    pub(super) fn forget(&mut self, mark: Mark) {
        for value in self.equal_log.drain(mark.1..) {
            self.equal.remove(&value);
        }
        for (value, before) in self.log.drain(mark.0..).rev() {
            match before {
                Some(width) => self.facts.insert(value, width),
                None => self.facts.remove(&value),
            };
        }
    }

    fn learn(&mut self, value: Value, width: usize) {
        let narrower = width < self.width(value);
        if narrower && self.function.as_constant(value).is_none() {
            self.log.push((value, self.facts.insert(value, width)));
        }
    }

    /// The constant a value equals here.
    pub(super) fn equal(&self, value: Value) -> Option<Value> {
        self.equal.get(&value).copied()
    }

    /// The constant that `lhs` equals if the comparison holds.
    pub(super) fn decided(&mut self, cond: Cond, lhs: Value, rhs: Value) -> Option<Value> {
        let word = self.as_word(rhs)?;
        if self.as_constant(lhs).is_some() {
            return None;
        }
        match cond {
            Cond::Eq => Some(rhs),
            Cond::Ne if word.is_zero() && self.width(lhs) <= 1 => Some(self.number(1)),
            _ => None,
        }
    }

    /// Learns from a comparison that holds.
    pub(super) fn learn_comparison(&mut self, cond: Cond, lhs: Value, rhs: Value) {
        if let Some(constant) = self.decided(cond, lhs, rhs)
            && !self.equal.contains_key(&lhs)
        {
            self.equal.insert(lhs, constant);
            self.equal_log.push(lhs);
        }
        match cond {
            Cond::Lt => match self.as_word(rhs) {
                Some(bound) => self.learn(lhs, bound.saturating_sub(U256::from(1)).bit_len()),
                None => self.learn(lhs, self.width(rhs)),
            },
            Cond::Le | Cond::Eq => self.learn(lhs, self.width(rhs)),
            Cond::Gt | Cond::Ge => self.learn_comparison(cond.swap(), rhs, lhs),
            Cond::Ne => {}
        }
    }

    /// Learns from an instruction that has been executed.
    pub(super) fn learn_execution(&mut self, inst: &Inst) {
        match inst.op {
            Op::Load(Space::Heap) | Op::Store(Space::Heap) => {
                self.learn(inst.args[0], ADDRESS_WIDTH)
            }
            Op::Guard => {
                self.learn(inst.args[0], ADDRESS_WIDTH);
                let parts = self
                    .def_inst(inst.args[0])
                    .filter(|inst| inst.op == Op::Binary(Binary::Or));
                for part in parts.map(|inst| inst.args.clone()).unwrap_or_default() {
                    self.learn(part, ADDRESS_WIDTH);
                }
            }
            _ => {}
        }
    }

    /// Number of low bits outside of which the value is zero for certain.
    pub(super) fn width(&self, value: Value) -> usize {
        width_within(self.function, &self.facts, value, DEPTH)
    }
}

/// Number of low bits outside of which the value is zero, judged by its definition alone.
pub(super) fn width(function: &Function, value: Value) -> usize {
    width_within(function, &HashMap::new(), value, DEPTH)
}

type Facts = HashMap<Value, usize>;

fn width_within(function: &Function, facts: &Facts, value: Value, depth: usize) -> usize {
    if let Some(word) = function.as_word(value) {
        return word.bit_len();
    }
    let defined = match function.values[value.index()] {
        ValueDef::Result(inst, 0) if depth > 0 => {
            of_inst(function, facts, function.inst(inst), depth - 1)
        }
        ValueDef::Result(..) | ValueDef::Param(_) => 256,
        // A library's address.
        ValueDef::Constant(_) => 160,
    };
    facts.get(&value).map_or(defined, |&fact| fact.min(defined))
}

fn of_inst(function: &Function, facts: &Facts, inst: &Inst, depth: usize) -> usize {
    let arg = |at: usize| width_within(function, facts, inst.args[at], depth);
    match inst.op {
        Op::Compare(_) => 1,
        Op::Select(_) => arg(2).max(arg(3)),
        Op::Binary(op) => of_binary(function, facts, inst, op, depth),
        Op::Context(context) => match context {
            Context::This | Context::Caller | Context::CodeAddress => 160,
            Context::Value => 128,
            Context::Gas => 32,
            Context::Meta => 256,
        },
        Op::SlotLoad(Slot::Calldata | Slot::Returndata | Slot::Active(_)) => 128,
        Op::FarCall(_) => 1,
        _ => 256,
    }
}

fn of_binary(function: &Function, facts: &Facts, inst: &Inst, op: Binary, depth: usize) -> usize {
    let arg = |at: usize| width_within(function, facts, inst.args[at], depth);
    let amount = function
        .as_word(inst.args[1])
        .map(|word: U256| usize::from(word.byte(0)));
    match (op, amount) {
        (Binary::And, _) => arg(0).min(arg(1)),
        (Binary::Or | Binary::Xor, _) => arg(0).max(arg(1)),
        (Binary::Add, _) => (arg(0).max(arg(1)) + 1).min(256),
        (Binary::Mul, _) => (arg(0) + arg(1)).min(256),
        (Binary::Div, _) => arg(0),
        (Binary::Mod, _) => arg(0).min(arg(1)),
        (Binary::Shl, Some(amount)) => (arg(0) + amount).min(256),
        (Binary::Shr, Some(amount)) => arg(0).saturating_sub(amount),
        (Binary::Shr, None) => arg(0),
        _ => 256,
    }
}
