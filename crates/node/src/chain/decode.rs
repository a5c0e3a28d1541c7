//! Raw transactions.

use alloy::{
    consensus::{Transaction as _, TxEnvelope},
    eips::eip2718::Decodable2718,
    rlp::Header,
};
use zksso_vm::guarded;
use zksync_system_constants::MAX_ENCODED_TX_SIZE;
use zksync_types::{
    Address, H256, L2ChainId, U64,
    api::TransactionRequest,
    l2::L2Tx,
    web3::{Bytes, keccak256},
};

use super::Refusal;
use crate::convert;

const ACCESS_LIST_TYPE: u8 = 1;

/// Decodes a signed transaction of type 0, 1, 2 or 113.
pub(super) fn decode(raw: &[u8], chain_id: L2ChainId) -> Result<L2Tx, Refusal> {
    check_length(raw)?;
    // The VM crate's decoder panics on a few hostile inputs, such as a chain id beyond its own limit.
    guarded(|| decode_checked(raw, chain_id))
        .unwrap_or_else(|panic| Err(Refusal::Malformed(panic.0)))
}

fn decode_checked(raw: &[u8], chain_id: L2ChainId) -> Result<L2Tx, Refusal> {
    let malformed = |error: &dyn std::fmt::Display| Refusal::Malformed(error.to_string());
    let (request, hash) = match raw.first() {
        Some(&ACCESS_LIST_TYPE) => decode_with_access_list(raw, chain_id)?,
        _ => TransactionRequest::from_bytes(raw, chain_id).map_err(|error| malformed(&error))?,
    };
    if request.from.is_none() {
        return Err(malformed(&"the signature does not recover to an address"));
    }
    if request.to.is_none() {
        return Err(malformed(
            &"it has no recipient: contracts are created by calling ContractDeployer",
        ));
    }
    let mut tx = L2Tx::from_request(request, MAX_ENCODED_TX_SIZE, false)
        .map_err(|error| malformed(&error))?;
    tx.set_input(raw.to_vec(), hash);
    Ok(tx)
}

/// Decodes what the chain has stored: it was checked when it came, and its sender may be one that somebody impersonated.
pub(super) fn decode_stored(
    raw: &[u8],
    from: Address,
    chain_id: L2ChainId,
) -> Result<L2Tx, Refusal> {
    let malformed = |error: &dyn std::fmt::Display| Refusal::Malformed(error.to_string());
    let decoded = guarded(|| match raw.first() {
        Some(&ACCESS_LIST_TYPE) => decode_with_access_list(raw, chain_id),
        _ => TransactionRequest::from_bytes(raw, chain_id).map_err(|error| malformed(&error)),
    });
    let (mut request, hash) = decoded.unwrap_or_else(|panic| Err(Refusal::Malformed(panic.0)))?;
    request.from = Some(from);
    let mut tx = L2Tx::from_request(request, MAX_ENCODED_TX_SIZE, false)
        .map_err(|error| malformed(&error))?;
    tx.set_input(raw.to_vec(), hash);
    Ok(tx)
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
