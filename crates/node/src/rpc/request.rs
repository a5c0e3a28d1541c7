//! The transaction object of `eth_call` and its relatives.

use serde::Deserialize;
use serde_json::Value;
use zksync_types::{Address, U256, l2::TransactionType, transaction_request::PaymasterParams};

use super::{
    RpcError,
    params::{Blob, Quantity},
};
use crate::chain::{Chain, Request};

/// Transaction object. Fields it does not list are refused.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CallObject {
    from: Option<Address>,
    to: Option<Address>,
    gas: Option<Quantity>,
    gas_price: Option<Quantity>,
    max_fee_per_gas: Option<Quantity>,
    max_priority_fee_per_gas: Option<Quantity>,
    value: Option<Quantity>,
    data: Option<Blob>,
    input: Option<Blob>,
    nonce: Option<Quantity>,
    #[serde(rename = "type")]
    tx_type: Option<Quantity>,
    access_list: Option<Vec<Value>>,
    chain_id: Option<Quantity>,
    eip712_meta: Option<MetaObject>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MetaObject {
    gas_per_pubdata: Option<Quantity>,
    #[serde(default)]
    factory_deps: Option<Vec<Blob>>,
    custom_signature: Option<Blob>,
    paymaster_params: Option<PaymasterObject>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PaymasterObject {
    paymaster: Address,
    paymaster_input: Blob,
}

impl CallObject {
    /// Checks the object against the chain.
    pub(crate) fn into_request(self, chain: &Chain) -> Result<Request, RpcError> {
        self.check_chain(chain)?;
        if self
            .access_list
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            return Err(RpcError::invalid_params("access lists are not supported"));
        }
        let to = self.to.ok_or_else(|| {
            RpcError::invalid_params(
                "`to` is missing: contracts are created by calling ContractDeployer",
            )
        })?;
        let narrow = |field: Option<Quantity>, name: &str| {
            field.map(|number| number.as_u64(name)).transpose()
        };
        let max_fee = one_of(
            "gasPrice",
            self.gas_price,
            "maxFeePerGas",
            self.max_fee_per_gas,
        )?;
        let nonce = narrow(self.nonce, "nonce")?.map(u32::try_from).transpose();
        let tx_type = self.tx_type.map(transaction_type).transpose()?;
        let data = data(self.data, self.input)?;
        let meta = self.eip712_meta.unwrap_or_default();
        Ok(Request {
            from: self.from.unwrap_or_default(),
            to,
            gas: narrow(self.gas, "gas")?,
            max_fee: narrow(max_fee, "the gas price")?,
            priority_fee: narrow(self.max_priority_fee_per_gas, "maxPriorityFeePerGas")?,
            value: self.value.map_or(U256::zero(), |value| value.0),
            data,
            nonce: nonce.map_err(|_| RpcError::invalid_params("nonce does not fit 32 bits"))?,
            tx_type,
            // Clients send zero for "the default".
            gas_per_pubdata: meta
                .gas_per_pubdata
                .map(|limit| limit.0)
                .filter(|limit| !limit.is_zero()),
            factory_deps: factory_deps(meta.factory_deps.unwrap_or_default())?,
            signature: meta
                .custom_signature
                .map(|signature| signature.0)
                .filter(|signature| !signature.is_empty()),
            paymaster: meta
                .paymaster_params
                .map_or_else(Default::default, |params| PaymasterParams {
                    paymaster: params.paymaster,
                    paymaster_input: params.paymaster_input.0,
                }),
        })
    }

    fn check_chain(&self, chain: &Chain) -> Result<(), RpcError> {
        let expected = chain.config.chain_id;
        match self.chain_id {
            Some(actual) if actual.0 != expected.into() => Err(RpcError::invalid_params(format!(
                "wrong chain id {}: this chain has {expected}",
                actual.0
            ))),
            _ => Ok(()),
        }
    }
}

fn one_of(
    first_name: &str,
    first: Option<Quantity>,
    second_name: &str,
    second: Option<Quantity>,
) -> Result<Option<Quantity>, RpcError> {
    match (first, second) {
        (Some(a), Some(b)) if a.0 != b.0 => Err(RpcError::invalid_params(format!(
            "{first_name} and {second_name} contradict each other"
        ))),
        _ => Ok(first.or(second)),
    }
}

fn data(data: Option<Blob>, input: Option<Blob>) -> Result<Vec<u8>, RpcError> {
    match (data, input) {
        (Some(a), Some(b)) if a.0 != b.0 => Err(RpcError::invalid_params(
            "data and input contradict each other",
        )),
        (a, b) => Ok(a.or(b).unwrap_or_default().0),
    }
}

fn transaction_type(number: Quantity) -> Result<TransactionType, RpcError> {
    let unknown =
        || RpcError::invalid_params(format!("transaction type {} is not supported", number.0));
    match number.as_u64("type").map_err(|_| unknown())? {
        0 => Ok(TransactionType::LegacyTransaction),
        1 => Ok(TransactionType::EIP2930Transaction),
        2 => Ok(TransactionType::EIP1559Transaction),
        113 => Ok(TransactionType::EIP712Transaction),
        _ => Err(unknown()),
    }
}

fn factory_deps(blobs: Vec<Blob>) -> Result<Vec<Vec<u8>>, RpcError> {
    let bytecodes: Vec<_> = blobs.into_iter().map(|blob| blob.0).collect();
    zksync_types::transaction_request::validate_factory_deps(&bytecodes)
        .map_err(|error| RpcError::invalid_params(error.to_string()))?;
    Ok(bytecodes)
}
