//! Records the tree of far calls.
//!
//! The VM crate has such a tracer, but keeps revert data only as text and overflows when the bootloader's own frame returns, as it does
//! at the end of every `eth_call`.

use zksync_multivm::vm_fast::interface::{
    CallframeInterface, CallingMode, GlobalStateInterface, HeapId, Opcode, OpcodeType, ReturnType,
    ShouldStop, StateInterface, Tracer,
};
use zksync_system_constants::{ACCOUNT_CODE_STORAGE_ADDRESS, CONTRACT_DEPLOYER_ADDRESS};
use zksync_types::{Address, H256, U256, u256_to_h256};

use crate::trail::{Tracker, Trail};

/// How a call passes control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// To another contract's code and storage.
    Call,
    /// To another contract's code on the caller's storage.
    Delegate,
    /// To a constructor.
    Create,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// With return data.
    Returned,
    /// With revert data.
    Reverted,
    /// Ran out of gas or did something forbidden.
    Panicked,
}

/// A call and the calls it made.
#[derive(Clone, Debug)]
pub struct TracedCall {
    /// How it passed control.
    pub kind: CallKind,
    /// How it ended.
    pub end: CallEnd,
    /// The caller.
    pub from: Address,
    /// Whose storage it uses.
    pub to: Address,
    /// Whose code it runs.
    pub code: Address,
    /// Versioned hash of that code; zero for accounts without code, which run the default account.
    pub code_hash: H256,
    /// Gas it was given.
    pub gas: u64,
    /// Gas that it and its calls used.
    pub gas_used: u64,
    /// Wei it carries, as the callee sees it.
    pub value: U256,
    /// Calldata.
    pub input: Vec<u8>,
    /// Return or revert data.
    pub output: Vec<u8>,
    /// Where in its code it failed; empty when it did not.
    pub trail: Trail,
    /// Calls it made, in order.
    pub calls: Vec<TracedCall>,
}

/// Versioned hash of the code that the current call runs. A constructor runs under the hash that its contract will have.
pub(crate) fn code_hash<S: GlobalStateInterface>(state: &mut S) -> H256 {
    let address = state.current_frame().code_address();
    let slot = U256::from_big_endian(address.as_bytes());
    let mut hash = u256_to_h256(state.get_storage(ACCOUNT_CODE_STORAGE_ADDRESS, slot));
    hash.0[1] = 0;
    hash
}

/// Collects the calls that the bootloader makes.
#[derive(Debug, Default)]
pub(crate) struct CallRecorder {
    open: Vec<Open>,
    finished: Vec<TracedCall>,
}

#[derive(Debug)]
struct Open {
    call: TracedCall,
    /// Gas of the call and of its caller together, right after the call began.
    available: u64,
    near_calls: usize,
    tracker: Tracker,
}

impl CallRecorder {
    /// The bootloader's calls in order.
    pub(crate) fn into_calls(self) -> Vec<TracedCall> {
        self.finished
    }

    /// The calls that have not ended, outermost first, each with the calls it made before.
    pub(crate) fn into_open(self) -> Vec<TracedCall> {
        let open = self.open.into_iter();
        open.map(|open| TracedCall {
            trail: open.tracker.trail(),
            ..open.call
        })
        .collect()
    }

    fn enter<S: GlobalStateInterface>(&mut self, mode: CallingMode, state: &mut S) {
        let gas = u64::from(state.current_frame().gas());
        let kind = match mode {
            CallingMode::Normal => CallKind::Call,
            CallingMode::Delegate => CallKind::Delegate,
            // ContractDeployer runs a constructor by calling the new contract in its caller's name.
            CallingMode::Mimic if state.callframe(1).address() == CONTRACT_DEPLOYER_ADDRESS => {
                CallKind::Create
            }
            CallingMode::Mimic => CallKind::Call,
        };
        let input = read_pointer(state, 1).unwrap_or_default();
        let available = gas + u64::from(state.callframe(1).gas());
        let code_hash = code_hash(state);
        let frame = state.current_frame();
        self.open.push(Open {
            call: TracedCall {
                kind,
                end: CallEnd::Panicked,
                from: frame.caller(),
                to: frame.address(),
                code: frame.code_address(),
                code_hash,
                gas,
                gas_used: 0,
                value: frame.context_u128().into(),
                input,
                output: Vec::new(),
                trail: Trail::default(),
                calls: Vec::new(),
            },
            available,
            near_calls: 0,
            tracker: Tracker::default(),
        });
    }

    fn leave<S: StateInterface>(&mut self, kind: ReturnType, state: &mut S) {
        match self.open.last_mut() {
            // The bootloader itself, or a near call of its own.
            None => return,
            Some(open) if open.near_calls > 0 => {
                open.near_calls -= 1;
                open.tracker.leave_near_call();
                return;
            }
            Some(_) => {}
        }
        let Some(Open {
            mut call,
            available,
            tracker,
            ..
        }) = self.open.pop()
        else {
            return;
        };
        // The callee may return more than it got: a stipend.
        call.gas_used = available.saturating_sub(u64::from(state.current_frame().gas()));
        call.end = match kind {
            ReturnType::Normal => CallEnd::Returned,
            ReturnType::Revert => CallEnd::Reverted,
            ReturnType::Panic => CallEnd::Panicked,
        };
        if call.end != CallEnd::Returned {
            call.trail = tracker.trail();
        }
        if call.end != CallEnd::Panicked {
            call.output = read_pointer(state, 1).unwrap_or_default();
        }
        let siblings = match self.open.last_mut() {
            Some(caller) => &mut caller.call.calls,
            None => &mut self.finished,
        };
        siblings.push(call);
    }
}

impl Tracer for CallRecorder {
    fn before_instruction<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        if let Some(open) = self.open.last_mut() {
            open.tracker.step::<OP, _>(state);
        }
    }

    fn after_instruction<OP: OpcodeType, S: GlobalStateInterface>(
        &mut self,
        state: &mut S,
    ) -> ShouldStop {
        match OP::VALUE {
            Opcode::FarCall(mode) => self.enter(mode, state),
            Opcode::NearCall => {
                if let Some(open) = self.open.last_mut() {
                    open.near_calls += 1;
                }
            }
            Opcode::Ret(kind) => self.leave(kind, state),
            _ => {}
        }
        ShouldStop::Continue
    }
}

/// Bytes behind the fat pointer in a register: offset, page, start and length, 32 bits each, from the lowest.
fn read_pointer<S: StateInterface>(state: &S, register: u8) -> Option<Vec<u8>> {
    let (value, is_pointer) = state.read_register(register);
    if !is_pointer {
        return None;
    }
    let field = |index: usize| ((value >> (32 * index)) & U256::from(u32::MAX)).low_u32();
    let (offset, page, start, length) = (field(0), field(1), field(2), field(3));
    let heap = HeapId::from_u32_unchecked(page);
    let first = start.checked_add(offset)?;
    let last = start.checked_add(length)?;
    Some(
        (first..last)
            .map(|at| state.read_heap_byte(heap, at))
            .collect(),
    )
}
