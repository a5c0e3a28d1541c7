//! Deployments: `ContractDeployer`, `AccountCodeStorage` and `ImmutableSimulator` at work.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolEvent};
use zksso_eravm::bytecode_hash;

use super::{
    Chain, FLAG, IMMUTABLES, NONCES, OTHER, Refused, USER, hashed_address,
    interfaces::{AccountInfo, Codes, Deployer, ForceDeployment, Immutables, Nonces},
    sources, word,
};
use crate::harness::era::{ACCOUNT_CODES, BOOTLOADER, Call, DEPLOYER, FORCE_DEPLOYER};

const PREFIX: &[u8] = b"zksyncCreate";
const PREFIX2: &[u8] = b"zksyncCreate2";
const SALT: B256 = B256::repeat_byte(0x5a);

/// Keeps its first argument as an immutable and its value in a slot; refuses 13 as argument, with it.
fn sample() -> Vec<u8> {
    sources::object(
        "object \"C\" {
            code {
                codecopy(0, 0, 32)
                if eq(mload(0), 13) { revert(0, 32) }
                sstore(0, callvalue()) sstore(1, caller())
                setimmutable(0, \"first\", mload(0))
            }
            object \"C_deployed\" { code { mstore(0, loadimmutable(\"first\")) mstore(32, sload(0)) return(0, 64) } }
        }",
    )
}

fn published(chain: &mut Chain) -> B256 {
    chain.era.publish(&sample())
}

fn input(argument: u64) -> Bytes {
    word(argument).to_be_bytes_vec().into()
}

fn predicted(nonce: u64) -> Address {
    let (prefix, nonce) = (keccak256(PREFIX), word(nonce).to_be_bytes::<32>());
    hashed_address(&[&prefix[..], &USER.into_word()[..], &nonce])
}

fn predicted2(hash: B256, input: &[u8]) -> Address {
    let (prefix, input) = (keccak256(PREFIX2), keccak256(input));
    hashed_address(&[
        &prefix[..],
        &USER.into_word()[..],
        &SALT[..],
        &hash[..],
        &input[..],
    ])
}

/// What the sample says at an address.
fn says(chain: &mut Chain, at: Address) -> [U256; 2] {
    let effect = chain.era.call(&Call::new(at, [])).effect;
    assert!(effect.success);
    [0, 32].map(|from| U256::from_be_slice(&effect.data[from..from + 32]))
}

#[test]
fn create_counts_constructs_and_tells() {
    let mut chain = Chain::new();
    let hash = published(&mut chain);
    for (nonce, value) in [(0u64, 0u128), (1, 77)] {
        let create = Deployer::createCall {
            salt: B256::ZERO,
            hash,
            input: input(500 + nonce),
        };
        let call = Call::new(DEPLOYER, create.abi_encode()).from(USER).system();
        let made = chain.make(call.value(value), &create).expect("deploys");
        assert_eq!(made, predicted(nonce));
        let log = chain.logs().pop().expect("an event");
        assert_eq!(log.address, DEPLOYER);
        let topics = [
            Deployer::ContractDeployed::SIGNATURE_HASH,
            USER.into_word(),
            hash,
            made.into_word(),
        ];
        assert_eq!(log.topics, topics);
        assert_eq!(
            says(&mut chain, made),
            [word(500 + nonce), U256::from(value)]
        );
        assert_eq!(chain.era.balance(made), U256::from(value));
        let sender = chain.era.storage(made, word(1));
        assert_eq!(sender, crate::harness::era::word(USER));
        let raw = Codes::getRawCodeHashCall { account: made };
        assert_eq!(chain.ask(USER, ACCOUNT_CODES, &raw), Ok(hash));
        let read = Immutables::getImmutableCall {
            account: made,
            index: U256::ZERO,
        };
        assert_eq!(
            chain.ask(USER, IMMUTABLES, &read),
            Ok(input(500 + nonce)[..].try_into().unwrap())
        );
    }
    let count = Nonces::getDeploymentNonceCall { account: USER };
    assert_eq!(chain.ask(USER, NONCES, &count), Ok(word(2)));
    let next = Deployer::getNewAddressCreateCall {
        sender: USER,
        nonce: word(2),
    };
    assert_eq!(chain.ask(OTHER, DEPLOYER, &next), Ok(predicted(2)));
}

fn create2(hash: B256, argument: u64) -> Deployer::create2Call {
    Deployer::create2Call {
        salt: SALT,
        hash,
        input: input(argument),
    }
}

#[test]
fn create2_follows_its_formula_and_happens_once() {
    let mut chain = Chain::new();
    let hash = published(&mut chain);
    let made = chain
        .system(USER, DEPLOYER, &create2(hash, 8))
        .expect("deploys");
    assert_eq!(made, predicted2(hash, &input(8)));
    let ask = Deployer::getNewAddressCreate2Call {
        sender: USER,
        hash,
        salt: SALT,
        input: input(8),
    };
    assert_eq!(chain.ask(OTHER, DEPLOYER, &ask), Ok(made));
    let again = chain.system(USER, DEPLOYER, &create2(hash, 8));
    assert_eq!(again.refused(), "Code hash is non-zero");
    let other = chain
        .system(USER, DEPLOYER, &create2(hash, 9))
        .expect("deploys");
    assert_eq!(says(&mut chain, other), [word(9), U256::ZERO]);
    let sender = chain
        .system(OTHER, DEPLOYER, &create2(hash, 8))
        .expect("deploys");
    assert_ne!(sender, made);
}

#[test]
fn failing_constructors_leave_nothing() {
    let mut chain = Chain::new();
    let hash = published(&mut chain);
    let before = (chain.era.slots(ACCOUNT_CODES), chain.era.slots(NONCES));
    let failed = chain.system(USER, DEPLOYER, &create2(hash, 13));
    assert_eq!(failed.refused(), alloy_primitives::hex::encode(input(13)));
    let after = (chain.era.slots(ACCOUNT_CODES), chain.era.slots(NONCES));
    assert_eq!(before, after);
    assert!(!chain.era.has_code(predicted2(hash, &input(13))));
}

#[test]
fn bad_deployments_are_refused_with_reasons() {
    let mut chain = Chain::new();
    let hash = published(&mut chain);
    let plain = chain.ask(USER, DEPLOYER, &create2(hash, 1));
    assert_eq!(plain.refused(), FLAG);
    let unknown = chain.system(USER, DEPLOYER, &create2(B256::repeat_byte(1), 1));
    assert_eq!(unknown.refused(), "The code hash is not known");
    let zero = chain.system(USER, DEPLOYER, &create2(B256::ZERO, 1));
    assert_eq!(zero.refused(), "BytecodeHash cannot be zero");
    let target = predicted2(hash, &input(1));
    let used = Nonces::increaseMinNonceCall { value: word(1) };
    chain.system(target, NONCES, &used).expect("counts");
    let occupied = chain.system(USER, DEPLOYER, &create2(hash, 1));
    assert_eq!(
        occupied.refused(),
        "Code hash is non-zero",
        "an account that has acted counts as code"
    );
    let version = Deployer::create2AccountCall {
        salt: SALT,
        hash,
        input: input(2),
        version: 2,
    };
    assert_eq!(
        chain.system(USER, DEPLOYER, &version).refused(),
        "",
        "no such version"
    );
}

#[test]
fn accounts_have_versions_and_orderings() {
    let mut chain = Chain::new();
    let hash = published(&mut chain);
    let account = Deployer::createAccountCall {
        salt: SALT,
        hash,
        input: input(1),
        version: 1,
    };
    let made = chain.system(USER, DEPLOYER, &account).expect("deploys");
    let contract = chain
        .system(USER, DEPLOYER, &create2(hash, 2))
        .expect("deploys");
    for (account, version) in [(made, 1), (contract, 0), (OTHER, 1)] {
        let ask = Deployer::extendedAccountVersionCall { account };
        assert_eq!(chain.ask(USER, DEPLOYER, &ask), Ok(version), "{account}");
    }
    let arbitrary = Deployer::updateNonceOrderingCall { ordering: 1 };
    assert!(
        chain
            .ask(contract, DEPLOYER, &arbitrary)
            .refused()
            .contains("system call flag")
    );
    chain
        .system(contract, DEPLOYER, &arbitrary)
        .expect("changes");
    assert_eq!(
        chain.logs()[0].topics[0],
        Deployer::AccountNonceOrderingUpdated::SIGNATURE_HASH
    );
    let again = chain.system(contract, DEPLOYER, &arbitrary).refused();
    assert_eq!(
        again,
        "It is only possible to change from sequential to arbitrary ordering"
    );
    let update = Deployer::updateAccountVersionCall { version: 1 };
    chain.system(contract, DEPLOYER, &update).expect("changes");
    assert_eq!(
        chain.logs()[0].topics[0],
        Deployer::AccountVersionUpdated::SIGNATURE_HASH
    );
    assert_eq!(chain.logs()[0].data, word(1).to_be_bytes_vec());
    let ask = Deployer::getAccountInfoCall { account: contract };
    let expected = AccountInfo {
        version: 1,
        ordering: 1,
    };
    assert_eq!(chain.ask(USER, DEPLOYER, &ask), Ok(expected));
}

fn forced(hash: B256, number: u8, value: u64, construct: bool) -> ForceDeployment {
    ForceDeployment {
        bytecodeHash: hash,
        newAddress: Address::with_last_byte(number),
        callConstructor: construct,
        value: word(value),
        input: input(u64::from(number)),
    }
}

#[test]
fn upgrades_deploy_anywhere() {
    let mut chain = Chain::new();
    let hash = published(&mut chain);
    chain.era.set_balance(FORCE_DEPLOYER, 1_000);
    let deployments = vec![
        forced(hash, 0x77, 30, true),
        forced(hash, 0x78, 12, true),
        forced(hash, 0x79, 0, false),
    ];
    let all = Deployer::forceDeployOnAddressesCall { deployments };
    let refused = chain.ask(USER, DEPLOYER, &all).refused();
    assert_eq!(refused, "Can only be called by FORCE_DEPLOYER_CONTRACT");
    let call = |value| {
        Call::new(DEPLOYER, all.abi_encode())
            .from(FORCE_DEPLOYER)
            .value(value)
    };
    let wrong = chain.make(call(41), &all).refused();
    assert_eq!(
        wrong,
        "`value` provided is not equal to the combined `value`s of deployments"
    );
    chain.make(call(42), &all).expect("deploys");
    for (number, immutable, value) in [(0x77, 0x77, 30), (0x78, 0x78, 12), (0x79, 0, 0)] {
        let at = Address::with_last_byte(number);
        assert_eq!(says(&mut chain, at), [word(immutable), word(value)]);
        assert_eq!(chain.era.balance(at), word(value));
    }
    let single = Deployer::forceDeployOnAddressCall {
        deployment: forced(hash, 0x80, 0, true),
        sender: USER,
    };
    assert_eq!(
        chain.ask(FORCE_DEPLOYER, DEPLOYER, &single).refused(),
        "Callable only by self"
    );
    let unpaid = Deployer::forceDeployOnAddressesCall {
        deployments: vec![forced(hash, 0x81, 5, false)],
    };
    let call = Call::new(DEPLOYER, unpaid.abi_encode())
        .from(FORCE_DEPLOYER)
        .value(5);
    let refused = chain.make(call, &unpaid).refused();
    assert_eq!(
        refused,
        "The value must be zero if we do not call the constructor"
    );
}

#[test]
fn immutables_are_the_deployers_to_set() {
    let mut chain = Chain::new();
    let values = vec![super::interfaces::Immutable {
        index: word(3),
        value: SALT,
    }];
    let set = Immutables::setImmutablesCall {
        account: OTHER,
        values,
    };
    let refused = chain.ask(BOOTLOADER, IMMUTABLES, &set).refused();
    assert_eq!(refused, "Callable only by the deployer system contract");
    chain.ask(DEPLOYER, IMMUTABLES, &set).expect("sets");
    for (index, value) in [(3, SALT), (4, B256::ZERO)] {
        let read = Immutables::getImmutableCall {
            account: OTHER,
            index: word(index),
        };
        assert_eq!(chain.ask(USER, IMMUTABLES, &read), Ok(value));
    }
}

#[test]
fn code_hashes_are_those_of_the_code() {
    let code = sample();
    let mut chain = Chain::new();
    assert_eq!(published(&mut chain), bytecode_hash(&code).expect("hashes"));
}
