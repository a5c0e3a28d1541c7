//! `BootloaderUtilities`: the hashes of transactions, against encodings made here and against the genuine contract.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};

use super::{
    Chain, OTHER, Refused, USER, UTILITIES,
    interfaces::{Transaction, Utilities},
    word,
};
use crate::harness::{
    era::{Call, Era, word as address_word},
    evm::CHAIN_ID,
};

/// RLP of a string of bytes.
fn string(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [byte] if *byte < 0x80 => vec![*byte],
        _ => [&head(0x80, bytes.len())[..], bytes].concat(),
    }
}

fn number(value: U256) -> Vec<u8> {
    string(&value.to_be_bytes_trimmed_vec())
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let body = items.concat();
    [head(0xc0, body.len()), body].concat()
}

fn head(base: u8, length: usize) -> Vec<u8> {
    if length < 56 {
        return vec![base + length as u8];
    }
    let length = U256::from(length).to_be_bytes_trimmed_vec();
    [&[base + 55 + length.len() as u8], &length[..]].concat()
}

/// Items of a transaction of Ethereum without signature, and the byte of its type.
fn items(transaction: &Transaction) -> (Vec<Vec<u8>>, Vec<u8>) {
    let chain = number(word(CHAIN_ID));
    let to = Address::from_word(transaction.to.into());
    let rest = [
        number(transaction.gasLimit),
        string(to.as_slice()),
        number(transaction.value),
        string(&transaction.data),
    ];
    let nonce = number(transaction.nonce);
    let fee = number(transaction.maxFeePerGas);
    let tip = number(transaction.maxPriorityFeePerGas);
    let (kind, first) = match transaction.txType.to::<u8>() {
        0 => (vec![], vec![nonce, fee]),
        1 => (vec![1], vec![chain, nonce, fee]),
        _ => (vec![2], vec![chain, nonce, tip, fee]),
    };
    let mut items = [first, rest.to_vec()].concat();
    if !kind.is_empty() {
        items.push(list(&[]));
    }
    (items, kind)
}

/// The hash that is signed.
pub(super) fn signed_hash(transaction: &Transaction) -> B256 {
    if transaction.txType == word(0x71) {
        return typed_hash(transaction);
    }
    let (mut items, kind) = items(transaction);
    if kind.is_empty() && !transaction.reserved[0].is_zero() {
        items.extend([
            number(word(CHAIN_ID)),
            number(U256::ZERO),
            number(U256::ZERO),
        ]);
    }
    keccak256([kind, list(&items)].concat())
}

/// EIP-712.
fn typed_hash(transaction: &Transaction) -> B256 {
    let name = "Transaction(uint256 txType,uint256 from,uint256 to,uint256 gasLimit,uint256 gasPerPubdataByteLimit,uint256 maxFeePerGas,uint256 maxPriorityFeePerGas,uint256 paymaster,uint256 nonce,uint256 value,bytes data,bytes32[] factoryDeps,bytes paymasterInput)";
    let words = [
        transaction.txType,
        transaction.from,
        transaction.to,
        transaction.gasLimit,
        transaction.gasPerPubdataByteLimit,
        transaction.maxFeePerGas,
        transaction.maxPriorityFeePerGas,
        transaction.paymaster,
        transaction.nonce,
        transaction.value,
    ];
    let words: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
    let hashes = [
        keccak256(&transaction.data),
        keccak256(transaction.factoryDeps.abi_encode_packed()),
        keccak256(&transaction.paymasterInput),
    ];
    let body = keccak256([&keccak256(name)[..], &words, hashes.concat().as_slice()].concat());
    let domain = [
        keccak256("EIP712Domain(string name,string version,uint256 chainId)"),
        keccak256("zkSync"),
        keccak256("2"),
        word(CHAIN_ID).into(),
    ];
    keccak256([&[0x19, 0x01], &keccak256(domain.concat())[..], &body[..]].concat())
}

/// The hash by which a transaction is known.
fn transaction_hash(transaction: &Transaction) -> B256 {
    let signature = &transaction.signature;
    if transaction.txType == word(0x71) {
        return keccak256([typed_hash(transaction), keccak256(signature)].concat());
    }
    let (mut items, kind) = items(transaction);
    let parity = u64::from(signature[64]) - 27;
    let v = match (kind.is_empty(), transaction.reserved[0].is_zero()) {
        (true, true) => parity + 27,
        (true, false) => parity + 35 + 2 * CHAIN_ID,
        _ => parity,
    };
    items.push(number(word(v)));
    items.extend(
        [&signature[..32], &signature[32..64]].map(|half| number(U256::from_be_slice(half))),
    );
    keccak256([kind, list(&items)].concat())
}

fn sample(kind: u64, data: Vec<u8>, v: u8) -> Transaction {
    let mut signature = vec![0x77; 64];
    // A half with zeros in front is shorter in RLP.
    signature[32..40].fill(0);
    signature.push(v);
    Transaction {
        txType: word(kind),
        from: address_word(USER),
        to: address_word(OTHER),
        gasLimit: word(1 << 24),
        gasPerPubdataByteLimit: word(50_000),
        maxFeePerGas: word(250_000_000),
        maxPriorityFeePerGas: word(127),
        paymaster: address_word(OTHER),
        nonce: word(data.len() as u64),
        value: U256::MAX >> data.len(),
        data: data.into(),
        signature: signature.into(),
        factoryDeps: vec![B256::repeat_byte(1), B256::repeat_byte(2)],
        paymasterInput: Bytes::from_static(b"some input"),
        ..Transaction::default()
    }
}

fn samples() -> Vec<Transaction> {
    let mut samples = Vec::new();
    for kind in [0, 1, 2, 0x71] {
        for (length, byte) in [
            (0, 0),
            (1, 0),
            (1, 0x7f),
            (1, 0x80),
            (1, 0xff),
            (2, 1),
            (55, 2),
            (56, 3),
            (255, 4),
            (256, 5),
            (3_000, 6),
        ] {
            for v in [27, 28] {
                let mut sample = sample(kind, vec![byte; length], v);
                sample.reserved[0] = word(length as u64 % 2);
                samples.push(sample);
            }
        }
    }
    samples
}

fn asked(transaction: &Transaction) -> Vec<u8> {
    Utilities::getTransactionHashesCall {
        transaction: transaction.clone(),
    }
    .abi_encode()
}

#[test]
fn transactions_of_every_type_have_their_hashes() {
    let mut chain = Chain::new();
    let mut genuine = Era::new();
    for transaction in samples() {
        let data = asked(&transaction);
        let effect = chain.era.call(&Call::new(UTILITIES, data.clone())).effect;
        assert!(effect.success, "{}", super::reason(&effect.data));
        let expected = [transaction_hash(&transaction), signed_hash(&transaction)].concat();
        assert_eq!(effect.data, expected, "{transaction:?}");
        let theirs = genuine.call(&Call::new(UTILITIES, data)).effect;
        assert_eq!(theirs.data, expected, "{transaction:?}");
    }
}

#[test]
fn other_transactions_are_refused() {
    let mut chain = Chain::new();
    let mut refuse = |transaction: Transaction| {
        let call = Utilities::getTransactionHashesCall { transaction };
        chain.ask(USER, UTILITIES, &call).refused()
    };
    for kind in [3, 0x70, 0x72, 0xff] {
        assert_eq!(refuse(sample(kind, vec![], 27)), "Encoding unsupported tx");
    }
    for kind in [0, 1, 2] {
        for v in [0, 26, 29, 255] {
            assert_eq!(refuse(sample(kind, vec![], v)), "Invalid v value");
        }
        let short = Transaction {
            signature: vec![1; 63].into(),
            ..sample(kind, vec![], 27)
        };
        assert_eq!(refuse(short), "", "slices are checked");
        let short = Transaction {
            signature: vec![1; 64].into(),
            ..sample(kind, vec![], 27)
        };
        assert!(refuse(short).ends_with("32"), "an index is checked");
    }
}
