//! Signing with passkeys.

use alloy::primitives::U256;
use alloy::sol_types::SolCall;
use eyre::ensure;
use zksso_bindings::{ERC20, WebAuthValidator};
use zksso_client::{PasskeyAuthenticator, SendOptions};
use zksso_core::Call;
use zksso_testkit::{ether, passkey};

use super::{RECIPIENT, STRANGER, on_each_backend, refused_as_unauthorised, refused_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_a_transfer() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let before = account.chain().balance(RECIPIENT).await?;
        account.transfer(RECIPIENT, U256::from(1_000)).await?;
        ensure!(account.chain().balance(RECIPIENT).await? == before + U256::from(1_000));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_a_batch() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let before = account.chain().balance(RECIPIENT).await?;
        let transfer = ERC20::transferCall {
            to: RECIPIENT,
            value: ether(5),
        };
        let tokens_before = world.token_balance(RECIPIENT).await?;
        let calls = [
            Call::transfer(RECIPIENT, U256::from(3)),
            Call::function(world.token, &transfer),
        ];
        account.batch(&calls).await?;
        ensure!(account.chain().balance(RECIPIENT).await? == before + U256::from(3));
        ensure!(world.token_balance(RECIPIENT).await? == tokens_before + ether(5));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_a_failing_call_does_nothing() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let fee = account
            .estimate(
                &Call::transfer(RECIPIENT, U256::from(3)),
                &SendOptions::default(),
            )
            .await?;
        let before = account.chain().balance(RECIPIENT).await?;
        let too_much = ERC20::transferCall {
            to: RECIPIENT,
            value: ether(1_001),
        };
        let calls = [
            Call::transfer(RECIPIENT, U256::from(3)),
            Call::function(world.token, &too_much),
        ];
        let fee = zksso_client::Fee {
            gas_limit: fee.gas_limit * 2,
            ..fee
        };
        let options = SendOptions::default().with_fee(fee);
        let result = account
            .execute_with(&account.batch_call(&calls), &options)
            .await;
        refused_with::<ERC20::ERC20InsufficientBalance>(result)?;
        ensure!(account.chain().balance(RECIPIENT).await? == before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strange_passkey_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let call = Call::transfer(STRANGER, U256::from(1));
        let fee = account.estimate(&call, &SendOptions::default()).await?;
        let thief = account.with_passkey(passkey().await?);
        refused_as_unauthorised(
            thief
                .execute_with(&call, &SendOptions::default().with_fee(fee))
                .await,
        )
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_added_passkey_signs_and_a_removed_one_does_not() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let second = passkey().await?;
        account.add_passkey(second.credential()).await?;
        let on_second = account.with_passkey(second.clone());
        on_second.execute(&call).await?;

        let fee = on_second.estimate(&call, &SendOptions::default()).await?;
        account.remove_passkey(second.credential()).await?;
        refused_as_unauthorised(
            on_second
                .execute_with(&call, &SendOptions::default().with_fee(fee))
                .await,
        )
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_passkey_cannot_be_removed() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let device = passkey().await?;
        let (account, _) = world.deploy_account(device.clone()).await?;
        world.fund(account.address()).await?;
        refused_with::<WebAuthValidator::WebAuthnLastRootSigner>(
            account.remove_passkey(device.credential()).await,
        )?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_account_adds_a_passkey_to_it() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let thief = passkey().await?;
        // The validator files a key under its caller: the thief's own wallet gets one, the account does not.
        let call = WebAuthValidator::addValidationKeyCall {
            credentialId: thief.credential().id().clone(),
            rawPublicKey: thief.credential().public_key().coordinates(),
            originDomain: thief.credential().origin().to_owned(),
        };
        ensure!(WebAuthValidator::addValidationKeyCall::SELECTOR == [0x8f, 0x5b, 0xc2, 0xaf]);
        let _ = world
            .backend
            .wallet()
            .send(&Call::function(world.suite.web_auth_validator, &call))
            .await;
        let transfer = Call::transfer(STRANGER, U256::from(1));
        let fee = account.estimate(&transfer, &SendOptions::default()).await?;
        let stolen = account.with_passkey(thief);
        refused_as_unauthorised(
            stolen
                .execute_with(&transfer, &SendOptions::default().with_fee(fee))
                .await,
        )
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_used_once() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        account.execute(&call).await?;
        let fee = account.estimate(&call, &SendOptions::default()).await?;
        let replay = SendOptions {
            nonce: Some(U256::ZERO),
            ..SendOptions::default().with_fee(fee)
        };
        let result = account.execute_with(&call, &replay).await;
        ensure!(result.is_err_and(|error| error.is_refusal()));
        Ok(())
    })
    .await
}
