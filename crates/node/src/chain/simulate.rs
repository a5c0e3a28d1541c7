//! Runs that leave no trace: calls, fee estimates and traces.

use zksso_vm::{self as vm, Ending, Environment, Run, TracedCall};
use zksync_multivm::interface::{TxExecutionMode, storage::ReadStorage};
use zksync_system_constants::DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE;
use zksync_types::{
    Address, H256, Nonce, PackedEthSignature, U256,
    fee::Fee,
    get_nonce_key, h256_to_u256,
    l2::{L2Tx, TransactionType},
    transaction_request::PaymasterParams,
    u256_to_h256,
    utils::{decompose_full_nonce, nonces_to_full_nonce, storage_key_for_eth_balance},
};

use super::{Chain, Refusal, View, context::Pricing, mine::how, submit::MAX_GAS};

/// Gas that a call or the first run of an estimate has when the caller names none; the protocol's limit of a transaction.
pub(super) const DEFAULT_GAS: u64 = 80_000_000;

/// A call or an unsigned transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) gas: Option<u64>,
    pub(crate) max_fee: Option<u64>,
    pub(crate) priority_fee: Option<u64>,
    pub(crate) value: U256,
    pub(crate) data: Vec<u8>,
    pub(crate) nonce: Option<u32>,
    pub(crate) tx_type: Option<TransactionType>,
    pub(crate) gas_per_pubdata: Option<U256>,
    pub(crate) factory_deps: Vec<Vec<u8>>,
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) paymaster: PaymasterParams,
}

/// Where in the chain a call happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallAt {
    /// In the block after the latest.
    Pending,
    /// In this block, after its transactions.
    Block(u64),
}

/// Result of a fee estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    pub(crate) gas_limit: u64,
    pub(crate) max_fee: u64,
    pub(crate) gas_per_pubdata: u64,
}

struct Place<'a> {
    env: Environment,
    view: View<'a>,
}

impl Chain {
    /// Return data of a call.
    pub(crate) fn call(&self, request: &Request, at: CallAt) -> Result<Vec<u8>, Refusal> {
        let (mut place, tx) = self.prepare_call(request, at)?;
        success(self.execute(place.env, &mut place.view, tx)?)
    }

    /// Calls that a call makes, and how it ends.
    pub(crate) fn trace_call(
        &self,
        request: &Request,
        at: CallAt,
    ) -> Result<(Run, Vec<TracedCall>), Refusal> {
        let (mut place, tx) = self.prepare_call(request, at)?;
        Ok(vm::trace(place.env, &mut place.view, tx.into())?)
    }

    /// Calls that a transaction of the chain made, by running it again. `None` when the chain does not have it.
    pub(crate) fn trace_transaction(
        &self,
        hash: H256,
    ) -> Option<Result<(Run, Vec<TracedCall>), Refusal>> {
        let record = self.record(hash)?;
        let block = self.block(record.block)?;
        let parent = self.block(record.block.checked_sub(1)?)?;
        let (mode, pricing) = how(record.mode);
        let mut env = self.environment(mode, parent, block.timestamp, pricing);
        env.trusted_signatures = true;
        let mut view = self.state.view(parent.version);
        let earlier = block.transactions.iter().take(record.index);
        let earlier = earlier.filter_map(|hash| Some(self.record(*hash)?.tx.clone().into()));
        let traced = vm::trace_after(env, &mut view, earlier, record.tx.clone().into());
        Some(traced.map_err(Refusal::from))
    }

    /// Gas and prices with which the transaction succeeds.
    pub(crate) fn estimate(&self, request: &Request) -> Result<Estimate, Refusal> {
        let cap = gas_within_limit(request.gas.unwrap_or(DEFAULT_GAS))?;
        let base_fee = self.base_fee();
        let charged = self.try_with_gas(request, cap)?;
        // One run says what is charged. The true minimum is up to a tenth above it, because calls keep back part of their gas; the
        // result is therefore rounded up generously and then tried.
        let mut gas_limit = (charged + charged * 3 / 10).min(cap);
        while gas_limit < cap && self.try_with_gas(request, gas_limit).is_err() {
            gas_limit = (gas_limit + gas_limit / 2).min(cap);
        }
        Ok(Estimate {
            gas_limit,
            max_fee: base_fee,
            gas_per_pubdata: DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE,
        })
    }

    /// Gas charged when run with `gas` as the limit.
    fn try_with_gas(&self, request: &Request, gas: u64) -> Result<u64, Refusal> {
        let mut place = self.pending(TxExecutionMode::EstimateFee, request, None);
        let base_fee = self.base_fee();
        let nonce = self.enforce_nonce(&mut place.view, request);
        let balance = storage_key_for_eth_balance(&request.from);
        let funds = h256_to_u256(place.view.read_value(&balance))
            .saturating_add(U256::from(gas) * U256::from(base_fee));
        place.view.replace(balance, u256_to_h256(funds));
        let tx_type = self.transaction_type(&mut place.view, request);
        let tx = build(request, tx_type, nonce, gas, base_fee);
        let run = self.execute(place.env, &mut place.view, tx)?;
        let refunded = run.gas_refunded;
        success(run)?;
        Ok(gas.saturating_sub(refunded))
    }

    fn prepare_call(&self, request: &Request, at: CallAt) -> Result<(Place<'_>, L2Tx), Refusal> {
        let gas = gas_within_limit(request.gas.unwrap_or(DEFAULT_GAS))?;
        let price = request.max_fee.unwrap_or(0);
        let mut place = self.place(TxExecutionMode::EthCall, request, at, Some(price));
        let nonce = self.enforce_nonce(&mut place.view, request);
        let tx_type = request
            .tx_type
            .unwrap_or(TransactionType::EIP712Transaction);
        Ok((place, build(request, tx_type, nonce, gas, price)))
    }

    fn place(
        &self,
        mode: TxExecutionMode,
        request: &Request,
        at: CallAt,
        base_fee: Option<u64>,
    ) -> Place<'_> {
        let inside = match at {
            CallAt::Block(number) => self.view_inside(number),
            CallAt::Pending => None,
        };
        let Some((view, parent, timestamp)) = inside else {
            return self.pending(mode, request, base_fee);
        };
        let pricing = pricing(request, base_fee);
        Place {
            env: self.environment(mode, parent, timestamp, pricing),
            view,
        }
    }

    fn pending(
        &self,
        mode: TxExecutionMode,
        request: &Request,
        base_fee: Option<u64>,
    ) -> Place<'_> {
        let timestamp = self.next_timestamp();
        let pricing = pricing(request, base_fee);
        Place {
            env: self.environment(mode, self.head(), timestamp, pricing),
            view: self.state.view(self.state.version()),
        }
    }

    /// Makes the nonce that the request names, or else the account's own, the expected one.
    fn enforce_nonce(&self, view: &mut View<'_>, request: &Request) -> u32 {
        let key = get_nonce_key(&request.from);
        let (current, deployments) = decompose_full_nonce(h256_to_u256(view.read_value(&key)));
        let Some(nonce) = request.nonce else {
            return u32::try_from(current).unwrap_or(u32::MAX);
        };
        let full = nonces_to_full_nonce(U256::from(nonce), deployments);
        view.replace(key, u256_to_h256(full));
        nonce
    }

    /// Type of an unsigned transaction that names none: accounts with code can only send type 113.
    fn transaction_type(&self, view: &mut View<'_>, request: &Request) -> TransactionType {
        match request.tx_type {
            Some(tx_type) => tx_type,
            None if self.has_code(view, request.from) || request.needs_eip712() => {
                TransactionType::EIP712Transaction
            }
            None => TransactionType::EIP1559Transaction,
        }
    }
}

impl Request {
    pub(super) fn needs_eip712(&self) -> bool {
        self.gas_per_pubdata.is_some()
            || self.signature.is_some()
            || !self.factory_deps.is_empty()
            || self.paymaster.paymaster != Address::zero()
    }
}

fn pricing(request: &Request, base_fee: Option<u64>) -> Pricing {
    Pricing {
        base_fee,
        gas_per_pubdata: request.gas_per_pubdata,
    }
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

pub(super) fn build(
    request: &Request,
    tx_type: TransactionType,
    nonce: u32,
    gas: u64,
    price: u64,
) -> L2Tx {
    let fee = Fee {
        gas_limit: gas.into(),
        max_fee_per_gas: price.into(),
        max_priority_fee_per_gas: request.priority_fee.unwrap_or(0).min(price).into(),
        gas_per_pubdata_limit: request
            .gas_per_pubdata
            .unwrap_or_else(|| DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE.into()),
    };
    let mut tx = L2Tx::new(
        Some(request.to),
        request.data.clone(),
        Nonce(nonce),
        fee,
        request.from,
        request.value,
        request.factory_deps.clone(),
        request.paymaster.clone(),
    );
    tx.common_data.transaction_type = tx_type;
    let signature = request.signature.clone();
    tx.set_raw_signature(
        signature.unwrap_or_else(|| PackedEthSignature::default().serialize_packed().to_vec()),
    );
    tx.set_input(Vec::new(), H256::zero());
    tx
}

fn success(run: Run) -> Result<Vec<u8>, Refusal> {
    match run.ending {
        Ending::Success(output) => Ok(output),
        Ending::Revert(data) => Err(Refusal::Reverted(data)),
        Ending::Stop(stop) => Err(stop.into()),
    }
}
