//! Puts arithmetic under conditions.
//!
//! Any instruction of the machine can depend on the flags. A branch around a single step, and a step whose operand was chosen
//! between something and nothing, become a comparison and that step, which need no jump and no truth value.

use crate::ir::{
    Binary, BlockId, Cfg, Cond, Edge, Function, Inst, InstId, Op, Terminator, Value, ValueDef,
};
use crate::machine::flags;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    join_ways(function);
    let uses = function.use_counts();
    let one = function.number(1);
    for block in Cfg::new(function).order {
        // What is joined with a later one leaves the block, so that some are looked at twice.
        for at in (0..function.block(block).insts.len()).rev() {
            fuse(function, &uses, block, at, one);
        }
    }
}

/// Makes one way of two that meet again at once with a single difference.
fn join_ways(function: &mut Function) {
    let cfg = Cfg::new(function);
    let uses = function.use_counts();
    for &block in &cfg.order {
        let Some(joined) = joined(function, &cfg, &uses, block) else {
            continue;
        };
        let Joined {
            op,
            args,
            edge,
            differs,
            gone,
        } = joined;
        let span = function.block(block).span;
        let value = function.push(block, op, args, span);
        let mut edge = edge;
        edge.args[differs] = value;
        function.block_mut(block).term = Terminator::Jump(edge);
        for side in gone {
            let side = function.block_mut(side);
            side.insts.clear();
            side.term = Terminator::Unreachable;
        }
    }
}

/// What a branch becomes.
struct Joined {
    op: Op,
    args: Vec<Value>,
    /// Where both ways lead, with the arguments of one of them.
    edge: Edge,
    /// The argument that the result is.
    differs: usize,
    /// Blocks that are not needed any more.
    gone: Vec<BlockId>,
}

/// A way from a branch to where it may meet the other one.
struct Way {
    edge: Edge,
    inst: Option<InstId>,
    block: Option<BlockId>,
}

fn joined(function: &Function, cfg: &Cfg, uses: &[u32], block: BlockId) -> Option<Joined> {
    let here = function.block(block);
    let Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes,
        no,
    } = &here.term
    else {
        return None;
    };
    let answers = |&inst: &InstId| flags::answers(function, inst, &here.term);
    if here.insts.iter().any(answers) {
        return None;
    }
    let (yes, no) = (ways(function, cfg, yes), ways(function, cfg, no));
    let pairs = yes
        .iter()
        .flat_map(|yes| no.iter().map(move |no| (yes, no)));
    for (yes, no) in pairs.filter(|(yes, no)| yes.edge.block == no.edge.block) {
        let Some(differs) = only_difference(&yes.edge, &no.edge) else {
            continue;
        };
        let (a, b) = (yes.edge.args[differs], no.edge.args[differs]);
        let found = match (yes.inst, no.inst) {
            (None, None) => Some((Op::Select(*cond), vec![*lhs, *rhs, a, b])),
            (Some(inst), None) => predicated(function, uses, inst, a, *cond, b),
            (None, Some(inst)) => predicated(function, uses, inst, b, cond.negate(), a),
            _ => None,
        };
        let Some((op, mut args)) = found else {
            continue;
        };
        if let Op::BinaryIf(..) = op {
            args.splice(0..0, [*lhs, *rhs]);
        }
        return Some(Joined {
            op,
            args,
            edge: yes.edge.clone(),
            differs,
            gone: yes.block.into_iter().chain(no.block).collect(),
        });
    }
    None
}

/// The edge itself, and where it leads through a block of at most one instruction.
fn ways(function: &Function, cfg: &Cfg, edge: &Edge) -> Vec<Way> {
    let mut ways = vec![Way {
        edge: edge.clone(),
        inst: None,
        block: None,
    }];
    let side = function.block(edge.block);
    if let Terminator::Jump(further) = &side.term
        && cfg.preds[edge.block.index()].len() == 1
        && side.params.is_empty()
        && side.insts.len() <= 1
    {
        ways.push(Way {
            edge: further.clone(),
            inst: side.insts.first().copied(),
            block: Some(edge.block),
        });
    }
    ways
}

fn only_difference(one: &Edge, other: &Edge) -> Option<usize> {
    let pairs = one.args.iter().zip(&other.args);
    let mut differing = pairs.enumerate().filter(|(_, (a, b))| a != b);
    let (first, _) = differing.next()?;
    differing.next().is_none().then_some(first)
}

/// The instruction under a condition, and its operands after those of the comparison, if nothing else needs its result.
fn predicated(
    function: &Function,
    uses: &[u32],
    inst: InstId,
    result: Value,
    cond: Cond,
    other: Value,
) -> Option<(Op, Vec<Value>)> {
    let inst = function.inst(inst);
    match inst.op {
        Op::Binary(op) if op.is_predicable() && uses[result.index()] == 1 => {
            let args = vec![inst.args[0], inst.args[1], other];
            (inst.results == [result]).then_some((Op::BinaryIf(op, cond), args))
        }
        _ => None,
    }
}

/// Joins an instruction of a block with the one before that makes an operand, if the two are arithmetic and a choice.
fn fuse(function: &mut Function, uses: &[u32], block: BlockId, at: usize, one: Value) {
    let id = function.block(block).insts[at];
    let term = &function.block(block).term;
    if flags::answers(function, id, term) {
        return;
    }
    let inst = function.inst(id);
    let local = |value: Value| {
        let made = made_for_one(function, uses, value)?;
        let is_here = function.block(block).insts.contains(&made);
        (is_here && !flags::answers(function, made, term)).then_some(made)
    };
    let found = match inst.op {
        Op::Binary(op) => chosen_operand(function, inst, op, one, local),
        Op::Select(cond) => chosen_result(function, inst, cond, local),
        _ => None,
    };
    if let Some(Fused { op, args, gone }) = found {
        let inst = function.inst_mut(id);
        (inst.op, inst.args) = (op, args);
        let insts = &mut function.block_mut(block).insts;
        insts.retain(|&inst| inst != gone);
    }
}

/// What an instruction becomes, without the one before.
struct Fused {
    op: Op,
    args: Vec<Value>,
    gone: InstId,
}

/// The instruction behind a value with a single use.
fn made_for_one(function: &Function, uses: &[u32], value: Value) -> Option<InstId> {
    match function.values[value.index()] {
        ValueDef::Result(inst, 0) if uses[value.index()] == 1 => Some(inst),
        _ => None,
    }
}

/// `a op (x < y ? b : 0)` is `a op b` or nothing.
fn chosen_operand(
    function: &Function,
    inst: &Inst,
    op: Binary,
    one: Value,
    local: impl Fn(Value) -> Option<InstId>,
) -> Option<Fused> {
    let leaves = op.is_predicable() && op != Binary::And;
    let (a, b) = (inst.args[0], inst.args[1]);
    let orders = [(a, b), (b, a)]
        .into_iter()
        .take(1 + usize::from(op.commutes()));
    for (base, operand) in orders.filter(|_| leaves) {
        if function.as_constant(base).is_some() {
            continue;
        }
        let Some(gone) = local(operand) else {
            continue;
        };
        if let Some((cond, operand)) = something_or_zero(function, function.inst(gone), one) {
            let [x, y] = [0, 1].map(|at| function.inst(gone).args[at]);
            return Some(Fused {
                op: Op::BinaryIf(op, cond),
                args: vec![x, y, base, operand, base],
                gone,
            });
        }
    }
    None
}

/// When a result is another value than zero, and which.
fn something_or_zero(function: &Function, inst: &Inst, one: Value) -> Option<(Cond, Value)> {
    let is_zero = |at: usize| {
        function
            .as_word(inst.args[at])
            .is_some_and(|word| word.is_zero())
    };
    match inst.op {
        Op::Compare(cond) => Some((cond, one)),
        Op::Select(cond) if is_zero(3) => Some((cond, inst.args[2])),
        Op::Select(cond) if is_zero(2) => Some((cond.negate(), inst.args[3])),
        _ => None,
    }
}

/// `x < y ? a op b : c`, and the same with the alternatives exchanged. A constant alternative is better put in last.
fn chosen_result(
    function: &Function,
    inst: &Inst,
    cond: Cond,
    local: impl Fn(Value) -> Option<InstId>,
) -> Option<Fused> {
    let [x, y, yes, no] = inst.args[..] else {
        return None;
    };
    for (cond, result, other) in [(cond, yes, no), (cond.negate(), no, yes)] {
        if function.as_constant(other).is_some() {
            continue;
        }
        let Some(gone) = local(result) else {
            continue;
        };
        let made = function.inst(gone);
        if let Op::Binary(op) = made.op
            && op.is_predicable()
        {
            return Some(Fused {
                op: Op::BinaryIf(op, cond),
                args: vec![x, y, made.args[0], made.args[1], other],
                gone,
            });
        }
    }
    None
}
