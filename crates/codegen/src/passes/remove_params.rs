//! Removes block parameters that always receive the same value.
//!
//! Loop headers are lowered with a parameter for every variable assigned in the loop, and inlining and folding take
//! away predecessors; what remains is often no choice at all.

use crate::ir::{BlockId, Cfg, Function, Value};
use std::collections::HashMap;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    while round(function) {}
}

fn round(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut map = HashMap::new();
    for &block in cfg.order.iter().skip(1) {
        // Later blocks see earlier findings, so that chains vanish in one round.
        for at in (0..function.block(block).params.len()).rev() {
            if let Some(value) = single_argument(function, &cfg, block, at, &map) {
                let param = function.block_mut(block).params.remove(at);
                remove_argument(function, &cfg, block, at);
                map.insert(param, value);
            }
        }
    }
    function.replace_values(&map);
    !map.is_empty()
}

/// The only value the parameter can have, apart from itself.
fn single_argument(
    function: &Function,
    cfg: &Cfg,
    block: BlockId,
    at: usize,
    map: &HashMap<Value, Value>,
) -> Option<Value> {
    let param = function.block(block).params[at];
    let mut single = None;
    for pred in &cfg.preds[block.index()] {
        for edge in function
            .block(*pred)
            .term
            .edges()
            .into_iter()
            .filter(|edge| edge.block == block)
        {
            let mut arg = edge.args[at];
            while let Some(&next) = map.get(&arg) {
                arg = next;
            }
            if arg != param && *single.get_or_insert(arg) != arg {
                return None;
            }
        }
    }
    single
}

fn remove_argument(function: &mut Function, cfg: &Cfg, block: BlockId, at: usize) {
    let mut preds = cfg.preds[block.index()].clone();
    preds.sort_unstable();
    preds.dedup();
    for pred in preds {
        let edges = function.block_mut(pred).term.edges_mut();
        edges
            .into_iter()
            .filter(|edge| edge.block == block)
            .for_each(|edge| {
                edge.args.remove(at);
            });
    }
}
