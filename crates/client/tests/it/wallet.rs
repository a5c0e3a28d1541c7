//! Transactions of accounts without code, on the real virtual machine.

use alloy::primitives::{Address, B256, U256};
use zksso_bindings::{NONCE_HOLDER_ADDRESS, NonceHolder};
use zksso_client::{Error, Fee, Outcome, SendOptions, Wallet, core::Call};

use super::{chain, rich};

const FRIEND: Address = Address::repeat_byte(0xf1);

#[tokio::test]
async fn text_that_is_no_private_key_is_refused_without_repeating_it() {
    let (_node, chain) = chain().await;
    let too_long = "11".repeat(33);
    for text in [
        "",
        "0x",
        "secret",
        "0x1234",
        too_long.as_str(),
        &"0".repeat(64),
        &"f".repeat(64),
    ] {
        let error = Wallet::from_private_key(chain.clone(), text).unwrap_err();
        assert!(matches!(error, Error::PrivateKey));
        assert!(text.len() < 4 || !format!("{error} {error:?}").contains(text));
    }
    let key = format!(" 0x{}\n", "11".repeat(32));
    assert!(Wallet::from_private_key(chain, &key).is_ok());
}

#[tokio::test]
async fn a_transfer_moves_the_value_and_charges_no_more_than_promised() {
    let (_node, chain) = chain().await;
    let wallet = rich(&chain);
    let call = Call::transfer(FRIEND, U256::from(12_345));
    let before = chain.balance(wallet.address()).await.unwrap();
    let promised = wallet
        .estimate(&call, &SendOptions::default())
        .await
        .unwrap();
    let receipt = wallet.send(&call).await.unwrap();
    assert_eq!(chain.balance(FRIEND).await.unwrap(), U256::from(12_345));
    let paid = before - chain.balance(wallet.address()).await.unwrap();
    let fee = U256::from(receipt.gas_used) * U256::from(receipt.gas_price);
    assert_eq!(paid, fee + U256::from(12_345));
    assert!(
        fee <= promised.max_cost(),
        "{fee} > {}",
        promised.max_cost()
    );
}

#[tokio::test]
async fn transactions_of_one_wallet_follow_each_other() {
    let (_node, chain) = chain().await;
    let wallet = rich(&chain);
    for _ in 0..3 {
        wallet.transfer(FRIEND, U256::from(1)).await.unwrap();
    }
    assert_eq!(chain.balance(FRIEND).await.unwrap(), U256::from(3));
}

#[tokio::test]
async fn a_wallet_without_funds_is_rejected() {
    let (_node, chain) = chain().await;
    let poor = Wallet::from_private_key(chain, &"22".repeat(32)).unwrap();
    let error = poor.transfer(FRIEND, U256::from(1)).await.unwrap_err();
    assert!(matches!(error, Error::Rejected(_)), "{error:?}");
    let outcome = Outcome::of(Err(error)).unwrap();
    assert_eq!(
        (outcome.accepted, outcome.hash, outcome.gas_used),
        (false, None, 0)
    );
    assert!(outcome.message.is_some());
}

/// A call that the nonce holder refuses to everybody but accounts under construction of the system.
fn refused_call() -> Call {
    let call = NonceHolder::incrementMinNonceIfEqualsCall {
        expectedNonce: U256::MAX,
    };
    Call::function(NONCE_HOLDER_ADDRESS, &call)
}

#[tokio::test]
async fn a_reverting_call_is_rejected_by_its_estimate() {
    let (_node, chain) = chain().await;
    let error = rich(&chain).send(&refused_call()).await.unwrap_err();
    assert!(matches!(error, Error::Rejected(_)), "{error:?}");
}

#[tokio::test]
async fn a_reverting_transaction_says_why() {
    let (_node, chain) = chain().await;
    let wallet = rich(&chain);
    let fee = wallet
        .estimate(&Call::transfer(FRIEND, U256::ZERO), &SendOptions::default())
        .await
        .unwrap();
    let fee = Fee {
        gas_limit: 3_000_000,
        ..fee
    };
    let options = SendOptions::default().with_fee(fee);
    let error = wallet
        .send_with(&refused_call(), &options)
        .await
        .unwrap_err();
    let Error::Reverted {
        hash,
        gas_used,
        reason,
    } = &error
    else {
        panic!("{error:?}")
    };
    assert!(*hash != B256::ZERO && *gas_used > 0);
    assert!(reason.is_some(), "{error}");
    let outcome = Outcome::of(Err(error)).unwrap();
    assert!(!outcome.accepted && outcome.hash.is_some() && outcome.error.is_some());
}

#[tokio::test]
async fn bytecode_of_an_impossible_length_is_refused_before_it_is_signed() {
    let (_node, chain) = chain().await;
    let options = SendOptions::default().with_factory_deps(vec![vec![0; 64].into()]);
    let error = rich(&chain)
        .send_with(&Call::transfer(FRIEND, U256::ZERO), &options)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
}
