//! alloy, plain for the transactions of Ethereum and with alloy-zksync for those of the protocol.

use std::net::Ipv4Addr;

use alloy::network::{EthereumWallet, ReceiptResponse, TransactionBuilder};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{Provider, ProviderBuilder};
use alloy::rpc::types::Filter;
use alloy::rpc::types::state::{AccountOverride, StateOverride};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol;
use alloy::sol_types::{SolCall, SolConstructor};
use alloy_zksync::network::receipt_response::ReceiptResponse as ZksyncReceipt;
use alloy_zksync::network::transaction_request::TransactionRequest;
use alloy_zksync::network::unsigned_tx::eip712::PaymasterParams;
use alloy_zksync::provider::{ZksyncProvider, zksync_provider};
use alloy_zksync::wallet::ZksyncWallet;
use eyre::{ContextCompat, ensure};
use zksso_node::{Node, NodeConfig, RpcServer};
use zksso_testkit::{contract_code, ether};

use super::{RECIPIENT, sender};

sol! {
    #[sol(rpc)]
    contract Guestbook {
        event GuestbookSigned(address indexed visitor, uint256 indexed index, uint256 paid, string note);
        error GuestbookTooLittle(uint256 price, uint256 paid);
        constructor(string title, uint256 price);
        function sign(string note) external payable returns (uint256 index);
        function title() external view returns (string);
        function price() external view returns (uint256);
    }

    function general(bytes input);
}

const PRICE: u64 = 1_000;

/// A served node with a guestbook.
struct Scene {
    server: RpcServer,
    book: Address,
    _node: Node,
}

fn key() -> eyre::Result<PrivateKeySigner> {
    Ok(PrivateKeySigner::from_bytes(&sender().private_key)?)
}

fn zksync(scene: &Scene) -> eyre::Result<impl ZksyncProvider + use<>> {
    connect(&scene.server.url())
}

fn connect(url: &str) -> eyre::Result<impl ZksyncProvider + use<>> {
    Ok(zksync_provider()
        .with_recommended_fillers()
        .wallet(ZksyncWallet::from(key()?))
        .connect_http(url.parse()?))
}

async fn mined(
    provider: &impl ZksyncProvider,
    request: TransactionRequest,
) -> eyre::Result<ZksyncReceipt> {
    let pending = provider.send_transaction(request).await?;
    let receipt = pending.get_receipt().await?;
    ensure!(receipt.status(), "{receipt:?}");
    Ok(receipt)
}

async fn deploy(
    provider: &impl ZksyncProvider,
    name: &str,
    arguments: Vec<u8>,
) -> eyre::Result<Address> {
    let code = contract_code(name)?.bytecode.to_vec();
    let request = TransactionRequest::default().with_create_params(code, arguments, Vec::new())?;
    let receipt = mined(provider, request).await?;
    receipt.contract_address().wrap_err("no contract")
}

async fn start() -> eyre::Result<Scene> {
    let node = Node::start(NodeConfig::default())?;
    let server = node.serve((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let arguments = Guestbook::constructorCall {
        title: "Hotel California".to_owned(),
        price: U256::from(PRICE),
    };
    let provider = connect(&server.url())?;
    let book = deploy(&provider, "Guestbook", arguments.abi_encode()).await?;
    Ok(Scene {
        server,
        book,
        _node: node,
    })
}

fn entry(scene: &Scene, note: &str) -> TransactionRequest {
    let note = note.to_owned();
    TransactionRequest::default()
        .with_to(scene.book)
        .with_value(U256::from(PRICE))
        .with_input(Guestbook::signCall { note }.abi_encode())
}

#[tokio::test(flavor = "multi_thread")]
async fn alloy_sends_reads_and_decodes_with_generated_bindings() -> eyre::Result<()> {
    let scene = start().await?;
    let provider = ProviderBuilder::new()
        .wallet(EthereumWallet::from(key()?))
        .connect_http(scene.server.url().parse()?);
    let book = Guestbook::new(scene.book, &provider);
    ensure!(book.title().call().await? == "Hotel California");
    let price = U256::from(PRICE);
    let legacy = book
        .sign("legacy".to_owned())
        .value(price)
        .gas_price(100_000_000);
    let receipt = legacy.send().await?.get_receipt().await?;
    ensure!(
        receipt.status() && receipt.transaction_type() as u8 == 0,
        "{receipt:?}"
    );
    let eip1559 = book.sign("1559".to_owned()).value(price);
    let receipt = eip1559.send().await?.get_receipt().await?;
    ensure!(
        receipt.status() && receipt.transaction_type() as u8 == 2,
        "{receipt:?}"
    );
    let events = book.GuestbookSigned_filter().from_block(0).query().await?;
    let notes: Vec<_> = events
        .iter()
        .map(|(event, _)| event.note.as_str())
        .collect();
    ensure!(notes == ["legacy", "1559"], "{notes:?}");
    let error = book.sign("cheap".to_owned()).value(U256::ONE).call().await;
    let error = error.err().wrap_err("one wei is too little")?;
    let decoded = error.as_decoded_error::<Guestbook::GuestbookTooLittle>();
    let decoded = decoded.wrap_err_with(|| format!("{error}"))?;
    ensure!((decoded.price, decoded.paid) == (price, U256::ONE));
    let gas = book
        .sign("estimate".to_owned())
        .value(price)
        .estimate_gas()
        .await?;
    ensure!(gas > 0 && gas < 1_000_000, "{gas}");
    let mut overrides = StateOverride::default();
    let slot = (B256::ZERO, B256::with_last_byte(7));
    let account = AccountOverride::default().with_state_diff([slot]);
    overrides.insert(scene.book, account);
    ensure!(book.price().call().overrides(overrides).await? == U256::from(7));
    let block = provider.get_block_by_number(2.into()).full().await?;
    let block = block.wrap_err("there is no block 2")?;
    ensure!(block.transactions.hashes().collect::<Vec<_>>().len() == 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn alloy_zksync_sends_what_only_the_protocol_has() -> eyre::Result<()> {
    let scene = start().await?;
    let provider = zksync(&scene)?;
    let receipt = mined(&provider, entry(&scene, "712")).await?;
    let events = Filter::new().address(scene.book).from_block(0);
    ensure!(provider.get_logs(&events).await?.len() == 1);
    let payment = TransactionRequest::default()
        .with_to(RECIPIENT)
        .with_value(U256::from(5));
    let fee = provider
        .estimate_fee(payment.clone().with_from(sender().address))
        .await?;
    ensure!(fee.gas_limit > 0 && fee.max_fee_per_gas > 0);
    mined(&provider, payment).await?;
    ensure!(provider.get_balance(RECIPIENT).await? == U256::from(5));

    let paymaster = deploy(&provider, "OpenPaymaster", Vec::new()).await?;
    let funds = TransactionRequest::default()
        .with_to(paymaster)
        .with_value(ether(1));
    mined(&provider, funds).await?;
    let before = provider.get_balance(sender().address).await?;
    let input = generalCall {
        input: Bytes::new(),
    }
    .abi_encode();
    let sponsored = entry(&scene, "sponsored").with_paymaster_params(PaymasterParams {
        paymaster,
        paymaster_input: input.into(),
    });
    mined(&provider, sponsored).await?;
    let spent = before - provider.get_balance(sender().address).await?;
    ensure!(spent == U256::from(PRICE), "{spent}");
    check_protocol(&provider, &receipt).await
}

/// What alloy-zksync makes of the protocol's own methods, each of which it reads into types of its own.
async fn check_protocol(
    provider: &impl ZksyncProvider,
    receipt: &ZksyncReceipt,
) -> eyre::Result<()> {
    let number = receipt.block_number().wrap_err("it is mined")?;
    let head = provider.get_block_number().await?;
    ensure!(provider.get_l1_batch_number().await?.to::<u64>() == head);
    ensure!(provider.get_l1_chain_id().await?.to::<u64>() == 9);
    ensure!(provider.get_testnet_paymaster().await?.is_none());
    provider.get_bridge_contracts().await?;
    provider.get_fee_params().await?;
    ensure!(provider.get_l1_gas_price().await? > U256::ZERO);
    ensure!(provider.get_block_details(number).await?.is_some());
    ensure!(provider.get_l1_batch_details(number).await?.is_some());
    ensure!(provider.get_l1_batch_block_range(number).await?.is_some());
    let hash = receipt.transaction_hash();
    ensure!(provider.get_transaction_details(hash).await?.is_some());
    ensure!(provider.get_raw_block_transactions(number).await?.len() == 1);
    let balances = provider.get_all_account_balances(RECIPIENT).await?;
    ensure!(
        balances.values().sum::<U256>() == U256::from(5),
        "{balances:?}"
    );
    let code = contract_code("Guestbook")?.bytecode;
    let known = bytecode_hash(&code)?;
    ensure!(provider.get_bytecode_by_hash(known).await? == Some(code));
    let refused = provider.get_main_contract().await;
    let error = refused.err().wrap_err("there is a main contract")?;
    ensure!(
        error
            .to_string()
            .contains("there is no L1 behind this chain"),
        "{error}"
    );
    Ok(())
}

fn bytecode_hash(code: &Bytes) -> eyre::Result<B256> {
    let hash = alloy_zksync::network::unsigned_tx::eip712::hash_bytecode(code)?;
    Ok(B256::from(hash))
}
