//! Estimates: what a node says before anybody signed is what the signed transaction takes.

use std::fmt::{self, Write as _};

use alloy::primitives::{Address, Bytes, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolValue;
use eyre::{WrapErr, ensure};
use zksso_bindings::{AAFactory, ERC7579Account, GuardianRecovery, SessionKeyValidator};
use zksso_client::{
    Fee, KeyClient, PasskeyAuthenticator, Receipt, SendOptions, SessionClient, SmartAccount, Wallet,
};
use zksso_core::{Call, Session, encode_module};
use zksso_testkit::{World, passkey};

use super::doubles::deploy;
use super::modules::{
    DAY, EXECUTOR, HOOK, add_owner, funded_wallet, installation, removal, through,
};
use super::recovery::{Guarded, domain};
use super::sessions::{config, session, token_call, wait};
use super::{RECIPIENT, on_each_backend};

/// Least part of an estimate that a transaction uses, in percent: what people must have, and see, should not be far from what they pay.
const LEAST_USED: u64 = 50;
/// Most: the fifth that the client adds is there for changes of the chain's prices, not for what a placeholder conceals.
const MOST_USED: u64 = 83;

/// Somebody who signs, and estimates with a placeholder of the same size.
enum Sender<'a> {
    Passkey(&'a SmartAccount),
    Key(&'a KeyClient),
    Session(&'a SessionClient),
    Wallet(&'a Wallet),
}

impl Sender<'_> {
    async fn estimate(&self, call: &Call) -> zksso_client::Result<Fee> {
        let options = SendOptions::default();
        match self {
            Self::Passkey(account) => account.estimate(call, &options).await,
            Self::Key(key) => key.estimate(call, &options).await,
            Self::Session(session) => session.estimate(call, &options).await,
            Self::Wallet(wallet) => wallet.estimate(call, &options).await,
        }
    }

    async fn send(&self, call: &Call, fee: Fee) -> zksso_client::Result<Receipt> {
        let options = SendOptions::default().with_fee(fee);
        match self {
            Self::Passkey(account) => account.execute_with(call, &options).await,
            Self::Key(key) => key.execute_with(call, &options).await,
            Self::Session(session) => session.execute_with(call, &options).await,
            Self::Wallet(wallet) => wallet.send_with(call, &options).await,
        }
    }
}

/// One transaction that was estimated, then sent with exactly that limit.
struct Row {
    what: &'static str,
    estimated: u64,
    used: u64,
}

impl Row {
    /// Gas used, in percent of the estimate.
    const fn ratio(&self) -> u64 {
        self.used * 100 / self.estimated
    }
}

/// All that was sent so far.
#[derive(Default)]
struct Table(Vec<Row>);

impl Table {
    async fn send(
        &mut self,
        what: &'static str,
        sender: Sender<'_>,
        call: &Call,
    ) -> eyre::Result<()> {
        let fee = sender.estimate(call).await;
        let fee = fee.wrap_err_with(|| format!("{what}: no estimate; so far:\n{self}"))?;
        let receipt = sender.send(call, fee).await;
        let receipt = receipt.wrap_err_with(|| {
            format!(
                "{what}: {} gas do not suffice; so far:\n{self}",
                fee.gas_limit
            )
        })?;
        self.0.push(Row {
            what,
            estimated: fee.gas_limit,
            used: receipt.gas_used,
        });
        Ok(())
    }

    fn check(&self) -> eyre::Result<()> {
        for row in &self.0 {
            let proper = (LEAST_USED..=MOST_USED).contains(&row.ratio());
            ensure!(
                proper,
                "{} used {} % of its estimate:\n{self}",
                row.what,
                row.ratio()
            );
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            let line = format!("{} of {} gas, {} %", row.used, row.estimated, row.ratio());
            writeln!(f, "  {:32} {line}", row.what)?;
        }
        f.write_char('\n')
    }
}

fn wei() -> Call {
    Call::transfer(RECIPIENT, U256::from(1))
}

fn units(world: &World) -> Call {
    token_call(world.token, RECIPIENT, U256::from(1))
}

/// K-01: accounts, passkeys and owners.
#[tokio::test(flavor = "multi_thread")]
async fn estimates_suffice_for_root_signers() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut table = Table::default();
        let account = deployed(world, &mut table).await?;
        world.fund(account.address()).await?;
        // Twice each: what is written for the first time is dearer.
        for _ in 0..2 {
            table
                .send("passkey: transfer", Sender::Passkey(&account), &wei())
                .await?;
            table
                .send("passkey: tokens", Sender::Passkey(&account), &units(world))
                .await?;
            let batch = account.batch_call(&[wei(), units(world), wei()]);
            table
                .send("passkey: batch", Sender::Passkey(&account), &batch)
                .await?;
        }
        let added = PrivateKeySigner::random().address();
        let add = ERC7579Account::addK1OwnerCall { owner: added };
        let add = Call::function(account.address(), &add);
        table
            .send("passkey: add an owner", Sender::Passkey(&account), &add)
            .await?;
        let owner = add_owner(&account).await?;
        for _ in 0..2 {
            table
                .send("owner: transfer", Sender::Key(&owner), &wei())
                .await?;
            table
                .send("owner: tokens", Sender::Key(&owner), &units(world))
                .await?;
            let batch = account.batch_call(&[wei(), units(world)]);
            table
                .send("owner: batch", Sender::Key(&owner), &batch)
                .await?;
        }
        let remove = ERC7579Account::removeK1OwnerCall { owner: added };
        let remove = Call::function(account.address(), &remove);
        table
            .send("owner: remove an owner", Sender::Key(&owner), &remove)
            .await?;
        table.check()
    })
    .await
}

/// Deploys an account of a new passkey.
async fn deployed(world: &World, table: &mut Table) -> eyre::Result<SmartAccount> {
    let device = passkey().await?;
    let suite = world.suite;
    let deployment = AAFactory::deployAccountCall {
        modules: vec![
            encode_module(suite.web_auth_validator, device.credential().init_data()),
            encode_module(suite.session_key_validator, Bytes::new()),
        ],
        owners: Vec::new(),
        index: U256::ZERO,
    };
    let wallet = world.backend.wallet();
    let call = Call::function(suite.factory, &deployment);
    table
        .send("wallet: deploy an account", Sender::Wallet(wallet), &call)
        .await?;
    let chain = wallet.chain().clone();
    let (credential, index) = (device.credential(), U256::ZERO);
    let address = SmartAccount::predict_address(&chain, &suite, credential, index).await?;
    Ok(SmartAccount::at(chain, suite, address, device))
}

/// K-01: sessions, from their opening to their end.
#[tokio::test(flavor = "multi_thread")]
async fn estimates_suffice_for_sessions() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut table = Table::default();
        let account = world.account().await?;
        let key = PrivateKeySigner::random();
        let opened = session(&account, &config(world)?, key.address()).await?;
        let sender = Sender::Passkey(&account);
        table
            .send("passkey: open a session", sender, &opening(world, &opened))
            .await?;
        let client = account.session(opened, key)?;
        for _ in 0..2 {
            table
                .send("session: transfer", Sender::Session(&client), &wei())
                .await?;
            table
                .send("session: tokens", Sender::Session(&client), &units(world))
                .await?;
        }
        let revoke = SessionKeyValidator::revokeKeysCall {
            sessionHashes: vec![client.session().hash()],
        };
        let revoke = Call::function(world.suite.session_key_validator, &revoke);
        table
            .send(
                "passkey: revoke a session",
                Sender::Passkey(&account),
                &revoke,
            )
            .await?;

        let owner = add_owner(&account).await?;
        let second = session(&account, &config(world)?, RECIPIENT).await?;
        table
            .send(
                "owner: open a session",
                Sender::Key(&owner),
                &opening(world, &second),
            )
            .await?;
        let revoke = SessionKeyValidator::revokeAllKeysCall {};
        let revoke = Call::function(world.suite.session_key_validator, &revoke);
        table
            .send("owner: revoke all sessions", Sender::Key(&owner), &revoke)
            .await?;
        table.check()
    })
    .await
}

/// The call that opens a session without options.
fn opening(world: &World, session: &Session) -> Call {
    let call = SessionKeyValidator::createSessionCall {
        sessionSpec: session.spec.clone(),
    };
    Call::function(world.suite.session_key_validator, &call)
}

/// K-01: modules come and go, and hooks make everything dearer.
#[tokio::test(flavor = "multi_thread")]
async fn estimates_suffice_with_modules() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut table = Table::default();
        let account = world.account().await?;
        let owner = add_owner(&account).await?;
        let key = PrivateKeySigner::random();
        let opened = session(&account, &config(world)?, key.address()).await?;
        account.create_session(&opened).await?;
        let client = account.session(opened, key)?;

        let address = account.address();
        let executor = deploy(world, "OpenExecutor", 0).await?;
        let install = installation(address, EXECUTOR, executor, Bytes::new());
        table
            .send(
                "passkey: install an executor",
                Sender::Passkey(&account),
                &install,
            )
            .await?;
        let hook = deploy(world, "SpendingLimitHook", 0).await?;
        let limits = vec![(Address::ZERO, 1_000_u128), (world.token, 1_000_u128)];
        let data = (U256::from(31 * DAY), limits).abi_encode_params();
        let install = installation(address, HOOK, hook, data.into());
        table
            .send(
                "passkey: install a hook",
                Sender::Passkey(&account),
                &install,
            )
            .await?;
        for _ in 0..2 {
            table
                .send("passkey, hook: transfer", Sender::Passkey(&account), &wei())
                .await?;
            table
                .send(
                    "passkey, hook: tokens",
                    Sender::Passkey(&account),
                    &units(world),
                )
                .await?;
            let batch = account.batch_call(&[wei(), units(world)]);
            table
                .send("passkey, hook: batch", Sender::Passkey(&account), &batch)
                .await?;
            table
                .send("owner, hook: transfer", Sender::Key(&owner), &wei())
                .await?;
            table
                .send("session, hook: transfer", Sender::Session(&client), &wei())
                .await?;
            table
                .send(
                    "session, hook: tokens",
                    Sender::Session(&client),
                    &units(world),
                )
                .await?;
            let act = through(executor, address, &wei());
            let wallet = world.backend.wallet();
            table
                .send("executor, hook: transfer", Sender::Wallet(wallet), &act)
                .await?;
        }
        let remove = removal(address, EXECUTOR, executor, Bytes::new());
        table
            .send("owner: remove an executor", Sender::Key(&owner), &remove)
            .await?;
        table.check()
    })
    .await
}

/// K-01: recovery, from the appointment of a guardian to the new passkey's first transaction.
#[tokio::test(flavor = "multi_thread")]
async fn estimates_suffice_for_recoveries() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut table = Table::default();
        let guarded = Guarded::new(world).await?;
        let account = &guarded.account;
        let key = PrivateKeySigner::random();
        let third = funded_wallet(world, &key).await?;
        let propose = GuardianRecovery::proposeGuardianCall {
            hashedOriginDomain: domain(),
            newGuardian: third.address(),
        };
        let propose = Call::function(guarded.recovery, &propose);
        table
            .send(
                "passkey: propose a guardian",
                Sender::Passkey(account),
                &propose,
            )
            .await?;
        let accept = guarded.acceptance();
        table
            .send("guardian: accept", Sender::Wallet(&third), &accept)
            .await?;
        for guardian in &guarded.guardians {
            let approve = guarded.approval();
            table
                .send("guardian: approve", Sender::Wallet(guardian), &approve)
                .await?;
        }
        if !wait(world, DAY).await? {
            return table.check();
        }
        let relayer = world.backend.wallet();
        table
            .send(
                "relayer: finish",
                Sender::Wallet(relayer),
                &guarded.finish(),
            )
            .await?;
        let recovered = guarded.recovered();
        table
            .send("new passkey: transfer", Sender::Passkey(&recovered), &wei())
            .await?;
        table.check()
    })
    .await
}
