//! Recovery against hooks, sessions, time, and transactions that run out of gas.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::{SolCall, SolError, SolValue};
use eyre::ensure;
use zksso_bindings::{ERC7579Account, GuardianRecovery, SessionKeyValidator, WebAuthValidator};
use zksso_client::{Error, Fee, PasskeyAuthenticator, SendOptions};
use zksso_core::{Call, CallPolicy, Limit, SessionConfig};
use zksso_testkit::{ether, passkey};

use super::doubles::deploy;
use super::modules::{Accomplice, DAY, EXECUTOR, HOOK, Saboteur, install, turn, uninstall};
use super::recovery::{Guarded, domain};
use super::sessions::{config, open_on, session, wait};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_with};

/// Seconds during which a recovery can be finished once it is ready.
const VALIDITY: u64 = 3 * DAY;

/// F-09: a spending limit, even of nothing, is no obstacle to a recovery, which spends nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_spending_limit_lets_recoveries_pass() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let hook = deploy(world, "SpendingLimitHook", 0).await?;
        let limits = vec![(Address::ZERO, 0_u128), (world.token, 0_u128)];
        let data = (U256::from(DAY), limits).abi_encode_params();
        install(&guarded.account, HOOK, hook, data.into()).await?;
        guarded.approve().await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        world.backend.wallet().send(&guarded.finish()).await?;
        let nothing = Call::transfer(RECIPIENT, U256::ZERO);
        guarded.recovered().execute(&nothing).await?;
        Ok(())
    })
    .await
}

/// F-05, G-11: a hostile hook stops a recovery until a signer that is left gets rid of it; the recovery is not lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_hook_delays_a_recovery_only() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let account = &guarded.account;
        let hook = deploy(world, "Saboteur", 0).await?;
        install(account, HOOK, hook, Bytes::new()).await?;
        turn(world, hook, Saboteur::Conduct::Reverts).await?;
        guarded.approve().await?;
        let schedule = ERC7579Account::scheduleHookRemovalCall { hook };
        let schedule = Call::function(account.address(), &schedule);
        account.execute(&schedule).await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let relayer = world.backend.wallet();
        let result = relayer.send(&guarded.finish()).await;
        refused_with::<Saboteur::Sabotage>(result)?;
        let remove = ERC7579Account::removeScheduledHookCall { hook };
        account
            .execute(&Call::function(account.address(), &remove))
            .await?;
        guarded.finish_and_act(relayer).await
    })
    .await
}

/// F-08: whom the account calls in the middle of a recovery finds nothing to finish a second time.
#[tokio::test(flavor = "multi_thread")]
async fn finishing_a_recovery_cannot_be_reentered() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let hook = deploy(world, "Accomplice", 0).await?;
        install(&guarded.account, HOOK, hook, Bytes::new()).await?;
        guarded.approve().await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let prepare = Accomplice::prepareCall {
            target: guarded.recovery,
            data: guarded.finish().data,
        };
        let relayer = world.backend.wallet();
        relayer.send(&Call::function(hook, &prepare)).await?;
        relayer.send(&guarded.finish()).await?;

        let view = Accomplice::new(hook, relayer.chain().provider());
        ensure!(
            view.attempts().call().await? == U256::from(2),
            "before and after"
        );
        ensure!(view.successes().call().await?.is_zero());
        let expected = GuardianRecovery::RecoveryNotFound {}.abi_encode();
        ensure!(view.lastAnswer().call().await? == expected);
        guarded.act().await
    })
    .await
}

/// G-09, G-13: what guardians approved and signed is worth nothing after the module was installed anew with the same guardians.
#[tokio::test(flavor = "multi_thread")]
async fn reinstalling_the_module_voids_approvals_and_signatures() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let relayer = world.backend.wallet();
        let signatures = guarded.signatures().await?;
        guarded.approve().await?;
        ensure!(guarded.status().await?.approvals == U256::from(2));
        uninstall(&guarded.account, EXECUTOR, guarded.recovery).await?;
        let result = relayer.send(&signatures).await;
        refused_with::<GuardianRecovery::RecoveryModuleNotInstalled>(result)?;
        guarded.appoint().await?;
        ensure!(guarded.status().await?.requestHash.is_zero());
        let result = relayer.send(&signatures).await;
        refused_with::<GuardianRecovery::RecoveryInvalidSignature>(result)?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let result = relayer.send(&guarded.finish()).await;
        refused_with::<GuardianRecovery::RecoveryNotFound>(result)?;
        relayer.send(&guarded.signatures().await?).await?;
        ensure!(guarded.status().await?.approvals == U256::from(2));
        Ok(())
    })
    .await
}

/// G-05: no session is opened that could change guardians, and one from before the module was installed does not reach it either.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_do_not_reach_guardians() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let recovery = deploy(world, "GuardianRecovery", 0).await?;
        let early = open_on(&account, &session_over(recovery)?).await?;
        install(&account, EXECUTOR, recovery, Bytes::new()).await?;
        let propose = GuardianRecovery::proposeGuardianCall {
            hashedOriginDomain: domain(),
            newGuardian: early.session().spec.signer,
        };
        let result = early.execute(&Call::function(recovery, &propose)).await;
        let error: SessionKeyValidator::SessionTargetBanned = refused_with(result)?;
        ensure!(error.target == recovery);
        let late = session(&account, &session_over(recovery)?, STRANGER).await?;
        let error: SessionKeyValidator::SessionTargetBanned =
            refused_with(account.create_session(&late).await)?;
        ensure!(error.target == recovery);
        Ok(())
    })
    .await
}

/// A session that may propose guardians.
fn session_over(recovery: Address) -> eyre::Result<SessionConfig> {
    let signature = GuardianRecovery::proposeGuardianCall::SIGNATURE;
    Ok(SessionConfig::default()
        .with_fee_limit(Limit::lifetime(ether(1)))
        .with_call(CallPolicy::parse(recovery, signature)?))
}

/// G-05: strangers, guardians and sessions change nothing about an account's guardians and recoveries.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_change_guardians() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        guarded.approve().await?;
        let before = guarded.status().await?;
        let session = open_on(&guarded.account, &config(world)?).await?;
        let discard = GuardianRecovery::discardRecoveryCall {
            hashedOriginDomain: domain(),
        };
        let discard = Call::function(guarded.recovery, &discard);
        // They discard what is theirs: nothing.
        world.backend.wallet().send(&discard).await?;
        guarded.guardians[0].send(&discard).await?;
        let result = session.execute(&discard).await;
        refused_with::<SessionKeyValidator::SessionCallNotAllowed>(result)?;
        let remove = GuardianRecovery::removeGuardianCall {
            hashedOriginDomain: domain(),
            guardianToRemove: guarded.guardians[1].address(),
        };
        let remove = Call::function(guarded.recovery, &remove);
        let result = guarded.guardians[0].send(&remove).await;
        refused_with::<GuardianRecovery::RecoveryGuardianNotFound>(result)?;
        ensure!(guarded.status().await?.requestHash == before.requestHash);
        guarded.account.execute(&discard).await?;
        ensure!(guarded.status().await?.requestHash.is_zero());
        Ok(())
    })
    .await
}

/// G-06: a recovery is finished neither before its delay is over nor after its time has run out; then it starts anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_is_finished_in_its_window_only() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let relayer = world.backend.wallet();
        guarded.approve().await?;
        let status = guarded.status().await?;
        ensure!(status.readyAt - status.startedAt == U256::from(DAY));
        ensure!(status.expiresAt - status.readyAt == U256::from(VALIDITY));
        let now = relayer.chain().time().await?;
        if !wait(world, status.readyAt.to::<u64>() - now - 60).await? {
            return Ok(());
        }
        let error: GuardianRecovery::RecoveryNotReady =
            refused_with(relayer.send(&guarded.finish()).await)?;
        ensure!(error.readyAt == status.readyAt);
        wait(world, 60 + VALIDITY).await?;
        let error: GuardianRecovery::RecoveryExpired =
            refused_with(relayer.send(&guarded.finish()).await)?;
        ensure!(error.expiredAt == status.expiresAt);

        guarded.approve().await?;
        let again = guarded.status().await?;
        ensure!(again.requestHash != status.requestHash && again.startedAt >= status.expiresAt);
        let now = relayer.chain().time().await?;
        wait(world, again.expiresAt.to::<u64>() - now - 60).await?;
        guarded.finish_and_act(relayer).await
    })
    .await
}

/// G-11: however early a finish runs out of gas, all of it is undone, and it can be tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_runs_out_of_gas_loses_nothing() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        guarded.approve().await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let relayer = world.backend.wallet();
        let pending = guarded.status().await?.requestHash;
        let fee = relayer
            .estimate(&guarded.finish(), &SendOptions::default())
            .await?;
        let mut failures = 0;
        for percent in (20..=100).step_by(10) {
            let short = Fee {
                gas_limit: fee.gas_limit * percent / 100,
                ..fee
            };
            let options = SendOptions::default().with_fee(short);
            match relayer.send_with(&guarded.finish(), &options).await {
                Ok(_) => break,
                Err(Error::Reverted { .. }) => failures += 1,
                Err(Error::Rejected(_)) => (),
                Err(other) => return Err(other.into()),
            }
            ensure!(
                guarded.status().await?.requestHash == pending,
                "{percent} %"
            );
        }
        ensure!(failures > 2, "only {failures} failed in their blocks");
        ensure!(guarded.status().await?.requestHash.is_zero());
        guarded.act().await
    })
    .await
}

/// G-11, G-12: a passkey that the account has by the time of the finish does not make it fail; one whose id is taken by another key
/// does, and the recovery remains.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_in_use_does_not_lose_a_recovery() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let account = &guarded.account;
        guarded.approve().await?;
        let pending = guarded.status().await?.requestHash;
        let credential = guarded.found.credential();
        let other = passkey().await?;
        let taken = WebAuthValidator::addValidationKeyCall {
            credentialId: credential.id().clone(),
            rawPublicKey: other.credential().public_key().coordinates(),
            originDomain: credential.origin().to_owned(),
        };
        let module = account.suite().web_auth_validator;
        account.execute(&Call::function(module, &taken)).await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let relayer = world.backend.wallet();
        let result = relayer.send(&guarded.finish()).await;
        refused_with::<WebAuthValidator::WebAuthnKeyAlreadyExists>(result)?;
        ensure!(guarded.status().await?.requestHash == pending);
        account.remove_passkey(credential).await?;
        account.add_passkey(credential).await?;
        guarded.finish_and_act(relayer).await
    })
    .await
}
