//! How large a value can be. Masks, sign handling and range guards that cannot matter are dropped on this ground.
//!
//! Besides what a definition says, two kinds of facts hold where the dominator tree says so: the outcome of a branch, and
//! that an address has been accessed. A heap access beyond 2^32 burns all gas, so behind it the address is narrow, and
//! the guard of a slice that starts there is superfluous. What is true everywhere, for example of parameters because of
//! all calls, is kept with the function.
//!
//! Call and return data is shorter than 2^31 bytes: whoever passes it has paid an erg for each byte of it, and no
//! transaction has so many.

use crate::ir::{
    Binary, BlockId, Cfg, Cond, Context, Dominators, FarCall, Function, Inst, Op, Slot, Space,
    Terminator, Value, ValueDef,
};
use alloy_primitives::U256;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

/// Definitions followed before giving up.
const DEPTH: usize = 6;
/// Largest address of a word in memory.
const LAST_ADDRESS: U256 = U256::from_limbs([u32::MAX as u64 - 32, 0, 0, 0]);
/// Most bytes of call and return data.
const MAX_LENGTH: U256 = U256::from_limbs([(1 << 31) - 1, 0, 0, 0]);

/// A function with the facts that hold at the current place.
pub(super) struct Known<'f> {
    function: &'f mut Function,
    /// Upper bounds, for look-up only.
    facts: Facts,
    /// Overwritten facts, to be restored when the dominator subtree is left.
    log: Vec<(Value, Option<U256>)>,
    /// Constants that values equal here, for look-up only.
    equal: HashMap<Value, Value>,
    /// Keys of `equal` in the order they were learnt.
    equal_log: Vec<Value>,
    /// Comparisons that hold, by their operands, the smaller value first. For look-up only.
    outcomes: HashMap<(Value, Value), Vec<Cond>>,
    /// Keys of `outcomes` in the order they were learnt.
    outcome_log: Vec<(Value, Value)>,
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
        (true, false) => known.learn_outcome(cond, lhs, rhs),
        (false, true) => known.learn_outcome(cond.negate(), lhs, rhs),
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
            equal: HashMap::new(),
            equal_log: Vec::new(),
            outcomes: HashMap::new(),
            outcome_log: Vec::new(),
        }
    }

    /// A mark for [`Known::forget`].
    fn mark(&self) -> Mark {
        Mark(self.log.len(), self.equal_log.len(), self.outcome_log.len())
    }

    /// Forgets what was learnt since the mark.
    fn forget(&mut self, mark: Mark) {
        for value in self.equal_log.drain(mark.1..) {
            self.equal.remove(&value);
        }
        for pair in self.outcome_log.drain(mark.2..) {
            if let Some(conds) = self.outcomes.get_mut(&pair) {
                conds.pop();
            }
        }
        for (value, before) in self.log.drain(mark.0..).rev() {
            match before {
                Some(bound) => self.facts.insert(value, bound),
                None => self.facts.remove(&value),
            };
        }
    }

    fn learn(&mut self, value: Value, bound: U256) {
        self.learn_deep(value, bound, DEPTH);
    }

    /// Learns an upper bound of a value, and what follows for the operands it was made of.
    fn learn_deep(&mut self, value: Value, bound: U256, depth: usize) {
        if depth == 0 || bound >= self.bound(value) || self.function.as_constant(value).is_some() {
            return;
        }
        self.log.push((value, self.facts.insert(value, bound)));
        let Some(inst) = self.function.def_inst(value).cloned() else {
            return;
        };
        let word = inst.args.get(1).and_then(|&arg| self.as_word(arg));
        match (inst.op, word) {
            // A sum that cannot overflow exceeds its summands.
            (Op::Binary(Binary::Add), _) => {
                let (x, y) = (inst.args[0], inst.args[1]);
                if self.bound(x).checked_add(self.bound(y)).is_some() {
                    self.learn_deep(y, bound, depth - 1);
                    let rest = bound.saturating_sub(word.unwrap_or_default());
                    self.learn_deep(x, rest, depth - 1);
                }
            }
            (Op::Binary(Binary::Or), _) => {
                for &part in &inst.args {
                    self.learn_deep(part, bound, depth - 1);
                }
            }
            (Op::Binary(Binary::Shl), Some(amount)) => {
                let amount = usize::from(amount.byte(0));
                if self.bound(inst.args[0]).bit_len() + amount <= 256 {
                    self.learn_deep(inst.args[0], bound >> amount, depth - 1);
                }
            }
            _ => {}
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

    /// Learns that a comparison holds, as a branch on it tells.
    fn learn_outcome(&mut self, cond: Cond, lhs: Value, rhs: Value) {
        let (pair, ordered) = in_order(cond, lhs, rhs);
        self.outcomes.entry(pair).or_default().push(ordered);
        self.outcome_log.push(pair);
        self.learn_comparison(cond, lhs, rhs);
    }

    /// The outcome of a comparison, if it follows from one of the same operands that holds.
    pub(super) fn outcome(&self, cond: Cond, lhs: Value, rhs: Value) -> Option<bool> {
        let (pair, cond) = in_order(cond, lhs, rhs);
        self.outcomes.get(&pair)?.iter().find_map(|held| {
            let holds = held.implies(cond);
            (holds || held.implies(cond.negate())).then_some(holds)
        })
    }

    /// Learns from a comparison that holds.
    fn learn_comparison(&mut self, cond: Cond, lhs: Value, rhs: Value) {
        if let Some(constant) = self.decided(cond, lhs, rhs)
            && !self.equal.contains_key(&lhs)
        {
            self.equal.insert(lhs, constant);
            self.equal_log.push(lhs);
        }
        let one = U256::from(1);
        match cond {
            Cond::Lt => self.learn(lhs, self.bound(rhs).saturating_sub(one)),
            Cond::Le => self.learn(lhs, self.bound(rhs)),
            Cond::Eq => {
                self.learn(lhs, self.bound(rhs));
                self.learn(rhs, self.bound(lhs));
            }
            Cond::Gt | Cond::Ge => self.learn_comparison(cond.swap(), rhs, lhs),
            Cond::Ne if self.as_word(rhs) == Some(self.bound(lhs)) => {
                self.learn(lhs, self.bound(lhs).saturating_sub(one));
            }
            Cond::Ne => {}
        }
    }

    /// Learns from an instruction that has been executed.
    pub(super) fn learn_execution(&mut self, inst: &Inst) {
        match inst.op {
            Op::Load(Space::Heap) | Op::Store(Space::Heap) => {
                self.learn(inst.args[0], LAST_ADDRESS);
            }
            Op::Guard => self.learn(inst.args[0], U256::from(u32::MAX)),
            _ => {}
        }
    }

    /// The largest word the value can be.
    pub(super) fn bound(&self, value: Value) -> U256 {
        bound_within(self.function, &self.facts, value, DEPTH)
    }

    /// Number of low bits outside of which the value is zero for certain.
    pub(super) fn width(&self, value: Value) -> usize {
        self.bound(value).bit_len()
    }
}

/// Number of low bits outside of which the value is zero, judged by its definition alone.
pub(super) fn width(function: &Function, value: Value) -> usize {
    bound_within(function, &HashMap::new(), value, DEPTH).bit_len()
}

/// A comparison with the smaller value first.
fn in_order(cond: Cond, lhs: Value, rhs: Value) -> ((Value, Value), Cond) {
    if lhs <= rhs {
        ((lhs, rhs), cond)
    } else {
        ((rhs, lhs), cond.swap())
    }
}

/// Whether a word can be read from memory at an address without burning all gas, judged by its definition alone.
pub(super) fn is_address(function: &Function, value: Value) -> bool {
    bound_within(function, &HashMap::new(), value, DEPTH) <= LAST_ADDRESS
}

type Facts = HashMap<Value, U256>;

fn low_ones(width: usize) -> U256 {
    U256::MAX >> (256 - width.min(256))
}

fn bound_within(function: &Function, facts: &Facts, value: Value, depth: usize) -> U256 {
    if let Some(word) = function.as_word(value) {
        return word;
    }
    let defined = match function.values[value.index()] {
        ValueDef::Result(inst, 0) if depth > 0 => {
            of_inst(function, facts, function.inst(inst), depth - 1)
        }
        ValueDef::Result(..) | ValueDef::Param(_) => U256::MAX,
        // A library's address.
        ValueDef::Constant(_) => low_ones(160),
    };
    let proved = |bounds: &Facts| bounds.get(&value).copied().unwrap_or(U256::MAX);
    defined.min(proved(facts)).min(proved(&function.bounds))
}

fn of_inst(function: &Function, facts: &Facts, inst: &Inst, depth: usize) -> U256 {
    let arg = |at: usize| bound_within(function, facts, inst.args[at], depth);
    match inst.op {
        Op::Compare(_) => U256::from(1),
        Op::Select(cond) => {
            // What is chosen because it compares so is bounded by what it compares with.
            let (yes, no) = (arg(2), arg(3));
            let yes = match cond {
                Cond::Lt | Cond::Le if inst.args[2] == inst.args[0] => yes.min(arg(1)),
                _ => yes,
            };
            let no = match cond {
                Cond::Gt | Cond::Ge if inst.args[3] == inst.args[0] => no.min(arg(1)),
                _ => no,
            };
            yes.max(no)
        }
        Op::Binary(op) => of_binary(function, facts, inst, op, depth),
        Op::Context(context) => match context {
            Context::This | Context::Caller | Context::CodeAddress => low_ones(160),
            Context::Value => low_ones(128),
            Context::Gas => low_ones(32),
            Context::Meta => U256::MAX,
        },
        Op::SlotLoad(Slot::Calldata | Slot::Returndata) => (MAX_LENGTH << 96) | low_ones(96),
        Op::FarCall(FarCall {
            must_succeed: false,
            ..
        }) => U256::from(1),
        _ => U256::MAX,
    }
}

fn of_binary(function: &Function, facts: &Facts, inst: &Inst, op: Binary, depth: usize) -> U256 {
    let arg = |at: usize| bound_within(function, facts, inst.args[at], depth);
    let amount = function
        .as_word(inst.args[1])
        .map(|word: U256| usize::from(word.byte(0)));
    match (op, amount) {
        (Binary::And, _) => arg(0).min(arg(1)),
        (Binary::Or | Binary::Xor, _) => low_ones(arg(0).bit_len().max(arg(1).bit_len())),
        (Binary::Add, _) => arg(0).checked_add(arg(1)).unwrap_or(U256::MAX),
        (Binary::Mul, _) => arg(0).checked_mul(arg(1)).unwrap_or(U256::MAX),
        (Binary::Div, _) => match function.as_word(inst.args[1]) {
            Some(divisor) => arg(0).checked_div(divisor).unwrap_or_default(),
            None => arg(0),
        },
        (Binary::Mod, _) => arg(0).min(arg(1).saturating_sub(U256::from(1))),
        (Binary::Shl, Some(amount)) if arg(0).bit_len() + amount <= 256 => arg(0) << amount,
        (Binary::Shr, Some(amount)) => arg(0) >> amount,
        (Binary::Shr, None) => arg(0),
        _ => U256::MAX,
    }
}
