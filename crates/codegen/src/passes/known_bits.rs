//! Where a value can lie. Masks, sign handling, overflow checks and range guards that cannot matter are dropped on this ground.
//!
//! Besides what a definition says, two kinds of facts hold where the dominator tree says so: the outcome of a branch, and
//! that an address has been accessed. A heap access beyond 2^32 burns all gas, so behind it the address is narrow, and
//! the guard of a slice that starts there is superfluous. What is true everywhere, for example of parameters because of
//! all calls, is kept with the function.
//!
//! Call and return data is shorter than 2^31 bytes: whoever passes it has paid an erg for each byte of it, and no
//! transaction has so many.

mod transfer;

use crate::ir::{
    Binary, BlockId, Cfg, Cond, Context, Dominators, FarCall, Function, Inst, Op, Range, Slot,
    Space, Terminator, Value, ValueDef,
};
use alloy_primitives::U256;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use transfer::low_ones;

/// Definitions followed before giving up.
const DEPTH: usize = 6;
/// Largest address of a word in memory.
const LAST_ADDRESS: U256 = U256::from_limbs([u32::MAX as u64 - 32, 0, 0, 0]);
/// Most bytes of call and return data.
const MAX_LENGTH: U256 = U256::from_limbs([(1 << 31) - 1, 0, 0, 0]);

/// A function with the facts that hold at the current place.
pub(super) struct Known<'f> {
    function: &'f mut Function,
    /// Ranges, for look-up only.
    facts: Facts,
    /// Overwritten facts, to be restored when the dominator subtree is left.
    log: Vec<(Value, Option<Range>)>,
    /// What comparisons of two values are known to say, the smaller value first; for look-up only.
    outcomes: HashMap<(Value, Value), Vec<Cond>>,
    /// Keys of `outcomes` in the order they were learnt.
    outcome_log: Vec<(Value, Value)>,
    /// Constants that values equal here, for look-up only.
    equal: HashMap<Value, Value>,
    /// Keys of `equal` in the order they were learnt.
    equal_log: Vec<Value>,
    /// Number of uses of each value when they were counted.
    uses: Vec<u32>,
}

/// A point in time for [`Known::forget`].
#[derive(Clone, Copy)]
struct Mark(usize, usize, usize);

enum Step {
    Enter(BlockId),
    Leave(Mark),
}

/// Visits the blocks down the dominator tree: facts hold in the subtree they were found in.
pub(super) fn walk(function: &mut Function, mut visit: impl FnMut(&mut Known<'_>, BlockId)) {
    let cfg = Cfg::new(function);
    let children = Dominators::new(function, &cfg).children(&cfg);
    let mut known = Known::new(function);
    let mut stack = vec![Step::Enter(Function::ENTRY)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Enter(block) => {
                stack.push(Step::Leave(known.mark()));
                learn_from_branch(&mut known, &cfg, block);
                visit(&mut known, block);
                let children = children[block.index()].iter().rev();
                stack.extend(children.map(|&child| Step::Enter(child)));
            }
            Step::Leave(mark) => known.forget(mark),
        }
    }
}

/// The only edge into a block tells the outcome of the branch it belongs to.
fn learn_from_branch(known: &mut Known<'_>, cfg: &Cfg, block: BlockId) {
    let [pred] = cfg.preds[block.index()][..] else {
        return;
    };
    let Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes,
        no,
    } = &known.block(pred).term
    else {
        return;
    };
    let (cond, lhs, rhs) = (*cond, *lhs, *rhs);
    match (yes.block == block, no.block == block) {
        (true, false) => known.learn_comparison(cond, lhs, rhs, DEPTH),
        (false, true) => known.learn_comparison(cond.negate(), lhs, rhs, DEPTH),
        _ => {}
    }
}

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
    fn new(function: &'f mut Function) -> Self {
        Self {
            function,
            facts: HashMap::new(),
            log: Vec::new(),
            outcomes: HashMap::new(),
            outcome_log: Vec::new(),
            equal: HashMap::new(),
            equal_log: Vec::new(),
            uses: Vec::new(),
        }
    }

    /// Counts the uses of all values, for [`Known::is_used_once`].
    pub(super) fn count_uses(&mut self) {
        self.uses = self.function.use_counts();
    }

    /// Whether a value had a single use when uses were counted.
    pub(super) fn is_used_once(&self, value: Value) -> bool {
        self.uses.get(value.index()) == Some(&1)
    }

    /// A mark for [`Known::forget`].
    fn mark(&self) -> Mark {
        Mark(self.log.len(), self.equal_log.len(), self.outcome_log.len())
    }

    /// Looks at things as they are if the comparison holds.
    pub(super) fn suppose(&mut self, cond: Cond, lhs: Value, rhs: Value, look: impl FnOnce(&Self)) {
        let mark = self.mark();
        self.learn_comparison(cond, lhs, rhs, DEPTH);
        look(self);
        self.forget(mark);
    }

    /// Forgets what was learnt since the mark.
    fn forget(&mut self, mark: Mark) {
        for value in self.equal_log.drain(mark.1..) {
            self.equal.remove(&value);
        }
        for pair in self.outcome_log.drain(mark.2..) {
            if let Some(known) = self.outcomes.get_mut(&pair) {
                known.pop();
            }
        }
        for (value, before) in self.log.drain(mark.0..).rev() {
            match before {
                Some(range) => self.facts.insert(value, range),
                None => self.facts.remove(&value),
            };
        }
    }

    fn learn(&mut self, value: Value, range: Range) {
        self.learn_deep(value, range, DEPTH);
    }

    /// Learns where a value lies, and what follows for the operands it was made of.
    fn learn_deep(&mut self, value: Value, range: Range, depth: usize) {
        if depth == 0 || self.function.as_constant(value).is_some() {
            return;
        }
        let before = self.range(value);
        // Where nothing is left control never gets, and nothing needs to be known.
        let Some(range) = before.intersection(range).filter(|range| *range != before) else {
            return;
        };
        self.log.push((value, self.facts.insert(value, range)));
        let Some(inst) = self.function.def_inst(value).cloned() else {
            return;
        };
        match inst.op {
            Op::Binary(op) => self.learn_operands(op, &inst.args, range, depth - 1),
            Op::Compare(cond) if range.high.is_zero() => {
                self.learn_comparison(cond.negate(), inst.args[0], inst.args[1], depth - 1);
            }
            Op::Compare(cond) if !range.low.is_zero() => {
                self.learn_comparison(cond, inst.args[0], inst.args[1], depth - 1);
            }
            _ => {}
        }
    }

    /// What the range of a result says of its operands.
    fn learn_operands(&mut self, op: Binary, args: &[Value], result: Range, depth: usize) {
        let (x, y) = (args[0], args[1]);
        let (a, b) = (self.range(x), self.range(y));
        match op {
            Binary::Add => {
                // A sum that cannot overflow exceeds its summands.
                if a.high.checked_add(b.high).is_some() {
                    let less = |part: U256| Range::at_most(result.high.saturating_sub(part));
                    self.learn_deep(y, less(a.low), depth);
                    self.learn_deep(x, less(b.low), depth);
                }
                self.learn_deep(x, transfer::binary(Binary::Sub, result, b), depth);
                self.learn_deep(y, transfer::binary(Binary::Sub, result, a), depth);
            }
            Binary::Sub => {
                self.learn_deep(x, transfer::binary(Binary::Add, result, b), depth);
                self.learn_deep(y, transfer::binary(Binary::Sub, a, result), depth);
            }
            Binary::Xor if self.as_word(y).is_some() => {
                self.learn_deep(x, transfer::binary(Binary::Xor, result, b), depth);
            }
            Binary::Or => {
                for part in [x, y] {
                    self.learn_deep(part, Range::at_most(result.high), depth);
                }
            }
            Binary::And if !result.low.is_zero() => {
                for part in [x, y] {
                    self.learn_deep(part, Range::unsigned(result.low, U256::MAX), depth);
                }
            }
            Binary::Shl | Binary::Shr => {
                if let Some(amount) = self.as_word(y) {
                    let amount = usize::from(amount.byte(0));
                    self.learn_shifted(op, x, amount, result, depth);
                }
            }
            _ => {}
        }
    }

    /// What the range of a value shifted by a constant says of the value.
    fn learn_shifted(
        &mut self,
        op: Binary,
        value: Value,
        amount: usize,
        result: Range,
        depth: usize,
    ) {
        if op == Binary::Shl && self.width(value) + amount <= 256 {
            let below = Range::at_most(result.high >> amount);
            self.learn_deep(value, below, depth);
        }
        if op == Binary::Shr {
            let high = (result.high << amount) | low_ones(amount);
            if high >> amount == result.high {
                self.learn_deep(value, Range::unsigned(result.low << amount, high), depth);
            }
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

    /// The outcome of a comparison if another one of the same operands holds.
    pub(super) fn truth(
        &mut self,
        cond: Cond,
        lhs: Value,
        rhs: Value,
        value: Value,
    ) -> Option<Value> {
        let inst = self.function.def_inst(value)?;
        let Op::Compare(asked) = inst.op else {
            return None;
        };
        let asked = match (inst.args[0], inst.args[1]) {
            pair if pair == (lhs, rhs) => asked,
            pair if pair == (rhs, lhs) => asked.swap(),
            _ => return None,
        };
        let outcome = if cond.implies(asked) {
            1
        } else if cond.implies(asked.negate()) {
            0
        } else {
            return None;
        };
        Some(self.number(outcome))
    }

    /// Whether a comparison holds, if a branch on the way here, or where the operands lie, decides it.
    pub(super) fn outcome(&self, cond: Cond, lhs: Value, rhs: Value) -> Option<bool> {
        let (pair, oriented) = in_order(cond, lhs, rhs);
        for known in self.outcomes.get(&pair).into_iter().flatten() {
            if known.implies(oriented) {
                return Some(true);
            }
            if known.implies(oriented.negate()) {
                return Some(false);
            }
        }
        by_ranges(cond, self.range(lhs), self.range(rhs))
    }

    /// Learns from a comparison that holds.
    fn learn_comparison(&mut self, cond: Cond, lhs: Value, rhs: Value, depth: usize) {
        if let Some(constant) = self.decided(cond, lhs, rhs)
            && !self.equal.contains_key(&lhs)
        {
            self.equal.insert(lhs, constant);
            self.equal_log.push(lhs);
        }
        let (pair, oriented) = in_order(cond, lhs, rhs);
        self.outcomes.entry(pair).or_default().push(oriented);
        self.outcome_log.push(pair);
        self.learn_bounds(cond, lhs, rhs, depth);
    }

    /// What a comparison that holds says of where its operands lie.
    fn learn_bounds(&mut self, cond: Cond, lhs: Value, rhs: Value, depth: usize) {
        let (a, b) = (self.range(lhs), self.range(rhs));
        let at_least = |low: U256| Range::unsigned(low, U256::MAX);
        match cond {
            Cond::Lt => {
                self.learn_deep(lhs, Range::at_most(b.high.saturating_sub(U256::ONE)), depth);
                self.learn_deep(rhs, at_least(a.low.saturating_add(U256::ONE)), depth);
            }
            Cond::Le => {
                self.learn_deep(lhs, Range::at_most(b.high), depth);
                self.learn_deep(rhs, at_least(a.low), depth);
            }
            Cond::Eq => {
                self.learn_deep(lhs, b, depth);
                self.learn_deep(rhs, a, depth);
            }
            Cond::Gt => self.learn_bounds(Cond::Lt, rhs, lhs, depth),
            Cond::Ge => self.learn_bounds(Cond::Le, rhs, lhs, depth),
            Cond::Ne => {
                if let Some(word) = self.as_word(rhs) {
                    self.learn_exclusion(lhs, a, word, depth);
                }
            }
        }
    }

    /// A value is not the word; that says something if the word is one end of its range.
    fn learn_exclusion(&mut self, value: Value, range: Range, word: U256, depth: usize) {
        if word == range.low {
            let low = word.saturating_add(U256::ONE);
            self.learn_deep(value, Range::unsigned(low, U256::MAX), depth);
        }
        if word == range.high {
            let high = word.saturating_sub(U256::ONE);
            self.learn_deep(value, Range::at_most(high), depth);
        }
    }

    /// Learns from an instruction that has been executed.
    pub(super) fn learn_execution(&mut self, inst: &Inst) {
        match inst.op {
            Op::Load(Space::Heap) | Op::Store(Space::Heap) => {
                self.learn(inst.args[0], Range::at_most(LAST_ADDRESS));
            }
            Op::Guard => self.learn(inst.args[0], Range::at_most(U256::from(u32::MAX))),
            _ => {}
        }
    }

    /// Where the value lies.
    pub(super) fn range(&self, value: Value) -> Range {
        range_within(self.function, &self.facts, value, DEPTH)
    }

    /// The largest word the value can be.
    pub(super) fn bound(&self, value: Value) -> U256 {
        self.range(value).high
    }

    /// Number of low bits outside of which the value is zero for certain.
    pub(super) fn width(&self, value: Value) -> usize {
        self.bound(value).bit_len()
    }
}

/// Number of low bits outside of which the value is zero, judged by its definition alone.
pub(super) fn width(function: &Function, value: Value) -> usize {
    range_within(function, &HashMap::new(), value, DEPTH)
        .high
        .bit_len()
}

type Facts = HashMap<Value, Range>;

/// The comparison with its operands in the order of their numbers.
fn in_order(cond: Cond, lhs: Value, rhs: Value) -> ((Value, Value), Cond) {
    if lhs <= rhs {
        ((lhs, rhs), cond)
    } else {
        ((rhs, lhs), cond.swap())
    }
}

/// Outcome of comparing words of two ranges, if it is always the same.
fn by_ranges(cond: Cond, a: Range, b: Range) -> Option<bool> {
    match cond {
        Cond::Lt if a.high < b.low => Some(true),
        Cond::Lt if a.low >= b.high => Some(false),
        Cond::Le if a.high <= b.low => Some(true),
        Cond::Le if a.low > b.high => Some(false),
        Cond::Gt | Cond::Ge => by_ranges(cond.swap(), b, a),
        Cond::Eq | Cond::Ne if a.intersection(b).is_none() => Some(cond == Cond::Ne),
        _ => None,
    }
}

/// Whether a word can be read from memory at an address without burning all gas, judged by its definition alone.
pub(super) fn is_address(function: &Function, value: Value) -> bool {
    range_within(function, &HashMap::new(), value, DEPTH).high <= LAST_ADDRESS
}

fn range_within(function: &Function, facts: &Facts, value: Value, depth: usize) -> Range {
    if let Some(word) = function.as_word(value) {
        return Range::word(word);
    }
    let mut range = match function.values[value.index()] {
        ValueDef::Result(inst, 0) if depth > 0 => {
            of_inst(function, facts, function.inst(inst), depth - 1)
        }
        ValueDef::Result(..) | ValueDef::Param(_) => Range::ALL,
        // A library's address.
        ValueDef::Constant(_) => Range::at_most(low_ones(160)),
    };
    for proved in [facts.get(&value), function.ranges.get(&value)] {
        if let Some(both) = proved.and_then(|proved| range.intersection(*proved)) {
            range = both;
        }
    }
    range
}

fn of_inst(function: &Function, facts: &Facts, inst: &Inst, depth: usize) -> Range {
    let arg = |at: usize| range_within(function, facts, inst.args[at], depth);
    match inst.op {
        Op::Compare(_)
        | Op::FarCall(FarCall {
            must_succeed: false,
            ..
        }) => Range::at_most(U256::ONE),
        Op::Select(cond) => {
            // What is chosen because it compares so is bounded by what it compares with.
            let (yes, no) = (arg(2), arg(3));
            let below = || Range::at_most(arg(1).high);
            let yes = match cond {
                Cond::Lt | Cond::Le if inst.args[2] == inst.args[0] => {
                    yes.intersection(below()).unwrap_or(yes)
                }
                _ => yes,
            };
            let no = match cond {
                Cond::Gt | Cond::Ge if inst.args[3] == inst.args[0] => {
                    no.intersection(below()).unwrap_or(no)
                }
                _ => no,
            };
            yes.union(no)
        }
        Op::Binary(op) => transfer::binary(op, arg(0), arg(1)),
        Op::Context(context) => Range::at_most(match context {
            Context::This | Context::Caller | Context::CodeAddress => low_ones(160),
            Context::Value => low_ones(128),
            Context::Gas => low_ones(32),
            Context::Meta => U256::MAX,
        }),
        Op::SlotLoad(Slot::Calldata | Slot::Returndata) => {
            Range::at_most((MAX_LENGTH << 96) | low_ones(96))
        }
        _ => Range::ALL,
    }
}
