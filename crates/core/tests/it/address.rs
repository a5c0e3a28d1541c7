//! Address prediction and bytecode hashes against values computed by other implementations.

use alloy::primitives::{Address, U256, address, b256, bytes, keccak256};
use zksso_core::{Error, account_address, account_salt, bytecode_hash, create2_address};

#[test]
fn bytecode_hashes_agree_with_the_protocol() {
    let one_word = b256!("01000001e7718454476f04edeb935022ae4f4d90934ab7ce913ff20c8baeb399");
    assert_eq!(bytecode_hash(&[10; 32]), Ok(one_word));
    let three_words = b256!("01000003c743f1d99f4d7dc11f5d9630e32ff5a212c5aaf64c7ac815193463d4");
    assert_eq!(bytecode_hash(&[20; 96]), Ok(three_words));
}

#[test]
fn bytecode_of_an_impossible_length_is_refused() {
    for length in [0, 1, 31, 64, 33, 65_536 * 32 + 32] {
        let refused = bytecode_hash(&vec![0; length]);
        assert_eq!(refused, Err(Error::Bytecode { length }));
    }
}

#[test]
fn create2_addresses_start_from_the_hash_of_their_prefix() {
    // The formula of the system deployer, spelled out with the prefix as text.
    let (sender, salt) = (
        address!("36615Cf349d7F6344891B1e7CA7C72883F5dc049"),
        keccak256("salt"),
    );
    let code = b256!("010001cb6a6e8d5f6829522f19fa9568660e0a9cd53b2e8be4deb0a679452e41");
    let mut preimage = keccak256("zksyncCreate2").to_vec();
    preimage.extend([0; 12]);
    preimage.extend(sender);
    preimage.extend(salt);
    preimage.extend(code);
    preimage.extend(keccak256([1]));
    let expected = Address::from_slice(&keccak256(preimage)[12..]);
    assert_eq!(create2_address(sender, salt, code, &[1]), expected);
}

#[test]
fn account_addresses_commit_to_modules_owners_and_index() {
    let factory = Address::repeat_byte(1);
    let (proxy_hash, implementation) = (keccak256("proxy"), Address::repeat_byte(2));
    let at = |salt| account_address(factory, proxy_hash, implementation, salt);
    let (modules, owners) = ([bytes!("aa")], [Address::repeat_byte(3)]);
    let base = at(account_salt(&modules, &owners, U256::ZERO));
    assert_ne!(base, at(account_salt(&modules, &owners, U256::from(1))));
    assert_ne!(base, at(account_salt(&modules, &[], U256::ZERO)));
    assert_ne!(base, at(account_salt(&[], &owners, U256::ZERO)));
}
