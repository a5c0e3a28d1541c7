//! `SystemContext`, and what our code asks it.

use alloy_primitives::{B256, U256};

use super::{Chain, OTHER, Refused, USER, interfaces::Context, word};
use crate::harness::{
    era::{BOOTLOADER, Call, Message, SYSTEM_CONTEXT, word as address_word},
    evm::{BLOCK_NUMBER, CHAIN_ID, TIMESTAMP},
};

const PREVIOUS: B256 = B256::repeat_byte(0xb1);

fn next(number: u64, timestamp: u64) -> Context::setNewBlockCall {
    Context::setNewBlockCall {
        previous: PREVIOUS,
        timestamp: word(timestamp),
        number: word(number),
        fee: word(250),
    }
}

#[test]
fn setters_are_the_bootloaders() {
    let mut chain = Chain::new();
    for from in [USER, SYSTEM_CONTEXT] {
        let origin = Context::setTxOriginCall { account: OTHER };
        assert_eq!(chain.ask(from, SYSTEM_CONTEXT, &origin).refused(), "");
        let price = Context::setGasPriceCall { price: word(9) };
        assert_eq!(chain.ask(from, SYSTEM_CONTEXT, &price).refused(), "");
        assert_eq!(
            chain
                .ask(from, SYSTEM_CONTEXT, &next(78, TIMESTAMP + 1))
                .refused(),
            ""
        );
        let block = Context::unsafeOverrideBlockCall {
            timestamp: word(1),
            number: word(1),
            fee: word(1),
        };
        assert_eq!(chain.ask(from, SYSTEM_CONTEXT, &block).refused(), "");
    }
    let price = Context::setGasPriceCall { price: U256::MAX };
    chain.boot(SYSTEM_CONTEXT, &price).expect("sets");
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::gasPriceCall {}),
        Ok(U256::MAX)
    );
    let origin = Context::setTxOriginCall { account: OTHER };
    chain.boot(SYSTEM_CONTEXT, &origin).expect("sets");
    assert_eq!(
        chain.era.storage(SYSTEM_CONTEXT, word(1)),
        address_word(OTHER)
    );
    // The harness names the signer of every call.
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::originCall {}),
        Ok(USER)
    );
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::chainIdCall {}),
        Ok(word(CHAIN_ID))
    );
}

#[test]
fn blocks_follow_each_other() {
    let mut chain = Chain::new();
    let early = chain
        .boot(SYSTEM_CONTEXT, &next(BLOCK_NUMBER + 1, TIMESTAMP))
        .refused();
    assert_eq!(early, "Timestamps should be incremental");
    let far = chain
        .boot(SYSTEM_CONTEXT, &next(BLOCK_NUMBER + 2, TIMESTAMP + 1))
        .refused();
    assert_eq!(far, "The provided block number is not correct");
    chain
        .boot(SYSTEM_CONTEXT, &next(BLOCK_NUMBER + 1, TIMESTAMP + 5))
        .expect("follows");
    let message = Message {
        service: false,
        from: SYSTEM_CONTEXT,
        key: word(TIMESTAMP + 5),
        value: PREVIOUS.into(),
    };
    assert_eq!(chain.receipt().messages, [message]);
    let both = chain
        .ask(
            USER,
            SYSTEM_CONTEXT,
            &Context::getBlockNumberAndTimestampCall {},
        )
        .expect("answers");
    assert_eq!(
        (both.number, both.timestamp),
        (word(BLOCK_NUMBER + 1), word(TIMESTAMP + 5))
    );
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::getBlockNumberCall {}),
        Ok(both.number)
    );
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::getBlockTimestampCall {}),
        Ok(both.timestamp)
    );
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::baseFeeCall {}),
        Ok(word(250))
    );
    hashes(&mut chain);
}

fn hashes(chain: &mut Chain) {
    let raw = Context::blockHashCall {
        number: word(BLOCK_NUMBER),
    };
    assert_eq!(chain.ask(USER, SYSTEM_CONTEXT, &raw), Ok(PREVIOUS));
    let block = |number| Context::unsafeOverrideBlockCall {
        timestamp: word(1),
        number: word(number),
        fee: word(7),
    };
    for (now, known) in [
        (BLOCK_NUMBER, true),
        (BLOCK_NUMBER + 256, true),
        (BLOCK_NUMBER + 257, false),
        (BLOCK_NUMBER - 1, false),
    ] {
        chain.boot(SYSTEM_CONTEXT, &block(now)).expect("overrides");
        let ask = Context::getBlockHashEVMCall {
            number: word(BLOCK_NUMBER),
        };
        let expected = if known { PREVIOUS } else { B256::ZERO };
        assert_eq!(
            chain.ask(USER, SYSTEM_CONTEXT, &ask),
            Ok(expected),
            "in block {now}"
        );
    }
}

#[test]
fn builtins_ask_the_context() {
    let mut chain = Chain::new();
    chain
        .boot(SYSTEM_CONTEXT, &next(BLOCK_NUMBER + 1, TIMESTAMP + 5))
        .expect("follows");
    let price = Context::setGasPriceCall { price: word(11) };
    chain.boot(SYSTEM_CONTEXT, &price).expect("sets");
    // No constructor has run, which would set these.
    for (slot, value) in [(3, 33), (4, 44), (5, 55)] {
        chain
            .era
            .set_storage(SYSTEM_CONTEXT, word(slot), word(value));
    }
    assert_eq!(
        chain.ask(USER, SYSTEM_CONTEXT, &Context::blockGasLimitCall {}),
        Ok(word(33))
    );
    let asked = [
        "number()",
        "timestamp()",
        "basefee()",
        "gasprice()",
        "chainid()",
        "origin()",
        "gaslimit()",
        "coinbase()",
        "prevrandao()",
    ];
    let stores = asked
        .iter()
        .zip(0..)
        .map(|(builtin, at)| format!("mstore({}, {builtin})\n", at * 32));
    let text: String = stores.collect();
    chain.place(
        OTHER,
        &format!("{text} mstore(288, blockhash({BLOCK_NUMBER})) return(0, 320)"),
    );
    let effect = chain.era.call(&Call::new(OTHER, []).from(USER)).effect;
    let words: Vec<_> = effect.data.chunks(32).map(U256::from_be_slice).collect();
    let expected = [
        word(BLOCK_NUMBER + 1),
        word(TIMESTAMP + 5),
        word(250),
        word(11),
        word(CHAIN_ID),
        address_word(USER),
        word(33),
        word(44),
        word(55),
        PREVIOUS.into(),
    ];
    assert_eq!(words, expected);
    assert_ne!(BOOTLOADER, USER);
}
