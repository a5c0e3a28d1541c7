//! A chain, and a contract to deploy on it.

use alloy::primitives::hex;
use zksso_client::{Chain, Wallet};
use zksso_deployer::ContractCode;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

pub(crate) async fn wallet() -> (Node, Wallet) {
    let node = Node::start(NodeConfig::default()).unwrap();
    let chain = Chain::over(node.transport(), "embedded").await.unwrap();
    let key = hex::encode(RICH_ACCOUNTS[0].private_key);
    (node, Wallet::from_private_key(chain, &key).unwrap())
}

/// The contract without code of its own, which accepts any constructor input.
pub(crate) fn empty_contract(name: &str) -> ContractCode {
    let contracts = zksso_genesis::system_contracts().iter();
    let bytecode = contracts
        .min_by_key(|contract| contract.address)
        .unwrap()
        .bytecode;
    ContractCode {
        name: name.to_owned(),
        bytecode: bytecode.into(),
        factory_dependencies: Vec::new(),
    }
}
