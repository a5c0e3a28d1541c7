//! `zks_` methods about the chain and its fees, and the one of our own that reports gas.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zksync_types::{
    Address, H256, L2_BASE_TOKEN_ADDRESS, U64, U256,
    api::BridgeAddresses,
    fee_model::{BaseTokenConversionRatio, FeeModelConfigV2, FeeParams, FeeParamsV2},
};

use super::{Answer, Method, Params, Table, params::Quantity, reply};
use crate::{
    TransactionDetails,
    chain::{Chain, PROTOCOL},
    config::TIMESTAMP_ASSERTER,
};

/// Chain id of the L1 that local chains pretend to settle on.
const L1_CHAIN_ID: u64 = 9;

pub(super) const METHODS: Table = &[
    Method::new(
        "zks_L1ChainId",
        "",
        "9, the id of the L1 that local chains pretend to settle on.",
        l1_chain_id,
    ),
    Method::new(
        "zks_gasPerPubdata",
        "",
        "Gas that one byte of published data costs.",
        gas_per_pubdata,
    ),
    Method::new(
        "zks_getAllAccountBalances",
        "address",
        "Balance in ether, the only token that the chain itself knows.",
        balances,
    ),
    Method::new(
        "zks_getBaseTokenL1Address",
        "",
        "Ether, in the notation of the protocol.",
        base_token,
    ),
    Method::new(
        "zks_getBridgeContracts",
        "",
        "No addresses: there is no L1.",
        bridges,
    ),
    Method::new(
        "zks_getBytecodeByHash",
        "hash",
        "Bytecode as an array of numbers.",
        bytecode,
    ),
    Method::new(
        "zks_getConfirmedTokens",
        "[first], [limit]",
        "Ether, the only token that the chain itself knows.",
        tokens,
    ),
    Method::new(
        "zks_getFeeParams",
        "",
        "Parameters of the fee model.",
        fee_params,
    ),
    Method::new(
        "zks_getL1GasPrice",
        "",
        "The L1 gas price that contracts see.",
        l1_gas_price,
    ),
    Method::new(
        "zks_getProtocolVersion",
        "[version]",
        "Protocol version 26.",
        protocol_version,
    ),
    Method::new(
        "zks_getTestnetPaymaster",
        "",
        "Null: there is none.",
        no_contract,
    ),
    Method::new(
        "zks_getTimestampAsserter",
        "",
        "Contract by which validation may depend on time.",
        timestamp_asserter,
    ),
    Method::new(
        "zksso_getTransactionDetails",
        "hash",
        "Gas by phase, outcome and returned data of a transaction.",
        transaction_details,
    ),
];

fn l1_chain_id(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(L1_CHAIN_ID))
}

/// Ether, in the notation of the protocol.
fn base_token(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(Address::from_low_u64_be(1))
}

fn balances(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    params.finish()?;
    let wei = chain.balance(account, chain.head().number);
    let held = (!wei.is_zero()).then_some((L2_BASE_TOKEN_ADDRESS, wei));
    reply(BTreeMap::from_iter(held))
}

/// Tokens become known by being bridged, and there is no bridge.
fn tokens(_chain: &mut Chain, mut params: Params) -> Answer {
    let first: Option<Quantity> = params.optional("first")?;
    let limit: Option<Quantity> = params.optional("limit")?;
    params.finish()?;
    let all = [json!({
        "l1Address": Address::from_low_u64_be(1),
        "l2Address": L2_BASE_TOKEN_ADDRESS,
        "name": "Ether",
        "symbol": "ETH",
        "decimals": 18,
    })];
    let count = |quantity: Option<Quantity>, default: usize| {
        quantity.map_or(default, |number| {
            usize::try_from(number.0).unwrap_or(usize::MAX)
        })
    };
    let shown = all.iter().skip(count(first, 0));
    reply(shown.take(count(limit, all.len())).collect::<Vec<_>>())
}

fn gas_per_pubdata(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U256::from(chain.gas_per_pubdata()))
}

/// There is no L1, hence no bridge.
fn bridges(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(BridgeAddresses {
        l1_shared_default_bridge: None,
        l2_shared_default_bridge: None,
        l1_erc20_default_bridge: None,
        l2_erc20_default_bridge: None,
        l1_weth_bridge: None,
        l2_weth_bridge: None,
        l2_legacy_shared_bridge: None,
    })
}

fn no_contract(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(Value::Null)
}

/// Bytecode as an array of numbers, as other nodes return it.
fn bytecode(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("bytecode hash")?;
    params.finish()?;
    reply(chain.bytecode(hash))
}

fn l1_gas_price(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U256::from(chain.fee_input().l1_gas_price()))
}

fn protocol_version(_chain: &mut Chain, mut params: Params) -> Answer {
    let asked: Option<u16> = params.optional("version")?;
    params.finish()?;
    let version = PROTOCOL as u16;
    let known = asked.is_none_or(|asked| asked == version);
    reply(known.then(|| json!({ "minorVersion": version, "timestamp": 0 })))
}

fn timestamp_asserter(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(TIMESTAMP_ASSERTER)
}

fn transaction_details(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(TransactionDetails::of(chain, hash))
}

/// The model whose result is what the node charges, as nothing is published.
fn fee_params(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    let config = FeeModelConfigV2 {
        minimal_l2_gas_price: chain.config.fair_l2_gas_price,
        compute_overhead_part: 0.0,
        pubdata_overhead_part: 0.0,
        batch_overhead_l1_gas: 0,
        max_gas_per_batch: u64::from(u32::MAX),
        max_pubdata_per_batch: u64::from(u32::MAX),
    };
    reply(FeeParams::V2(FeeParamsV2::new(
        config,
        chain.fee_input().l1_gas_price(),
        chain.config.fair_pubdata_price,
        BaseTokenConversionRatio::default(),
    )))
}
