//! Who pays for what a session does, and how much.

use alloy::primitives::{Address, Bytes, U256};
use eyre::ensure;
use zksso_bindings::{ERC20, SessionKeyValidator};
use zksso_client::{Error, Receipt, SendOptions, SessionClient};
use zksso_core::{
    Call, CallPolicy, Constraint, Limit, Paymaster, Refusal, SessionConfig, SessionUse,
    TransferPolicy,
};
use zksso_testkit::{World, contract_code, ether};

use super::doubles::open_paymaster;
use super::sessions::{config, ensure_as_predicted, open, open_on, session};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_with};

/// E-26, E-28: fees add up to their limit, and a session cannot waste more.
#[tokio::test(flavor = "multi_thread")]
async fn fees_add_up_to_their_limit() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let fee = opened.options.fee.expect("estimated").max_cost();
        let limit = fee * U256::from(5) / U256::from(2);
        let tight = config(world)?.with_fee_limit(Limit::lifetime(limit));
        let client = open_on(&opened.account, &tight).await?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        client.execute_with(&call, &opened.options).await?;
        client.execute_with(&call, &opened.options).await?;
        let result = client.execute_with(&call, &opened.options).await;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.used == fee * U256::from(2) && error.amount == fee && error.limit == limit);
        let checked = client.check(&call, fee).await;
        ensure!(matches!(
            checked,
            Err(Error::Session(Refusal::LifetimeLimitExceeded { .. }))
        ));
        Ok(())
    })
    .await
}

/// E-26: the fee limit is checked when the account pays, and only then.
#[tokio::test(flavor = "multi_thread")]
async fn fees_over_the_limit_need_somebody_else_to_pay() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let paymaster = Paymaster::general(open_paymaster(world).await?, Bytes::new());
        let tight = config(world)?.with_fee_limit(Limit::lifetime(U256::from(1)));
        let client = open_on(&account, &tight).await?;
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let fee = account.estimate(&call, &SendOptions::default()).await?;
        let options = SendOptions::default().with_fee(fee);
        let result = client.execute_with(&call, &options).await;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.limit == U256::from(1) && error.amount == fee.max_cost());
        let before = account.chain().balance(account.address()).await?;
        let sponsored = SendOptions::default().with_paymaster(paymaster);
        client.execute_with(&call, &sponsored).await?;
        let after = account.chain().balance(account.address()).await?;
        ensure!(
            before - after == U256::from(1),
            "the account paid nothing but the value"
        );
        ensure!(client.record().await?.fees().1.is_zero());
        Ok(())
    })
    .await
}

/// E-34: a session cannot make the account pay for publishing bytecode.
#[tokio::test(flavor = "multi_thread")]
async fn bytecode_is_not_published() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let opened = open(world).await?;
        let code = contract_code("OpenPaymaster")?.bytecode;
        let options = opened.options.clone().with_factory_deps(vec![code]);
        let call = Call::transfer(RECIPIENT, U256::from(1));
        let result = opened.session.execute_with(&call, &options).await;
        refused_with::<SessionKeyValidator::SessionFactoryDepsNotAllowed>(result)?;
        let action = SessionUse {
            has_factory_deps: true,
            ..SessionUse::new(call, U256::ZERO)
        };
        let checked = opened.session.check_use(&action).await;
        ensure!(matches!(
            checked,
            Err(Error::Session(Refusal::FactoryDepsNotAllowed))
        ));
        Ok(())
    })
    .await
}

/// A session that may approve a paymaster for up to 100 of the token's smallest units, and a fee that suffices.
struct Approving {
    client: SessionClient,
    paymaster: Address,
    options: SendOptions,
    token: Address,
}

impl Approving {
    async fn open(world: &World) -> eyre::Result<Self> {
        let account = world.account().await?;
        let paymaster = open_paymaster(world).await?;
        let policy = CallPolicy::of::<ERC20::approveCall>(world.token)?
            .with_constraint(Constraint::equal(0, paymaster))
            .with_constraint(Constraint::limited(1, Limit::lifetime(U256::from(100))));
        let config = SessionConfig::default()
            .with_transfer(TransferPolicy::new(RECIPIENT, Limit::lifetime(ether(1))))
            .with_call(policy);
        let client = open_on(&account, &config).await?;
        let mut approving = Self {
            client,
            paymaster,
            options: SendOptions::default(),
            token: world.token,
        };
        let options = approving.paid(approving.approval(world.token, 1));
        let fee = approving.client.estimate(&call(), &options).await?;
        approving.options = SendOptions::default().with_fee(fee);
        Ok(approving)
    }

    fn approval(&self, token: Address, amount: u64) -> Paymaster {
        Paymaster::approval_based(self.paymaster, token, U256::from(amount), Bytes::new())
    }

    fn paid(&self, paymaster: Paymaster) -> SendOptions {
        self.options.clone().with_paymaster(paymaster)
    }

    /// Sends, and insists that the model agrees with the chain.
    async fn send(&self, paymaster: Paymaster) -> eyre::Result<zksso_client::Result<Receipt>> {
        let action = SessionUse::new(call(), U256::ZERO).with_paymaster(paymaster.clone());
        let expected = self.client.check_use(&action).await;
        let result = self
            .client
            .execute_with(&call(), &self.paid(paymaster))
            .await;
        ensure_as_predicted(&self.client, &result, expected).await?;
        Ok(result)
    }
}

fn call() -> Call {
    Call::transfer(RECIPIENT, U256::from(1))
}

/// E-30: what an approval-based paymaster is approved for counts as a call of the token's `approve`.
#[tokio::test(flavor = "multi_thread")]
async fn approvals_for_paymasters_are_held_to_the_policy() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let approving = Approving::open(world).await?;
        approving
            .send(approving.approval(world.token, 60))
            .await??;
        let token = ERC20::new(approving.token, world.backend.wallet().chain().provider());
        let allowance = token.allowance(approving.client.account(), approving.paymaster);
        ensure!(allowance.call().await? == U256::from(60));

        let result = approving.send(approving.approval(world.token, 41)).await?;
        let error: SessionKeyValidator::SessionLifetimeLimitExceeded = refused_with(result)?;
        ensure!(error.used == U256::from(60) && error.amount == U256::from(41));
        let result = approving.send(approving.approval(STRANGER, 1)).await?;
        let error: SessionKeyValidator::SessionCallNotAllowed = refused_with(result)?;
        ensure!(error.target == STRANGER);
        let mut foreign = approving.approval(world.token, 1);
        foreign.address = STRANGER;
        let error: SessionKeyValidator::SessionConditionFailed =
            refused_with(approving.send(foreign).await?)?;
        ensure!(error.actual == STRANGER.into_word());
        let without_policy = open_on(&world.account().await?, &config(world)?).await?;
        let options = approving.paid(approving.approval(world.token, 1));
        let result = without_policy.execute_with(&call(), &options).await;
        let error: SessionKeyValidator::SessionCallNotAllowed = refused_with(result)?;
        ensure!(error.target == world.token);
        Ok(())
    })
    .await
}

/// E-31: malformed inputs of approval-based paymasters get nothing approved.
#[tokio::test(flavor = "multi_thread")]
async fn malformed_paymaster_inputs_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let approving = Approving::open(world).await?;
        for length in [4, 5, 36, 67] {
            let mut short = approving.approval(world.token, 1);
            short.input.truncate(length);
            let error: SessionKeyValidator::SessionInvalidPaymasterInput =
                refused_with(approving.send(short).await?)?;
            ensure!(error.length == U256::from(length));
        }
        let dirty = |position: usize, byte: u8| {
            let mut approval = approving.approval(world.token, 1);
            let mut input = approval.input.to_vec();
            input[position] = byte;
            approval.input = input.into();
            approval
        };
        // A token word with bits above the address.
        let error: SessionKeyValidator::SessionCallNotAllowed =
            refused_with(approving.send(dirty(4, 1)).await?)?;
        ensure!(error.target == world.token);
        // The offset of the inner input, which the account does not read.
        approving.send(dirty(68, 0xff)).await??;
        Ok(())
    })
    .await
}

/// K-01: the estimate for a session, made with a placeholder for the signature, is what the real transaction takes.
#[tokio::test(flavor = "multi_thread")]
async fn estimates_suffice() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let policy = CallPolicy::of::<ERC20::transferCall>(world.token)?
            .with_constraint(Constraint::limited(1, Limit::lifetime(ether(10))));
        let limited = SessionConfig::default()
            .with_fee_limit(Limit::lifetime(ether(1) / U256::from(2_000)))
            .with_transfer(TransferPolicy::new(RECIPIENT, Limit::lifetime(ether(1))))
            .with_call(policy);
        let client = open_on(&account, &limited).await?;
        let transfer = ERC20::transferCall {
            to: RECIPIENT,
            value: U256::from(1),
        };
        // Twice each: the first use of a counter is dearer.
        for call in [call(), Call::function(world.token, &transfer)] {
            for _ in 0..2 {
                let fee = client.estimate(&call, &SendOptions::default()).await?;
                let options = SendOptions::default().with_fee(fee);
                let receipt = client.execute_with(&call, &options).await?;
                ensure!(receipt.gas_used <= fee.gas_limit);
                ensure!(
                    receipt.gas_used * 2 >= fee.gas_limit,
                    "{} for {}",
                    fee.gas_limit,
                    receipt.gas_used
                );
            }
        }
        // A signer of nothing: the estimate tells what is wrong.
        let unknown = session(&account, &limited, client.session().spec.signer).await?;
        ensure!(unknown.hash() != client.session().hash());
        Ok(())
    })
    .await
}
