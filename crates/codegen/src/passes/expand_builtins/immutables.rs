//! Immutables. At deployment they lie in the auxiliary heap; later a system contract has to be asked, which costs as much
//! as a cold storage read and two hashes. The answer is kept in a stack word: frames of later calls find it there.

use super::Expander;
use crate::builtin::Segment;
use crate::ir::{Cond, Edge, FuncId, Function, InstId, Op, Slot, Terminator};
use crate::yul::Code;

impl Expander<'_, '_> {
    /// Expands the read of an immutable at run time.
    pub(super) fn load_immutable(&mut self, id: InstId, index: u32) {
        match self.reader(index) {
            Some(reader) => self.become_op(id, Op::Call(reader), vec![]),
            None => self.report(
                id,
                Code::Internal,
                "prelude function `$_immutable` is missing",
                None,
            ),
        }
    }

    /// The function that reads an immutable, made at the first need.
    fn reader(&mut self, index: u32) -> Option<FuncId> {
        if let Some(&reader) = self.readers.get(&index) {
            return Some(reader);
        }
        let ask = self.prelude("$_immutable")?;
        let reader = self.lowerer.program.push(reader(index, ask));
        self.readers.insert(index, reader);
        Some(reader)
    }
}

fn reader(index: u32, ask: FuncId) -> Function {
    let (kept, known) = (Slot::Immutable(index), Slot::HasImmutable(index));
    let mut function = Function::new(Segment::Runtime, 0, 1);
    let (first, again) = (function.add_block(), function.add_block());
    let entry = Function::ENTRY;
    let (zero, one) = (function.number(0), function.number(1));
    let number = function.number(u64::from(index));
    let lhs = function.push(entry, Op::SlotLoad(known), vec![], 0);
    let (yes, no) = (Edge::to(again), Edge::to(first));
    function.block_mut(entry).term = Terminator::Branch {
        cond: Cond::Ne,
        lhs,
        rhs: zero,
        yes,
        no,
    };
    let value = function.push(first, Op::Call(ask), vec![number], 0);
    function.push_inst(first, Op::SlotStore(kept), vec![value], 0, 0);
    function.push_inst(first, Op::SlotStore(known), vec![one], 0, 0);
    function.block_mut(first).term = Terminator::Leave(vec![value]);
    let value = function.push(again, Op::SlotLoad(kept), vec![], 0);
    function.block_mut(again).term = Terminator::Leave(vec![value]);
    function
}
