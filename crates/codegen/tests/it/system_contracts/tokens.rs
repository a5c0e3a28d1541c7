//! `L2EthToken` and `MsgValueSimulator`.

use alloy_primitives::{Address, Bytes, U256, address, keccak256};
use alloy_sol_types::{SolCall, SolEvent};

use super::{Chain, MESSENGER, OTHER, Refused, USER, interfaces::Token, word};
use crate::harness::era::{
    BASE_TOKEN, BOOTLOADER, Call, DEPLOYER, Message, VALUE_SIMULATOR, word as address_word,
};

#[test]
fn transfers_are_for_privileged_contracts() {
    let mut chain = Chain::new();
    let transfer = |amount| Token::transferFromToCall {
        from: USER,
        to: OTHER,
        amount,
    };
    let refused = chain.ask(USER, BASE_TOKEN, &transfer(word(1))).refused();
    assert_eq!(
        refused,
        "Only system contracts with special access can call this method"
    );
    for from in [VALUE_SIMULATOR, DEPLOYER, BOOTLOADER] {
        chain
            .ask(from, BASE_TOKEN, &transfer(word(100)))
            .expect("transfers");
        let log = &chain.logs()[0];
        let topics = [
            Token::Transfer::SIGNATURE_HASH,
            USER.into_word(),
            OTHER.into_word(),
        ];
        assert_eq!(
            (&log.topics[..], &log.data),
            (&topics[..], &word(100).to_be_bytes_vec())
        );
    }
    let more = chain
        .ask(BOOTLOADER, BASE_TOKEN, &transfer(word(999_701)))
        .refused();
    assert_eq!(more, "Transfer amount exceeds balance");
    let dirty = address_word(OTHER) | (U256::MAX << 160usize);
    let ask = Token::balanceOfCall { account: dirty };
    assert_eq!(chain.ask(USER, BASE_TOKEN, &ask), Ok(word(300)));
    let own = Token::transferFromToCall {
        from: OTHER,
        to: OTHER,
        amount: word(300),
    };
    chain.ask(BOOTLOADER, BASE_TOKEN, &own).expect("transfers");
    assert_eq!(chain.era.balance(OTHER), word(300));
}

#[test]
fn money_is_made_by_the_bootloader() {
    let mut chain = Chain::new();
    let mint = |amount| Token::mintCall {
        account: OTHER,
        amount,
    };
    assert_eq!(
        chain.ask(USER, BASE_TOKEN, &mint(word(5))).refused(),
        "Callable only by the bootloader"
    );
    chain.boot(BASE_TOKEN, &mint(word(5))).expect("mints");
    assert_eq!(
        chain.logs()[0].topics,
        [Token::Mint::SIGNATURE_HASH, OTHER.into_word()]
    );
    assert_eq!(
        chain.ask(USER, BASE_TOKEN, &Token::totalSupplyCall {}),
        Ok(word(5))
    );
    let overflow = chain.boot(BASE_TOKEN, &mint(U256::MAX)).refused();
    assert!(
        overflow.starts_with("4e487b71") && overflow.ends_with("11"),
        "{overflow}"
    );
    assert_eq!(chain.era.balance(OTHER), word(5));
    assert_eq!(
        chain.ask(USER, BASE_TOKEN, &Token::nameCall {}),
        Ok("Ether".to_owned())
    );
    assert_eq!(
        chain.ask(USER, BASE_TOKEN, &Token::symbolCall {}),
        Ok("ETH".to_owned())
    );
    assert_eq!(chain.ask(USER, BASE_TOKEN, &Token::decimalsCall {}), Ok(18));
}

#[test]
fn withdrawals_burn_and_send_a_message() {
    let mut chain = Chain::new();
    chain
        .boot(
            BASE_TOKEN,
            &Token::mintCall {
                account: USER,
                amount: word(100),
            },
        )
        .expect("mints");
    let selector = &keccak256("finalizeEthWithdrawal(uint256,uint256,uint16,bytes,bytes32[])")[..4];
    let plain = Token::withdrawCall { receiver: OTHER };
    let call = Call::new(BASE_TOKEN, plain.abi_encode())
        .from(USER)
        .value(40);
    chain.make(call, &plain).expect("withdraws");
    let message = [selector, OTHER.as_slice(), &word(40).to_be_bytes::<32>()].concat();
    check_message(&chain, &message);
    let log = chain.logs().pop().expect("an event");
    assert_eq!(
        log.topics,
        [
            Token::Withdrawal::SIGNATURE_HASH,
            USER.into_word(),
            OTHER.into_word()
        ]
    );
    let extended = Token::withdrawWithMessageCall {
        receiver: OTHER,
        data: Bytes::from_static(b"with regards"),
    };
    let call = Call::new(BASE_TOKEN, extended.abi_encode())
        .from(USER)
        .value(2);
    chain.make(call, &extended).expect("withdraws");
    let amount = word(2).to_be_bytes::<32>();
    let message = [
        selector,
        OTHER.as_slice(),
        &amount,
        USER.as_slice(),
        b"with regards",
    ]
    .concat();
    check_message(&chain, &message);
    assert_eq!(chain.era.balance(BASE_TOKEN), U256::ZERO);
    assert_eq!(
        chain.ask(USER, BASE_TOKEN, &Token::totalSupplyCall {}),
        Ok(word(58))
    );
}

fn check_message(chain: &Chain, message: &[u8]) {
    let expected = Message {
        service: true,
        from: MESSENGER,
        key: address_word(BASE_TOKEN),
        value: keccak256(message).into(),
    };
    assert_eq!(chain.receipt().messages, [expected]);
}

#[test]
fn value_travels_with_the_callers_name() {
    let mut chain = Chain::new();
    chain.place(OTHER, "mstore(0, caller()) mstore(32, callvalue()) calldatacopy(64, 0, calldatasize()) return(0, add(64, calldatasize()))");
    for (value, data) in [(1u128, vec![]), (999, vec![5; 77])] {
        let effect = chain
            .era
            .call(&Call::new(OTHER, data.clone()).from(USER).value(value))
            .effect;
        assert!(effect.success);
        let head = [address_word(USER), U256::from(value)].map(|word| word.to_be_bytes::<32>());
        assert_eq!(effect.data, [head.concat(), data].concat());
    }
    assert_eq!(chain.era.balance(OTHER), word(1_000));
    let poor = chain
        .era
        .call(&Call::new(OTHER, []).from(USER).value(999_001))
        .effect;
    assert!(!poor.success && poor.data.is_empty());
    let own = chain
        .era
        .call(&Call::new(VALUE_SIMULATOR, []).from(USER).value(1))
        .effect;
    assert_eq!(super::reason(&own.data), "MsgValueSimulator calls itself");
    let plain = chain
        .era
        .call(&Call::new(VALUE_SIMULATOR, []).from(USER))
        .effect;
    assert_eq!(
        super::reason(&plain.data),
        "This method requires the system call flag"
    );
}

/// Contracts call each other with value: our code on both ends, and the simulator between.
#[test]
fn contracts_pay_contracts() {
    let mut chain = Chain::new();
    let payer: Address = address!("00000000000000000000000000000000000c0de1");
    chain.place(
        payer,
        "mstore(0, 7) let ok := call(gas(), calldataload(0), calldataload(32), 0, 32, 32, 64)
        mstore(0, ok) mstore(96, returndatasize()) return(0, 128)",
    );
    chain.place(OTHER, "if gt(callvalue(), 50) { mstore(0, 0xbad) revert(0, 32) } mstore(0, callvalue()) mstore(32, caller()) return(0, 64)");
    chain.era.set_balance(payer, 100);
    for (value, expected) in [
        (0, [word(1), U256::ZERO, address_word(payer), word(64)]),
        (30, [word(1), word(30), address_word(payer), word(64)]),
        (60, [U256::ZERO, word(0xbad), U256::ZERO, word(32)]),
        (1_000, [U256::ZERO, U256::ZERO, U256::ZERO, U256::ZERO]),
    ] {
        let data = [address_word(OTHER), word(value)]
            .map(|word| word.to_be_bytes::<32>())
            .concat();
        let effect = chain.era.call(&Call::new(payer, data)).effect;
        let words: Vec<_> = effect.data.chunks(32).map(U256::from_be_slice).collect();
        assert_eq!(words, expected, "{value}");
    }
    assert_eq!(chain.era.balance(payer), word(70));
}
