//! Replaces reads of storage whose content is known: written before, or read before, on every path.
//!
//! solc reads the whole word again for each field of a packed struct, and the length of an array for each access. A read
//! costs as much as hundreds of instructions. Transient storage is treated alike.
//!
//! A write may change what was known about every key that is not [certain to differ](super::storage_keys). A call of
//! another contract may lead back into this one, unless it is static.

use super::Pass;
use super::dataflow::{Facts, solve};
use super::storage_keys::Hashers;
use crate::builtin::Builtin;
use crate::ir::{BlockId, CallKind, Cfg, FarCall, Function, Inst, Op, Program, Value};
use alloy_primitives::U256;
use std::collections::{BTreeMap, HashMap};

/// The pass.
pub(crate) struct ForwardStorage;

/// Words remembered at a time.
const LIMIT: usize = 64;
/// The system contract that writes events; it calls nobody.
const EVENT_WRITER: u64 = 0x800d;

/// A storage that the contract owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Storage {
    Persistent,
    Transient,
}

/// A set of storages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Storages {
    pub(super) persistent: bool,
    pub(super) transient: bool,
}

impl Storages {
    /// Both.
    pub(super) const ALL: Self = Self {
        persistent: true,
        transient: true,
    };

    pub(super) fn contains(self, storage: Storage) -> bool {
        match storage {
            Storage::Persistent => self.persistent,
            Storage::Transient => self.transient,
        }
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self {
            persistent: self.persistent || other.persistent,
            transient: self.transient || other.transient,
        }
    }
}

impl From<Storage> for Storages {
    fn from(storage: Storage) -> Self {
        Self {
            persistent: storage == Storage::Persistent,
            transient: storage == Storage::Transient,
        }
    }
}

/// The storage that an instruction reads.
pub(super) fn read_by(inst: &Inst) -> Option<Storage> {
    match inst.op {
        Op::StorageLoad => Some(Storage::Persistent),
        Op::TransientLoad => Some(Storage::Transient),
        _ => None,
    }
}

/// The storage that an instruction writes.
pub(super) fn written_by(inst: &Inst) -> Option<Storage> {
    match inst.op {
        Op::StorageStore => Some(Storage::Persistent),
        Op::TransientStore => Some(Storage::Transient),
        _ => None,
    }
}

/// What is known about storage at some point.
type Contents = BTreeMap<(Storage, Value), Value>;

impl Pass for ForwardStorage {
    fn name(&self) -> &'static str {
        "forward-storage"
    }

    fn run(&self, program: &mut Program) {
        let hashers = Hashers::of(program);
        // What is not summarised yet belongs to the same recursive group and may write anything.
        let mut summaries = vec![Storages::ALL; program.functions.len()];
        for id in program.bottom_up() {
            let function = program.function_mut(id);
            Forwarder {
                function,
                hashers: &hashers,
                summaries: &summaries,
            }
            .run();
            summaries[id.index()] = writes(function, &summaries);
        }
    }
}

/// Where a function and its callees write.
fn writes(function: &Function, summaries: &[Storages]) -> Storages {
    let blocks = Cfg::new(function).order.into_iter();
    let insts = blocks.flat_map(|block| &function.block(block).insts);
    insts.fold(Storages::default(), |all, &inst| {
        let inst = function.inst(inst);
        let own = written_by(inst).map_or(Storages::default(), Storages::from);
        all.with(own)
            .with(writes_elsewhere(function, inst, summaries))
    })
}

/// Where code that an instruction runs may write.
fn writes_elsewhere(function: &Function, inst: &Inst, summaries: &[Storages]) -> Storages {
    use Builtin::{Call, CallCode, Create, Create2, DelegateCall};
    match inst.op {
        Op::Call(callee) => summaries[callee.index()],
        Op::FarCall(FarCall {
            is_static: true, ..
        }) => Storages::default(),
        Op::FarCall(FarCall {
            kind: CallKind::Normal,
            ..
        }) if function.as_word(inst.args[1]) == Some(U256::from(EVENT_WRITER)) => {
            Storages::default()
        }
        Op::Builtin(Call | CallCode | Create | Create2 | DelegateCall)
        | Op::FarCall(_)
        | Op::IncrementTx => Storages::ALL,
        _ => Storages::default(),
    }
}

struct Forwarder<'a> {
    function: &'a mut Function,
    hashers: &'a Hashers,
    summaries: &'a [Storages],
}

impl Forwarder<'_> {
    fn run(&mut self) {
        let reads = self.function.placed().any(|inst| read_by(inst).is_some());
        if !reads {
            return;
        }
        let cfg = Cfg::new(self.function);
        let step = |inst: &Inst, contents: &mut Contents| self.step(inst, contents);
        let before = solve(self.function, &cfg, step);
        let mut map = HashMap::new();
        for &block in &cfg.order {
            let mut contents = before[block.index()].clone().unwrap_or_default();
            self.rewrite(block, &mut contents, &mut map);
        }
        self.function.replace_values(&map);
    }

    fn rewrite(
        &mut self,
        block: BlockId,
        contents: &mut Contents,
        map: &mut HashMap<Value, Value>,
    ) {
        let mut insts = std::mem::take(&mut self.function.block_mut(block).insts);
        insts.retain(|&id| {
            let inst = self.function.inst(id);
            let known = read_by(inst).and_then(|storage| contents.get(&(storage, inst.args[0])));
            if let Some(&value) = known {
                map.insert(inst.results[0], value);
                return false;
            }
            self.step(inst, contents);
            true
        });
        self.function.block_mut(block).insts = insts;
    }

    /// The effect of an instruction on what is known. A read of what is known changes nothing.
    fn step(&self, inst: &Inst, contents: &mut Contents) {
        let has_room = contents.len() < LIMIT;
        if let Some(storage) = read_by(inst) {
            if has_room {
                let key = (storage, inst.args[0]);
                contents.entry(key).or_insert(inst.results[0]);
            }
        } else if let Some(storage) = written_by(inst) {
            let key = inst.args[0];
            contents.retain(|&(other, at), _| {
                other != storage || self.hashers.are_apart(self.function, key, at)
            });
            if has_room {
                contents.insert((storage, key), inst.args[1]);
            }
        } else {
            let writes = writes_elsewhere(self.function, inst, self.summaries);
            contents.retain(|&(storage, _), _| !writes.contains(storage));
        }
    }
}

impl Facts for Contents {
    fn meet(&mut self, other: &Self) {
        self.retain(|key, value| other.get(key) == Some(value));
    }
}
