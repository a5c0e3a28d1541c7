//! The intermediate representation: functions of basic blocks in SSA form.
//!
//! Blocks take parameters instead of φ-nodes; constants are values that belong to no block. Every value is a 256-bit
//! word. Fat pointers never become values (a tag is lost by every ordinary instruction and far calls wipe the
//! registers): they live in numbered stack words, the [`Slot`]s, and operations name the slot they touch.

mod cfg;
mod eval;
mod function;
mod op;
mod print;
mod range;
mod verify;

pub(crate) use cfg::{Cfg, Dominators};
pub(crate) use eval::{compare, evaluate};
pub(crate) use function::{
    Block, BlockId, Edge, Function, Inlining, Inst, InstId, Terminator, Value, ValueDef,
};
pub(crate) use op::{
    Binary, CallKind, Cond, Constant, Context, Effect, ExitKind, FarCall, Op, PointerOp, Slot,
    Space,
};
pub(crate) use range::Range;
pub(crate) use verify::verify;

use crate::builtin::Segment;
use crate::yul::Locations;
use std::sync::Arc;

/// Index of a function in its [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FuncId(pub(crate) u32);

impl FuncId {
    /// The position in [`Program::functions`].
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Everything that ends up in one bytecode: the functions of both segments and what they share.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// All functions; the two roots come first in their segments.
    pub(crate) functions: Vec<Function>,
    /// The function that runs at deployment.
    pub(crate) deploy: Option<FuncId>,
    /// The function that runs on calls.
    pub(crate) runtime: Option<FuncId>,
    /// Number of immutable variables, which [`Op::LoadImmutable`] counts from zero.
    pub(crate) immutables: u32,
    /// Whether deployment and runtime code promise memory safety by `memoryguard`.
    pub(crate) guarded: [bool; 2],
    /// Names of the libraries that [`Constant::Library`] refers to.
    pub(crate) libraries: Vec<String>,
    /// Places in the Solidity source, by the spans of instructions.
    pub(crate) locations: Arc<Locations>,
}

impl Program {
    /// The roots that exist, deployment first.
    pub(crate) fn roots(&self) -> impl Iterator<Item = FuncId> + use<> {
        self.deploy.into_iter().chain(self.runtime)
    }

    /// The function with this index.
    pub(crate) fn function(&self, id: FuncId) -> &Function {
        &self.functions[id.index()]
    }

    /// The function with this index, for change.
    pub(crate) fn function_mut(&mut self, id: FuncId) -> &mut Function {
        &mut self.functions[id.index()]
    }

    /// Adds a function.
    pub(crate) fn push(&mut self, function: Function) -> FuncId {
        let id = FuncId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        self.functions.push(function);
        id
    }

    /// Adds an empty function to be filled later.
    pub(crate) fn reserve(&mut self, segment: Segment, params: usize, results: usize) -> FuncId {
        self.push(Function::new(segment, params, results))
    }

    /// Number of calls of each function by those in `order`.
    pub(crate) fn call_sites(&self, order: &[FuncId]) -> Vec<usize> {
        let mut sites = vec![0; self.functions.len()];
        for inst in order.iter().flat_map(|&id| self.function(id).placed()) {
            if let Op::Call(callee) = inst.op {
                sites[callee.index()] += 1;
            }
        }
        sites
    }

    /// Functions reachable from the roots, callees before callers except inside a recursive group.
    pub(crate) fn bottom_up(&self) -> Vec<FuncId> {
        let mut seen = vec![false; self.functions.len()];
        let mut order = Vec::new();
        for root in self.roots() {
            self.visit(root, &mut seen, &mut order);
        }
        order
    }

    fn visit(&self, root: FuncId, seen: &mut [bool], order: &mut Vec<FuncId>) {
        if std::mem::replace(&mut seen[root.index()], true) {
            return;
        }
        let mut stack = vec![(root, self.function(root).callees(), 0)];
        while let Some((id, callees, next)) = stack.last_mut() {
            if let Some(&callee) = callees.get(*next) {
                *next += 1;
                if !std::mem::replace(&mut seen[callee.index()], true) {
                    stack.push((callee, self.function(callee).callees(), 0));
                }
            } else {
                order.push(*id);
                stack.pop();
            }
        }
    }
}
