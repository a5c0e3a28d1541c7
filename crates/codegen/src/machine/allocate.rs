//! Register allocation by regalloc2.
//!
//! Far calls wipe every register and calls those that the callee writes; frame words are as cheap as registers for most
//! operands, so the allocator mostly decides which values deserve a register between calls. Its symbolic checker proves
//! each result.

use super::vcode::{Action, Arg, LINK, VCode, allocatable, preg};
use crate::ir::Op;
use regalloc2::{Edit, Inst, MachineEnv, OperandKind, Output, PRegSet, RegallocOptions};

/// Register reserved for moves; r14 is emission's other scratch register.
const SCRATCH: usize = 15;

/// Registers that values get first, in the attempts for each function: few at first, so that the function leaves words of
/// its callers alone; more where that takes moves.
const ATTEMPTS: [usize; 4] = [2, 4, 6, 8];

fn environment(preferred: usize) -> MachineEnv {
    let none = PRegSet::empty();
    let registers = |range: std::ops::RangeInclusive<usize>| {
        range.fold(none, |set, index| set.with(preg(index)))
    };
    MachineEnv {
        preferred_regs_by_class: [registers(1..=preferred), none, none],
        non_preferred_regs_by_class: [registers(preferred + 1..=LINK), none, none],
        scratch_by_class: [Some(preg(SCRATCH)), None, None],
        fixed_stack_slots: Vec::new(),
    }
}

/// Allocates a function; `weights` tells how often its blocks run. Of several attempts the one with the fewest moves is taken, among
/// equals the one that changes the fewest registers.
///
/// # Errors
///
/// The allocator's own words, if the code asks for the impossible.
pub(super) fn allocate(code: &VCode, weights: &[u64]) -> Result<Output, String> {
    let mut attempts = Vec::with_capacity(ATTEMPTS.len());
    for preferred in ATTEMPTS {
        let output = attempt(code, preferred)?;
        let wiped = written(code, &output).into_iter().count();
        attempts.push((moves(code, &output, weights), wiped, output));
    }
    let best = attempts
        .into_iter()
        .min_by_key(|&(moves, wiped, _)| (moves, wiped));
    best.map(|(_, _, output)| output)
        .ok_or_else(|| "no attempt".to_owned())
}

fn attempt(code: &VCode, preferred: usize) -> Result<Output, String> {
    let env = environment(preferred);
    let options = RegallocOptions {
        validate_ssa: true,
        ..RegallocOptions::default()
    };
    let output = regalloc2::run(code, &env, &options).map_err(|error| error.to_string())?;
    let mut checker = regalloc2::checker::Checker::new(code, &env);
    checker.prepare(&output);
    checker.run().map_err(|error| format!("{error:?}"))?;
    Ok(output)
}

/// Moves that run, those included that emission adds where both sources of arithmetic are in the frame.
fn moves(code: &VCode, output: &Output, weights: &[u64]) -> u64 {
    let mut edits = output.edits.iter().peekable();
    let mut moves = 0;
    for (block, weight) in code.blocks.iter().zip(weights) {
        let last = block.range.last();
        while edits.next_if(|(point, _)| point.inst() <= last).is_some() {
            moves += weight;
        }
        let added = block
            .range
            .iter()
            .filter(|&inst| needs_register(code, output, inst));
        moves += weight * added.count() as u64;
    }
    moves
}

/// Whether arithmetic finds both of its sources in the frame.
fn needs_register(code: &VCode, output: &Output, inst: Inst) -> bool {
    let vinst = &code.insts[inst.index()];
    let allocations = output.inst_allocs(inst);
    let is_arithmetic = match vinst.action {
        Action::Branch(_) | Action::Flags(_) | Action::WideMul | Action::DivMod => true,
        Action::Op(op) => matches!(op, Op::Binary(_) | Op::Compare(_) | Op::Select(_)),
        _ => false,
    };
    let is_in_frame = |source: &Arg| match *source {
        Arg::Operand(operand) => allocations[operand].is_stack(),
        Arg::Constant(_) => false,
    };
    is_arithmetic
        && vinst
            .sources
            .iter()
            .take(2)
            .filter(|source| is_in_frame(source))
            .count()
            == 2
}

/// The registers that running the function changes, apart from emission's scratch registers.
pub(super) fn written(code: &VCode, output: &Output) -> PRegSet {
    let mut written = PRegSet::empty();
    let mut write = |register| {
        if allocatable().contains(register) {
            written.add(register);
        }
    };
    for (at, inst) in code.insts.iter().enumerate() {
        // Parameters arrive in their registers and stay there until something else is written.
        if inst.action == Action::Entry {
            continue;
        }
        let allocations = output.inst_allocs(Inst::new(at));
        for (operand, allocation) in inst.operands.iter().zip(allocations) {
            if operand.kind() == OperandKind::Def
                && let Some(register) = allocation.as_reg()
            {
                write(register);
            }
        }
        inst.clobbers.into_iter().for_each(&mut write);
    }
    for (_, edit) in &output.edits {
        let Edit::Move { to, .. } = edit;
        if let Some(register) = to.as_reg() {
            write(register);
        }
    }
    written
}
