//! Prints how long the node takes to start, to answer a transfer, an estimate and a call.
//!
//! `cargo run --release -p zksso-node --example latency`

use std::time::{Duration, Instant};

use alloy::{
    consensus::{SignableTransaction, TxEip1559},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, U256, hex},
    signers::local::PrivateKeySigner,
};
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

type Error = Box<dyn std::error::Error>;

/// Transfers that are measured.
const ROUNDS: u64 = 200;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let started = Instant::now();
    let node = Node::start(NodeConfig::default())?;
    node.request("eth_chainId", None).await?;
    println!("first answer after start  {:>9.2?}", started.elapsed());

    let signer = PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[0].private_key)?;
    let mut transfers = Vec::new();
    for nonce in 0..ROUNDS {
        let params = format!("[\"0x{}\"]", hex::encode(transfer(&signer, nonce)?));
        let sent = Instant::now();
        let hash = node
            .request("eth_sendRawTransaction", Some(&params))
            .await?;
        node.request("eth_getTransactionReceipt", Some(&format!("[{hash}]")))
            .await?;
        transfers.push(sent.elapsed());
    }
    report("transfer, send to receipt", transfers);

    let request = format!(
        "[{{\"from\":\"{}\",\"to\":\"{}\",\"value\":\"0x1\"}}]",
        signer.address(),
        Address::repeat_byte(1)
    );
    for (name, method) in [("estimate", "eth_estimateGas"), ("call", "eth_call")] {
        let mut times = Vec::new();
        for _ in 0..50 {
            let asked = Instant::now();
            node.request(method, Some(&request)).await?;
            times.push(asked.elapsed());
        }
        report(name, times);
    }
    Ok(())
}

fn transfer(signer: &PrivateKeySigner, nonce: u64) -> Result<Vec<u8>, Error> {
    let mut tx = TxEip1559 {
        chain_id: 260,
        nonce,
        gas_limit: 1_000_000,
        max_fee_per_gas: 100_000_000,
        to: Address::with_last_byte(200).into(),
        value: U256::ONE,
        ..TxEip1559::default()
    };
    let signature = signer.sign_transaction_sync(&mut tx)?;
    Ok(alloy::consensus::TxEnvelope::Eip1559(tx.into_signed(signature)).encoded_2718())
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let median = times[times.len() / 2];
    let slowest = times.last().copied().unwrap_or_default();
    println!("{name:<25} {median:>9.2?} median, {slowest:.2?} slowest");
}
