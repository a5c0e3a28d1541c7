//! Splits edges so that moves have a place: a conditional branch passes no arguments and leads only to blocks without
//! other predecessors. Register allocation demands it.

use crate::ir::{Cfg, Edge, Function, Terminator};

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    for &block in &cfg.order {
        let mut term = function.block(block).term.clone();
        if !matches!(term, Terminator::Branch { .. }) {
            continue;
        }
        for edge in term.edges_mut() {
            if !edge.args.is_empty() || cfg.preds[edge.block.index()].len() > 1 {
                let middle = function.add_block();
                let outer = std::mem::replace(edge, Edge::to(middle));
                function.block_mut(middle).term = Terminator::Jump(outer);
                function.block_mut(middle).span = function.block(block).span;
            }
        }
        function.block_mut(block).term = term;
    }
}
