//! Frames and stack depth.
//!
//! The stack pointer wraps at 2^16 without a trap, so the deepest chain of calls must be known to fit. For acyclic calls
//! it is a sum; every function of a recursive group checks the stack pointer at its entry against a limit that leaves
//! room for its own frame and the deepest acyclic chain below it.

use super::vcode::{Action, Arg, VCode};
use crate::ir::{FuncId, Program};
use regalloc2::{Allocation, Inst, Output, SpillSlot};

/// Addressable stack words.
const STACK_WORDS: usize = 1 << 16;

/// The frame of one function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Words.
    pub(super) size: usize,
    /// Spill slot exchanged with slot 0.
    swapped: usize,
}

impl Frame {
    /// The frame of code outside functions.
    pub(super) const EMPTY: Self = Self {
        size: 0,
        swapped: 0,
    };

    /// Lays the spill slots out so that the return address, if it was spilled, lies where the epilogue can pop it.
    pub(super) fn new(code: &VCode, output: &Output) -> Self {
        let links = code
            .insts
            .iter()
            .enumerate()
            .filter(|(_, inst)| inst.action == Action::Leave);
        let spilled = links.filter_map(|(at, inst)| match inst.sources.first() {
            Some(&Arg::Operand(operand)) => output.inst_allocs(Inst::new(at))[operand].as_stack(),
            _ => None,
        });
        Self {
            size: output.num_spillslots,
            swapped: spilled.map(SpillSlot::index).next().unwrap_or(0),
        }
    }

    /// Distance of a spill slot below the stack pointer; `size` for the slot the epilogue pops.
    pub(super) fn depth(&self, slot: SpillSlot) -> usize {
        let slot = slot.index();
        let place = match slot {
            0 => self.swapped,
            slot if slot == self.swapped => 0,
            slot => slot,
        };
        self.size - place
    }

    /// Whether the allocation is the slot that the epilogue pops.
    pub(super) fn is_popped(&self, allocation: Allocation) -> bool {
        allocation
            .as_stack()
            .is_some_and(|slot| self.depth(slot) == self.size)
    }
}

/// Highest stack pointer a function may be entered with; `None` where no check is needed. Indexed by function.
///
/// # Errors
///
/// The number of words a chain of calls needs, if it exceeds the stack.
pub(super) fn limits(
    program: &Program,
    frames: &[Option<Frame>],
    slots: usize,
) -> Result<Vec<Option<u16>>, usize> {
    let groups = recursive_groups(program);
    let mut below = vec![0; frames.len()];
    let mut limits = vec![None; frames.len()];
    for id in program.bottom_up() {
        let own = frames[id.index()].map_or(0, |frame| frame.size);
        let group = groups[id.index()];
        let callees = program.function(id).callees();
        let outside = callees
            .iter()
            .filter(|callee| group.is_none() || groups[callee.index()] != group);
        let depth = own
            + outside
                .map(|callee| below[callee.index()])
                .max()
                .unwrap_or(0);
        let room = STACK_WORDS.checked_sub(1 + depth).ok_or(depth)?;
        if group.is_some() {
            limits[id.index()] = Some(u16::try_from(room).unwrap_or(u16::MAX));
        } else {
            below[id.index()] = depth;
        }
        if room < slots {
            return Err(depth + slots);
        }
    }
    Ok(limits)
}

/// The recursive group of each function, if it can reach itself.
fn recursive_groups(program: &Program) -> Vec<Option<usize>> {
    let order = program.bottom_up();
    let mut groups = vec![None; program.functions.len()];
    for &id in &order {
        if groups[id.index()].is_some() {
            continue;
        }
        let forward = reachable(program, id);
        if !forward[id.index()] {
            continue;
        }
        for &other in &order {
            if forward[other.index()] && reachable(program, other)[id.index()] {
                groups[other.index()] = Some(id.index());
            }
        }
    }
    groups
}

/// Functions reachable from `start` by at least one call.
fn reachable(program: &Program, start: FuncId) -> Vec<bool> {
    let mut seen = vec![false; program.functions.len()];
    let mut stack = program.function(start).callees();
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut seen[id.index()], true) {
            stack.extend(program.function(id).callees());
        }
    }
    seen
}
