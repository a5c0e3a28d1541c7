//! Built-ins: short ones become operations at once, the others stay [`Op::Builtin`] until the folded program shows which
//! of their arguments are known.

use super::control::FunctionLowerer;
use crate::builtin::{Builtin, Segment};
use crate::ir::{Binary, Cond, Constant, Context, ExitKind, Op, Slot, Space, Terminator, Value};
use crate::yul::{Call, Code, Diagnostic, Expression};
use alloy_primitives::U256;

/// The immutable through which a library finds its own address.
const LIBRARY_ADDRESS: &str = "library_deploy_address";
/// Start of the constructor's result in the auxiliary heap: two words of head, then pairs of index and value.
pub(crate) const IMMUTABLES: u64 = 256;
/// Bytes before the constructor arguments in the memory of `create`: selector, salt, hash, offset, length.
const CREATION_HEADER: u64 = 132;
/// Bit position of the length in a fat pointer.
const LENGTH_SHIFT: u64 = 96;

/// Where the auxiliary heap holds the value of a numbered immutable while the contract is deployed.
pub(crate) fn immutable_address(index: u32) -> u64 {
    IMMUTABLES + 96 + 64 * u64::from(index)
}

impl<'a> FunctionLowerer<'_, 'a> {
    /// Built-ins whose argument is a name. `None` for all others.
    pub(super) fn named(&mut self, builtin: Builtin, call: &'a Call) -> Option<Vec<Value>> {
        let name = |at: usize| match call.arguments.get(at) {
            Some(Expression::Literal(literal)) => literal.text(),
            _ => None,
        };
        let span = self.place(call.span);
        match builtin {
            Builtin::DataSize => Some(vec![self.data_size(name(0)?, call)]),
            Builtin::DataOffset => Some(vec![self.data_offset(name(0)?, call)]),
            Builtin::LinkerSymbol => Some(vec![self.linker_symbol(name(0)?)]),
            Builtin::LoadImmutable if name(0)? == LIBRARY_ADDRESS => {
                Some(vec![self.context(Context::CodeAddress, span)])
            }
            Builtin::LoadImmutable => {
                let index = self.lowerer.immutable(name(0)?);
                Some(vec![self.load_immutable(index, span)])
            }
            Builtin::SetImmutable => {
                self.set_immutable(name(1)?, call);
                Some(Vec::new())
            }
            _ => None,
        }
    }

    /// While the contract is deployed, `setimmutable` may still change what is read; from then on it is fixed.
    fn load_immutable(&mut self, index: u32, span: u32) -> Value {
        match self.scope_segment() {
            Segment::Deploy => {
                let address = self.function.number(immutable_address(index));
                self.emit(Op::Load(Space::Aux), vec![address], span)
            }
            Segment::Runtime => self.emit(Op::LoadImmutable(index), vec![], span),
        }
    }

    fn set_immutable(&mut self, name: &str, call: &'a Call) {
        let value = call.arguments.get(2).map(|argument| self.value(argument));
        call.arguments.first().map(|argument| self.value(argument));
        if name != LIBRARY_ADDRESS
            && let Some(value) = value
        {
            let index = self.lowerer.immutable(name);
            let span = self.place(call.span);
            self.emit_none(Op::SetImmutable(index), vec![value], span);
        }
    }

    /// The object whose creation a name stands for, `None` for the contract itself.
    fn dependency(&mut self, name: &str, call: &Call) -> Option<U256> {
        let surroundings = self.lowerer.surroundings;
        if name == surroundings.name || name == surroundings.runtime_name {
            return None;
        }
        let found = surroundings.dependencies.get(name).copied();
        if found.is_none() {
            let found = match surroundings.creators.iter().any(|creator| creator == name) {
                true => Diagnostic::error(
                    Code::CreationCycle,
                    format!("`{}` creates `{name}`, by which it is created", surroundings.name),
                )
                .with_note("a bytecode contains the hashes of those it creates, so none can contain its own")
                .with_help("pass a factory's address to one of the two, and let that create the other"),
                false => Diagnostic::error(
                    Code::UnknownContract,
                    format!("`{name}` is not a contract that could be created here"),
                )
                .with_help("nest the object of that name in this one"),
            };
            self.lowerer.report(found.at(call.span));
        }
        found
    }

    /// The runtime code of the contract cannot be read while it runs.
    fn is_own_runtime_code(&self, name: &str) -> bool {
        self.scope_segment() == Segment::Runtime && name == self.lowerer.surroundings.runtime_name
    }

    fn data_size(&mut self, name: &str, call: &Call) -> Value {
        if self.is_own_runtime_code(name) {
            let span = self.place(call.span);
            return self.emit(Op::Builtin(Builtin::RuntimeCode), vec![], span);
        }
        let size = self.dependency(name, call).map_or(0, |_| CREATION_HEADER);
        self.function.number(size)
    }

    fn data_offset(&mut self, name: &str, call: &Call) -> Value {
        if self.is_own_runtime_code(name) {
            let span = self.place(call.span);
            return self.emit(Op::Builtin(Builtin::RuntimeCode), vec![], span);
        }
        let hash = self.dependency(name, call).unwrap_or_default();
        self.function.word(hash)
    }

    fn linker_symbol(&mut self, name: &str) -> Value {
        if let Some(address) = self.lowerer.surroundings.libraries.get(name) {
            return self.function.word(address.into_word().into());
        }
        let library = self.lowerer.library(name);
        self.function.constant(Constant::Library(library))
    }

    /// The half of the contract the function belongs to.
    pub(super) fn scope_segment(&self) -> Segment {
        self.function.segment
    }

    /// Appends an operation with one result.
    pub(super) fn emit(&mut self, op: Op, args: Vec<Value>, span: u32) -> Value {
        self.function.push(self.block, op, args, span)
    }

    /// Appends an operation without result.
    pub(super) fn emit_none(&mut self, op: Op, args: Vec<Value>, span: u32) {
        self.function.push_inst(self.block, op, args, 0, span);
    }

    fn context(&mut self, context: Context, span: u32) -> Value {
        self.emit(Op::Context(context), vec![], span)
    }

    fn bin(&mut self, op: Binary, lhs: Value, rhs: Value, span: u32) -> Value {
        self.function.binary(self.block, op, lhs, rhs, span)
    }

    /// Lowers a built-in on evaluated arguments.
    pub(super) fn builtin(&mut self, builtin: Builtin, args: Vec<Value>, span: u32) -> Vec<Value> {
        if builtin.ends_execution() {
            self.end(builtin, &args, span);
            return Vec::new();
        }
        if let Some(value) = self.arithmetic(builtin, &args, span) {
            return vec![value];
        }
        if let Some(value) = self.environment(builtin, &args, span) {
            return vec![value];
        }
        let op = match builtin {
            Builtin::Pop => return Vec::new(),
            Builtin::MLoad => Op::Load(Space::Heap),
            Builtin::MStore => Op::Store(Space::Heap),
            Builtin::SLoad => Op::StorageLoad,
            Builtin::SStore => Op::StorageStore,
            Builtin::TLoad => Op::TransientLoad,
            Builtin::TStore => Op::TransientStore,
            other => Op::Builtin(other),
        };
        let inst = self
            .function
            .push_inst(self.block, op, args, builtin.signature().1, span);
        self.function.inst(inst).results.clone()
    }

    fn end(&mut self, builtin: Builtin, args: &[Value], span: u32) {
        self.span = span;
        let deploys = self.scope_segment() == Segment::Deploy;
        match builtin {
            Builtin::Return | Builtin::Stop if deploys => self.terminate(Terminator::Construct),
            Builtin::Stop => self.stop(),
            Builtin::Return | Builtin::Revert => {
                let abi = self.slice(args[0], args[1], span);
                let kind = if builtin == Builtin::Return {
                    ExitKind::Return
                } else {
                    ExitKind::Revert
                };
                self.terminate(Terminator::Exit(kind, abi));
            }
            Builtin::Invalid => self.terminate(Terminator::Panic),
            _ => {
                self.emit_none(Op::Builtin(builtin), args.to_vec(), span);
                self.terminate(Terminator::Panic);
            }
        }
    }

    /// Ends the contract successfully without data.
    pub(super) fn stop(&mut self) {
        let term = match self.scope_segment() {
            Segment::Deploy => Terminator::Construct,
            Segment::Runtime => Terminator::Exit(ExitKind::Return, self.function.number(0)),
        };
        self.terminate(term);
    }

    /// The ABI word of a heap slice. Offset and length share the word, so neither may exceed its 32 bits.
    fn slice(&mut self, offset: Value, length: Value, span: u32) -> Value {
        if self.function.as_word(length) == Some(U256::ZERO) {
            return length;
        }
        let both = self.bin(Binary::Or, offset, length, span);
        self.emit_none(Op::Guard, vec![both], span);
        let (shift, position) = (self.function.number(32), self.function.number(64));
        let length = self.bin(Binary::Shl, length, shift, span);
        let sum = self.bin(Binary::Add, offset, length, span);
        self.bin(Binary::Shl, sum, position, span)
    }

    fn arithmetic(&mut self, builtin: Builtin, args: &[Value], span: u32) -> Option<Value> {
        let op = match builtin {
            Builtin::Add => Binary::Add,
            Builtin::Sub => Binary::Sub,
            Builtin::Mul => Binary::Mul,
            Builtin::Div => Binary::Div,
            Builtin::Mod => Binary::Mod,
            Builtin::And => Binary::And,
            Builtin::Or => Binary::Or,
            Builtin::Xor => Binary::Xor,
            Builtin::Not => {
                let ones = self.function.word(U256::MAX);
                return Some(self.bin(Binary::Xor, args[0], ones, span));
            }
            Builtin::Shl | Builtin::Shr => {
                return Some(self.shift(builtin, args[0], args[1], span));
            }
            _ => return self.comparison(builtin, args, span),
        };
        Some(self.bin(op, args[0], args[1], span))
    }

    /// The machine takes the amount modulo 256, the EVM gives zero from 256 up.
    fn shift(&mut self, builtin: Builtin, amount: Value, value: Value, span: u32) -> Value {
        let op = if builtin == Builtin::Shl {
            Binary::Shl
        } else {
            Binary::Shr
        };
        let shifted = self.bin(op, value, amount, span);
        let (limit, zero) = (self.function.number(255), self.function.number(0));
        self.emit(
            Op::Select(Cond::Gt),
            vec![amount, limit, zero, shifted],
            span,
        )
    }

    fn comparison(&mut self, builtin: Builtin, args: &[Value], span: u32) -> Option<Value> {
        let (cond, signed) = match builtin {
            Builtin::Lt => (Cond::Lt, false),
            Builtin::Gt => (Cond::Gt, false),
            Builtin::SLt => (Cond::Lt, true),
            Builtin::SGt => (Cond::Gt, true),
            Builtin::Eq => (Cond::Eq, false),
            Builtin::IsZero => {
                let zero = self.function.number(0);
                return Some(self.emit(Op::Compare(Cond::Eq), vec![args[0], zero], span));
            }
            _ => return None,
        };
        let mut operands = args.to_vec();
        if signed {
            let sign = self.function.word(U256::from(1) << 255);
            operands = operands
                .into_iter()
                .map(|value| self.bin(Binary::Xor, value, sign, span))
                .collect();
        }
        Some(self.emit(Op::Compare(cond), operands, span))
    }

    fn environment(&mut self, builtin: Builtin, args: &[Value], span: u32) -> Option<Value> {
        let deploys = self.scope_segment() == Segment::Deploy;
        Some(match builtin {
            Builtin::Address => self.context(Context::This, span),
            Builtin::Caller => self.context(Context::Caller, span),
            Builtin::CallValue => self.context(Context::Value, span),
            Builtin::Gas => self.context(Context::Gas, span),
            Builtin::CallDataLoad | Builtin::CallDataSize if deploys => self.function.number(0),
            Builtin::CallDataLoad => self.emit(Op::CalldataWord, vec![args[0]], span),
            Builtin::CallDataSize => self.pointer_length(Slot::Calldata, span),
            Builtin::CodeSize if deploys => self.pointer_length(Slot::Calldata, span),
            Builtin::ReturnDataSize => self.pointer_length(Slot::Returndata, span),
            Builtin::MSize => {
                let meta = self.context(Context::Meta, span);
                let (shift, mask) = (
                    self.function.number(64),
                    self.function.number(u64::from(u32::MAX)),
                );
                let shifted = self.bin(Binary::Shr, meta, shift, span);
                self.bin(Binary::And, shifted, mask, span)
            }
            Builtin::MemoryGuard => {
                self.lowerer.program.guarded[usize::from(!deploys)] = true;
                args[0]
            }
            _ => return None,
        })
    }

    /// Length of the data a pointer slot covers.
    pub(super) fn pointer_length(&mut self, slot: Slot, span: u32) -> Value {
        let pointer = self.emit(Op::SlotLoad(slot), vec![], span);
        let shift = self.function.number(LENGTH_SHIFT);
        self.bin(Binary::Shr, pointer, shift, span)
    }
}
