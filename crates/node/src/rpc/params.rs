//! Reading parameters: each is honoured or refused, none is ignored.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;
use zksync_types::{
    H256, U256,
    api::{BlockId, BlockNumber},
};

use super::RpcError;
use crate::chain::{CallAt, Chain};

/// Positional parameters of a request.
#[derive(Debug)]
pub(crate) struct Params {
    values: std::vec::IntoIter<Value>,
    position: usize,
}

impl Params {
    /// Parses the `params` member of a request.
    pub(crate) fn parse(json: Option<&str>) -> Result<Self, RpcError> {
        let value = json.map_or(Ok(Value::Null), serde_json::from_str);
        let values = match value {
            Ok(Value::Null) => Vec::new(),
            Ok(Value::Array(values)) => values,
            Ok(_) => {
                return Err(RpcError::invalid_params("params must be an array"));
            }
            Err(error) => return Err(RpcError::invalid_params(format!("params: {error}"))),
        };
        Ok(Self {
            values: values.into_iter(),
            position: 0,
        })
    }

    /// The next parameter, which must be there.
    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, RpcError> {
        self.optional(name)?.ok_or_else(|| {
            RpcError::invalid_params(format!("parameter {} ({name}) is missing", self.position))
        })
    }

    /// The next parameter; `None` when it is absent or null.
    pub(crate) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, RpcError> {
        self.position += 1;
        let value = self.values.next().unwrap_or(Value::Null);
        if value.is_null() {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some).map_err(|error| {
            let position = self.position;
            RpcError::invalid_params(format!("parameter {position} ({name}): {error}"))
        })
    }

    /// Refuses further parameters.
    pub(crate) fn finish(mut self) -> Result<(), RpcError> {
        match self.values.next() {
            None => Ok(()),
            Some(_) => Err(RpcError::invalid_params(format!(
                "too many parameters: at most {} expected",
                self.position
            ))),
        }
    }

    /// An optional block parameter as the block it names; the latest when absent.
    pub(crate) fn block(&mut self, chain: &Chain) -> Result<u64, RpcError> {
        match self.call_at(chain, CallAt::Pending)? {
            CallAt::Pending => Ok(chain.head().number),
            CallAt::Block(number) => Ok(number),
        }
    }

    /// An optional block parameter as a place for calls.
    pub(crate) fn call_at(&mut self, chain: &Chain, default: CallAt) -> Result<CallAt, RpcError> {
        match self.optional::<Block>("block")? {
            None => Ok(default),
            Some(Block(id)) => call_at(chain, id),
        }
    }
}

fn call_at(chain: &Chain, id: BlockId) -> Result<CallAt, RpcError> {
    match id {
        BlockId::Number(BlockNumber::Pending) => Ok(CallAt::Pending),
        BlockId::Number(number) => block_number(chain, number).map(CallAt::Block),
        BlockId::Hash(hash) => block_of_hash(chain, hash).map(CallAt::Block),
    }
}

/// Number of an existing block.
pub(crate) fn block_number(chain: &Chain, number: BlockNumber) -> Result<u64, RpcError> {
    let latest = chain.head().number;
    match number {
        BlockNumber::Earliest => Ok(0),
        BlockNumber::Number(number) if number.as_u64() <= latest => Ok(number.as_u64()),
        BlockNumber::Number(number) => Err(RpcError::refused(format!(
            "block {number} does not exist: the latest is {latest}"
        ))),
        BlockNumber::Committed
        | BlockNumber::Finalized
        | BlockNumber::FastFinalized
        | BlockNumber::Latest
        | BlockNumber::Precommitted
        | BlockNumber::L1Committed
        | BlockNumber::Pending => Ok(latest),
    }
}

/// Number of the block with `hash`.
pub(crate) fn block_of_hash(chain: &Chain, hash: H256) -> Result<u64, RpcError> {
    chain
        .block_by_hash(hash)
        .map(|block| block.number)
        .ok_or_else(|| RpcError::refused(format!("block {hash:#x} does not exist")))
}

/// A block as a number, a tag or a hash, alone or in an object (EIP-1898). All blocks of the chain are canonical.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block(pub(crate) BlockId);

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Named {
            block_number: Option<BlockNumber>,
            block_hash: Option<H256>,
            #[serde(rename = "requireCanonical")]
            _require_canonical: Option<bool>,
        }
        let value = Value::deserialize(deserializer)?;
        let read = match &value {
            Value::Object(_) => serde_json::from_value(value).map(|named: Named| {
                match (named.block_number, named.block_hash) {
                    (Some(number), None) => Some(BlockId::Number(number)),
                    (None, Some(hash)) => Some(BlockId::Hash(hash)),
                    _ => None,
                }
            }),
            Value::String(text) if text.len() == HASH_DIGITS => {
                serde_json::from_value(value).map(|hash| Some(BlockId::Hash(hash)))
            }
            Value::Number(_) => serde_json::from_value(value).map(|number: u64| {
                let number = BlockNumber::Number(number.into());
                Some(BlockId::Number(number))
            }),
            _ => serde_json::from_value(value).map(|number| Some(BlockId::Number(number))),
        };
        match read {
            Ok(Some(id)) => Ok(Self(id)),
            Ok(None) => Err(D::Error::custom(
                "either blockNumber or blockHash is needed",
            )),
            Err(error) => Err(D::Error::custom(error)),
        }
    }
}

/// Digits of a block hash with `0x`.
const HASH_DIGITS: usize = 66;

/// A number written as a JSON number or as a hexadecimal string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantity(pub(crate) U256);

impl Quantity {
    pub(crate) fn as_u64(self, name: &str) -> Result<u64, RpcError> {
        u64::try_from(self.0)
            .map_err(|_| RpcError::invalid_params(format!("{name} does not fit 64 bits")))
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(u64),
            Text(U256),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Number(number) => Self(number.into()),
            Either::Text(number) => Self(number),
        })
    }
}

/// Bytes written as a hexadecimal string or as an array of numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blob(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(alloy::primitives::Bytes),
            Numbers(Vec<u8>),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Text(bytes) => Self(bytes.to_vec()),
            Either::Numbers(bytes) => Self(bytes),
        })
    }
}
