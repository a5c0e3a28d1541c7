//! A transaction that nobody has signed yet.

use zksync_system_constants::DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE;
use zksync_types::{
    Address, H256, Nonce, PackedEthSignature, U256,
    fee::Fee,
    l2::{L2Tx, TransactionType},
    transaction_request::PaymasterParams,
};

/// A call or an unsigned transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) gas: Option<u64>,
    pub(crate) max_fee: Option<u64>,
    pub(crate) priority_fee: Option<u64>,
    pub(crate) value: U256,
    pub(crate) data: Vec<u8>,
    pub(crate) nonce: Option<u32>,
    pub(crate) tx_type: Option<TransactionType>,
    pub(crate) gas_per_pubdata: Option<U256>,
    pub(crate) factory_deps: Vec<Vec<u8>>,
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) paymaster: PaymasterParams,
}

impl Request {
    /// Whether only a transaction of type 113 can carry all of it.
    pub(super) fn needs_eip712(&self) -> bool {
        self.gas_per_pubdata.is_some()
            || self.signature.is_some()
            || !self.factory_deps.is_empty()
            || self.paymaster.paymaster != Address::zero()
    }

    /// The transaction, with a signature of the right length unless the request has one.
    pub(super) fn build(&self, tx_type: TransactionType, nonce: u32, gas: u64, price: u64) -> L2Tx {
        let fee = Fee {
            gas_limit: gas.into(),
            max_fee_per_gas: price.into(),
            max_priority_fee_per_gas: self.priority_fee(tx_type, price).into(),
            gas_per_pubdata_limit: self
                .gas_per_pubdata
                .unwrap_or_else(|| DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE.into()),
        };
        let mut tx = L2Tx::new(
            Some(self.to),
            self.data.clone(),
            Nonce(nonce),
            fee,
            self.from,
            self.value,
            self.factory_deps.clone(),
            self.paymaster.clone(),
        );
        tx.common_data.transaction_type = tx_type;
        let signature = self.signature.clone();
        tx.set_raw_signature(
            signature.unwrap_or_else(|| PackedEthSignature::default().serialize_packed().to_vec()),
        );
        tx.set_input(Vec::new(), H256::zero());
        tx
    }

    /// Transactions with one gas price offer all of it as a tip, and the bootloader insists on that.
    fn priority_fee(&self, tx_type: TransactionType, price: u64) -> u64 {
        match tx_type {
            TransactionType::LegacyTransaction | TransactionType::EIP2930Transaction => price,
            _ => self.priority_fee.unwrap_or(0).min(price),
        }
    }
}
