//! Costs of one transaction, from its trace.

use alloy::{hex, primitives::Address, providers::Provider, sol_types::SolCall};
use eyre::{OptionExt, WrapErr};
use serde_json::{Value, json};
use zksso_bindings::ERC7579Account;
use zksso_client::{Chain, Receipt};

use super::report::Cost;

/// Reads what a transaction cost; `module` is the validator whose share is told apart.
pub(super) async fn cost(
    chain: &Chain,
    receipt: &Receipt,
    account: Address,
    module: Option<Address>,
) -> eyre::Result<Cost> {
    let provider = chain.provider();
    let trace: Value = provider
        .raw_request("debug_traceTransaction".into(), json!([receipt.hash]))
        .await?;
    let details: Value = provider
        .raw_request("zksso_getTransactionDetails".into(), json!([receipt.hash]))
        .await?;
    let calls = trace["calls"]
        .as_array()
        .ok_or_eyre("no calls in the trace")?;
    let of_account = |selector: [u8; 4]| calls.iter().find(|call| is_call(call, account, selector));
    let validation = of_account(ERC7579Account::validateTransactionCall::SELECTOR);
    let execution = of_account(ERC7579Account::executeTransactionCall::SELECTOR);
    let in_module = match (validation, module) {
        (Some(call), Some(module)) => find(call, module).map(used).transpose()?,
        _ => None,
    };
    Ok(Cost {
        validate: validation.map(used).transpose()?,
        module: in_module,
        execute: execution.map(used).transpose()?,
        total: receipt.gas_used,
        pubdata: details["pubdataBytes"].as_u64().ok_or_eyre("no pubdata")?,
    })
}

fn is_call(call: &Value, to: Address, selector: [u8; 4]) -> bool {
    let input = call["input"].as_str().unwrap_or_default();
    is_to(call, to) && input.starts_with(&hex::encode_prefixed(selector))
}

fn is_to(call: &Value, to: Address) -> bool {
    call["to"]
        .as_str()
        .is_some_and(|text| text.parse() == Ok(to))
}

/// The first call to an address below a call.
fn find(call: &Value, to: Address) -> Option<&Value> {
    let calls = call["calls"].as_array()?;
    calls.iter().find_map(|inner| {
        if is_to(inner, to) {
            Some(inner)
        } else {
            find(inner, to)
        }
    })
}

fn used(call: &Value) -> eyre::Result<u64> {
    let text = call["gasUsed"].as_str().ok_or_eyre("no gasUsed")?;
    u64::from_str_radix(text.trim_start_matches("0x"), 16).wrap_err("gasUsed is no number")
}
