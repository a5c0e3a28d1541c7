//! Recovery by guardians, and the dead man's switch, through the account's real executor interface.

use alloy::primitives::{Address, B256, Bytes, U256, b256, keccak256};
use alloy::signers::{SignerSync, local::PrivateKeySigner};
use alloy::sol;
use alloy::sol_types::SolValue;
use eyre::ensure;
use zksso_bindings::{ERC7579Account, WebAuthValidator};
use zksso_client::{PasskeyAuthenticator, SendOptions, SmartAccount, Wallet};
use zksso_core::{Call, Credential};
use zksso_deployer::{Plan, execute};
use zksso_testkit::{ORIGIN, World, contract_code, ether, passkey};

use super::{RECIPIENT, on_each_backend, refused_as_unauthorised, refused_with};

sol! {
    #[derive(Default)]
    struct RecoveryRequest {
        address webAuthValidator;
        bytes32 credentialIdHash;
        bytes32 rpIdHash;
        bytes32 keyX;
        bytes32 keyY;
        address owner;
        bytes32[] removedPasskeys;
        address[] removedOwners;
        address sessionValidator;
        uint256 deadline;
    }

    struct PasskeyReveal {
        bytes credentialId;
        bytes32 rpIdHash;
    }

    struct RecoveryReveal {
        string origin;
        bytes credentialId;
        PasskeyReveal[] removedPasskeys;
    }

    struct GuardianSignature {
        address guardian;
        bytes signature;
    }

    #[sol(rpc)]
    interface GuardianRecovery {
        error RecoveryNotReady(uint256 readyAt);
        error RecoveryNotFound();

        function addGuardian(bytes32 hashedOriginDomain, address accountToGuard) external returns (bool);
        function approveRecovery(bytes32 hashedOriginDomain, address account, RecoveryRequest calldata request) external returns (bytes32);
        function approveRecoveryBySignatures(bytes32 hashedOriginDomain, address account, RecoveryRequest calldata request, GuardianSignature[] calldata signatures) external returns (bytes32);
        function finishRecovery(bytes32 hashedOriginDomain, address account, RecoveryRequest calldata request, RecoveryReveal calldata reveal) external;
        function nonceOf(bytes32 hashedOriginDomain, address account) external view returns (uint256);
        function hashRequest(bytes32 hashedOriginDomain, address account, uint256 nonce, RecoveryRequest calldata request) external view returns (bytes32);
    }

    interface DeadManSwitch {
        error SwitchNotDue(uint256 claimableAt);

        function claim(address account) external;
    }
}

/// SHA-256 of the host of [`ORIGIN`].
const RP_ID_HASH: B256 = b256!("52fcd2080243e7766e58f184a507c4f7b173d9b326136feaf6b933498d23abdb");

const DAY: u64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn guardians_replace_a_lost_passkey_at_no_cost_to_the_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let lost = passkey().await?;
        let (account, _) = world.deploy_account(lost.clone()).await?;
        world.fund(account.address()).await?;
        let recovery = deploy(world, "GuardianRecovery").await?;
        let guardians = [PrivateKeySigner::random(), PrivateKeySigner::random()];
        appoint(world, &account, recovery, &guardians).await?;

        let found = passkey().await?;
        let (request, reveal) =
            replacement(&account, lost.credential(), found.credential()).await?;
        let view = GuardianRecovery::new(recovery, account.chain().provider());
        let nonce = view.nonceOf(domain(), account.address()).call().await?;
        let hash = view
            .hashRequest(domain(), account.address(), nonce, request.clone())
            .call()
            .await?;
        let by_signature = GuardianRecovery::approveRecoveryBySignaturesCall {
            hashedOriginDomain: domain(),
            account: account.address(),
            request: request.clone(),
            signatures: vec![GuardianSignature {
                guardian: guardians[0].address(),
                signature: guardians[0].sign_hash_sync(&hash)?.as_bytes().into(),
            }],
        };
        let relayer = world.backend.wallet();
        relayer
            .send(&Call::function(recovery, &by_signature))
            .await?;
        let finish = Call::function(
            recovery,
            &GuardianRecovery::finishRecoveryCall {
                hashedOriginDomain: domain(),
                account: account.address(),
                request: request.clone(),
                reveal,
            },
        );
        refused_with::<GuardianRecovery::RecoveryNotFound>(relayer.send(&finish).await)?;
        let by_call = GuardianRecovery::approveRecoveryCall {
            hashedOriginDomain: domain(),
            account: account.address(),
            request,
        };
        Wallet::new(account.chain().clone(), guardians[1].clone())
            .send(&Call::function(recovery, &by_call))
            .await?;
        refused_with::<GuardianRecovery::RecoveryNotReady>(relayer.send(&finish).await)?;
        if !world.backend.increase_time(DAY).await? {
            return Ok(());
        }
        let before = account.chain().balance(account.address()).await?;
        relayer.send(&finish).await?;
        ensure!(account.chain().balance(account.address()).await? == before);
        refused_with::<GuardianRecovery::RecoveryNotFound>(relayer.send(&finish).await)?;

        let transfer = Call::transfer(RECIPIENT, U256::from(1));
        let recovered = account.with_passkey(found);
        recovered.execute(&transfer).await?;
        let fee = recovered
            .estimate(&transfer, &SendOptions::default())
            .await?;
        refused_as_unauthorised(
            account
                .execute_with(&transfer, &SendOptions::default().with_fee(fee))
                .await,
        )
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_heir_claims_an_account_that_has_not_checked_in() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let module = deploy(world, "DeadManSwitch").await?;
        let key = PrivateKeySigner::random();
        let heir = Wallet::new(account.chain().clone(), key);
        world
            .backend
            .wallet()
            .transfer(heir.address(), ether(1))
            .await?;
        let data = (heir.address(), U256::from(30 * DAY)).abi_encode_params();
        install(&account, module, data.into()).await?;
        let claim = Call::function(
            module,
            &DeadManSwitch::claimCall {
                account: account.address(),
            },
        );
        refused_with::<DeadManSwitch::SwitchNotDue>(heir.send(&claim).await)?;
        if !world.backend.increase_time(30 * DAY).await? {
            return Ok(());
        }
        heir.send(&claim).await?;
        let owners = ERC7579Account::new(account.address(), account.chain().provider());
        ensure!(owners.isK1Owner(heir.address()).call().await?);
        Ok(())
    })
    .await
}

fn domain() -> B256 {
    keccak256(ORIGIN)
}

/// Deploys a contract whose constructor takes nothing.
async fn deploy(world: &World, name: &str) -> eyre::Result<Address> {
    let wallet = world.backend.wallet();
    let mut plan = Plan::new(wallet.address(), B256::ZERO);
    let address = plan.add_encoded(contract_code(name)?, Bytes::new())?;
    execute(&plan, wallet, |_| {}).await?;
    Ok(address)
}

/// Installs an executor.
async fn install(account: &SmartAccount, module: Address, data: Bytes) -> eyre::Result<()> {
    let call = ERC7579Account::installModuleCall {
        moduleTypeId: U256::from(2),
        module,
        initData: data,
    };
    account
        .execute(&Call::function(account.address(), &call))
        .await?;
    Ok(())
}

/// Gives an account guardians, all of whom must approve, with some money to do so.
async fn appoint(
    world: &World,
    account: &SmartAccount,
    recovery: Address,
    guardians: &[PrivateKeySigner],
) -> eyre::Result<()> {
    let addresses: Vec<Address> = guardians.iter().map(PrivateKeySigner::address).collect();
    let threshold = U256::from(addresses.len());
    let data = (domain(), addresses, threshold, U256::from(DAY)).abi_encode_params();
    install(account, recovery, data.into()).await?;
    let accept = GuardianRecovery::addGuardianCall {
        hashedOriginDomain: domain(),
        accountToGuard: account.address(),
    };
    for guardian in guardians {
        let wallet = Wallet::new(account.chain().clone(), guardian.clone());
        world
            .backend
            .wallet()
            .transfer(wallet.address(), ether(1))
            .await?;
        wallet.send(&Call::function(recovery, &accept)).await?;
    }
    Ok(())
}

/// Request that puts one passkey in the place of another.
async fn replacement(
    account: &SmartAccount,
    old: &Credential,
    new: &Credential,
) -> eyre::Result<(RecoveryRequest, RecoveryReveal)> {
    let module = account.suite().web_auth_validator;
    let ids = WebAuthValidator::new(module, account.chain().provider())
        .listKeys(account.address())
        .call()
        .await?;
    let [x, y] = new.public_key().coordinates();
    let request = RecoveryRequest {
        webAuthValidator: module,
        credentialIdHash: keccak256(new.id()),
        keyX: x,
        keyY: y,
        removedPasskeys: ids,
        sessionValidator: account.suite().session_key_validator,
        deadline: U256::MAX,
        ..RecoveryRequest::default()
    };
    let reveal = RecoveryReveal {
        origin: ORIGIN.to_owned(),
        credentialId: new.id().clone(),
        removedPasskeys: vec![PasskeyReveal {
            credentialId: old.id().clone(),
            rpIdHash: RP_ID_HASH,
        }],
    };
    Ok((request, reveal))
}
