//! Accounts are initialised once, by their factory.

use alloy::primitives::{Address, Bytes, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::{SolCall, SolError};
use eyre::ensure;
use zksso_bindings::{AAFactory, ERC7579Account};
use zksso_client::{PasskeyAuthenticator, SmartAccount};
use zksso_core::{Call, encode_module};
use zksso_testkit::{World, passkey};

use super::doubles::deploy;
use super::modules::{Accomplice, EXECUTOR, install, installation, through};
use super::{RECIPIENT, on_each_backend, refused_with};

/// The call that makes a thief the owner of an account that was never initialised.
fn initialization(owner: Address) -> ERC7579Account::initializeCall {
    ERC7579Account::initializeCall {
        modules: Vec::new(),
        owners: vec![owner],
    }
}

async fn is_owner(world: &World, account: Address, owner: Address) -> eyre::Result<bool> {
    let view = ERC7579Account::new(account, world.backend.wallet().chain().provider());
    Ok(view.isK1Owner(owner).call().await?)
}

/// B-06: neither an account nor the implementation behind it can be initialised again, whoever tries.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_initializes_an_account_again() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let wallet = world.backend.wallet();
        for target in [account.address(), world.suite.account_implementation] {
            let call = Call::function(target, &initialization(wallet.address()));
            let result = wallet.send(&call).await;
            refused_with::<ERC7579Account::AccountAlreadyInitialized>(result)?;
            ensure!(!is_owner(world, target, wallet.address()).await?);
        }
        let call = Call::function(account.address(), &initialization(wallet.address()));
        let result = account.execute(&call).await;
        refused_with::<ERC7579Account::AccountAlreadyInitialized>(result)?;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        install(&account, EXECUTOR, executor, Bytes::new()).await?;
        let result = wallet
            .send(&through(executor, account.address(), &call))
            .await;
        refused_with::<ERC7579Account::AccountAlreadyInitialized>(result)?;
        ensure!(!is_owner(world, account.address(), wallet.address()).await?);
        Ok(())
    })
    .await
}

/// B-06: the implementation, which is nobody's account, obeys nobody.
#[tokio::test(flavor = "multi_thread")]
async fn the_implementation_obeys_nobody() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let implementation = world.suite.account_implementation;
        let wallet = world.backend.wallet();
        let owner = wallet.address();
        let calls = [
            Call::function(implementation, &ERC7579Account::addK1OwnerCall { owner }),
            installation(implementation, EXECUTOR, world.token, Bytes::new()),
            Call::function(
                implementation,
                &ERC7579Account::upgradeToCall {
                    newImplementation: world.token,
                },
            ),
        ];
        for call in calls {
            let error: ERC7579Account::AccountNotFromSelf = refused_with(wallet.send(&call).await)?;
            ensure!(error.caller == owner);
        }
        Ok(())
    })
    .await
}

/// B-07: a module that calls back while its account is being initialised gets nothing in, wherever in the list it stands.
#[tokio::test(flavor = "multi_thread")]
async fn modules_do_not_interfere_with_initialization() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let thief = PrivateKeySigner::random().address();
        let again = ERC7579Account::AccountAlreadyInitialized {}.abi_encode();
        let accomplice = deploy(world, "Accomplice", 0).await?;
        let not_self = ERC7579Account::AccountNotFromSelf { caller: accomplice }.abi_encode();
        let add = ERC7579Account::addK1OwnerCall { owner: thief };
        let attempts = [
            (initialization(thief).abi_encode(), again),
            (add.abi_encode(), not_self),
        ];
        let view = Accomplice::new(accomplice, world.backend.wallet().chain().provider());
        let mut count = 0_u64;
        for (data, expected) in attempts {
            for first in [true, false] {
                let account = deploy_with(world, accomplice, data.clone().into(), first).await?;
                count += 1;
                ensure!(view.attempts().call().await? == U256::from(count));
                ensure!(view.successes().call().await?.is_zero());
                ensure!(view.lastAnswer().call().await? == expected);
                ensure!(!is_owner(world, account, thief).await?);
            }
        }
        Ok(())
    })
    .await
}

/// Deploys an account with a passkey and, before or after it, another module; its passkey works.
async fn deploy_with(
    world: &World,
    module: Address,
    data: Bytes,
    first: bool,
) -> eyre::Result<Address> {
    let device = passkey().await?;
    let validator = world.suite.web_auth_validator;
    let mut modules = vec![encode_module(validator, device.credential().init_data())];
    let position = if first { 0 } else { modules.len() };
    modules.insert(position, encode_module(module, data));
    let call = AAFactory::deployAccountCall {
        modules,
        owners: Vec::new(),
        index: U256::ZERO,
    };
    let wallet = world.backend.wallet();
    let receipt = wallet
        .send(&Call::function(world.suite.factory, &call))
        .await?;
    let created: AAFactory::AccountCreated = receipt
        .event(world.suite.factory)
        .expect("the factory's event");
    let address = created.accountAddress;
    world.fund(address).await?;
    let chain = wallet.chain().clone();
    let account = SmartAccount::at(chain, world.suite, address, device);
    account.transfer(RECIPIENT, U256::from(1)).await?;
    Ok(address)
}
