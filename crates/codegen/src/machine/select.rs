//! Instruction selection: IR operations become instructions with operand constraints.
//!
//! Almost every operand may sit in a register or in the frame, because the machine reads and writes its stack for free.
//! Only operations whose encoding knows registers alone (memory, storage, context, calls) ask for one. Constants are not
//! registers at all; emission finds the cheapest form (r0, immediate, pool) unless a fixed register or a block argument
//! needs them, for which a copy is made here.

use super::conventions::Convention;
use super::flags::{self, Flags};
use super::vcode::{
    Action, Arg, LINK, REGISTER_ARGUMENTS, VBlock, VCode, VInst, allocatable, preg,
};
use super::walk;
use crate::ir::{
    Binary, BlockId, CallKind, Cfg, Constant, FarCall, FuncId, Function, Inst, Op, Slot,
    Terminator, Value, ValueDef,
};
use regalloc2::{
    Block, InstRange, Operand, OperandConstraint, OperandKind, OperandPos, PReg, PRegSet, RegClass,
    VReg,
};
use std::collections::HashMap;

/// Selects instructions for a function whose blocks are laid out in `order`, the entry first. Conditional branches must
/// lead to blocks without other predecessors and pass no arguments.
///
/// `signatures` are those of all functions, by index.
pub(super) fn select(
    function: &Function,
    order: &[BlockId],
    own: Own<'_>,
    signatures: &[Signature],
) -> VCode {
    let mut selector = Selector::new(function, order, own, signatures);
    for &block in order {
        selector.block(block);
    }
    selector.finish()
}

/// What callers have to know of a function.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    /// Where arguments and results travel.
    pub(super) convention: Convention,
    /// Registers that the function changes.
    pub(super) wiped: PRegSet,
}

/// What selection has to know of the function itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'a> {
    /// Whether nothing calls it.
    pub(super) is_root: bool,
    /// Where its arguments and results travel.
    pub(super) convention: &'a Convention,
}

struct Selector<'a> {
    function: &'a Function,
    own: Own<'a>,
    signatures: &'a [Signature],
    position: HashMap<BlockId, Block>,
    cfg: Cfg,
    vregs: Vec<Option<VReg>>,
    next: usize,
    link: Option<VReg>,
    used: Vec<bool>,
    insts: Vec<VInst>,
    blocks: Vec<VBlock>,
    /// Place of the instructions being selected.
    span: u32,
}

/// An instruction under construction.
struct Draft {
    action: Action,
    sources: Vec<Arg>,
    results: Vec<Option<usize>>,
    operands: Vec<Operand>,
    clobbers: PRegSet,
}

impl Draft {
    fn new(action: Action) -> Self {
        Self {
            action,
            sources: Vec::new(),
            results: Vec::new(),
            operands: Vec::new(),
            clobbers: PRegSet::empty(),
        }
    }

    fn add(
        &mut self,
        vreg: VReg,
        constraint: OperandConstraint,
        kind: OperandKind,
        pos: OperandPos,
    ) -> usize {
        self.operands
            .push(Operand::new(vreg, constraint, kind, pos));
        self.operands.len() - 1
    }

    fn source(&mut self, vreg: VReg, constraint: OperandConstraint, pos: OperandPos) {
        let operand = self.add(vreg, constraint, OperandKind::Use, pos);
        self.sources.push(Arg::Operand(operand));
    }

    fn result(&mut self, vreg: VReg, constraint: OperandConstraint) {
        let operand = self.add(vreg, constraint, OperandKind::Def, OperandPos::Late);
        self.results.push(Some(operand));
    }
}

const ANY: OperandConstraint = OperandConstraint::Any;
const REG: OperandConstraint = OperandConstraint::Reg;

impl<'a> Selector<'a> {
    fn new(
        function: &'a Function,
        order: &[BlockId],
        own: Own<'a>,
        signatures: &'a [Signature],
    ) -> Self {
        let position = order
            .iter()
            .enumerate()
            .map(|(at, &block)| (block, Block::new(at)))
            .collect();
        Self {
            function,
            own,
            signatures,
            position,
            cfg: Cfg::new(function),
            vregs: vec![None; function.values.len()],
            next: 0,
            link: None,
            used: used_values(function),
            insts: Vec::new(),
            blocks: Vec::new(),
            span: 0,
        }
    }

    fn finish(self) -> VCode {
        VCode {
            insts: self.insts,
            blocks: self.blocks,
            vregs: self.next,
        }
    }

    fn fresh(&mut self) -> VReg {
        self.next += 1;
        VReg::new(self.next - 1, RegClass::Int)
    }

    fn vreg(&mut self, value: Value) -> VReg {
        if let Some(vreg) = self.vregs[value.index()] {
            return vreg;
        }
        let vreg = self.fresh();
        self.vregs[value.index()] = Some(vreg);
        vreg
    }

    /// A register for the value; constants are copied into a new one.
    fn materialise(&mut self, value: Value) -> VReg {
        match self.function.values[value.index()] {
            ValueDef::Constant(constant) => {
                let vreg = self.fresh();
                let mut draft = Draft::new(Action::Op(Op::Copy));
                draft.sources.push(Arg::Constant(constant));
                draft.result(vreg, ANY);
                self.push(draft);
                vreg
            }
            _ => self.vreg(value),
        }
    }

    fn push(&mut self, draft: Draft) {
        let Draft {
            action,
            sources,
            results,
            operands,
            clobbers,
        } = draft;
        self.insts.push(VInst {
            action,
            sources,
            results,
            operands,
            clobbers,
            span: self.span,
        });
    }

    fn constant(&self, value: Value) -> Option<Constant> {
        self.function.as_constant(value)
    }

    /// Where the operands of arithmetic may be. One of them must be a register in the end; next to a constant other than
    /// zero, which is none, it had better be the value, whose register later uses can share.
    fn beside(&self, args: &[Value]) -> OperandConstraint {
        let is_word = |arg: &Value| {
            self.function
                .as_word(*arg)
                .is_some_and(|word| !word.is_zero())
        };
        if args.iter().any(is_word) { REG } else { ANY }
    }

    /// Reads a value in any place the constraint admits; constants stay constants.
    fn read(&mut self, draft: &mut Draft, value: Value, constraint: OperandConstraint) {
        self.read_at(draft, value, constraint, OperandPos::Early);
    }

    fn read_at(
        &mut self,
        draft: &mut Draft,
        value: Value,
        constraint: OperandConstraint,
        pos: OperandPos,
    ) {
        match self.constant(value) {
            Some(constant) => draft.sources.push(Arg::Constant(constant)),
            None => {
                let vreg = self.vreg(value);
                draft.source(vreg, constraint, pos);
            }
        }
    }

    fn write(&mut self, draft: &mut Draft, value: Value, constraint: OperandConstraint) {
        if self.used[value.index()] {
            let vreg = self.vreg(value);
            draft.result(vreg, constraint);
        } else {
            draft.results.push(None);
        }
    }

    fn block(&mut self, id: BlockId) {
        let start = self.insts.len();
        let block = self.function.block(id);
        let is_entry = id == Function::ENTRY;
        let spans = block
            .insts
            .iter()
            .map(|&inst| self.function.inst(inst).span);
        let mut spans = spans.chain([block.span]).filter(|&span| span != 0);
        let last = spans.clone().next_back().unwrap_or(0);
        if is_entry {
            self.span = spans.next().unwrap_or(0);
            self.entry();
        }
        let flags = flags::provider(self.function, block);
        let is_last = |inst: &crate::ir::InstId| flags.map(|flags| flags.inst) == Some(*inst);
        let mut done: Vec<_> = block.insts.iter().map(is_last).collect();
        let low = flags.and_then(|flags| flags::low_product(self.function, block, flags.inst));
        low.into_iter().for_each(|at| done[at] = true);
        for at in 0..block.insts.len() {
            if !done[at] {
                self.instruction(&block.insts[at..], &mut done[at..]);
            }
        }
        if let Some(flags) = flags {
            self.flag_arithmetic(flags, low.map(|at| block.insts[at]));
        }
        self.span = last;
        let args = self.terminator(&block.term, flags);
        let params = if is_entry {
            Vec::new()
        } else {
            block.params.clone()
        };
        let params = params.into_iter().map(|param| self.vreg(param)).collect();
        let succs = block
            .term
            .edges()
            .iter()
            .map(|edge| self.position[&edge.block])
            .collect();
        let preds = self.cfg.preds[id.index()]
            .iter()
            .map(|pred| self.position[pred])
            .collect();
        let range = InstRange::new(
            regalloc2::Inst::new(start),
            regalloc2::Inst::new(self.insts.len()),
        );
        self.blocks.push(VBlock {
            range,
            params,
            succs,
            preds,
            args,
        });
    }

    fn entry(&mut self) {
        let mut draft = Draft::new(Action::Entry);
        let params = self.function.params();
        for (at, &param) in params.iter().take(REGISTER_ARGUMENTS).enumerate() {
            let register = self.own.convention.params[at];
            self.write(&mut draft, param, OperandConstraint::FixedReg(register));
        }
        if !self.own.is_root {
            let link = self.fresh();
            draft.result(link, OperandConstraint::FixedReg(preg(LINK)));
            self.link = Some(link);
        }
        self.push(draft);
        for (at, &param) in params.iter().enumerate().skip(REGISTER_ARGUMENTS) {
            self.load_argument(at, param);
        }
    }

    fn load_argument(&mut self, number: usize, value: Value) {
        if self.used[value.index()] {
            let mut draft = Draft::new(Action::Op(Op::SlotLoad(argument_slot(number))));
            self.write(&mut draft, value, ANY);
            self.push(draft);
        }
    }

    fn store_argument(&mut self, number: usize, value: Value) {
        let mut draft = Draft::new(Action::Op(Op::SlotStore(argument_slot(number))));
        self.read(&mut draft, value, ANY);
        self.push(draft);
    }

    /// Arithmetic whose flags the branch at the end of the block tests. A high product comes with the low one.
    fn flag_arithmetic(&mut self, flags: Flags, low: Option<crate::ir::InstId>) {
        let inst = self.function.inst(flags.inst);
        self.span = inst.span;
        let mut draft = Draft::new(Action::Flags(flags.op));
        let sources = self.beside(&inst.args);
        self.read(&mut draft, inst.args[0], sources);
        match flags.rhs {
            Some(word) => draft.sources.push(Arg::Constant(Constant::Word(word))),
            None => self.read(&mut draft, inst.args[1], sources),
        }
        match (flags.op, low) {
            (Binary::MulHigh, Some(low)) => {
                self.write(&mut draft, self.function.inst(low).results[0], ANY);
                self.write(&mut draft, inst.results[0], REG);
            }
            (Binary::MulHigh, None) => {
                draft.results.push(None);
                self.write(&mut draft, inst.results[0], REG);
            }
            _ => self.write(&mut draft, inst.results[0], ANY),
        }
        self.push(draft);
    }

    /// Selects the first of `rest`, possibly together with a later one.
    fn instruction(&mut self, rest: &[crate::ir::InstId], done: &mut [bool]) {
        let inst = self.function.inst(rest[0]);
        self.span = inst.span;
        let wide = |op: Op| {
            matches!(
                op,
                Op::Binary(Binary::Mul | Binary::MulHigh | Binary::Div | Binary::Mod)
            )
        };
        let partners = if wide(inst.op) { 1..rest.len() } else { 0..0 };
        for at in partners {
            if !done[at] && self.pair(inst, self.function.inst(rest[at])) {
                done[at] = true;
                return;
            }
        }
        if let Some(at) = walk::partner(self.function, rest, done) {
            done[at] = true;
            let (access, next) = match inst.op {
                Op::Binary(_) => (self.function.inst(rest[at]), inst),
                _ => (inst, self.function.inst(rest[at])),
            };
            return self.access_and_advance(access, next);
        }
        match inst.op {
            Op::Call(callee) => self.call(inst, callee),
            Op::FarCall(call) => self.far_call(inst, call),
            Op::CopyPointerWords(_) => self.copy_words(inst, 1),
            Op::CopyHeapWords => self.copy_words(inst, 2),
            _ => self.simple(inst),
        }
    }

    /// Product or quotient and remainder of the same operands come from one instruction.
    fn pair(&mut self, first: &Inst, second: &Inst) -> bool {
        if first.args != second.args {
            return false;
        }
        let (action, swapped) = match (first.op, second.op) {
            (Op::Binary(Binary::Mul), Op::Binary(Binary::MulHigh)) => (Action::WideMul, false),
            (Op::Binary(Binary::MulHigh), Op::Binary(Binary::Mul)) => (Action::WideMul, true),
            (Op::Binary(Binary::Div), Op::Binary(Binary::Mod)) => (Action::DivMod, false),
            (Op::Binary(Binary::Mod), Op::Binary(Binary::Div)) => (Action::DivMod, true),
            _ => return false,
        };
        let (low, high) = if swapped {
            (second, first)
        } else {
            (first, second)
        };
        let mut draft = Draft::new(action);
        for &arg in &first.args {
            self.read(&mut draft, arg, ANY);
        }
        self.write(&mut draft, low.results[0], ANY);
        self.write(&mut draft, high.results[0], REG);
        self.push(draft);
        true
    }

    /// A heap access that also gives the address of the next word.
    fn access_and_advance(&mut self, access: &Inst, next: &Inst) {
        let mut draft = Draft::new(match access.op {
            Op::Load(_) => Action::LoadNext,
            _ => Action::StoreNext,
        });
        for &arg in &access.args {
            self.read(&mut draft, arg, REG);
        }
        for &result in access.results.iter().chain(&next.results) {
            self.write(&mut draft, result, REG);
        }
        self.push(draft);
    }

    fn simple(&mut self, inst: &Inst) {
        if let Op::Select(_) = inst.op
            && self.constant(inst.args[3]).is_none()
        {
            return self.select_in_place(inst);
        }
        if let Op::BinaryIf(..) = inst.op {
            return self.arithmetic_if(inst);
        }
        let mut draft = Draft::new(Action::Op(inst.op));
        let (mut sources, result) = constraints(inst.op);
        if matches!(inst.op, Op::Binary(_) | Op::Compare(_)) {
            sources = self.beside(&inst.args);
        }
        for (at, &arg) in inst.args.iter().enumerate() {
            // A selected value is written before the alternative is read.
            let late = matches!(inst.op, Op::Select(_)) && at == 2;
            let pos = if late {
                OperandPos::Late
            } else {
                OperandPos::Early
            };
            self.read_at(&mut draft, arg, sources, pos);
        }
        for &value in &inst.results {
            self.write(&mut draft, value, result);
        }
        self.push(draft);
    }

    /// The alternative already sits in the result's register; the chosen value is moved over it.
    fn select_in_place(&mut self, inst: &Inst) {
        let mut draft = Draft::new(Action::Op(inst.op));
        self.read(&mut draft, inst.args[0], ANY);
        self.read(&mut draft, inst.args[1], ANY);
        self.read_at(&mut draft, inst.args[2], ANY, OperandPos::Late);
        let operand = draft.operands.len();
        self.read(&mut draft, inst.args[3], REG);
        self.write(
            &mut draft,
            inst.results[0],
            OperandConstraint::Reuse(operand),
        );
        self.push(draft);
    }

    /// The alternative sits in the result's register, or is put there; arithmetic under a condition writes over it. Where that
    /// reads the alternative, it reads the result's register.
    fn arithmetic_if(&mut self, inst: &Inst) {
        let mut draft = Draft::new(Action::Op(inst.op));
        let other = inst.args[4];
        self.read(&mut draft, inst.args[0], ANY);
        self.read(&mut draft, inst.args[1], ANY);
        let (reused, is_constant) = (draft.operands.len(), self.constant(other).is_some());
        self.read(&mut draft, other, REG);
        let result = match is_constant {
            true => REG,
            false => OperandConstraint::Reuse(reused),
        };
        let written = draft.operands.len();
        let vreg = self.vreg(inst.results[0]);
        draft.result(vreg, result);
        for &arg in &inst.args[2..4] {
            if arg == other && !is_constant {
                draft.sources.push(Arg::Operand(written));
            } else {
                self.read_at(&mut draft, arg, ANY, OperandPos::Late);
            }
        }
        self.push(draft);
    }

    /// The first `moving` operands are advanced in place; the end is read until the loop is over.
    fn copy_words(&mut self, inst: &Inst, moving: usize) {
        let mut draft = Draft::new(Action::Op(inst.op));
        let mut vregs: Vec<_> = inst.args.iter().map(|&arg| self.materialise(arg)).collect();
        if vregs[0] == vregs[1] {
            // One register cannot be advanced twice.
            vregs[1] = self.duplicate(vregs[0]);
        }
        draft.source(vregs[0], REG, OperandPos::Early);
        draft.source(vregs[1], REG, OperandPos::Early);
        draft.source(vregs[2], ANY, OperandPos::Late);
        for operand in 0..moving {
            let moved = self.fresh();
            draft.result(moved, OperandConstraint::Reuse(operand));
        }
        self.push(draft);
    }

    fn duplicate(&mut self, vreg: VReg) -> VReg {
        let copy = self.fresh();
        let mut draft = Draft::new(Action::Op(Op::Copy));
        draft.source(vreg, ANY, OperandPos::Early);
        draft.result(copy, ANY);
        self.push(draft);
        copy
    }

    fn call(&mut self, inst: &Inst, callee: FuncId) {
        for (at, &arg) in inst.args.iter().enumerate().skip(REGISTER_ARGUMENTS) {
            self.store_argument(at, arg);
        }
        let Signature { convention, wiped } = &self.signatures[callee.index()];
        let mut draft = Draft::new(Action::Op(inst.op));
        self.read_fixed(&mut draft, &inst.args, &convention.params);
        draft.clobbers = *wiped;
        draft.clobbers.add(preg(LINK));
        for (&value, &register) in inst.results.iter().zip(&convention.results) {
            self.write_fixed(&mut draft, value, register);
        }
        self.push(draft);
        for (at, &value) in inst.results.iter().enumerate().skip(REGISTER_ARGUMENTS) {
            self.load_argument(at, value);
        }
    }

    /// Reads values in registers, as many as there are.
    fn read_fixed(&mut self, draft: &mut Draft, values: &[Value], registers: &[PReg]) {
        let pairs = values.iter().zip(registers);
        let places: Vec<_> = pairs
            .map(|(&value, &to)| (self.materialise(value), to))
            .collect();
        for (vreg, register) in places {
            draft.source(
                vreg,
                OperandConstraint::FixedReg(register),
                OperandPos::Early,
            );
        }
    }

    fn write_fixed(&mut self, draft: &mut Draft, value: Value, register: PReg) {
        if self.used[value.index()] {
            draft.clobbers.remove(register);
        }
        self.write(draft, value, OperandConstraint::FixedReg(register));
    }

    fn far_call(&mut self, inst: &Inst, call: FarCall) {
        let mimic = usize::from(call.kind == CallKind::Mimic);
        let extras = 2 + mimic;
        let mut draft = Draft::new(Action::Op(inst.op));
        let fixed: Vec<_> = inst.args[extras..]
            .iter()
            .map(|&arg| self.materialise(arg))
            .collect();
        self.read(&mut draft, inst.args[0], REG);
        if mimic == 1 {
            // The scratch register that could hold a constant address carries the faked caller.
            let address = self.materialise(inst.args[1]);
            draft.source(address, REG, OperandPos::Early);
            self.read(&mut draft, inst.args[2], ANY);
        } else {
            self.read(&mut draft, inst.args[1], REG);
        }
        for (at, vreg) in fixed.into_iter().enumerate() {
            draft.source(
                vreg,
                OperandConstraint::FixedReg(preg(at + 3)),
                OperandPos::Early,
            );
        }
        draft.clobbers = allocatable();
        let first = if call.must_succeed { 1 } else { 2 };
        for (at, &value) in inst.results.iter().enumerate() {
            self.write_fixed(&mut draft, value, preg(at + first));
        }
        self.push(draft);
    }

    fn terminator(&mut self, term: &Terminator, flags: Option<Flags>) -> Vec<Vec<VReg>> {
        if let Some(flags) = flags {
            let draft = Draft::new(Action::BranchOnFlags(flags.cond, flags.has_opposite()));
            self.push(draft);
            return vec![Vec::new(), Vec::new()];
        }
        match term {
            Terminator::Jump(edge) => {
                let args = edge.args.iter().map(|&arg| self.materialise(arg)).collect();
                self.push(Draft::new(Action::Jump));
                return vec![args];
            }
            Terminator::Branch { cond, lhs, rhs, .. } => {
                let mut draft = Draft::new(Action::Branch(*cond));
                let sources = self.beside(&[*lhs, *rhs]);
                self.read(&mut draft, *lhs, sources);
                self.read(&mut draft, *rhs, sources);
                self.push(draft);
                return vec![Vec::new(), Vec::new()];
            }
            Terminator::Leave(values) => self.leave(values),
            Terminator::Exit(kind, abi) => {
                let mut draft = Draft::new(Action::Exit(*kind));
                self.read(&mut draft, *abi, REG);
                self.push(draft);
            }
            Terminator::Forward(kind, slot) => self.push(Draft::new(Action::Forward(*kind, *slot))),
            Terminator::Panic => self.push(Draft::new(Action::Panic)),
            Terminator::Construct | Terminator::Unreachable => {
                self.push(Draft::new(Action::Unreachable))
            }
        }
        Vec::new()
    }

    fn leave(&mut self, values: &[Value]) {
        for (at, &value) in values.iter().enumerate().skip(REGISTER_ARGUMENTS) {
            self.store_argument(at, value);
        }
        let mut draft = Draft::new(Action::Leave);
        if let Some(link) = self.link {
            draft.source(link, ANY, OperandPos::Early);
        }
        let convention = self.own.convention;
        self.read_fixed(&mut draft, values, &convention.results);
        self.push(draft);
    }
}

fn argument_slot(number: usize) -> Slot {
    Slot::Argument(u16::try_from(number - REGISTER_ARGUMENTS).unwrap_or(u16::MAX))
}

/// Where sources and results of an operation may be.
fn constraints(op: Op) -> (OperandConstraint, OperandConstraint) {
    match op {
        Op::Binary(Binary::MulHigh | Binary::Mod) => (ANY, REG),
        Op::Copy | Op::Binary(_) | Op::Compare(_) | Op::Select(_) | Op::Guard => (ANY, ANY),
        Op::SlotLoad(_) | Op::SlotStore(_) => (ANY, ANY),
        _ => (REG, REG),
    }
}

fn used_values(function: &Function) -> Vec<bool> {
    let mut used = vec![false; function.values.len()];
    for block in &function.blocks {
        for &inst in &block.insts {
            for arg in &function.inst(inst).args {
                used[arg.index()] = true;
            }
        }
        for value in block.term.uses() {
            used[value.index()] = true;
        }
    }
    used
}
