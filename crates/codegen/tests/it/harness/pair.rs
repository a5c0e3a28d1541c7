//! The same contract on both machines, compared call by call.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256, address, hex};

use super::{
    Effect, Log,
    compiled::Compiled,
    era::{Call, Era, FORCE_DEPLOYER, Receipt, word},
    evm::{BLOCK_NUMBER, Evm, TIMESTAMP},
    reference,
};

/// Accounts calls come from.
pub(crate) const USERS: [Address; 3] = [
    address!("1111111111111111111111111111111111111111"),
    address!("00000000000000000000000000000000deadbeef"),
    address!("ffffffffffffffffffffffffffffffffffffffff"),
];

const FUNDS: u128 = 1 << 100;

/// Two chains that should agree.
pub(crate) struct Pair {
    pub(crate) evm: Evm,
    pub(crate) era: Era,
    contracts: Vec<Address>,
    /// Number and timestamp.
    block: (u64, u64),
    /// Whether EraVM's calls run on the protocol's other machine too.
    second_machine: bool,
    /// Contracts made by contracts get addresses that differ: the EVM's to EraVM's.
    counterparts: BTreeMap<Address, Address>,
}

impl Pair {
    pub(crate) fn new() -> Self {
        let (mut evm, mut era) = (Evm::new(), Era::new());
        for user in USERS {
            evm.set_balance(user, FUNDS);
            era.set_balance(user, FUNDS);
        }
        Self {
            evm,
            era,
            contracts: Vec::new(),
            block: (BLOCK_NUMBER, TIMESTAMP),
            second_machine: false,
            counterparts: BTreeMap::new(),
        }
    }

    /// The same, with a second implementation of EraVM at every call.
    pub(crate) fn on_both_machines() -> Self {
        Self {
            second_machine: true,
            ..Self::new()
        }
    }

    /// Deploys on both at the same address; `None` if both constructors fail alike.
    pub(crate) fn deploy(
        &mut self,
        contract: &Compiled,
        arguments: &[u8],
    ) -> Result<Option<Address>, String> {
        for dependency in &contract.dependencies {
            self.era.publish(dependency);
        }
        match self.evm.create(FORCE_DEPLOYER, &contract.evm, arguments) {
            Ok(address) => {
                let deployed = self.era.create_at(address, &contract.bytecode, arguments);
                deployed.map_err(|data| {
                    format!("only EraVM's constructor fails: {}", hex::encode(data))
                })?;
                self.contracts.push(address);
                self.compare_storage()?;
                Ok(Some(address))
            }
            // Constructors may ask who calls.
            Err(expected) => {
                match self
                    .era
                    .create_from(FORCE_DEPLOYER, &contract.bytecode, arguments, 0)
                {
                    Ok(_) => Err(format!(
                        "only the EVM's constructor fails: {}",
                        hex::encode(expected)
                    )),
                    Err(data) if data == expected => Ok(None),
                    Err(data) => Err(format!(
                        "constructors revert with {} and {}",
                        hex::encode(expected),
                        hex::encode(data)
                    )),
                }
            }
        }
    }

    /// Lets blocks and seconds pass on both.
    pub(crate) fn advance(&mut self, blocks: u64, seconds: u64) {
        self.block = (self.block.0 + blocks, self.block.1 + seconds);
        self.evm.set_block(self.block.0, self.block.1);
        self.era.set_block(self.block.0, self.block.1);
    }

    /// Number and timestamp of the present block.
    pub(crate) const fn block(&self) -> (u64, u64) {
        self.block
    }

    /// Gives a contract the same balance on both.
    pub(crate) fn fund(&mut self, account: Address, amount: u128) {
        self.evm.set_balance(account, amount);
        self.era.set_balance(account, amount);
    }

    /// Performs a call on both and compares status, data, logs and storage.
    pub(crate) fn call(&mut self, call: &Call) -> Result<Effect, String> {
        self.measure(call).map(|receipt| receipt.effect)
    }

    /// The same, with what EraVM's call took.
    pub(crate) fn measure(&mut self, call: &Call) -> Result<Receipt, String> {
        let expected = self.evm.call(call);
        self.era.begin(call);
        let reference = self
            .second_machine
            .then(|| reference::call(&self.era, call));
        let receipt = self.era.call(call);
        if let Some(outcome) = reference {
            outcome.compare(&self.era, &receipt)?;
        }
        self.compare_storage()?;
        let expected = self.translate(expected);
        if expected != receipt.effect {
            return Err(format!(
                "EVM {}\nEra {}",
                show(&expected),
                show(&receipt.effect)
            ));
        }
        Ok(receipt)
    }

    fn compare_storage(&mut self) -> Result<(), String> {
        let mut index = 0;
        while index < self.contracts.len() {
            let contract = self.contracts[index];
            let counterpart = self
                .counterparts
                .get(&contract)
                .copied()
                .unwrap_or(contract);
            let (expected, actual) = (self.evm.slots(contract), self.era.slots(counterpart));
            for (key, value) in &expected {
                let found = actual.get(key).copied().unwrap_or_default();
                if found != *value && !self.correspond(*value, found) {
                    return Err(format!(
                        "slot {key:#x} of {contract}: EVM {value:#x}, Era {found:#x}"
                    ));
                }
            }
            if let Some((key, value)) = actual.iter().find(|(key, _)| !expected.contains_key(*key))
            {
                return Err(format!(
                    "slot {key:#x} of {contract}: EVM 0, Era {value:#x}"
                ));
            }
            let (expected, actual) = (self.evm.balance(contract), self.era.balance(counterpart));
            if expected != actual {
                return Err(format!(
                    "balance of {contract}: EVM {expected}, Era {actual}"
                ));
            }
            index += 1;
        }
        Ok(())
    }

    /// Whether two words are, or from now on count as, the addresses of one contract made by a contract.
    fn correspond(&mut self, evm: U256, era: U256) -> bool {
        let (Some(evm), Some(era)) = (as_address(evm), as_address(era)) else {
            return false;
        };
        if let Some(known) = self.counterparts.get(&evm) {
            return *known == era;
        }
        let both_exist = self.evm.has_code(evm) && self.era.has_code(era);
        if both_exist {
            self.counterparts.insert(evm, era);
            self.contracts.push(evm);
        }
        both_exist
    }

    /// The EVM's effect with its addresses of made contracts replaced by EraVM's.
    fn translate(&self, effect: Effect) -> Effect {
        let Effect {
            success,
            mut data,
            logs,
        } = effect;
        self.replace(&mut data);
        let translated = |mut log: Log| {
            log.address = self
                .counterparts
                .get(&log.address)
                .copied()
                .unwrap_or(log.address);
            self.replace(&mut log.data);
            for topic in &mut log.topics {
                self.replace(&mut topic.0);
            }
            log
        };
        Effect {
            success,
            data,
            logs: logs.into_iter().map(translated).collect(),
        }
    }

    fn replace(&self, bytes: &mut [u8]) {
        for (evm, era) in &self.counterparts {
            let places = bytes
                .windows(20)
                .enumerate()
                .filter(|(_, window)| *window == evm.as_slice());
            for place in places.map(|(place, _)| place).collect::<Vec<_>>() {
                bytes[place..place + 20].copy_from_slice(era.as_slice());
            }
        }
    }
}

fn as_address(value: U256) -> Option<Address> {
    let bytes = value.to_be_bytes::<32>();
    let address = Address::from_slice(&bytes[12..]);
    (word(address) == value).then_some(address)
}

pub(super) fn show(effect: &Effect) -> String {
    let mut text = format!(
        "{} {}",
        if effect.success { "returns" } else { "reverts" },
        hex::encode(&effect.data)
    );
    for log in &effect.logs {
        text += &format!(
            "\n    log {} {:?} {}",
            log.address,
            log.topics,
            hex::encode(&log.data)
        );
    }
    text
}
