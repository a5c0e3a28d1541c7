//! alloy and alloy-zksync as clients.

use std::time::Duration;

use alloy::{
    network::{Ethereum, EthereumWallet, ReceiptResponse, TransactionBuilder},
    primitives::U256,
    providers::{Provider, ProviderBuilder},
    rpc::client::RpcClient,
    rpc::types::{Filter, TransactionRequest as EthRequest},
};
use alloy_zksync::{
    network::{Zksync, transaction_request::TransactionRequest},
    provider::{ZksyncProvider, zksync_provider},
    wallet::ZksyncWallet,
};
use zksso_node::{Node, NodeConfig, TIMESTAMP_ASSERTER};

use crate::support::{counter, ether, fresh, method, signer};

fn client(node: &Node) -> RpcClient {
    let client = RpcClient::new(node.transport(), true);
    client.set_poll_interval(Duration::from_millis(1));
    client
}

#[tokio::test]
async fn alloy_zksync_deploys_sends_calls_and_reads_logs() {
    let node = Node::start(NodeConfig::default()).unwrap();
    let owner = signer(0);
    let provider = zksync_provider()
        .with_recommended_fillers()
        .wallet(ZksyncWallet::from(owner.clone()))
        .connect_client(client(&node));

    let deployment = TransactionRequest::default()
        .with_create_params(counter(), Vec::new(), Vec::new())
        .unwrap();
    let pending = provider.send_transaction(deployment).await.unwrap();
    let receipt = pending.get_receipt().await.unwrap();
    let contract = receipt.contract_address().unwrap();

    let set = TransactionRequest::default()
        .with_to(contract)
        .with_input(method(1, 9));
    let pending = provider.send_transaction(set).await.unwrap();
    let receipt = pending.get_receipt().await.unwrap();
    assert!(receipt.status());
    let read = TransactionRequest::default()
        .with_to(contract)
        .with_input(method(2, 0));
    let value = provider.call(read).await.unwrap();
    assert_eq!(U256::from_be_slice(&value), U256::from(9));
    let logs = provider
        .get_logs(&Filter::new().address(contract).from_block(0))
        .await
        .unwrap();
    assert_eq!(logs.len(), 1);

    let transaction = provider
        .get_transaction_by_hash(receipt.transaction_hash())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        alloy::consensus::Transaction::input(&transaction),
        &method(1, 9)
    );
    let block = provider
        .get_block_by_number(1.into())
        .full()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(block.transactions.len(), 1);
    assert_eq!(provider.get_l1_batch_number().await.unwrap(), 2);
    let _: alloy::providers::RootProvider<Zksync> = provider.root().clone();
}

#[tokio::test]
async fn plain_alloy_transfers_with_its_own_fees() {
    let node = Node::start(NodeConfig::default()).unwrap();
    let provider = ProviderBuilder::<_, _, Ethereum>::default()
        .with_recommended_fillers()
        .wallet(EthereumWallet::from(signer(3)))
        .connect_client(client(&node));
    let request = EthRequest::default()
        .with_to(fresh("payee"))
        .with_value(ether(2));
    let pending = provider.send_transaction(request).await.unwrap();
    let receipt = pending.get_receipt().await.unwrap();
    assert!(receipt.status());
    assert_eq!(
        provider.get_balance(fresh("payee")).await.unwrap(),
        ether(2)
    );
    let transaction = provider
        .get_transaction_by_hash(receipt.transaction_hash)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(transaction.inner.signer(), signer(3).address());
    assert!(
        !provider
            .get_code_at(TIMESTAMP_ASSERTER)
            .await
            .unwrap()
            .is_empty()
    );
}
