//! Global value numbering: a pure operation on the same operands is computed once per dominator subtree.
//!
//! solc repeats `calldatasize()`, `caller()` and address arithmetic freely; on this machine keeping a value in a frame word
//! costs nothing to read, so recomputing is never better. The size of what was returned is the same throughout functions that call
//! nothing.

use crate::ir::{Binary, BlockId, Cfg, Cond, Dominators, Effect, Function, Op, Slot, Value};
use std::collections::HashMap;

type Key = (Op, Vec<Value>);

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    let children = Dominators::new(function, &cfg).children(&cfg);
    let mut numbering = Numbering {
        known: HashMap::new(),
        map: HashMap::new(),
        keeps_pointers: !function.placed().any(|inst| may_change_pointers(inst.op)),
    };
    // Explicit stack: entering a block, or leaving it with the keys to forget.
    let mut stack = vec![Step::Enter(Function::ENTRY)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Enter(block) => {
                stack.push(Step::Leave(numbering.block(function, block)));
                stack.extend(
                    children[block.index()]
                        .iter()
                        .rev()
                        .map(|&child| Step::Enter(child)),
                );
            }
            Step::Leave(keys) => keys.iter().for_each(|key| {
                numbering.known.remove(key);
            }),
        }
    }
    function.replace_values(&numbering.map);
}

enum Step {
    Enter(BlockId),
    Leave(Vec<Key>),
}

struct Numbering {
    /// For look-up only.
    known: HashMap<Key, Vec<Value>>,
    map: HashMap<Value, Value>,
    /// Whether nothing in the function changes a slot.
    keeps_pointers: bool,
}

/// Whether another call's data may take the place of what was returned, or a pointer that of another.
fn may_change_pointers(op: Op) -> bool {
    match op {
        Op::Store(_) | Op::StorageStore | Op::TransientStore | Op::Guard => false,
        Op::CopyPointerWords(_) | Op::CopyHeapWords => false,
        op => op.effect() == Effect::Writes,
    }
}

impl Numbering {
    /// Numbers a block and returns what became known in it.
    fn block(&mut self, function: &mut Function, block: BlockId) -> Vec<Key> {
        let mut added = Vec::new();
        let insts = std::mem::take(&mut function.block_mut(block).insts);
        let kept = insts.into_iter().filter(|&id| {
            let inst = function.inst_mut(id);
            for arg in &mut inst.args {
                while let Some(&next) = self.map.get(arg) {
                    *arg = next;
                }
            }
            let is_kept = matches!(inst.op, Op::SlotLoad(Slot::Returndata)) && self.keeps_pointers;
            if inst.op.effect() != Effect::Pure && !is_kept {
                return true;
            }
            let key = canonical(inst.op, &inst.args);
            if let Some(values) = self.known.get(&key) {
                self.map
                    .extend(inst.results.iter().copied().zip(values.iter().copied()));
                return false;
            }
            self.known.insert(key.clone(), inst.results.clone());
            added.push(key);
            true
        });
        let kept = kept.collect();
        function.block_mut(block).insts = kept;
        added
    }
}

/// One spelling for operations that differ in the order of operands only.
fn canonical(op: Op, args: &[Value]) -> Key {
    let mut args = args.to_vec();
    let op = match op {
        Op::Binary(binary) if Binary::commutes(binary) => {
            args.sort_unstable();
            op
        }
        Op::Compare(Cond::Eq | Cond::Ne) => {
            args.sort_unstable();
            op
        }
        Op::Compare(cond @ (Cond::Gt | Cond::Le)) => {
            args.swap(0, 1);
            Op::Compare(cond.swap())
        }
        op => op,
    };
    (op, args)
}
