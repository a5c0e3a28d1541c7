//! Opening and closing sessions, and who may.

use alloy::consensus::SignableTransaction;
use alloy::primitives::{Address, Bytes, U256};
use alloy::signers::{SignerSync, local::PrivateKeySigner};
use alloy::sol_types::SolCall;
use alloy_zksync::network::unsigned_tx::eip712::{Eip712Meta, TxEip712};
use eyre::ensure;
use zksso_bindings::{ERC20, ERC7579Account, SessionKeyValidator};
use zksso_client::{Error, SendOptions};
use zksso_core::{
    Call, CallPolicy, Expiry, Limit, Refusal, Seconds, Session, SessionConfig, Status,
    TransferPolicy, encode_signature,
};
use zksso_testkit::ether;

use super::doubles::{FixedKey, PrefixKey, deploy, relay};
use super::sessions::{config, open, open_on, session, wait};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_as_unauthorised, refused_with};

/// E-05: what became a module after the session was opened is out of its reach.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_became_a_module_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        // A second copy of the session module, which is a contract like any other until it is installed.
        let target = deploy(world, "SessionKeyValidator", 1).await?;
        let policy = CallPolicy::of::<SessionKeyValidator::revokeAllKeysCall>(target)?;
        let client = open_on(&account, &config(world)?.with_call(policy)).await?;
        let call = Call::function(target, &SessionKeyValidator::revokeAllKeysCall {});
        let fee = client.estimate(&call, &SendOptions::default()).await?;
        let options = SendOptions::default().with_fee(fee);
        client.execute_with(&call, &options).await?;
        account.install_validator(target, Bytes::new()).await?;
        let result = client.execute_with(&call, &options).await;
        let error: SessionKeyValidator::SessionTargetBanned = refused_with(result)?;
        ensure!(error.target == target);
        let checked = client.check(&call, U256::ZERO).await;
        ensure!(matches!(
            checked,
            Err(Error::Session(Refusal::TargetBanned { .. }))
        ));
        Ok(())
    })
    .await
}

/// E-23, E-29, E-35: sessions that could not be used, or used for too much, are not opened.
#[tokio::test(flavor = "multi_thread")]
async fn senseless_sessions_are_not_opened() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let base = session(&account, &config(world)?, STRANGER).await?;
        let changed = |change: fn(&mut Session)| {
            let mut session = base.clone();
            change(&mut session);
            session
        };
        let now = account.chain().time().await?;
        let mut soon = base.clone();
        soon.spec.expiresAt = U256::from(now + 60);
        let error: SessionKeyValidator::SessionExpiresTooSoon =
            refused_with(account.create_session(&soon).await)?;
        ensure!(error.expiresAt == soon.spec.expiresAt);
        let unlimited = changed(|session| session.spec.feeLimit.limitType = 0);
        refused_with::<SessionKeyValidator::SessionUnlimitedFees>(
            account.create_session(&unlimited).await,
        )?;
        let nobody = changed(|session| session.spec.signer = Address::ZERO);
        refused_with::<SessionKeyValidator::SessionZeroSigner>(
            account.create_session(&nobody).await,
        )?;
        for target in [
            account.address(),
            world.suite.session_key_validator,
            zksso_bindings::NONCE_HOLDER_ADDRESS,
        ] {
            let mut banned = base.clone();
            banned.spec.transferPolicies[0].target = target;
            let error: SessionKeyValidator::SessionTargetBanned =
                refused_with(account.create_session(&banned).await)?;
            ensure!(error.target == target);
        }
        ensure!(account.list_sessions(0, 9).await?.is_empty());
        Ok(())
    })
    .await
}

/// E-23: a session may last forever.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_end_is_used() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let mut session = session(&account, &config(world)?, key.address()).await?;
        session.spec.expiresAt = U256::MAX;
        account.create_session(&session).await?;
        let client = account.session(session, key)?;
        client.transfer(RECIPIENT, U256::from(1)).await?;
        if wait(world, 100 * 365 * 86_400).await? {
            client.transfer(RECIPIENT, U256::from(1)).await?;
        }
        Ok(())
    })
    .await
}

/// E-35: only the session's key signs for the session, and only properly.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_and_malformed_signatures_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let session = opened.session.session();
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let stranger = PrivateKeySigner::random().sign_hash_sync(&session.hash())?;
        let signatures = [
            stranger.as_bytes().to_vec(),
            vec![0; 65],
            vec![0xff; 65],
            vec![0; 64],
            vec![0xff; 128],
            Vec::new(),
        ];
        for signature in signatures {
            let key = FixedKey {
                address: session.spec.signer,
                signature: signature.into(),
            };
            let thief = opened.account.session(session.clone(), key)?;
            refused_as_unauthorised(thief.execute_with(&call, &opened.options).await)?;
        }
        let record = opened.session.record().await?;
        ensure!(record.fees().1.is_zero(), "refused, and yet charged");
        Ok(())
    })
    .await
}

/// A session key of another kind than secp256k1 signs for a session, and only it does.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_kind_signs() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let verifier = deploy(world, "PrefixVerifier", 0).await?;
        let key = || PrefixKey::new(verifier, b"a key of thirty-three bytes, or so");
        use zksso_client::SessionKey;
        let session = session(&account, &config(world)?, key().address()).await?;
        account.create_session(&session).await?;
        let client = account.session(session.clone(), key())?;
        client.transfer(RECIPIENT, U256::from(1)).await?;
        let forged = FixedKey {
            address: session.spec.signer,
            signature: key().placeholder(),
        };
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let fee = client.estimate(&call, &SendOptions::default()).await?;
        let thief = account.session(session, forged)?;
        let options = SendOptions::default().with_fee(fee);
        refused_as_unauthorised(thief.execute_with(&call, &options).await)?;
        client.execute_with(&call, &options).await?;
        Ok(())
    })
    .await
}

/// E-37: what a key signed for one chain is worth nothing on another.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_for_another_chain_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let session = session(&account, &config(world)?, key.address()).await?;
        account.create_session(&session).await?;
        let client = account.session(session.clone(), key.clone())?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let right = client
            .relayed_transaction(&call, &SendOptions::default())
            .await?;
        let signed_for = |chain_id| -> eyre::Result<ERC7579Account::Transaction> {
            let transaction = TxEip712 {
                chain_id,
                nonce: right.nonce,
                to: RECIPIENT,
                from: account.address(),
                value: U256::from(1),
                eip712_meta: Some(Eip712Meta {
                    gas_per_pubdata: right.gasPerPubdataByteLimit,
                    ..Eip712Meta::default()
                }),
                ..TxEip712::default()
            };
            let signature = key.sign_hash_sync(&transaction.signature_hash())?;
            let claims = session.claims_at(&Default::default(), 0);
            let envelope = encode_signature(
                signature.as_bytes().into(),
                world.suite.session_key_validator,
                session.validator_data(&claims),
            );
            Ok(ERC7579Account::Transaction {
                signature: envelope,
                ..right.clone()
            })
        };
        let here = account.chain().chain_id();
        let result = relay(world, account.address(), signed_for(here + 1)?).await;
        refused_with::<ERC7579Account::AccountInvalidOutsideTransaction>(result)?;
        relay(world, account.address(), signed_for(here)?).await?;
        Ok(())
    })
    .await
}

/// E-38: revocation works at once, once, on own sessions only, and for good.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_is_refused_for_good() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let (account, session) = (&opened.account, opened.session.session());
        let hash = session.hash();
        let foreigner = world.account().await?;
        let result = foreigner.revoke_session(hash).await;
        refused_with::<SessionKeyValidator::SessionNotActive>(result)?;
        opened.transfer(RECIPIENT, 1).await?;
        ensure!(account.session_status(hash).await? == Status::Active);

        account.revoke_session(hash).await?;
        let error: SessionKeyValidator::SessionNotActive =
            refused_with(opened.transfer(RECIPIENT, 1).await)?;
        ensure!(error.sessionHash == hash);
        ensure!(account.session_status(hash).await? == Status::Closed);
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let checked = opened.session.check(&call, U256::ZERO).await;
        ensure!(matches!(
            checked,
            Err(Error::Session(Refusal::NotActive { .. }))
        ));
        refused_with::<SessionKeyValidator::SessionNotActive>(account.revoke_session(hash).await)?;
        let error: SessionKeyValidator::SessionAlreadyExists =
            refused_with(account.create_session(session).await)?;
        ensure!(error.sessionHash == hash);
        ensure!(account.list_sessions(0, 9).await? == [hash]);
        Ok(())
    })
    .await
}

/// E-39: one call closes all sessions; later ones work.
#[tokio::test(flavor = "multi_thread")]
async fn revoking_all_sessions_closes_every_one() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let second = open_on(&opened.account, &config(world)?).await?;
        opened.account.revoke_all_sessions().await?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        for client in [&opened.session, &second] {
            let result = client.execute_with(&call, &opened.options).await;
            refused_with::<SessionKeyValidator::SessionNotActive>(result)?;
        }
        let result = opened.account.create_session(second.session()).await;
        refused_with::<SessionKeyValidator::SessionAlreadyExists>(result)?;
        let third = open_on(&opened.account, &config(world)?).await?;
        third.execute(&call).await?;
        let all = opened.account.list_sessions(0, 9).await?;
        ensure!(all.len() == 3 && all[2] == third.session().hash());
        ensure!(opened.account.list_sessions(1, 1).await? == all[1..2]);
        Ok(())
    })
    .await
}

/// E-40: sessions do not survive that the module is uninstalled.
#[tokio::test(flavor = "multi_thread")]
async fn reinstalling_the_module_opens_no_old_session() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let (account, module) = (&opened.account, world.suite.session_key_validator);
        opened.transfer(RECIPIENT, 1).await?;
        account.uninstall_validator(module, Bytes::new()).await?;
        refused_as_unauthorised(opened.transfer(RECIPIENT, 1).await)?;
        account.install_validator(module, Bytes::new()).await?;
        let result = opened.transfer(RECIPIENT, 1).await;
        refused_with::<SessionKeyValidator::SessionNotActive>(result)?;
        let fresh = open_on(account, &config(world)?).await?;
        fresh.transfer(RECIPIENT, U256::from(1)).await?;
        Ok(())
    })
    .await
}

/// E-41: the same policies in another session start from zero.
#[tokio::test(flavor = "multi_thread")]
async fn another_session_has_counters_of_its_own() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let mut session = session(&account, &config(world)?, key.address()).await?;
        let limit = session.spec.transferPolicies[0].valueLimit.limit;
        for _ in 0..2 {
            account.create_session(&session).await?;
            let client = account.session(session.clone(), key.clone())?;
            ensure!(client.record().await?.trackers.iter().all(U256::is_zero));
            client.transfer(RECIPIENT, limit).await?;
            ensure!(client.record().await?.trackers[0] == limit);
            account.revoke_session(session.hash()).await?;
            session.spec.expiresAt += U256::from(1);
        }
        Ok(())
    })
    .await
}

/// E-43: what validation counted stays counted when the call then fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_is_charged() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let policy = CallPolicy::of::<ERC20::transferCall>(world.token)?.with_constraint(
            zksso_core::Constraint::limited(1, Limit::lifetime(ether(10_000))),
        );
        let config = SessionConfig::default()
            .with_fee_limit(Limit::lifetime(ether(1)))
            .with_call(policy);
        let client = open_on(&account, &config).await?;
        let call = |amount| super::sessions::token_call(world.token, RECIPIENT, ether(amount));
        let fee = client.estimate(&call(1), &SendOptions::default()).await?;
        let options = SendOptions::default().with_fee(fee);
        let result = client.execute_with(&call(2_000), &options).await;
        ensure!(matches!(result, Err(Error::Reverted { .. })));
        refused_with::<ERC20::ERC20InsufficientBalance>(result)?;
        let record = client.record().await?;
        ensure!(record.trackers == [U256::ZERO, ether(2_000)]);
        ensure!(record.fees().1 == fee.max_cost());
        Ok(())
    })
    .await
}

/// E-45: nobody keeps an account from using a session key by using it first.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_key_is_nobodys_property() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let (victim, attacker) = (world.account().await?, world.account().await?);
        let key = PrivateKeySigner::random();
        let session = session(&victim, &config(world)?, key.address()).await?;
        attacker.create_session(&session).await?;
        victim.create_session(&session).await?;
        let longer = config(world)?.with_expiry(Expiry::After(Seconds::hours(2)));
        let second = super::sessions::session(&victim, &longer, key.address()).await?;
        victim.create_session(&second).await?;
        for session in [session, second] {
            let client = victim.session(session, key.clone())?;
            client.transfer(RECIPIENT, U256::from(1)).await?;
        }
        Ok(())
    })
    .await
}

/// E-06: a transfer policy for the account itself is not opened; a call policy for its `execute` neither.
#[tokio::test(flavor = "multi_thread")]
async fn the_account_itself_is_no_target() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let policy = CallPolicy::parse(account.address(), ERC7579Account::executeCall::SIGNATURE)?;
        let one = Limit::lifetime(U256::from(1));
        let configs = [
            SessionConfig::default().with_call(policy),
            SessionConfig::default().with_transfer(TransferPolicy::new(account.address(), one)),
        ];
        for config in configs {
            let session = session(&account, &config, STRANGER).await?;
            refused_with::<SessionKeyValidator::SessionTargetBanned>(
                account.create_session(&session).await,
            )?;
        }
        Ok(())
    })
    .await
}
