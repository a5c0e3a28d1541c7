//! Sessions with options.

use alloy::primitives::{Address, Bytes, U256};
use alloy::signers::local::PrivateKeySigner;
use eyre::ensure;
use zksso_bindings::{ERC20, SessionKeyValidator, TimestampAsserter};
use zksso_client::{Error, Fee, Receipt, SendOptions, SessionClient, SmartAccount};
use zksso_core::{
    Call, CallPolicy, Claims, Expiry, Limit, Paymaster, Paymasters, Refusal, Seconds,
    SessionConfig, SessionUse, TokenBudget, TransferPolicy, batch_call,
};
use zksso_testkit::World;

use super::doubles::{PrefixKey, deploy, open_paymaster, relay_claiming};
use super::sessions::{config, ensure_as_predicted, open_on, session, token_call, wait};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_with};

fn lifetime(limit: u64) -> Limit {
    Limit::lifetime(U256::from(limit))
}

fn transfer(to: Address, wei: u64) -> Call {
    Call::transfer(to, U256::from(wei))
}

struct Opened {
    account: SmartAccount,
    client: SessionClient,
    /// Enough for everything here, so that it is validation that refuses and not an estimate.
    fee: Fee,
}

impl Opened {
    async fn new(world: &World, config: &SessionConfig) -> eyre::Result<Self> {
        let account = world.account().await?;
        let client = open_on(&account, config).await?;
        ensure!(client.session().options.is_some());
        let call = transfer(RECIPIENT, 1);
        let mut fee = account.estimate(&call, &SendOptions::default()).await?;
        fee.gas_limit *= 3;
        Ok(Self {
            account,
            client,
            fee,
        })
    }

    /// Sends, and insists that the model agrees with the chain.
    async fn send(&self, call: Call) -> eyre::Result<zksso_client::Result<Receipt>> {
        let action = SessionUse::new(call.clone(), self.fee.max_cost());
        let expected = self.client.check_use(&action).await;
        let result = self.send_with(&call, SendOptions::default()).await;
        match (&result, expected) {
            // The block that would contain it is a second further.
            (Err(_), Err(Error::Session(Refusal::TimeOutOfRange { .. }))) => {}
            (_, expected) => ensure_as_predicted(&self.client, &result, expected).await?,
        }
        Ok(result)
    }

    async fn batch(&self, calls: &[Call]) -> eyre::Result<zksso_client::Result<Receipt>> {
        self.send(batch_call(self.account.address(), calls)).await
    }

    /// Sends a transaction with these options and the usual fee.
    async fn send_with(&self, call: &Call, options: SendOptions) -> zksso_client::Result<Receipt> {
        let fee = options.fee.unwrap_or(self.fee);
        self.client.execute_with(call, &options.with_fee(fee)).await
    }
}

/// E-44: uses are counted, in batches too.
#[tokio::test(flavor = "multi_thread")]
async fn uses_are_limited() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut config = config(world)?.with_use_limit(lifetime(4));
        config.transfers[0].use_limit = Some(lifetime(2));
        let opened = Opened::new(world, &config).await?;
        let [one, tokens] = [
            transfer(RECIPIENT, 1),
            token_call(world.token, RECIPIENT, U256::from(1)),
        ];
        opened.send(one.clone()).await??;
        opened.batch(&[one.clone(), tokens.clone()]).await??;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded =
            refused_with(opened.send(one.clone()).await?)?;
        ensure!(error.used == U256::from(2) && error.limit == U256::from(2));
        let result = opened.batch(&[tokens.clone(), tokens.clone()]).await?;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.used == U256::from(4) && error.limit == U256::from(4));
        opened.send(tokens.clone()).await??;
        let result = opened.send(tokens).await?;
        refused_with::<SessionKeyValidator::SessionLifetimeLimitExceeded>(result)?;
        Ok(())
    })
    .await
}

/// E-19: an allowance of uses starts anew with each period, and no other period can be claimed.
#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_of_uses_starts_anew() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let daily = Limit::allowance(U256::from(1), Seconds::hours(1));
        let config = config(world)?
            .with_expiry(Expiry::After(Seconds::hours(24)))
            .with_use_limit(daily);
        let opened = Opened::new(world, &config).await?;
        let chain = opened.account.chain();
        if !wait(world, 3_610 - chain.time().await? % 3_600).await? {
            return Ok(());
        }
        let call = transfer(RECIPIENT, 1);
        opened.send(call.clone()).await??;
        let result = opened.send(call.clone()).await?;
        refused_with::<SessionKeyValidator::SessionAllowanceExceeded>(result)?;
        let now = chain.time().await?;
        for time in [now - 3_600, now + 3_600] {
            let claims = Claims::Time(time);
            let result = relay_claiming(world, &opened.client, &call, &claims).await;
            refused_with::<TimestampAsserter::TimestampOutOfRange>(result)?;
        }
        wait(world, 3_600).await?;
        opened.send(call).await??;
        Ok(())
    })
    .await
}

/// E-24, E-25: a session starts when its options say.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_starts_when_it_should() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let config = config(world)?
            .with_expiry(Expiry::After(Seconds::hours(24)))
            .with_valid_after(Expiry::After(Seconds::hours(1)));
        let opened = Opened::new(world, &config).await?;
        let options = opened.client.session().options.clone().expect("it has");
        let error: TimestampAsserter::TimestampOutOfRange =
            refused_with(opened.send(transfer(RECIPIENT, 1)).await?)?;
        ensure!(error.start == options.validAfter);
        let mut late = opened.client.session().clone();
        late.spec.expiresAt = options.validAfter + U256::from(60);
        let error: SessionKeyValidator::SessionNeverValid =
            refused_with(opened.account.create_session(&late).await)?;
        ensure!(error.validAfter == options.validAfter);
        if wait(world, 3_600).await? {
            opened.send(transfer(RECIPIENT, 1)).await??;
        }
        Ok(())
    })
    .await
}

/// E-48: one budget for whatever lets tokens out of the account.
#[tokio::test(flavor = "multi_thread")]
async fn a_budget_counts_transfers_and_approvals() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let token = world.token;
        let config = SessionConfig::default()
            .with_call(CallPolicy::of::<ERC20::transferCall>(token)?)
            .with_call(CallPolicy::of::<ERC20::approveCall>(token)?)
            .with_call(CallPolicy::of::<ERC20::transferFromCall>(token)?)
            .with_token_budget(TokenBudget::new(token, lifetime(100)));
        let opened = Opened::new(world, &config).await?;
        let account = opened.account.address();
        let approve = |spender, value: u64| {
            let value = U256::from(value);
            Call::function(token, &ERC20::approveCall { spender, value })
        };
        let from = |from, value: u64| {
            let (to, value) = (RECIPIENT, U256::from(value));
            Call::function(token, &ERC20::transferFromCall { from, to, value })
        };
        opened.account.execute(&approve(account, 1_000)).await?;
        opened
            .send(token_call(token, RECIPIENT, U256::from(40)))
            .await??;
        opened.send(approve(STRANGER, 30)).await??;
        opened.send(from(account, 20)).await??;
        for call in [
            token_call(token, RECIPIENT, U256::from(11)),
            approve(STRANGER, 11),
            from(account, 11),
        ] {
            let error: SessionKeyValidator::SessionLifetimeLimitExceeded =
                refused_with(opened.send(call).await?)?;
            ensure!(error.used == U256::from(90) && error.limit == U256::from(100));
        }
        let batch = [
            token_call(token, RECIPIENT, U256::from(6)),
            approve(STRANGER, 5),
        ];
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded =
            refused_with(opened.batch(&batch).await?)?;
        ensure!(error.used == U256::from(96));
        ensure!(world.token_balance(RECIPIENT).await? >= U256::from(60));
        Ok(())
    })
    .await
}

/// E-33: only listed paymasters are used.
#[tokio::test(flavor = "multi_thread")]
async fn unlisted_paymasters_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let listed = open_paymaster(world).await?;
        let config = config(world)?.with_paymasters(Paymasters::Listed(vec![listed]));
        let opened = Opened::new(world, &config).await?;
        let call = transfer(RECIPIENT, 1);
        let paid_by = |paymaster| {
            SendOptions::default().with_paymaster(Paymaster::general(paymaster, Bytes::new()))
        };
        let result = opened.send_with(&call, paid_by(STRANGER)).await;
        let error: SessionKeyValidator::SessionPaymasterNotAllowed = refused_with(result)?;
        ensure!(error.paymaster == STRANGER);
        opened.send_with(&call, paid_by(listed)).await?;
        Ok(())
    })
    .await
}

/// E-28, E-34: the fee of one transaction is capped.
#[tokio::test(flavor = "multi_thread")]
async fn the_fee_of_one_transaction_is_capped() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let call = transfer(RECIPIENT, 1);
        let fee = account.estimate(&call, &SendOptions::default()).await?;
        let highest = fee.max_cost() * U256::from(2);
        let opened = Opened::new(world, &config(world)?.with_max_fee_per_use(highest)).await?;
        let with_gas = |gas_limit| SendOptions::default().with_fee(Fee { gas_limit, ..fee });
        let dear = with_gas(fee.gas_limit * 2 + 1);
        let error: SessionKeyValidator::SessionMaxFeeExceeded =
            refused_with(opened.send_with(&call, dear).await)?;
        ensure!(error.fee > highest && error.maxFeePerUse == highest);
        opened.send_with(&call, with_gas(fee.gas_limit * 2)).await?;
        ensure!(opened.client.record().await?.fees().1 == highest);
        Ok(())
    })
    .await
}

/// E-09, E-10: every call of a batch is held to its policy, and those under one policy are one use.
#[tokio::test(flavor = "multi_thread")]
async fn batches_are_held_to_the_policies() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut config = config(world)?.with_use_limit(lifetime(10));
        config.transfers[0].max_value_per_use = Some(U256::from(5));
        let opened = Opened::new(world, &config).await?;
        let chain = opened.account.chain();
        let before = chain.balance(RECIPIENT).await?;
        let tokens = token_call(world.token, RECIPIENT, U256::from(7));
        let good = [
            transfer(RECIPIENT, 2),
            tokens.clone(),
            transfer(RECIPIENT, 3),
        ];
        opened.batch(&good).await??;
        ensure!(chain.balance(RECIPIENT).await? == before + U256::from(5));

        let split = [
            transfer(RECIPIENT, 3),
            tokens.clone(),
            transfer(RECIPIENT, 3),
        ];
        let error: SessionKeyValidator::SessionMaxValueExceeded =
            refused_with(opened.batch(&split).await?)?;
        ensure!(error.value == U256::from(6));
        let bad = [transfer(RECIPIENT, 1), transfer(STRANGER, 1)];
        let error: SessionKeyValidator::SessionTransferNotAllowed =
            refused_with(opened.batch(&bad).await?)?;
        ensure!(error.target == STRANGER);
        refused_with::<SessionKeyValidator::SessionInvalidBatch>(opened.batch(&[]).await?)?;
        let nested = [batch_call(opened.account.address(), &good)];
        let error: SessionKeyValidator::SessionCallNotAllowed =
            refused_with(opened.batch(&nested).await?)?;
        ensure!(error.target == opened.account.address());
        ensure!(chain.balance(RECIPIENT).await? == before + U256::from(5));
        Ok(())
    })
    .await
}

/// E-08: a session without options cannot reach the account's `execute`.
#[tokio::test(flavor = "multi_thread")]
async fn batches_need_options() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let client = open_on(&account, &config(world)?).await?;
        let result = client.batch(&[transfer(RECIPIENT, 1)]).await;
        let error: SessionKeyValidator::SessionCallNotAllowed = refused_with(result)?;
        ensure!(error.target == account.address());
        Ok(())
    })
    .await
}

/// A key of another kind signs for a session with options, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_kind_signs_with_options() -> eyre::Result<()> {
    use zksso_client::SessionKey;
    on_each_backend(async |world| {
        let account = world.account().await?;
        let key = PrefixKey::new(deploy(world, "PrefixVerifier", 0).await?, b"key");
        let config = config(world)?.with_use_limit(lifetime(1));
        let session = session(&account, &config, key.address()).await?;
        account.create_session(&session).await?;
        let client = account.session(session, key)?;
        let call = transfer(RECIPIENT, 1);
        let fee = account.estimate(&call, &SendOptions::default()).await?;
        let options = SendOptions::default().with_fee(Fee {
            gas_limit: fee.gas_limit * 2,
            ..fee
        });
        client.execute_with(&call, &options).await?;
        let result = client.execute_with(&call, &options).await;
        refused_with::<SessionKeyValidator::SessionLifetimeLimitExceeded>(result)?;
        Ok(())
    })
    .await
}

/// E-52: a session with options and one without are two, even with the same policies and key.
#[tokio::test(flavor = "multi_thread")]
async fn options_cannot_be_left_out() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let config = config(world)?.with_use_limit(lifetime(1));
        let session = session(&account, &config, key.address()).await?;
        account.create_session(&session).await?;
        let bare = zksso_core::Session::from(session.spec.clone());
        let hash = bare.hash();
        let client = account.session(bare, key)?;
        let result = client.execute(&transfer(RECIPIENT, 1)).await;
        let error: SessionKeyValidator::SessionNotActive = refused_with(result)?;
        ensure!(error.sessionHash == hash && hash != session.hash());
        ensure!(account.list_sessions(0, 9).await? == [session.hash()]);
        Ok(())
    })
    .await
}

/// A policy whose transfers are not limited in number stays so beside one whose are.
#[tokio::test(flavor = "multi_thread")]
async fn use_limits_belong_to_their_policies() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let other = TransferPolicy::new(STRANGER, lifetime(9)).with_use_limit(lifetime(1));
        let opened = Opened::new(world, &config(world)?.with_transfer(other)).await?;
        opened.send(transfer(STRANGER, 1)).await??;
        for _ in 0..3 {
            opened.send(transfer(RECIPIENT, 1)).await??;
        }
        let result = opened.send(transfer(STRANGER, 1)).await?;
        refused_with::<SessionKeyValidator::SessionLifetimeLimitExceeded>(result)?;
        Ok(())
    })
    .await
}
