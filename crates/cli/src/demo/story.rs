//! What the demo plays: the two flows of smart sign-on, and what must not work.

use std::sync::Arc;

use alloy::primitives::{Address, B256, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol;
use eyre::ensure;
use zksso_authenticator::SoftwareAuthenticator;
use zksso_bindings::ERC20;
use zksso_client::{PasskeyAuthenticator, SendOptions, SessionClient, SmartAccount, Suite, Wallet};
use zksso_compiler::Artifacts;
use zksso_core::{
    Call, CallPolicy, Constraint, Expiry, Limit, Seconds, SessionConfig, TransferPolicy,
};
use zksso_deployer::{ContractCode, Event, Plan, SuiteCode, SuiteParts, execute};

use super::chain::DemoChain;
use super::steps::{Done, Steps};
use crate::progress::Progress;
use crate::report::StepReport;

/// Page at which the passkeys are made.
const ORIGIN: &str = "https://sso.example.com";
/// Receives everything; nobody has its key.
const RECIPIENT: Address = Address::repeat_byte(0x5e);
/// A recipient that no policy names.
const STRANGER: Address = Address::repeat_byte(0xbd);
/// Wei the account is given, 0.05 of the base token.
const FUNDS: u64 = 50_000_000_000_000_000;
/// Wei the session may send, and its fees may be.
const TRANSFER_LIMIT: u64 = 1_000_000_000_000_000;
const FEE_LIMIT: u64 = 20_000_000_000_000_000;
/// Tokens, in the smallest unit: what the account is given, and what the session may send.
const TOKENS: u64 = 1_000_000;
const TOKEN_LIMIT: u64 = 10_000;
/// Seconds until the session that is to expire does; where time cannot be moved, the demo waits for it.
const SHORT_SESSION: u64 = 75;

sol! {
    interface TestToken {
        function mint(address to, uint256 amount) external;
    }
}

/// Plays all steps in order; the first that does not end as it must is an error.
pub(crate) async fn play(
    chain: &DemoChain,
    artifacts: &Artifacts,
    progress: &Progress,
) -> eyre::Result<Vec<StepReport>> {
    let mut steps = Steps::new(progress);
    let (suite, token) = deploy(&mut steps, chain, artifacts, progress).await?;
    let account = sign_on(&mut steps, chain, suite, token).await?;
    let session = open_session(&mut steps, &account, token).await?;
    use_session(&mut steps, &session, token).await?;
    break_session(&mut steps, &session, token).await?;
    outlive_session(&mut steps, chain, &account).await?;
    steps
        .accepted(
            "revoke the session",
            account.revoke_session(session.client.session().hash()),
        )
        .await?;
    let revoked = session.send(RECIPIENT, 1);
    steps
        .refused(
            "transfer with the revoked session",
            "SessionNotActive",
            revoked,
        )
        .await?;
    second_passkey(&mut steps, &account).await?;
    Ok(steps.into_reports())
}

fn code(artifacts: &Artifacts, name: &str) -> zksso_compiler::Result<ContractCode> {
    let dependencies = artifacts.factory_dependency_closure(name)?;
    Ok(ContractCode {
        name: name.to_owned(),
        bytecode: artifacts.bytecode(name)?.code,
        factory_dependencies: dependencies
            .into_iter()
            .map(|dependency| dependency.code)
            .collect(),
    })
}

async fn deploy(
    steps: &mut Steps<'_>,
    chain: &DemoChain,
    artifacts: &Artifacts,
    progress: &Progress,
) -> eyre::Result<(Suite, Address)> {
    let wallet = &chain.wallet;
    let suite_code = SuiteCode::collect(SuiteParts::core(), |name| code(artifacts, name))?;
    let (mut plan, suite) = Plan::suite(wallet.address(), B256::ZERO, suite_code)?;
    let token = plan.add(code(artifacts, "TestToken")?, ())?;
    steps
        .run("deploy the suite and a token", async {
            // Stays zero where everything is deployed already.
            let mut gas = 0;
            execute(&plan, wallet, |event| match event {
                Event::Started(step) => progress.now(format!("deploying {}", step.name())),
                Event::Deployed(_, receipt) => gas += receipt.gas_used,
                _ => {}
            })
            .await?;
            Ok((
                (),
                Done {
                    transaction: None,
                    gas: (gas != 0).then_some(gas),
                },
            ))
        })
        .await?;
    Ok((suite, token))
}

/// "Create new smart sign-on": a passkey, the account it owns, and what it may do.
async fn sign_on(
    steps: &mut Steps<'_>,
    chain: &DemoChain,
    suite: Suite,
    token: Address,
) -> eyre::Result<SmartAccount> {
    let wallet = &chain.wallet;
    let passkey = make_passkey(steps, "make a passkey").await?;
    let account = steps
        .run("deploy the account", async {
            let (account, receipt) =
                SmartAccount::deploy(wallet, suite, passkey.clone(), U256::ZERO).await?;
            Ok((account, Done::from(&receipt)))
        })
        .await?;
    steps
        .run("find the account by its passkey", async {
            let found = SmartAccount::find(wallet.chain().clone(), suite, passkey).await?;
            ensure!(
                found.address() == account.address(),
                "found {} instead",
                found.address()
            );
            Ok((
                (),
                Done {
                    transaction: None,
                    gas: None,
                },
            ))
        })
        .await?;
    fund(steps, wallet, &account, token).await?;
    let transfer = account.transfer(RECIPIENT, U256::from(1_000));
    steps
        .accepted("transfer, signed by the passkey", transfer)
        .await?;
    let calls = [
        Call::transfer(RECIPIENT, U256::from(1_000)),
        token_transfer(token, RECIPIENT, 5),
    ];
    steps
        .accepted(
            "batch of two calls, signed by the passkey",
            account.batch(&calls),
        )
        .await?;
    Ok(account)
}

async fn make_passkey(
    steps: &mut Steps<'_>,
    step: &str,
) -> eyre::Result<Arc<SoftwareAuthenticator>> {
    steps
        .run(step, async {
            let passkey = SoftwareAuthenticator::register(ORIGIN, "alice").await?;
            Ok((
                Arc::new(passkey),
                Done {
                    transaction: None,
                    gas: None,
                },
            ))
        })
        .await
}

async fn fund(
    steps: &mut Steps<'_>,
    wallet: &Wallet,
    account: &SmartAccount,
    token: Address,
) -> eyre::Result<()> {
    let transfer = wallet.transfer(account.address(), U256::from(FUNDS));
    steps.accepted("fund the account", transfer).await?;
    let mint = TestToken::mintCall {
        to: account.address(),
        amount: U256::from(TOKENS),
    };
    let call = Call::function(token, &mint);
    steps.accepted("give it tokens", wallet.send(&call)).await?;
    Ok(())
}

/// A session, and the fee with which its transactions are sent: that of an allowed one, so that a forbidden one is
/// refused by the account's rules on the chain and not by an estimate.
struct OpenSession {
    client: SessionClient,
    options: SendOptions,
}

impl OpenSession {
    async fn send(&self, to: Address, wei: u64) -> zksso_client::Result<zksso_client::Receipt> {
        self.execute(&Call::transfer(to, U256::from(wei))).await
    }

    async fn execute(&self, call: &Call) -> zksso_client::Result<zksso_client::Receipt> {
        self.client.execute_with(call, &self.options).await
    }
}

/// "Create SSO session": what the key may do, approved with the passkey.
async fn open_session(
    steps: &mut Steps<'_>,
    account: &SmartAccount,
    token: Address,
) -> eyre::Result<OpenSession> {
    let token_policy = CallPolicy::of::<ERC20::transferCall>(token)?
        .with_constraint(Constraint::equal(0, RECIPIENT))
        .with_constraint(Constraint::limited(
            1,
            Limit::lifetime(U256::from(TOKEN_LIMIT)),
        ));
    let config = session_config(Expiry::default()).with_call(token_policy);
    let step = "create a session, approved by the passkey";
    let client = create_session(steps, step, account, &config).await?;
    let call = token_transfer(token, RECIPIENT, 1);
    let fee = client.estimate(&call, &SendOptions::default()).await?;
    Ok(OpenSession {
        client,
        options: SendOptions::default().with_fee(fee),
    })
}

fn session_config(expiry: Expiry) -> SessionConfig {
    SessionConfig::default()
        .with_expiry(expiry)
        .with_fee_limit(Limit::lifetime(U256::from(FEE_LIMIT)))
        .with_transfer(TransferPolicy::new(
            RECIPIENT,
            Limit::lifetime(U256::from(TRANSFER_LIMIT)),
        ))
}

async fn create_session(
    steps: &mut Steps<'_>,
    step: &str,
    account: &SmartAccount,
    config: &SessionConfig,
) -> eyre::Result<SessionClient> {
    let key = PrivateKeySigner::random();
    let session = config.to_session(key.address(), account.chain().time().await?)?;
    steps
        .accepted(step, account.create_session(&session))
        .await?;
    Ok(account.session(session, key)?)
}

async fn use_session(
    steps: &mut Steps<'_>,
    session: &OpenSession,
    token: Address,
) -> eyre::Result<()> {
    let transfer = session
        .client
        .transfer(RECIPIENT, U256::from(TRANSFER_LIMIT / 2));
    steps
        .accepted("transfer, signed by the session key", transfer)
        .await?;
    let call = token_transfer(token, RECIPIENT, TOKEN_LIMIT / 2);
    steps
        .accepted(
            "token transfer, signed by the session key",
            session.client.execute(&call),
        )
        .await?;
    Ok(())
}

async fn break_session(
    steps: &mut Steps<'_>,
    session: &OpenSession,
    token: Address,
) -> eyre::Result<()> {
    let over = "SessionLifetimeLimitExceeded";
    steps
        .refused(
            "transfer over the limit",
            over,
            session.send(RECIPIENT, TRANSFER_LIMIT),
        )
        .await?;
    let call = token_transfer(token, RECIPIENT, TOKEN_LIMIT);
    steps
        .refused(
            "token transfer over the limit",
            over,
            session.execute(&call),
        )
        .await?;
    let wrong = session.send(STRANGER, 1);
    steps
        .refused(
            "transfer to a wrong recipient",
            "SessionTransferNotAllowed",
            wrong,
        )
        .await?;
    let call = token_transfer(token, STRANGER, 1);
    let step = "token transfer to a wrong recipient";
    steps
        .refused(step, "SessionConditionFailed", session.execute(&call))
        .await?;
    let approve = ERC20::approveCall {
        spender: STRANGER,
        value: U256::MAX,
    };
    let call = Call::function(STRANGER, &approve);
    steps
        .refused(
            "call of an unlisted target",
            "SessionCallNotAllowed",
            session.execute(&call),
        )
        .await?;
    Ok(())
}

async fn outlive_session(
    steps: &mut Steps<'_>,
    chain: &DemoChain,
    account: &SmartAccount,
) -> eyre::Result<()> {
    let config = session_config(Expiry::After(Seconds::new(SHORT_SESSION)));
    let client = create_session(
        steps,
        "create a session that expires soon",
        account,
        &config,
    )
    .await?;
    let call = Call::transfer(RECIPIENT, U256::from(1));
    let fee = account.estimate(&call, &SendOptions::default()).await?;
    if chain.local {
        chain.increase_time(SHORT_SESSION + 1).await?;
    } else {
        tokio::time::sleep(std::time::Duration::from_secs(SHORT_SESSION + 1)).await;
    }
    let session = OpenSession {
        client,
        options: SendOptions::default().with_fee(fee),
    };
    let late = session.execute(&call);
    steps
        .refused(
            "transfer with the expired session",
            "TimestampOutOfRange",
            late,
        )
        .await
}

async fn second_passkey(steps: &mut Steps<'_>, account: &SmartAccount) -> eyre::Result<()> {
    let second = make_passkey(steps, "make a second passkey").await?;
    let add = account.add_passkey(second.credential());
    steps.accepted("add it to the account", add).await?;
    let on_second = account.with_passkey(second.clone());
    let transfer = on_second.transfer(RECIPIENT, U256::from(1_000));
    steps
        .accepted("transfer, signed by the second passkey", transfer)
        .await?;
    Ok(())
}

fn token_transfer(token: Address, to: Address, amount: u64) -> Call {
    Call::function(
        token,
        &ERC20::transferCall {
            to,
            value: U256::from(amount),
        },
    )
}
