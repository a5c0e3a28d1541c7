//! Counts how often each instruction runs, and what it costs.

use std::collections::HashMap;

use zksync_multivm::vm_fast::interface::{
    CallframeInterface, GlobalStateInterface, Opcode, OpcodeType, ShouldStop, Tracer,
};
use zksync_types::H256;

use crate::calls::code_hash;

/// Runs of one instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How often it ran; an instruction whose condition did not hold did not, and one that does nothing never does.
    pub runs: u64,
    /// Computational gas that it took, also where its condition did not hold. A call counts without what the callee takes; what a panic burns counts where it happened.
    pub gas: u64,
}

/// Runs of all instructions: by bytecode hash, then by the instruction's address. Accounts without code, whose hash is zero, run the
/// default account.
pub type Counts = HashMap<H256, Vec<Count>>;

/// Adds counts to others.
pub fn add_counts(total: &mut Counts, more: Counts) {
    for (hash, counts) in more {
        let sums = total.entry(hash).or_default();
        if sums.len() < counts.len() {
            sums.resize(counts.len(), Count::default());
        }
        for (sum, count) in sums.iter_mut().zip(counts) {
            sum.runs += count.runs;
            sum.gas += count.gas;
        }
    }
}

/// Counts the instructions of everything that the bootloader calls.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    codes: Vec<(H256, Vec<Count>)>,
    numbers: HashMap<H256, usize>,
    /// The code of each call that has not ended, as an index into `codes`.
    open: Vec<usize>,
    /// Address of the instruction that runs.
    at: Option<u16>,
    /// Gas of the frame that runs, behind the last instruction. The machine takes an instruction's price before it reports it.
    gas: u64,
    /// Of an instruction that ends a call of either kind: gas of the caller, and whether the callee was another contract.
    callers_gas: u64,
    leaves: bool,
}

impl Counter {
    pub(crate) fn into_counts(self) -> Counts {
        self.codes.into_iter().collect()
    }

    fn enter<S: GlobalStateInterface>(&mut self, state: &mut S) {
        let hash = code_hash(state);
        let fresh = self.codes.len();
        let number = *self.numbers.entry(hash).or_insert(fresh);
        if number == fresh {
            self.codes.push((hash, Vec::new()));
        }
        self.open.push(number);
    }

    fn count(&mut self, runs: bool, gas: u64) {
        let (Some(&code), Some(at)) = (self.open.last(), self.at) else {
            return;
        };
        let counts = &mut self.codes[code].1;
        let at = usize::from(at);
        if counts.len() <= at {
            counts.resize(at + 1, Count::default());
        }
        counts[at].runs += u64::from(runs);
        counts[at].gas += gas;
    }

    /// Gas that was there before an instruction and is no longer.
    fn taken<OP: OpcodeType, S: GlobalStateInterface>(&self, state: &mut S, left: u64) -> u64 {
        let (before, after) = match OP::VALUE {
            Opcode::FarCall(_) | Opcode::NearCall => {
                (self.gas, left + u64::from(state.callframe(1).gas()))
            }
            Opcode::Ret(_) => (self.gas + self.callers_gas, left),
            _ => (self.gas, left),
        };
        // A callee may return more than it got: a stipend.
        before.saturating_sub(after)
    }
}

impl Tracer for Counter {
    #[inline(always)]
    fn before_instruction<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        if self.open.is_empty() {
            return;
        }
        self.at = state.current_frame().program_counter();
        if matches!(OP::VALUE, Opcode::Ret(_)) {
            self.leaves = !state.current_frame().is_near_call();
            self.callers_gas = u64::from(state.callframe(1).gas());
        }
    }

    #[inline(always)]
    fn after_instruction<OP: OpcodeType, S: GlobalStateInterface>(
        &mut self,
        state: &mut S,
    ) -> ShouldStop {
        let is_call = matches!(OP::VALUE, Opcode::FarCall(_));
        if self.open.is_empty() && !is_call {
            return ShouldStop::Continue;
        }
        let left = u64::from(state.current_frame().gas());
        // The machine reports an instruction whose condition does not hold as one that does nothing.
        let runs = !matches!(OP::VALUE, Opcode::Nop);
        let taken = self.taken::<OP, S>(state, left);
        self.count(runs, taken);
        self.gas = left;
        match OP::VALUE {
            Opcode::FarCall(_) => self.enter(state),
            Opcode::Ret(_) if self.leaves => {
                self.open.pop();
            }
            _ => {}
        }
        ShouldStop::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[(u64, u64)]) -> Counts {
        let counts = values.iter().map(|&(runs, gas)| Count { runs, gas });
        [(H256::zero(), counts.collect())].into()
    }

    #[test]
    fn counts_of_different_length_add_up() {
        let mut total = counts(&[(1, 10)]);
        add_counts(&mut total, counts(&[(2, 5), (1, 7)]));
        assert_eq!(total, counts(&[(3, 15), (1, 7)]));
        add_counts(&mut total, counts(&[]));
        assert_eq!(total, counts(&[(3, 15), (1, 7)]));
    }
}
