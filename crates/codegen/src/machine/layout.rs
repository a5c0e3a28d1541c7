//! Order of blocks in the code.
//!
//! A jump that is not written costs nothing, so blocks follow their likely predecessor (Pettis and Hansen, "Profile guided code
//! positioning", 1990, bottom-up): the edges that are taken most often make chains first. A loop's test comes to stand behind its
//! body that way, where a round takes one jump instead of two. Blocks that can only end in a revert or panic go behind everything else.

use super::frequency;
use super::vcode::VCode;
use crate::ir::{BlockId, Cfg, Function};
use regalloc2::Block;
use std::cmp::Reverse;

/// Reachable blocks, the entry first.
pub(super) fn order(function: &Function) -> Vec<BlockId> {
    let cfg = Cfg::new(function);
    let cold = frequency::cold(function, &cfg);
    let is_cold = |block: &BlockId| *block != Function::ENTRY && cold[block.index()];
    let (last, first): (Vec<_>, Vec<_>) = cfg.order.iter().partition(|block| is_cold(block));
    first.into_iter().chain(last).copied().collect()
}

/// The order in which allocated blocks are written. The allocator itself wants definitions before uses.
///
/// `weights` tells how often blocks run, `forward` where control goes on from blocks that need no code.
pub(super) fn emission(code: &VCode, weights: &[u64], forward: &[Block]) -> Vec<Block> {
    let mut edges = edges(code, weights, forward);
    edges.sort_by_key(|edge| {
        let is_far = edge.to.index() != edge.from.index() + 1;
        (Reverse(edge.weight), is_far, edge.from, edge.to)
    });
    let mut chains = Chains::new(code.blocks.len());
    for edge in edges {
        chains.join(edge.from, edge.to);
    }
    let mut order = Vec::with_capacity(code.blocks.len());
    let mut placed = vec![false; code.blocks.len()];
    let written = (0..code.blocks.len())
        .map(Block::new)
        .filter(|&block| is_written(block, forward));
    for head in written.filter(|&block| chains.previous[block.index()].is_none()) {
        let mut next = Some(head);
        while let Some(block) = next {
            place(block, code, forward, &mut placed, &mut order);
            next = chains.next[block.index()];
        }
    }
    let rest = (0..code.blocks.len()).map(Block::new);
    order.extend(rest.filter(|block| !placed[block.index()]));
    order
}

fn is_written(block: Block, forward: &[Block]) -> bool {
    forward[block.index()] == block
}

/// Places a block and what needs no code behind it.
fn place(
    block: Block,
    code: &VCode,
    forward: &[Block],
    placed: &mut [bool],
    order: &mut Vec<Block>,
) {
    placed[block.index()] = true;
    order.push(block);
    for &next in &code.blocks[block.index()].succs {
        let preds = &code.blocks[next.index()].preds;
        let is_ready = preds.iter().all(|pred| placed[pred.index()]);
        if is_ready && !placed[next.index()] && !is_written(next, forward) {
            place(next, code, forward, placed, order);
        }
    }
}

/// A way from one written block to another.
struct Edge {
    weight: u64,
    from: Block,
    to: Block,
}

fn edges(code: &VCode, weights: &[u64], forward: &[Block]) -> Vec<Edge> {
    let mut edges = Vec::new();
    let blocks = (0..code.blocks.len()).map(Block::new);
    for from in blocks.filter(|&block| is_written(block, forward)) {
        let targets = code.blocks[from.index()].succs.iter().map(|&succ| {
            let to = forward[succ.index()];
            (to, weights[succ.index()].min(weights[to.index()]))
        });
        let all: u64 = targets.clone().map(|(_, weight)| weight).sum();
        let share =
            |weight: u64| (SCALE * weights[from.index()]).saturating_mul(weight) / all.max(1);
        edges.extend(targets.map(|(to, weight)| Edge {
            weight: share(weight),
            from,
            to,
        }));
    }
    edges
}

/// Resolution of an edge's share of its block's weight.
const SCALE: u64 = 16;

/// Sequences of blocks.
struct Chains {
    next: Vec<Option<Block>>,
    previous: Vec<Option<Block>>,
}

impl Chains {
    fn new(blocks: usize) -> Self {
        Self {
            next: vec![None; blocks],
            previous: vec![None; blocks],
        }
    }

    /// Lets `to` follow `from`, if one is the end and the other the beginning of a chain. Nothing comes before the entry.
    fn join(&mut self, from: Block, to: Block) {
        let is_open = self.next[from.index()].is_none() && self.previous[to.index()].is_none();
        if is_open && to.index() > 0 && self.head(from) != to {
            self.next[from.index()] = Some(to);
            self.previous[to.index()] = Some(from);
        }
    }

    fn head(&self, block: Block) -> Block {
        let mut head = block;
        while let Some(previous) = self.previous[head.index()] {
            head = previous;
        }
        head
    }
}
