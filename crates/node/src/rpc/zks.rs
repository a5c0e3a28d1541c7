//! `zks_` methods, and the one of our own that reports gas.

use serde_json::{Value, json};
use zksync_types::{Address, H256, U64, U256, api::BridgeAddresses};

use super::{Answer, Params, Table, reply};
use crate::{
    TransactionDetails,
    chain::{Chain, PROTOCOL},
    config::TIMESTAMP_ASSERTER,
};

/// Chain id of the L1 that local chains pretend to settle on.
const L1_CHAIN_ID: u64 = 9;

pub(super) const METHODS: Table = &[
    ("zks_L1BatchNumber", batch_number),
    ("zks_L1ChainId", l1_chain_id),
    ("zks_getBaseTokenL1Address", base_token),
    ("zks_getBridgeContracts", bridges),
    ("zks_getBytecodeByHash", bytecode),
    ("zks_getL1GasPrice", l1_gas_price),
    ("zks_getProtocolVersion", protocol_version),
    ("zks_getTestnetPaymaster", no_contract),
    ("zks_getTimestampAsserter", timestamp_asserter),
    ("zksso_getTransactionDetails", transaction_details),
];

/// Every block is a batch of its own.
fn batch_number(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(chain.head().number))
}

fn l1_chain_id(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(L1_CHAIN_ID))
}

/// Ether, in the notation of the protocol.
fn base_token(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(Address::from_low_u64_be(1))
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
