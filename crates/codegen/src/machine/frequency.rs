//! How often blocks run, guessed from loops.

use crate::ir::{Cfg, Dominators, Function};

/// Rounds of a loop that is not known better.
const ROUNDS: u64 = 4;

/// Runs of each block in one run of its function, as if no branch were left out.
pub(super) fn weights(function: &Function, cfg: &Cfg) -> Vec<u64> {
    let dominators = Dominators::new(function, cfg);
    let mut weights = vec![1_u64; function.blocks.len()];
    for &head in &cfg.order {
        for block in dominators.natural_loop(cfg, head) {
            let weight = &mut weights[block.index()];
            *weight = weight.saturating_mul(ROUNDS);
        }
    }
    weights
}
