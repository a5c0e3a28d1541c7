//! Replaces calls by the callee's code, callees first.
//!
//! A call costs 12 ergs, moves into fixed registers, and everything live across it goes to the frame. Functions with one
//! call site or a small body are better dissolved; prelude functions become specialised to constant arguments.

use super::{Pass, simulations};
use crate::ir::{
    Block, BlockId, Cfg, Dominators, Edge, FuncId, Function, Inlining, InstId, Op, Program,
    Terminator, Value, ValueDef,
};
use crate::yul::Locations;

/// Bodies of at most this weight are inlined everywhere.
const SMALL: usize = 6;
/// Bodies may be heavier by this much where a loop calls them: a call costs as much as several instructions, every round.
const IN_LOOP: usize = 4;

/// The pass.
pub(crate) struct InlineFunctions;

impl Pass for InlineFunctions {
    fn name(&self) -> &'static str {
        "inline-functions"
    }

    fn run(&self, program: &mut Program) {
        let order = program.bottom_up();
        let mut inliner = Inliner::new(program, &order);
        for caller in order {
            inliner.inline_into(caller);
        }
    }
}

/// What the decision about a call depends on besides the call.
#[derive(Clone, Copy, Debug, Default)]
struct Callee {
    /// Calls of it in the whole program.
    sites: usize,
    /// See [`weight`]; only functions that were visited have one.
    weight: usize,
    /// Members of a recursive group stay functions, so that their depth check stays where it is.
    is_recursive: bool,
    /// Whether loops call it.
    is_hot: bool,
    /// Whether it cannot be compiled unless an argument becomes a constant; like the weight.
    wants_constants: bool,
}

struct Inliner<'a> {
    program: &'a mut Program,
    callees: Vec<Callee>,
    /// Which blocks of each function are part of loops; only of functions that were visited.
    loops: Vec<Vec<bool>>,
}

impl<'a> Inliner<'a> {
    fn new(program: &'a mut Program, order: &[FuncId]) -> Self {
        let sites = program.call_sites(order).into_iter();
        let mut callees: Vec<_> = sites
            .map(|sites| Callee {
                sites,
                ..Callee::default()
            })
            .collect();
        for &id in order {
            callees[id.index()].is_recursive = is_recursive(program, id);
        }
        mark_hot(program, order, &mut callees);
        let loops = vec![Vec::new(); program.functions.len()];
        Self {
            program,
            callees,
            loops,
        }
    }

    /// Inlines what is worthwhile and simplifies what came out, so that its callers see its true weight.
    fn inline_into(&mut self, caller: FuncId) {
        // The body moves out while callees are read; nobody inlines a function into itself.
        let slot = self.program.function_mut(caller);
        let blank = Function::new(slot.segment, 0, 0);
        let mut function = std::mem::replace(slot, blank);
        let is_hot = self.callees[caller.index()].is_hot;
        let mut loops = loop_blocks(&function);
        let mut block = 0;
        while block < function.blocks.len() {
            let id = BlockId::new(block);
            match self.next_call(&function, id, is_hot || loops[block]) {
                // The rest of the block moved to a new one at the end, which is visited later.
                Some((at, callee)) => {
                    splice(
                        &mut function,
                        id,
                        at,
                        self.program.function(callee),
                        &self.program.locations,
                    );
                    // First the rest, then the callee's blocks.
                    let is_inside = loops[block];
                    loops.push(is_inside);
                    let body = self.loops[callee.index()].iter();
                    loops.extend(body.map(|&own| own || is_inside));
                    for inner in calls(self.program.function(callee)) {
                        self.callees[inner.index()].sites += 1;
                    }
                }
                None => block += 1,
            }
        }
        super::simplify(&mut function);
        self.callees[caller.index()].weight = weight(&function);
        self.callees[caller.index()].wants_constants = simulations::wants_constants(&function);
        self.loops[caller.index()] = loop_blocks(&function);
        *self.program.function_mut(caller) = function;
    }

    /// The first call of a block that is better replaced: its position and callee.
    fn next_call(
        &self,
        function: &Function,
        block: BlockId,
        in_loop: bool,
    ) -> Option<(usize, FuncId)> {
        let insts = function.block(block).insts.iter().enumerate();
        let mut calls = insts.filter_map(|(at, &inst)| match function.inst(inst).op {
            Op::Call(callee) => Some((at, callee)),
            _ => None,
        });
        calls.find(|&(_, callee)| self.is_worthwhile(callee, in_loop))
    }

    fn is_worthwhile(&self, callee: FuncId, in_loop: bool) -> bool {
        let facts = self.callees[callee.index()];
        if facts.is_recursive {
            return false;
        }
        match self.program.function(callee).inlining {
            Inlining::Always => return true,
            _ if facts.wants_constants => return true,
            _ if facts.sites == 1 => return true,
            Inlining::Never => return false,
            Inlining::BySize => {}
        }
        facts.weight <= SMALL + IN_LOOP * usize::from(in_loop)
    }
}

/// Marks what loops call. Callers come first, so that what is called by way of other functions counts too.
fn mark_hot(program: &Program, order: &[FuncId], callees: &mut [Callee]) {
    for &id in order.iter().rev() {
        let function = program.function(id);
        let is_hot = callees[id.index()].is_hot;
        for (block, in_loop) in function.blocks.iter().zip(loop_blocks(function)) {
            for &inst in block.insts.iter().filter(|_| is_hot || in_loop) {
                if let Op::Call(callee) = function.inst(inst).op {
                    callees[callee.index()].is_hot = true;
                }
            }
        }
    }
}

/// Which blocks are part of loops.
fn loop_blocks(function: &Function) -> Vec<bool> {
    let cfg = Cfg::new(function);
    let dominators = Dominators::new(function, &cfg);
    let mut inside = vec![false; function.blocks.len()];
    for &head in &cfg.order {
        for block in dominators.natural_loop(&cfg, head) {
            inside[block.index()] = true;
        }
    }
    inside
}

fn calls(function: &Function) -> impl Iterator<Item = FuncId> {
    function.placed().filter_map(|inst| match inst.op {
        Op::Call(callee) => Some(callee),
        _ => None,
    })
}

/// Number of instructions; those that put arguments of calls into place count, too.
fn weight(body: &Function) -> usize {
    let blocks = Cfg::new(body).order.into_iter().map(|id| body.block(id));
    let of_block = |block: &Block| {
        let insts = block.insts.iter().map(|&id| match body.inst(id).op {
            Op::Call(_) => 1 + body.inst(id).args.len(),
            _ => 1,
        });
        1 + insts.sum::<usize>()
    };
    blocks.map(of_block).sum()
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
