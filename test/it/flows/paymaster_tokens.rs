//! Fees paid to a sponsor in tokens.

use alloy::primitives::aliases::U48;
use alloy::primitives::{Address, U256};
use alloy::sol;
use eyre::ensure;
use zksso_bindings::SponsorPaymaster::{SponsorTokenNotAccepted, TokenPrice};
use zksso_bindings::{ERC20, SponsorPaymaster};
use zksso_client::{Fee, SendOptions, SmartAccount};
use zksso_core::{Call, CallPolicy, Constraint, Limit, SessionConfig};
use zksso_testkit::{World, ether, passkey};

use super::doubles::deploy;
use super::sessions::{open_on, token_call};
use super::sponsor::{Settled, Sponsor, TestToken, newcomer};
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised, refused_with};

/// Tokens for one ether of fee, in whole tokens.
const RATE: u64 = 2;
/// Taken on top, in hundredths of a per cent.
const MARGIN: u16 = 1_000;
/// How long a price holds, in seconds.
const LIFETIME: u64 = 3_600;

sol! {
    interface OddToken {
        function mint(address to, uint256 amount) external;
        function setTax(uint256 percent) external;
    }
}

/// A sponsor that takes a token, and an account that has nothing but that token.
struct Selling {
    sponsor: Sponsor,
    account: SmartAccount,
    token: Address,
    /// Fee of a transfer of tokens.
    fee: Fee,
}

impl Selling {
    async fn open(world: &World) -> eyre::Result<Self> {
        Self::open_for(world, world.token).await
    }

    async fn open_for(world: &World, token: Address) -> eyre::Result<Self> {
        let sponsor = Sponsor::open(world).await?;
        sponsor.allow::<ERC20::transferCall>(token).await?;
        sponsor.allow::<ERC20::approveCall>(token).await?;
        let until = sponsor.owner.chain().time().await? + LIFETIME;
        set_price(&sponsor, token, until).await?;
        let (account, _) = world.deploy_account(passkey().await?).await?;
        mint(world, token, account.address()).await?;
        let call = token_call(token, RECIPIENT, U256::from(7));
        let fee = account
            .estimate(&call, &sponsor.sells(token, ether(1_000)))
            .await?;
        Ok(Self {
            sponsor,
            account,
            token,
            fee,
        })
    }

    fn transfer(&self, amount: U256) -> Call {
        token_call(self.token, RECIPIENT, amount)
    }

    /// What the sponsor says the sender has to agree to.
    async fn highest(&self) -> eyre::Result<U256> {
        let contract = self.sponsor.contract();
        let tokens = contract.tokensFor(self.token, self.fee.max_cost());
        Ok(tokens.call().await?)
    }

    fn up_to(&self, highest: U256) -> SendOptions {
        self.sponsor.sells(self.token, highest).with_fee(self.fee)
    }

    /// Insists that a transaction was paid for in tokens: at the price, margin included, and no more.
    async fn check(&self, settled: &Settled, sponsors_tokens: U256) -> eyre::Result<U256> {
        let fee = settled.fee()?;
        let kept = with_margin(fee);
        let event = settled.event.as_ref().expect("it was settled");
        ensure!(event.token == self.token && event.amount == kept);
        let now = balance(&self.sponsor, self.token, self.sponsor.address).await?;
        ensure!(now - sponsors_tokens == kept);
        Ok(kept)
    }
}

/// J-07: an account without base token pays in tokens what its transaction cost, and gets the rest back; failing changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn fees_are_paid_in_tokens() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let selling = Selling::open(world).await?;
        let (sponsor, account) = (&selling.sponsor, &selling.account);
        let options = selling.up_to(selling.highest().await?);
        let tokens = world.token_balance(account.address()).await?;
        let before = sponsor.books().await?;
        let call = selling.transfer(U256::from(7));
        let result = account.execute_with(&call, &options).await;
        let settled = sponsor.paid_for(account.address(), result, &before).await?;
        let kept = selling.check(&settled, U256::ZERO).await?;
        let left = world.token_balance(account.address()).await?;
        ensure!(tokens - left == kept + U256::from(7));

        // It tries to give away what it still owes: the sponsor has it already.
        let before = sponsor.books().await?;
        let result = account
            .execute_with(&selling.transfer(left), &options)
            .await;
        let failed = sponsor.paid_for(account.address(), result, &before).await?;
        ensure!(failed.failed);
        let kept_again = selling.check(&failed, kept).await?;
        let now = world.token_balance(account.address()).await?;
        ensure!(left - now == kept_again);
        ensure!(account.chain().balance(account.address()).await?.is_zero());
        Ok(())
    })
    .await
}

/// Keys without a contract pay in tokens as well.
#[tokio::test(flavor = "multi_thread")]
async fn plain_keys_pay_in_tokens() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let selling = Selling::open(world).await?;
        let sponsor = &selling.sponsor;
        let wallet = newcomer(world);
        mint(world, world.token, wallet.address()).await?;
        let options = selling.up_to(selling.highest().await?);
        let before = sponsor.books().await?;
        let call = selling.transfer(U256::from(7));
        let result = wallet.send_with(&call, &options).await;
        let settled = sponsor.paid_for(wallet.address(), result, &before).await?;
        selling.check(&settled, U256::ZERO).await?;
        Ok(())
    })
    .await
}

/// A session pays in tokens, out of what its policy lets it approve.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_pay_in_tokens() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let selling = Selling::open(world).await?;
        let (sponsor, account) = (&selling.sponsor, &selling.account);
        let highest = selling.highest().await? * U256::from(2);
        let approve = CallPolicy::of::<ERC20::approveCall>(world.token)?
            .with_constraint(Constraint::equal(0, sponsor.address))
            .with_constraint(Constraint::limited(1, Limit::lifetime(highest)));
        let transfer = CallPolicy::of::<ERC20::transferCall>(world.token)?
            .with_constraint(Constraint::equal(0, RECIPIENT));
        let config = SessionConfig::default()
            .with_call(approve)
            .with_call(transfer);
        world
            .backend
            .wallet()
            .transfer(account.address(), ether(1))
            .await?;
        let client = open_on(account, &config).await?;
        let base_tokens = account.chain().balance(account.address()).await?;
        let call = selling.transfer(U256::from(7));
        let fee = client
            .estimate(&call, &sponsor.sells(world.token, highest))
            .await?;
        let options = sponsor.sells(world.token, highest).with_fee(fee);
        let before = sponsor.books().await?;
        let result = client.execute_with(&call, &options).await;
        let settled = sponsor.paid_for(account.address(), result, &before).await?;
        selling.check(&settled, U256::ZERO).await?;
        ensure!(account.chain().balance(account.address()).await? == base_tokens);
        Ok(())
    })
    .await
}

/// J-10: no more is taken than the sender signed, whatever it allowed before, and nothing at all in other tokens or at an old price.
#[tokio::test(flavor = "multi_thread")]
async fn token_payments_need_agreement_tokens_and_a_price() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let selling = Selling::open(world).await?;
        let (sponsor, account) = (&selling.sponsor, &selling.account);
        let approve = ERC20::approveCall {
            spender: sponsor.address,
            value: U256::MAX,
        };
        let approve = Call::function(world.token, &approve);
        account.execute_with(&approve, &sponsor.pays()).await?;
        let highest = selling.highest().await?;
        let call = selling.transfer(U256::from(7));
        let before = sponsor.books().await?;
        let tokens = world.token_balance(account.address()).await?;
        let too_little = selling.up_to(highest - U256::from(1));
        refused_as_unauthorised(account.execute_with(&call, &too_little).await)?;

        let other = deploy(world, "TestToken", 9).await?;
        let in_other = sponsor.sells(other, ether(1)).with_fee(selling.fee);
        let result = account.execute_with(&call, &in_other).await;
        let error: SponsorTokenNotAccepted = refused_with(result)?;
        ensure!(error.token == other);

        let (poor, _) = world.deploy_account(passkey().await?).await?;
        let nothing = selling.transfer(U256::ZERO);
        let result = poor.execute_with(&nothing, &selling.up_to(highest)).await;
        refused_as_unauthorised(result)?;

        let now = account.chain().time().await?;
        set_price(sponsor, world.token, now - 1).await?;
        let result = account.execute_with(&call, &selling.up_to(highest)).await;
        let error: SponsorTokenNotAccepted = refused_with(result)?;
        ensure!(error.token == world.token);
        ensure!(sponsor.books().await? == before);
        ensure!(world.token_balance(account.address()).await? == tokens);

        set_price(sponsor, world.token, now + LIFETIME).await?;
        let result = account.execute_with(&call, &selling.up_to(highest)).await;
        let settled = sponsor.paid_for(account.address(), result, &before).await?;
        selling.check(&settled, U256::ZERO).await?;
        Ok(())
    })
    .await
}

/// J-10: a token that returns nothing and has allowances go through zero is taken; one that keeps more than the margin is not.
#[tokio::test(flavor = "multi_thread")]
async fn odd_tokens_are_taken_for_what_arrives() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let token = deploy(world, "OddTestToken", 0).await?;
        let selling = Selling::open_for(world, token).await?;
        let (sponsor, account) = (&selling.sponsor, &selling.account);
        let highest = selling.highest().await?;
        let call = selling.transfer(U256::from(7));
        // Twice as much as will be taken, so that an allowance is left which the next transaction has to raise.
        let (first, second) = (highest * U256::from(2), highest * U256::from(3));
        let mut kept = U256::ZERO;
        for highest in [first, second] {
            let before = sponsor.books().await?;
            let result = account.execute_with(&call, &selling.up_to(highest)).await;
            let settled = sponsor.paid_for(account.address(), result, &before).await?;
            kept += selling.check(&settled, kept).await?;
        }
        let before = sponsor.books().await?;
        let wallet = world.backend.wallet();
        let tax = |percent: u64| {
            let call = OddToken::setTaxCall {
                percent: U256::from(percent),
            };
            Call::function(token, &call)
        };
        // A margin of ten per cent covers a tax of nine, and not one of ten.
        wallet.send(&tax(10)).await?;
        let result = account.execute_with(&call, &selling.up_to(second)).await;
        refused_as_unauthorised(result)?;
        ensure!(sponsor.books().await? == before);
        wallet.send(&tax(9)).await?;
        let result = account.execute_with(&call, &selling.up_to(second)).await;
        let settled = sponsor.paid_for(account.address(), result, &before).await?;
        let now = balance(sponsor, token, sponsor.address).await?;
        ensure!(now - kept >= worth(settled.cost), "the fee is covered");
        Ok(())
    })
    .await
}

async fn set_price(sponsor: &Sponsor, token: Address, until: u64) -> eyre::Result<()> {
    let price = TokenPrice {
        rate: ether(RATE).to(),
        margin: MARGIN,
        validUntil: U48::from(until),
    };
    sponsor
        .configure(&SponsorPaymaster::setTokenPriceCall { token, price })
        .await
}

/// Gives an address 1,000 whole tokens.
async fn mint(world: &World, token: Address, to: Address) -> eyre::Result<()> {
    let mint = TestToken::mintCall {
        to,
        amount: ether(1_000),
    };
    let wallet = world.backend.wallet();
    wallet.send(&Call::function(token, &mint)).await?;
    Ok(())
}

async fn balance(sponsor: &Sponsor, token: Address, of: Address) -> eyre::Result<U256> {
    let token = ERC20::new(token, sponsor.owner.chain().provider());
    Ok(token.balanceOf(of).call().await?)
}

/// Worth of a fee in tokens, rounded up.
fn worth(fee: U256) -> U256 {
    (fee * ether(RATE)).div_ceil(ether(1))
}

/// The same with the margin on top, rounded up.
fn with_margin(fee: U256) -> U256 {
    let whole = U256::from(10_000);
    (worth(fee) * (whole + U256::from(MARGIN))).div_ceil(whole)
}
