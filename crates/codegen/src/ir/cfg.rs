//! Control-flow facts: predecessors, order, dominators.

use super::{BlockId, Function};
use std::collections::BTreeSet;

/// Predecessors and reverse post-order of the reachable blocks.
#[derive(Debug)]
pub(crate) struct Cfg {
    /// Predecessors by block, one entry per edge.
    pub(crate) preds: Vec<Vec<BlockId>>,
    /// Reachable blocks in reverse post-order.
    pub(crate) order: Vec<BlockId>,
}

impl Cfg {
    /// Computes the facts of a function.
    pub(crate) fn new(function: &Function) -> Self {
        let order = reverse_post_order(function);
        let mut preds = vec![Vec::new(); function.blocks.len()];
        for &block in &order {
            for edge in function.block(block).term.edges() {
                preds[edge.block.index()].push(block);
            }
        }
        Self { preds, order }
    }

    /// Whether control can reach the block.
    pub(crate) fn is_reachable(&self, block: BlockId) -> bool {
        block == Function::ENTRY || !self.preds[block.index()].is_empty()
    }
}

fn reverse_post_order(function: &Function) -> Vec<BlockId> {
    let mut seen = vec![false; function.blocks.len()];
    let mut order = Vec::new();
    let mut stack = vec![(Function::ENTRY, 0)];
    seen[0] = true;
    while let Some((block, next)) = stack.last_mut() {
        let successors = function.block(*block).term.edges();
        // Last successor first, so that the first one follows its block in the final order.
        if let Some(edge) = successors
            .len()
            .checked_sub(*next + 1)
            .map(|at| successors[at])
        {
            *next += 1;
            let target = edge.block;
            if !std::mem::replace(&mut seen[target.index()], true) {
                stack.push((target, 0));
            }
        } else {
            order.push(*block);
            stack.pop();
        }
    }
    order.reverse();
    order
}

/// Immediate dominators (Cooper, Harvey and Kennedy's iteration).
#[derive(Debug)]
pub(crate) struct Dominators {
    /// Immediate dominator by block; the entry dominates itself, unreachable blocks have none.
    pub(crate) parent: Vec<Option<BlockId>>,
    rank: Vec<usize>,
}

impl Dominators {
    /// Computes the dominator tree.
    pub(crate) fn new(function: &Function, cfg: &Cfg) -> Self {
        let mut rank = vec![usize::MAX; function.blocks.len()];
        for (position, block) in cfg.order.iter().enumerate() {
            rank[block.index()] = position;
        }
        let mut parent = vec![None; function.blocks.len()];
        parent[0] = Some(Function::ENTRY);
        let mut tree = Self { parent, rank };
        while tree.improve(cfg) {}
        tree
    }

    fn improve(&mut self, cfg: &Cfg) -> bool {
        let mut changed = false;
        for &block in cfg.order.iter().skip(1) {
            let mut known = cfg.preds[block.index()]
                .iter()
                .copied()
                .filter(|p| self.parent[p.index()].is_some());
            let Some(first) = known.next() else { continue };
            let rest: Vec<_> = known.collect();
            let new = rest.into_iter().fold(first, |a, b| self.meet(a, b));
            if self.parent[block.index()] != Some(new) {
                self.parent[block.index()] = Some(new);
                changed = true;
            }
        }
        changed
    }

    fn meet(&self, mut a: BlockId, mut b: BlockId) -> BlockId {
        while a != b {
            let later = if self.rank[a.index()] > self.rank[b.index()] {
                &mut a
            } else {
                &mut b
            };
            *later = self.parent[later.index()].unwrap_or(Function::ENTRY);
        }
        a
    }

    /// Whether every path to `block` passes `by`.
    pub(crate) fn dominates(&self, by: BlockId, mut block: BlockId) -> bool {
        while self.rank[block.index()] > self.rank[by.index()] {
            match self.parent[block.index()] {
                Some(parent) if parent != block => block = parent,
                _ => return false,
            }
        }
        by == block
    }

    /// The blocks of the natural loop with this head, which is among them; empty if it heads none.
    pub(crate) fn natural_loop(&self, cfg: &Cfg, head: BlockId) -> BTreeSet<BlockId> {
        let preds = cfg.preds[head.index()].iter().copied();
        let mut work: Vec<_> = preds.filter(|&pred| self.dominates(head, pred)).collect();
        let mut body = BTreeSet::new();
        if !work.is_empty() {
            body.insert(head);
        }
        while let Some(block) = work.pop() {
            if body.insert(block) {
                work.extend(&cfg.preds[block.index()]);
            }
        }
        body
    }

    /// Children in the dominator tree, in order of the reverse post-order.
    pub(crate) fn children(&self, cfg: &Cfg) -> Vec<Vec<BlockId>> {
        let mut children = vec![Vec::new(); self.parent.len()];
        for &block in cfg.order.iter().skip(1) {
            if let Some(parent) = self.parent[block.index()] {
                children[parent.index()].push(block);
            }
        }
        children
    }
}
