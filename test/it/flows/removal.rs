//! Removing modules that do not want to go.

use alloy::primitives::{Address, Bytes, U256};
use eyre::{WrapErr, ensure};
use zksso_bindings::ERC7579Account;
use zksso_client::SmartAccount;
use zksso_testkit::World;

use super::doubles::deploy;
use super::modules::{
    EXECUTOR, FALLBACK, Saboteur, VALIDATOR, ample, failed_in_its_block, forced_removal, install,
    is_installed, refused_and_failing, removal, turn,
};
use super::{RECIPIENT, on_each_backend, refused_with};

/// Most gas that removing a module may take, whatever it does: what a chain charges for the storage that 2,000,000 gas can fill, and some.
const HIGHEST_GAS: u64 = 40_000_000;

/// Data with which a fallback handler is installed and removed.
const FUNCTION: &[u8] = &[0x11, 0x22, 0x33, 0x44, 0x00];

/// What modules may do when they are told.
const CONDUCTS: [(Saboteur::Conduct, bool); 6] = [
    (Saboteur::Conduct::Proper, true),
    (Saboteur::Conduct::Reverts, false),
    (Saboteur::Conduct::BurnsGas, false),
    (Saboteur::Conduct::RevertsWithBlob, false),
    (Saboteur::Conduct::ReturnsBlob, true),
    (Saboteur::Conduct::FillsStorage, true),
];

/// Installs a saboteur and turns it.
async fn infiltrate(
    world: &World,
    account: &SmartAccount,
    kind: u64,
    conduct: Saboteur::Conduct,
) -> eyre::Result<Address> {
    let module = deploy(world, "Saboteur", 0).await?;
    turn(world, module, Saboteur::Conduct::Proper).await?;
    install(account, kind, module, data(kind)).await?;
    turn(world, module, conduct).await?;
    Ok(module)
}

fn data(kind: u64) -> Bytes {
    match kind {
        FALLBACK => Bytes::from_static(FUNCTION),
        _ => Bytes::new(),
    }
}

/// F-04: whatever a module of whatever type does when it is told, it is removed at a bounded price, and the account lives on.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_modules_are_forced_out() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        for kind in [VALIDATOR, EXECUTOR, FALLBACK] {
            for (conduct, cleans_up) in CONDUCTS {
                force_out(world, &account, kind, conduct, cleans_up)
                    .await
                    .wrap_err_with(|| format!("type {kind}, conduct {}", conduct as u8))?;
            }
        }
        Ok(())
    })
    .await
}

async fn force_out(
    world: &World,
    account: &SmartAccount,
    kind: u64,
    conduct: Saboteur::Conduct,
    cleans_up: bool,
) -> eyre::Result<()> {
    let module = infiltrate(world, account, kind, conduct).await?;
    let out = forced_removal(account.address(), kind, module, data(kind));
    let receipt = account.execute(&out).await?;
    ensure!(receipt.gas_used < HIGHEST_GAS, "{} gas", receipt.gas_used);
    ensure!(!is_installed(account, kind, module).await?);
    let event: ERC7579Account::ModuleForceUninstalled = receipt
        .event(account.address())
        .expect("the account's event");
    ensure!(event.module == module && event.moduleTypeId == U256::from(kind));
    ensure!(
        event.cleanedUp == cleans_up,
        "cleaned up: {}",
        event.cleanedUp
    );
    account.transfer(RECIPIENT, U256::from(1)).await?;
    Ok(())
}

/// F-04: what a module writes while it is forced out is bounded by the gas that it gets, however much the transaction has.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_fills_little_storage_on_its_way_out() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let module = infiltrate(world, &account, EXECUTOR, Saboteur::Conduct::FillsStorage).await?;
        let mut options = ample(world).await?;
        if let Some(fee) = &mut options.fee {
            fee.gas_limit = 70_000_000;
        }
        let out = forced_removal(account.address(), EXECUTOR, module, Bytes::new());
        let receipt = account.execute_with(&out, &options).await?;
        ensure!(receipt.gas_used < HIGHEST_GAS, "{} gas", receipt.gas_used);
        let filled = Saboteur::new(module, account.chain().provider());
        let filled: u64 = filled.filled().call().await?.to();
        ensure!((1..1_000).contains(&filled), "{filled} slots");
        Ok(())
    })
    .await
}

/// F-04: without force, a module that fails stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_module_stays_without_force() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let module = infiltrate(world, &account, EXECUTOR, Saboteur::Conduct::Reverts).await?;
        let out = removal(account.address(), EXECUTOR, module, Bytes::new());
        refused_and_failing::<Saboteur::Sabotage>(world, &account, &out).await?;
        turn(world, module, Saboteur::Conduct::BurnsGas).await?;
        let options = ample(world).await?;
        failed_in_its_block(account.execute_with(&out, &options).await)?;
        ensure!(is_installed(&account, EXECUTOR, module).await?);
        Ok(())
    })
    .await
}

/// F-11: force does not get around the guard of the last signer.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_signer_is_not_forced_out() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let module = account.suite().web_auth_validator;
        // One that claims to sign, and is not believed when it is asked.
        infiltrate(world, &account, VALIDATOR, Saboteur::Conduct::ReturnsBlob).await?;
        for out in [
            forced_removal(account.address(), VALIDATOR, module, Bytes::new()),
            removal(account.address(), VALIDATOR, module, Bytes::new()),
        ] {
            let result = account.execute(&out).await;
            refused_with::<ERC7579Account::AccountWithoutRootSigner>(result)?;
            let result = account.batch(&[out]).await;
            refused_with::<ERC7579Account::AccountWithoutRootSigner>(result)?;
        }
        account.transfer(RECIPIENT, U256::from(1)).await?;
        Ok(())
    })
    .await
}
