//! Events and messages to L1, from the machine's records.
//!
//! A contract emits an event by calling EventWriter, which splits it into records of two words: the first names the numbers of topics
//! and of data bytes and has the emitter's address as its first topic; further ones carry topics, then data.

use std::sync::LazyLock;

use zksync_multivm::interface::VmEvent;
use zksync_system_constants::L1_MESSENGER_ADDRESS;
use zksync_types::{
    H256, L1BatchNumber, U256, h256_to_address,
    l2_to_l1_log::{L2ToL1Log, UserL2ToL1Log},
    u256_to_h256,
    web3::keccak256,
};
use zksync_vm2::interface::Event;

/// An event of which records are missing.
struct Draft {
    transaction: u16,
    words: Vec<H256>,
    topics: usize,
    bytes: usize,
}

impl Draft {
    fn new(first: Event) -> Self {
        let mut draft = Self {
            transaction: first.tx_number,
            words: Vec::new(),
            topics: first.key.0[0] as u32 as usize,
            bytes: (first.key.0[0] >> 32) as usize,
        };
        draft.take(first.value);
        draft
    }

    fn is_complete(&self) -> bool {
        self.words.len() >= self.topics + self.bytes.div_ceil(32)
    }

    /// Takes a word, unless all are there: the last record may have one too many.
    fn take(&mut self, word: U256) {
        if !self.is_complete() {
            self.words.push(u256_to_h256(word));
        }
    }

    fn finish(self, batch: L1BatchNumber) -> Option<VmEvent> {
        let (topics, data) = self.words.split_at_checked(self.topics)?;
        let (emitter, topics) = topics.split_first()?;
        let mut value: Vec<u8> = data.iter().flat_map(|word| word.0).collect();
        value.truncate(self.bytes);
        Some(VmEvent {
            location: (batch, self.transaction.into()),
            address: h256_to_address(emitter),
            indexed_topics: topics.to_vec(),
            value,
        })
    }
}

/// Puts events together. Records that belong to none are left out; only system contracts write any.
pub(super) fn merged(records: &[Event], batch: L1BatchNumber) -> Vec<VmEvent> {
    let mut events = Vec::new();
    let mut open: Option<Draft> = None;
    for record in records {
        if record.is_first {
            open = Some(Draft::new(*record));
        } else if let Some(draft) = &mut open
            && draft.transaction == record.tx_number
        {
            draft.take(record.key);
            draft.take(record.value);
        }
        if let Some(draft) = open.take_if(|draft| draft.is_complete()) {
            events.extend(draft.finish(batch));
        }
    }
    events
}

/// Messages that the L1 messenger announces by its event `L2ToL1LogSent`.
pub(super) fn messages(events: &[VmEvent]) -> Vec<UserL2ToL1Log> {
    static SENT: LazyLock<H256> = LazyLock::new(|| {
        let signature = "L2ToL1LogSent((uint8,bool,uint16,address,bytes32,bytes32))";
        H256(keccak256(signature.as_bytes()))
    });
    events
        .iter()
        .filter(|event| event.address == L1_MESSENGER_ADDRESS)
        .filter(|event| event.indexed_topics.first() == Some(&*SENT))
        .filter_map(|event| message(&event.value))
        .collect()
}

/// A message from its ABI encoding, a tuple of six words.
fn message(data: &[u8]) -> Option<UserL2ToL1Log> {
    let mut words = data.chunks_exact(32).map(H256::from_slice);
    let mut word = || words.next();
    let low_byte = |word: H256| word.0[31];
    Some(UserL2ToL1Log(L2ToL1Log {
        shard_id: low_byte(word()?),
        is_service: low_byte(word()?) != 0,
        tx_number_in_block: word().map(|word| u16::from_be_bytes([word.0[30], word.0[31]]))?,
        sender: h256_to_address(&word()?),
        key: word()?,
        value: word()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(is_first: bool, key: U256, value: u64) -> Event {
        Event {
            key,
            value: value.into(),
            is_first,
            shard_id: 0,
            tx_number: 3,
        }
    }

    fn head(topics: u64, bytes: u64, emitter: u64) -> Event {
        record(
            true,
            U256::from(topics) | (U256::from(bytes) << 32),
            emitter,
        )
    }

    fn tail(first: u64, second: u64) -> Event {
        record(false, first.into(), second)
    }

    fn word(value: u64) -> H256 {
        H256::from_low_u64_be(value)
    }

    #[test]
    fn topics_come_before_data_and_spare_words_are_dropped() {
        let records = [head(2, 40, 9), tail(1, 2), tail(3, 99), head(1, 0, 8)];
        let events = merged(&records, L1BatchNumber(7));
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].location, (L1BatchNumber(7), 3));
        assert_eq!(events[0].address, h256_to_address(&word(9)));
        assert_eq!(events[0].indexed_topics, [word(1)]);
        let data = [word(2).0, word(3).0].concat();
        assert_eq!(events[0].value, data[..40]);
        assert_eq!(events[1].address, h256_to_address(&word(8)));
        assert!(events[1].indexed_topics.is_empty() && events[1].value.is_empty());
    }

    #[test]
    fn an_event_that_another_one_interrupts_is_none() {
        let records = [tail(1, 2), head(3, 0, 9), head(1, 0, 8)];
        let events = merged(&records, L1BatchNumber(1));
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].address, h256_to_address(&word(8)));
    }

    #[test]
    fn only_the_messenger_sends_messages() {
        let signature = b"L2ToL1LogSent((uint8,bool,uint16,address,bytes32,bytes32))";
        let event = |address| VmEvent {
            location: (L1BatchNumber(1), 0),
            address,
            indexed_topics: vec![H256(keccak256(signature))],
            value: (0..6).flat_map(|field| word(field).0).collect(),
        };
        let others = h256_to_address(&word(5));
        let sent = messages(&[event(others), event(L1_MESSENGER_ADDRESS)]);
        assert_eq!(sent.len(), 1);
        let UserL2ToL1Log(log) = &sent[0];
        assert!(log.is_service);
        assert_eq!(log.tx_number_in_block, 2);
        assert_eq!(log.sender, h256_to_address(&word(3)));
        assert_eq!((log.key, log.value), (word(4), word(5)));
    }
}
