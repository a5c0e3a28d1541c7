//! Acting through a session key.

use alloy::primitives::{Address, U256};
use alloy::signers::local::PrivateKeySigner;
use eyre::ensure;
use zksso_bindings::{ERC20, SessionKeyValidator, SessionSpec, TimestampAsserter};
use zksso_client::{Receipt, SendOptions, SessionClient, SmartAccount};
use zksso_core::{
    Call, CallPolicy, Constraint, Expiry, Limit, Seconds, SessionConfig, TransferPolicy,
};
use zksso_testkit::{World, ether};

use super::{RECIPIENT, STRANGER, on_each_backend, refused_with};

/// Wei that may go to [`RECIPIENT`] over the session's lifetime.
const WEI_LIMIT: u64 = 1_000;
/// How long the session lasts, in seconds.
const LIFETIME: u64 = 3_600;

struct Opened {
    account: SmartAccount,
    session: SessionClient,
    /// Sends what follows with the fee of an allowed call.
    options: SendOptions,
    token: Address,
}

impl Opened {
    async fn transfer(&self, to: Address, wei: u64) -> zksso_client::Result<Receipt> {
        self.session
            .execute_with(&Call::transfer(to, U256::from(wei)), &self.options)
            .await
    }

    async fn transfer_token(&self, to: Address, amount: U256) -> zksso_client::Result<Receipt> {
        self.session
            .execute_with(&self.token_call(to, amount), &self.options)
            .await
    }

    fn token_call(&self, to: Address, amount: U256) -> Call {
        Call::function(self.token, &ERC20::transferCall { to, value: amount })
    }
}

fn config(world: &World) -> eyre::Result<SessionConfig> {
    let token_policy = CallPolicy::of::<ERC20::transferCall>(world.token)?
        .with_constraint(Constraint::equal(0, RECIPIENT))
        .with_constraint(Constraint::limited(1, Limit::lifetime(ether(10))));
    Ok(SessionConfig::default()
        .with_expiry(Expiry::After(Seconds::new(LIFETIME)))
        .with_fee_limit(Limit::lifetime(ether(1)))
        .with_transfer(TransferPolicy::new(
            RECIPIENT,
            Limit::lifetime(U256::from(WEI_LIMIT)),
        ))
        .with_call(token_policy))
}

async fn open(world: &World) -> eyre::Result<Opened> {
    open_with(world, config(world)?).await
}

async fn open_with(world: &World, config: SessionConfig) -> eyre::Result<Opened> {
    let account = world.account().await?;
    let key = PrivateKeySigner::random();
    let spec = config.to_spec(key.address(), account.chain().time().await?)?;
    account.create_session(&spec).await?;
    let session = account.session(spec, key)?;
    let mut opened = Opened {
        account,
        session,
        options: SendOptions::default(),
        token: world.token,
    };
    // The dearer of the two allowed calls, so that its fee suffices for both.
    let call = opened.token_call(RECIPIENT, U256::from(1));
    let fee = opened
        .session
        .estimate(&call, &SendOptions::default())
        .await?;
    opened.options = SendOptions::default().with_fee(fee);
    Ok(opened)
}

fn session_hash(spec: &SessionSpec) -> alloy::primitives::B256 {
    zksso_core::session_hash(spec)
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_and_token_transfers_inside_the_limits_pass() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let before = opened.account.chain().balance(RECIPIENT).await?;
        let tokens_before = world.token_balance(RECIPIENT).await?;
        opened.session.transfer(RECIPIENT, U256::from(400)).await?;
        opened.transfer(RECIPIENT, WEI_LIMIT - 400).await?;
        opened
            .session
            .execute(&opened.token_call(RECIPIENT, ether(4)))
            .await?;
        opened.transfer_token(RECIPIENT, ether(6)).await?;
        ensure!(opened.account.chain().balance(RECIPIENT).await? == before + U256::from(WEI_LIMIT));
        ensure!(world.token_balance(RECIPIENT).await? == tokens_before + ether(10));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_over_the_lifetime_limit_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        opened.transfer(RECIPIENT, 600).await?;
        let result = opened.transfer(RECIPIENT, WEI_LIMIT - 599).await;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.used == U256::from(600) && error.limit == U256::from(WEI_LIMIT));
        ensure!(error.amount == U256::from(WEI_LIMIT - 599));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_over_the_amount_limit_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        opened.transfer_token(RECIPIENT, ether(10)).await?;
        let result = opened.transfer_token(RECIPIENT, U256::from(1)).await;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.used == ether(10) && error.amount == U256::from(1));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_recipients_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let error: SessionKeyValidator::SessionTransferNotAllowed =
            refused_with(opened.transfer(STRANGER, 1).await)?;
        ensure!(error.target == STRANGER);
        let result = opened.transfer_token(STRANGER, U256::from(1)).await;
        let error: SessionKeyValidator::SessionConditionFailed = refused_with(result)?;
        ensure!(error.actual == STRANGER.into_word() && error.refValue == RECIPIENT.into_word());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn unlisted_targets_and_functions_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let approve = ERC20::approveCall {
            spender: RECIPIENT,
            value: U256::from(1),
        };
        for target in [
            world.token,
            world.suite.web_auth_validator,
            opened.account.address(),
        ] {
            let call = Call::function(target, &approve);
            let result = opened.session.execute_with(&call, &opened.options).await;
            let error: SessionKeyValidator::SessionCallNotAllowed = refused_with(result)?;
            ensure!(error.target == target);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        opened.transfer(RECIPIENT, 1).await?;
        if !world.backend.increase_time(LIFETIME + 1).await? {
            eprintln!(
                "SKIPPED on {}: its time cannot be moved",
                world.backend.name()
            );
            return Ok(());
        }
        let error: TimestampAsserter::TimestampOutOfRange =
            refused_with(opened.transfer(RECIPIENT, 1).await)?;
        ensure!(error.end == opened.session.spec().expiresAt);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        opened.transfer(RECIPIENT, 1).await?;
        opened.account.revoke_session(opened.session.spec()).await?;
        let error: SessionKeyValidator::SessionNotActive =
            refused_with(opened.transfer(RECIPIENT, 1).await)?;
        ensure!(error.sessionHash == session_hash(opened.session.spec()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_nobody_opened_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let thief = PrivateKeySigner::random();
        let spec = SessionSpec {
            signer: thief.address(),
            ..opened.session.spec().clone()
        };
        let forged = opened.account.session(spec.clone(), thief)?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let result = forged.execute_with(&call, &opened.options).await;
        let error: SessionKeyValidator::SessionNotActive = refused_with(result)?;
        ensure!(error.sessionHash == session_hash(&spec));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_over_the_limit_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let tight = config(world)?.with_fee_limit(Limit::lifetime(U256::from(1)));
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let spec = tight.to_spec(key.address(), account.chain().time().await?)?;
        account.create_session(&spec).await?;
        let session = account.session(spec, key)?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let fee = account.estimate(&call, &SendOptions::default()).await?;
        let result = session
            .execute_with(&call, &SendOptions::default().with_fee(fee))
            .await;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.limit == U256::from(1) && error.amount == fee.max_cost());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_starts_anew_with_each_period() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let period = Seconds::new(600);
        let allowance = Limit::allowance(U256::from(100), period);
        let config = SessionConfig::default()
            .with_fee_limit(Limit::lifetime(ether(1)))
            .with_transfer(TransferPolicy::new(RECIPIENT, allowance));
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let spec = config.to_spec(key.address(), account.chain().time().await?)?;
        account.create_session(&spec).await?;
        let session = account.session(spec, key)?;
        // Well inside a period: the last minute of each is refused by the chain.
        let into_period = account.chain().time().await? % 600;
        if !world.backend.increase_time(600 - into_period + 10).await? {
            eprintln!(
                "SKIPPED on {}: its time cannot be moved",
                world.backend.name()
            );
            return Ok(());
        }
        let call = Call::transfer(RECIPIENT, U256::from(100));
        let fee = session.estimate(&call, &SendOptions::default()).await?;
        let options = SendOptions::default().with_fee(fee);
        session.execute_with(&call, &options).await?;
        let result = session
            .execute_with(&Call::transfer(RECIPIENT, U256::from(1)), &options)
            .await;
        refused_with::<SessionKeyValidator::SessionAllowanceExceeded>(result)?;
        world.backend.increase_time(600).await?;
        session.execute_with(&call, &options).await?;
        Ok(())
    })
    .await
}
