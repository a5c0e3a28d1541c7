//! Getting rid of a hook that refuses everything.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;
use eyre::ensure;
use zksso_bindings::{ERC7579Account, SessionKeyValidator};
use zksso_client::{Receipt, SmartAccount};
use zksso_core::{Call, CallPolicy, SessionConfig};
use zksso_testkit::World;

use super::doubles::deploy;
use super::modules::{
    DAY, EXECUTOR, HOOK, Saboteur, add_owner, ample, failed_in_its_block, forced_removal, install,
    is_installed, refused_and_failing, through, turn, uninstall,
};
use super::outside::Signed;
use super::sessions::{config, open_on, session, wait};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_with};

/// An account with a hook that turned against it.
struct Besieged {
    account: SmartAccount,
    hook: Address,
}

impl Besieged {
    async fn new(world: &World, conduct: Saboteur::Conduct) -> eyre::Result<Self> {
        let besieged = Self::at_peace(world, world.account().await?).await?;
        turn(world, besieged.hook, conduct).await?;
        Ok(besieged)
    }

    /// The hook is installed, and behaves.
    async fn at_peace(world: &World, account: SmartAccount) -> eyre::Result<Self> {
        let hook = deploy(world, "Saboteur", 0).await?;
        install(&account, HOOK, hook, Bytes::new()).await?;
        Ok(Self { account, hook })
    }

    /// Opens the window in which the hook can be removed.
    fn scheduling(&self) -> Call {
        let call = ERC7579Account::scheduleHookRemovalCall { hook: self.hook };
        Call::function(self.account.address(), &call)
    }

    /// Removes the hook in its window.
    fn escape(&self) -> Call {
        let call = ERC7579Account::removeScheduledHookCall { hook: self.hook };
        Call::function(self.account.address(), &call)
    }

    async fn window(&self) -> eyre::Result<(u64, u64)> {
        let view = ERC7579Account::new(self.account.address(), self.account.chain().provider());
        let window = view.hookRemovalWindow(self.hook).call().await?;
        Ok((window.from.to(), window.until.to()))
    }

    /// Insists that the hook cannot be removed now.
    async fn expect_not_due(&self, result: zksso_client::Result<Receipt>) -> eyre::Result<()> {
        let error: ERC7579Account::AccountHookRemovalNotDue = refused_with(result)?;
        ensure!(error.hook == self.hook && error.from == U256::from(self.window().await?.0));
        ensure!(is_installed(&self.account, HOOK, self.hook).await?);
        Ok(())
    }
}

fn gift() -> Call {
    Call::transfer(RECIPIENT, U256::from(1))
}

/// F-05, F-28: whatever a hook does to keep its place, the account is rid of it a day after it said so, and not before.
#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_hook_is_gone_after_a_day() -> eyre::Result<()> {
    on_each_backend(async |world| {
        for (conduct, cleans_up) in [
            (Saboteur::Conduct::Reverts, false),
            (Saboteur::Conduct::BurnsGas, false),
            (Saboteur::Conduct::RevertsWithBlob, false),
            (Saboteur::Conduct::FillsStorage, true),
        ] {
            let besieged = Besieged::new(world, conduct).await?;
            let account = &besieged.account;
            let forced = forced_removal(account.address(), HOOK, besieged.hook, Bytes::new());
            let options = ample(world).await?;
            for call in [gift(), forced] {
                failed_in_its_block(account.execute_with(&call, &options).await)?;
            }
            besieged
                .expect_not_due(account.execute(&besieged.escape()).await)
                .await?;

            let before = account.chain().time().await?;
            let receipt = account.execute(&besieged.scheduling()).await?;
            let event: ERC7579Account::HookRemovalScheduled = receipt
                .event(account.address())
                .expect("the account's event");
            let (from, until) = besieged.window().await?;
            ensure!(event.from == U256::from(from) && event.until == U256::from(until));
            ensure!(from >= before + DAY && until - from == 6 * DAY);
            besieged
                .expect_not_due(account.execute(&besieged.escape()).await)
                .await?;
            let left = from - account.chain().time().await?;
            if !wait(world, left - 60).await? {
                return Ok(());
            }
            besieged
                .expect_not_due(account.execute(&besieged.escape()).await)
                .await?;
            wait(world, 60).await?;
            let receipt = account.execute(&besieged.escape()).await?;
            let removed: Option<ERC7579Account::ModuleForceUninstalled> =
                receipt.event(account.address());
            ensure!(
                removed.is_some_and(
                    |event| event.cleanedUp == cleans_up && event.module == besieged.hook
                )
            );
            ensure!(!is_installed(account, HOOK, besieged.hook).await?);
            account.execute(&gift()).await?;
        }
        Ok(())
    })
    .await
}

/// F-05: owners have the way out like passkeys.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_takes_the_way_out() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let besieged = Besieged::at_peace(world, world.account().await?).await?;
        let owner = add_owner(&besieged.account).await?;
        turn(world, besieged.hook, Saboteur::Conduct::Reverts).await?;
        refused_with::<Saboteur::Sabotage>(owner.execute(&gift()).await)?;
        owner.execute(&besieged.scheduling()).await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        owner.execute(&besieged.escape()).await?;
        owner.execute(&gift()).await?;
        Ok(())
    })
    .await
}

/// F-28: the window closes, and opens again only as it did the first time; meanwhile nobody restarts it.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_for_removal_closes() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let besieged = Besieged::new(world, Saboteur::Conduct::Reverts).await?;
        let account = &besieged.account;
        account.execute(&besieged.scheduling()).await?;
        let result = account.execute(&besieged.scheduling()).await;
        refused_with::<ERC7579Account::AccountHookRemovalPending>(result)?;
        if !wait(world, 7 * DAY).await? {
            return Ok(());
        }
        besieged
            .expect_not_due(account.execute(&besieged.escape()).await)
            .await?;
        account.execute(&besieged.scheduling()).await?;
        besieged
            .expect_not_due(account.execute(&besieged.escape()).await)
            .await?;
        wait(world, DAY).await?;
        account.execute(&besieged.escape()).await?;
        Ok(())
    })
    .await
}

/// F-28: the owner who did not start it cancels a removal by reinstalling the hook.
#[tokio::test(flavor = "multi_thread")]
async fn reinstalling_a_hook_cancels_its_removal() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let besieged = Besieged::at_peace(world, world.account().await?).await?;
        let account = &besieged.account;
        account.execute(&besieged.scheduling()).await?;
        uninstall(account, HOOK, besieged.hook).await?;
        install(account, HOOK, besieged.hook, Bytes::new()).await?;
        ensure!(besieged.window().await? == (0, 0));
        if !wait(world, DAY).await? {
            return Ok(());
        }
        besieged
            .expect_not_due(account.execute(&besieged.escape()).await)
            .await
    })
    .await
}

/// F-06: sessions, executors and strangers do not get a hook out of the way.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_takes_the_way_out() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let besieged = Besieged::at_peace(world, world.account().await?).await?;
        let account = &besieged.account;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        install(account, EXECUTOR, executor, Bytes::new()).await?;
        let session = open_on(account, &config(world)?).await?;
        turn(world, besieged.hook, Saboteur::Conduct::Reverts).await?;

        let options = ample(world).await?;
        for call in [besieged.scheduling(), besieged.escape()] {
            let result = session.execute_with(&call, &options).await;
            let error: SessionKeyValidator::SessionCallNotAllowed = refused_with(result)?;
            ensure!(error.target == account.address());
            let wallet = world.backend.wallet();
            let result = wallet
                .send(&through(executor, account.address(), &call))
                .await;
            refused_with::<Saboteur::Sabotage>(result)?;
            let error: ERC7579Account::AccountNotFromSelf = refused_with(wallet.send(&call).await)?;
            ensure!(error.caller == wallet.address());
        }
        ensure!(besieged.window().await? == (0, 0));
        Ok(())
    })
    .await
}

/// F-06: no session is opened that could start it.
#[tokio::test(flavor = "multi_thread")]
async fn no_session_may_remove_hooks() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let besieged = Besieged::at_peace(world, world.account().await?).await?;
        let account = &besieged.account;
        for signature in [
            ERC7579Account::scheduleHookRemovalCall::SIGNATURE,
            ERC7579Account::removeScheduledHookCall::SIGNATURE,
        ] {
            let policy = CallPolicy::parse(account.address(), signature)?;
            let config = SessionConfig::default().with_call(policy);
            let session = session(account, &config, STRANGER).await?;
            let error: SessionKeyValidator::SessionTargetBanned =
                refused_with(account.create_session(&session).await)?;
            ensure!(error.target == account.address());
        }
        Ok(())
    })
    .await
}

/// F-05: only the two calls themselves pass by a hook, not what travels with them.
#[tokio::test(flavor = "multi_thread")]
async fn the_way_out_takes_no_luggage() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let besieged = Besieged::new(world, Saboteur::Conduct::Reverts).await?;
        let account = &besieged.account;
        let batched = account.batch_call(&[besieged.scheduling(), gift()]);
        refused_and_failing::<Saboteur::Sabotage>(world, account, &batched).await?;
        let paid = besieged.scheduling().with_value(U256::from(1));
        refused_and_failing::<Saboteur::Sabotage>(world, account, &paid).await?;
        ensure!(besieged.window().await? == (0, 0));
        Ok(())
    })
    .await
}

/// F-05, F-09: under forced inclusion the hook is asked, too, and the way out is as open.
#[tokio::test(flavor = "multi_thread")]
async fn the_way_out_is_open_from_outside() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut signed = Signed::new(world).await?;
        let besieged = Besieged::at_peace(world, signed.account.clone()).await?;
        signed.renew(gift()).await?;
        signed.bring(world, 0).await?;
        turn(world, besieged.hook, Saboteur::Conduct::Reverts).await?;
        signed.renew(gift()).await?;
        refused_with::<Saboteur::Sabotage>(signed.bring(world, 0).await)?;
        signed.renew(besieged.scheduling()).await?;
        signed.bring(world, 0).await?;
        signed.renew(besieged.escape()).await?;
        besieged
            .expect_not_due(signed.bring(world, 0).await)
            .await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        // The refused one has not used up its nonce.
        signed.bring(world, 0).await?;
        ensure!(!is_installed(&besieged.account, HOOK, besieged.hook).await?);
        signed.renew(gift()).await?;
        signed.bring(world, 0).await?;
        Ok(())
    })
    .await
}
