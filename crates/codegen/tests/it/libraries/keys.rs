//! Keys that sign.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use k256::ecdsa::SigningKey;

/// An account with a known key.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    key: SigningKey,
    pub(crate) address: Address,
}

/// A signature in the form that `ecrecover` takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature {
    pub(crate) v: u8,
    pub(crate) r: B256,
    pub(crate) s: B256,
}

impl Signature {
    /// `r`, `s`, `v`: 65 bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.r.as_slice(), self.s.as_slice(), &[self.v]].concat()
    }
}

impl Signer {
    /// The account whose key is the hash of a number.
    pub(crate) fn new(number: u64) -> Self {
        let secret = keccak256(number.to_be_bytes());
        let key = SigningKey::from_slice(secret.as_slice()).expect("hashes are keys");
        let public = key.verifying_key().to_encoded_point(false);
        let address = Address::from_slice(&keccak256(&public.as_bytes()[1..])[12..]);
        Self { key, address }
    }

    /// Signs a hash; `s` is in the lower half.
    pub(crate) fn sign(&self, hash: B256) -> Signature {
        let (signature, recovery) = self
            .key
            .sign_prehash_recoverable(hash.as_slice())
            .expect("hashes can be signed");
        let bytes = signature.to_bytes();
        Signature {
            v: 27 + recovery.to_byte(),
            r: B256::from_slice(&bytes[..32]),
            s: B256::from_slice(&bytes[32..]),
        }
    }

    /// Signs an ERC-2612 permit.
    pub(crate) fn permit(&self, separator: B256, permit: &Permit) -> Signature {
        let kind = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
        );
        let fields = (
            kind,
            self.address,
            permit.spender,
            permit.value,
            permit.nonce,
            permit.deadline,
        );
        self.sign(typed_data_hash(separator, keccak256(fields.abi_encode())))
    }
}

/// What an ERC-2612 permit allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    pub(crate) spender: Address,
    pub(crate) value: U256,
    pub(crate) nonce: U256,
    pub(crate) deadline: U256,
}

/// What EIP-712 signs.
pub(crate) fn typed_data_hash(separator: B256, message: B256) -> B256 {
    keccak256([&[0x19, 0x01], separator.as_slice(), message.as_slice()].concat())
}
