//! Sessions in time: allowances and what a sender claims about their periods.

use alloy::primitives::U256;
use eyre::ensure;
use zksso_bindings::{SessionKeyValidator, TimestampAsserter};
use zksso_client::{SendOptions, SessionClient};
use zksso_core::{Call, Claims, Expiry, Limit, Seconds, SessionConfig, TransferPolicy};
use zksso_testkit::{World, ether};

use super::doubles::relay_claiming;
use super::sessions::{open_on, wait};
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised, refused_with};

/// Length of a period, in seconds.
const PERIOD: u64 = 600;

fn config() -> SessionConfig {
    let allowance = Limit::allowance(U256::from(100), Seconds::new(PERIOD));
    SessionConfig::default()
        .with_expiry(Expiry::After(Seconds::hours(24)))
        .with_fee_limit(Limit::lifetime(ether(1)))
        .with_transfer(TransferPolicy::new(RECIPIENT, allowance))
}

/// Waits until some seconds after the next period of this length has begun.
async fn next_period(world: &World, period: u64, after: u64) -> eyre::Result<bool> {
    let now = world.backend.wallet().chain().time().await?;
    wait(world, period - now % period + after).await
}

fn transfer(wei: u64) -> Call {
    Call::transfer(RECIPIENT, U256::from(wei))
}

/// E-19: an allowance is full again in each period, and what was left of the one before is gone.
#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_starts_anew_with_each_period() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let client = open_on(&account, &config()).await?;
        if !next_period(world, PERIOD, 10).await? {
            return Ok(());
        }
        let fee = client
            .estimate(&transfer(1), &SendOptions::default())
            .await?;
        let options = SendOptions::default().with_fee(fee);
        let send = async |wei| client.execute_with(&transfer(wei), &options).await;
        send(100).await?;
        refused_with::<SessionKeyValidator::SessionAllowanceExceeded>(send(1).await)?;
        next_period(world, PERIOD, 10).await?;
        send(70).await?;
        let error: SessionKeyValidator::SessionAllowanceExceeded = refused_with(send(31).await)?;
        ensure!(error.used == U256::from(70) && error.limit == U256::from(100));
        let now = account.chain().time().await?;
        ensure!(error.periodId == U256::from(now / PERIOD));
        // The last minute of a period is closed by the nodes.
        wait(world, PERIOD - now % PERIOD - 30).await?;
        refused_as_unauthorised(send(1).await)?;
        next_period(world, PERIOD, 0).await?;
        send(100).await?;
        Ok(())
    })
    .await
}

/// E-19, E-20: neither a past nor a future period can be spent, whether it was used or not.
#[tokio::test(flavor = "multi_thread")]
async fn periods_other_than_the_present_one_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let client = open_on(&account, &config()).await?;
        if !next_period(world, PERIOD, 10).await? {
            return Ok(());
        }
        let period = account.chain().time().await? / PERIOD;
        let claim = async |id| {
            let claims = Claims::PeriodIds(vec![0, id]);
            relay_claiming(world, &client, &transfer(1), &claims).await
        };
        for id in [period - 1, period + 1, period - 1_000, 0, u64::MAX] {
            let error: TimestampAsserter::TimestampOutOfRange = refused_with(claim(id).await)?;
            ensure!(error.start == U256::from(id) * U256::from(PERIOD));
        }
        let nothing = Claims::PeriodIds(vec![0]);
        let result = relay_claiming(world, &client, &transfer(1), &nothing).await;
        let error: SessionKeyValidator::SessionPeriodIdMissing = refused_with(result)?;
        ensure!(error.index == U256::from(1));
        claim(period).await?;
        ensure!(used(&client).await? == U256::from(1));
        Ok(())
    })
    .await
}

/// E-25: the claims of all limits have to hold at once.
#[tokio::test(flavor = "multi_thread")]
async fn time_ranges_of_several_limits_intersect() -> eyre::Result<()> {
    const FEE_PERIOD: u64 = 1_000;
    on_each_backend(async |world| {
        let account = world.account().await?;
        let fees = Limit::allowance(ether(1), Seconds::new(FEE_PERIOD));
        let client = open_on(&account, &config().with_fee_limit(fees)).await?;
        // Period 5k of 600 seconds starts together with period 3k of 1,000.
        if !next_period(world, 3_000, 10).await? {
            return Ok(());
        }
        let now = account.chain().time().await?;
        let (fee, value) = (now / FEE_PERIOD, now / PERIOD);
        let claim = async |fee, value| {
            let claims = Claims::PeriodIds(vec![fee, value]);
            relay_claiming(world, &client, &transfer(1), &claims).await
        };
        claim(fee, value).await?;
        for (fee, value, start, end) in [
            (
                fee,
                value + 1,
                (value + 1) * PERIOD,
                (fee + 1) * FEE_PERIOD - 1,
            ),
            (
                fee + 1,
                value,
                (fee + 1) * FEE_PERIOD,
                (value + 1) * PERIOD - 1,
            ),
        ] {
            let error: TimestampAsserter::TimestampOutOfRange =
                refused_with(claim(fee, value).await)?;
            ensure!(error.start == U256::from(start) && error.end == U256::from(end));
        }
        Ok(())
    })
    .await
}

/// Wei used in the present period of the transfer policy.
async fn used(client: &SessionClient) -> eyre::Result<U256> {
    let tracker = client.record().await?.trackers[0];
    Ok(tracker & (U256::MAX >> 64))
}
