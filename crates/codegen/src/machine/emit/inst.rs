//! Emission of single instructions.

use super::{Allocated, Emitter};
use crate::ir::{
    Binary, Cond, Constant, Context, ExitKind, FuncId, Op as IrOp, Slot, Space as IrSpace,
};
use crate::machine::operand::{SCRATCH0, SCRATCH1, alu_op, destination_register};
use crate::machine::vcode::{Action, Arg, LINK, VInst};
use alloy_primitives::U256;
use regalloc2::{Allocation, Block, Inst};
use zksso_eravm::{
    Address, Condition, ContextOp, Dst, Op, Reg, RegOrImm, RetKind, Space, Src, WideOp,
};

/// An allocated instruction in its surroundings.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) inst: &'a VInst,
    pub(super) allocs: &'a [Allocation],
    function: &'a Allocated,
    succs: &'a [Block],
    /// Whether the instruction follows another one of its block.
    follows: Option<Action>,
    /// Whether control never gets behind the instruction.
    is_last: bool,
}

impl<'a> Place<'a> {
    pub(super) fn new(function: &'a Allocated, block: Block, inst: Inst) -> Self {
        Self {
            inst: &function.code.insts[inst.index()],
            allocs: function.output.inst_allocs(inst),
            function,
            follows: previous(function, block, inst),
            is_last: (function.code.insts.get(inst.index() + 1))
                .is_some_and(|next| next.action == Action::Unreachable),
            succs: &function.code.blocks[block.index()].succs,
        }
    }
}

/// Where control goes if a condition holds, and if not.
#[derive(Clone, Copy)]
struct Way {
    cond: Cond,
    yes: Block,
    no: Block,
}

impl Way {
    /// The same, told by the opposite condition.
    fn opposite(self) -> Self {
        Self {
            cond: self.cond.negate(),
            yes: self.no,
            no: self.yes,
        }
    }
}

/// A test that joins the one before.
struct SecondTest<'a> {
    place: Place<'a>,
    /// The first test, told so that `no` leads to the second.
    first: Way,
    /// The second, told so that `yes` leads to the same place as the first's.
    second: Way,
    /// Whether the operands change places, for the condition to be the first's.
    swapped: bool,
}

/// The comparison that a block consists of.
fn only_test(function: &Allocated, block: Block) -> Option<(Place<'_>, Cond)> {
    let inst = function.only_instruction(block)?;
    match function.code.insts[inst.index()].action {
        Action::Branch(cond) => Some((Place::new(function, block, inst), cond)),
        _ => None,
    }
}

fn previous(function: &Allocated, block: Block, inst: Inst) -> Option<Action> {
    let is_first = function.code.blocks[block.index()].range.first() == inst;
    (!is_first).then(|| function.code.insts[inst.index() - 1].action)
}

/// The instruction a block consists of, if it only leaves the contract without data.
fn empty_exit(function: &Allocated, block: Block) -> Option<Op> {
    let inst = function.only_instruction(block)?;
    let inst = &function.code.insts[inst.index()];
    match (inst.action, inst.sources.first()) {
        (Action::Exit(kind), Some(Arg::Constant(Constant::Word(U256::ZERO)))) => Some(Op::Ret {
            kind: ret_kind(kind),
            data: Reg::R0,
            label: None,
        }),
        (Action::Panic, _) => Some(Op::Panic { label: None }),
        _ => None,
    }
}

/// The machine's condition after a `sub!`.
fn condition(cond: Cond) -> Condition {
    match cond {
        Cond::Eq => Condition::Eq,
        Cond::Ne => Condition::Ne,
        Cond::Lt => Condition::Lt,
        Cond::Ge => Condition::Ge,
        Cond::Gt => Condition::Gt,
        Cond::Le => Condition::Le,
    }
}

fn is_same(source: Src, destination: Dst) -> bool {
    matches!((source, destination), (Src::Reg(a), Dst::Reg(b)) if a == b)
}

fn space(space: IrSpace) -> Space {
    match space {
        IrSpace::Heap => Space::Heap,
        IrSpace::Aux => Space::AuxHeap,
    }
}

impl Emitter<'_> {
    /// The numbered source, wherever it is.
    pub(super) fn source(&mut self, place: &Place<'_>, number: usize) -> Src {
        match place.inst.sources[number] {
            Arg::Operand(operand) => self.source_at(place.allocs[operand]),
            Arg::Constant(constant) => self.constant(constant),
        }
    }

    /// The numbered source in a register.
    pub(super) fn source_register(
        &mut self,
        place: &Place<'_>,
        number: usize,
        scratch: Reg,
    ) -> Reg {
        let source = self.source(place, number);
        self.register(source, scratch)
    }

    /// The numbered destination; r0 if the result is unused.
    pub(super) fn destination(&self, place: &Place<'_>, number: usize) -> Dst {
        match place.inst.results.get(number) {
            Some(&Some(operand)) => self.destination_at(place.allocs[operand]),
            _ => Dst::Reg(Reg::R0),
        }
    }

    /// The numbered destination, which is a register by constraint.
    pub(super) fn result(&self, place: &Place<'_>, number: usize) -> Reg {
        destination_register(self.destination(place, number))
    }

    /// The stack address of a slot as an offset; every slot an instruction names has one.
    pub(super) fn slot(&self, slot: Slot) -> Address {
        Address::at(self.slots.get(slot).unwrap_or(u16::MAX))
    }

    /// Terminators, function entry and two-result arithmetic.
    pub(super) fn control(&mut self, action: Action, place: &Place<'_>) {
        match action {
            Action::Entry => self.prologue(),
            Action::Jump => self.jump(place.succs[0]),
            Action::Branch(cond) => self.branch(cond, place),
            Action::Flags(op) => self.flag_arithmetic(op, place),
            Action::BranchOnFlags(cond, compared) => self.branch_on_flags(cond, place, compared),
            Action::Leave => self.leave(place),
            Action::Exit(kind) => {
                let data = self.source_register(place, 0, SCRATCH0);
                self.push(Op::Ret {
                    kind: ret_kind(kind),
                    data,
                    label: None,
                });
            }
            Action::Forward(kind, slot) => self.forward(kind, slot),
            Action::LoadNext => {
                let address = self.source_register(place, 0, SCRATCH0);
                self.push(Op::Load {
                    space: Space::Heap,
                    address: address.into(),
                    dst: self.result(place, 0),
                    increment: Some(self.result(place, 1)),
                });
            }
            Action::StoreNext => {
                let address = self.source_register(place, 0, SCRATCH0);
                let value = self.source_register(place, 1, SCRATCH1);
                self.push(Op::Store {
                    space: Space::Heap,
                    address: address.into(),
                    value,
                    increment: Some(self.result(place, 0)),
                });
            }
            Action::WideMul => self.two_results(WideOp::Mul, place),
            Action::DivMod => self.two_results(WideOp::Div, place),
            Action::Unreachable if matches!(place.follows, Some(Action::Op(IrOp::Call(_)))) => {}
            Action::Panic | Action::Unreachable => self.push(Op::Panic { label: None }),
            Action::Op(op) => self.operation(op, place),
        }
    }

    fn two_results(&mut self, op: WideOp, place: &Place<'_>) {
        let (a, b) = (self.source(place, 0), self.source(place, 1));
        let (low, high) = (self.destination(place, 0), self.result(place, 1));
        self.wide(op, a, b, low, high, false);
    }

    fn flag_arithmetic(&mut self, op: Binary, place: &Place<'_>) {
        let (a, b) = (self.source(place, 0), self.source(place, 1));
        let Some(op) = alu_op(op) else {
            let (low, high) = (self.destination(place, 0), self.result(place, 1));
            return self.wide(WideOp::Mul, a, b, low, high, true);
        };
        self.alu(op, a, b, self.destination(place, 0), true);
    }

    fn prologue(&mut self) {
        if let Some(limit) = self.limit {
            self.push(Op::Context {
                op: ContextOp::Sp,
                dst: SCRATCH0,
            });
            self.compare(Src::Imm(limit), Src::Reg(SCRATCH0));
            self.push(Op::Panic { label: None }.when(Condition::Lt));
        }
        if self.frame.size > 0 {
            self.push(Op::reserve_stack(self.frame.size as u16));
        }
    }

    fn jump(&mut self, target: Block) {
        if !self.is_next(target) {
            let label = self.block_label(target);
            self.push_jump(Op::jump(Src::Imm(0)), label);
        }
    }

    fn branch(&mut self, cond: Cond, place: &Place<'_>) {
        let (a, b) = (self.source(place, 0), self.source(place, 1));
        self.compare(a, b);
        self.branch_on_flags(cond, place, true);
    }

    fn branch_on_flags(&mut self, cond: Cond, place: &Place<'_>, compared: bool) {
        let mut way = Way {
            cond,
            yes: place.succs[0],
            no: place.succs[1],
        };
        while let Some(further) = self.second_test(place.function, way).filter(|_| compared) {
            way = self.join_test(place.function, &further);
        }
        self.take(place.function, way, compared);
    }

    /// Goes to `yes` if the condition holds. A successor that only leaves the contract becomes a conditional return; it has no
    /// other predecessor, so nothing of it remains. The opposite condition can be tested only after a comparison, where
    /// exactly one flag is set.
    fn take(&mut self, function: &Allocated, way: Way, compared: bool) {
        let ways = [way, way.opposite()];
        let ways = &ways[..1 + usize::from(compared)];
        for way in ways {
            if let Some(leave) = empty_exit(function, way.yes) {
                self.push(leave.when(condition(way.cond)));
                self.absorbed.insert(self.block_label(way.yes));
                return self.jump(way.no);
            }
        }
        // Where neither follows, the conditional jump is better the one that goes round a loop: the shorter way back.
        let through = (ways.iter().find(|way| self.is_next(way.no)))
            .or_else(|| ways.iter().rev().max_by_key(|way| self.written_at(way.yes)))
            .unwrap_or(&ways[0]);
        let label = self.block_label(through.yes);
        self.push_jump(Op::jump(Src::Imm(0)).when(condition(through.cond)), label);
        self.jump(through.no);
    }

    /// A test that consists of a comparison only, follows at once, and leads to the same place as the one before: it can
    /// be made under the opposite condition, and one jump serves both.
    fn second_test<'f>(&self, function: &'f Allocated, first: Way) -> Option<SecondTest<'f>> {
        [first, first.opposite()].into_iter().find_map(|first| {
            let next = first.no;
            if !self.is_next(next) || self.is_omitted(next) {
                return None;
            }
            let (place, cond) = only_test(function, next)?;
            let second = Way {
                cond,
                yes: place.succs[0],
                no: place.succs[1],
            };
            [second, second.opposite()].into_iter().find_map(|second| {
                let swapped = match second.cond {
                    cond if cond == first.cond => false,
                    cond if cond.swap() == first.cond => true,
                    _ => return None,
                };
                let is_same = self.block_label(first.yes) == self.block_label(second.yes)
                    || match empty_exit(function, first.yes) {
                        Some(exit) => empty_exit(function, second.yes) == Some(exit),
                        None => false,
                    };
                is_same.then_some(SecondTest {
                    place,
                    first,
                    second,
                    swapped,
                })
            })
        })
    }

    /// Writes the second test; returns the way on after both.
    fn join_test(&mut self, function: &Allocated, test: &SecondTest<'_>) -> Way {
        let SecondTest {
            place,
            first,
            second,
            swapped,
        } = test;
        let (mut a, mut b) = (self.source(place, 0), self.source(place, 1));
        if *swapped {
            std::mem::swap(&mut a, &mut b);
        }
        self.compare(a, b);
        if let Some(compare) = self.code.last_mut() {
            compare.condition = condition(first.cond.negate());
        }
        self.absorbed.insert(self.block_label(first.no));
        if empty_exit(function, first.yes).is_some() {
            self.absorbed.insert(self.block_label(first.yes));
        }
        Way {
            cond: first.cond,
            ..*second
        }
    }

    fn leave(&mut self, place: &Place<'_>) {
        let frame = self.frame.size as u16;
        let link = place.inst.sources.first().copied();
        let Some(Arg::Operand(operand)) = link else {
            // A root has no caller; the front end ends it with `stop`.
            return self.push(Op::Panic { label: None });
        };
        let allocation = place.allocs[operand];
        if self.frame.is_popped(allocation) {
            return self.push(Op::jump(Src::StackPop(Address::at(frame))));
        }
        let source = self.source_at(allocation);
        let link = self.register(source, SCRATCH0);
        if frame > 0 {
            self.push(Op::release_stack(frame));
        }
        self.push(Op::jump(link));
    }

    /// Every other IR operation.
    pub(super) fn operation(&mut self, op: IrOp, place: &Place<'_>) {
        match op {
            IrOp::Copy => self.copy(place),
            IrOp::Binary(op) => self.binary(op, place),
            IrOp::Compare(cond) => self.comparison(cond, place),
            IrOp::Select(cond) => self.select(cond, place),
            IrOp::BinaryIf(op, cond) => self.arithmetic_if(op, cond, place),
            IrOp::Load(memory) => self.load(space(memory), place),
            IrOp::Store(memory) => self.store(space(memory), place),
            IrOp::SlotLoad(slot) => {
                self.push(Op::copy(
                    Src::StackAbs(self.slot(slot)),
                    self.destination(place, 0),
                ));
            }
            IrOp::SlotStore(slot) => {
                let source = self.source(place, 0);
                self.push(Op::copy(source, Dst::StackAbs(self.slot(slot))));
            }
            IrOp::Guard => self.guard(place),
            IrOp::Context(context) => {
                self.push(Op::Context {
                    op: context_op(context),
                    dst: self.result(place, 0),
                });
            }
            IrOp::Call(callee) => self.call(callee, place),
            IrOp::StorageLoad | IrOp::StorageStore | IrOp::TransientLoad | IrOp::TransientStore => {
                self.storage(op, place);
            }
            other => self.external(other, place),
        }
    }

    fn copy(&mut self, place: &Place<'_>) {
        let source = self.source(place, 0);
        self.push(Op::copy(source, self.destination(place, 0)));
    }

    fn binary(&mut self, op: Binary, place: &Place<'_>) {
        let (a, b) = (self.source(place, 0), self.source(place, 1));
        self.arithmetic(op, a, b, self.destination(place, 0));
    }

    fn comparison(&mut self, cond: Cond, place: &Place<'_>) {
        let (a, b) = (self.source(place, 0), self.source(place, 1));
        let dst = self.destination(place, 0);
        self.compare(a, b);
        self.push(Op::copy(Reg::R0, dst));
        self.push(Op::copy(Src::Imm(1), dst).when(condition(cond)));
    }

    fn select(&mut self, cond: Cond, place: &Place<'_>) {
        let (a, b) = (self.source(place, 0), self.source(place, 1));
        self.compare(a, b);
        let (chosen, other) = (self.source(place, 2), self.source(place, 3));
        let dst = self.destination(place, 0);
        if !is_same(other, dst) {
            self.push(Op::copy(other, dst));
        }
        self.push(Op::copy(chosen, dst).when(condition(cond)));
    }

    /// The alternative is where the result will be when the condition is tested.
    fn arithmetic_if(&mut self, op: Binary, cond: Cond, place: &Place<'_>) {
        let (x, y) = (self.source(place, 0), self.source(place, 1));
        self.compare(x, y);
        let (other, dst) = (self.source(place, 2), self.destination(place, 0));
        if !is_same(other, dst) {
            self.push(Op::copy(other, dst));
        }
        let (a, b) = (self.source(place, 3), self.source(place, 4));
        if let Some(op) = alu_op(op) {
            self.alu_if(op, a, b, dst, condition(cond));
        }
    }

    fn address(&mut self, place: &Place<'_>, scratch: Reg) -> RegOrImm {
        match self.source(place, 0) {
            Src::Reg(reg) => RegOrImm::Reg(reg),
            Src::Imm(imm) => RegOrImm::Imm(imm),
            other => RegOrImm::Reg(self.register(other, scratch)),
        }
    }

    fn load(&mut self, space: Space, place: &Place<'_>) {
        let address = self.address(place, SCRATCH0);
        self.push(Op::Load {
            space,
            address,
            dst: self.result(place, 0),
            increment: None,
        });
    }

    fn store(&mut self, space: Space, place: &Place<'_>) {
        let address = self.address(place, SCRATCH0);
        let value = self.source_register(place, 1, SCRATCH1);
        self.push(Op::Store {
            space,
            address,
            value,
            increment: None,
        });
    }

    fn guard(&mut self, place: &Place<'_>) {
        let value = self.source(place, 0);
        let limit = self.word(U256::from(u32::MAX));
        self.compare(limit, value);
        self.push(Op::Panic { label: None }.when(Condition::Lt));
    }

    fn call(&mut self, callee: FuncId, place: &Place<'_>) {
        let label = self.function_label(callee);
        let link = match place.is_last {
            true => Reg::R0,
            false => Reg::from_low_bits(LINK as u8),
        };
        let target = Src::Imm(0);
        self.push_jump(Op::Jump { target, link }, label);
    }

    fn storage(&mut self, op: IrOp, place: &Place<'_>) {
        let key = self.source_register(place, 0, SCRATCH0);
        let op = match op {
            IrOp::StorageLoad => Op::StorageLoad {
                key,
                dst: self.result(place, 0),
            },
            IrOp::TransientLoad => Op::TransientLoad {
                key,
                dst: self.result(place, 0),
            },
            IrOp::StorageStore => Op::StorageStore {
                key,
                value: self.source_register(place, 1, SCRATCH1),
            },
            _ => Op::TransientStore {
                key,
                value: self.source_register(place, 1, SCRATCH1),
            },
        };
        self.push(op);
    }
}

/// The machine's way to leave.
pub(super) fn ret_kind(kind: ExitKind) -> RetKind {
    match kind {
        ExitKind::Return => RetKind::Ok,
        ExitKind::Revert => RetKind::Revert,
    }
}

fn context_op(context: Context) -> ContextOp {
    match context {
        Context::This => ContextOp::This,
        Context::Caller => ContextOp::Caller,
        Context::CodeAddress => ContextOp::CodeAddress,
        Context::Meta => ContextOp::Meta,
        Context::Gas => ContextOp::ErgsLeft,
        Context::Value => ContextOp::ContextU128,
    }
}
