//! Spending limits on a real account: who signs, and on which way the account acts, does not matter.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolValue;
use eyre::ensure;
use zksso_bindings::{ERC20, ERC7579Account, SessionKeyValidator, SpendingLimitHook};
use zksso_client::SmartAccount;
use zksso_core::{Call, Limit, batch_call};
use zksso_testkit::World;

use super::doubles::{add_keyed_nonces, deploy};
use super::modules::{
    DAY, EXECUTOR, HOOK, add_owner, ample, failed_in_its_block, forced_removal, install,
    is_installed, refused_and_failing, removal, through, uninstall,
};
use super::outside::Signed;
use super::sessions::{config, open_on, token_call, wait};
use super::{RECIPIENT, on_each_backend, refused_with};

/// The limit, in wei and in the token's smallest unit.
const LIMIT: u128 = 500;

/// Longest period there is, so that it hardly ever ends during a test.
const PERIOD: u64 = 31 * DAY;

/// Stands for the base token.
const BASE: Address = Address::ZERO;

/// An account with limits on the base token and on the test token.
struct Limited {
    account: SmartAccount,
    hook: Address,
    token: Address,
}

impl Limited {
    async fn new(world: &World) -> eyre::Result<Self> {
        Self::on(world, world.account().await?).await
    }

    async fn on(world: &World, account: SmartAccount) -> eyre::Result<Self> {
        let limited = Self {
            account,
            hook: deploy(world, "SpendingLimitHook", 0).await?,
            token: world.token,
        };
        let limits = vec![(BASE, LIMIT), (world.token, LIMIT)];
        let data = (U256::from(PERIOD), limits).abi_encode_params();
        install(&limited.account, HOOK, limited.hook, data.into()).await?;
        Ok(limited)
    }

    /// Insists on what was spent: wei, and units of the token.
    async fn expect_spent(&self, wei: u128, units: u128) -> eyre::Result<()> {
        let hook = SpendingLimitHook::new(self.hook, self.account.chain().provider());
        let account = self.account.address();
        let spent = [
            hook.limitOf(account, BASE).call().await?.spent,
            hook.limitOf(account, self.token).call().await?.spent,
        ];
        ensure!(spent == [wei, units], "{spent:?} instead of {wei}, {units}");
        Ok(())
    }

    fn units(&self, amount: u128) -> Call {
        token_call(self.token, RECIPIENT, U256::from(amount))
    }
}

fn wei(amount: u128) -> Call {
    Call::transfer(RECIPIENT, U256::from(amount))
}

fn exceeds(
    error: &SpendingLimitHook::SpendingLimitExceeded,
    token: Address,
    spent: u128,
    amount: u128,
) -> bool {
    error.token == token
        && error.spent == U256::from(spent)
        && error.amount == U256::from(amount)
        && error.limit == U256::from(LIMIT)
}

/// F-09: passkeys, owners and session keys spend from the same limit, and none of them gets beyond it.
#[tokio::test(flavor = "multi_thread")]
async fn all_signers_share_a_spending_limit() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let owner = add_owner(&limited.account).await?;
        // It may spend more than the account.
        let session = open_on(&limited.account, &config(world)?).await?;
        limited.expect_spent(0, 0).await?;

        limited.account.execute(&wei(100)).await?;
        limited.account.execute(&limited.units(150)).await?;
        owner.execute(&wei(101)).await?;
        owner.execute(&limited.units(151)).await?;
        session.execute(&wei(102)).await?;
        session.execute(&limited.units(152)).await?;
        limited.expect_spent(303, 453).await?;

        for (call, token, spent, amount) in [
            (wei(198), BASE, 303, 198),
            (limited.units(48), limited.token, 453, 48),
        ] {
            for result in [
                limited.account.execute(&call).await,
                owner.execute(&call).await,
                session.execute(&call).await,
            ] {
                let error: SpendingLimitHook::SpendingLimitExceeded = refused_with(result)?;
                ensure!(exceeds(&error, token, spent, amount), "{error:?}");
            }
        }
        owner.execute(&wei(197)).await?;
        session.execute(&limited.units(47)).await?;
        limited.expect_spent(LIMIT, LIMIT).await
    })
    .await
}

/// F-09: who does not ask for an estimate first finds the limit in the block, loses the fee and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_without_an_estimate() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let before = limited.account.chain().balance(RECIPIENT).await?;
        let error: SpendingLimitHook::SpendingLimitExceeded =
            refused_and_failing(world, &limited.account, &wei(LIMIT + 1)).await?;
        ensure!(exceeds(&error, BASE, 0, LIMIT + 1));
        let units = limited.units(LIMIT + 1);
        refused_and_failing::<SpendingLimitHook::SpendingLimitExceeded>(
            world,
            &limited.account,
            &units,
        )
        .await?;
        ensure!(limited.account.chain().balance(RECIPIENT).await? == before);
        limited.expect_spent(0, 0).await
    })
    .await
}

/// F-09, E-43: the hook charges success only; the session's own limit is charged in validation, which stays.
#[tokio::test(flavor = "multi_thread")]
async fn only_success_is_charged_by_the_hook() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let session = open_on(&limited.account, &config(world)?).await?;
        let ample = ample(world).await?;
        failed_in_its_block(session.execute_with(&wei(LIMIT + 1), &ample).await)?;
        limited.expect_spent(0, 0).await?;
        let left = session.execute_with(&wei(500), &ample).await;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(left)?;
        ensure!(error.used == U256::from(LIMIT + 1));

        // Spends, then fails as a whole.
        let failing = limited.units(u128::MAX);
        let batch = limited
            .account
            .batch_call(&[wei(100), limited.units(5), failing]);
        failed_in_its_block(limited.account.execute_with(&batch, &ample).await)?;
        limited.expect_spent(0, 0).await
    })
    .await
}

/// F-09, F-23: of a batch that tolerates failures, what succeeded is charged.
#[tokio::test(flavor = "multi_thread")]
async fn tolerated_failures_are_not_charged() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let calls = [
            (wei(100), false),
            (limited.units(u128::MAX), true),
            (limited.units(7), true),
        ];
        let calls = calls.map(|(call, tolerant)| ERC7579Account::Call {
            target: call.to,
            allowFailure: tolerant,
            value: call.value,
            callData: call.data,
        });
        let batch = ERC7579Account::batchCallCall {
            calls: calls.into(),
        };
        let call = Call::function(limited.account.address(), &batch).with_value(U256::from(100));
        let receipt = limited.account.execute(&call).await?;
        let failure: Option<ERC7579Account::BatchCallFailure> =
            receipt.event(limited.account.address());
        ensure!(failure.is_some_and(|failure| failure.index == U256::from(1)));
        limited.expect_spent(100, 7).await
    })
    .await
}

/// F-09: a batch is charged for the sum of its calls; a batch inside a batch is not looked into, and refused.
#[tokio::test(flavor = "multi_thread")]
async fn batches_cannot_split_a_limit() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let account = &limited.account;
        account
            .batch(&[wei(100), limited.units(40), wei(100)])
            .await?;
        limited.expect_spent(200, 40).await?;
        let result = account.batch(&[wei(150), limited.units(1), wei(151)]).await;
        let error: SpendingLimitHook::SpendingLimitExceeded = refused_with(result)?;
        ensure!(exceeds(&error, BASE, 200, 301), "{error:?}");
        let nested = batch_call(account.address(), &[wei(1)]);
        let result = account.batch(&[nested]).await;
        refused_with::<SpendingLimitHook::SpendingNestedBatch>(result)?;
        limited.expect_spent(200, 40).await
    })
    .await
}

/// E-10, F-09: batches of sessions are held to the limits of the session, and to those of the account.
#[tokio::test(flavor = "multi_thread")]
async fn batches_of_sessions_spend_from_the_limit() -> eyre::Result<()> {
    on_each_backend(async |world| {
        if !add_keyed_nonces(world).await? {
            return Ok(());
        }
        let limited = Limited::new(world).await?;
        let uses = Limit::lifetime(U256::from(10));
        let config = config(world)?.with_use_limit(uses);
        let session = open_on(&limited.account, &config).await?;
        let batch = |first: u128, second: u128| {
            let calls = [wei(first), limited.units(9), wei(second)];
            batch_call(limited.account.address(), &calls)
        };
        let relayer = world.backend.wallet();
        session.execute_through(relayer, &batch(100, 150)).await?;
        limited.expect_spent(250, 9).await?;
        let before = session.record().await?;
        let result = session.execute_through(relayer, &batch(100, 151)).await;
        let error: SpendingLimitHook::SpendingLimitExceeded = refused_with(result)?;
        ensure!(exceeds(&error, BASE, 250, 251), "{error:?}");
        // Brought along by somebody else, it is undone as a whole.
        ensure!(session.record().await? == before);
        let result = session.execute_through(relayer, &batch(1, 750)).await;
        refused_with::<SessionKeyValidator::SessionLifetimeLimitExceeded>(result)?;
        limited.expect_spent(250, 9).await
    })
    .await
}

/// F-09, F-08: what executors do counts, once, also when the account itself called the executor.
#[tokio::test(flavor = "multi_thread")]
async fn executors_spend_from_the_limit() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        install(&limited.account, EXECUTOR, executor, Bytes::new()).await?;
        let stranger = world.backend.wallet();
        let address = limited.account.address();
        stranger
            .send(&through(executor, address, &wei(100)))
            .await?;
        stranger
            .send(&through(executor, address, &limited.units(20)))
            .await?;
        limited.expect_spent(100, 20).await?;
        let result = stranger.send(&through(executor, address, &wei(401))).await;
        let error: SpendingLimitHook::SpendingLimitExceeded = refused_with(result)?;
        ensure!(exceeds(&error, BASE, 100, 401), "{error:?}");
        // What somebody sends along was never the account's.
        let generous = through(executor, address, &wei(50)).with_value(U256::from(50));
        stranger.send(&generous).await?;
        limited.expect_spent(100, 20).await?;

        let nested = through(executor, address, &wei(30));
        limited.account.execute(&nested).await?;
        limited.account.batch(&[nested, wei(5)]).await?;
        limited.expect_spent(165, 20).await?;
        let result = limited
            .account
            .execute(&through(executor, address, &wei(336)))
            .await;
        refused_with::<SpendingLimitHook::SpendingLimitExceeded>(result)?;
        Ok(())
    })
    .await
}

/// E-48: an allowance counts when it is given, since it is used behind the account's back.
#[tokio::test(flavor = "multi_thread")]
async fn allowances_count_when_given() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let approve = |amount: u128| {
            let call = ERC20::approveCall {
                spender: world.backend.wallet().address(),
                value: U256::from(amount),
            };
            Call::function(limited.token, &call)
        };
        limited.account.execute(&approve(400)).await?;
        limited.expect_spent(0, 400).await?;
        let take = ERC20::transferFromCall {
            from: limited.account.address(),
            to: RECIPIENT,
            value: U256::from(400),
        };
        let wallet = world.backend.wallet();
        wallet.send(&Call::function(limited.token, &take)).await?;
        limited.expect_spent(0, 400).await?;
        let result = limited.account.execute(&approve(101)).await;
        refused_with::<SpendingLimitHook::SpendingLimitExceeded>(result)?;
        Ok(())
    })
    .await
}

/// F-09: forced inclusion is no way around the hooks, neither for owners nor for sessions.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_for_transactions_from_outside() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut signed = Signed::new(world).await?;
        let limited = Limited::on(world, signed.account.clone()).await?;
        signed.renew(wei(LIMIT + 1)).await?;
        refused_with::<SpendingLimitHook::SpendingLimitExceeded>(signed.bring(world, 0).await)?;
        // It was not executed, so its nonce may still be used, by a transaction within the limit.
        signed.renew(wei(60)).await?;
        signed.bring(world, 0).await?;
        limited.expect_spent(60, 0).await?;
        // Value that comes along was never the account's.
        signed.renew(wei(LIMIT)).await?;
        signed.bring(world, u64::try_from(LIMIT)?).await?;
        limited.expect_spent(60, 0).await?;

        let session = open_on(&limited.account, &config(world)?).await?;
        let relayer = world.backend.wallet();
        session.execute_through(relayer, &wei(40)).await?;
        limited.expect_spent(100, 0).await?;
        let result = session.execute_through(relayer, &wei(401)).await;
        let error: SpendingLimitHook::SpendingLimitExceeded = refused_with(result)?;
        ensure!(exceeds(&error, BASE, 100, 401), "{error:?}");
        limited.expect_spent(100, 0).await
    })
    .await
}

/// F-22: nobody gets rid of a limit in force, neither openly nor by force nor in a batch.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_in_force_cannot_be_removed() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let account = &limited.account;
        let upgrade = ERC7579Account::upgradeToCall {
            newImplementation: world.suite.account_implementation,
        };
        let ways = [
            removal(account.address(), HOOK, limited.hook, Bytes::new()),
            forced_removal(account.address(), HOOK, limited.hook, Bytes::new()),
            Call::function(account.address(), &upgrade),
        ];
        for way in ways {
            refused_and_failing::<SpendingLimitHook::SpendingLimitInForce>(world, account, &way)
                .await?;
            let result = account.batch(&[way, wei(LIMIT + 1)]).await;
            refused_with::<SpendingLimitHook::SpendingLimitInForce>(result)?;
        }
        ensure!(is_installed(account, HOOK, limited.hook).await?);
        Ok(())
    })
    .await
}

/// F-22: a limit is lifted a period after that was announced; then the hook can go.
#[tokio::test(flavor = "multi_thread")]
async fn a_lifted_limit_can_be_removed() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let limited = Limited::new(world).await?;
        let lift = |token| {
            let call = SpendingLimitHook::setLimitCall {
                token,
                amount: u128::MAX,
            };
            Call::function(limited.hook, &call)
        };
        let account = &limited.account;
        account.batch(&[lift(BASE), lift(limited.token)]).await?;
        let result = account.execute(&wei(LIMIT + 1)).await;
        refused_with::<SpendingLimitHook::SpendingLimitExceeded>(result)?;
        if !wait(world, PERIOD).await? {
            return Ok(());
        }
        account.execute(&wei(LIMIT + 1)).await?;
        uninstall(account, HOOK, limited.hook).await?;
        ensure!(!is_installed(account, HOOK, limited.hook).await?);
        account.execute(&limited.units(LIMIT + 1)).await?;
        Ok(())
    })
    .await
}
