//! Computes what is known and simplifies algebraically, so that later passes see constants (creation hashes, call targets
//! of the simulations, sizes of requests) and solc's roundabout spellings (`iszero(lt(..))`, `and` with masks that
//! cannot matter, signed comparisons of lengths) cost nothing.

mod arithmetic;
mod choice;
mod compare;
mod extension;
mod products;

use crate::ir::{
    Binary, BlockId, Cond, Edge, Effect, Function, InstId, Op, Slot, Terminator, Value,
    compare as holds,
};
use crate::passes::known_bits::{Known, walk};
use alloy_primitives::U256;
use std::collections::HashMap;

/// What an instruction turned into.
enum Folded {
    /// An existing value.
    Value(Value),
    /// A simpler operation.
    Op(Op, Vec<Value>),
    /// Other instructions first, then an operation on their results.
    After(Vec<InstId>, Op, Vec<Value>),
    /// No effect.
    Nothing,
}

/// Rounds until nothing changes; each needs the values of the one before. The bound only guards against a cycle of
/// rules.
const ROUNDS: usize = 8;

/// Largest offset at which a word can be read through a fat pointer.
const LAST_POINTER_OFFSET: U256 = U256::from_limbs([u32::MAX as u64 - 32, 0, 0, 0]);

/// Bits of the fields of an ABI word, and where that of a slice's start begins.
const FIELD: usize = 32;
const START_FIELD: u64 = 64;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    for _ in 0..ROUNDS {
        if !round(function) {
            break;
        }
    }
}

fn round(function: &mut Function) -> bool {
    let mut map = HashMap::new();
    let mut changed = false;
    walk(function, |known, block| {
        if block == Function::ENTRY {
            known.count_uses();
        }
        changed |= fold_block(known, block, &mut map);
    });
    function.replace_values(&map);
    changed
}

fn fold_block(known: &mut Known<'_>, block: BlockId, map: &mut HashMap<Value, Value>) -> bool {
    let mut changed = false;
    let insts = std::mem::take(&mut known.block_mut(block).insts);
    let before = insts.len();
    let mut kept = Vec::with_capacity(before);
    for inst in insts {
        if fold(known, inst, map, &mut changed, &mut kept) {
            let executed = known.inst(inst).clone();
            known.learn_execution(&executed);
            kept.push(inst);
        }
    }
    changed |= kept.len() != before;
    known.block_mut(block).insts = kept;
    changed | fold_terminator(known, block, map)
}

/// Folds an instruction as long as rules apply; returns whether it is still needed. What must precede it goes to `out`.
fn fold(
    function: &mut Known<'_>,
    id: InstId,
    map: &mut HashMap<Value, Value>,
    changed: &mut bool,
    out: &mut Vec<InstId>,
) -> bool {
    for at in 0..function.inst(id).args.len() {
        let arg = function.inst(id).args[at];
        function.inst_mut(id).args[at] = resolve(function, map, arg);
    }
    for _ in 0..ROUNDS {
        match step(function, id) {
            Some(Folded::Value(value)) => {
                map.insert(function.inst(id).results[0], value);
                return false;
            }
            Some(Folded::Op(op, args)) => {
                let inst = function.inst_mut(id);
                (inst.op, inst.args) = (op, args);
                *changed = true;
            }
            Some(Folded::After(first, op, args)) => {
                let span = function.inst(id).span;
                for &made in &first {
                    function.inst_mut(made).span = span;
                }
                out.extend(first);
                let inst = function.inst_mut(id);
                (inst.op, inst.args) = (op, args);
                *changed = true;
            }
            Some(Folded::Nothing) => return false,
            None => break,
        }
    }
    true
}

/// What stands for a value here.
fn resolve(function: &Known<'_>, map: &HashMap<Value, Value>, mut value: Value) -> Value {
    while let Some(&next) = map.get(&value) {
        value = next;
    }
    let value = function.equal(value).unwrap_or(value);
    extension::superfluous(function, value).unwrap_or(value)
}

fn step(function: &mut Known<'_>, id: InstId) -> Option<Folded> {
    let inst = function.inst(id).clone();
    match inst.op {
        Op::Binary(op) => arithmetic::step(function, op, inst.args[0], inst.args[1]),
        Op::Compare(cond) => compare::step(function, cond, inst.args[0], inst.args[1]),
        Op::Select(cond) => choice::step(function, cond, &inst.args),
        Op::Guard if function.width(inst.args[0]) <= 32 => Some(Folded::Nothing),
        Op::CalldataWord if function.bound(inst.args[0]) <= LAST_POINTER_OFFSET => {
            Some(Folded::Op(Op::PointerLoad(Slot::Calldata), inst.args))
        }
        Op::CalldataWord => {
            let beyond = function.as_word(inst.args[0]).is_some();
            beyond.then(|| Folded::Value(function.word(U256::ZERO)))
        }
        _ => None,
    }
}

/// Outcome of a comparison, if it is certain.
fn known_comparison(function: &Known<'_>, cond: Cond, lhs: Value, rhs: Value) -> Option<bool> {
    if lhs == rhs {
        return Some(matches!(cond, Cond::Eq | Cond::Le | Cond::Ge));
    }
    match (function.as_word(lhs), function.as_word(rhs)) {
        (Some(a), Some(b)) => Some(holds(cond, a, b)),
        _ => function.outcome(cond, lhs, rhs),
    }
}

fn fold_terminator(function: &mut Known<'_>, block: BlockId, map: &HashMap<Value, Value>) -> bool {
    let mut term = function.block(block).term.clone();
    term.for_each_use(|value| *value = resolve(function, map, *value));
    let mut changed = false;
    while let Some(simpler) = simpler_terminator(function, &term) {
        term = simpler;
        changed = true;
    }
    if let Terminator::Branch { cond, lhs, rhs, .. } = &mut term
        && let Some(found) = compare::rearranged(function, *cond, *lhs, *rhs)
    {
        (*cond, *lhs, *rhs) = (found.cond, found.lhs, found.rhs);
        function.block_mut(block).insts.extend(found.sums);
        changed = true;
    }
    if let Terminator::Exit(_, abi) = &mut term
        && is_empty_slice(function, *abi)
    {
        drop_last_guard(function, block, *abi);
        *abi = function.number(0);
        changed = true;
    }
    decide_arguments(function, &mut term);
    function.block_mut(block).term = term;
    changed
}

/// Whether an ABI word that is not constant describes a slice of no bytes: what is shifted to its fields is the start alone.
fn is_empty_slice(function: &Known<'_>, abi: Value) -> bool {
    let shifted = as_binary(function, abi, Binary::Shl);
    shifted.is_some_and(|(start, by)| {
        function.as_word(by) == Some(U256::from(START_FIELD)) && function.width(start) <= FIELD
    })
}

/// Where no bytes start may be anywhere, so their start is guarded in vain. A guard that serves something else comes before that.
fn drop_last_guard(function: &mut Known<'_>, block: BlockId, abi: Value) {
    let Some((start, _)) = as_binary(function, abi, Binary::Shl) else {
        return;
    };
    let insts = &function.block(block).insts;
    let idle = |inst: &&InstId| function.inst(**inst).op.effect() != Effect::Writes;
    let at = insts.len() - insts.iter().rev().take_while(idle).count();
    let guards = |inst: InstId| {
        let inst = function.inst(inst);
        inst.op == Op::Guard && inst.args[0] == start
    };
    if let Some(last) = at.checked_sub(1)
        && guards(insts[last])
    {
        function.block_mut(block).insts.remove(last);
    }
}

/// On the edges of a branch its outcome is known: what is passed on may be constant there.
fn decide_arguments(function: &mut Known<'_>, term: &mut Terminator) {
    let Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes,
        no,
    } = term
    else {
        return;
    };
    for (cond, edge) in [(*cond, yes), (cond.negate(), no)] {
        for arg in &mut edge.args {
            let decided = if arg == lhs {
                function.decided(cond, *lhs, *rhs)
            } else {
                function.truth(cond, *lhs, *rhs, *arg)
            };
            if let Some(constant) = decided {
                *arg = constant;
            }
        }
    }
}

fn simpler_terminator(function: &mut Known<'_>, term: &Terminator) -> Option<Terminator> {
    let Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes,
        no,
    } = term
    else {
        return None;
    };
    if yes == no {
        return Some(Terminator::Jump(yes.clone()));
    }
    if let Some(known) = known_comparison(function, *cond, *lhs, *rhs) {
        let taken: &Edge = if known { yes } else { no };
        return Some(Terminator::Jump(taken.clone()));
    }
    let (cond, lhs, rhs) = compare::simpler(function, *cond, *lhs, *rhs)?;
    Some(Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes: yes.clone(),
        no: no.clone(),
    })
}

/// The operands if the value is the given arithmetic.
fn as_binary(function: &Known<'_>, value: Value, op: Binary) -> Option<(Value, Value)> {
    let inst = function.def_inst(value)?;
    (inst.op == Op::Binary(op)).then(|| (inst.args[0], inst.args[1]))
}
