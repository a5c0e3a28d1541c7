//! Sessions, their encodings, and what the module answers, as files that other implementations are held to.
//!
//! `test/contracts/SessionVectors.t.sol` reads the same files.

use std::fs;
use std::path::PathBuf;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::signers::SignerSync;
use eyre::ensure;
use serde::Serialize;
use serde_json::json;
use zksso_core::{
    Call, Claims, Session, SessionConfig, SessionRecord, SessionUse, ValidationContext,
};
use zksso_testkit::project_root;

use crate::invariants::dice::Dice;
use crate::invariants::generate::{self, Setting};

/// Set it to write the files instead of comparing them.
const UPDATE_VARIABLE: &str = "ZKSSO_UPDATE_VECTORS";

const SEED: u64 = 7;
const SESSIONS: usize = 16;
const STEPS: usize = 14;

/// Time at which the sessions are opened.
const OPENED_AT: u64 = 1_700_000_000;
const ACCOUNT: Address = Address::repeat_byte(0xac);
/// What becomes a module of the account once the sessions are open.
const LATER_MODULE: Address = Address::repeat_byte(0x31);
/// What the transactions' signatures are over.
const SIGNED_HASH: B256 = B256::repeat_byte(0x5a);

/// Descriptions of sessions that use every member.
const CONFIGS: [&str; 6] = [
    r#"{}"#,
    r#"{"expiresAt": 1800000000, "feeLimit": {"limit": "5", "period": "1 day"},
        "transfers": [{"to": "0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1", "maxValuePerUse": "3"},
                      {"to": "0xf2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2", "valueLimit": {"limitType": "unlimited"}}]}"#,
    r#"{"expiresAt": "8 hours", "feeLimit": "100000000000000000", "contractCalls": [{
        "address": "0x7171717171717171717171717171717171717171",
        "abi": [{"type": "function", "name": "transfer", "stateMutability": "nonpayable", "outputs": [{"name": "", "type": "bool"}],
                 "inputs": [{"name": "to", "type": "address"}, {"name": "value", "type": "uint256"}]}],
        "functionName": "transfer",
        "constraints": [{"index": 0, "value": "0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"},
                        {"index": 1, "value": 50, "condition": "LessEqual", "limit": {"limitType": "lifetime", "limit": "100"}}]}]}"#,
    r#"{"contractCalls": [{
        "address": "0x7171717171717171717171717171717171717171",
        "abi": [{"type": "function", "name": "set", "stateMutability": "payable", "outputs": [],
                 "inputs": [{"name": "pair", "type": "uint8[2]"}, {"name": "text", "type": "string"}, {"name": "delta", "type": "int64"}]}],
        "functionName": "set", "maxValuePerUse": "7", "valueLimit": {"limit": "9", "period": 600},
        "constraints": [{"index": 2, "value": "-2", "condition": "SignedGreaterEqual"}]}]}"#,
    r#"{"validAfter": "1 hour", "maxFeePerUse": "7", "paymasters": "any", "useLimit": 5,
        "transfers": [{"to": "0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1", "valueLimit": "5"},
                      {"to": "0xf2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2", "valueLimit": "5", "useLimit": {"limit": 2, "period": "1 hour"}}]}"#,
    r#"{"paymasters": ["0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"],
        "contractCalls": [{
        "address": "0x7171717171717171717171717171717171717171",
        "abi": [{"type": "function", "name": "approve", "stateMutability": "nonpayable", "outputs": [{"name": "", "type": "bool"}],
                 "inputs": [{"name": "spender", "type": "address"}, {"name": "value", "type": "uint256"}]}],
        "functionName": "approve", "useLimit": "3"}],
        "tokenBudgets": [{"token": "0x7171717171717171717171717171717171717171", "limit": {"limit": "100", "period": "1 week"}}]}"#,
];

/// A session as it is named and encoded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionVector {
    signer: Address,
    /// `abi.encode(spec)` or `abi.encode(spec, options)`.
    encoding: Bytes,
    has_options: bool,
    hash: B256,
    trackers: usize,
}

impl SessionVector {
    fn new(session: &Session) -> Self {
        Self {
            signer: session.spec.signer,
            encoding: session.encode(),
            has_options: session.options.is_some(),
            hash: session.hash(),
            trackers: session.trackers(),
        }
    }
}

/// A transaction, and what the module answers to it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepVector {
    /// Time of the block.
    now: u64,
    to: Address,
    value: U256,
    data: Bytes,
    fee: U256,
    paymaster: Address,
    paymaster_input: Bytes,
    nonce_key: U256,
    has_factory_deps: bool,
    /// Claimed by the sender, if the session has options.
    time: u64,
    /// Claimed by the sender, if the session has none.
    period_ids: Vec<u64>,
    accepted: bool,
    /// What the module reverts with, if it does.
    revert_data: Bytes,
    /// What the module keeps afterwards.
    head: U256,
    trackers: Vec<U256>,
}

impl StepVector {
    fn new(context: &ValidationContext, action: SessionUse, claims: Claims) -> Self {
        let paymaster = action.paymaster.unwrap_or_default();
        let (time, period_ids) = match claims {
            Claims::Time(time) => (time, Vec::new()),
            Claims::PeriodIds(ids) => (0, ids),
        };
        Self {
            now: context.now,
            to: action.call.to,
            value: action.call.value,
            data: action.call.data,
            fee: action.fee,
            paymaster: paymaster.address,
            paymaster_input: paymaster.input,
            nonce_key: action.nonce_key,
            has_factory_deps: action.has_factory_deps,
            time,
            period_ids,
            accepted: false,
            revert_data: Bytes::new(),
            head: U256::ZERO,
            trackers: Vec::new(),
        }
    }
}

#[test]
fn sessions_are_described_encoded_and_named_as_written_down() -> eyre::Result<()> {
    let signer = Address::repeat_byte(0x51);
    let vectors = CONFIGS.map(|text| -> eyre::Result<_> {
        let config: SessionConfig = serde_json::from_str(text)?;
        let session = config.to_session(signer, OPENED_AT)?;
        let description: serde_json::Value = serde_json::from_str(text)?;
        ensure!(Session::decode(&session.encode())? == session);
        let action = SessionUse::new(Call::default(), U256::ZERO);
        let claims = session.claims_at(&action, OPENED_AT);
        Ok(json!({
            "config": description,
            "session": SessionVector::new(&session),
            // For a transfer to nobody.
            "validatorData": session.validator_data(&claims),
        }))
    });
    let vectors = vectors.into_iter().collect::<eyre::Result<Vec<_>>>()?;
    let text = json!({ "signer": signer, "now": OPENED_AT, "vectors": vectors });
    compare(
        "session-configs.json",
        &serde_json::to_string_pretty(&text)?,
    )
}

#[test]
fn the_module_decides_as_written_down() -> eyre::Result<()> {
    let mut dice = Dice::new(SEED);
    let sessions = (0..SESSIONS).map(|_| decisions(&mut dice));
    let sessions = sessions.collect::<eyre::Result<Vec<_>>>()?;
    let head = json!({
        "account": ACCOUNT,
        "laterModule": LATER_MODULE,
        "signedHash": SIGNED_HASH,
        "openedAt": OPENED_AT,
    });
    // One line for each transaction, so that changes can be read.
    let head = serde_json::to_string(&head)?;
    let head = head.trim_end_matches('}');
    let text = format!("{head},\n\"sessions\": [\n{}\n]}}", sessions.join(",\n"));
    compare("session-decisions.json", &text)
}

/// A random session and what becomes of some transactions.
fn decisions(dice: &mut Dice) -> eyre::Result<String> {
    let setting = Setting {
        account: ACCOUNT,
        later_module: LATER_MODULE,
    };
    let key = generate::key(dice);
    let session = generate::session(dice, &setting, key.address(), OPENED_AT);
    let mut record = SessionRecord::opened(&session, 0);
    let mut context = ValidationContext {
        account: ACCOUNT,
        modules: vec![LATER_MODULE],
        now: OPENED_AT,
    };
    let mut lines = Vec::new();
    for _ in 0..STEPS {
        context.now += dice.below(200);
        let action = generate::action(dice, &setting, &session);
        let claims = generate::claims(dice, &session, &action, context.now);
        let answer = session.validate(&record, &action, &claims, &context);
        let mut step = StepVector::new(&context, action, claims);
        match answer {
            Ok(answer) => {
                step.accepted = true;
                record = answer.record;
            }
            Err(refusal) => step.revert_data = refusal.revert_data().unwrap_or_default(),
        }
        step.head = record.head;
        step.trackers.clone_from(&record.trackers);
        lines.push(serde_json::to_string(&step)?);
    }
    let signature = Bytes::from(key.sign_hash_sync(&SIGNED_HASH)?.as_bytes());
    let session = serde_json::to_string(&SessionVector::new(&session))?;
    let signature = serde_json::to_string(&signature)?;
    let steps = lines.join(",\n");
    Ok(format!(
        "{{\"session\": {session},\n\"signature\": {signature},\n\"steps\": [\n{steps}]}}"
    ))
}

/// Insists that a file holds this text.
fn compare(name: &str, text: &str) -> eyre::Result<()> {
    let path: PathBuf = project_root().join("test/vectors").join(name);
    let text = text.to_owned() + "\n";
    if std::env::var_os(UPDATE_VARIABLE).is_some() {
        fs::write(&path, text)?;
        return Ok(());
    }
    let stale = "is stale; run the test once with";
    ensure!(
        fs::read_to_string(&path)? == text,
        "{name} {stale} {UPDATE_VARIABLE}=1"
    );
    Ok(())
}
