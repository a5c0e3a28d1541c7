#![allow(missing_docs)]
use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, Bytes, U256, hex},
    signers::local::PrivateKeySigner,
};
use std::time::Instant;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};
fn raw(key: &PrivateKeySigner, nonce: u64) -> String {
    let mut tx = TxEip1559 {
        chain_id: 260,
        nonce,
        max_fee_per_gas: 100_000_000,
        gas_limit: 2_000_000,
        to: Address::repeat_byte(0x77).into(),
        value: U256::from(1),
        input: Bytes::new(),
        ..Default::default()
    };
    let s = key.sign_transaction_sync(&mut tx).unwrap();
    hex::encode_prefixed(TxEnvelope::from(tx.into_signed(s)).encoded_2718())
}
fn rss() -> u64 {
    std::fs::read_to_string("/proc/self/statm")
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 4096
}
#[tokio::main]
async fn main() {
    let n: u64 = std::env::args()
        .nth(1)
        .and_then(|a| a.parse().ok())
        .unwrap_or(1000);
    let t = Instant::now();
    let node = Node::start(NodeConfig::default()).unwrap();
    println!("start {:?} rss {}", t.elapsed(), rss());
    let key = PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[0].private_key).unwrap();
    let txs: Vec<_> = (0..n).map(|i| format!("[\"{}\"]", raw(&key, i))).collect();
    let mut times = vec![];
    let before = rss();
    for tx in &txs {
        let t = Instant::now();
        let r = node
            .request("eth_sendRawTransaction", Some(tx))
            .await
            .unwrap();
        let _ = node
            .request("eth_getTransactionReceipt", Some(&format!("[{}]", r.get())))
            .await
            .unwrap();
        times.push(t.elapsed());
    }
    times.sort();
    println!(
        "transfer median {:?} min {:?} rss/tx {}",
        times[times.len() / 2],
        times[0],
        (rss() - before) / n
    );
    let est = format!(
        "[{{\"from\":\"{}\",\"to\":\"{}\",\"value\":\"0x1\"}}]",
        key.address(),
        Address::repeat_byte(0x79)
    );
    let mut times = vec![];
    for _ in 0..100 {
        let t = Instant::now();
        node.request("eth_estimateGas", Some(&est)).await.unwrap();
        times.push(t.elapsed());
    }
    times.sort();
    println!("estimate median {:?}", times[50]);
    let mut times = vec![];
    for _ in 0..100 {
        let t = Instant::now();
        node.request("eth_call", Some(&est)).await.unwrap();
        times.push(t.elapsed());
    }
    times.sort();
    println!("call median {:?}", times[50]);
}
