//! Replaces calls by the callee's code, callees first.
//!
//! A call costs 12 ergs, moves into fixed registers, and everything live across it goes to the frame. Functions with one
//! call site or a small body are better dissolved; prelude functions become specialised to constant arguments.

use super::Pass;
use crate::ir::{
    Block, BlockId, Edge, FuncId, Function, Inlining, Inst, InstId, Op, Program, Terminator, Value,
    ValueDef,
};
use crate::yul::Locations;

/// Bodies of at most this weight are inlined everywhere.
const SMALL: usize = 7;
/// A known argument makes a body this much lighter, by assumption.
const KNOWN_ARGUMENT: usize = 1;
/// Functions do not grow beyond this size by inlining bodies with several call sites.
const LARGE: usize = 4000;

/// The pass.
pub(crate) struct InlineFunctions;

impl Pass for InlineFunctions {
    fn name(&self) -> &'static str {
        "inline-functions"
    }

    fn run(&self, program: &mut Program) {
        let order = program.bottom_up();
        let mut sites = call_sites(program, &order);
        for &caller in &order {
            inline_into(program, caller, &mut sites);
        }
    }
}

fn call_sites(program: &Program, order: &[FuncId]) -> Vec<usize> {
    let mut sites = vec![0; program.functions.len()];
    for &id in order {
        for inst in program.function(id).placed() {
            if let Op::Call(callee) = inst.op {
                sites[callee.index()] += 1;
            }
        }
    }
    sites
}

fn inline_into(program: &mut Program, caller: FuncId, sites: &mut [usize]) {
    // The body moves out while callees are read; nobody inlines a function into itself.
    let segment = program.function(caller).segment;
    let mut function =
        std::mem::replace(program.function_mut(caller), Function::new(segment, 0, 0));
    let mut block = 0;
    while block < function.blocks.len() {
        let id = BlockId::new(block);
        let call = function
            .block(id)
            .insts
            .iter()
            .enumerate()
            .find_map(|(at, &inst)| {
                let inst = function.inst(inst);
                match inst.op {
                    Op::Call(callee)
                        if callee != caller
                            && worthwhile(program, &function, callee, inst, sites) =>
                    {
                        Some((at, callee))
                    }
                    _ => None,
                }
            });
        match call {
            // The rest of the block moved to a new one at the end, which is visited later.
            Some((at, callee)) => {
                splice(
                    &mut function,
                    id,
                    at,
                    program.function(callee),
                    &program.locations,
                );
                count_copied_calls(program.function(callee), sites);
            }
            None => block += 1,
        }
    }
    *program.function_mut(caller) = function;
}

fn count_copied_calls(callee: &Function, sites: &mut [usize]) {
    for inst in callee.placed() {
        if let Op::Call(inner) = inst.op {
            sites[inner.index()] += 1;
        }
    }
}

fn worthwhile(
    program: &Program,
    caller: &Function,
    callee: FuncId,
    call: &Inst,
    sites: &[usize],
) -> bool {
    let body = program.function(callee);
    // Members of a recursive group stay functions, so that their depth check stays where it is.
    if body.callees().contains(&callee) || is_recursive(program, callee) {
        return false;
    }
    match body.inlining {
        Inlining::Always => return true,
        _ if sites[callee.index()] == 1 => return true,
        Inlining::Never => return false,
        Inlining::BySize => {}
    }
    let known = call
        .args
        .iter()
        .filter(|&&arg| caller.as_constant(arg).is_some())
        .count();
    weight(body) <= SMALL + KNOWN_ARGUMENT * known && caller.size() < LARGE
}

/// Number of instructions; those that put arguments of calls into place count, too.
fn weight(body: &Function) -> usize {
    let arguments = body.placed().map(|inst| match inst.op {
        Op::Call(_) => inst.args.len(),
        _ => 0,
    });
    body.size() + arguments.sum::<usize>()
}

fn is_recursive(program: &Program, id: FuncId) -> bool {
    let mut seen = vec![false; program.functions.len()];
    let mut stack = program.function(id).callees();
    while let Some(next) = stack.pop() {
        if next == id {
            return true;
        }
        if !std::mem::replace(&mut seen[next.index()], true) {
            stack.extend(program.function(next).callees());
        }
    }
    false
}

/// Replaces the call at position `at` of `block` by a copy of `callee`.
fn splice(
    caller: &mut Function,
    block: BlockId,
    at: usize,
    callee: &Function,
    locations: &Locations,
) {
    let call = caller.block(block).insts[at];
    let rest = caller.block_mut(block).insts.split_off(at + 1);
    caller.block_mut(block).insts.pop();
    let term = std::mem::replace(&mut caller.block_mut(block).term, Terminator::Unreachable);
    let after = caller.add_block();
    let results = caller.inst(call).results.clone();
    for &result in &results {
        caller.values[result.index()] = ValueDef::Param(after);
    }
    *caller.block_mut(after) = Block {
        params: results,
        insts: rest,
        term,
        span: caller.block(block).span,
    };
    let args = caller.inst(call).args.clone();
    let span = caller.inst(call).span;
    let site = Site { span, locations };
    let entry = Copier::new(caller, callee, after, site).copy();
    let block = caller.block_mut(block);
    block.term = Terminator::Jump(Edge { block: entry, args });
    block.span = span;
}

/// The call that is replaced.
#[derive(Clone, Copy)]
struct Site<'a> {
    span: u32,
    locations: &'a Locations,
}

impl Site<'_> {
    /// The span of a copy: its own, unless the call's says more about where it comes from.
    fn span_of(self, original: u32) -> u32 {
        match self.span != 0 && self.locations.is_vague(original) {
            true => self.span,
            false => original,
        }
    }
}

/// Copies a callee's blocks into the caller.
struct Copier<'a> {
    caller: &'a mut Function,
    callee: &'a Function,
    after: BlockId,
    site: Site<'a>,
    base: usize,
    values: Vec<Option<Value>>,
}

impl<'a> Copier<'a> {
    fn new(caller: &'a mut Function, callee: &'a Function, after: BlockId, site: Site<'a>) -> Self {
        let base = caller.blocks.len();
        let values = vec![None; callee.values.len()];
        Self {
            caller,
            callee,
            after,
            site,
            base,
            values,
        }
    }

    /// Returns the copy of the entry.
    fn copy(mut self) -> BlockId {
        for at in 0..self.callee.blocks.len() {
            let block = self.caller.add_block();
            for param in &self.callee.blocks[at].params {
                self.values[param.index()] = Some(self.caller.add_param(block));
            }
        }
        let mut copies = Vec::new();
        for at in 0..self.callee.blocks.len() {
            for &inst in &self.callee.blocks[at].insts {
                copies.push((inst, self.place(inst, at)));
            }
        }
        for (original, copy) in copies {
            let args = self
                .callee
                .inst(original)
                .args
                .iter()
                .map(|&arg| self.value(arg))
                .collect();
            self.caller.inst_mut(copy).args = args;
        }
        for at in 0..self.callee.blocks.len() {
            let term = self.terminator(&self.callee.blocks[at].term);
            let span = self.site.span_of(self.callee.blocks[at].span);
            let copy = self.caller.block_mut(BlockId::new(self.base + at));
            (copy.term, copy.span) = (term, span);
        }
        BlockId::new(self.base)
    }

    /// Creates the copy of an instruction; operands follow when all results exist.
    fn place(&mut self, inst: InstId, block: usize) -> InstId {
        let original = self.callee.inst(inst);
        let span = self.site.span_of(original.span);
        let block = BlockId::new(self.base + block);
        let copy =
            self.caller
                .push_inst(block, original.op, Vec::new(), original.results.len(), span);
        for (at, result) in original.results.iter().enumerate() {
            self.values[result.index()] = Some(self.caller.inst(copy).results[at]);
        }
        copy
    }

    fn value(&mut self, value: Value) -> Value {
        if let ValueDef::Constant(constant) = self.callee.values[value.index()] {
            return self.caller.constant(constant);
        }
        // Every other value is a parameter or result of a copied block; the verifier has seen to it.
        self.values[value.index()].unwrap_or(Value(0))
    }

    fn terminator(&mut self, term: &Terminator) -> Terminator {
        let mut term = term.clone();
        let base = self.base;
        term.for_each_use(|value| *value = self.value(*value));
        for edge in term.edges_mut() {
            edge.block = BlockId::new(base + edge.block.index());
        }
        match term {
            Terminator::Leave(args) => Terminator::Jump(Edge {
                block: self.after,
                args,
            }),
            other => other,
        }
    }
}
