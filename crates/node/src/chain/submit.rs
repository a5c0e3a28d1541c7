//! From a raw transaction to a block.

use std::time::Duration;

use zksso_vm::{self as vm, Ending, Run, Stop};
use zksync_multivm::{
    VmVersion,
    interface::{
        TxExecutionMode,
        tracer::{TimestampAsserterParams, ViolatedValidationRule},
    },
    utils::derive_base_fee_and_gas_per_pubdata,
};
use zksync_types::{Address, H256, U256, bytecode::BytecodeHash, l2::L2Tx};

use super::{
    Block, Chain, PROTOCOL, Record, Refusal, block::bloom, context::Pricing, decode::decode,
    refusal::RuleViolation,
};
use crate::{config::TIMESTAMP_ASSERTER, convert};

/// Highest gas limit: the bootloader's own gas, which a transaction cannot exceed.
pub(super) const MAX_GAS: u64 = u32::MAX as u64;

/// Why a transaction whose asserted time range ends too soon is refused, given how it would have ended without that rule.
fn time_refusal(ending: Ending) -> Refusal {
    match ending {
        Ending::Stop(stop @ Stop::Failed { .. }) => stop.into(),
        _ => Refusal::Rule(RuleViolation::TimeRange),
    }
}

impl Chain {
    /// Checks, validates and executes a raw transaction and seals a block with it. A refused transaction leaves no trace.
    pub(crate) fn submit(&mut self, raw: &[u8]) -> Result<H256, Refusal> {
        let tx = decode(raw, self.chain_id)?;
        let hash = tx.hash();
        if self.records.contains_key(&hash) {
            return Err(Refusal::AlreadyKnown(convert::to_b256(hash)));
        }
        self.admit(&tx)?;
        let timestamp = self.next_timestamp();
        let mode = TxExecutionMode::VerifyExecute;
        let env = self.environment(mode, self.head(), timestamp, Pricing::default());
        let mut view = self.state.view(self.state.version());
        let validated = if self.config.validation_rules {
            let env = self.validation_environment(env.clone());
            vm::validate(env, &mut view.clone(), tx.clone().into(), self.asserter())?
        } else {
            Ok(())
        };
        match validated {
            Ok(()) => {}
            Err(Stop::Rule(ViolatedValidationRule::TimestampAssertionCloseToRangeEnd)) => {
                // The rule speaks before the assertion itself: a range that is over already is the asserter's error.
                let run = vm::execute(env, &mut view, tx.into())?;
                return Err(time_refusal(run.ending));
            }
            Err(stop) => return Err(stop.into()),
        }
        let run = vm::execute(env, &mut view, tx.clone().into())?;
        self.include(tx, run, timestamp)?;
        Ok(hash)
    }

    fn asserter(&self) -> TimestampAsserterParams {
        TimestampAsserterParams {
            address: convert::h160(TIMESTAMP_ASSERTER),
            min_time_till_end: Duration::from_secs(self.config.min_time_till_end),
        }
    }

    /// Finds the mistakes that the machine would report less clearly.
    fn admit(&self, tx: &L2Tx) -> Result<(), Refusal> {
        let fee = &tx.common_data.fee;
        if fee.gas_limit > MAX_GAS.into() {
            return Err(Refusal::TooMuchGas {
                actual: convert::to_u256(fee.gas_limit),
                max: MAX_GAS,
            });
        }
        let (base_fee, pubdata) =
            derive_base_fee_and_gas_per_pubdata(self.fee_input(), VmVersion::from(PROTOCOL));
        if fee.max_fee_per_gas < base_fee.into() {
            return Err(Refusal::FeeTooLow {
                base_fee,
                actual: convert::to_u256(fee.max_fee_per_gas),
            });
        }
        if fee.gas_per_pubdata_limit < pubdata.into() {
            return Err(Refusal::PubdataLimitTooLow {
                price: pubdata,
                actual: convert::to_u256(fee.gas_per_pubdata_limit),
            });
        }
        self.check_nonce(tx)?;
        self.check_funds(tx)
    }

    fn check_nonce(&self, tx: &L2Tx) -> Result<(), Refusal> {
        let sender = tx.initiator_account();
        let expected = convert::to_u256(self.nonce(sender, self.head().number));
        let actual = convert::to_u256(U256::from(tx.nonce().0));
        let account = convert::to_address(sender);
        match actual.cmp(&expected) {
            std::cmp::Ordering::Less => Err(Refusal::NonceTooLow {
                account,
                expected,
                actual,
            }),
            std::cmp::Ordering::Greater => Err(Refusal::NonceTooHigh {
                account,
                expected,
                actual,
            }),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }

    fn check_funds(&self, tx: &L2Tx) -> Result<(), Refusal> {
        let fee = &tx.common_data.fee;
        let gas = if tx.common_data.paymaster_params.paymaster == Address::zero() {
            fee.gas_limit.saturating_mul(fee.max_fee_per_gas)
        } else {
            U256::zero()
        };
        let needed = gas.saturating_add(tx.execute.value);
        let sender = tx.initiator_account();
        let balance = self.balance(sender, self.head().number);
        if balance >= needed {
            return Ok(());
        }
        Err(Refusal::InsufficientFunds {
            account: convert::to_address(sender),
            balance: convert::to_u256(balance),
            needed: convert::to_u256(needed),
        })
    }

    fn include(&mut self, tx: L2Tx, run: Run, timestamp: u64) -> Result<(), Refusal> {
        let (success, output) = match run.ending {
            Ending::Success(output) => (true, output),
            Ending::Revert(data) => (false, data),
            Ending::Stop(stop) => return Err(stop.into()),
        };
        let hash = tx.hash();
        let mut block = Block::after(self.head(), timestamp, vec![hash]);
        for bytecode in &tx.execute.factory_deps {
            let dependency = BytecodeHash::for_bytecode(bytecode).value();
            self.state.add_bytecode(dependency, bytecode.clone());
        }
        let gas_limit = tx.common_data.fee.gas_limit.as_u64();
        let record = Record {
            block: block.number,
            success,
            gas_used: gas_limit.saturating_sub(run.gas_refunded),
            gas_price: self.base_fee(),
            vm_gas: run.vm_gas,
            validation_gas: run.validation_gas,
            pubdata: run.pubdata,
            events: run.events,
            user_logs: run.user_logs,
            output,
            tx,
        };
        block.gas_used = record.gas_used;
        block.bloom = bloom(&record.events);
        self.records.insert(hash, record);
        self.announce_transaction(hash);
        self.seal(block, run.writes);
        Ok(())
    }
}
