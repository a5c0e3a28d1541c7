//! Measures the gas that account validation uses.

use zksync_multivm::{
    interface::Halt,
    vm_fast::{
        ValidationTracer,
        interface::{
            CallframeInterface, CycleStats, GlobalStateInterface, Opcode, OpcodeType, ShouldStop,
            Tracer,
        },
    },
};

/// Adds up the computational gas between the bootloader's hooks around account validation, and leaves the rest to `V`.
///
/// A hook is a heap write of the bootloader, and the machine calls the tracer back right after it; hence the gas left after the latest
/// heap write is the gas left at the hook.
#[derive(Debug, Default)]
pub(crate) struct Measured<V> {
    inner: V,
    inside: bool,
    given: u32,
    latest: u32,
    /// Computational gas used by validation so far.
    pub(crate) used: u64,
}

impl<V: Tracer> Tracer for Measured<V> {
    #[inline(always)]
    fn before_instruction<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        self.inner.before_instruction::<OP, _>(state);
    }

    #[inline(always)]
    fn after_instruction<OP: OpcodeType, S: GlobalStateInterface>(
        &mut self,
        state: &mut S,
    ) -> ShouldStop {
        if self.inside && matches!(OP::VALUE, Opcode::HeapWrite) {
            self.latest = state.current_frame().gas();
        }
        self.inner.after_instruction::<OP, _>(state)
    }

    fn on_extra_prover_cycles(&mut self, stats: CycleStats) {
        self.inner.on_extra_prover_cycles(stats);
    }
}

impl<V: ValidationTracer> ValidationTracer for Measured<V> {
    const STOP_AFTER_VALIDATION: bool = V::STOP_AFTER_VALIDATION;

    fn account_validation_entered(&mut self, gas_given: u32, gas_hidden: u32) {
        self.inside = true;
        self.given = gas_given;
        self.latest = gas_given;
        self.inner.account_validation_entered(gas_given, gas_hidden);
    }

    fn validation_exited(&mut self) -> Option<Halt> {
        if std::mem::take(&mut self.inside) {
            self.used += u64::from(self.given.saturating_sub(self.latest));
        }
        self.inner.validation_exited()
    }
}
