//! Recovery by guardians, and the dead man's switch, through the account's real executor interface.

use std::sync::Arc;

use alloy::primitives::{Address, B256, U256, b256, keccak256};
use alloy::signers::{SignerSync, local::PrivateKeySigner};
use alloy::sol_types::SolValue;
use eyre::ensure;
use zksso_bindings::GuardianRecovery::{
    GuardianSignature, PasskeyReveal, RecoveryRequest, RecoveryReveal, RecoveryStatus,
};
use zksso_bindings::{DeadManSwitch, ERC7579Account, GuardianRecovery, WebAuthValidator};
use zksso_client::{KeyClient, PasskeyAuthenticator, SendOptions, SmartAccount, Wallet};
use zksso_core::{Call, Credential};
use zksso_testkit::{ORIGIN, World, passkey};

use super::doubles::deploy;
use super::modules::{DAY, EXECUTOR, funded_wallet, install, uninstall};
use super::sessions::wait;
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised, refused_with};

/// SHA-256 of the host of [`ORIGIN`].
const RP_ID_HASH: B256 = b256!("52fcd2080243e7766e58f184a507c4f7b173d9b326136feaf6b933498d23abdb");

/// An account whose passkey is lost, its two guardians, and the request that brings a new passkey in.
pub(super) struct Guarded {
    pub(super) account: SmartAccount,
    pub(super) recovery: Address,
    pub(super) guardians: Vec<Wallet>,
    keys: Vec<PrivateKeySigner>,
    /// The new passkey.
    pub(super) found: Arc<dyn PasskeyAuthenticator>,
    pub(super) request: RecoveryRequest,
    reveal: RecoveryReveal,
}

impl Guarded {
    pub(super) async fn new(world: &World) -> eyre::Result<Self> {
        let lost = passkey().await?;
        let (account, _) = world.deploy_account(lost.clone()).await?;
        world.fund(account.address()).await?;
        let found = passkey().await?;
        let (request, reveal) =
            replacement(&account, lost.credential(), found.credential()).await?;
        let keys = vec![PrivateKeySigner::random(), PrivateKeySigner::random()];
        let mut guarded = Self {
            account,
            recovery: deploy(world, "GuardianRecovery", 0).await?,
            guardians: Vec::new(),
            keys,
            found,
            request,
            reveal,
        };
        for key in &guarded.keys {
            guarded.guardians.push(funded_wallet(world, key).await?);
        }
        guarded.appoint().await?;
        Ok(guarded)
    }

    /// Installs the module with the guardians, all of whom must approve, and has them accept.
    pub(super) async fn appoint(&self) -> eyre::Result<()> {
        let addresses: Vec<Address> = self.guardians.iter().map(Wallet::address).collect();
        let threshold = U256::from(addresses.len());
        let data = (domain(), addresses, threshold, U256::from(DAY)).abi_encode_params();
        install(&self.account, EXECUTOR, self.recovery, data.into()).await?;
        for guardian in &self.guardians {
            guardian.send(&self.acceptance()).await?;
        }
        Ok(())
    }

    /// The call by which a guardian accepts.
    pub(super) fn acceptance(&self) -> Call {
        let accept = GuardianRecovery::addGuardianCall {
            hashedOriginDomain: domain(),
            accountToGuard: self.account.address(),
        };
        Call::function(self.recovery, &accept)
    }

    /// The call by which a guardian approves the request.
    pub(super) fn approval(&self) -> Call {
        let approve = GuardianRecovery::approveRecoveryCall {
            hashedOriginDomain: domain(),
            account: self.account.address(),
            request: self.request.clone(),
        };
        Call::function(self.recovery, &approve)
    }

    pub(super) async fn approve(&self) -> eyre::Result<()> {
        for guardian in &self.guardians {
            guardian.send(&self.approval()).await?;
        }
        Ok(())
    }

    /// Signatures of all guardians over the request as it is now, and the call that hands them in.
    pub(super) async fn signatures(&self) -> eyre::Result<Call> {
        let view = GuardianRecovery::new(self.recovery, self.account.chain().provider());
        let account = self.account.address();
        let nonce = view.nonceOf(domain(), account).call().await?;
        let hash = view
            .hashRequest(domain(), account, nonce, self.request.clone())
            .call()
            .await?;
        let sign = |key: &PrivateKeySigner| -> eyre::Result<GuardianSignature> {
            Ok(GuardianSignature {
                guardian: key.address(),
                signature: key.sign_hash_sync(&hash)?.as_bytes().into(),
            })
        };
        let call = GuardianRecovery::approveRecoveryBySignaturesCall {
            hashedOriginDomain: domain(),
            account,
            request: self.request.clone(),
            signatures: self.keys.iter().map(sign).collect::<eyre::Result<_>>()?,
        };
        Ok(Call::function(self.recovery, &call))
    }

    /// The call by which anybody finishes the recovery.
    pub(super) fn finish(&self) -> Call {
        let finish = GuardianRecovery::finishRecoveryCall {
            hashedOriginDomain: domain(),
            account: self.account.address(),
            request: self.request.clone(),
            reveal: self.reveal.clone(),
        };
        Call::function(self.recovery, &finish)
    }

    /// Has the relayer finish the recovery, and the account act by its new passkey.
    pub(super) async fn finish_and_act(&self, relayer: &Wallet) -> eyre::Result<()> {
        relayer.send(&self.finish()).await?;
        self.act().await
    }

    /// The account acts by its new passkey.
    pub(super) async fn act(&self) -> eyre::Result<()> {
        self.recovered().transfer(RECIPIENT, U256::from(1)).await?;
        Ok(())
    }

    pub(super) async fn status(&self) -> eyre::Result<RecoveryStatus> {
        let view = GuardianRecovery::new(self.recovery, self.account.chain().provider());
        let status = view.recoveryStatus(domain(), self.account.address());
        Ok(status.call().await?)
    }

    /// The account, signed for by the new passkey.
    pub(super) fn recovered(&self) -> SmartAccount {
        self.account.with_passkey(self.found.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guardians_replace_a_lost_passkey_at_no_cost_to_the_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let account = &guarded.account;
        let relayer = world.backend.wallet();
        guarded.guardians[0].send(&guarded.approval()).await?;
        let result = relayer.send(&guarded.finish()).await;
        refused_with::<GuardianRecovery::RecoveryNotFound>(result)?;
        guarded.guardians[1].send(&guarded.approval()).await?;
        let result = relayer.send(&guarded.finish()).await;
        refused_with::<GuardianRecovery::RecoveryNotReady>(result)?;
        if !wait(world, DAY).await? {
            return Ok(());
        }
        let before = account.chain().balance(account.address()).await?;
        relayer.send(&guarded.finish()).await?;
        ensure!(account.chain().balance(account.address()).await? == before);
        let result = relayer.send(&guarded.finish()).await;
        refused_with::<GuardianRecovery::RecoveryNotFound>(result)?;

        let transfer = Call::transfer(RECIPIENT, U256::from(1));
        let recovered = guarded.recovered();
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

/// G-09: anybody hands in what guardians signed, who need no funds, once.
#[tokio::test(flavor = "multi_thread")]
async fn guardians_may_sign_instead_of_sending() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let guarded = Guarded::new(world).await?;
        let relayer = world.backend.wallet();
        let signatures = guarded.signatures().await?;
        relayer.send(&signatures).await?;
        ensure!(guarded.status().await?.approvals == U256::from(2));
        if !wait(world, DAY).await? {
            return Ok(());
        }
        guarded.finish_and_act(relayer).await?;
        // The request cannot be asked for any more: its old passkey is gone, its nonce used.
        let result = relayer.send(&signatures).await;
        refused_with::<GuardianRecovery::RecoveryInvalidSignature>(result)?;
        Ok(())
    })
    .await
}

/// An account, its switch, and the wallet of its heir.
struct Bequeathed {
    account: SmartAccount,
    module: Address,
    heir: Wallet,
    key: PrivateKeySigner,
}

impl Bequeathed {
    async fn new(world: &World) -> eyre::Result<Self> {
        let key = PrivateKeySigner::random();
        let bequeathed = Self {
            account: world.account().await?,
            module: deploy(world, "DeadManSwitch", 0).await?,
            heir: funded_wallet(world, &key).await?,
            key,
        };
        let data = (bequeathed.heir.address(), U256::from(30 * DAY)).abi_encode_params();
        install(
            &bequeathed.account,
            EXECUTOR,
            bequeathed.module,
            data.into(),
        )
        .await?;
        Ok(bequeathed)
    }

    fn claim(&self) -> Call {
        let claim = DeadManSwitch::claimCall {
            account: self.account.address(),
        };
        Call::function(self.module, &claim)
    }
}

/// G-06: who was made the heir becomes an owner when the account has not checked in for long enough, and acts for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_heir_claims_an_account_that_has_not_checked_in() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let bequeathed = Bequeathed::new(world).await?;
        let account = &bequeathed.account;
        let result = bequeathed.heir.send(&bequeathed.claim()).await;
        refused_with::<DeadManSwitch::SwitchNotDue>(result)?;
        if !wait(world, 30 * DAY).await? {
            return Ok(());
        }
        let stranger = world.backend.wallet().send(&bequeathed.claim()).await;
        refused_with::<DeadManSwitch::SwitchNotBeneficiary>(stranger)?;
        bequeathed.heir.send(&bequeathed.claim()).await?;
        let owners = ERC7579Account::new(account.address(), account.chain().provider());
        ensure!(owners.isK1Owner(bequeathed.heir.address()).call().await?);
        let key = bequeathed.key.clone();
        let owner = KeyClient::owner(account.chain().clone(), account.address(), key);
        owner
            .execute(&Call::transfer(RECIPIENT, U256::from(1)))
            .await?;
        // Once only: an owner that is removed later must not come back.
        let result = bequeathed.heir.send(&bequeathed.claim()).await;
        refused_with::<DeadManSwitch::SwitchNotConfigured>(result)?;
        Ok(())
    })
    .await
}

/// G-06: an account that checks in cannot be claimed for another period; a removed switch not at all.
#[tokio::test(flavor = "multi_thread")]
async fn checking_in_postpones_a_claim() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let bequeathed = Bequeathed::new(world).await?;
        if !wait(world, 29 * DAY).await? {
            return Ok(());
        }
        let check_in = Call::function(bequeathed.module, &DeadManSwitch::checkInCall {});
        bequeathed.account.execute(&check_in).await?;
        wait(world, 2 * DAY).await?;
        let result = bequeathed.heir.send(&bequeathed.claim()).await;
        refused_with::<DeadManSwitch::SwitchNotDue>(result)?;
        // Nobody checks in for the account.
        let result = bequeathed.heir.send(&check_in).await;
        refused_with::<DeadManSwitch::SwitchNotConfigured>(result)?;
        uninstall(&bequeathed.account, EXECUTOR, bequeathed.module).await?;
        wait(world, 30 * DAY).await?;
        let result = bequeathed.heir.send(&bequeathed.claim()).await;
        refused_with::<DeadManSwitch::SwitchNotConfigured>(result)?;
        Ok(())
    })
    .await
}

/// Domain of the guardians: the hash of the origin.
pub(super) fn domain() -> B256 {
    keccak256(ORIGIN)
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
