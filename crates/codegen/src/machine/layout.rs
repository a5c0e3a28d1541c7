//! Order of blocks in the code.
//!
//! A conditional branch falls through for 6 ergs less than a taken pair of jumps, so blocks follow their likely
//! predecessor, and blocks that can only end in a revert or panic go behind everything else. The test of a loop goes behind
//! the loop's body: a round then takes one jump instead of two.

use super::vcode::{Action, VCode};
use crate::ir::{BlockId, Cfg, ExitKind, Function, Terminator};
use regalloc2::Block;

/// Reachable blocks, the entry first.
pub(super) fn order(function: &Function) -> Vec<BlockId> {
    let cfg = Cfg::new(function);
    let cold = cold_blocks(function, &cfg);
    let is_cold = |block: &BlockId| *block != Function::ENTRY && cold[block.index()];
    let (last, first): (Vec<_>, Vec<_>) = cfg.order.iter().partition(|block| is_cold(block));
    first.into_iter().chain(last).copied().collect()
}

/// The order in which allocated blocks are written. The allocator itself wants definitions before uses.
pub(super) fn emission(code: &VCode) -> Vec<Block> {
    let mut order: Vec<_> = (0..code.blocks.len()).map(Block::new).collect();
    for latch in (0..code.blocks.len()).rev().map(Block::new) {
        if last_action(code, latch) != Action::Jump {
            continue;
        }
        let head = code.blocks[latch.index()].succs[0];
        let place = |block: Block| order.iter().position(|other| *other == block);
        if let (Some(test), Some(end)) = (place(head), place(latch))
            && test > 0
            && test < end
            && matches!(
                last_action(code, head),
                Action::Branch(_) | Action::BranchOnFlags(..)
            )
        {
            order[test..=end].rotate_left(1);
        }
    }
    order
}

fn last_action(code: &VCode, block: Block) -> Action {
    code.insts[code.blocks[block.index()].range.last().index()].action
}

/// Blocks from which every path fails.
fn cold_blocks(function: &Function, cfg: &Cfg) -> Vec<bool> {
    let mut cold = vec![false; function.blocks.len()];
    for &id in cfg.order.iter().rev() {
        let term = &function.block(id).term;
        cold[id.index()] = match term {
            Terminator::Exit(ExitKind::Revert, _)
            | Terminator::Forward(ExitKind::Revert, _)
            | Terminator::Panic
            | Terminator::Unreachable => true,
            Terminator::Jump(_) | Terminator::Branch { .. } => {
                term.edges().iter().all(|edge| cold[edge.block.index()])
            }
            _ => false,
        };
    }
    cold
}
