//! Emission: allocated code becomes machine instructions, laid out with the entry stub and the constant pool.

mod dead_moves;
mod entry;
mod external;
mod inst;
mod joins;
mod moves;
mod tails;

use super::frame::{self, Chain, Frame};
use super::places::Places;
use super::select::{self, Own, Signature};
use super::slots::Slots;
use super::vcode::{Action, REGISTER_ARGUMENTS, VCode, allocatable};
use super::{allocate, conventions, frequency, layout};
use crate::ir::{Cfg, FuncId, Program};
use crate::yul::RangeId;
use alloy_primitives::U256;
use regalloc2::{Block, Edit, Inst, InstOrEdit, Output};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use thiserror::Error;
use zksso_eravm::{
    Address, Bytecode, CodeBuilder, Condition, Instruction, MAX_INSTRUCTIONS, Op, PoolIndex, Reg,
    RetKind, Src,
};

/// Why a program has no bytecode.
#[derive(Debug, Error)]
pub(crate) enum AssembleError {
    /// The program counter has 16 bits.
    #[error("the code has {0} instructions, but at most {MAX_INSTRUCTIONS} are addressable")]
    TooManyInstructions(usize),
    /// Nesting of calls.
    #[error("calls nest {} stack words deep, but only 65535 are addressable", .0.words)]
    StackTooDeep(Chain),
    /// A defect of this crate, reported instead of wrong code.
    #[error("register allocation failed: {0}")]
    Allocation(String),
    /// Encoding or size limits of the bytecode.
    #[error(transparent)]
    Encoding(#[from] zksso_eravm::Error),
}

/// A finished bytecode and where unlinked library addresses go.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// The code.
    pub(crate) bytecode: Bytecode,
    /// Pool entries of libraries, by library number.
    pub(crate) libraries: BTreeMap<u32, PoolIndex>,
    /// Instructions, each with its place in the source.
    pub(crate) instructions: Vec<(Instruction, Option<RangeId>)>,
}

/// A function after register allocation.
pub(super) struct Allocated {
    id: FuncId,
    code: VCode,
    output: Output,
    frame: Frame,
    /// How often each block runs.
    weights: Vec<u64>,
}

impl Allocated {
    /// The instruction that a block consists of, if there is one only and no move.
    fn only_instruction(&self, block: Block) -> Option<Inst> {
        let mut items = self.output.block_insts_and_edits(&self.code, block);
        match (items.next(), items.next()) {
            (Some(InstOrEdit::Inst(inst)), None) => Some(inst),
            _ => None,
        }
    }
}

/// A place that jumps refer to: function (by emission order) and block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Label(usize, usize);

/// Label of a revert without data.
const FAILURE: Label = Label(usize::MAX, usize::MAX);

/// Writes the functions one after the other.
pub(super) struct Emitter<'a> {
    program: &'a Program,
    pub(super) slots: &'a Slots,
    code: Vec<Instruction>,
    /// Places in the source, one for each instruction.
    sources: Vec<Option<RangeId>>,
    /// Place of the instructions being written.
    source: Option<RangeId>,
    pool: CodeBuilder,
    /// Frame of the function being written.
    pub(super) frame: Frame,
    limit: Option<u16>,
    /// What registers and frame hold.
    pub(super) places: Places,
    current: usize,
    /// Where the block being written begins.
    block_start: usize,
    /// Blocks of the current function that need no code: where each leads.
    forward: Vec<Block>,
    /// Blocks of the current function that are still to be written, the next one last.
    following: Vec<Block>,
    numbers: Vec<usize>,
    labels: BTreeMap<Label, usize>,
    fixups: Vec<(usize, Label)>,
    libraries: BTreeMap<u32, PoolIndex>,
    /// Blocks that their only predecessor replaced by a conditional return.
    absorbed: BTreeSet<Label>,
    /// Final blocks by content, for look-up only.
    endings: HashMap<Ending, Label>,
    error: Option<AssembleError>,
}

/// Instructions of a final block and the targets of its jumps.
type Ending = (Vec<Instruction>, Vec<(usize, Label)>);

/// Turns a program into bytecode.
///
/// # Errors
///
/// See [`AssembleError`].
pub(crate) fn assemble(program: &Program) -> Result<Assembled, AssembleError> {
    let order = emission_order(program);
    let mut allocated = allocate_functions(program)?;
    let functions: Vec<_> = order.iter().filter_map(|id| allocated.remove(id)).collect();
    let slots = Slots::new(program, overflow_arguments(program, &order));
    let mut frames = vec![None; program.functions.len()];
    let mut numbers = vec![0; program.functions.len()];
    for (number, function) in functions.iter().enumerate() {
        frames[function.id.index()] = Some(function.frame);
        numbers[function.id.index()] = number;
    }
    let limits =
        frame::limits(program, &frames, slots.len()).map_err(AssembleError::StackTooDeep)?;
    let mut emitter = Emitter::new(program, &slots, numbers);
    emitter.entry_stub();
    for (number, function) in functions.iter().enumerate() {
        emitter.function(number, function, limits[function.id.index()]);
    }
    emitter.finish()
}

/// Runtime root (the entry stub falls into it), deployment root, then callees before callers.
fn emission_order(program: &Program) -> Vec<FuncId> {
    let roots: Vec<_> = program.runtime.into_iter().chain(program.deploy).collect();
    let rest = program
        .bottom_up()
        .into_iter()
        .filter(|id| !roots.contains(id));
    roots.iter().copied().chain(rest).collect()
}

/// Callees first, so that calls wipe only what the callee writes. Recursive calls wipe everything.
fn allocate_functions(program: &Program) -> Result<BTreeMap<FuncId, Allocated>, AssembleError> {
    let mut signatures: Vec<_> = conventions::choose(program)
        .into_iter()
        .map(|convention| Signature {
            convention,
            wiped: allocatable(),
        })
        .collect();
    let mut allocated = BTreeMap::new();
    for id in program.bottom_up() {
        let function = allocate_function(program, id, &signatures)?;
        signatures[id.index()].wiped = allocate::written(&function.code, &function.output);
        allocated.insert(id, function);
    }
    Ok(allocated)
}

fn allocate_function(
    program: &Program,
    id: FuncId,
    signatures: &[Signature],
) -> Result<Allocated, AssembleError> {
    let function = program.function(id);
    let own = Own {
        is_root: program.roots().any(|root| root == id),
        convention: &signatures[id.index()].convention,
    };
    let order = layout::order(function);
    let code = select::select(function, &order, own, signatures);
    let weights = frequency::weights(function, &Cfg::new(function));
    let weights: Vec<_> = order.iter().map(|block| weights[block.index()]).collect();
    let output = allocate::allocate(&code, &weights).map_err(AssembleError::Allocation)?;
    let frame = Frame::new(&code, &output);
    Ok(Allocated {
        id,
        code,
        output,
        frame,
        weights,
    })
}

fn overflow_arguments(program: &Program, order: &[FuncId]) -> usize {
    let widest = order
        .iter()
        .map(|&id| program.function(id))
        .map(|f| f.params().len().max(f.results))
        .max();
    widest.unwrap_or(0).saturating_sub(REGISTER_ARGUMENTS)
}

impl<'a> Emitter<'a> {
    fn new(program: &'a Program, slots: &'a Slots, numbers: Vec<usize>) -> Self {
        Self {
            program,
            slots,
            code: Vec::new(),
            sources: Vec::new(),
            source: None,
            pool: CodeBuilder::new(),
            frame: Frame::EMPTY,
            limit: None,
            places: Places::default(),
            current: 0,
            block_start: 0,
            forward: Vec::new(),
            following: Vec::new(),
            numbers,
            labels: BTreeMap::new(),
            fixups: Vec::new(),
            libraries: BTreeMap::new(),
            absorbed: BTreeSet::new(),
            endings: HashMap::new(),
            error: None,
        }
    }

    /// Appends an instruction, unless it is a move of what is there already.
    pub(super) fn push(&mut self, instruction: impl Into<Instruction>) {
        let instruction = instruction.into();
        if !self.places.is_idle(&instruction) {
            self.places.follow(&instruction);
            self.code.push(instruction);
            self.sources.push(self.source);
        }
    }

    /// Index of an instruction `ahead` of the next one.
    pub(super) fn here(&self, ahead: usize) -> u16 {
        // Too long a code is refused at the end, whatever was written into it.
        u16::try_from(self.code.len() + ahead).unwrap_or(u16::MAX)
    }

    /// Appends a jump (link included) whose target is filled in later.
    pub(super) fn push_jump(&mut self, instruction: impl Into<Instruction>, label: Label) {
        self.fixups.push((self.code.len(), label));
        self.push(instruction);
    }

    /// Makes the next instruction, a call of another contract, go on at a revert without data if it fails.
    pub(super) fn at_failure(&mut self) -> u16 {
        self.fixups.push((self.code.len(), FAILURE));
        0
    }

    /// A pool operand.
    pub(super) fn pool(&mut self, word: U256) -> Src {
        let index = self.pool.constant(word);
        self.pool_operand(index)
    }

    /// A pool operand of its own for an unlinked library address.
    pub(super) fn library(&mut self, library: u32) -> Src {
        let index = match self.libraries.get(&library) {
            Some(&index) => Ok(index),
            None => self.pool.reserve(U256::ZERO),
        };
        if let Ok(index) = index {
            self.libraries.insert(library, index);
        }
        self.pool_operand(index)
    }

    fn pool_operand(&mut self, index: zksso_eravm::Result<PoolIndex>) -> Src {
        match index {
            Ok(index) => Src::Code(Address::at(index.offset())),
            Err(error) => {
                self.error.get_or_insert(error.into());
                Src::Reg(Reg::R0)
            }
        }
    }

    /// The label of a called function.
    pub(super) fn function_label(&self, id: FuncId) -> Label {
        Label(self.numbers[id.index()], 0)
    }

    /// The label of a block of the current function, or of where it only jumps to.
    pub(super) fn block_label(&self, block: Block) -> Label {
        Label(self.current, self.final_target(block).index())
    }

    /// Where control goes on at once when it reaches the block.
    fn final_target(&self, block: Block) -> Block {
        self.forward.get(block.index()).copied().unwrap_or(block)
    }

    /// Whether the label is that of exactly this block.
    pub(super) fn is_block(&self, label: Label, block: Block) -> bool {
        label == Label(self.current, block.index())
    }

    /// Whether the target follows at once, not counting blocks that are not written.
    pub(super) fn is_next(&self, target: Block) -> bool {
        let target = self.block_label(target);
        for &block in self.following.iter().rev() {
            if self.is_block(target, block) {
                return true;
            }
            if !self.is_omitted(block) {
                break;
            }
        }
        false
    }

    /// Where the code of a block is, if it is there already.
    pub(super) fn written_at(&self, block: Block) -> Option<usize> {
        self.labels.get(&self.block_label(block)).copied()
    }

    /// Whether nothing is written for a block.
    pub(super) fn is_omitted(&self, block: Block) -> bool {
        self.final_target(block) != block || self.absorbed.contains(&self.block_label(block))
    }

    fn function(&mut self, number: usize, function: &Allocated, limit: Option<u16>) {
        self.current = number;
        self.frame = function.frame;
        self.limit = limit;
        self.forward = forward(function);
        let mut ends: Vec<Option<Places>> = vec![None; function.code.blocks.len()];
        self.following = layout::emission(&function.code, &function.weights, &self.forward);
        self.following.reverse();
        while let Some(block) = self.following.pop() {
            let here = &function.code.blocks[block.index()];
            self.enter(&here.preds, &ends);
            if !self.is_omitted(block) {
                let (start, label) = (self.code.len(), self.block_label(block));
                self.labels.insert(label, start);
                self.block(function, block);
                if here.succs.is_empty() {
                    self.share(start, label);
                }
            }
            ends[block.index()] = Some(self.places.clone());
        }
    }

    /// Takes over what is known at the ends of all predecessors, unless one of them is still to be written.
    fn enter(&mut self, preds: &[Block], ends: &[Option<Places>]) {
        let known: Option<Vec<_>> = preds
            .iter()
            .map(|pred| ends[pred.index()].as_ref())
            .collect();
        match known.as_deref() {
            Some([first, rest @ ..]) => {
                let first = (*first).clone().after(&self.places);
                self.places = rest.iter().fold(first, |met, end| met.meet(end));
            }
            _ => self.places.forget(),
        }
    }

    /// Replaces a block that ends the contract or function by an equal one written before. What instructions do depends on
    /// the machine's state alone, so it does not matter which function the other one belongs to.
    fn share(&mut self, start: usize, label: Label) {
        let fixups = self.fixups.partition_point(|&(at, _)| at < start);
        let targets = self.fixups[fixups..]
            .iter()
            .map(|&(at, target)| (at - start, target))
            .collect();
        let known = match self.endings.entry((self.code[start..].to_vec(), targets)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                new.insert(label);
                return;
            }
        };
        let is_entered = start
            .checked_sub(1)
            .is_some_and(|before| continues(&self.code[before]));
        if is_entered && self.code.len() == start + 1 {
            return;
        }
        let target = self.labels.get(&known).copied().unwrap_or(start);
        for at in start..self.code.len() {
            self.sources[target + at - start] =
                tails::common(self.sources[target + at - start], self.sources[at]);
        }
        self.code.truncate(start);
        self.sources.truncate(start);
        self.fixups.truncate(fixups);
        self.labels.insert(label, target);
        if is_entered {
            self.push_jump(Op::jump(Src::Imm(0)), known);
        }
    }

    fn block(&mut self, function: &Allocated, block: Block) {
        self.block_start = self.code.len();
        let mut moves = Vec::new();
        for item in function.output.block_insts_and_edits(&function.code, block) {
            match item {
                InstOrEdit::Edit(&Edit::Move { from, to }) => moves.push((from, to)),
                InstOrEdit::Inst(inst) => {
                    self.source = self.place_of(function, inst);
                    self.moves(&std::mem::take(&mut moves));
                    self.instruction(function, block, inst);
                }
            }
        }
    }

    /// Where an instruction comes from. Outside of the roots, the place of the whole contract says less than the way that led
    /// here.
    fn place_of(&self, function: &Allocated, inst: Inst) -> Option<RangeId> {
        let span = function.code.insts[inst.index()].span;
        let locations = &self.program.locations;
        let is_root = self.program.roots().any(|root| root == function.id);
        locations
            .at(span)
            .filter(|_| is_root || !locations.is_vague(span))
    }

    fn instruction(&mut self, function: &Allocated, block: Block, inst: Inst) {
        let vinst = &function.code.insts[inst.index()];
        let place = inst::Place::new(function, block, inst);
        match vinst.action {
            Action::Op(op) => self.operation(op, &place),
            action => self.control(action, &place),
        }
    }

    /// Writes the revert that failing calls go on at, if there are such.
    fn failure(&mut self) {
        if self.fixups.iter().any(|&(_, label)| label == FAILURE) {
            self.labels.insert(FAILURE, self.code.len());
            self.source = None;
            self.push(Op::Ret {
                kind: RetKind::Revert,
                data: Reg::R0,
                label: None,
            });
        }
    }

    fn finish(mut self) -> Result<Assembled, AssembleError> {
        self.failure();
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.code.len() > MAX_INSTRUCTIONS {
            return Err(AssembleError::TooManyInstructions(self.code.len()));
        }
        let mut code = tails::merge(tails::Code {
            instructions: self.code,
            sources: self.sources,
            labels: self.labels,
            fixups: self.fixups.into_iter().collect(),
        });
        tails::thread(&mut code);
        tails::leave_at_once(&mut code);
        let mut code = tails::drop_unreachable(joins::merge(dead_moves::drop(code)));
        for (at, label) in &code.fixups {
            let target = code
                .labels
                .get(label)
                .and_then(|&target| u16::try_from(target).ok())
                .unwrap_or(u16::MAX);
            match &mut code.instructions[*at].op {
                Op::Jump {
                    target: operand, ..
                } => *operand = Src::Imm(target),
                Op::FarCall { handler, .. } => *handler = target,
                _ => {}
            }
        }
        code.instructions.iter().for_each(|&instruction| {
            self.pool.push(instruction);
        });
        Ok(Assembled {
            bytecode: self.pool.finish()?,
            libraries: self.libraries,
            instructions: code.instructions.into_iter().zip(code.sources).collect(),
        })
    }
}

/// For each block the first one on its way that has code: blocks made for moves often need none.
fn forward(function: &Allocated) -> Vec<Block> {
    let blocks = &function.code.blocks;
    let next = |block: Block| {
        let inst = function.only_instruction(block)?;
        let is_jump = function.code.insts[inst.index()].action == Action::Jump;
        is_jump.then(|| blocks[block.index()].succs.first().copied())?
    };
    let follow = |start: Block| {
        let mut block = start;
        for _ in 0..blocks.len() {
            match next(block) {
                // A loop of empty blocks keeps them all.
                Some(target) if target == start => return start,
                Some(target) => block = target,
                None => break,
            }
        }
        block
    };
    (0..blocks.len())
        .map(|block| follow(Block::new(block)))
        .collect()
}

/// Whether control may go on behind an instruction.
fn continues(instruction: &Instruction) -> bool {
    let leaves = match instruction.op {
        Op::Jump { link, .. } => link.is_zero(),
        Op::Ret { .. } | Op::Panic { .. } | Op::Invalid => true,
        _ => false,
    };
    !leaves || instruction.condition != Condition::Always
}
