//! The protocol's rules for account validation.

use alloy::primitives::{Address, Bytes, U256, hex, keccak256};
use serde_json::{Value, json};
use zksso_node::{NodeConfig, TIMESTAMP_ASSERTER};

use crate::support::{Bench, Draft, GENESIS, fresh};

const PASS: u8 = 0;
const READ_FOREIGN_SLOT: u8 = 1;
const REVERT: u8 = 2;
const LOOP: u8 = 3;
const WRONG_SIGNATURE: u8 = 4;
const ASSERT_TIME: u8 = 5;
const CALL_CODELESS: u8 = 6;
const READ_TIME: u8 = 7;
const OWN_STORAGE: u8 = 8;

fn word(address: Address) -> U256 {
    U256::from_be_slice(address.as_slice())
}

struct Case {
    bench: Bench,
    account: Address,
}

impl Case {
    async fn new(config: NodeConfig) -> Self {
        let bench = Bench::with(config);
        let account = bench.deploy_account().await;
        Self { bench, account }
    }

    fn transaction(&self, behaviour: u8, first: U256, second: U256) -> Bytes {
        Draft::new(self.account, fresh("payee"))
            .value(U256::ONE)
            .behave(behaviour, first, second)
    }

    async fn refusal(
        &self,
        behaviour: u8,
        first: U256,
        second: U256,
    ) -> alloy::rpc::json_rpc::ErrorPayload {
        let before = self.bench.head().await;
        let raw = self.transaction(behaviour, first, second);
        let error = self.bench.send(&raw).await.unwrap_err();
        assert_eq!(self.bench.head().await, before);
        assert_eq!(self.bench.nonce(self.account).await, 0);
        error
    }
}

fn data(error: &alloy::rpc::json_rpc::ErrorPayload) -> Value {
    serde_json::from_str(error.data.as_ref().unwrap().get()).unwrap()
}

/// What the error says of the broken rule, without its explanation.
fn rule(error: &alloy::rpc::json_rpc::ErrorPayload) -> Value {
    let mut facts = data(error);
    let facts = facts.as_object_mut().unwrap();
    assert!(facts.remove("why").unwrap().as_str().unwrap().len() > 20);
    assert!(
        !facts
            .remove("frames")
            .unwrap()
            .as_array()
            .unwrap()
            .is_empty()
    );
    facts.remove("contractName");
    facts.clone().into()
}

#[tokio::test]
async fn a_smart_account_that_keeps_the_rules_transacts() {
    let case = Case::new(NodeConfig::default()).await;
    for behaviour in [PASS, OWN_STORAGE] {
        let nonce = case.bench.nonce(case.account).await;
        let raw = Draft::new(case.account, fresh("payee"))
            .nonce(nonce)
            .value(U256::ONE)
            .behave(behaviour, U256::from(3), U256::ZERO);
        let receipt = case.bench.mined(&raw).await;
        assert_eq!(receipt["status"], "0x1");
    }
    assert_eq!(case.bench.balance(fresh("payee")).await, U256::from(2));
}

#[tokio::test]
async fn validation_gas_counts_validation_only() {
    let case = Case::new(NodeConfig::default()).await;
    let raw = case.transaction(PASS, U256::ZERO, U256::ZERO);
    let hash = case.bench.send(&raw).await.unwrap();
    let details = case
        .bench
        .node
        .transaction_details(hash)
        .await
        .unwrap()
        .unwrap();
    // A nonce, a magic and a transfer to the bootloader.
    let expected = 5_000..60_000;
    assert!(expected.contains(&details.validation_gas), "{details:?}");
}

#[tokio::test]
async fn a_foreign_slot_is_refused_by_contract_and_slot() {
    let case = Case::new(NodeConfig::default()).await;
    let counter = case.bench.deploy_counter().await;
    let error = case
        .refusal(READ_FOREIGN_SLOT, word(counter), U256::ZERO)
        .await;
    assert_eq!(error.code, -32000);
    let message = format!(
        "account validation read slot 0x0 of {counter}, which does not belong to the account; real chains forbid it"
    );
    assert!(error.message.starts_with(&message), "{error}");
    let frames = &data(&error)["frames"];
    assert_eq!(frames[0]["address"], json!(case.account));
    assert_eq!(frames[1]["address"], json!(counter));
    assert_eq!(
        rule(&error),
        json!({ "rule": "storage", "contract": counter, "slot": "0x0" })
    );
}

#[tokio::test]
async fn without_rules_the_same_transaction_passes() {
    let case = Case::new(NodeConfig::default().with_validation_rules(false)).await;
    let counter = case.bench.deploy_counter().await;
    let raw = case.transaction(READ_FOREIGN_SLOT, word(counter), U256::ZERO);
    assert_eq!(case.bench.mined(&raw).await["status"], "0x1");
}

#[tokio::test]
async fn a_validation_revert_carries_the_accounts_error() {
    let case = Case::new(NodeConfig::default()).await;
    let error = case.refusal(REVERT, U256::from(77), U256::ZERO).await;
    assert_eq!(error.code, 3);
    let mut expected = vec![0xde, 0xad, 0xbe, 0xef];
    expected.extend(U256::from(77).to_be_bytes::<32>());
    assert_eq!(error.as_revert_data().unwrap(), expected);
    assert_eq!(data(&error), json!(Bytes::from(expected)));
    assert!(
        error
            .message
            .starts_with("account validation reverted with 0xdeadbeef")
    );
}

#[tokio::test]
async fn a_wrong_signature_is_refused() {
    let case = Case::new(NodeConfig::default()).await;
    let error = case.refusal(WRONG_SIGNATURE, U256::ZERO, U256::ZERO).await;
    assert!(
        error.message.starts_with("account validation failed: "),
        "{error}"
    );
}

#[tokio::test]
async fn validation_beyond_its_gas_is_refused() {
    let case = Case::new(NodeConfig::default()).await;
    let error = case.refusal(LOOP, U256::ZERO, U256::ZERO).await;
    assert_eq!(data(&error)["rule"], "gas");
}

#[tokio::test]
async fn codeless_callees_and_the_bare_time_are_refused() {
    let case = Case::new(NodeConfig::default()).await;
    let nobody = fresh("nobody");
    let error = case.refusal(CALL_CODELESS, word(nobody), U256::ZERO).await;
    assert_eq!(
        rule(&error),
        json!({ "rule": "no-code", "contract": nobody })
    );
    let error = case.refusal(READ_TIME, U256::ZERO, U256::ZERO).await;
    assert!(error.message.contains("SystemContext") && error.message.contains("TimestampAsserter"));
    assert_eq!(
        rule(&error),
        json!({ "rule": "storage", "contract": "0x000000000000000000000000000000000000800b", "slot": "0x10c" })
    );
}

#[tokio::test]
async fn the_asserter_admits_a_range_and_refuses_its_end() {
    let case = Case::new(NodeConfig::default()).await;
    let time = |seconds: u64| U256::from(GENESIS + seconds);
    let asserter: Address = case
        .bench
        .ask("zks_getTimestampAsserter", json!([]))
        .await
        .unwrap();
    assert_eq!(asserter, TIMESTAMP_ASSERTER);

    // Not begun: the asserter itself reverts, with the time, the start and the end.
    let error = case.refusal(ASSERT_TIME, time(1_000), time(2_000)).await;
    let revert = error.as_revert_data().unwrap();
    assert_eq!(revert[..4], [0x3d, 0x57, 0x40, 0xd9]);
    let now = U256::from_be_slice(&revert[4..36]);
    assert_eq!(now, time(2));
    assert_eq!(U256::from_be_slice(&revert[68..]), time(2_000));

    // Less than a minute left.
    let error = case.refusal(ASSERT_TIME, time(0), time(61)).await;
    assert_eq!(rule(&error), json!({ "rule": "time-range" }));

    let raw = case.transaction(ASSERT_TIME, time(0), time(62));
    assert_eq!(case.bench.mined(&raw).await["status"], "0x1");
}

#[tokio::test]
async fn time_makes_an_asserted_range_expire() {
    let case = Case::new(NodeConfig::default()).await;
    let end = U256::from(GENESIS + 3_600);
    let raw = case.transaction(ASSERT_TIME, U256::ZERO, end);
    let refuse_after = async |seconds: u64| {
        let added: u64 = case
            .bench
            .ask("evm_increaseTime", json!([seconds]))
            .await
            .unwrap();
        assert!(added >= seconds);
        let before = case.bench.head().await;
        let error = case.bench.send(&raw).await.unwrap_err();
        assert_eq!(case.bench.head().await, before);
        error
    };
    // In the last minute the rule forbids it; when the range is over, the asserter itself does.
    let refused = refuse_after(3_560).await;
    assert_eq!(rule(&refused), json!({ "rule": "time-range" }));
    let reason = data(&refuse_after(60).await);
    let selector = keccak256("TimestampOutOfRange(uint256,uint256,uint256)");
    let selector = hex::encode_prefixed(&selector[..4]);
    assert!(reason.as_str().unwrap().starts_with(&selector), "{reason}");
}

#[tokio::test]
async fn a_paymaster_without_code_is_refused() {
    let case = Case::new(NodeConfig::default()).await;
    let raw = Draft::new(case.account, fresh("payee"))
        .paymaster(fresh("no paymaster"))
        .behave(PASS, U256::ZERO, U256::ZERO);
    let error = case.bench.send(&raw).await.unwrap_err();
    assert!(!error.message.is_empty());
    assert_eq!(case.bench.nonce(case.account).await, 0);
}
