//! What a sponsor pays for.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolValue;
use eyre::{ContextCompat, ensure};
use zksso_bindings::{AAFactory, ERC20, ERC7579Account, GuardianRecovery, SessionKeyValidator};
use zksso_client::{PasskeyAuthenticator, SmartAccount};
use zksso_core::{Call, Credential, encode_module};
use zksso_deployer::SuiteParts;
use zksso_testkit::{ORIGIN, ether, passkey};

use super::sessions::{config, session, token_call, wait};
use super::sponsor::{Sponsor, TestToken, harmless, newcomer, sponsorship};
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// J-05: an account costs its user nothing, but only the sponsor's signature gets it.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_created_at_the_sponsors_cost() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsor = Sponsor::open(world).await?;
        let factory = world.suite.factory;
        sponsor
            .allow_signed::<AAFactory::deployAccountCall>(factory)
            .await?;
        let deployer = newcomer(world);
        let passkey = passkey().await?;
        let modules = vec![
            encode_module(
                world.suite.web_auth_validator,
                passkey.credential().init_data(),
            ),
            encode_module(world.suite.session_key_validator, Bytes::new()),
        ];
        let create = AAFactory::deployAccountCall {
            modules,
            owners: Vec::new(),
            index: U256::ZERO,
        };
        let call = Call::function(factory, &create);
        let fee = deployer.estimate(&call, &sponsor.pays()).await?;
        let before = sponsor.books().await?;
        let unsigned = sponsor.pays().with_fee(fee);
        refused_as_unauthorised(deployer.send_with(&call, &unsigned).await)?;
        let until = deployer.chain().time().await? + HOUR;
        let offer = sponsorship(deployer.address(), &call, U256::ZERO, &fee, until);
        let by_stranger =
            sponsor.pays_signed(&PrivateKeySigner::random(), &sponsor.domain(), &offer)?;
        let result = deployer.send_with(&call, &by_stranger.with_fee(fee)).await;
        refused_as_unauthorised(result)?;
        ensure!(sponsor.books().await? == before);

        let signed = sponsor.pays_signed(&sponsor.key, &sponsor.domain(), &offer)?;
        let result = deployer.send_with(&call, &signed.with_fee(fee)).await;
        sponsor
            .paid_for(deployer.address(), result, &before)
            .await?;
        let chain = deployer.chain();
        let address =
            SmartAccount::predict_address(chain, &world.suite, passkey.credential(), U256::ZERO)
                .await?;
        ensure!(chain.code_hash(address).await? != B256::ZERO);
        ensure!(chain.balance(deployer.address()).await?.is_zero());
        let account = SmartAccount::at(chain.clone(), world.suite, address, passkey);
        sponsor.allow::<TestToken::mintCall>(world.token).await?;
        account
            .execute_with(&harmless(world), &sponsor.pays())
            .await?;
        Ok(())
    })
    .await
}

/// A session is opened and used, one by one and in a batch, by an account that has no base token at all.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_transact_at_the_sponsors_cost() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let sponsor = Sponsor::open(world).await?;
        let sessions = world.suite.session_key_validator;
        sponsor
            .allow::<SessionKeyValidator::createSessionCall>(sessions)
            .await?;
        sponsor.allow::<ERC20::transferCall>(world.token).await?;
        let (account, _) = world.deploy_account(passkey().await?).await?;
        let chain = account.chain();
        let mint = TestToken::mintCall {
            to: account.address(),
            amount: ether(5),
        };
        world
            .backend
            .wallet()
            .send(&Call::function(world.token, &mint))
            .await?;
        let received = world.token_balance(RECIPIENT).await?;

        let key = PrivateKeySigner::random();
        let session = session(&account, &config(world)?, key.address()).await?;
        let open = SessionKeyValidator::createSessionCall {
            sessionSpec: session.spec.clone(),
        };
        let calls = [
            Call::function(sessions, &open),
            token_call(world.token, RECIPIENT, ether(1)),
        ];
        let before = sponsor.books().await?;
        let batch = account.batch_call(&calls);
        let result = account.execute_with(&batch, &sponsor.pays()).await;
        sponsor.paid_for(account.address(), result, &before).await?;

        let client = account.session(session, key)?;
        let before = sponsor.books().await?;
        let call = token_call(world.token, RECIPIENT, ether(4));
        let result = client.execute_with(&call, &sponsor.pays()).await;
        sponsor.paid_for(account.address(), result, &before).await?;
        ensure!(world.token_balance(RECIPIENT).await? == received + ether(5));
        ensure!(chain.balance(account.address()).await?.is_zero());
        ensure!(client.record().await?.fees().1.is_zero());
        let (count, _) = sponsor.spent_by(account.address()).await?;
        ensure!(count == U256::from(2));
        Ok(())
    })
    .await
}

/// Installing guardians, accepting, approving and finishing: nobody in a recovery needs base token.
#[tokio::test(flavor = "multi_thread")]
async fn recoveries_cost_neither_guardians_nor_the_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let suite = world
            .deploy_parts(SuiteParts::core().with_modules())
            .await?;
        let recovery = suite.optional.guardian_recovery;
        let recovery = recovery.wrap_err("it was asked for")?;
        let sponsor = Sponsor::open(world).await?;
        sponsor
            .allow::<ERC7579Account::installModuleCall>(Address::ZERO)
            .await?;
        sponsor
            .allow::<GuardianRecovery::addGuardianCall>(recovery)
            .await?;
        sponsor
            .allow::<GuardianRecovery::initRecoveryCall>(recovery)
            .await?;
        sponsor
            .allow::<GuardianRecovery::finishRecoveryCall>(recovery)
            .await?;
        sponsor.allow::<TestToken::mintCall>(world.token).await?;
        let (account, _) = world.deploy_account(passkey().await?).await?;
        let (guardian, finisher) = (newcomer(world), newcomer(world));
        let domain = keccak256(ORIGIN);
        let data = (
            domain,
            vec![guardian.address()],
            U256::from(1),
            U256::from(DAY),
        );
        let install = ERC7579Account::installModuleCall {
            moduleTypeId: U256::from(2),
            module: recovery,
            initData: data.abi_encode_params().into(),
        };
        let install = Call::function(account.address(), &install);
        account.execute_with(&install, &sponsor.pays()).await?;
        let accept = GuardianRecovery::addGuardianCall {
            hashedOriginDomain: domain,
            accountToGuard: account.address(),
        };
        let found = passkey().await?;
        let credential = found.credential();
        let [x, y] = credential.public_key().coordinates();
        let start = GuardianRecovery::initRecoveryCall {
            accountToRecover: account.address(),
            hashedCredentialId: keccak256(credential.id()),
            rawPublicKey: [x, y],
            hashedOriginDomain: domain,
        };
        for call in [
            Call::function(recovery, &accept),
            Call::function(recovery, &start),
        ] {
            guardian.send_with(&call, &sponsor.pays()).await?;
        }
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let finish = finishing(account.address(), suite.web_auth_validator, credential);
        let finish = Call::function(recovery, &finish);
        finisher.send_with(&finish, &sponsor.pays()).await?;
        let recovered = account.with_passkey(found);
        recovered
            .execute_with(&harmless(world), &sponsor.pays())
            .await?;
        for nobody in [account.address(), guardian.address(), finisher.address()] {
            ensure!(account.chain().balance(nobody).await?.is_zero());
        }
        Ok(())
    })
    .await
}

/// The call that ends a recovery which adds a passkey and nothing else.
fn finishing(
    account: Address,
    validator: Address,
    credential: &Credential,
) -> GuardianRecovery::finishRecoveryCall {
    let [x, y] = credential.public_key().coordinates();
    GuardianRecovery::finishRecoveryCall {
        hashedOriginDomain: keccak256(ORIGIN),
        account,
        request: GuardianRecovery::RecoveryRequest {
            webAuthValidator: validator,
            credentialIdHash: keccak256(credential.id()),
            keyX: x,
            keyY: y,
            deadline: U256::MAX,
            ..GuardianRecovery::RecoveryRequest::default()
        },
        reveal: GuardianRecovery::RecoveryReveal {
            origin: ORIGIN.to_owned(),
            credentialId: credential.id().clone(),
            removedPasskeys: Vec::new(),
        },
    }
}
