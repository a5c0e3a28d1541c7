//! Keeps one of several functions that do the same, and makes one of several that differ in constants only.
//!
//! solc writes a function per type: an array of structs is read by the same code as one of words, an offset in calldata is
//! checked against one size or another. Equal ones become one. Where constants differ, they become parameters, if that saves
//! more than the arguments cost. Only after everything else has folded them is it known which constants matter.

use super::Pass;
use crate::builtin::Segment;
use crate::ir::{
    BlockId, Cfg, Cond, Constant, ExitKind, FuncId, Function, Inlining, Op, Program, Slot,
    Terminator, Value, ValueDef,
};
use std::collections::{BTreeMap, HashMap};

/// Most parameters that stand for constants.
const MOST_VARYING: usize = 3;
/// Instructions that a merger must save.
const WORTHWHILE: usize = 4;
/// Most parameters of a function that was given some: all travel in registers.
const MOST_PARAMETERS: usize = 8;

/// The pass.
pub(crate) struct MergeFunctions {
    /// Whether functions are merged that differ in constants.
    pub(crate) parameterise: bool,
}

impl Pass for MergeFunctions {
    fn name(&self) -> &'static str {
        if self.parameterise {
            "parameterise-functions"
        } else {
            "merge-functions"
        }
    }

    fn run(&self, program: &mut Program) {
        merge_equal(program);
        if self.parameterise {
            merge_similar(program);
        }
    }
}

/// A step of a function's description.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    Signature(Segment, usize, Inlining),
    Block(usize),
    Op(Op),
    /// A parameter or result, by the order of definitions.
    Value(usize),
    /// The next of the constants.
    Constant,
    Edge(usize),
    Jump,
    Branch(Cond),
    Leave,
    Exit(ExitKind),
    Forward(ExitKind, Slot),
    Construct,
    Panic,
    Unreachable,
}

/// A function without its constants, and those.
struct Description {
    shape: Vec<Token>,
    constants: Vec<Constant>,
}

impl Description {
    fn of(function: &Function) -> Self {
        let order = Cfg::new(function).order;
        let mut describer = Describer {
            function,
            blocks: vec![0; function.blocks.len()],
            values: vec![0; function.values.len()],
            description: Self {
                shape: Vec::new(),
                constants: Vec::new(),
            },
        };
        describer.number(&order);
        describer.shape(Token::Signature(
            function.segment,
            function.results,
            function.inlining,
        ));
        order.iter().for_each(|&block| describer.block(block));
        describer.description
    }
}

struct Describer<'a> {
    function: &'a Function,
    blocks: Vec<usize>,
    values: Vec<usize>,
    description: Description,
}

impl Describer<'_> {
    /// Numbers blocks and values in their order.
    fn number(&mut self, order: &[BlockId]) {
        let mut next = 0;
        for (at, &id) in order.iter().enumerate() {
            self.blocks[id.index()] = at;
            let block = self.function.block(id);
            let results = block.insts.iter();
            let results = results.flat_map(|&inst| &self.function.inst(inst).results);
            for value in block.params.iter().chain(results) {
                self.values[value.index()] = next;
                next += 1;
            }
        }
    }

    fn shape(&mut self, token: Token) {
        self.description.shape.push(token);
    }

    fn value(&mut self, value: Value) {
        let token = match self.function.as_constant(value) {
            Some(constant) => {
                self.description.constants.push(constant);
                Token::Constant
            }
            None => Token::Value(self.values[value.index()]),
        };
        self.shape(token);
    }

    fn block(&mut self, id: BlockId) {
        let block = self.function.block(id);
        self.shape(Token::Block(block.params.len()));
        for &inst in &block.insts {
            let inst = self.function.inst(inst);
            self.shape(Token::Op(inst.op));
            inst.args.iter().for_each(|&arg| self.value(arg));
        }
        self.terminator(&block.term);
    }

    fn terminator(&mut self, term: &Terminator) {
        let token = match *term {
            Terminator::Jump(_) => Token::Jump,
            Terminator::Branch { cond, .. } => Token::Branch(cond),
            Terminator::Leave(_) => Token::Leave,
            Terminator::Exit(kind, _) => Token::Exit(kind),
            Terminator::Forward(kind, slot) => Token::Forward(kind, slot),
            Terminator::Construct => Token::Construct,
            Terminator::Panic => Token::Panic,
            Terminator::Unreachable => Token::Unreachable,
        };
        self.shape(token);
        for edge in term.edges() {
            let block = self.blocks[edge.block.index()];
            self.shape(Token::Edge(block));
        }
        term.uses().into_iter().for_each(|value| self.value(value));
    }
}

/// Lets the first of equal functions stand for all of them, callees first, so that callers become equal too.
fn merge_equal(program: &mut Program) {
    let mut known: BTreeMap<(Vec<Token>, Vec<Constant>), FuncId> = BTreeMap::new();
    let mut same: HashMap<FuncId, FuncId> = HashMap::new();
    let roots: Vec<_> = program.roots().collect();
    for id in program.bottom_up() {
        redirect(program.function_mut(id), &same);
        if roots.contains(&id) {
            continue;
        }
        let Description { shape, constants } = Description::of(program.function(id));
        let first = *known.entry((shape, constants)).or_insert(id);
        if first != id {
            same.insert(id, first);
            forget_differences(program.function_mut(first));
        }
    }
    // Members of recursive groups come before some of what they call.
    for id in program.bottom_up() {
        redirect(program.function_mut(id), &same);
    }
}

/// What was known about the arguments of one function's calls need not hold for the other's, and the code belongs to no place
/// of the source any more.
fn forget_differences(function: &mut Function) {
    function.ranges.clear();
    function.insts.iter_mut().for_each(|inst| inst.span = 0);
    function.blocks.iter_mut().for_each(|block| block.span = 0);
}

/// Calls of functions become calls of what stands for them.
fn redirect(function: &mut Function, same: &HashMap<FuncId, FuncId>) {
    for inst in &mut function.insts {
        if let Op::Call(callee) = &mut inst.op
            && let Some(&first) = same.get(callee)
        {
            *callee = first;
        }
    }
}

/// Makes functions of one shape one, where that saves code.
fn merge_similar(program: &mut Program) {
    let roots: Vec<_> = program.roots().collect();
    let order = program.bottom_up();
    let sites = program.call_sites(&order);
    let mut families: BTreeMap<Vec<Token>, Vec<FuncId>> = BTreeMap::new();
    for &id in order.iter().filter(|id| !roots.contains(id)) {
        let shape = Description::of(program.function(id)).shape;
        families.entry(shape).or_default().push(id);
    }
    // The order of shapes depends on nothing but the program, yet callees had better come before callers.
    let mut families: Vec<_> = families.into_values().collect();
    families.sort_by_key(|family| order.iter().position(|id| *id == family[0]));
    for family in families.into_iter().filter(|family| family.len() > 1) {
        if let Some(family) = Family::of(program, &family) {
            family.merge(program, &sites);
        }
    }
}

/// Functions of one shape with their constants.
struct Family {
    members: Vec<(FuncId, Vec<Constant>)>,
}

impl Family {
    /// `None` if an earlier merger changed some of them.
    fn of(program: &Program, ids: &[FuncId]) -> Option<Self> {
        let describe = |&id: &FuncId| (id, Description::of(program.function(id)));
        let described: Vec<_> = ids.iter().map(describe).collect();
        let shape = &described.first()?.1.shape;
        let is_same = described.iter().all(|(_, other)| other.shape == *shape);
        let members = described.iter();
        let members = members.map(|(id, description)| (*id, description.constants.clone()));
        is_same.then(|| Self {
            members: members.collect(),
        })
    }

    fn merge(self, program: &mut Program, sites: &[usize]) {
        let columns = self.columns();
        let count = columns.iter().flatten().max().map_or(0, |last| last + 1);
        let first = self.members[0].0;
        let function = program.function(first);
        let calls: usize = self.members.iter().map(|(id, _)| sites[id.index()]).sum();
        let saved = function.size() * (self.members.len() - 1);
        let fits = (1..=MOST_VARYING).contains(&count)
            && function.params().len() + count <= MOST_PARAMETERS;
        if !fits || saved < calls * count + WORTHWHILE {
            return;
        }
        parameterise(program.function_mut(first), &columns, count);
        let arguments = self.arguments(&columns, count);
        for id in program.bottom_up() {
            pass_arguments(program.function_mut(id), first, &arguments);
        }
    }

    /// For each constant the number of the parameter that stands for it, if it varies. Constants that vary alike share one.
    fn columns(&self) -> Vec<Option<usize>> {
        let mut known: Vec<Vec<Constant>> = Vec::new();
        let length = self.members[0].1.len();
        let column = |at: usize| -> Vec<Constant> {
            self.members
                .iter()
                .map(|(_, constants)| constants[at])
                .collect()
        };
        let mut number = |column: Vec<Constant>| {
            if column.iter().all(|constant| *constant == column[0]) {
                return None;
            }
            let at = known.iter().position(|other| *other == column);
            Some(at.unwrap_or_else(|| {
                known.push(column);
                known.len() - 1
            }))
        };
        (0..length).map(|at| number(column(at))).collect()
    }

    /// The constants that each member's calls pass.
    fn arguments(
        &self,
        columns: &[Option<usize>],
        count: usize,
    ) -> BTreeMap<FuncId, Vec<Constant>> {
        let of = |constants: &Vec<Constant>| {
            let place = |number| columns.iter().position(|&column| column == Some(number));
            (0..count)
                .filter_map(place)
                .map(|at| constants[at])
                .collect()
        };
        let members = self.members.iter();
        members
            .map(|(id, constants)| (*id, of(constants)))
            .collect()
    }
}

/// Replaces the varying constants by new parameters.
fn parameterise(function: &mut Function, columns: &[Option<usize>], count: usize) {
    let order = Cfg::new(function).order;
    let params: Vec<_> = (0..count)
        .map(|_| function.add_param(Function::ENTRY))
        .collect();
    forget_differences(function);
    let mut columns = columns.iter();
    let values = function.values.clone();
    let mut replace = |value: &mut Value| {
        if let ValueDef::Constant(_) = values[value.index()]
            && let Some(&Some(number)) = columns.next()
        {
            *value = params[number];
        }
    };
    for id in order {
        for inst in function.block(id).insts.clone() {
            function
                .inst_mut(inst)
                .args
                .iter_mut()
                .for_each(&mut replace);
        }
        function.block_mut(id).term.for_each_use(&mut replace);
    }
}

/// Calls of the members become calls of the first, with the constants of the member.
fn pass_arguments(
    function: &mut Function,
    first: FuncId,
    arguments: &BTreeMap<FuncId, Vec<Constant>>,
) {
    let blocks = function.blocks.iter();
    let ids: Vec<_> = blocks.flat_map(|block| block.insts.clone()).collect();
    for id in ids {
        let Op::Call(callee) = function.inst(id).op else {
            continue;
        };
        let Some(constants) = arguments.get(&callee) else {
            continue;
        };
        for &constant in constants {
            let value = function.constant(constant);
            function.inst_mut(id).args.push(value);
        }
        function.inst_mut(id).op = Op::Call(first);
    }
}
