//! Accounts in whose name the node's user sends without their signatures.

use std::collections::HashSet;

use alloy::{
    primitives::B256,
    signers::{SignerSync, local::PrivateKeySigner},
};
use zksync_types::{
    Address, H256, PackedEthSignature,
    l2::{L2Tx, TransactionType},
    transaction_request::TransactionRequest,
};

use super::{Authority, CallAt, Chain, Refusal, Request, decode::complete};
use crate::{RICH_ACCOUNTS, convert};

/// Whom the node's user impersonates.
#[derive(Clone, Debug, Default)]
pub(super) struct Impersonation {
    accounts: HashSet<Address>,
    all: bool,
}

impl Impersonation {
    fn covers(&self, account: Address) -> bool {
        self.all || self.accounts.contains(&account)
    }
}

impl Chain {
    /// Lets transactions be sent in the name of `account`.
    pub(crate) fn impersonate(&mut self, account: Address) {
        self.impersonation.accounts.insert(account);
    }

    /// Ends that; whether it was so.
    pub(crate) fn stop_impersonating(&mut self, account: Address) -> bool {
        self.impersonation.accounts.remove(&account)
    }

    /// Lets transactions be sent in anybody's name, or no longer.
    pub(crate) fn impersonate_all(&mut self, all: bool) {
        self.impersonation.all = all;
    }

    /// Signs and submits a transaction of a rich account, or submits one of an impersonated account without its signature.
    pub(crate) fn submit_unsigned(&mut self, request: &Request) -> Result<H256, Refusal> {
        let sender = request.from;
        if self.impersonation.covers(sender) {
            let view = &mut self.state.view(self.state.version());
            let mode = match self.has_code(view, sender) {
                true => Authority::ImpersonatedContract,
                false => Authority::Impersonated,
            };
            let tx = self.complete(request, mode)?;
            return self.accept(self.attach(tx, dummy_signature())?, mode);
        }
        let key = rich_key(sender).ok_or(Refusal::NotImpersonated(convert::to_address(sender)))?;
        let tx = self.complete(request, Authority::Account)?;
        let signature = sign(&key, tx.get_signed_bytes(self.chain_id))?;
        self.accept(self.attach(tx, signature)?, Authority::Account)
    }

    /// Fills in what the request leaves open: nonce, gas and fees.
    fn complete(&self, request: &Request, mode: Authority) -> Result<L2Tx, Refusal> {
        let mut request = request.clone();
        let nonce = match request.nonce {
            Some(nonce) => nonce,
            None => u32::try_from(self.pending_nonce(request.from)).unwrap_or(u32::MAX),
        };
        // The estimate starts from the present, where the nonce is another one while transactions wait.
        request.nonce = None;
        let is_free = mode == Authority::ImpersonatedContract;
        let gas = match request.gas {
            Some(gas) => gas,
            None if is_free => super::simulate::DEFAULT_GAS,
            None => self.estimate(&request, &CallAt::Pending.into())?.gas_limit,
        };
        let price = match is_free {
            true => 0,
            false => request.max_fee.unwrap_or_else(|| self.base_fee()),
        };
        let tx_type = match request.tx_type {
            _ if is_free || request.needs_eip712() => TransactionType::EIP712Transaction,
            Some(tx_type) => tx_type,
            None => TransactionType::EIP1559Transaction,
        };
        Ok(request.build(tx_type, nonce, gas, price))
    }

    /// The transaction with its signature, raw bytes and hash.
    fn attach(&self, mut tx: L2Tx, signature: PackedEthSignature) -> Result<L2Tx, Refusal> {
        let malformed = |error: &dyn std::fmt::Display| Refusal::Malformed(error.to_string());
        tx.set_signature(signature.clone());
        let mut request = TransactionRequest::from(tx);
        request.chain_id = Some(self.chain_id.as_u64());
        request.set_signature(&signature);
        if request.is_legacy_tx() {
            let v = signature.v_with_chain_id(self.chain_id.as_u64());
            request.v = Some(v.into());
        }
        let raw = request
            .get_signed_bytes(&signature)
            .map_err(|error| malformed(&error))?;
        request.raw = Some(zksync_types::web3::Bytes(raw.clone()));
        let hash = request.get_tx_hash().map_err(|error| malformed(&error))?;
        complete(request, &raw, hash)
    }
}

fn rich_key(account: Address) -> Option<PrivateKeySigner> {
    let account = convert::to_address(account);
    let rich = RICH_ACCOUNTS.iter().find(|rich| rich.address == account)?;
    PrivateKeySigner::from_bytes(&rich.private_key).ok()
}

fn sign(key: &PrivateKeySigner, digest: H256) -> Result<PackedEthSignature, Refusal> {
    let signature = key
        .sign_hash_sync(&B256::from(digest.0))
        .map_err(|error| Refusal::Malformed(error.to_string()))?;
    let word = |number| H256(alloy::primitives::U256::to_be_bytes(&number));
    let (r, s) = (word(signature.r()), word(signature.s()));
    Ok(PackedEthSignature::from_rsv(
        &r,
        &s,
        u8::from(signature.v()),
    ))
}

/// A well-formed signature of nobody.
fn dummy_signature() -> PackedEthSignature {
    let one = H256::from_low_u64_be(1);
    PackedEthSignature::from_rsv(&one, &one, 0)
}
