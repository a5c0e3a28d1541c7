//! From a raw transaction to the pool, and on to a block.

use std::time::Duration;

use zksso_vm::{self as vm, Ending, Environment, Stop};
use zksync_multivm::{
    VmVersion,
    interface::{
        TxExecutionMode,
        storage::ReadStorage,
        tracer::{TimestampAsserterParams, ViolatedValidationRule},
    },
    utils::derive_base_fee_and_gas_per_pubdata,
};
use zksync_types::{
    Address, H256, PackedEthSignature, U256, get_code_key, get_nonce_key, h256_to_u256,
    l2::{L2Tx, TransactionType},
    utils::decompose_full_nonce,
};

use super::{
    Authority, BLOCK_GAS_LIMIT, BrokenRule, Chain, PROTOCOL, Refusal, View, context::Pricing,
    decode::decode, overrides::set_nonce, pool::NotAdded, refusal::RuleViolation,
};
use crate::{config::TIMESTAMP_ASSERTER, convert};

/// Highest gas limit: the bootloader's own gas, which a transaction cannot exceed.
pub(super) const MAX_GAS: u64 = BLOCK_GAS_LIMIT;

/// How far ahead of the sender's next nonce a transaction may be, as on the public chains.
const MAX_NONCE_AHEAD: u32 = 50;

/// Bytes of calldata and bytecode up to which the default account's validation needs no check: reading them cannot exhaust the gas
/// that validation may use.
const MAX_PLAIN_BYTES: usize = 4_096;

/// Half of the order of secp256k1.
const HALF_OF_THE_ORDER: U256 = U256([
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
]);

/// Why a transaction whose asserted time range ends too soon is refused, given how it would have ended without that rule.
fn time_refusal(ending: Ending) -> Refusal {
    match ending {
        Ending::Stop(stop @ Stop::Failed { .. }) => stop.into(),
        _ => RuleViolation::TimeRange.into(),
    }
}

impl Chain {
    /// Checks and validates a raw transaction and adds it to the pool; with automatic mining, it is in a block afterwards. A refused
    /// transaction leaves no trace.
    pub(crate) fn submit(&mut self, raw: &[u8]) -> Result<H256, Refusal> {
        let tx =
            decode(raw, self.chain_id).inspect_err(|refusal| self.note_refusal(None, refusal))?;
        self.accept(tx, Authority::Account)
    }

    /// The same for a decoded transaction.
    pub(super) fn accept(&mut self, tx: L2Tx, mode: Authority) -> Result<H256, Refusal> {
        self.take(&tx, mode)
            .inspect_err(|refusal| self.note_refusal(Some(&tx), refusal))
    }

    fn take(&mut self, tx: &L2Tx, mode: Authority) -> Result<H256, Refusal> {
        let hash = tx.hash();
        if self.records.contains_key(&hash) || self.pool.get(hash).is_some() {
            return Err(Refusal::AlreadyKnown(convert::to_b256(hash)));
        }
        self.admit(tx, mode)?;
        if mode == Authority::Account {
            self.validate(tx)?;
        }
        self.pool
            .add(tx.clone(), mode)
            .map_err(|error| match error {
                NotAdded::Full => Refusal::PoolFull,
                NotAdded::Underpriced { needed } => Refusal::Underpriced { needed },
            })?;
        self.announce_transaction(hash);
        if self.mining.is_automatic() {
            let dropped = self.mine_ready();
            if let Some((_, refusal)) = dropped.into_iter().find(|(other, _)| *other == hash) {
                return Err(refusal);
            }
        }
        Ok(hash)
    }

    // --- Admission ------------------------------------------------------------------------------------------------------

    /// Finds the mistakes that the machine would report less clearly.
    fn admit(&self, tx: &L2Tx, mode: Authority) -> Result<(), Refusal> {
        let fee = &tx.common_data.fee;
        if fee.gas_limit > MAX_GAS.into() {
            return Err(Refusal::TooMuchGas {
                actual: convert::to_u256(fee.gas_limit),
                max: MAX_GAS,
            });
        }
        self.check_nonce(tx)?;
        if mode == Authority::ImpersonatedContract {
            return Ok(());
        }
        self.check_prices(tx)?;
        self.check_funds(tx)
    }

    fn check_prices(&self, tx: &L2Tx) -> Result<(), Refusal> {
        let fee = &tx.common_data.fee;
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
        Ok(())
    }

    fn check_nonce(&self, tx: &L2Tx) -> Result<(), Refusal> {
        let sender = tx.initiator_account();
        let expected = self.small_nonce(sender, self.head().number);
        let next = self.pool.next_nonce(sender, expected);
        let actual = tx.nonce().0;
        let account = convert::to_address(sender);
        if actual < expected {
            return Err(Refusal::NonceTooLow {
                account,
                expected,
                actual,
            });
        }
        if actual > next.saturating_add(MAX_NONCE_AHEAD) {
            return Err(Refusal::NonceTooHigh {
                account,
                expected: next,
                actual,
            });
        }
        Ok(())
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

    // --- Validation -----------------------------------------------------------------------------------------------------

    /// Runs the account's validation under the protocol's rules, in the state that the transaction will find as far as it is known.
    fn validate(&self, tx: &L2Tx) -> Result<(), Refusal> {
        let timestamp = self.next_timestamp();
        let mode = TxExecutionMode::VerifyExecute;
        let env = self.environment(mode, self.head(), timestamp, Pricing::default());
        let mut view = self.state.view(self.state.version());
        reach_nonce(&mut view, tx);
        let is_plain = view
            .read_value(&get_code_key(&tx.initiator_account()))
            .is_zero();
        let is_signed = is_plain && self.is_signed_by_sender(tx);
        if is_signed && is_cheap_to_validate(tx) {
            return Ok(());
        }
        if self.config.validation_rules {
            self.check_rules(env, view, tx)
        } else if is_plain && !is_signed {
            // The rest of the way trusts the signatures of such accounts.
            match self.execute(env, &view, tx)?.ending {
                Ending::Stop(stop) => Err(stop.into()),
                Ending::Success(_) | Ending::Revert(_) => Ok(()),
            }
        } else {
            Ok(())
        }
    }

    fn check_rules(&self, env: Environment, view: View, tx: &L2Tx) -> Result<(), Refusal> {
        let checked = self.validation_environment(env.clone());
        let asserter = self.asserter();
        let validated = vm::validate(checked.clone(), &view, tx, asserter)?;
        if validated.is_err() && self.config.coverage {
            // What ends here is in no block, where it would be counted.
            self.execute(env.clone(), &view, tx)?;
        }
        match validated {
            Ok(()) => Ok(()),
            Err(Stop::Rule(ViolatedValidationRule::TimestampAssertionCloseToRangeEnd)) => {
                // The rule speaks before the assertion itself: a range that is over already is the asserter's error.
                let run = vm::execute(env, &view, tx)?;
                match time_refusal(run.ending) {
                    Refusal::Rule(broken) => Err(self.explain(broken.rule, checked, view, tx)),
                    other => Err(other),
                }
            }
            Err(Stop::Rule(rule)) => Err(self.explain(rule.into(), checked, view, tx)),
            Err(stop) => Err(stop.into()),
        }
    }

    /// Says where in the source a rule was broken, by running validation once more.
    fn explain(&self, rule: RuleViolation, env: Environment, view: View, tx: &L2Tx) -> Refusal {
        let open = vm::trace_validation(env, &view, tx, self.asserter());
        // The rule itself is known, whatever becomes of its explanation.
        let open = open.unwrap_or_default();
        let broken = BrokenRule::explained(rule, &open, &self.config.contracts);
        Refusal::Rule(Box::new(broken))
    }

    fn asserter(&self) -> TimestampAsserterParams {
        TimestampAsserterParams {
            address: convert::h160(TIMESTAMP_ASSERTER),
            min_time_till_end: Duration::from_secs(self.config.min_time_till_end),
        }
    }

    /// Whether the transaction has the signature that the default account asks for. Decoding has recovered the sender of the
    /// Ethereum types from it.
    fn is_signed_by_sender(&self, tx: &L2Tx) -> bool {
        if tx.common_data.transaction_type != TransactionType::EIP712Transaction {
            return true;
        }
        let Ok(signature) = PackedEthSignature::deserialize_packed(&tx.common_data.signature)
        else {
            return false;
        };
        // As the default account, which takes one of the two signatures that say the same (EIP-2).
        if U256::from_big_endian(signature.s()) > HALF_OF_THE_ORDER {
            return false;
        }
        let signer = signature.signature_recover_signer(&tx.get_signed_bytes(self.chain_id));
        signer.is_ok_and(|signer| signer == tx.initiator_account())
    }
}

/// Whether the default account's validation, which keeps the rules, surely stays within its gas: it reads the transaction and nothing
/// else whose size somebody chooses.
fn is_cheap_to_validate(tx: &L2Tx) -> bool {
    let deps = tx.execute.factory_deps.iter().map(Vec::len);
    let bytes = tx.execute.calldata.len() + deps.sum::<usize>();
    bytes <= MAX_PLAIN_BYTES && tx.common_data.paymaster_params.paymaster.is_zero()
}

/// Makes the transaction's nonce the sender's next: those before it may still wait.
pub(super) fn reach_nonce(view: &mut View, tx: &L2Tx) {
    let sender = tx.initiator_account();
    let full = h256_to_u256(view.read_value(&get_nonce_key(&sender)));
    let wanted = U256::from(tx.nonce().0);
    if decompose_full_nonce(full).0 < wanted {
        set_nonce(view, sender, wanted);
    }
}
