//! Cuts off what follows a call of a function that never returns.
//!
//! solc puts reverting code into functions and goes on after calling them with values nobody will see. Without the cut
//! those values are live, are merged into block parameters and keep code alive.

use super::Pass;
use crate::ir::{Cfg, Function, Op, Program, Terminator};

/// The pass.
pub(crate) struct MarkNoreturn;

impl Pass for MarkNoreturn {
    fn name(&self) -> &'static str {
        "mark-noreturn"
    }

    fn run(&self, program: &mut Program) {
        // Callees come first, except in recursive groups, where returning is assumed.
        let mut returns = vec![true; program.functions.len()];
        for id in program.bottom_up() {
            let function = program.function_mut(id);
            cut(function, &returns);
            let reachable = Cfg::new(function).order;
            let leaves = |term: &Terminator| matches!(term, Terminator::Leave(_));
            returns[id.index()] = reachable
                .iter()
                .any(|&block| leaves(&function.block(block).term));
        }
    }
}

fn cut(function: &mut Function, returns: &[bool]) {
    for block in function.block_ids() {
        let ends = |op: Op| matches!(op, Op::Call(callee) if !returns[callee.index()]);
        let call = function
            .block(block)
            .insts
            .iter()
            .position(|&inst| ends(function.inst(inst).op));
        if let Some(at) = call {
            let block = function.block_mut(block);
            block.insts.truncate(at + 1);
            block.term = Terminator::Unreachable;
        }
    }
}
