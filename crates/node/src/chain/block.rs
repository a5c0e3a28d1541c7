//! What the chain remembers of blocks and transactions.

use zksync_multivm::interface::VmEvent;
use zksync_types::{
    Address, Bloom, BloomInput, CONTRACT_DEPLOYER_ADDRESS, H256, L2BlockNumber, U256,
    block::{L2BlockHasher, build_bloom},
    h256_to_address,
    l2::L2Tx,
    l2_to_l1_log::UserL2ToL1Log,
    web3::keccak256_concat,
};

use super::{Authority, PROTOCOL, Version};

/// A sealed block. Its batch has the same number.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) number: u64,
    pub(crate) hash: H256,
    pub(crate) parent: H256,
    pub(crate) timestamp: u64,
    pub(crate) transactions: Vec<H256>,
    pub(crate) gas_used: u64,
    pub(crate) bloom: Bloom,
    /// State after the block.
    pub(super) version: Version,
}

/// Rolling hash of a block's transactions, as SystemContext keeps it.
pub(super) fn rolling_hash(transactions: &[H256]) -> H256 {
    transactions.iter().fold(H256::zero(), |rolling, hash| {
        keccak256_concat(rolling, *hash)
    })
}

impl Block {
    /// The block before the first: its hash is defined by its number alone.
    pub(super) fn genesis(timestamp: u64, version: Version) -> Self {
        Self {
            number: 0,
            hash: L2BlockHasher::legacy_hash(L2BlockNumber(0)),
            parent: H256::zero(),
            timestamp,
            transactions: Vec::new(),
            gas_used: 0,
            bloom: Bloom::zero(),
            version,
        }
    }

    pub(super) fn after(parent: &Self, timestamp: u64, transactions: Vec<H256>) -> Self {
        let number = parent.number + 1;
        Self {
            number,
            hash: L2BlockHasher::hash(
                l2_number(number),
                timestamp,
                parent.hash,
                rolling_hash(&transactions),
                PROTOCOL,
            ),
            parent: parent.hash,
            timestamp,
            transactions,
            gas_used: 0,
            bloom: Bloom::zero(),
            version: 0,
        }
    }
}

/// Block number in the VM's width. A chain of one block per transaction cannot outgrow it.
pub(super) fn l2_number(number: u64) -> L2BlockNumber {
    L2BlockNumber(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A transaction in a block, with its results.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) tx: L2Tx,
    pub(crate) block: u64,
    /// Position in the block.
    pub(crate) index: usize,
    /// Position of its first event in the block.
    pub(crate) first_log: usize,
    pub(crate) mode: Authority,
    pub(crate) success: bool,
    /// Gas that the sender paid for.
    pub(crate) gas_used: u64,
    /// Gas that was paid for in the block up to here.
    pub(crate) cumulative_gas_used: u64,
    pub(crate) gas_price: u64,
    pub(crate) vm_gas: u64,
    pub(crate) validation_gas: u64,
    pub(crate) pubdata: u32,
    pub(crate) events: Vec<VmEvent>,
    pub(crate) user_logs: Vec<UserL2ToL1Log>,
    /// Return data, or revert data of a failed transaction.
    pub(crate) output: Vec<u8>,
}

impl Record {
    /// Address of the last contract that the transaction deployed: the outermost one, because ContractDeployer reports a deployment
    /// after its constructor.
    pub(crate) fn contract_address(&self) -> Option<Address> {
        self.events
            .iter()
            .rev()
            .find(|event| {
                event.address == CONTRACT_DEPLOYER_ADDRESS
                    && event.indexed_topics.first() == Some(&VmEvent::DEPLOY_EVENT_SIGNATURE)
            })
            .and_then(|event| event.indexed_topics.get(3))
            .map(h256_to_address)
    }

    pub(crate) fn fee(&self) -> U256 {
        U256::from(self.gas_used) * U256::from(self.gas_price)
    }
}

/// Bloom filter over the addresses and topics of `events`.
pub(crate) fn bloom(events: &[VmEvent]) -> Bloom {
    build_bloom(events.iter().flat_map(|event| {
        let topics = event.indexed_topics.iter();
        std::iter::once(BloomInput::Raw(event.address.as_bytes()))
            .chain(topics.map(|topic| BloomInput::Raw(topic.as_bytes())))
    }))
}
