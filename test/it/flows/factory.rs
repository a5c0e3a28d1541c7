//! The factory against people who get in the way.

use alloy::primitives::{B256, Bytes, U256};
use alloy::signers::local::PrivateKeySigner;
use eyre::ensure;
use zksso_bindings::{AAFactory, WebAuthValidator};
use zksso_client::{PasskeyAuthenticator, SmartAccount, Wallet};
use zksso_core::{Call, encode_module};
use zksso_testkit::{World, ether, passkey};

use super::{RECIPIENT, on_each_backend, refused_with};

async fn stranger(world: &World) -> eyre::Result<Wallet> {
    let wallet = Wallet::new(
        world.backend.wallet().chain().clone(),
        PrivateKeySigner::random(),
    );
    world.fund(wallet.address()).await?;
    Ok(wallet)
}

/// B-01: who copies a deployment out of the mempool deploys the very same account for its user.
#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_somebody_else_was_faster_with_still_succeeds() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let device = passkey().await?;
        let thief = stranger(world).await?;
        let (first, _) =
            SmartAccount::deploy(&thief, world.suite, device.clone(), U256::ZERO).await?;
        let (account, _) = world.deploy_account(device).await?;
        ensure!(account.address() == first.address());
        world.fund(account.address()).await?;
        account.transfer(RECIPIENT, U256::from(1)).await?;
        Ok(())
    })
    .await
}

/// B-04, D-21: a credential id that somebody else registered first does not keep its owner from using it.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_was_registered_by_somebody_else_still_works() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let device = passkey().await?;
        let thief = passkey().await?;
        let squatter = world.account().await?;
        let squat = WebAuthValidator::addValidationKeyCall {
            credentialId: device.credential().id().clone(),
            rawPublicKey: thief.credential().public_key().coordinates(),
            originDomain: device.credential().origin().to_owned(),
        };
        squatter
            .execute(&Call::function(world.suite.web_auth_validator, &squat))
            .await?;
        let (account, _) = world.deploy_account(device.clone()).await?;
        world.fund(account.address()).await?;
        account.transfer(RECIPIENT, U256::from(1)).await?;
        let chain = world.backend.wallet().chain().clone();
        let found = SmartAccount::find(chain, world.suite, device).await?;
        ensure!(found.address() == account.address());
        Ok(())
    })
    .await
}

/// B-09: predictions are right whatever is installed and whatever the index.
#[tokio::test(flavor = "multi_thread")]
async fn predicted_addresses_are_those_of_deployments() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let wallet = world.backend.wallet();
        let factory = AAFactory::new(world.suite.factory, wallet.chain().provider());
        for number in 0_u64..8 {
            let owners = vec![PrivateKeySigner::random().address(); usize::from(number % 2 == 0)];
            let mut modules = Vec::new();
            if number % 3 == 0 {
                modules.push(encode_module(
                    world.suite.session_key_validator,
                    Bytes::new(),
                ));
            }
            if owners.is_empty() {
                let device = passkey().await?;
                let data = device.credential().init_data();
                modules.push(encode_module(world.suite.web_auth_validator, data));
            }
            let index = U256::from(number).pow(U256::from(40));
            let predicted = factory
                .getAddress(modules.clone(), owners.clone(), index)
                .call()
                .await?;
            let call = AAFactory::deployAccountCall {
                modules,
                owners,
                index,
            };
            let receipt = wallet
                .send(&Call::function(world.suite.factory, &call))
                .await?;
            let created: Option<AAFactory::AccountCreated> = receipt.event(world.suite.factory);
            ensure!(created.is_some_and(|event| event.accountAddress == predicted));
        }
        Ok(())
    })
    .await
}

/// B-10: value sent to the factory ends up in the account.
#[tokio::test(flavor = "multi_thread")]
async fn value_sent_to_the_factory_is_passed_on() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let wallet = world.backend.wallet();
        let owner = PrivateKeySigner::random().address();
        let call = AAFactory::deployAccountCall {
            modules: Vec::new(),
            owners: vec![owner],
            index: U256::ZERO,
        };
        for round in 1..3_u64 {
            let mut call = Call::function(world.suite.factory, &call);
            call.value = ether(1);
            wallet.send(&call).await?;
            let factory = AAFactory::new(world.suite.factory, wallet.chain().provider());
            let account = factory
                .getAddress(Vec::new(), vec![owner], U256::ZERO)
                .call()
                .await?;
            ensure!(wallet.chain().balance(account).await? == ether(round));
        }
        ensure!(wallet.chain().balance(world.suite.factory).await?.is_zero());
        Ok(())
    })
    .await
}

/// B-11: an id of a deployer stands for one account.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_cannot_be_used_for_another_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let wallet = world.backend.wallet();
        let deploy = |id: u8, owner: &PrivateKeySigner| {
            let call = AAFactory::deployProxySsoAccountCall {
                uniqueId: B256::repeat_byte(id),
                initialValidators: Vec::new(),
                initialK1Owners: vec![owner.address()],
            };
            Call::function(world.suite.factory, &call)
        };
        let (first, second) = (PrivateKeySigner::random(), PrivateKeySigner::random());
        wallet.send(&deploy(1, &first)).await?;
        wallet.send(&deploy(1, &first)).await?;
        let result = wallet.send(&deploy(1, &second)).await;
        refused_with::<AAFactory::FactoryAccountIdTaken>(result)?;
        // Another deployer's ids are other ids.
        stranger(world).await?.send(&deploy(1, &second)).await?;
        Ok(())
    })
    .await
}

/// B-05, B-12: who could never sign is not deployed, and nothing stays behind.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_usable_signer_is_not_deployed() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let wallet = world.backend.wallet();
        let factory = AAFactory::new(world.suite.factory, wallet.chain().provider());
        let passkeys = encode_module(world.suite.web_auth_validator, Bytes::new());
        let sessions = encode_module(world.suite.session_key_validator, Bytes::new());
        for modules in [
            Vec::new(),
            vec![passkeys.clone()],
            vec![sessions.clone()],
            vec![passkeys, sessions.clone()],
            vec![sessions.clone(), sessions],
        ] {
            let call = AAFactory::deployAccountCall {
                modules: modules.clone(),
                owners: Vec::new(),
                index: U256::ZERO,
            };
            let result = wallet
                .send(&Call::function(world.suite.factory, &call))
                .await;
            ensure!(result.is_err_and(|error| error.is_refusal()));
            let address = factory
                .getAddress(modules, Vec::new(), U256::ZERO)
                .call()
                .await?;
            let provider = wallet.chain().provider();
            ensure!(
                alloy::providers::Provider::get_code_at(provider, address)
                    .await?
                    .is_empty()
            );
        }
        Ok(())
    })
    .await
}
