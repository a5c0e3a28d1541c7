//! Turns branches on `or` and `and` of comparisons into two branches.
//!
//! Making a truth value takes three instructions, combining and testing two of them three more; two fused
//! compare-and-branch pairs take four in all, and the second is often skipped. solc writes every overflow and bounds
//! check of an allocation this way.

use crate::ir::{Binary, BlockId, Cond, Edge, Function, InstId, Op, Terminator, Value, ValueDef};

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    let mut uses = use_counts(function);
    let mut block = 0;
    // The new block comes last and is split further when its turn comes.
    while block < function.blocks.len() {
        if !split(function, BlockId::new(block), &mut uses) {
            block += 1;
        }
    }
}

fn use_counts(function: &Function) -> Vec<usize> {
    let mut counts = vec![0; function.values.len()];
    for block in &function.blocks {
        let args = block
            .insts
            .iter()
            .flat_map(|&inst| &function.inst(inst).args);
        args.copied()
            .chain(block.term.uses())
            .for_each(|value| counts[value.index()] += 1);
    }
    counts
}

/// A condition that can be split: how, the parts, and whether it must be false.
struct Parts {
    op: Binary,
    lhs: Value,
    rhs: Value,
    negated: bool,
}

fn parts(function: &Function, block: BlockId, uses: &[usize]) -> Option<Parts> {
    let Terminator::Branch {
        cond: cond @ (Cond::Eq | Cond::Ne),
        lhs,
        rhs,
        ..
    } = &function.block(block).term
    else {
        return None;
    };
    let inst = local_single_use(function, block, *lhs, uses)?;
    let Op::Binary(op @ (Binary::Or | Binary::And)) = function.inst(inst).op else {
        return None;
    };
    let (a, b) = (function.inst(inst).args[0], function.inst(inst).args[1]);
    let truth = [a, b]
        .iter()
        .all(|&value| super::known_bits::width(function, value) <= 1);
    // An `or` of any words is zero exactly if both are; an `and` needs truth values.
    let splits = function.as_word(*rhs)?.is_zero() && truth;
    splits.then_some(Parts {
        op,
        lhs: a,
        rhs: b,
        negated: *cond == Cond::Eq,
    })
}

/// The instruction that makes the value in this block for a single use.
fn local_single_use(
    function: &Function,
    block: BlockId,
    value: Value,
    uses: &[usize],
) -> Option<InstId> {
    match function.values[value.index()] {
        ValueDef::Result(inst, _) if uses[value.index()] == 1 => {
            function.block(block).insts.contains(&inst).then_some(inst)
        }
        _ => None,
    }
}

fn split(function: &mut Function, block: BlockId, uses: &mut Vec<usize>) -> bool {
    let Some(Parts {
        op,
        lhs,
        rhs,
        negated,
    }) = parts(function, block, uses)
    else {
        return false;
    };
    let Terminator::Branch { yes, no, .. } = function.block(block).term.clone() else {
        return false;
    };
    let (holds, fails) = if negated { (no, yes) } else { (yes, no) };
    let second = function.add_block();
    remove_combination(function, block);
    sink(function, block, second, rhs, uses);
    let zero = function.number(0);
    uses.resize(function.values.len(), 0);
    let (early, late) = (Edge::to(second), Edge::to(second));
    let (first_yes, first_no) = match op {
        Binary::Or => (holds.clone(), late),
        _ => (early, fails.clone()),
    };
    function.block_mut(block).term = Terminator::Branch {
        cond: Cond::Ne,
        lhs,
        rhs: zero,
        yes: first_yes,
        no: first_no,
    };
    function.block_mut(second).span = function.block(block).span;
    function.block_mut(second).term = Terminator::Branch {
        cond: Cond::Ne,
        lhs: rhs,
        rhs: zero,
        yes: holds,
        no: fails,
    };
    true
}

/// Removes the instruction that the branch has tested so far.
fn remove_combination(function: &mut Function, block: BlockId) {
    let Terminator::Branch { lhs, .. } = function.block(block).term else {
        return;
    };
    if let ValueDef::Result(combination, _) = function.values[lhs.index()] {
        function
            .block_mut(block)
            .insts
            .retain(|&inst| inst != combination);
    }
}

/// Moves the instruction of the second condition to where it is needed.
fn sink(function: &mut Function, from: BlockId, to: BlockId, value: Value, uses: &[usize]) {
    let Some(inst) = local_single_use(function, from, value, uses) else {
        return;
    };
    if matches!(function.inst(inst).op, Op::Compare(_) | Op::Binary(_)) {
        function
            .block_mut(from)
            .insts
            .retain(|&other| other != inst);
        function.block_mut(to).insts.push(inst);
    }
}
