//! Acting through a session key.

use alloy::primitives::{Address, U256};
use alloy::signers::local::PrivateKeySigner;
use eyre::ensure;
use zksso_bindings::{ERC20, SessionKeyValidator, TimestampAsserter};
use zksso_client::{Error, Receipt, SendOptions, SessionClient, SmartAccount};
use zksso_core::{
    Accepted, Call, CallPolicy, Constraint, Expiry, Limit, Refusal, Seconds, Session,
    SessionConfig, TransferPolicy,
};
use zksso_testkit::{World, ether};

use super::{RECIPIENT, STRANGER, on_each_backend, refused_as_unauthorised, refused_with};

/// Wei that may go to [`RECIPIENT`] over the session's lifetime.
pub(super) const WEI_LIMIT: u64 = 1_000;
/// How long the session lasts, in seconds.
pub(super) const LIFETIME: u64 = 3_600;

pub(super) struct Opened {
    pub(super) account: SmartAccount,
    pub(super) session: SessionClient,
    /// Sends what follows with the fee of an allowed call.
    pub(super) options: SendOptions,
    pub(super) token: Address,
}

impl Opened {
    pub(super) async fn transfer(&self, to: Address, wei: u64) -> zksso_client::Result<Receipt> {
        self.session
            .execute_with(&Call::transfer(to, U256::from(wei)), &self.options)
            .await
    }

    pub(super) async fn transfer_token(
        &self,
        to: Address,
        amount: U256,
    ) -> zksso_client::Result<Receipt> {
        self.session
            .execute_with(&self.token_call(to, amount), &self.options)
            .await
    }

    pub(super) fn token_call(&self, to: Address, amount: U256) -> Call {
        token_call(self.token, to, amount)
    }
}

/// Insists that the chain answered as the model said, down to the data of a refusal and the counters.
pub(super) async fn ensure_as_predicted(
    client: &SessionClient,
    result: &zksso_client::Result<Receipt>,
    expected: zksso_client::Result<Accepted>,
) -> eyre::Result<()> {
    match (result, expected) {
        (Ok(_), Ok(accepted)) => ensure!(client.record().await? == accepted.record),
        (Err(error), Err(Error::Session(refusal))) => {
            let data = error.decoded().map(|decoded| decoded.data.clone());
            ensure!(
                data == refusal.revert_data(),
                "{error} instead of {refusal}"
            );
        }
        (result, expected) => eyre::bail!("{result:?} instead of {expected:?}"),
    }
    Ok(())
}

pub(super) fn token_call(token: Address, to: Address, value: U256) -> Call {
    Call::function(token, &ERC20::transferCall { to, value })
}

pub(super) fn config(world: &World) -> eyre::Result<SessionConfig> {
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

pub(super) async fn open(world: &World) -> eyre::Result<Opened> {
    let account = world.account().await?;
    let session = open_on(&account, &config(world)?).await?;
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

/// Opens a session of a new key on an account.
pub(super) async fn open_on(
    account: &SmartAccount,
    config: &SessionConfig,
) -> eyre::Result<SessionClient> {
    let key = PrivateKeySigner::random();
    let session = session(account, config, key.address()).await?;
    account.create_session(&session).await?;
    Ok(account.session(session, key)?)
}

/// A session that is not open yet.
pub(super) async fn session(
    account: &SmartAccount,
    config: &SessionConfig,
    signer: Address,
) -> eyre::Result<Session> {
    Ok(config.to_session(signer, account.chain().time().await?)?)
}

/// Moves the chain's time; false, with a word to the reader, where that is impossible.
pub(super) async fn wait(world: &World, seconds: u64) -> eyre::Result<bool> {
    let moved = world.backend.increase_time(seconds).await?;
    if !moved {
        let name = world.backend.name();
        eprintln!("SKIPPED on {name}: its time cannot be moved");
    }
    Ok(moved)
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

/// E-23, K-04: nobody uses a session that is over, or within its last minute.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        opened.transfer(RECIPIENT, 1).await?;
        let expires_at = opened.session.session().spec.expiresAt;
        let left = expires_at.to::<u64>() - opened.account.chain().time().await?;
        if !wait(world, left - 30).await? {
            return Ok(());
        }
        // Nodes take no transaction that would not be valid any more when its block comes late.
        let call = Call::transfer(RECIPIENT, U256::from(1));
        refused_as_unauthorised(opened.transfer(RECIPIENT, 1).await)?;
        let checked = opened.session.check(&call, U256::ZERO).await;
        ensure!(matches!(
            checked,
            Err(Error::Session(Refusal::EndsTooSoon { .. }))
        ));
        wait(world, 31).await?;
        let error: TimestampAsserter::TimestampOutOfRange =
            refused_with(opened.transfer(RECIPIENT, 1).await)?;
        ensure!(error.end == expires_at);
        let checked = opened.session.check(&call, U256::ZERO).await;
        ensure!(matches!(
            checked,
            Err(Error::Session(Refusal::TimeOutOfRange { .. }))
        ));
        Ok(())
    })
    .await
}

/// E-35: the policies of a session are worth nothing without the owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_nobody_opened_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let thief = PrivateKeySigner::random();
        let mut session = opened.session.session().clone();
        session.spec.signer = thief.address();
        let hash = session.hash();
        let forged = opened.account.session(session, thief)?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let result = forged.execute_with(&call, &opened.options).await;
        let error: SessionKeyValidator::SessionNotActive = refused_with(result)?;
        ensure!(error.sessionHash == hash);
        Ok(())
    })
    .await
}
