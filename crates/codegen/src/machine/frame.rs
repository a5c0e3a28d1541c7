//! Frames and stack depth.
//!
//! The stack pointer wraps at 2^16 without a trap, so the deepest chain of calls must be known to fit. For acyclic calls
//! it is a sum; every function of a recursive group checks the stack pointer at its entry against a limit that leaves
//! room for its own frame and the deepest acyclic chain below it.

use super::vcode::{Action, Arg, VCode};
use crate::ir::{FuncId, Program};
use regalloc2::{Allocation, Inst, Output, SpillSlot};
use std::iter::successors;

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

/// A chain of calls, from the outermost function inwards.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Stack words that it needs, the words that all functions share included.
    pub(crate) words: usize,
    /// Its functions.
    pub(crate) links: Vec<Link>,
}

/// A function in a [`Chain`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// Byte offset of its name in the Yul, or zero.
    pub(crate) definition: u32,
    /// Words of its frame.
    pub(crate) words: usize,
}

/// Highest stack pointer a function may be entered with; `None` where no check is needed. Indexed by function.
///
/// # Errors
///
/// The deepest chain of calls, if it exceeds the stack.
pub(super) fn limits(
    program: &Program,
    frames: &[Option<Frame>],
    slots: usize,
) -> Result<Vec<Option<u16>>, Chain> {
    let groups = recursive_groups(program);
    let mut depths = vec![0; frames.len()];
    let mut deepest_callees = vec![None; frames.len()];
    let mut limits = vec![None; frames.len()];
    let mut deepest = None;
    for id in program.bottom_up() {
        let group = groups[id.index()];
        // Recursive functions see for themselves that what they call fits.
        let callees = program.function(id).callees().into_iter();
        let callee = callees
            .filter(|callee| groups[callee.index()].is_none())
            .max_by_key(|callee| depths[callee.index()]);
        let below = callee.map_or(0, |callee| depths[callee.index()]);
        let depth = size(frames, id) + below;
        depths[id.index()] = depth;
        deepest_callees[id.index()] = callee;
        if group.is_some() {
            let room = (STACK_WORDS - 1).saturating_sub(depth);
            limits[id.index()] = Some(u16::try_from(room).unwrap_or(u16::MAX));
        }
        if deepest.is_none_or(|(deepest, _)| depth >= deepest) {
            deepest = Some((depth, id));
        }
    }
    match deepest {
        Some((depth, id)) if depth + slots >= STACK_WORDS => {
            let calls = successors(Some(id), |id| deepest_callees[id.index()]);
            let link = |id| Link {
                definition: program.function(id).definition,
                words: size(frames, id),
            };
            Err(Chain {
                words: depth + slots,
                links: calls.map(link).collect(),
            })
        }
        _ => Ok(limits),
    }
}

fn size(frames: &[Option<Frame>], id: FuncId) -> usize {
    frames[id.index()].map_or(0, |frame| frame.size)
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
