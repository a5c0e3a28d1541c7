//! Expands built-ins into operations and calls of prelude functions.
//!
//! It runs after the first round of folding and inlining because the expansion depends on constants: a call of a known
//! address may be a simulation, `gas()` as a call's gas means "all", powers of two are shifts. It is also the place
//! where unsupported built-ins are reported, once dead code is gone. Prelude functions enter the program here.

use super::forward_memory::may_touch_reserved;
use super::simulations::{self, Simulation};
use crate::builtin::{Builtin, Segment};
use crate::ir::{
    Binary, BlockId, Cond, Context, ExitKind, FuncId, Function, InstId, Op, Space, Terminator,
    Value,
};
use crate::lower::{IMMUTABLES, Lowerer, immutable_address};
use crate::yul::{Code, Diagnostic, Span};
use alloy_primitives::U256;
use std::collections::{BTreeMap, HashMap};

mod immutables;
mod system;

/// Forwarding mode of the auxiliary heap, in an ABI word's byte 28.
const AUX_MODE: u64 = 2;

/// Expands every function that is in use, prelude functions included.
pub(super) fn run(lowerer: &mut Lowerer<'_>, extensions: bool) {
    let mut work = lowerer.program.bottom_up();
    let mut done = 0;
    let mut readers = BTreeMap::new();
    while let Some(&id) = work.get(done) {
        done += 1;
        let known = lowerer.program.functions.len();
        Expander::new(lowerer, id, extensions, &mut readers).run();
        let new = known..lowerer.program.functions.len();
        work.extend(new.map(|index| FuncId(u32::try_from(index).unwrap_or(u32::MAX))));
    }
}

pub(super) struct Expander<'l, 'a> {
    lowerer: &'l mut Lowerer<'a>,
    id: FuncId,
    function: Function,
    extensions: bool,
    /// Functions that read immutables.
    readers: &'l mut BTreeMap<u32, FuncId>,
    /// Instructions of the current block so far.
    out: Vec<InstId>,
    /// Place of what is being expanded.
    span: u32,
    /// Results replaced by other values.
    map: HashMap<Value, Value>,
    /// Replacement of the current block's end.
    end: Option<Terminator>,
}

impl<'l, 'a> Expander<'l, 'a> {
    fn new(
        lowerer: &'l mut Lowerer<'a>,
        id: FuncId,
        extensions: bool,
        readers: &'l mut BTreeMap<u32, FuncId>,
    ) -> Self {
        let original = lowerer.program.function(id);
        // The signature stays visible to functions that are lowered meanwhile.
        let signature = Function::new(original.segment, original.params().len(), original.results);
        let function = std::mem::replace(lowerer.program.function_mut(id), signature);
        Self {
            lowerer,
            id,
            function,
            extensions,
            readers,
            out: Vec::new(),
            span: 0,
            map: HashMap::new(),
            end: None,
        }
    }

    fn run(mut self) {
        for block in self.function.block_ids() {
            self.block(block);
        }
        self.function.replace_values(&self.map);
        *self.lowerer.program.function_mut(self.id) = self.function;
    }

    fn block(&mut self, block: BlockId) {
        for inst in std::mem::take(&mut self.function.block_mut(block).insts) {
            if self.end.is_some() {
                break;
            }
            self.span = self.function.inst(inst).span;
            self.instruction(inst);
        }
        if matches!(self.function.block(block).term, Terminator::Construct) && self.end.is_none() {
            self.span = self.function.block(block).span;
            self.construct();
        }
        let block = self.function.block_mut(block);
        block.insts = std::mem::take(&mut self.out);
        if let Some(end) = self.end.take() {
            (block.term, block.span) = (end, self.span);
        }
    }

    fn instruction(&mut self, id: InstId) {
        let inst = self.function.inst(id);
        match inst.op {
            Op::Builtin(builtin) => {
                let args = inst.args.clone();
                self.builtin(id, builtin, &args);
            }
            Op::LoadImmutable(index) => self.load_immutable(id, index),
            Op::SetImmutable(index) => {
                let value = inst.args[0];
                let address = self.number(immutable_address(index));
                self.become_op(id, Op::Store(Space::Aux), vec![address, value]);
            }
            _ => self.out.push(id),
        }
    }

    /// The instruction keeps its results and becomes another operation.
    fn become_op(&mut self, id: InstId, op: Op, args: Vec<Value>) {
        let inst = self.function.inst_mut(id);
        (inst.op, inst.args) = (op, args);
        self.out.push(id);
    }

    /// The instruction goes away and its result is an existing value.
    fn become_value(&mut self, id: InstId, value: Value) {
        if let Some(&result) = self.function.inst(id).results.first() {
            self.map.insert(result, value);
        }
    }

    /// The instruction becomes a call of a prelude function.
    fn become_call(&mut self, id: InstId, name: &str, args: Vec<Value>) {
        match self.prelude(name) {
            Some(callee) => self.become_op(id, Op::Call(callee), args),
            None => self.report(
                id,
                Code::Internal,
                &format!("prelude function `{name}` is missing"),
                None,
            ),
        }
    }

    fn prelude(&mut self, name: &str) -> Option<FuncId> {
        self.lowerer.prelude(self.function.segment, name)
    }

    /// An instruction before the current one.
    fn emit(&mut self, op: Op, args: Vec<Value>) -> Value {
        let inst = self.function.make_inst(op, args, 1, self.span);
        self.out.push(inst);
        self.function.inst(inst).results[0]
    }

    fn emit_none(&mut self, op: Op, args: Vec<Value>) {
        let inst = self.function.make_inst(op, args, 0, self.span);
        self.out.push(inst);
    }

    fn number(&mut self, number: u64) -> Value {
        self.function.number(number)
    }

    /// Stores the array of immutables' indices beside their values and returns it.
    fn construct(&mut self) {
        let count = u64::from(self.lowerer.program.immutables);
        self.store_aux(IMMUTABLES, 32);
        self.store_aux(IMMUTABLES + 32, count);
        for index in 0..count {
            self.store_aux(IMMUTABLES + 64 + 64 * index, index);
        }
        let length = U256::from(64 + 64 * count) << 96;
        let abi = (U256::from(AUX_MODE) << 224) | length | (U256::from(IMMUTABLES) << 64);
        let abi = self.function.word(abi);
        self.end = Some(Terminator::Exit(ExitKind::Return, abi));
    }

    fn store_aux(&mut self, address: u64, value: u64) {
        let args = vec![self.number(address), self.number(value)];
        self.emit_none(Op::Store(Space::Aux), args);
    }

    fn builtin(&mut self, id: InstId, builtin: Builtin, args: &[Value]) {
        self.watch_reserved_words(builtin, args);
        match builtin {
            _ if self.copies_nothing(builtin, args) => {}
            Builtin::Call | Builtin::StaticCall | Builtin::DelegateCall => {
                self.call(id, builtin, args)
            }
            Builtin::Create | Builtin::Create2 => self.create(id, builtin, args),
            Builtin::CodeCopy | Builtin::DataCopy => self.code_copy(id, builtin, args),
            Builtin::CallDataCopy => {
                let clears = self.function.segment == Segment::Deploy;
                match clears {
                    true => self.become_call(id, "$clear", vec![args[0], args[2]]),
                    false => self.become_call(id, "$copy_calldata", args.to_vec()),
                }
            }
            Builtin::Exp if self.function.as_word(args[0]) == Some(U256::from(2)) => {
                self.power_of_two(id, args[1])
            }
            Builtin::MulMod => self.mulmod(id, args),
            Builtin::SDiv if self.is_natural(args[1]) => {
                self.become_call(id, "$$sdiv_by_natural", args.to_vec());
            }
            Builtin::Keccak256 => self.keccak(id, args),
            _ => match function_of(builtin) {
                Some(name) => self.become_call(id, name, args.to_vec()),
                None => self.system(id, builtin, args),
            },
        }
    }

    /// The stores that a copy expands to do not show where it starts. If that is the scratch space or the reserved words
    /// themselves, the code does more with them than it promises.
    fn watch_reserved_words(&mut self, builtin: Builtin, args: &[Value]) {
        use Builtin::{
            Call, CallDataCopy, CodeCopy, Create, Create2, DataCopy, DelegateCall, MCopy,
            ReturnDataCopy, StaticCall,
        };
        let (to, length) = match builtin {
            CallDataCopy | CodeCopy | DataCopy | MCopy | ReturnDataCopy => (args[0], args[2]),
            Call => (args[5], args[6]),
            StaticCall | DelegateCall => (args[4], args[5]),
            Create | Create2 => (args[1], args[2]),
            _ => return,
        };
        let nothing = self.function.as_word(length) == Some(U256::ZERO);
        if !nothing && may_touch_reserved(&self.function, to, length) {
            let runs = self.function.segment == Segment::Runtime;
            self.lowerer.program.guarded[usize::from(runs)] = false;
        }
    }

    fn copies_nothing(&self, builtin: Builtin, args: &[Value]) -> bool {
        use Builtin::{CallDataCopy, CodeCopy, DataCopy, MCopy};
        let copies = matches!(builtin, CallDataCopy | CodeCopy | DataCopy | MCopy);
        copies && self.function.as_word(args[2]) == Some(U256::ZERO)
    }

    fn power_of_two(&mut self, id: InstId, exponent: Value) {
        let one = self.number(1);
        let shifted = self.emit(Op::Binary(Binary::Shl), vec![one, exponent]);
        let (limit, zero) = (self.number(255), self.number(0));
        self.become_op(
            id,
            Op::Select(Cond::Gt),
            vec![exponent, limit, zero, shifted],
        );
    }

    /// The slot of a mapping's entry is the hash of two words in the scratch space, where nothing else happens meanwhile:
    /// one function stores and hashes them.
    fn keccak(&mut self, id: InstId, args: &[Value]) {
        let starts = self.function.as_word(args[0]) == Some(U256::ZERO);
        let length = self.function.as_word(args[1]).map(u64::try_from);
        let words = match length {
            Some(Ok(32)) if starts => self.take_stores(&[0]),
            Some(Ok(64)) if starts => self.take_stores(&[0, 32]),
            _ => None,
        };
        match words {
            Some(words) if words.len() == 2 => self.become_call(id, "$_hash_pair", words),
            Some(words) => self.become_call(id, "$_hash_word", words),
            // One of the words was there already.
            None if starts && length == Some(Ok(64)) => {
                self.become_call(id, "$_hash_scratch", Vec::new());
            }
            None => match self.known_slice(args) {
                Some(abi) => {
                    let abi = self.function.word(abi);
                    self.become_call(id, "$_hash_slice", vec![abi]);
                }
                None => self.become_call(id, "$_keccak256", args.to_vec()),
            },
        }
    }

    /// The ABI word of a heap slice at a known place, with all ergs.
    fn known_slice(&self, args: &[Value]) -> Option<U256> {
        let word = |at: usize| {
            let word = self.function.as_word(args[at])?;
            (word <= U256::from(u32::MAX)).then_some(word)
        };
        Some((U256::from(u32::MAX) << 192) | (word(1)? << 96) | (word(0)? << 64))
    }

    /// Removes the latest stores to these addresses and returns what they store, if nothing behind them touches memory.
    fn take_stores(&mut self, addresses: &[u64]) -> Option<Vec<Value>> {
        let mut found = vec![None; addresses.len()];
        for (at, &inst) in self.out.iter().enumerate().rev() {
            let inst = self.function.inst(inst);
            match inst.op {
                Op::Store(Space::Heap) => {
                    let address = self.function.as_word(inst.args[0])?;
                    let which = addresses.iter().position(|&a| U256::from(a) == address)?;
                    if found[which].replace((at, inst.args[1])).is_some() {
                        return None;
                    }
                }
                Op::Binary(_)
                | Op::Compare(_)
                | Op::Select(_)
                | Op::SlotLoad(_)
                | Op::PointerLoad(_)
                | Op::CalldataWord
                | Op::StorageLoad
                | Op::TransientLoad
                | Op::Context(Context::This | Context::Caller | Context::Value) => {}
                _ => return None,
            }
            if found.iter().all(Option::is_some) {
                break;
            }
        }
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        let mut places: Vec<_> = found.iter().map(|&(at, _)| at).collect();
        places.sort_unstable();
        for at in places.into_iter().rev() {
            self.out.remove(at);
        }
        Some(found.into_iter().map(|(_, word)| word).collect())
    }

    /// Whether a constant is no negative number.
    fn is_natural(&self, value: Value) -> bool {
        let word = self.function.as_word(value);
        word.is_some_and(|word| !word.bit(255))
    }

    fn mulmod(&mut self, id: InstId, args: &[Value]) {
        if self.function.as_word(args[2]) == Some(U256::MAX) {
            return self.become_call(id, "$mulmod_all_ones", args[..2].to_vec());
        }
        self.become_call(id, "$mulmod", args.to_vec());
    }

    /// The deployment code's own code is the constructor's arguments. Copying another contract's code puts its hash
    /// where creation expects it.
    fn code_copy(&mut self, id: InstId, builtin: Builtin, args: &[Value]) {
        let [to, from, length] = *args else { return };
        let hash = self
            .function
            .as_word(from)
            .filter(|word| self.is_dependency(word));
        if hash.is_some() {
            let offset = self.number(36);
            let to = self.emit(Op::Binary(Binary::Add), vec![to, offset]);
            return self.become_op(id, Op::Store(Space::Heap), vec![to, from]);
        }
        match self.function.segment {
            Segment::Deploy => self.become_call(id, "$copy_calldata", vec![to, from, length]),
            Segment::Runtime => {
                let message = format!(
                    "`{}` of a contract's own code is not possible on EraVM",
                    builtin.name()
                );
                self.report(
                    id,
                    Code::CodeCopy,
                    &message,
                    Some("code is not readable at run time; keep such data in constants"),
                );
            }
        }
    }

    fn is_dependency(&self, word: &U256) -> bool {
        self.lowerer
            .surroundings
            .dependencies
            .values()
            .any(|hash| hash == word)
    }

    /// `gas()` as the gas of a call means all of it; other amounts saturate at the field's size.
    fn ergs(&mut self, gas: Value) -> Value {
        let all = U256::from(u32::MAX);
        let passes_all = self
            .function
            .def_inst(gas)
            .is_some_and(|inst| inst.op == Op::Context(Context::Gas));
        let known = if passes_all {
            Some(all)
        } else {
            self.function.as_word(gas).map(|gas| gas.min(all))
        };
        if let Some(known) = known {
            return self.function.word(known << 192);
        }
        match self.prelude("$$ergs") {
            Some(callee) => self.emit(Op::Call(callee), vec![gas]),
            None => gas,
        }
    }

    fn call(&mut self, id: InstId, builtin: Builtin, args: &[Value]) {
        if self.extensions
            && let Some(simulation) = simulations::recognise(&mut self.function, builtin, args)
        {
            return self.simulate(id, builtin, simulation);
        }
        let mut args = args.to_vec();
        args[0] = self.ergs(args[0]);
        let name = match builtin {
            Builtin::Call => "$call",
            Builtin::StaticCall => "$staticcall",
            _ => "$delegatecall",
        };
        self.become_call(id, name, args);
    }

    fn simulate(&mut self, id: InstId, builtin: Builtin, simulation: Simulation) {
        let one = self.number(1);
        match simulation {
            Simulation::Result(op, args) => self.become_op(id, op, args),
            Simulation::Effect(op, args) => {
                self.emit_none(op, args);
                self.become_value(id, one);
            }
            Simulation::Output(op, args, [to, length]) => {
                let status = self.emit(op, args);
                if let Some(output) = self.prelude("$output") {
                    self.emit_none(Op::Call(output), vec![to, length]);
                }
                self.become_value(id, status);
            }
            Simulation::ActiveLength => {
                let pointer = self.emit(Op::SlotLoad(simulations::active()), vec![]);
                let shift = self.number(96);
                self.become_op(id, Op::Binary(Binary::Shr), vec![pointer, shift]);
            }
            Simulation::CopyActive(args) => {
                if let Some(copy) = self.prelude("$copy_active") {
                    self.emit_none(Op::Call(copy), args);
                }
                self.become_value(id, one);
            }
            Simulation::Forward(kind) => {
                let (op, args) = simulations::forwarding_mode(&mut self.function);
                self.emit_none(op, args);
                self.become_value(id, one);
                self.end = Some(simulations::forward(kind));
            }
            Simulation::Unsupported(why) => {
                let message = format!(
                    "this `{}` is an EraVM operation that cannot be compiled: {why}",
                    builtin.name()
                );
                let help =
                    "see the contracts of @matterlabs/zksync-contracts for the forms that exist";
                self.report(id, Code::EraOperation, &message, Some(help));
            }
        }
    }

    fn create(&mut self, id: InstId, builtin: Builtin, args: &[Value]) {
        let (selector, salt) = match builtin {
            Builtin::Create => (0x9c4d_535b_u64, self.number(0)),
            _ => (0x3cda_3351, args[3]),
        };
        let selector = self.function.word(U256::from(selector) << 224);
        self.become_call(
            id,
            "$create",
            vec![args[0], args[1], args[2], selector, salt],
        );
    }

    /// Reports the instruction and replaces it by nothing.
    fn report(&mut self, id: InstId, code: Code, message: &str, help: Option<&str>) {
        let inst = self.function.inst(id);
        let name = if let Op::Builtin(builtin) = inst.op {
            builtin.name().len()
        } else {
            1
        };
        let span = Span {
            start: inst.span,
            end: inst.span + u32::try_from(name).unwrap_or(1),
        };
        let mut diagnostic = Diagnostic::error(code, message).at(span);
        if let Some(help) = help {
            diagnostic = diagnostic.with_help(help);
        }
        self.lowerer.report(diagnostic);
        let zero = self.number(0);
        self.become_value(id, zero);
    }
}

/// Built-ins that are prelude functions with the same arguments.
fn function_of(builtin: Builtin) -> Option<&'static str> {
    Some(match builtin {
        Builtin::SDiv => "$sdiv",
        Builtin::SMod => "$smod",
        Builtin::Exp => "$exp",
        Builtin::Byte => "$$byte",
        Builtin::Sar => "$$sar",
        Builtin::Clz => "$clz",
        Builtin::AddMod => "$addmod",
        Builtin::SignExtend => "$$signextend",
        Builtin::MStore8 => "$$mstore8",
        Builtin::MCopy => "$mcopy",
        Builtin::ReturnDataCopy => "$returndatacopy",
        Builtin::Log0 => "$_log0",
        Builtin::Log1 => "$_log1",
        Builtin::Log2 => "$_log2",
        Builtin::Log3 => "$_log3",
        Builtin::Log4 => "$_log4",
        _ => return None,
    })
}
