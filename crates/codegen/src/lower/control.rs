//! Statements and control flow.

use super::{Lowerer, Scope};
use crate::ir::{Binary, BlockId, Cond, Edge, Function, Terminator, Value};
use crate::yul::{self, Block, For, Ident, If, Name, Span, Statement, Switch};
use alloy_primitives::U256;
use std::collections::HashMap;
use std::rc::Rc;

/// Values of the visible variables.
type Environment = Vec<Value>;

/// A path that waits for the place it leads to.
type Path = (BlockId, Environment);

/// Cases up to this number are compared one by one.
const LINEAR_CASES: usize = 3;

/// Where `break` and `continue` lead.
struct Loop {
    visible: usize,
    breaks: Vec<Path>,
    continues: Vec<Path>,
}

/// One function being lowered.
pub(super) struct FunctionLowerer<'l, 'a> {
    pub(super) lowerer: &'l mut Lowerer<'a>,
    pub(super) function: Function,
    pub(super) scope: Rc<Scope<'a>>,
    /// Block that receives code; meaningless while `dead`.
    pub(super) block: BlockId,
    /// Whether control cannot get here.
    pub(super) dead: bool,
    /// Place of the terminators to come.
    pub(super) span: u32,
    variables: Environment,
    /// Positions in `variables`, for look-up only.
    names: HashMap<Name, usize>,
    declared: Vec<Name>,
    loops: Vec<Loop>,
    leaves: Vec<Path>,
}

/// Lowers the code of an object.
pub(super) fn lower_root<'a>(
    lowerer: &mut Lowerer<'a>,
    code: &'a Block,
    scope: &Rc<Scope<'a>>,
) -> Function {
    let mut this = FunctionLowerer::new(lowerer, scope, 0, 0);
    this.statements_of(code);
    if !this.dead {
        this.stop();
    }
    this.function
}

/// Lowers a function.
pub(super) fn lower_function<'a>(
    lowerer: &mut Lowerer<'a>,
    source: &'a yul::Function,
    scope: &Rc<Scope<'a>>,
) -> Function {
    let mut this = FunctionLowerer::new(
        lowerer,
        scope,
        source.parameters.len(),
        source.returns.len(),
    );
    for (at, parameter) in source.parameters.iter().enumerate() {
        let value = this.function.params()[at];
        this.declare(parameter, value);
    }
    let zero = this.function.word(U256::ZERO);
    for variable in &source.returns {
        this.declare(variable, zero);
    }
    let visible = this.variables.len();
    this.statements_of(&source.body);
    this.span = this.place(source.span);
    this.finish(source.parameters.len(), visible);
    this.function
}

impl<'l, 'a> FunctionLowerer<'l, 'a> {
    fn new(
        lowerer: &'l mut Lowerer<'a>,
        scope: &Rc<Scope<'a>>,
        params: usize,
        results: usize,
    ) -> Self {
        Self {
            lowerer,
            function: Function::new(scope.segment, params, results),
            scope: Rc::clone(scope),
            block: Function::ENTRY,
            dead: false,
            span: 0,
            variables: Vec::new(),
            names: HashMap::new(),
            declared: Vec::new(),
            loops: Vec::new(),
            leaves: Vec::new(),
        }
    }

    fn finish(&mut self, params: usize, visible: usize) {
        let mut paths = std::mem::take(&mut self.leaves);
        paths.extend(self.take_path(visible));
        self.merge(paths);
        if !self.dead {
            self.terminate(Terminator::Leave(self.variables[params..visible].to_vec()));
        }
    }

    fn declare(&mut self, ident: &Ident, value: Value) {
        self.names
            .insert(Name::clone(&ident.name), self.variables.len());
        self.declared.push(Name::clone(&ident.name));
        self.variables.push(value);
    }

    /// The current value of a variable; name resolution has made sure that it exists.
    pub(super) fn variable(&mut self, ident: &Ident) -> Value {
        match self.names.get(&ident.name) {
            Some(&at) => self.variables[at],
            None => self.function.word(U256::ZERO),
        }
    }

    fn assign(&mut self, ident: &Ident, value: Value) {
        if let Some(&at) = self.names.get(&ident.name) {
            self.variables[at] = value;
        }
    }

    fn forget_from(&mut self, visible: usize) {
        for name in self.declared.drain(visible..) {
            self.names.remove(&name);
        }
        self.variables.truncate(visible);
    }

    /// Ends the current block.
    pub(super) fn terminate(&mut self, term: Terminator) {
        let block = self.function.block_mut(self.block);
        (block.term, block.span) = (term, self.span);
        self.dead = true;
    }

    /// The span of an instruction; the prelude is no part of the source.
    pub(super) fn place(&self, span: Span) -> u32 {
        match self.scope.is_prelude() {
            true => 0,
            false => span.start,
        }
    }

    /// The current position as a path that sees the first `visible` variables, unless control cannot get here.
    fn take_path(&mut self, visible: usize) -> Option<Path> {
        (!self.dead).then(|| {
            self.dead = true;
            (self.block, self.variables[..visible].to_vec())
        })
    }

    /// Continues where all paths meet.
    fn merge(&mut self, paths: Vec<Path>) {
        let Some((first, environment)) = paths.first() else {
            self.dead = true;
            return;
        };
        self.dead = false;
        let visible = environment.len();
        if let [_] = paths.as_slice() {
            self.block = *first;
            self.variables[..visible].copy_from_slice(environment);
            return;
        }
        let differing: Vec<_> = (0..visible)
            .filter(|&at| paths.iter().any(|(_, other)| other[at] != environment[at]))
            .collect();
        self.variables[..visible].copy_from_slice(environment);
        let target = self.function.add_block();
        for &at in &differing {
            self.variables[at] = self.function.add_param(target);
        }
        for (block, environment) in &paths {
            let args = differing.iter().map(|&at| environment[at]).collect();
            self.function.block_mut(*block).term = Terminator::Jump(Edge {
                block: target,
                args,
            });
        }
        self.block = target;
    }

    fn enter(&mut self, block: BlockId, environment: &[Value]) {
        self.block = block;
        self.dead = false;
        self.variables[..environment.len()].copy_from_slice(environment);
    }

    /// Lowers a block in a scope of its own.
    fn block(&mut self, block: &'a Block) {
        let visible = self.variables.len();
        self.statements_of(block);
        self.forget_from(visible);
    }

    /// Lowers the statements; declared variables stay visible.
    fn statements_of(&mut self, block: &'a Block) {
        let inner = self.scope.nested(block);
        let outer = std::mem::replace(&mut self.scope, inner);
        for statement in &block.statements {
            if self.dead {
                break;
            }
            self.statement(statement);
        }
        self.scope = outer;
    }

    fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Block(block) => self.block(block),
            Statement::Function(_) => {}
            Statement::Let(declaration) => self.let_(declaration),
            Statement::Assign(assignment) => {
                let values = self.values(&assignment.value);
                for (target, value) in assignment.targets.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            Statement::Expression(expression) => {
                self.values(expression);
            }
            Statement::If(conditional) => self.if_(conditional),
            Statement::Switch(switch) => self.switch(switch),
            Statement::For(repetition) => self.for_(repetition),
            Statement::Break(span) => self.jump_out(true, *span),
            Statement::Continue(span) => self.jump_out(false, *span),
            Statement::Leave(_) => {
                let visible = self.function.params().len() + self.function.results;
                let path = self.take_path(visible);
                self.leaves.extend(path);
            }
        }
    }

    fn let_(&mut self, declaration: &'a yul::Let) {
        let zero = self.function.word(U256::ZERO);
        let values = declaration
            .value
            .as_ref()
            .map(|value| self.values(value))
            .unwrap_or_default();
        for (at, variable) in declaration.variables.iter().enumerate() {
            self.declare(variable, values.get(at).copied().unwrap_or(zero));
        }
    }

    /// `break` or `continue`.
    fn jump_out(&mut self, is_break: bool, _: Span) {
        let Some(visible) = self.loops.last().map(|inner| inner.visible) else {
            return;
        };
        let path = self.take_path(visible);
        if let Some(inner) = self.loops.last_mut() {
            let paths = if is_break {
                &mut inner.breaks
            } else {
                &mut inner.continues
            };
            paths.extend(path);
        }
    }

    /// Branches on a condition; returns the blocks for the two outcomes.
    fn branch(&mut self, cond: Cond, lhs: Value, rhs: Value) -> (BlockId, BlockId) {
        let (yes, no) = (self.function.add_block(), self.function.add_block());
        self.terminate(Terminator::Branch {
            cond,
            lhs,
            rhs,
            yes: Edge::to(yes),
            no: Edge::to(no),
        });
        (yes, no)
    }

    fn branch_if(&mut self, condition: &'a yul::Expression) -> (BlockId, BlockId) {
        let value = self.value(condition);
        self.span = self.place(condition.span());
        let zero = self.function.word(U256::ZERO);
        self.branch(Cond::Ne, value, zero)
    }

    fn if_(&mut self, conditional: &'a If) {
        let (yes, no) = self.branch_if(&conditional.condition);
        let before = self.variables.clone();
        self.enter(yes, &before);
        self.block(&conditional.body);
        let mut paths = vec![(no, before.clone())];
        paths.extend(self.take_path(before.len()));
        self.merge(paths);
    }

    fn switch(&mut self, switch: &'a Switch) {
        let subject = self.value(&switch.subject);
        self.span = self.place(switch.subject.span());
        let before = self.variables.clone();
        let default = self.function.add_block();
        let mut targets: Vec<_> = switch
            .cases
            .iter()
            .map(|case| (case.value.value, self.function.add_block()))
            .collect();
        let bodies: Vec<_> = targets
            .iter()
            .map(|&(_, block)| block)
            .zip(&switch.cases)
            .collect();
        targets.sort_unstable_by_key(|&(value, _)| value);
        match halves(&targets) {
            Some(halves) => self.search_halves(subject, halves, default),
            None => self.search(subject, &targets, default),
        }
        let mut paths = Vec::new();
        for (block, case) in bodies {
            self.enter(block, &before);
            self.block(&case.body);
            paths.extend(self.take_path(before.len()));
        }
        self.enter(default, &before);
        if let Some(body) = &switch.default {
            self.block(body);
        }
        paths.extend(self.take_path(before.len()));
        self.merge(paths);
    }

    /// Binary search among the sorted cases.
    fn search(&mut self, subject: Value, cases: &[(U256, BlockId)], default: BlockId) {
        if cases.len() > LINEAR_CASES {
            let (low, high) = cases.split_at(cases.len() / 2);
            let pivot = self.function.word(high[0].0);
            let (below, above) = self.branch(Cond::Lt, subject, pivot);
            self.block = below;
            self.search(subject, low, default);
            self.block = above;
            return self.search(subject, high, default);
        }
        for &(value, target) in cases {
            let value = self.function.word(value);
            let next = self.function.add_block();
            let (yes, no) = (Edge::to(target), Edge::to(next));
            self.terminate(Terminator::Branch {
                cond: Cond::Eq,
                lhs: subject,
                rhs: value,
                yes,
                no,
            });
            self.block = next;
        }
        self.terminate(Terminator::Jump(Edge::to(default)));
    }

    /// Function selectors are compared in two halves: a whole one would need a word of the constant pool.
    fn search_halves(&mut self, subject: Value, cases: Vec<Halves>, default: BlockId) {
        let span = self.span;
        let (mask, shift) = (self.function.number(0xffff), self.function.number(16));
        let binary = |this: &mut Self, op, operand| {
            let block = this.block;
            this.function.binary(block, op, subject, operand, span)
        };
        let low = binary(self, Binary::And, mask);
        let high = binary(self, Binary::Shr, shift);
        let mut tests = Vec::new();
        for case in &cases {
            let test = self.function.add_block();
            let rhs = self.function.number(u64::from(case.high));
            self.function.block_mut(test).term = Terminator::Branch {
                cond: Cond::Eq,
                lhs: high,
                rhs,
                yes: Edge::to(case.target),
                no: Edge::to(default),
            };
            self.function.block_mut(test).span = span;
            tests.push((U256::from(case.low), test));
        }
        self.search(low, &tests, default);
    }

    fn for_(&mut self, repetition: &'a For) {
        let outside = self.variables.len();
        let inner = self.scope.nested(&repetition.init);
        let outer = std::mem::replace(&mut self.scope, inner);
        self.statements_of(&repetition.init);
        if !self.dead {
            self.repeat(repetition);
        }
        self.scope = outer;
        self.forget_from(outside);
    }

    fn repeat(&mut self, repetition: &'a For) {
        let visible = self.variables.len();
        let carried = self.carried_variables(repetition);
        let header = self.function.add_block();
        self.jump_to_header(header, &carried);
        for &at in &carried {
            self.variables[at] = self.function.add_param(header);
        }
        self.block = header;
        self.dead = false;
        let (body, exit) = self.branch_if(&repetition.condition);
        let at_exit = (exit, self.variables.clone());
        let at_body = self.variables.clone();
        self.loops.push(Loop {
            visible,
            breaks: vec![at_exit],
            continues: Vec::new(),
        });
        self.enter(body, &at_body);
        self.block(&repetition.body);
        let end = self.take_path(visible);
        let Some(Loop {
            breaks,
            mut continues,
            ..
        }) = self.loops.pop()
        else {
            return;
        };
        continues.extend(end);
        self.merge(continues);
        if !self.dead {
            self.block(&repetition.post);
        }
        if !self.dead {
            self.jump_to_header(header, &carried);
        }
        self.merge(breaks);
    }

    fn jump_to_header(&mut self, header: BlockId, carried: &[usize]) {
        let args = carried.iter().map(|&at| self.variables[at]).collect();
        self.terminate(Terminator::Jump(Edge {
            block: header,
            args,
        }));
    }

    /// Positions of the variables assigned inside the loop and declared before it.
    fn carried_variables(&self, repetition: &'a For) -> Vec<usize> {
        let mut positions = Vec::new();
        for block in [&repetition.body, &repetition.post] {
            self.collect_assigned(block, &mut positions);
        }
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    fn collect_assigned(&self, block: &Block, positions: &mut Vec<usize>) {
        for statement in &block.statements {
            match statement {
                Statement::Assign(assignment) => {
                    positions.extend(
                        assignment
                            .targets
                            .iter()
                            .filter_map(|ident| self.names.get(&ident.name)),
                    );
                }
                Statement::Block(block) => self.collect_assigned(block, positions),
                Statement::If(conditional) => self.collect_assigned(&conditional.body, positions),
                Statement::Switch(switch) => {
                    let cases = switch.cases.iter().map(|case| &case.body);
                    cases
                        .chain(&switch.default)
                        .for_each(|body| self.collect_assigned(body, positions));
                }
                Statement::For(inner) => {
                    let blocks = [&inner.init, &inner.post, &inner.body];
                    blocks
                        .into_iter()
                        .for_each(|block| self.collect_assigned(block, positions));
                }
                _ => {}
            }
        }
    }
}

/// A case by the halves of its 32 bits.
struct Halves {
    low: u16,
    high: u16,
    target: BlockId,
}

/// The cases in order of their low halves, if these differ and the constants are too large to be immediate.
fn halves(cases: &[(U256, BlockId)]) -> Option<Vec<Halves>> {
    let split = |&(value, target): &(U256, BlockId)| {
        let value = u32::try_from(value).ok()?;
        Some(Halves {
            low: (value & 0xffff) as u16,
            high: (value >> 16) as u16,
            target,
        })
    };
    let mut halves = cases.iter().map(split).collect::<Option<Vec<_>>>()?;
    halves.sort_unstable_by_key(|case| case.low);
    let distinct = halves.windows(2).all(|pair| pair[0].low != pair[1].low);
    let large = halves.iter().filter(|case| case.high > 0).count();
    (distinct && large > LINEAR_CASES).then_some(halves)
}
