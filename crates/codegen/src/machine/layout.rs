//! Order of blocks in the code.
//!
//! A conditional branch falls through for 6 ergs less than a taken pair of jumps, so blocks follow their likely
//! predecessor, and blocks that can only end in a revert or panic go behind everything else.

use crate::ir::{BlockId, Cfg, ExitKind, Function, Terminator};

/// Reachable blocks, the entry first.
pub(super) fn order(function: &Function) -> Vec<BlockId> {
    let cfg = Cfg::new(function);
    let cold = cold_blocks(function, &cfg);
    let is_cold = |block: &BlockId| *block != Function::ENTRY && cold[block.index()];
    let (last, first): (Vec<_>, Vec<_>) = cfg.order.iter().partition(|block| is_cold(block));
    first.into_iter().chain(last).copied().collect()
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
