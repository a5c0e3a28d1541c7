//! The flows that are measured.

use alloy::primitives::{Address, U256};
use alloy::signers::local::PrivateKeySigner;
use zksso_bindings::ERC20;
use zksso_client::{SessionClient, SmartAccount};
use zksso_core::{
    Call, CallPolicy, Constraint, Limit, SessionConfig, TokenBudget, TransferPolicy, batch_call,
};
use zksso_testkit::{World, ether, passkey};

use super::{Flows, trace::cost};

/// Has received before, so that no flow pays for a new balance.
const RECIPIENT: Address = Address::repeat_byte(0x11);

/// Runs all flows once.
pub(super) async fn measure(world: &World) -> eyre::Result<Flows> {
    let mut flows = Flows::new();
    let wallet = world.backend.wallet();
    world.fund(RECIPIENT).await?;
    let transfer = wallet.transfer(RECIPIENT, U256::from(1)).await?;
    let plain = cost(wallet.chain(), &transfer, wallet.address(), None).await?;
    flows.insert("EOA: ETH transfer".to_owned(), plain);
    let (account, receipt) = world.deploy_account(passkey().await?).await?;
    let deployment = cost(wallet.chain(), &receipt, account.address(), None).await?;
    flows.insert("deploy account".to_owned(), deployment);
    world.fund(account.address()).await?;
    by_passkey(world, &account, &mut flows).await?;
    by_session(world, &account, &mut flows).await?;
    by_session_with_options(world, &account, &mut flows).await?;
    Ok(flows)
}

fn token_transfer(world: &World) -> Call {
    let call = ERC20::transferCall {
        to: RECIPIENT,
        value: U256::from(5),
    };
    Call::function(world.token, &call)
}

async fn by_passkey(world: &World, account: &SmartAccount, flows: &mut Flows) -> eyre::Result<()> {
    let module = Some(world.suite.web_auth_validator);
    let transfer = Call::transfer(RECIPIENT, U256::from(1));
    let batch = account.batch_call(&[transfer.clone(), token_transfer(world)]);
    for (name, call) in [
        // The first transaction of an account opens its nonce, which is not what is measured.
        ("passkey: ETH transfer", transfer.clone()),
        ("passkey: ETH transfer", transfer),
        ("passkey: batch of two calls", batch),
    ] {
        let receipt = account.execute(&call).await?;
        let measured = cost(account.chain(), &receipt, account.address(), module).await?;
        flows.insert(name.to_owned(), measured);
    }
    Ok(())
}

fn session_config(world: &World) -> eyre::Result<SessionConfig> {
    let policy = CallPolicy::of::<ERC20::transferCall>(world.token)?
        .with_constraint(Constraint::equal(0, RECIPIENT))
        .with_constraint(Constraint::limited(1, Limit::lifetime(ether(1))));
    Ok(SessionConfig::default()
        .with_fee_limit(Limit::lifetime(ether(1)))
        .with_transfer(TransferPolicy::new(RECIPIENT, Limit::lifetime(ether(1))))
        .with_call(policy))
}

async fn by_session(world: &World, account: &SmartAccount, flows: &mut Flows) -> eyre::Result<()> {
    let key = PrivateKeySigner::random();
    let now = account.chain().time().await?;
    let session = session_config(world)?.to_session(key.address(), now)?;
    let receipt = account.create_session(&session).await?;
    let module = Some(world.suite.web_auth_validator);
    let created = cost(account.chain(), &receipt, account.address(), module).await?;
    flows.insert("passkey: create session".to_owned(), created);
    let client = account.session(session, key)?;
    let transfer = Call::transfer(RECIPIENT, U256::from(1));
    let calls = [
        ("session: ETH transfer, first", transfer.clone()),
        ("session: ETH transfer", transfer),
        ("session: ERC-20 transfer, first", token_transfer(world)),
        ("session: ERC-20 transfer", token_transfer(world)),
    ];
    send_all(world, &client, calls, flows).await
}

/// A session with limits on uses and a token budget besides.
async fn by_session_with_options(
    world: &World,
    account: &SmartAccount,
    flows: &mut Flows,
) -> eyre::Result<()> {
    let config = session_config(world)?
        .with_use_limit(Limit::lifetime(U256::from(100)))
        .with_token_budget(TokenBudget::new(world.token, Limit::lifetime(ether(1))));
    let key = PrivateKeySigner::random();
    let now = account.chain().time().await?;
    let session = config.to_session(key.address(), now)?;
    account.create_session(&session).await?;
    let client = account.session(session, key)?;
    let transfer = Call::transfer(RECIPIENT, U256::from(1));
    let batch = batch_call(
        account.address(),
        &[transfer.clone(), token_transfer(world)],
    );
    // The first uses open the counters, which is not what is measured.
    for call in [&transfer, &token_transfer(world)] {
        client.execute(call).await?;
    }
    let calls = [
        ("session with options: ETH transfer", transfer),
        (
            "session with options: ERC-20 transfer",
            token_transfer(world),
        ),
        ("session with options: batch of two calls", batch),
    ];
    send_all(world, &client, calls, flows).await
}

async fn send_all<const N: usize>(
    world: &World,
    client: &SessionClient,
    calls: [(&str, Call); N],
    flows: &mut Flows,
) -> eyre::Result<()> {
    let module = Some(world.suite.session_key_validator);
    for (name, call) in calls {
        let receipt = client.execute(&call).await?;
        let chain = world.backend.wallet().chain();
        let measured = cost(chain, &receipt, client.account(), module).await?;
        flows.insert(name.to_owned(), measured);
    }
    Ok(())
}
