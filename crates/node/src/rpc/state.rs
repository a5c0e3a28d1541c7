//! Methods that set, keep and bring back state.

use serde_json::{Map, Value};
use zksync_types::{Address, H256, U256, web3::Bytes};

use super::{
    Answer, Method, Params, RpcError, Table,
    eth::storage_key,
    params::{Blob, Quantity},
    reply,
};
use crate::chain::Chain;

pub(super) const METHODS: Table = &[
    Method::new("anvil_dumpState", "", "The whole chain as bytes.", dump),
    Method::new(
        "anvil_loadState",
        "bytes",
        "Makes the chain the one that `anvil_dumpState` returned.",
        load,
    ),
    Method::new("anvil_reset", "", "Goes back to genesis.", reset),
    Method::new(
        "anvil_setBalance",
        "address, wei",
        "Sets a balance.",
        set_balance,
    ),
    Method::new(
        "anvil_setCode",
        "address, bytecode",
        "Sets the EraVM code of an account; none makes it an account of a key.",
        set_code,
    ),
    Method::new(
        "anvil_setNonce",
        "address, nonce",
        "Sets the nonce of the next transaction.",
        set_nonce,
    ),
    Method::new(
        "anvil_setStorageAt",
        "address, slot, value",
        "Sets a word of storage.",
        set_storage,
    ),
    Method::new("hardhat_reset", "", "As `anvil_reset`.", reset),
    Method::new(
        "hardhat_setBalance",
        "address, wei",
        "As `anvil_setBalance`.",
        set_balance,
    ),
    Method::new(
        "hardhat_setCode",
        "address, bytecode",
        "As `anvil_setCode`.",
        set_code,
    ),
    Method::new(
        "hardhat_setNonce",
        "address, nonce",
        "As `anvil_setNonce`.",
        set_nonce,
    ),
    Method::new(
        "hardhat_setStorageAt",
        "address, slot, value",
        "As `anvil_setStorageAt`.",
        set_storage,
    ),
];

fn set_code(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let code: Blob = params.required("bytecode")?;
    params.finish()?;
    chain
        .set_code(account, &code.0)
        .map_err(|error| RpcError::invalid_params(format!("not EraVM bytecode: {error}")))?;
    reply(true)
}

fn dump(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(Bytes(chain.dump().into_bytes()))
}

fn load(chain: &mut Chain, mut params: Params) -> Answer {
    let bytes: Blob = params.required("bytes")?;
    params.finish()?;
    let refused =
        |reason: String| RpcError::invalid_params(format!("this state cannot be loaded: {reason}"));
    let text = String::from_utf8(bytes.0).map_err(|_| refused("it is not text".to_owned()))?;
    chain
        .load(&text)
        .map_err(|error| refused(error.to_string()))?;
    reply(true)
}

/// Forks of other chains are what the parameter of other nodes is for.
fn reset(chain: &mut Chain, mut params: Params) -> Answer {
    let fork: Option<Map<String, Value>> = params.optional("fork")?;
    if fork.is_some_and(|fork| !fork.is_empty()) {
        return Err(RpcError::invalid_params(
            "the node cannot fork another chain",
        ));
    }
    params.finish()?;
    chain
        .reset()
        .map_err(|error| RpcError::internal(error.to_string()))?;
    reply(true)
}

fn set_balance(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let balance: U256 = params.required("balance")?;
    params.finish()?;
    chain.set_balance(account, balance);
    reply(true)
}

fn set_nonce(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let nonce: Quantity = params.required("nonce")?;
    params.finish()?;
    let nonce = u32::try_from(nonce.0)
        .map_err(|_| RpcError::invalid_params("nonce does not fit 32 bits"))?;
    chain.set_nonce(account, nonce.into());
    reply(true)
}

fn set_storage(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let slot: U256 = params.required("slot")?;
    let value: H256 = params.required("value")?;
    params.finish()?;
    chain.set_storage(storage_key(account, slot), value);
    reply(true)
}
