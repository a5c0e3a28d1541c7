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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::Segment;
    use crate::ir::{Cond, Edge};

    const ENTRY: BlockId = Function::ENTRY;

    /// A program of two functions: a root, and one with a parameter and a result that the root calls.
    fn program() -> Program {
        let mut program = Program::default();
        let root = program.reserve(Segment::Runtime, 0, 0);
        let callee = program.reserve(Segment::Runtime, 1, 1);
        program.runtime = Some(root);
        let function = program.function_mut(callee);
        let param = function.params()[0];
        function.block_mut(ENTRY).term = Terminator::Leave(vec![param]);
        let function = program.function_mut(root);
        let one = function.number(1);
        let result = function.push(ENTRY, Op::Call(callee), vec![one], 0);
        let (left, right) = (function.add_block(), function.add_block());
        let (yes, no) = (Edge::to(left), Edge::to(right));
        function.block_mut(ENTRY).term = Terminator::Branch {
            cond: Cond::Ne,
            lhs: result,
            rhs: one,
            yes,
            no,
        };
        function.add_param(right);
        if let Terminator::Branch { no, .. } = &mut function.block_mut(ENTRY).term {
            no.args.push(result);
        }
        program
    }

    /// What is found after a change of the root.
    fn complaint(change: impl FnOnce(&mut Function)) -> String {
        let mut program = program();
        verify(&program).expect("is right so far");
        change(program.function_mut(FuncId(0)));
        verify(&program).expect_err("is found out")
    }

    fn result(function: &Function) -> Value {
        let call = function.block(ENTRY).insts[0];
        function.inst(call).results[0]
    }

    #[test]
    fn broken_edges_are_found() {
        let text = complaint(|function| {
            let right = BlockId(2);
            function.block_mut(right).term = Terminator::Jump(Edge::to(ENTRY));
        });
        assert!(text.contains("entry block has predecessors"), "{text}");
        let text = complaint(|function| {
            let (left, right) = (BlockId(1), BlockId(2));
            function.block_mut(left).term = Terminator::Jump(Edge::to(right));
        });
        assert!(text.contains("edge to b2 passes a wrong number"), "{text}");
    }

    #[test]
    fn uses_before_or_beside_their_definition_are_found() {
        let text = complaint(|function| {
            let (left, one) = (BlockId(1), function.number(1));
            let sum = function.binary(left, crate::ir::Binary::Add, one, one, 0);
            function.block_mut(BlockId(2)).term = Terminator::Leave(vec![sum]);
        });
        assert!(text.contains("is not dominated"), "{text}");
        let text = complaint(|function| {
            let result = result(function);
            let early = function.binary(ENTRY, crate::ir::Binary::Add, result, result, 0);
            assert_ne!(early, result);
            function.block_mut(ENTRY).insts.reverse();
        });
        assert!(text.contains("is not dominated"), "{text}");
        let text = complaint(|function| {
            function.block_mut(ENTRY).insts.clear();
        });
        assert!(text.contains("is not dominated"), "{text}");
    }

    #[test]
    fn values_with_several_definitions_are_found() {
        let text = complaint(|function| {
            let call = function.block(ENTRY).insts[0];
            function.block_mut(BlockId(1)).insts.push(call);
        });
        assert!(text.contains("is defined twice"), "{text}");
        let text = complaint(|function| {
            let result = result(function);
            function.block_mut(BlockId(1)).params.push(result);
        });
        assert!(text.contains("does not know its definition"), "{text}");
    }

    #[test]
    fn broken_signatures_are_found() {
        let text = complaint(|function| {
            function.block_mut(BlockId(1)).term = Terminator::Leave(vec![result(function)]);
        });
        assert!(text.contains("leave passes a wrong number"), "{text}");
        let text = complaint(|function| {
            let call = function.block(ENTRY).insts[0];
            function.inst_mut(call).args.clear();
        });
        assert!(text.contains("does not fit"), "{text}");
        let mut other = program();
        other.function_mut(FuncId(1)).segment = Segment::Deploy;
        let text = verify(&other).expect_err("is found out");
        assert!(text.contains("other segment"), "{text}");
    }
}
