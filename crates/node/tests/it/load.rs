//! Many clients at once: every transaction is accounted for, and no request fails.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
};

use alloy::{
    primitives::{Address, U256, keccak256},
    signers::local::PrivateKeySigner,
};
use serde_json::{Value, json};
use zksso_node::{NodeConfig, RpcServer};

use crate::{
    support::{Bench, eth_transfer, ether, variable},
    wire::{HttpClient, Socket},
};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Clients, each with an account and a connection of its own: every second one over a WebSocket.
const CLIENTS: usize = 64;
/// Transactions of a normal run; `ZKSSO_LOAD_TRANSACTIONS` asks for more.
const TRANSACTIONS: u64 = 1_024;
/// Every so many-th WebSocket client also follows the chain.
const FOLLOWERS: usize = 8;

fn account(index: usize) -> PrivateKeySigner {
    let key = keccak256(format!("load {index}"));
    PrivateKeySigner::from_bytes(&key).unwrap()
}

enum Client {
    Http(HttpClient),
    Socket(Box<Socket>),
}

impl Client {
    async fn open(server: &RpcServer, index: usize) -> Self {
        if index.is_multiple_of(2) {
            return Self::Http(HttpClient::open(server).await);
        }
        let mut socket = Socket::open(server).await;
        if index % FOLLOWERS == 1 {
            socket.ask("eth_subscribe", json!(["newHeads"])).await;
        }
        Self::Socket(Box::new(socket))
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        match self {
            Self::Http(client) => client.ask(method, params).await,
            Self::Socket(socket) => socket.ask(method, params).await,
        }
    }

    /// Sends the account's transactions, with questions in between; the receipts.
    async fn work(&mut self, index: usize, count: u64) -> Vec<Value> {
        let key = account(index);
        let to = account((index + 1) % CLIENTS).address();
        let mut receipts = Vec::new();
        for nonce in 0..count {
            let raw = eth_transfer(2, &key, nonce, to);
            let hash = self.ask("eth_sendRawTransaction", json!([raw])).await;
            let receipt = self.ask("eth_getTransactionReceipt", json!([hash])).await;
            let block = receipt["blockNumber"].clone();
            let filter = json!([{ "fromBlock": block, "toBlock": block }]);
            let logs = self.ask("eth_getLogs", filter).await;
            assert!(
                logs.as_array()
                    .unwrap()
                    .iter()
                    .any(|log| log["transactionHash"] == hash)
            );
            let call = json!([{ "from": key.address(), "to": to, "value": "0x1" }]);
            assert_eq!(self.ask("eth_call", call).await, "0x");
            receipts.push(receipt);
        }
        receipts
    }
}

/// What became of each account's ether by the receipts.
fn expected(receipts: &[Vec<Value>], start: U256) -> BTreeMap<Address, U256> {
    let number = |value: &Value| serde_json::from_value::<U256>(value.clone()).unwrap();
    let addresses = (0..CLIENTS).map(|index| (account(index).address(), start));
    let mut balances: BTreeMap<_, _> = addresses.collect();
    for (index, receipts) in receipts.iter().enumerate() {
        let from = account(index).address();
        let to = account((index + 1) % CLIENTS).address();
        for receipt in receipts {
            assert_eq!(receipt["status"], "0x1");
            let fee = number(&receipt["gasUsed"]) * number(&receipt["effectiveGasPrice"]);
            *balances.get_mut(&from).unwrap() -= ether(1) + fee;
            *balances.get_mut(&to).unwrap() += ether(1);
        }
    }
    balances
}

/// Followers hear of every block, in order.
async fn check_heads(client: Client, blocks: u64) {
    let Client::Socket(mut socket) = client else {
        return;
    };
    for number in 1..=blocks {
        let (_, head) = socket.news().await;
        assert_eq!(head["number"], format!("{number:#x}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_at_once_lose_nothing() {
    let total = variable("ZKSSO_LOAD_TRANSACTIONS", TRANSACTIONS);
    let count = total.div_ceil(CLIENTS as u64);
    let start = ether(100_000);
    let config = (0..CLIENTS).fold(NodeConfig::default(), |config, index| {
        config.with_balance(account(index).address(), start)
    });
    let bench = Bench::with(config);
    let server = bench.node.serve(ANY).await.unwrap();
    let mut clients = Vec::new();
    for index in 0..CLIENTS {
        clients.push(Client::open(&server, index).await);
    }
    let clients = clients.into_iter().enumerate().map(|(index, mut client)| {
        tokio::spawn(async move {
            let receipts = client.work(index, count).await;
            (client, receipts)
        })
    });
    let mut done = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        done.push(client.await.unwrap());
    }
    let (clients, receipts): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    for (address, balance) in expected(&receipts, start) {
        assert_eq!(bench.nonce(address).await, count);
        assert_eq!(bench.balance(address).await, balance);
    }
    let sent = count * CLIENTS as u64;
    assert_eq!(bench.head().await["number"], format!("{sent:#x}"));
    let pool: Value = bench.ask("txpool_status", json!([])).await.unwrap();
    assert_eq!(
        (&pool["pending"], &pool["queued"]),
        (&json!("0x0"), &json!("0x0"))
    );
    for (index, client) in clients.into_iter().enumerate() {
        if index % FOLLOWERS == 1 {
            check_heads(client, sent).await;
        }
    }
}
