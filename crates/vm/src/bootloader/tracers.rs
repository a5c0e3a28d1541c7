//! The tracers of a machine.

use zksync_multivm::vm_fast::ValidationTracer;
use zksync_vm2::interface::{CycleStats, GlobalStateInterface, OpcodeType, ShouldStop, Tracer};

/// A tracer that watches, and one that enforces the rules of validation, which is asked first.
#[derive(Debug, Default)]
pub(crate) struct Tracers<T, V> {
    pub(crate) watching: T,
    pub(crate) validation: V,
}

impl<T: Tracer, V: ValidationTracer> Tracer for Tracers<T, V> {
    #[inline(always)]
    fn before_instruction<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        self.validation.before_instruction::<OP, _>(state);
        self.watching.before_instruction::<OP, _>(state);
    }

    #[inline(always)]
    fn after_instruction<OP: OpcodeType, S: GlobalStateInterface>(
        &mut self,
        state: &mut S,
    ) -> ShouldStop {
        match self.validation.after_instruction::<OP, _>(state) {
            ShouldStop::Stop => ShouldStop::Stop,
            ShouldStop::Continue => self.watching.after_instruction::<OP, _>(state),
        }
    }

    #[inline(always)]
    fn on_extra_prover_cycles(&mut self, stats: CycleStats) {
        self.validation.on_extra_prover_cycles(stats);
        self.watching.on_extra_prover_cycles(stats);
    }
}
