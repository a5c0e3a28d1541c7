//! The IR's invariants, checked after every pass.
//!
//! 1. Every edge passes exactly as many arguments as its target has parameters, and targets exist.
//! 2. A block parameter or result is defined in one reachable place, and that place dominates every use.
//! 3. `leave` passes the function's number of results; calls agree with the callee's signature.
//! 4. The entry block has no predecessors.

use super::{BlockId, Cfg, Dominators, FuncId, Function, Op, Program, Terminator, Value, ValueDef};

/// Checks a program.
///
/// # Errors
///
/// Describes the first broken invariant.
pub(crate) fn verify(program: &Program) -> Result<(), String> {
    for id in program.bottom_up() {
        Verifier::new(program, id).check().map_err(|message| {
            format!("function f{}: {message}\n{}", id.0, program.function(id))
        })?;
    }
    Ok(())
}

struct Verifier<'a> {
    program: &'a Program,
    function: &'a Function,
    cfg: Cfg,
    dominators: Dominators,
    home: Vec<Option<(BlockId, usize)>>,
}

impl<'a> Verifier<'a> {
    fn new(program: &'a Program, id: FuncId) -> Self {
        let function = program.function(id);
        let cfg = Cfg::new(function);
        let dominators = Dominators::new(function, &cfg);
        Self {
            program,
            function,
            cfg,
            dominators,
            home: vec![None; function.values.len()],
        }
    }

    fn check(mut self) -> Result<(), String> {
        if !self.cfg.preds[0].is_empty() {
            return Err("the entry block has predecessors".into());
        }
        for block in self.cfg.order.clone() {
            self.record(block)?;
        }
        for &block in &self.cfg.order {
            self.check_block(block)?;
        }
        Ok(())
    }

    fn record(&mut self, id: BlockId) -> Result<(), String> {
        let block = self.function.block(id);
        for &param in &block.params {
            self.define(param, id, 0, ValueDef::Param(id))?;
        }
        for (at, &inst) in block.insts.iter().enumerate() {
            for (number, &result) in self.function.inst(inst).results.iter().enumerate() {
                self.define(result, id, at + 1, ValueDef::Result(inst, number as u32))?;
            }
        }
        Ok(())
    }

    fn define(
        &mut self,
        value: Value,
        block: BlockId,
        at: usize,
        expected: ValueDef,
    ) -> Result<(), String> {
        if self.function.values[value.index()] != expected {
            return Err(format!("v{} does not know its definition", value.0));
        }
        match self.home[value.index()].replace((block, at)) {
            None => Ok(()),
            Some(_) => Err(format!("v{} is defined twice", value.0)),
        }
    }

    fn check_block(&self, id: BlockId) -> Result<(), String> {
        let block = self.function.block(id);
        for (at, &inst) in block.insts.iter().enumerate() {
            let inst = self.function.inst(inst);
            for &arg in &inst.args {
                self.check_use(arg, id, at)?;
            }
            if let Op::Call(callee) = inst.op {
                self.check_call(callee, inst.args.len(), inst.results.len())?;
            }
        }
        for value in block.term.uses() {
            self.check_use(value, id, block.insts.len())?;
        }
        self.check_terminator(&block.term)
    }

    fn check_use(&self, value: Value, block: BlockId, at: usize) -> Result<(), String> {
        if matches!(self.function.values[value.index()], ValueDef::Constant(_)) {
            return Ok(());
        }
        let fits = match self.home[value.index()] {
            Some((home, position)) if home == block => position <= at,
            Some((home, _)) => self.dominators.dominates(home, block),
            None => false,
        };
        if fits {
            Ok(())
        } else {
            Err(format!(
                "use of v{} in b{} is not dominated by its definition",
                value.0, block.0
            ))
        }
    }

    fn check_call(&self, callee: FuncId, args: usize, results: usize) -> Result<(), String> {
        let callee = self
            .program
            .functions
            .get(callee.index())
            .ok_or("call of an unknown function")?;
        if callee.segment != self.function.segment {
            return Err("call into the other segment".into());
        }
        if callee.params().len() == args && callee.results == results {
            return Ok(());
        }
        Err("call does not fit the callee's signature".into())
    }

    fn check_terminator(&self, term: &Terminator) -> Result<(), String> {
        if let Terminator::Leave(values) = term
            && values.len() != self.function.results
        {
            return Err("leave passes a wrong number of results".into());
        }
        for edge in term.edges() {
            let target = self
                .function
                .blocks
                .get(edge.block.index())
                .ok_or("edge to an unknown block")?;
            if target.params.len() != edge.args.len() {
                return Err(format!(
                    "edge to b{} passes a wrong number of arguments",
                    edge.block.0
                ));
            }
        }
        Ok(())
    }
}
