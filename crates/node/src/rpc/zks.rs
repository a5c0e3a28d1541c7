//! `zks_` methods, and the one of our own that reports gas.

use chrono::DateTime;
use serde_json::{Value, json};
use zksync_types::{
    Address, H256, U64, U256,
    api::{self, BridgeAddresses, TransactionStatus},
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
        "zks_L1BatchNumber",
        "",
        "Number of the latest batch: every block is one.",
        batch_number,
    ),
    Method::new(
        "zks_L1ChainId",
        "",
        "9, the id of the L1 that local chains pretend to settle on.",
        l1_chain_id,
    ),
    Method::new(
        "zks_getBaseTokenL1Address",
        "",
        "Ether, in the notation of the protocol.",
        base_token,
    ),
    Method::new(
        "zks_getBlockDetails",
        "number",
        "Counts, fees and status of a block; null if there is none.",
        block_details,
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
        "zks_getFeeParams",
        "",
        "Parameters of the fee model.",
        fee_params,
    ),
    Method::new(
        "zks_getL1BatchBlockRange",
        "batch",
        "First and last block of a batch: the same; null if there is none.",
        batch_blocks,
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
        "zks_getTransactionDetails",
        "hash",
        "Fee, sender and status of a transaction; null if there is none.",
        receipt_details,
    ),
    Method::new(
        "zksso_getTransactionDetails",
        "hash",
        "Gas by phase, outcome and returned data of a transaction.",
        transaction_details,
    ),
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

/// Block and batch have one number; nothing is sent to an L1, so that `sealed` is the last status.
fn block_details(chain: &mut Chain, mut params: Params) -> Answer {
    let number: Quantity = params.required("block number")?;
    params.finish()?;
    let number = number.as_u64("block number")?;
    reply(chain.block(number).map(|block| {
        json!({
            "number": block.number,
            "l1BatchNumber": block.number,
            "timestamp": block.timestamp,
            "l1TxCount": 0,
            "l2TxCount": block.transactions.len(),
            "rootHash": block.hash,
            "status": "sealed",
            "commitTxHash": null,
            "committedAt": null,
            "proveTxHash": null,
            "provenAt": null,
            "executeTxHash": null,
            "executedAt": null,
            "l1GasPrice": chain.fee_input().l1_gas_price(),
            "l2FairGasPrice": chain.config.fair_l2_gas_price,
            "fairPubdataPrice": chain.config.fair_pubdata_price,
            "baseSystemContractsHashes": chain.system_contracts(),
            "operatorAddress": Address::zero(),
            "protocolVersion": PROTOCOL,
        })
    }))
}

fn batch_blocks(chain: &mut Chain, mut params: Params) -> Answer {
    let batch: Quantity = params.required("batch")?;
    params.finish()?;
    let block = chain.block(batch.as_u64("batch")?);
    reply(block.map(|block| [U64::from(block.number); 2]))
}

fn receipt_details(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    let details = chain.record(hash).and_then(|record| {
        let block = chain.block(record.block)?;
        let status = match record.success {
            true => TransactionStatus::Included,
            false => TransactionStatus::Failed,
        };
        Some(api::TransactionDetails {
            is_l1_originated: false,
            status,
            fee: record.fee(),
            gas_per_pubdata: record.tx.common_data.fee.gas_per_pubdata_limit,
            initiator_address: record.tx.initiator_account(),
            received_at: DateTime::from_timestamp(i64::try_from(block.timestamp).ok()?, 0)?,
            eth_commit_tx_hash: None,
            eth_prove_tx_hash: None,
            eth_execute_tx_hash: None,
            eth_precommit_tx_hash: None,
        })
    });
    reply(details)
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
