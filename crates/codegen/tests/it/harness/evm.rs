//! The oracle: solc's EVM bytecode on revm.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext, MainnetEvm,
    context::{BlockEnv, CfgEnv, TxEnv, result::ExecutionResult},
    database::{CacheDB, EmptyDB},
    handler::MainnetContext,
    primitives::hardfork::SpecId,
    state::AccountInfo,
};

use super::{Effect, Log, era::Call};

/// Gas of every call. Memory of some ten megabytes fits.
const GAS: u64 = 1 << 32;

pub(crate) const CHAIN_ID: u64 = 270;
pub(crate) const BLOCK_NUMBER: u64 = 77;
pub(crate) const TIMESTAMP: u64 = 1_700_000_000;

/// A chain of its own with persistent state.
pub(crate) struct Evm(MainnetEvm<MainnetContext<CacheDB<EmptyDB>>>);

impl Evm {
    pub(crate) fn new() -> Self {
        let context = Context::mainnet()
            .with_db(CacheDB::new(EmptyDB::default()))
            .with_cfg(config())
            .with_block(block(BLOCK_NUMBER, TIMESTAMP));
        Self(context.build_mainnet())
    }

    pub(super) fn set_block(&mut self, number: u64, timestamp: u64) {
        self.0.ctx.block = block(number, timestamp);
    }

    pub(crate) fn set_balance(&mut self, account: Address, balance: u128) {
        let database = &mut self.0.ctx.journaled_state.database;
        let mut info = database
            .load_account(account)
            .map(|a| a.info.clone())
            .unwrap_or_default();
        info.balance = U256::from(balance);
        database.insert_account_info(account, AccountInfo { ..info });
    }

    pub(crate) fn balance(&mut self, account: Address) -> U256 {
        self.account(account)
            .map(|account| account.info.balance)
            .unwrap_or_default()
    }

    /// All slots of a contract that are not zero.
    pub(crate) fn slots(&mut self, contract: Address) -> BTreeMap<U256, U256> {
        let account = self.account(contract);
        let slots = account
            .map(|account| account.storage.clone())
            .unwrap_or_default();
        slots
            .into_iter()
            .filter(|(_, value)| !value.is_zero())
            .collect()
    }

    pub(crate) fn has_code(&mut self, account: Address) -> bool {
        self.account(account)
            .is_some_and(|account| !account.info.is_empty_code_hash())
    }

    fn account(&mut self, address: Address) -> Option<revm::database::DbAccount> {
        self.0
            .ctx
            .journaled_state
            .database
            .cache
            .accounts
            .get(&address)
            .cloned()
    }

    /// Deploys; the new address, or the constructor's revert data.
    pub(crate) fn create(
        &mut self,
        from: Address,
        code: &[u8],
        arguments: &[u8],
    ) -> Result<Address, Vec<u8>> {
        let data = [code, arguments].concat();
        match self.transact(from, TxKind::Create, 0, data) {
            ExecutionResult::Success { output, .. } => {
                Ok(*output.address().expect("a creation has an address"))
            }
            ExecutionResult::Revert { output, .. } => Err(output.to_vec()),
            ExecutionResult::Halt { .. } => Err(Vec::new()),
        }
    }

    pub(crate) fn call(&mut self, call: &Call) -> Effect {
        match self.transact(
            call.from,
            TxKind::Call(call.to),
            call.value,
            call.data.clone(),
        ) {
            ExecutionResult::Success { output, logs, .. } => {
                let logs = logs.into_iter().map(|log| Log {
                    address: log.address,
                    topics: log.data.topics().to_vec(),
                    data: log.data.data.to_vec(),
                });
                Effect {
                    success: true,
                    data: output.into_data().to_vec(),
                    logs: logs.collect(),
                }
            }
            ExecutionResult::Revert { output, .. } => Effect {
                success: false,
                data: output.to_vec(),
                logs: Vec::new(),
            },
            ExecutionResult::Halt { .. } => Effect {
                success: false,
                data: Vec::new(),
                logs: Vec::new(),
            },
        }
    }

    fn transact(
        &mut self,
        from: Address,
        kind: TxKind,
        value: u128,
        data: Vec<u8>,
    ) -> ExecutionResult {
        let transaction = TxEnv {
            caller: from,
            kind,
            value: U256::from(value),
            data: Bytes::from(data),
            gas_limit: GAS,
            gas_price: 0,
            chain_id: Some(CHAIN_ID),
            ..TxEnv::default()
        };
        self.0
            .transact_commit(transaction)
            .expect("transaction is valid")
    }
}

fn config() -> CfgEnv {
    let mut config = CfgEnv::new_with_spec(SpecId::CANCUN).with_chain_id(CHAIN_ID);
    config.disable_nonce_check = true;
    config.limit_contract_code_size = Some(usize::MAX);
    config.limit_contract_initcode_size = Some(usize::MAX);
    config
}

fn block(number: u64, timestamp: u64) -> BlockEnv {
    BlockEnv {
        number: U256::from(number),
        timestamp: U256::from(timestamp),
        gas_limit: GAS,
        basefee: 0,
        prevrandao: Some(B256::ZERO),
        ..BlockEnv::default()
    }
}
