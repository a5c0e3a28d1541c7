//! What bounds a sponsor's loss.

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use eyre::{ContextCompat, ensure};
use zksso_bindings::SponsorPaymaster::{
    OwnableUnauthorizedAccount, SponsorBytecodeNotAllowed, SponsorCallNotAllowed,
    SponsorInvalidPaymasterInput, SponsorIsPaused, SponsorNotFromBootloader,
    SponsorTokenNotAccepted, SponsorValueNotAllowed, SponsorWithdrawalFailed, SponsorZeroReceiver,
};
use zksso_bindings::{
    CONTRACT_DEPLOYER_ADDRESS, ContractDeployer, ERC20, ERC7579Account, SponsorPaymaster,
};
use zksso_client::{Fee, SendOptions, SmartAccount, Wallet};
use zksso_core::{Call, bytecode_hash, create2_address};
use zksso_testkit::{World, contract_code, ether, passkey};

use super::doubles::deploy;
use super::sessions::{token_call, wait};
use super::sponsor::{Sponsor, TestToken, harmless, newcomer};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_as_unauthorised, refused_with};

const HOUR: u64 = 3_600;

sol! {
    interface GasBurner {
        function burn() external;
    }

    #[sol(rpc)]
    interface DefiantAccount {
        function misdeeds() external view returns (uint256);
    }
}

/// J-01: nobody else has the paymaster pay, or makes it believe that less was spent.
#[tokio::test(flavor = "multi_thread")]
async fn only_the_bootloader_has_the_sponsor_pay() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsor = Sponsor::open(world).await?;
        let account = world.account().await?;
        let before = sponsor.books().await?;
        let transaction = SponsorPaymaster::Transaction {
            gasLimit: U256::from(1_000_000),
            maxFeePerGas: U256::from(1_000_000_000),
            paymasterInput: sponsor.pays().paymaster.unwrap_or_default().input,
            ..SponsorPaymaster::Transaction::default()
        };
        let pay = SponsorPaymaster::validateAndPayForPaymasterTransactionCall {
            txHash: B256::ZERO,
            suggestedSignedHash: B256::ZERO,
            transaction: transaction.clone(),
        };
        let settle = SponsorPaymaster::postTransactionCall {
            context: vec![0; 192].into(),
            transaction,
            txHash: B256::ZERO,
            suggestedSignedHash: B256::ZERO,
            txResult: 0,
            maxRefundedGas: U256::from(1_000_000),
        };
        for call in [
            Call::function(sponsor.address, &pay),
            Call::function(sponsor.address, &settle),
        ] {
            let owner = refused_with::<SponsorNotFromBootloader>(sponsor.owner.send(&call).await)?;
            ensure!(owner.caller == sponsor.owner.address());
            let by_account =
                refused_with::<SponsorNotFromBootloader>(account.execute(&call).await)?;
            ensure!(by_account.caller == account.address());
        }
        ensure!(sponsor.books().await? == before);
        Ok(())
    })
    .await
}

/// J-02: neither a high gas limit nor a high price drains the sponsor with one transaction.
#[tokio::test(flavor = "multi_thread")]
async fn one_transaction_cannot_be_too_dear() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsored = Sponsored::open(world).await?;
        let sponsor = &sponsored.sponsor;
        let fee = sponsored.fee;
        let mut limits = sponsor.wide_limits().await?;
        limits.maxFee = U96::from(fee.max_cost());
        sponsor.limit(limits).await?;
        let before = sponsor.books().await?;
        for (gas, price) in [(1, 1_000), (10, 1)] {
            let dear = Fee {
                gas_limit: fee.gas_limit * gas,
                max_fee_per_gas: fee.max_fee_per_gas * price,
                ..fee
            };
            refused_as_unauthorised(sponsored.send_at(&newcomer(world), dear).await)?;
        }
        let one_more = Fee {
            gas_limit: fee.gas_limit + 1,
            ..fee
        };
        refused_as_unauthorised(sponsored.send_at(&newcomer(world), one_more).await)?;
        ensure!(sponsor.books().await? == before);
        let sender = newcomer(world);
        let result = sponsored.send_at(&sender, fee).await;
        sponsor.paid_for(sender.address(), result, &before).await?;
        Ok(())
    })
    .await
}

/// J-03: who repeats itself is stopped, by number and by fees, and nobody else is.
#[tokio::test(flavor = "multi_thread")]
async fn senders_have_quotas_of_their_own() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsored = Sponsored::open(world).await?;
        let sponsor = &sponsored.sponsor;
        let mut limits = sponsor.wide_limits().await?;
        limits.senderCount = 2;
        sponsor.limit(limits.clone()).await?;
        let (greedy, other) = (newcomer(world), newcomer(world));
        for _ in 0..2 {
            sponsored.send(&greedy).await?;
        }
        let before = sponsor.books().await?;
        refused_as_unauthorised(sponsored.send(&greedy).await)?;
        ensure!(sponsor.books().await? == before);
        let result = sponsored.send(&other).await;
        let settled = sponsor.paid_for(other.address(), result, &before).await?;

        // The highest fee of the next one has to fit on top of what the first one took in the end.
        let enough = settled.fee()? + sponsored.fee.max_cost();
        limits.senderFee = U96::from(enough - U256::from(1));
        sponsor.limit(limits.clone()).await?;
        let before = sponsor.books().await?;
        refused_as_unauthorised(sponsored.send(&other).await)?;
        ensure!(sponsor.books().await? == before);
        limits.senderFee = U96::from(enough);
        sponsor.limit(limits).await?;
        sponsored.send(&other).await?;
        let (count, _) = sponsor.spent_by(other.address()).await?;
        ensure!(count == U256::from(2));
        Ok(())
    })
    .await
}

/// J-03, J-05: new senders cost nothing, so only the budget bounds them all; it is there again in the next period.
#[tokio::test(flavor = "multi_thread")]
async fn the_budget_is_for_everybody_and_for_a_period() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsored = Sponsored::open(world).await?;
        let sponsor = &sponsored.sponsor;
        let chain = sponsor.owner.chain();
        let now = chain.time().await?;
        let whole_period = wait(world, HOUR - now % HOUR).await?;
        let mut limits = sponsor.wide_limits().await?;
        if whole_period {
            limits.period = u32::try_from(HOUR)?;
        }
        sponsor.limit(limits.clone()).await?;
        let before = sponsor.books().await?;
        let first = newcomer(world);
        let result = sponsored.send(&first).await;
        let settled = sponsor.paid_for(first.address(), result, &before).await?;

        let enough = settled.fee()? + sponsored.fee.max_cost();
        limits.budget = U96::from(enough - U256::from(1));
        sponsor.limit(limits.clone()).await?;
        let before = sponsor.books().await?;
        for _ in 0..3 {
            refused_as_unauthorised(sponsored.send(&newcomer(world)).await)?;
        }
        ensure!(sponsor.books().await? == before);
        limits.budget = U96::from(enough);
        sponsor.limit(limits.clone()).await?;
        sponsored.send(&newcomer(world)).await?;

        limits.budget = U96::from(sponsored.fee.max_cost());
        sponsor.limit(limits).await?;
        refused_as_unauthorised(sponsored.send(&newcomer(world)).await)?;
        if !whole_period || !wait(world, HOUR).await? {
            return Ok(());
        }
        sponsored.send(&first).await?;
        let total = sponsor.contract().totalSpending().call().await?;
        ensure!(
            total.count == U256::from(1),
            "the old period counts no more"
        );
        Ok(())
    })
    .await
}

/// J-07: a failing execution is charged for what it used, and one that leaves no gas for the correction in full.
#[tokio::test(flavor = "multi_thread")]
async fn failing_executions_gain_nothing() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsor = Sponsor::open(world).await?;
        sponsor.allow::<ERC20::transferCall>(world.token).await?;
        let burner = deploy(world, "GasBurner", 0).await?;
        sponsor.allow::<GasBurner::burnCall>(burner).await?;
        let sender = newcomer(world);
        // Transfers nothing, so that it succeeds without tokens, and then more than there is.
        let nothing = token_call(world.token, RECIPIENT, U256::ZERO);
        let fee = sender.estimate(&nothing, &sponsor.pays()).await?;
        let options = sponsor.pays().with_fee(fee);
        let before = sponsor.books().await?;
        let result = sender.send_with(&nothing, &options).await;
        let passed = sponsor.paid_for(sender.address(), result, &before).await?;

        let too_much = token_call(world.token, RECIPIENT, U256::from(1));
        let before = sponsor.books().await?;
        let result = sender.send_with(&too_much, &options).await;
        let failed = sponsor.paid_for(sender.address(), result, &before).await?;
        ensure!(!passed.failed && failed.failed);
        ensure!(failed.fee()? >= failed.cost && failed.fee()? < fee.max_cost());

        let burn = Call::function(burner, &GasBurner::burnCall {});
        let (_, fees_before) = sponsor.spent_by(sender.address()).await?;
        let books = sponsor.books().await?;
        let result = sender.send_with(&burn, &options).await;
        let burnt = sponsor.paid_for(sender.address(), result, &books).await?;
        ensure!(burnt.failed && burnt.event.is_none());
        let (count, fees) = sponsor.spent_by(sender.address()).await?;
        ensure!(fees - fees_before == fee.max_cost() && burnt.cost <= fee.max_cost());
        ensure!(count == U256::from(3));

        // The quota knows of all three, so this is the end of it.
        let mut limits = sponsor.wide_limits().await?;
        limits.period = sponsor.contract().limits().call().await?.period;
        limits.senderCount = 3;
        sponsor.limit(limits).await?;
        refused_as_unauthorised(sender.send_with(&nothing, &options).await)
    })
    .await
}

/// J-06, J-09: what is not listed is not paid for, however it is wrapped, and costs the sponsor nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_listed_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsor = Sponsor::open(world).await?;
        let account = world.account().await?;
        sponsor.allow::<TestToken::mintCall>(world.token).await?;
        let listed = harmless(world);
        let batch = account.batch_call(&[listed.clone(), listed.clone()]);
        let fee = account.estimate(&batch, &sponsor.pays()).await?;
        let options = sponsor.pays().with_fee(fee);
        let before = sponsor.books().await?;

        let transfer = token_call(world.token, RECIPIENT, U256::from(1));
        let elsewhere = Call {
            to: STRANGER,
            ..listed.clone()
        };
        let nested = account.batch_call(&[account.batch_call(std::slice::from_ref(&listed))]);
        for call in [
            transfer.clone(),
            elsewhere,
            Call::transfer(RECIPIENT, U256::ZERO),
            account.batch_call(&[listed.clone(), transfer]),
            account.batch_call(&[]),
            nested,
        ] {
            let result = account.execute_with(&call, &options).await;
            refused_with::<SponsorCallNotAllowed>(result)?;
        }
        let with_value = listed.clone().with_value(U256::from(1));
        let result = account.execute_with(&with_value, &options).await;
        refused_with::<SponsorValueNotAllowed>(result)?;
        let code = contract_code("OpenPaymaster")?.bytecode;
        let publishing = options.clone().with_factory_deps(vec![code]);
        let result = account.execute_with(&listed, &publishing).await;
        refused_with::<SponsorBytecodeNotAllowed>(result)?;

        let mut broken = options.clone();
        let paymaster = broken.paymaster.as_mut().wrap_err("it has one")?;
        paymaster.input = paymaster.input.slice(..36);
        refused_with::<SponsorInvalidPaymasterInput>(account.execute_with(&listed, &broken).await)?;
        let paymaster = broken.paymaster.as_mut().wrap_err("it has one")?;
        paymaster.input = paymaster.input.slice(..3);
        let result = account.execute_with(&listed, &broken).await;
        refused_with::<ERC7579Account::AccountInvalidPaymasterInput>(result)?;
        let in_tokens = sponsor.sells(world.token, ether(1)).with_fee(fee);
        let result = account.execute_with(&listed, &in_tokens).await;
        refused_with::<SponsorTokenNotAccepted>(result)?;

        let pause = SponsorPaymaster::setPausedCall { value: true };
        sponsor.configure(&pause).await?;
        refused_with::<SponsorIsPaused>(account.execute_with(&listed, &options).await)?;
        ensure!(sponsor.books().await? == before);
        let resume = SponsorPaymaster::setPausedCall { value: false };
        sponsor.configure(&resume).await?;
        let result = account.execute_with(&batch, &options).await;
        sponsor.paid_for(account.address(), result, &before).await?;
        Ok(())
    })
    .await
}

/// J-09: an account made to ignore its transactions is held to the list by what they say, and to the limits by what it does.
#[tokio::test(flavor = "multi_thread")]
async fn defiant_accounts_are_held_to_the_limits() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsored = Sponsored::open(world).await?;
        let sponsor = &sponsored.sponsor;
        let defiant = defiant_account(world).await?;
        let fee = defiant.estimate(&harmless(world), &sponsor.pays()).await?;
        let options = sponsor.pays().with_fee(fee);
        let before = sponsor.books().await?;
        let unlisted = token_call(world.token, RECIPIENT, U256::from(1));
        let result = defiant.execute_with(&unlisted, &options).await;
        refused_with::<SponsorCallNotAllowed>(result)?;
        ensure!(sponsor.books().await? == before);

        let minted = world.token_balance(RECIPIENT).await?;
        let result = defiant.execute_with(&harmless(world), &options).await;
        let settled = sponsor.paid_for(defiant.address(), result, &before).await?;
        let account = DefiantAccount::new(defiant.address(), defiant.chain().provider());
        ensure!(account.misdeeds().call().await? == U256::from(1));
        ensure!(
            world.token_balance(RECIPIENT).await? == minted,
            "it did something else"
        );

        let mut limits = sponsor.wide_limits().await?;
        limits.period = sponsor.contract().limits().call().await?.period;
        limits.budget = U96::from(settled.fee()? + fee.max_cost() - U256::from(1));
        sponsor.limit(limits).await?;
        let before = sponsor.books().await?;
        refused_as_unauthorised(defiant.execute_with(&harmless(world), &options).await)?;
        ensure!(sponsor.books().await? == before);
        Ok(())
    })
    .await
}

/// J-08: the funds are the owner's, not the deployer's, and do not leave for where they would be lost.
#[tokio::test(flavor = "multi_thread")]
async fn the_owner_alone_withdraws() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsor = Sponsor::open(world).await?;
        let withdraw = |receiver, amount| {
            let call = SponsorPaymaster::withdrawCall { receiver, amount };
            Call::function(sponsor.address, &call)
        };
        let before = sponsor.books().await?;
        let all = sponsor.owner.chain().balance(sponsor.address).await?;
        let deployer = world.backend.wallet();
        let result = deployer.send(&withdraw(deployer.address(), all)).await;
        let error: OwnableUnauthorizedAccount = refused_with(result)?;
        ensure!(error.account == deployer.address());
        // The token takes no base token.
        for (receiver, amount) in [
            (world.token, U256::from(1)),
            (RECIPIENT, all + U256::from(1)),
        ] {
            let result = sponsor.owner.send(&withdraw(receiver, amount)).await;
            refused_with::<SponsorWithdrawalFailed>(result)?;
        }
        let to_nobody = sponsor.owner.send(&withdraw(Address::ZERO, all)).await;
        refused_with::<SponsorZeroReceiver>(to_nobody)?;
        ensure!(sponsor.books().await? == before);
        let received = deployer.chain().balance(RECIPIENT).await?;
        sponsor.owner.send(&withdraw(RECIPIENT, all)).await?;
        ensure!(deployer.chain().balance(RECIPIENT).await? == received + all);

        // An empty paymaster pays for nothing.
        sponsor.allow::<TestToken::mintCall>(world.token).await?;
        let estimate = newcomer(world)
            .estimate(&harmless(world), &sponsor.pays())
            .await;
        ensure!(estimate.is_err());
        Ok(())
    })
    .await
}

/// A sponsor of the harmless call, and a fee that suffices for it.
struct Sponsored {
    sponsor: Sponsor,
    call: Call,
    fee: Fee,
}

impl Sponsored {
    async fn open(world: &World) -> eyre::Result<Self> {
        let sponsor = Sponsor::open(world).await?;
        sponsor.allow::<TestToken::mintCall>(world.token).await?;
        let call = harmless(world);
        let fee = newcomer(world).estimate(&call, &sponsor.pays()).await?;
        Ok(Self { sponsor, call, fee })
    }

    async fn send(&self, sender: &Wallet) -> zksso_client::Result<zksso_client::Receipt> {
        self.send_at(sender, self.fee).await
    }

    async fn send_at(
        &self,
        sender: &Wallet,
        fee: Fee,
    ) -> zksso_client::Result<zksso_client::Receipt> {
        let options = self.sponsor.pays().with_fee(fee);
        sender.send_with(&self.call, &options).await
    }
}

/// An account that agrees to everything and does something else.
async fn defiant_account(world: &World) -> eyre::Result<SmartAccount> {
    let wallet = world.backend.wallet();
    let code = contract_code("DefiantAccount")?.bytecode;
    let (salt, hash) = (B256::ZERO, bytecode_hash(&code)?);
    let create = ContractDeployer::create2AccountCall {
        salt,
        bytecodeHash: hash,
        input: Bytes::new(),
        aaVersion: ContractDeployer::AccountAbstractionVersion::Version1,
    };
    let call = Call::function(CONTRACT_DEPLOYER_ADDRESS, &create);
    let options = SendOptions::default().with_factory_deps(vec![code]);
    wallet.send_with(&call, &options).await?;
    let address = create2_address(wallet.address(), salt, hash, &[]);
    let anybody = passkey().await?;
    Ok(SmartAccount::at(
        wallet.chain().clone(),
        world.suite,
        address,
        anybody,
    ))
}
