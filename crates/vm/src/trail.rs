//! Where in its code a call is, and through which functions it got there.
//!
//! Two conventions of calling functions are known: near calls, which the machine keeps track of itself, and jumps that leave the
//! address behind them in a register, from which a later jump takes it.

use zksync_multivm::vm_fast::interface::{
    CallframeInterface, GlobalStateInterface, Opcode, OpcodeType, StateInterface,
};

/// Latest instructions that are remembered. Shared code at the end of a contract has no place in the source, so that the place is
/// found a few instructions before.
const REMEMBERED: usize = 64;

/// Most functions within each other that are remembered. A deeper recursion keeps its outermost ones.
const MAX_FUNCTIONS: usize = 1_024;

/// Instructions by which a call got to where it is, as addresses in its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The calls of functions that have not returned, outermost first.
    pub callers: Vec<u16>,
    /// The latest instructions, oldest first.
    pub recent: Vec<u16>,
}

/// Follows one call.
#[derive(Debug)]
pub(crate) struct Tracker {
    functions: Vec<Function>,
    recent: [u16; REMEMBERED],
    steps: usize,
    jumped: bool,
}

/// A function that was entered.
#[derive(Clone, Copy, Debug)]
struct Function {
    call: u16,
    /// Where it returns to; none if the machine knows that itself.
    back: Option<u16>,
}

impl Default for Tracker {
    fn default() -> Self {
        Self {
            functions: Vec::new(),
            recent: [0; REMEMBERED],
            steps: 0,
            jumped: false,
        }
    }
}

impl Tracker {
    /// Notes the instruction that is about to run.
    pub(crate) fn step<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        // There is none while the machine panics.
        let Some(at) = state.current_frame().program_counter() else {
            return;
        };
        if std::mem::take(&mut self.jumped) {
            self.arrive(at);
        }
        self.recent[self.steps % REMEMBERED] = at;
        self.steps += 1;
        match OP::VALUE {
            Opcode::NearCall => self.functions.push(Function {
                call: at,
                back: None,
            }),
            Opcode::Jump if links(state, at) => self.link(at),
            Opcode::Jump => self.jumped = true,
            _ => {}
        }
    }

    /// A near call has ended.
    pub(crate) fn leave_near_call(&mut self) {
        while let Some(function) = self.functions.pop() {
            if function.back.is_none() {
                return;
            }
        }
    }

    /// Where the call is now.
    pub(crate) fn trail(&self) -> Trail {
        let count = self.steps.min(REMEMBERED);
        let recent = (self.steps - count..self.steps).map(|step| self.recent[step % REMEMBERED]);
        Trail {
            callers: self
                .functions
                .iter()
                .map(|function| function.call)
                .collect(),
            recent: recent.collect(),
        }
    }

    fn link(&mut self, at: u16) {
        if self.functions.len() < MAX_FUNCTIONS {
            self.functions.push(Function {
                call: at,
                back: Some(at.wrapping_add(1)),
            });
        }
    }

    /// A jump to where a function was called from ends that function, and those that it jumped away from.
    fn arrive(&mut self, at: u16) {
        let near = self
            .functions
            .iter()
            .rposition(|function| function.back.is_none());
        let own = near.map_or(0, |index| index + 1);
        let ended = self.functions[own..]
            .iter()
            .rposition(|function| function.back == Some(at));
        if let Some(ended) = ended {
            self.functions.truncate(own + ended);
        }
    }
}

/// Whether the jump at `at` leaves the address behind it in a register: its first destination, bits 24 to 27 of the instruction.
fn links<S: StateInterface>(state: &mut S, at: u16) -> bool {
    let word = state.current_frame().read_contract_code(at / 4);
    let instruction = word.0[3 - usize::from(at % 4)];
    (instruction >> 24) & 0b1111 != 0
}
