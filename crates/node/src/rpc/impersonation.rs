//! Methods that send without the sender's signature.

use serde_json::Value;
use zksync_types::Address;

use super::{Answer, Method, Params, Table, reply, request::CallObject};
use crate::{RICH_ACCOUNTS, chain::Chain};

pub(super) const METHODS: Table = &[
    Method::new(
        "anvil_autoImpersonateAccount",
        "enabled",
        "Lets `eth_sendTransaction` send in anybody's name.",
        impersonate_all,
    ),
    Method::new(
        "anvil_impersonateAccount",
        "address",
        "Lets `eth_sendTransaction` send in the name of an account; contracts then pay no fee.",
        impersonate,
    ),
    Method::new(
        "anvil_stopImpersonatingAccount",
        "address",
        "Ends that.",
        stop,
    ),
    Method::new(
        "eth_accounts",
        "",
        "The rich accounts, for which the node signs.",
        accounts,
    ),
    Method::new(
        "eth_sendTransaction",
        "transaction",
        "Sends a transaction of a rich account, signed with its key, or of an impersonated one.",
        send,
    ),
    Method::new(
        "hardhat_impersonateAccount",
        "address",
        "As `anvil_impersonateAccount`.",
        impersonate,
    ),
    Method::new(
        "hardhat_stopImpersonatingAccount",
        "address",
        "As `anvil_stopImpersonatingAccount`; whether the account was impersonated.",
        stop_like_hardhat,
    ),
];

fn accounts(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    let addresses = RICH_ACCOUNTS.iter().map(|account| account.address);
    reply(addresses.collect::<Vec<_>>())
}

fn impersonate(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    params.finish()?;
    chain.impersonate(account);
    reply(Value::Null)
}

fn impersonate_all(chain: &mut Chain, mut params: Params) -> Answer {
    let enabled: bool = params.required("enabled")?;
    params.finish()?;
    chain.impersonate_all(enabled);
    reply(Value::Null)
}

fn stop(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    params.finish()?;
    chain.stop_impersonating(account);
    reply(Value::Null)
}

fn stop_like_hardhat(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    params.finish()?;
    reply(chain.stop_impersonating(account))
}

fn send(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    params.finish()?;
    let request = request.into_request(chain)?;
    reply(chain.submit_unsigned(&request)?)
}
