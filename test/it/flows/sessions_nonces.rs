//! Nonces of sessions: the account's common sequence, which every node takes, and a sequence of the session's own.
//!
//! The protocol version of the development chains knows no nonces with keys, and nodes do not take them yet. So a contract with such
//! nonces is put there, and a wallet hands the transactions over: the account does everything but paying the fee as it does when the
//! bootloader calls it.

use alloy::primitives::U256;
use eyre::ensure;
use zksso_bindings::SessionKeyValidator;
use zksso_client::{Receipt, SendOptions, SessionClient, SmartAccount};
use zksso_core::{Call, Limit, SessionConfig};
use zksso_testkit::World;

use super::doubles::{add_keyed_nonces, relay};
use super::sessions::{config, open_on};
use super::{RECIPIENT, on_each_backend, refused_with};

/// Runs a scenario where keyed nonces are to be had.
async fn with_keyed_nonces<F: AsyncFn(&World) -> eyre::Result<()>>(
    scenario: F,
) -> eyre::Result<()> {
    on_each_backend(async |world| match add_keyed_nonces(world).await? {
        true => scenario(world).await,
        false => Ok(()),
    })
    .await
}

/// Sessions without and with options.
fn configs(world: &World) -> eyre::Result<[SessionConfig; 2]> {
    let plain = config(world)?;
    let limit = Limit::lifetime(U256::from(10));
    Ok([plain.clone(), plain.with_use_limit(limit)])
}

fn call() -> Call {
    Call::transfer(RECIPIENT, U256::from(1))
}

fn with_nonce(nonce: U256) -> SendOptions {
    SendOptions {
        nonce: Some(nonce),
        ..SendOptions::default()
    }
}

/// The first nonces of a session's own sequence.
fn own_nonce(client: &SessionClient, counter: u64) -> U256 {
    client.session().own_nonce_key() << 64 | U256::from(counter)
}

async fn send_with_nonce(
    world: &World,
    client: &SessionClient,
    nonce: U256,
) -> zksso_client::Result<Receipt> {
    let transaction = client
        .relayed_transaction(&call(), &with_nonce(nonce))
        .await?;
    relay(world, client.account(), transaction).await
}

async fn next_common(account: &SmartAccount) -> eyre::Result<U256> {
    let chain = account.chain();
    Ok(chain.next_nonce(account.address(), U256::ZERO).await?)
}

/// nonces of one key are used in order, once; those of different keys are independent.
#[tokio::test(flavor = "multi_thread")]
async fn nonces_of_different_keys_are_independent() -> eyre::Result<()> {
    with_keyed_nonces(async |world| {
        for config in configs(world)? {
            let account = world.account().await?;
            let [first, second] = [
                open_on(&account, &config).await?,
                open_on(&account, &config).await?,
            ];
            let gap = send_with_nonce(world, &first, own_nonce(&first, 1)).await;
            ensure!(gap.is_err_and(|error| error.is_refusal()));
            let nonces = [&first, &second].map(|client| own_nonce(client, 0));
            let pending = first
                .relayed_transaction(&call(), &with_nonce(nonces[0]))
                .await?;
            // Signed before the others, and still good after them.
            account.execute(&call()).await?;
            send_with_nonce(world, &second, nonces[1]).await?;
            relay(world, account.address(), pending.clone()).await?;
            let again = relay(world, account.address(), pending).await;
            ensure!(again.is_err_and(|error| error.is_refusal()));
            let key = first.session().own_nonce_key();
            let next = account.chain().next_nonce(account.address(), key).await?;
            ensure!(next == own_nonce(&first, 1));
        }
        Ok(())
    })
    .await
}

/// a session cannot use up the nonces of another session's sequence.
#[tokio::test(flavor = "multi_thread")]
async fn nonces_of_others_are_refused() -> eyre::Result<()> {
    with_keyed_nonces(async |world| {
        for config in configs(world)? {
            let account = world.account().await?;
            let client = open_on(&account, &config).await?;
            let before = next_common(&account).await?;
            let own = client.session().own_nonce_key();
            for key in [U256::from(0xbeef_u64), own | U256::from(1) << 160] {
                let result = send_with_nonce(world, &client, key << 64).await;
                let error: SessionKeyValidator::SessionNonceKeyNotAllowed = refused_with(result)?;
                ensure!(error.nonceKey == key);
            }
            ensure!(next_common(&account).await? == before);
        }
        Ok(())
    })
    .await
}

/// a session whose own sequence is used leaves the owner's transactions alone; one in the common sequence takes its turn there.
#[tokio::test(flavor = "multi_thread")]
async fn the_own_sequence_leaves_the_common_one_alone() -> eyre::Result<()> {
    with_keyed_nonces(async |world| {
        for config in configs(world)? {
            let account = world.account().await?;
            let client = open_on(&account, &config).await?;
            let before = next_common(&account).await?;
            send_with_nonce(world, &client, own_nonce(&client, 0)).await?;
            ensure!(next_common(&account).await? == before);
            send_with_nonce(world, &client, before).await?;
            ensure!(next_common(&account).await? == before + U256::from(1));
        }
        Ok(())
    })
    .await
}
