//! `DefaultAccount` and `EmptyContract`.

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256, address, keccak256};
use alloy_sol_types::SolCall;
use k256::ecdsa::SigningKey;

use super::{
    Chain, FLAG, NONCES, OTHER, Refused, USER,
    interfaces::{Account, Deployer, Erc20, PaymasterFlow, Transaction},
    word,
};
use crate::harness::era::{BOOTLOADER, Call, DEPLOYER, word as address_word};

fn key() -> SigningKey {
    SigningKey::from_slice(&[0x42; 32]).expect("a key")
}

fn owner() -> Address {
    let point = key().verifying_key().to_encoded_point(false);
    Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
}

fn signature(hash: B256) -> Bytes {
    let (signature, recovery) = key().sign_prehash_recoverable(&hash[..]).expect("signs");
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(27 + recovery.to_byte());
    bytes.into()
}

const SIGNED: B256 = B256::repeat_byte(0x31);

fn transaction() -> Transaction {
    Transaction {
        txType: word(0x71),
        from: address_word(owner()),
        to: address_word(OTHER),
        gasLimit: word(100),
        maxFeePerGas: word(3),
        value: word(50),
        signature: signature(SIGNED),
        ..Transaction::default()
    }
}

fn validate(transaction: Transaction) -> Account::validateTransactionCall {
    Account::validateTransactionCall {
        hash: B256::ZERO,
        signedHash: SIGNED,
        transaction,
    }
}

const MAGIC: FixedBytes<4> = FixedBytes(Account::validateTransactionCall::SELECTOR);

#[test]
fn the_default_account_validates_its_owners_signature() {
    let mut chain = Chain::new();
    let account = owner();
    let poor = chain.boot(account, &validate(transaction())).refused();
    assert_eq!(poor, "Not enough balance for fee + value");
    chain.era.set_balance(account, 350);
    assert_eq!(chain.boot(account, &validate(transaction())), Ok(MAGIC));
    let repeated = chain.boot(account, &validate(transaction())).refused();
    assert_eq!(repeated, "Incorrect nonce");
    let next = || Transaction {
        nonce: word(1),
        ..transaction()
    };
    let other = Transaction {
        signature: signature(B256::ZERO),
        ..next()
    };
    assert_eq!(chain.boot(account, &validate(other)), Ok(FixedBytes::ZERO));
    let next = || Transaction {
        nonce: word(2),
        ..transaction()
    };
    for (change, expected) in [
        (
            signature(SIGNED)[..64].to_vec(),
            "Signature length is incorrect",
        ),
        (
            [&signature(SIGNED)[..64], &[29]].concat(),
            "v is neither 27 nor 28",
        ),
        (
            [&signature(SIGNED)[..32], &[0xff; 32], &[27]].concat(),
            "Invalid s",
        ),
    ] {
        let bad = Transaction {
            signature: change.into(),
            ..next()
        };
        assert_eq!(chain.boot(account, &validate(bad)).refused(), expected);
    }
}

/// Without a suggested hash the account computes it, as `BootloaderUtilities` does.
#[test]
fn the_default_account_hashes_transactions_itself() {
    let mut chain = Chain::new();
    let account = owner();
    chain.era.set_balance(account, 350);
    let mut transaction = transaction();
    let hash = super::hashes::signed_hash(&transaction);
    transaction.signature = signature(hash);
    let call = Account::validateTransactionCall {
        signedHash: B256::ZERO,
        ..validate(transaction)
    };
    assert_eq!(chain.boot(account, &call), Ok(MAGIC));
}

#[test]
fn the_default_account_is_nobody_to_others() {
    let mut chain = Chain::new();
    let account = owner();
    let call = validate(transaction());
    for data in [call.abi_encode(), vec![1, 2, 3], vec![]] {
        let effect = chain
            .era
            .call(&Call::new(account, data.clone()).from(USER).value(5))
            .effect;
        assert!(effect.success && effect.data.is_empty());
        let before = chain.era.slots(NONCES);
        // In its own name, through its code, from the bootloader: nobody either.
        chain.place(OTHER, "calldatacopy(0, 20, sub(calldatasize(), 20)) mstore(add(calldatasize(), 64), shr(96, calldataload(0)))
            mstore(0, delegatecall(gas(), mload(add(calldatasize(), 64)), 0, sub(calldatasize(), 20), 0, 0)) mstore(32, returndatasize()) return(0, 64)");
        let data = [account.as_slice(), &data].concat();
        let effect = chain.era.call(&Call::new(OTHER, data).from(USER)).effect;
        let expected = [word(1), U256::ZERO]
            .map(|word| word.to_be_bytes::<32>())
            .concat();
        assert_eq!(effect.data, expected);
        assert_eq!(before, chain.era.slots(NONCES));
    }
    assert_eq!(chain.era.balance(account), word(15));
    let outside = Account::executeTransactionFromOutsideCall {
        transaction: transaction(),
    };
    assert!(chain.ask(USER, account, &outside).is_ok());
    // The bootloader never calls anything but the account's functions.
    let effect = chain
        .era
        .call(&Call::new(account, [9; 4]).from(BOOTLOADER))
        .effect;
    assert!(!effect.success);
}

fn execute(transaction: Transaction) -> Account::executeTransactionCall {
    Account::executeTransactionCall {
        hash: B256::ZERO,
        signedHash: B256::ZERO,
        transaction,
    }
}

#[test]
fn the_default_account_executes_with_value_and_passes_reverts_on() {
    let mut chain = Chain::new();
    let account = owner();
    chain.era.set_balance(account, 200);
    chain.place(OTHER, "sstore(0, callvalue()) sstore(1, caller()) calldatacopy(0, 0, calldatasize()) sstore(2, mload(0))
        if iszero(calldatasize()) { mstore(0, 0x1234) revert(30, 2) }");
    let with = |data: Vec<u8>| Transaction {
        data: data.into(),
        ..transaction()
    };
    chain
        .boot(account, &execute(with(vec![0xaa; 32])))
        .expect("executes");
    let seen = [0, 1, 2].map(|slot| chain.era.storage(OTHER, word(slot)));
    assert_eq!(
        seen,
        [
            word(50),
            address_word(account),
            U256::from_be_bytes([0xaa; 32])
        ]
    );
    assert_eq!(chain.era.balance(OTHER), word(50));
    assert_eq!(
        chain.boot(account, &execute(with(vec![]))).refused(),
        "1234"
    );
    let rich = Transaction {
        value: word(151),
        ..with(vec![1])
    };
    assert_eq!(chain.boot(account, &execute(rich)).refused(), "");
    let huge = Transaction {
        value: U256::MAX,
        ..with(vec![1])
    };
    assert_eq!(chain.boot(account, &execute(huge)).refused(), "Overflow");
    assert_eq!(chain.era.balance(account), word(150));
}

#[test]
fn the_default_account_deploys() {
    let mut chain = Chain::new();
    let account = owner();
    let hash = chain.era.publish(&super::sources::object(
        "object \"C\" { code { } object \"C_deployed\" { code { stop() } } }",
    ));
    let create = Deployer::createCall {
        salt: B256::ZERO,
        hash,
        input: Bytes::new(),
    };
    let to = address_word(DEPLOYER);
    let deploy = Transaction {
        to,
        value: U256::ZERO,
        data: create.abi_encode().into(),
        ..transaction()
    };
    chain.boot(account, &execute(deploy)).expect("deploys");
    let ask = Deployer::getNewAddressCreateCall {
        sender: account,
        nonce: U256::ZERO,
    };
    let made = chain.ask(USER, DEPLOYER, &ask).expect("answers");
    assert!(chain.era.has_code(made));
    // Other functions of the deployer are not for transactions.
    let update = Deployer::updateAccountVersionCall { version: 0 };
    let update = Transaction {
        to,
        value: U256::ZERO,
        data: update.abi_encode().into(),
        ..transaction()
    };
    assert_eq!(chain.boot(account, &execute(update)).refused(), FLAG);
}

#[test]
fn the_default_account_pays_and_approves() {
    let mut chain = Chain::new();
    let account = owner();
    let pay = |transaction| Account::payForTransactionCall {
        hash: B256::ZERO,
        signedHash: B256::ZERO,
        transaction,
    };
    let unpaid = chain.boot(account, &pay(transaction())).refused();
    assert_eq!(unpaid, "Failed to pay the fee to the operator");
    chain.era.set_balance(account, 1_000);
    chain.boot(account, &pay(transaction())).expect("pays");
    assert_eq!(
        (chain.era.balance(account), chain.era.balance(BOOTLOADER)),
        (word(700), word(300))
    );
    approves(&mut chain, account);
}

fn approves(chain: &mut Chain, account: Address) {
    // A token that keeps the last allowance in a slot and counts the approvals in another.
    chain.place(OTHER, &format!(
        "switch shr(224, calldataload(0))
        case {:#x} {{ mstore(0, sload(0)) return(0, 32) }}
        case {:#x} {{ sstore(0, calldataload(36)) sstore(1, add(1, sload(1))) mstore(0, 1) return(0, 32) }}
        default {{ revert(0, 0) }}",
        u32::from_be_bytes(Erc20::allowanceCall::SELECTOR),
        u32::from_be_bytes(Erc20::approveCall::SELECTOR),
    ));
    let prepare = |input: Vec<u8>| Account::prepareForPaymasterCall {
        hash: B256::ZERO,
        signedHash: B256::ZERO,
        transaction: Transaction {
            paymaster: word(0x9999),
            paymasterInput: input.into(),
            ..transaction()
        },
    };
    let flow = PaymasterFlow::approvalBasedCall {
        token: OTHER,
        minAllowance: word(77),
        input: Bytes::new(),
    };
    for approvals in [2, 2] {
        chain
            .boot(account, &prepare(flow.abi_encode()))
            .expect("approves");
        let slots = [0, 1].map(|slot| chain.era.storage(OTHER, word(slot)));
        assert_eq!(
            slots,
            [word(77), word(approvals)],
            "by way of zero, and once"
        );
    }
    let general = PaymasterFlow::generalCall {
        input: Bytes::new(),
    };
    chain
        .boot(account, &prepare(general.abi_encode()))
        .expect("does nothing");
    for (input, expected) in [
        (
            vec![1, 2, 3],
            "The standard paymaster input must be at least 4 bytes long",
        ),
        (
            flow.abi_encode()[..67].to_vec(),
            "The approvalBased paymaster input must be at least 68 bytes long",
        ),
        (vec![1, 2, 3, 4], "Unsupported paymaster flow"),
    ] {
        assert_eq!(chain.boot(account, &prepare(input)).refused(), expected);
    }
}

#[test]
fn the_empty_contract_takes_everything() {
    let mut chain = Chain::new();
    let zero = address!("0000000000000000000000000000000000000000");
    for to in [zero, BOOTLOADER] {
        for data in [vec![], vec![1], vec![7; 400]] {
            let effect = chain
                .era
                .call(&Call::new(to, data).from(USER).value(3))
                .effect;
            assert!(effect.success && effect.data.is_empty());
        }
        assert_eq!(chain.era.balance(to), word(9));
    }
}
