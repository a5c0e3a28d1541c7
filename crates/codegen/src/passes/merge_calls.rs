//! Calls functions that depend on their arguments alone once for the same arguments, and not at all if nobody wants the
//! results.
//!
//! What `eliminate-common` and `eliminate-dead` do for operations, this does for calls. A function whose results depend on
//! its arguments alone may fail: where it did not the first time, it does not the second. To be left out altogether it must
//! also be certain to return.

use super::Pass;
use crate::ir::{
    BlockId, Cfg, Dominators, Effect, FuncId, Function, InstId, Op, Program, Terminator, Value,
};
use std::collections::{HashMap, HashSet};

/// The pass.
pub(crate) struct MergeCalls;

/// What may be done with calls of a function.
#[derive(Clone, Copy, Debug, Default)]
struct Nature {
    /// The same arguments give the same results.
    is_determined: bool,
    /// It has no effect but its results.
    is_idle: bool,
}

impl Pass for MergeCalls {
    fn name(&self) -> &'static str {
        "merge-calls"
    }

    fn run(&self, program: &mut Program) {
        // Members of recursive groups are seen before they are known, and count as neither.
        let mut natures = vec![Nature::default(); program.functions.len()];
        for id in program.bottom_up() {
            let function = program.function_mut(id);
            merge(function, &natures);
            drop_unused(function, &natures);
            natures[id.index()] = nature(function, &natures);
        }
    }
}

fn nature(function: &Function, natures: &[Nature]) -> Nature {
    let cfg = Cfg::new(function);
    let ops = || {
        let blocks = cfg.order.iter().map(|&id| function.block(id));
        blocks.flat_map(|block| block.insts.iter().map(|&inst| function.inst(inst).op))
    };
    let is_determined = ops().all(|op| match op {
        Op::Call(callee) => natures[callee.index()].is_determined,
        op => op.effect() == Effect::Pure,
    });
    let calls_idle = ops().all(|op| match op {
        Op::Call(callee) => natures[callee.index()].is_idle,
        _ => true,
    });
    Nature {
        is_determined,
        is_idle: is_determined && calls_idle && returns(function, &cfg),
    }
}

/// Whether all ways through the function lead back to the caller, without loops.
fn returns(function: &Function, cfg: &Cfg) -> bool {
    let dominators = Dominators::new(function, cfg);
    cfg.order.iter().all(|&block| {
        let term = &function.block(block).term;
        let goes_on = matches!(
            term,
            Terminator::Jump(_) | Terminator::Branch { .. } | Terminator::Leave(_)
        );
        let edges = term.edges();
        let goes_back = |target: BlockId| dominators.dominates(target, block);
        goes_on && !edges.iter().any(|edge| goes_back(edge.block))
    })
}

type Key = (FuncId, Vec<Value>);

/// Replaces calls by earlier ones that dominate them.
fn merge(function: &mut Function, natures: &[Nature]) {
    let cfg = Cfg::new(function);
    let dominators = Dominators::new(function, &cfg);
    let mut known: HashMap<Key, Vec<(BlockId, InstId)>> = HashMap::new();
    let mut map: HashMap<Value, Value> = HashMap::new();
    for &block in &cfg.order {
        for id in std::mem::take(&mut function.block_mut(block).insts) {
            let inst = function.inst_mut(id);
            for arg in &mut inst.args {
                while let Some(&next) = map.get(arg) {
                    *arg = next;
                }
            }
            if let Op::Call(callee) = inst.op
                && natures[callee.index()].is_determined
            {
                let calls = known.entry((callee, inst.args.clone())).or_default();
                let earlier = (calls.iter()).find(|(at, _)| dominators.dominates(*at, block));
                if let Some(&(_, earlier)) = earlier {
                    let results = function.inst(id).results.iter().copied();
                    map.extend(results.zip(function.inst(earlier).results.iter().copied()));
                    continue;
                }
                calls.push((block, id));
            }
            function.block_mut(block).insts.push(id);
        }
    }
    function.replace_values(&map);
}

fn drop_unused(function: &mut Function, natures: &[Nature]) {
    let of_insts = function.placed().flat_map(|inst| inst.args.iter().copied());
    let of_terms = function.blocks.iter().flat_map(|block| block.term.uses());
    let used: HashSet<Value> = of_insts.chain(of_terms).collect();
    for block in function.block_ids() {
        let mut insts = std::mem::take(&mut function.block_mut(block).insts);
        insts.retain(|&id| {
            let inst = function.inst(id);
            let is_idle = matches!(inst.op, Op::Call(callee) if natures[callee.index()].is_idle);
            !is_idle || inst.results.iter().any(|result| used.contains(result))
        });
        function.block_mut(block).insts = insts;
    }
}
