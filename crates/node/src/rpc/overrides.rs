//! State and block overrides, in geth's format with EraVM bytecode for code.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;
use zksync_types::{Address, H256, U256, bytecode::validate_bytecode, u256_to_h256};

use super::{
    Params, RpcError,
    params::{Blob, Quantity},
};
use crate::chain::{AccountOverride, BlockOverride, CallAt, Scene};

/// State overrides by address.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct StateOverrides(BTreeMap<Address, AccountObject>);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountObject {
    balance: Option<Quantity>,
    nonce: Option<Quantity>,
    code: Option<Code>,
    state: Option<Slots>,
    state_diff: Option<Slots>,
    move_precompile_to_address: Option<Address>,
}

/// Bytecode, alone or under the name of its machine.
#[derive(Debug)]
struct Code(Vec<u8>);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Tagged {
            eravm: Blob,
        }
        let value = Value::deserialize(deserializer)?;
        let code = match value.is_object() {
            true => serde_json::from_value(value).map(|tagged: Tagged| tagged.eravm),
            false => serde_json::from_value(value),
        };
        code.map(|blob| Self(blob.0))
            .map_err(|error| D::Error::custom(format!("code: {error}")))
    }
}

type Slots = BTreeMap<U256, U256>;

/// Block overrides. Members have two names each in the wild.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BlockOverrides {
    number: Option<Quantity>,
    time: Option<Quantity>,
    #[serde(alias = "baseFeePerGas")]
    base_fee: Option<Quantity>,
    gas_limit: Option<Quantity>,
    #[serde(alias = "feeRecipient")]
    coinbase: Option<Address>,
    #[serde(alias = "prevRandao")]
    random: Option<H256>,
    difficulty: Option<Quantity>,
    blob_base_fee: Option<Value>,
    beacon_root: Option<Value>,
    withdrawals: Option<Value>,
    block_hash: Option<Value>,
}

/// Reads both kinds of overrides, the last parameters of a method that runs something at `at`.
pub(super) fn read_scene(params: &mut Params, at: CallAt) -> Result<Scene, RpcError> {
    let state: Option<StateOverrides> = params.optional("state overrides")?;
    let block: Option<BlockOverrides> = params.optional("block overrides")?;
    scene(at, state, block)
}

/// Checks overrides.
pub(super) fn scene(
    at: CallAt,
    state: Option<StateOverrides>,
    block: Option<BlockOverrides>,
) -> Result<Scene, RpcError> {
    let accounts = state.unwrap_or_default().0.into_iter();
    let accounts = accounts.map(|(address, account)| account.check(address));
    Ok(Scene {
        at,
        accounts: accounts.collect::<Result<_, _>>()?,
        block: block.unwrap_or_default().check()?,
    })
}

impl AccountObject {
    fn check(self, address: Address) -> Result<AccountOverride, RpcError> {
        let refuse = |what: &str| {
            RpcError::invalid_params(format!("the override of account {address:#x} {what}"))
        };
        if self.move_precompile_to_address.is_some() {
            return Err(refuse(
                "has movePrecompileToAddress, which is not supported: precompiles cannot move",
            ));
        }
        let (cleared, slots) = match (self.state, self.state_diff) {
            (Some(_), Some(_)) => return Err(refuse("has both state and stateDiff")),
            (Some(state), None) => (true, state),
            (None, diff) => (false, diff.unwrap_or_default()),
        };
        let code = self.code.map(|code| code.0);
        if let Some(code) = code.as_ref().filter(|code| !code.is_empty()) {
            validate_bytecode(code)
                .map_err(|error| refuse(&format!("has code that is not EraVM's: {error}")))?;
        }
        let nonce = self.nonce.map(|nonce| nonce.as_u64("nonce")).transpose()?;
        Ok(AccountOverride {
            address,
            balance: self.balance.map(|wei| wei.0),
            nonce,
            code,
            cleared,
            slots: words(slots),
        })
    }
}

fn words(slots: Slots) -> BTreeMap<H256, H256> {
    let slots = slots.into_iter();
    slots
        .map(|(slot, value)| (u256_to_h256(slot), u256_to_h256(value)))
        .collect()
}

impl BlockOverrides {
    /// Refuses what the machine has no place for.
    fn refuse_others(&self) -> Result<(), RpcError> {
        let members = [
            ("blobBaseFee", &self.blob_base_fee),
            ("beaconRoot", &self.beacon_root),
            ("withdrawals", &self.withdrawals),
            ("blockHash", &self.block_hash),
        ];
        match members.into_iter().find(|(_, value)| value.is_some()) {
            None => Ok(()),
            Some((name, _)) => Err(RpcError::invalid_params(format!(
                "the override of the block has {name}, which is not supported: EraVM has nothing like it"
            ))),
        }
    }

    fn check(self) -> Result<BlockOverride, RpcError> {
        self.refuse_others()?;
        let narrow = |field: Option<Quantity>, name: &str| {
            field.map(|number| number.as_u64(name)).transpose()
        };
        let number = narrow(self.number, "number")?.map(u32::try_from);
        let number = number.transpose();
        let number =
            number.map_err(|_| RpcError::invalid_params("block number does not fit 32 bits"))?;
        let time = narrow(self.time, "time")?;
        for (name, value) in [("number", number.map(u64::from)), ("time", time)] {
            if value == Some(0) {
                return Err(RpcError::invalid_params(format!(
                    "the override of the block has {name} 0, and no block after the first has that"
                )));
            }
        }
        Ok(BlockOverride {
            number,
            time,
            base_fee: narrow(self.base_fee, "baseFee")?,
            gas_limit: narrow(self.gas_limit, "gasLimit")?,
            coinbase: self.coinbase,
            randomness: randomness(self.random, self.difficulty)?,
        })
    }
}

/// Difficulty is the old name of the random value.
fn randomness(
    random: Option<H256>,
    difficulty: Option<Quantity>,
) -> Result<Option<H256>, RpcError> {
    match (random, difficulty.map(|number| u256_to_h256(number.0))) {
        (Some(a), Some(b)) if a != b => Err(RpcError::invalid_params(
            "prevRandao and difficulty contradict each other",
        )),
        (a, b) => Ok(a.or(b)),
    }
}
