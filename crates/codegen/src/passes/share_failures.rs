//! Lets one function per shape encode errors and revert.
//!
//! A custom error with arguments is a selector and words stored one behind the other in the scratch space, then a revert
//! with all of them. Contracts have dozens of these; as calls they cost little more than bringing the words into
//! registers.

use super::Pass;
use crate::builtin::Segment;
use crate::ir::{
    BlockId, Cfg, ExitKind, FuncId, Function, InstId, Op, Program, Space, Terminator, Value,
};
use alloy_primitives::U256;
use std::collections::BTreeMap;

/// Fewest errors of a shape that are worth a function.
const FEWEST: usize = 3;
/// Most arguments of an error that is shared.
const MOST_ARGUMENTS: u64 = 6;

/// The pass.
pub(crate) struct ShareFailures;

impl Pass for ShareFailures {
    fn name(&self) -> &'static str {
        "share-failures"
    }

    fn run(&self, program: &mut Program) {
        let mut shapes: BTreeMap<(Segment, usize), Vec<(FuncId, BlockId)>> = BTreeMap::new();
        for id in program.bottom_up() {
            let function = program.function(id);
            for block in Cfg::new(function).order {
                if let Some(words) = failure(function, block) {
                    let shape = (function.segment, words.len());
                    shapes.entry(shape).or_default().push((id, block));
                }
            }
        }
        for ((segment, words), places) in shapes {
            if places.len() >= FEWEST {
                let shared = program.push(encoder(segment, words));
                for (id, block) in places {
                    call(program.function_mut(id), block, shared);
                }
            }
        }
    }
}

/// Address of a word: the selector's, then the arguments'.
fn address(number: usize) -> u64 {
    match number {
        0 => 0,
        _ => 4 + 32 * (number as u64 - 1),
    }
}

/// The stores of the words that a block reverts with, in their order.
fn failure(function: &Function, block: BlockId) -> Option<Vec<(InstId, Value)>> {
    let block = function.block(block);
    let Terminator::Exit(ExitKind::Revert, abi) = block.term else {
        return None;
    };
    let length = u64::try_from(function.as_word(abi)? >> 96).ok()?;
    let arguments = length.checked_sub(4)? / 32;
    let words = arguments as usize + 1;
    let is_error = function.as_word(abi)? == U256::from(address(words)) << 96;
    if !is_error || !(1..=MOST_ARGUMENTS).contains(&arguments) {
        return None;
    }
    let mut stores = Vec::new();
    for &inst in block.insts.iter().rev() {
        let store = function.inst(inst);
        match store.op {
            Op::Store(Space::Heap) => {
                let next = address(words - 1 - stores.len());
                if function.as_word(store.args[0])? != U256::from(next) {
                    return None;
                }
                stores.push((inst, store.args[1]));
                if stores.len() == words {
                    stores.reverse();
                    return Some(stores);
                }
            }
            Op::Binary(_) | Op::Compare(_) | Op::Select(_) | Op::Context(_) => {}
            _ => return None,
        }
    }
    None
}

fn encoder(segment: Segment, words: usize) -> Function {
    let mut function = Function::new(segment, words, 0);
    for (number, param) in function.params().to_vec().into_iter().enumerate() {
        let args = vec![function.number(address(number)), param];
        function.push_inst(Function::ENTRY, Op::Store(Space::Heap), args, 0, 0);
    }
    let abi = function.word(U256::from(address(words)) << 96);
    function.block_mut(Function::ENTRY).term = Terminator::Exit(ExitKind::Revert, abi);
    function
}

fn call(function: &mut Function, block: BlockId, shared: FuncId) {
    let Some(stores) = failure(function, block) else {
        return;
    };
    let (gone, words): (Vec<_>, Vec<_>) = stores.into_iter().unzip();
    function
        .block_mut(block)
        .insts
        .retain(|inst| !gone.contains(inst));
    let span = function.block(block).span;
    function.push_inst(block, Op::Call(shared), words, 0, span);
    function.block_mut(block).term = Terminator::Unreachable;
}
