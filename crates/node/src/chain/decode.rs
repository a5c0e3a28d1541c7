//! Raw transactions.

use alloy::{
    consensus::{Transaction as _, TxEnvelope},
    eips::eip2718::Decodable2718,
    rlp::{Decodable, Header, PayloadView},
};
use zksso_vm::guarded;
use zksync_system_constants::MAX_ENCODED_TX_SIZE;
use zksync_types::{
    Address, EIP_712_TX_TYPE, H256, L2ChainId, U64,
    api::TransactionRequest,
    l2::L2Tx,
    web3::{Bytes, keccak256},
};

use super::Refusal;
use crate::convert;

const ACCESS_LIST_TYPE: u8 = 1;

/// Fields of a type 113 transaction, and the positions of its chain id, factory dependencies and paymaster.
const EIP_712_FIELDS: usize = 16;
const EIP_712_CHAIN_ID: usize = 10;
const EIP_712_LISTS: [usize; 2] = [13, 15];

/// First byte of an RLP list, at least.
const LIST: u8 = 0xc0;
/// The empty string in RLP.
const EMPTY: u8 = 0x80;

/// Decodes a signed transaction of type 0, 1, 2 or 113.
pub(super) fn decode(raw: &[u8], chain_id: L2ChainId) -> Result<L2Tx, Refusal> {
    check_length(raw)?;
    match raw.first() {
        Some(&EIP_712_TX_TYPE) => check_eip712(raw, chain_id)?,
        _ => check_ethereum(raw)?,
    }
    // The VM crate's decoder panics on a few hostile inputs, such as a chain id beyond its own limit.
    guarded(|| decode_checked(raw, chain_id))
        .unwrap_or_else(|panic| Err(Refusal::Malformed(panic.0)))
}

fn decode_checked(raw: &[u8], chain_id: L2ChainId) -> Result<L2Tx, Refusal> {
    let malformed = |reason: &str| Refusal::Malformed(reason.to_owned());
    let (request, hash) = read(raw, chain_id)?;
    if request.from.is_none() {
        return Err(malformed("the signature does not recover to an address"));
    }
    if request.to.is_none() {
        return Err(malformed(
            "it has no recipient: contracts are created by calling ContractDeployer",
        ));
    }
    complete(request, raw, hash)
}

/// The fields of a transaction and its hash.
fn read(raw: &[u8], chain_id: L2ChainId) -> Result<(TransactionRequest, H256), Refusal> {
    match raw.first() {
        Some(&ACCESS_LIST_TYPE) => decode_with_access_list(raw, chain_id),
        _ => TransactionRequest::from_bytes(raw, chain_id)
            .map_err(|error| Refusal::Malformed(error.to_string())),
    }
}

/// The transaction with these fields, which remembers its bytes and hash.
pub(super) fn complete(
    request: TransactionRequest,
    raw: &[u8],
    hash: H256,
) -> Result<L2Tx, Refusal> {
    let mut tx = L2Tx::from_request(request, MAX_ENCODED_TX_SIZE, false)
        .map_err(|error| Refusal::Malformed(error.to_string()))?;
    tx.set_input(raw.to_vec(), hash);
    Ok(tx)
}

/// Decodes what the chain has stored: it was checked when it came, and its sender may be one that somebody impersonated.
pub(super) fn decode_stored(
    raw: &[u8],
    from: Address,
    chain_id: L2ChainId,
) -> Result<L2Tx, Refusal> {
    let decoded = guarded(|| read(raw, chain_id));
    let (mut request, hash) = decoded.unwrap_or_else(|panic| Err(Refusal::Malformed(panic.0)))?;
    request.from = Some(from);
    complete(request, raw, hash)
}

/// The VM crate's decoder does not notice bytes after the transaction.
fn check_length(raw: &[u8]) -> Result<(), Refusal> {
    let mut payload = match raw.first() {
        Some(first) if *first < 0x80 => &raw[1..],
        _ => raw,
    };
    let header = Header::decode(&mut payload)
        .map_err(|error| Refusal::Malformed(format!("not RLP: {error}")))?;
    if header.payload_length == payload.len() {
        Ok(())
    } else {
        Err(Refusal::Malformed(format!(
            "{} bytes after its end",
            payload.len() - header.payload_length
        )))
    }
}

/// Refuses what Ethereum does and the VM crate's decoder does not: encodings that are not the only one, and signatures with an `s` in
/// the upper half of the curve's order, by which anybody could give a transaction a second hash (EIP-2).
fn check_ethereum(raw: &[u8]) -> Result<(), Refusal> {
    let envelope = TxEnvelope::decode_2718_exact(raw)
        .map_err(|error| Refusal::Malformed(error.to_string()))?;
    if envelope.signature().normalize_s().is_some() {
        let reason = "the s of its signature is in the upper half of the curve's order";
        return Err(Refusal::Malformed(reason.to_owned()));
    }
    Ok(())
}

/// Refuses what the VM crate's decoder does not take as it is written: it reads optional fields of another kind as absent, and panics on
/// a chain id beyond its own limit.
fn check_eip712(raw: &[u8], chain_id: L2ChainId) -> Result<(), Refusal> {
    let malformed = |reason: String| Refusal::Malformed(reason);
    let Ok(PayloadView::List(fields)) = Header::decode_raw(&mut &raw[1..]) else {
        return Err(malformed("its fields are not a list".to_owned()));
    };
    if fields.len() != EIP_712_FIELDS {
        let count = fields.len();
        return Err(malformed(format!(
            "{count} fields instead of {EIP_712_FIELDS}"
        )));
    }
    for (position, field) in fields.iter().enumerate() {
        let is_list = field.first().is_some_and(|first| *first >= LIST);
        // Absent lists are written as empty strings, too.
        let fits = is_list == EIP_712_LISTS.contains(&position) || **field == [EMPTY];
        if !fits {
            return Err(malformed(format!("field {position} is of another kind")));
        }
    }
    match u64::decode(&mut &*fields[EIP_712_CHAIN_ID]) {
        Ok(id) if id == chain_id.as_u64() => Ok(()),
        Ok(id) => Err(malformed(format!("wrong chain id {id}"))),
        Err(error) => Err(malformed(format!("its chain id is no number: {error}"))),
    }
}

/// Type 1 transactions, which the VM crate executes but does not decode. Their access list must be empty.
fn decode_with_access_list(
    raw: &[u8],
    chain_id: L2ChainId,
) -> Result<(TransactionRequest, H256), Refusal> {
    let malformed = |error: &dyn std::fmt::Display| Refusal::Malformed(error.to_string());
    let envelope = TxEnvelope::decode_2718(&mut &*raw).map_err(|error| malformed(&error))?;
    let signed = envelope
        .as_eip2930()
        .ok_or_else(|| malformed(&"its type byte is wrong"))?;
    let tx = signed.tx();
    if tx.chain_id != chain_id.as_u64() {
        return Err(malformed(&format!("wrong chain id {}", tx.chain_id)));
    }
    if !tx.access_list.is_empty() {
        return Err(malformed(&"access lists are not supported"));
    }
    let from = signed.recover_signer().map_err(|error| malformed(&error))?;
    let signature = signed.signature();
    let request = TransactionRequest {
        nonce: tx.nonce.into(),
        from: Some(convert::h160(from)),
        to: tx.to().map(convert::h160),
        value: convert::u256(tx.value),
        gas_price: tx.gas_price.into(),
        gas: tx.gas_limit.into(),
        input: Bytes(tx.input.to_vec()),
        v: Some(U64::from(u8::from(signature.v()))),
        r: Some(convert::u256(signature.r())),
        s: Some(convert::u256(signature.s())),
        raw: Some(Bytes(raw.to_vec())),
        transaction_type: Some(U64::from(ACCESS_LIST_TYPE)),
        access_list: Some(Vec::new()),
        chain_id: Some(tx.chain_id),
        ..TransactionRequest::default()
    };
    Ok((request, H256(keccak256(raw))))
}

#[cfg(test)]
mod tests;
