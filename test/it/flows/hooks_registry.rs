//! Accounts that have only modules which a registry vouches for.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol;
use alloy::sol_types::{SolCall, SolValue};
use eyre::ensure;
use zksso_bindings::{RegistryHook, SessionKeyValidator};
use zksso_client::SmartAccount;
use zksso_core::{Call, CallPolicy, SessionConfig};
use zksso_testkit::World;

use super::doubles::deploy;
use super::modules::{
    DAY, EXECUTOR, HOOK, VALIDATOR, forced_removal, install, installation, is_installed,
    refused_and_failing, through,
};
use super::recovery;
use super::sessions::{session, wait};
use super::{RECIPIENT, STRANGER, on_each_backend, refused_with};

sol! {
    interface AttestationRegistry {
        error NotAttested(address module, uint256 moduleType);

        function attest(address module, uint256 moduleType, bool value) external;
        function trust(address attester) external;
    }
}

/// An account that trusts the world's wallet as attester, and an executor that it may want.
struct Guarded {
    account: SmartAccount,
    hook: Address,
    registry: Address,
    executor: Address,
}

impl Guarded {
    /// With the attester named in the policy.
    async fn new(world: &World, checks_executors: bool) -> eyre::Result<Self> {
        let attester = world.backend.wallet().address();
        Self::with_attesters(world, checks_executors, vec![attester]).await
    }

    async fn with_attesters(
        world: &World,
        checks_executors: bool,
        attesters: Vec<Address>,
    ) -> eyre::Result<Self> {
        let guarded = Self {
            account: world.account().await?,
            hook: deploy(world, "RegistryHook", 0).await?,
            registry: deploy(world, "AttestationRegistry", 0).await?,
            executor: deploy(world, "OpenExecutor", 0).await?,
        };
        let policy = RegistryHook::RegistryPolicy {
            registry: guarded.registry,
            checksExecutors: checks_executors,
            threshold: u8::from(!attesters.is_empty()),
            attesters,
        };
        install(
            &guarded.account,
            HOOK,
            guarded.hook,
            policy.abi_encode().into(),
        )
        .await?;
        Ok(guarded)
    }

    /// Attests the executor as a type, or takes that back.
    async fn attest(&self, world: &World, kind: u64, value: bool) -> eyre::Result<()> {
        attest(world, self.registry, self.executor, kind, value).await
    }

    fn installation(&self) -> Call {
        installation(
            self.account.address(),
            EXECUTOR,
            self.executor,
            Bytes::new(),
        )
    }

    fn gift(&self) -> Call {
        let gift = Call::transfer(RECIPIENT, U256::from(1));
        through(self.executor, self.account.address(), &gift)
    }
}

/// Has the world's wallet attest a module as a type, or take that back.
async fn attest(
    world: &World,
    registry: Address,
    module: Address,
    kind: u64,
    value: bool,
) -> eyre::Result<()> {
    let attest = AttestationRegistry::attestCall {
        module,
        moduleType: U256::from(kind),
        value,
    };
    let wallet = world.backend.wallet();
    wallet.send(&Call::function(registry, &attest)).await?;
    Ok(())
}

/// F-20: a module gets in only with an attestation for the type that it is installed as, also in a batch.
#[tokio::test(flavor = "multi_thread")]
async fn modules_need_an_attestation() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world, false).await?;
        let account = &guarded.account;
        let installation = guarded.installation();
        let error: AttestationRegistry::NotAttested =
            refused_and_failing(world, account, &installation).await?;
        ensure!(error.module == guarded.executor && error.moduleType == U256::from(EXECUTOR));
        guarded.attest(world, VALIDATOR, true).await?;
        let gift = Call::transfer(RECIPIENT, U256::from(1));
        let result = account.batch(&[gift, installation.clone()]).await;
        refused_with::<AttestationRegistry::NotAttested>(result)?;
        guarded.attest(world, EXECUTOR, true).await?;
        account.execute(&installation).await?;
        ensure!(is_installed(account, EXECUTOR, guarded.executor).await?);
        // What was let in stays, whatever becomes of its attestation.
        guarded.attest(world, EXECUTOR, false).await?;
        account.transfer(RECIPIENT, U256::from(1)).await?;
        world.backend.wallet().send(&guarded.gift()).await?;
        Ok(())
    })
    .await
}

/// F-20, F-21: an attested executor does not bring others in.
#[tokio::test(flavor = "multi_thread")]
async fn executors_install_attested_modules_only() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world, false).await?;
        guarded.attest(world, EXECUTOR, true).await?;
        let account = &guarded.account;
        account.execute(&guarded.installation()).await?;
        let other = deploy(world, "Saboteur", 0).await?;
        for kind in [VALIDATOR, EXECUTOR, HOOK] {
            let other = installation(account.address(), kind, other, Bytes::new());
            let call = through(guarded.executor, account.address(), &other);
            let error: AttestationRegistry::NotAttested =
                refused_with(world.backend.wallet().send(&call).await)?;
            ensure!(error.moduleType == U256::from(kind));
        }
        Ok(())
    })
    .await
}

/// F-20: where the policy says so, a revoked executor does not act any more; it can still be removed.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_executor_is_stopped() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world, true).await?;
        guarded.attest(world, EXECUTOR, true).await?;
        let account = &guarded.account;
        account.execute(&guarded.installation()).await?;
        let wallet = world.backend.wallet();
        wallet.send(&guarded.gift()).await?;
        guarded.attest(world, EXECUTOR, false).await?;
        refused_with::<AttestationRegistry::NotAttested>(wallet.send(&guarded.gift()).await)?;
        let out = forced_removal(account.address(), EXECUTOR, guarded.executor, Bytes::new());
        account.execute(&out).await?;
        ensure!(!is_installed(account, EXECUTOR, guarded.executor).await?);
        Ok(())
    })
    .await
}

/// F-20: without attesters in the policy, those count that the account named to the registry.
#[tokio::test(flavor = "multi_thread")]
async fn the_registry_may_know_whom_the_account_trusts() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::with_attesters(world, false, Vec::new()).await?;
        guarded.attest(world, EXECUTOR, true).await?;
        let account = &guarded.account;
        let result = account.execute(&guarded.installation()).await;
        refused_with::<AttestationRegistry::NotAttested>(result)?;
        let trust = AttestationRegistry::trustCall {
            attester: world.backend.wallet().address(),
        };
        account
            .execute(&Call::function(guarded.registry, &trust))
            .await?;
        account.execute(&guarded.installation()).await?;
        Ok(())
    })
    .await
}

/// F-20: a policy that is loosened in the action that installs a module comes too late for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_does_not_loosen_its_own_policy() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world, false).await?;
        let loosened = RegistryHook::setPolicyCall {
            policy: RegistryHook::RegistryPolicy::default(),
        };
        let loosened = Call::function(guarded.hook, &loosened);
        let result = guarded
            .account
            .batch(&[loosened.clone(), guarded.installation()])
            .await;
        refused_with::<AttestationRegistry::NotAttested>(result)?;
        guarded.account.execute(&loosened).await?;
        guarded.account.execute(&guarded.installation()).await?;
        Ok(())
    })
    .await
}

/// F-20: no session is opened that could change the policy.
#[tokio::test(flavor = "multi_thread")]
async fn no_session_may_change_the_policy() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world, false).await?;
        let policy = CallPolicy::parse(guarded.hook, RegistryHook::setPolicyCall::SIGNATURE)?;
        let config = SessionConfig::default().with_call(policy);
        let session = session(&guarded.account, &config, STRANGER).await?;
        let error: SessionKeyValidator::SessionTargetBanned =
            refused_with(guarded.account.create_session(&session).await)?;
        ensure!(error.target == guarded.hook);
        Ok(())
    })
    .await
}

/// F-20: who has executors checked must have the one attested that recovers the account; until then a recovery waits.
#[tokio::test(flavor = "multi_thread")]
async fn checked_executors_include_recovery() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = recovery::Guarded::new(world).await?;
        let hook = deploy(world, "RegistryHook", 0).await?;
        let registry = deploy(world, "AttestationRegistry", 0).await?;
        let policy = RegistryHook::RegistryPolicy {
            registry,
            checksExecutors: true,
            threshold: 1,
            attesters: vec![world.backend.wallet().address()],
        };
        install(&guarded.account, HOOK, hook, policy.abi_encode().into()).await?;
        guarded.approve().await?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let relayer = world.backend.wallet();
        let error: AttestationRegistry::NotAttested =
            refused_with(relayer.send(&guarded.finish()).await)?;
        ensure!(error.module == guarded.recovery);
        attest(world, registry, guarded.recovery, EXECUTOR, true).await?;
        guarded.finish_and_act(relayer).await
    })
    .await
}
