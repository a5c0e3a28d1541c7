//! Which values are addresses of allocated memory.
//!
//! Memory-safe code may address the free-memory pointer and the zero word by whatever computes to their addresses: constants
//! handed to a function, or chosen by a condition. It may not reach them from a pointer to something else. A value counts
//! as a pointer if it was read from memory, where the free-memory pointer and all others come from, or is a sum with one;
//! parameters and results if all of theirs are. What is computed in another way is no pointer, which is always a safe
//! answer.

use crate::builtin::Builtin;
use crate::ir::{Binary, Cfg, Function, Inst, Op, Program, Space, Terminator, Value, ValueDef};
use alloy_primitives::U256;

/// From where memory begins that solc allocates to where addresses end.
const ALLOCATED: std::ops::Range<u64> = 0x80..1 << 32;

/// Facts about a program, by function and value.
pub(super) struct Pointers(Vec<Vec<bool>>);

/// What is known across functions, by function and position.
struct Signatures {
    params: Vec<Vec<bool>>,
    results: Vec<Vec<bool>>,
}

impl Pointers {
    /// Assumes that everything is a pointer and takes back what is not, until nothing changes.
    pub(super) fn of(program: &Program) -> Self {
        let functions = &program.functions;
        let mut signatures = Signatures {
            params: functions
                .iter()
                .map(|f| vec![true; f.params().len()])
                .collect(),
            results: functions.iter().map(|f| vec![true; f.results]).collect(),
        };
        let mut facts: Vec<_> = functions
            .iter()
            .map(|f| vec![true; f.values.len()])
            .collect();
        let mut changed = true;
        while changed {
            changed = false;
            for id in program.bottom_up().into_iter().rev() {
                let analysis = Analysis {
                    function: program.function(id),
                    index: id.index(),
                };
                analysis.settle(&mut facts[id.index()], &signatures);
                changed |= analysis.report(&facts[id.index()], &mut signatures);
            }
        }
        Self(facts)
    }

    /// The facts about one function.
    pub(super) fn in_function(&self, index: usize) -> &[bool] {
        &self.0[index]
    }
}

struct Analysis<'a> {
    function: &'a Function,
    index: usize,
}

impl Analysis<'_> {
    /// Takes back facts of the function's values that do not hold.
    fn settle(&self, facts: &mut [bool], signatures: &Signatures) {
        let order = Cfg::new(self.function).order;
        for (at, fact) in facts.iter_mut().enumerate() {
            if let Some(word) = self.function.as_word(Value::new(at)) {
                *fact = word >= U256::from(ALLOCATED.start) && word < U256::from(ALLOCATED.end);
            }
        }
        let params = self.function.params().iter();
        for (param, is_pointer) in params.zip(&signatures.params[self.index]) {
            facts[param.index()] &= is_pointer;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &order {
                let block = self.function.block(block);
                for &inst in &block.insts {
                    let inst = self.function.inst(inst);
                    for (at, result) in inst.results.iter().enumerate() {
                        let holds = self.is_pointer(inst, at, facts, signatures);
                        changed |= retract(facts, *result, holds);
                    }
                }
                for edge in block.term.edges() {
                    let params = &self.function.block(edge.block).params;
                    for (&param, arg) in params.iter().zip(&edge.args) {
                        let holds = facts[arg.index()];
                        changed |= retract(facts, param, holds);
                    }
                }
            }
        }
    }

    fn is_pointer(&self, inst: &Inst, at: usize, facts: &[bool], signatures: &Signatures) -> bool {
        let arg = |at: usize| facts[inst.args[at].index()];
        match inst.op {
            Op::Load(Space::Heap) | Op::Builtin(Builtin::MLoad) => true,
            Op::Copy | Op::Binary(Binary::Sub) | Op::Builtin(Builtin::Sub) => arg(0),
            Op::Binary(Binary::Add | Binary::And) | Op::Builtin(Builtin::Add | Builtin::And) => {
                arg(0) || arg(1)
            }
            Op::Select(_) => arg(2) && arg(3),
            Op::Call(callee) => signatures.results[callee.index()][at],
            _ => false,
        }
    }

    /// Tells callees and callers; returns whether they did not know.
    fn report(&self, facts: &[bool], signatures: &mut Signatures) -> bool {
        let mut changed = false;
        let mut meet = |known: &mut [bool], values: &[Value]| {
            for (known, value) in known.iter_mut().zip(values) {
                let met = *known && facts[value.index()];
                changed |= std::mem::replace(known, met) != met;
            }
        };
        for block in Cfg::new(self.function).order {
            let block = self.function.block(block);
            for &inst in &block.insts {
                let inst = self.function.inst(inst);
                if let Op::Call(callee) = inst.op {
                    meet(&mut signatures.params[callee.index()], &inst.args);
                }
            }
            if let Terminator::Leave(values) = &block.term {
                meet(&mut signatures.results[self.index], values);
            }
        }
        changed
    }
}

/// Takes a fact back unless it holds; returns whether it was taken back.
fn retract(facts: &mut [bool], value: Value, holds: bool) -> bool {
    let fact = &mut facts[value.index()];
    std::mem::replace(fact, *fact && holds) && !holds
}

/// Whether a value of a function is a pointer; constants made since the facts were found are none.
pub(super) fn is_pointer(function: &Function, facts: &[bool], value: Value) -> bool {
    let is_constant = matches!(function.values[value.index()], ValueDef::Constant(_));
    !is_constant && facts.get(value.index()).copied().unwrap_or(false)
}
