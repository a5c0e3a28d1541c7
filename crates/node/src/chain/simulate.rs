//! Runs that leave no trace: calls, fee estimates and traces.

use zksso_vm::{self as vm, Ending, Environment, Run, TracedCall};
use zksync_multivm::interface::{TxExecutionMode, storage::ReadStorage};
use zksync_system_constants::{
    DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE, SYSTEM_CONTEXT_GAS_PRICE_POSITION,
};
use zksync_types::{
    Address, H256, StorageKey, U256, get_nonce_key, get_system_context_key, h256_to_u256,
    l2::{L2Tx, TransactionType},
    u256_to_h256,
    utils::{decompose_full_nonce, storage_key_for_eth_balance},
};

use super::{
    AccountOverride, Block, CallAt, Chain, Refusal, Request, Scene, View, context::Pricing,
    decode::decode, mine::how, overrides::set_nonce, submit::MAX_GAS,
};
use crate::convert;

/// Gas that a call or the first run of an estimate has when the caller names none; the protocol's limit of a transaction.
pub(super) const DEFAULT_GAS: u64 = 80_000_000;

/// Sender of estimates that name none.
const ANYBODY: Address = Address::repeat_byte(0xff);

/// Result of a fee estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    pub(crate) gas_limit: u64,
    pub(crate) max_fee: u64,
    pub(crate) gas_per_pubdata: u64,
}

/// A transaction with everything that its run needs.
pub(crate) struct Setup {
    pub(super) env: Environment,
    /// State at the start of the block.
    pub(super) view: View,
    /// Transactions before it in its block.
    pub(super) earlier: Vec<L2Tx>,
    pub(crate) tx: L2Tx,
}

impl Chain {
    /// Return data of a call.
    pub(crate) fn call(&self, request: &Request, scene: &Scene) -> Result<Vec<u8>, Refusal> {
        let setup = self.set_up_call(request, scene)?;
        success(self.execute(setup.env, &setup.view, &setup.tx)?)
    }

    /// A transaction of the chain, to be run again where it was. `None` when the chain does not have it.
    pub(crate) fn set_up_again(&self, hash: H256) -> Option<Setup> {
        let record = self.record(hash)?;
        let block = self.block(record.block)?;
        let parent = self.block(record.block.checked_sub(1)?)?;
        let (mode, pricing) = how(record.mode);
        let mut env = self.environment(mode, parent, block.timestamp, pricing);
        env.trusted_signatures = true;
        let earlier = block.transactions.iter().take(record.index);
        let earlier = earlier.filter_map(|hash| Some(self.record(*hash)?.tx.clone()));
        Some(Setup {
            env,
            view: self.state.view(parent.version),
            earlier: earlier.collect(),
            tx: record.tx.clone(),
        })
    }

    /// What a raw transaction would do if it were the next, whether or not it is allowed to.
    pub(crate) fn rehearse(&self, raw: &[u8]) -> Result<Run, Refusal> {
        let tx = decode(raw, self.chain_id)?;
        let mode = TxExecutionMode::VerifyExecute;
        let (view, parent, timestamp) = self.moment(CallAt::Pending);
        let env = self.environment(mode, parent, timestamp, Pricing::default());
        Ok(vm::execute(env, &view, &tx)?)
    }

    /// Gas and prices with which the transaction succeeds.
    pub(crate) fn estimate(&self, request: &Request, scene: &Scene) -> Result<Estimate, Refusal> {
        if request.from.is_zero() {
            let (request, scene) = from_anybody(request, scene);
            return self.estimate(&request, &scene);
        }
        let cap = gas_within_limit(request.gas.unwrap_or(DEFAULT_GAS))?;
        let charged = self.try_with_gas(request, scene, cap)?;
        // One run says what is charged. The true minimum is up to a tenth above it, because calls keep back part of their gas; the
        // result is therefore rounded up generously and then tried.
        let mut gas_limit = (charged + charged * 3 / 10).min(cap);
        while gas_limit < cap && self.try_with_gas(request, scene, gas_limit).is_err() {
            gas_limit = (gas_limit + gas_limit / 2).min(cap);
        }
        Ok(Estimate {
            gas_limit,
            max_fee: scene.block.base_fee.unwrap_or_else(|| self.base_fee()),
            gas_per_pubdata: DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE,
        })
    }

    /// Gas charged when run with `gas` as the limit.
    fn try_with_gas(&self, request: &Request, scene: &Scene, gas: u64) -> Result<u64, Refusal> {
        let mode = TxExecutionMode::EstimateFee;
        let (env, mut view) = self.stage(mode, request, scene, scene.block.base_fee);
        check_value(&mut view, request)?;
        let price = scene.block.base_fee.unwrap_or_else(|| self.base_fee());
        fund(&mut view, request, U256::from(gas) * U256::from(price));
        let nonce = enforce_nonce(&mut view, request);
        let tx_type = self.transaction_type(&mut view, request);
        let tx = request.build(tx_type, nonce, gas, price);
        let run = self.execute(env, &view, &tx)?;
        let refunded = run.gas_refunded;
        success(run)?;
        Ok(gas.saturating_sub(refunded))
    }

    /// A call costs nothing unless it names a price; contracts then see a base fee of zero, or what the scene says.
    pub(crate) fn set_up_call(&self, request: &Request, scene: &Scene) -> Result<Setup, Refusal> {
        let gas = gas_within_limit(request.gas.unwrap_or(DEFAULT_GAS))?;
        let base_fee = scene.block.base_fee.or(request.max_fee).unwrap_or(0);
        let price = request.max_fee.unwrap_or(base_fee);
        if price < base_fee {
            return Err(Refusal::FeeTooLow {
                base_fee,
                actual: convert::to_u256(price.into()),
            });
        }
        let mode = TxExecutionMode::EthCall;
        let (env, mut view) = self.stage(mode, request, scene, Some(base_fee));
        // The bootloader sets the gas price for transactions and not for calls.
        let key = get_system_context_key(SYSTEM_CONTEXT_GAS_PRICE_POSITION);
        view.replace(key, u256_to_h256(base_fee.into()));
        if request.max_fee.is_none() {
            fund(&mut view, request, U256::from(gas) * U256::from(price));
        }
        let nonce = enforce_nonce(&mut view, request);
        let tx_type = request.tx_type;
        let tx_type = tx_type.unwrap_or(TransactionType::EIP712Transaction);
        let tx = request.build(tx_type, nonce, gas, price);
        Ok(Setup {
            env,
            view,
            earlier: Vec::new(),
            tx,
        })
    }

    fn stage(
        &self,
        mode: TxExecutionMode,
        request: &Request,
        scene: &Scene,
        base_fee: Option<u64>,
    ) -> (Environment, View) {
        let (mut view, parent, timestamp) = self.moment(scene.at);
        let (parent, timestamp) = scene.block.apply(&mut view, parent, timestamp);
        for account in &scene.accounts {
            account.apply(&mut view);
        }
        let pricing = Pricing {
            base_fee,
            gas_per_pubdata: request.gas_per_pubdata,
        };
        (self.environment(mode, &parent, timestamp, pricing), view)
    }

    /// The state that a run finds, with the block before its own and the time of its own.
    fn moment(&self, at: CallAt) -> (View, &Block, u64) {
        let inside = match at {
            CallAt::Block(number) => self.view_inside(number),
            CallAt::Pending => None,
        };
        inside.unwrap_or_else(|| {
            let view = self.state.view(self.state.version());
            (view, self.head(), self.next_timestamp())
        })
    }

    /// Type of an unsigned transaction that names none: accounts with code can only send type 113.
    fn transaction_type(&self, view: &mut View, request: &Request) -> TransactionType {
        match request.tx_type {
            Some(tx_type) => tx_type,
            None if self.has_code(view, request.from) || request.needs_eip712() => {
                TransactionType::EIP712Transaction
            }
            None => TransactionType::EIP1559Transaction,
        }
    }
}

impl Setup {
    /// Runs the transaction and tells which calls it made.
    pub(crate) fn trace(self) -> Result<(Run, Vec<TracedCall>), Refusal> {
        let txs = self.block();
        Ok(vm::trace_last(self.env.clone(), &self.view, &txs)?)
    }

    /// The transaction and those before it.
    pub(super) fn block(&self) -> Vec<&L2Tx> {
        self.earlier.iter().chain([&self.tx]).collect()
    }
}

/// The same from an account without code that has the value. Callers that name no sender mean anybody, which on other chains is the
/// zero address; here it is a system contract's and can send nothing.
fn from_anybody(request: &Request, scene: &Scene) -> (Request, Scene) {
    let (mut request, mut scene) = (request.clone(), scene.clone());
    request.from = ANYBODY;
    scene.accounts.push(AccountOverride {
        address: ANYBODY,
        balance: Some(request.value),
        ..AccountOverride::default()
    });
    (request, scene)
}

fn balance(view: &mut View, request: &Request) -> (StorageKey, U256) {
    let key = storage_key_for_eth_balance(&request.from);
    let wei = h256_to_u256(view.read_value(&key));
    (key, wei)
}

/// Refuses a value that the sender does not have. The bootloader would, too, and less clearly.
fn check_value(view: &mut View, request: &Request) -> Result<(), Refusal> {
    let (_, wei) = balance(view, request);
    if wei >= request.value {
        return Ok(());
    }
    Err(Refusal::InsufficientFunds {
        account: convert::to_address(request.from),
        balance: convert::to_u256(wei),
        needed: convert::to_u256(request.value),
    })
}

/// Gives the sender what the fee may need.
fn fund(view: &mut View, request: &Request, fee: U256) {
    let (key, wei) = balance(view, request);
    view.replace(key, u256_to_h256(wei.saturating_add(fee)));
}

/// Makes the nonce that the request names, or else the account's own, the expected one.
fn enforce_nonce(view: &mut View, request: &Request) -> u32 {
    if let Some(nonce) = request.nonce {
        set_nonce(view, request.from, nonce.into());
        return nonce;
    }
    let full = h256_to_u256(view.read_value(&get_nonce_key(&request.from)));
    let (nonce, _) = decompose_full_nonce(full);
    u32::try_from(nonce).unwrap_or(u32::MAX)
}

pub(super) fn gas_within_limit(gas: u64) -> Result<u64, Refusal> {
    if gas <= MAX_GAS {
        return Ok(gas);
    }
    Err(Refusal::TooMuchGas {
        actual: alloy::primitives::U256::from(gas),
        max: MAX_GAS,
    })
}

fn success(run: Run) -> Result<Vec<u8>, Refusal> {
    match run.ending {
        Ending::Success(output) => Ok(output),
        Ending::Revert(data) => Err(Refusal::Reverted(data)),
        Ending::Stop(stop) => Err(stop.into()),
    }
}
