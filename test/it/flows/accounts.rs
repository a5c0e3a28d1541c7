//! Creating and finding accounts.

use alloy::primitives::U256;
use eyre::ensure;
use zksso_bindings::AAFactory;
use zksso_client::{Error, PasskeyAuthenticator, SmartAccount};
use zksso_testkit::{ether, passkey};

use super::on_each_backend;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_where_it_was_predicted_and_is_found_by_its_passkey() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let chain = world.backend.wallet().chain();
        let device = passkey().await?;
        let predicted =
            SmartAccount::predict_address(chain, &world.suite, device.credential(), U256::ZERO)
                .await?;
        let (account, receipt) = world.deploy_account(device.clone()).await?;
        ensure!(account.address() == predicted);
        let created: AAFactory::AccountCreated = receipt
            .event(world.suite.factory)
            .expect("the factory's event");
        ensure!(created.accountAddress == predicted);
        let found = SmartAccount::find(chain.clone(), world.suite, device).await?;
        ensure!(found.address() == predicted);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn deploying_twice_gives_the_same_account_and_another_index_another_one() -> eyre::Result<()>
{
    on_each_backend(async |world| {
        let device = passkey().await?;
        let (first, _) = world.deploy_account(device.clone()).await?;
        let (again, _) = world.deploy_account(device.clone()).await?;
        ensure!(first.address() == again.address());
        let (other, _) =
            SmartAccount::deploy(world.backend.wallet(), world.suite, device, U256::from(1))
                .await?;
        ensure!(other.address() != first.address());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn funds_sent_before_the_deployment_belong_to_the_passkey() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let device = passkey().await?;
        let chain = world.backend.wallet().chain();
        let address =
            SmartAccount::predict_address(chain, &world.suite, device.credential(), U256::ZERO)
                .await?;
        world.backend.wallet().transfer(address, ether(1)).await?;
        let (account, _) = world.deploy_account(device).await?;
        account.transfer(super::RECIPIENT, U256::from(7)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_passkey_finds_no_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let chain = world.backend.wallet().chain().clone();
        let found = SmartAccount::find(chain, world.suite, passkey().await?).await;
        ensure!(matches!(found, Err(Error::AccountNotFound { .. })));
        Ok(())
    })
    .await
}
