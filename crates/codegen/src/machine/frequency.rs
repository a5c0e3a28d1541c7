//! How often blocks run, guessed from loops and failures.

use crate::ir::{Cfg, Dominators, ExitKind, Function, Terminator};

/// Rounds of a loop that is not known better.
const ROUNDS: u64 = 4;
/// Runs of an ordinary block for one of a block that can only fail.
const SUCCESSES: u64 = 8;

/// Runs of each block, as if no branch were left out unless it leads to a failure.
pub(super) fn weights(function: &Function, cfg: &Cfg) -> Vec<u64> {
    let dominators = Dominators::new(function, cfg);
    let runs = |cold: bool| if cold { 1 } else { SUCCESSES };
    let mut weights: Vec<_> = cold(function, cfg).into_iter().map(runs).collect();
    for &head in &cfg.order {
        for block in dominators.natural_loop(cfg, head) {
            let weight = &mut weights[block.index()];
            *weight = weight.saturating_mul(ROUNDS);
        }
    }
    weights
}

/// Blocks from which every path fails.
pub(super) fn cold(function: &Function, cfg: &Cfg) -> Vec<bool> {
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
