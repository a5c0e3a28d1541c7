//! Register allocation by regalloc2.
//!
//! Far calls wipe every register and calls those that the callee writes; frame words are as cheap as registers for most
//! operands, so the allocator mostly decides which values deserve a register between calls. Its symbolic checker proves
//! each result.

use super::vcode::{Action, VCode, allocatable, preg};
use regalloc2::{Edit, Inst, MachineEnv, OperandKind, Output, PRegSet, RegallocOptions};

/// Register reserved for moves; r14 is emission's other scratch register.
const SCRATCH: usize = 15;

fn environment() -> MachineEnv {
    let none = PRegSet::empty();
    MachineEnv {
        preferred_regs_by_class: [allocatable(), none, none],
        non_preferred_regs_by_class: [none; 3],
        scratch_by_class: [Some(preg(SCRATCH)), None, None],
        fixed_stack_slots: Vec::new(),
    }
}

/// Allocates a function.
///
/// # Errors
///
/// The allocator's own words, if the code asks for the impossible.
pub(super) fn allocate(code: &VCode) -> Result<Output, String> {
    let env = environment();
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
