//! What is known at the start of blocks, for passes that follow contents of memory or storage.

use crate::ir::{BlockId, Cfg, Function, Inst};

/// Rounds over a function before nothing is said to be known.
const ROUNDS: usize = 32;

/// Facts by place that instructions change and joining paths reduce to what they agree on.
pub(super) trait Facts: Clone + Default + PartialEq {
    /// Keeps what another path agrees on.
    fn meet(&mut self, other: &Self);
}

/// Facts at the start of each block: what all predecessors agree on. Paths not seen yet agree with everything, so the result
/// shrinks from round to round until it holds around loops too. Where facts are limited in number it is not certain that it
/// ever holds; without an answer nothing is known.
pub(super) fn solve<F: Facts>(
    function: &Function,
    cfg: &Cfg,
    step: impl Fn(&Inst, &mut F),
) -> Vec<Option<F>> {
    let count = function.blocks.len();
    let mut before: Vec<Option<F>> = vec![None; count];
    let mut after: Vec<Option<F>> = vec![None; count];
    for _ in 0..ROUNDS {
        let mut changed = false;
        for &block in &cfg.order {
            let start = at_start(cfg, block, &after);
            let mut facts = start.clone();
            for &inst in &function.block(block).insts {
                step(function.inst(inst), &mut facts);
            }
            changed |= after[block.index()].as_ref() != Some(&facts);
            before[block.index()] = Some(start);
            after[block.index()] = Some(facts);
        }
        if !changed {
            return before;
        }
    }
    vec![None; count]
}

/// What the paths seen so far agree on; nothing is known of what was before the function.
fn at_start<F: Facts>(cfg: &Cfg, block: BlockId, after: &[Option<F>]) -> F {
    if block == Function::ENTRY {
        return F::default();
    }
    let preds = cfg.preds[block.index()].iter();
    let mut paths = preds.filter_map(|pred| after[pred.index()].as_ref());
    let mut common = paths.next().cloned().unwrap_or_default();
    paths.for_each(|other| common.meet(other));
    common
}
