//! The chain's first state.

use std::time::{SystemTime, UNIX_EPOCH};

use zksso_genesis::Bootloader;
use zksync_contracts::{BaseSystemContracts, SystemContractCode};
use zksync_types::{
    Address, CREATE2_FACTORY_ADDRESS, H256, KNOWN_CODES_STORAGE_ADDRESS, L2ChainId, StorageKey,
    bytecode::BytecodeHash, get_code_key, get_known_code_key, get_system_context_init_logs,
    u256_to_h256, utils::storage_key_for_eth_balance,
};

use super::{
    Block, Chain, Clock, State, announce::Announcer, filters::Filters,
    impersonation::Impersonation, pool::Pool,
};
use crate::{
    Error, NodeConfig, Result,
    accounts::RICH_ACCOUNTS,
    config::TIMESTAMP_ASSERTER,
    convert,
    devnet::{CREATE2_FACTORY, KNOWN_CODES_STORAGE, TIMESTAMP_ASSERTER_CODE},
};

pub(super) fn build(config: NodeConfig) -> Result<Chain> {
    let chain_id = L2ChainId::try_from(config.chain_id)
        .ok()
        .filter(|id| id.as_u64() != 0)
        .ok_or(Error::ChainId(config.chain_id))?;
    let mut state = State::default();
    let mut writes = Vec::new();
    for contract in zksso_genesis::system_contracts() {
        let address = convert::h160(contract.address);
        deploy(&mut state, &mut writes, address, contract.bytecode.to_vec());
    }
    let own = [
        (KNOWN_CODES_STORAGE_ADDRESS, KNOWN_CODES_STORAGE),
        (convert::h160(TIMESTAMP_ASSERTER), TIMESTAMP_ASSERTER_CODE),
        (CREATE2_FACTORY_ADDRESS, CREATE2_FACTORY),
    ];
    for (address, contract) in own {
        deploy(&mut state, &mut writes, address, contract.bytecode()?);
    }
    let init = get_system_context_init_logs(chain_id);
    writes.extend(init.into_iter().map(|log| (log.key, log.value)));
    writes.extend(balances(&config));
    state.commit(writes);

    let timestamp = config.genesis_timestamp.unwrap_or_else(wall_clock);
    let genesis = Block::genesis(timestamp, state.version());
    Ok(Chain {
        chain_id,
        state,
        hashes: [(genesis.hash, 0)].into(),
        blocks: vec![genesis],
        records: Default::default(),
        clock: Clock::default(),
        pool: Pool::default(),
        mining: config.mining,
        impersonation: Impersonation::default(),
        snapshots: Vec::new(),
        journal: None,
        filters: Filters::default(),
        untold: Default::default(),
        counting: Default::default(),
        announcer: Announcer::default(),
        execute_contracts: base_contracts(Bootloader::Execute),
        estimate_contracts: base_contracts(Bootloader::Estimate),
        config,
    })
}

fn deploy(
    state: &mut State,
    writes: &mut Vec<(StorageKey, H256)>,
    address: Address,
    bytecode: Vec<u8>,
) {
    let hash = BytecodeHash::for_bytecode(&bytecode).value();
    writes.push((get_code_key(&address), hash));
    writes.push((get_known_code_key(&hash), H256::from_low_u64_be(1)));
    state.add_bytecode(hash, bytecode);
}

fn balances(config: &NodeConfig) -> Vec<(StorageKey, H256)> {
    let rich = RICH_ACCOUNTS
        .iter()
        .map(|account| (account.address, config.rich_balance));
    rich.chain(config.balances.iter().copied())
        .map(|(account, wei)| {
            let key = storage_key_for_eth_balance(&convert::h160(account));
            (key, u256_to_h256(convert::u256(wei)))
        })
        .collect()
}

fn base_contracts(bootloader: Bootloader) -> BaseSystemContracts {
    let code = |bytecode: &[u8]| SystemContractCode {
        code: bytecode.to_vec(),
        hash: BytecodeHash::for_bytecode(bytecode).value(),
    };
    BaseSystemContracts {
        bootloader: code(zksso_genesis::bootloader(bootloader)),
        default_aa: code(zksso_genesis::default_account()),
        evm_emulator: None,
    }
}

fn wall_clock() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
