//! A sponsor as the paymaster's tests need it.

use alloy::network::ReceiptResponse as _;
use alloy::primitives::aliases::{U48, U96};
use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy::providers::{DynProvider, Provider};
use alloy::signers::{SignerSync, local::PrivateKeySigner};
use alloy::sol;
use alloy::sol_types::{Eip712Domain, SolCall, SolStruct, SolValue, eip712_domain};
use alloy_zksync::network::Zksync;
use eyre::{ContextCompat, ensure};
use zksso_bindings::SponsorPaymaster;
use zksso_bindings::SponsorPaymaster::{FeeSettled, SponsorLimits, SponsorTerms};
use zksso_client::{Error, Fee, Receipt, SendOptions, Wallet};
use zksso_core::{Call, Paymaster};
use zksso_deployer::SuiteParts;
use zksso_testkit::{World, ether};

sol! {
    /// What a sponsor signs, written down anew from the documentation.
    struct Sponsorship {
        address from;
        address to;
        uint256 value;
        bytes data;
        uint256 nonce;
        uint256 maxFeePerGas;
        uint256 gasLimit;
        address token;
        uint48 validUntil;
    }

    interface TestToken {
        function mint(address to, uint256 amount) external;
    }
}

/// A funded paymaster without rules or narrow limits.
pub(super) struct Sponsor {
    pub(super) address: Address,
    pub(super) owner: Wallet,
    /// Signs sponsorships.
    pub(super) key: PrivateKeySigner,
}

/// What a transaction that is refused must leave as it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Books {
    balance: U256,
    count: U256,
    fees: U256,
}

impl Sponsor {
    /// Deploys the paymaster with an owner who is not the deployer.
    pub(super) async fn open(world: &World) -> eyre::Result<Self> {
        let chain = world.backend.wallet().chain();
        let owner = Wallet::new(chain.clone(), PrivateKeySigner::random());
        let parts = SuiteParts::core().with_paymaster(owner.address());
        let address = world.deploy_parts(parts).await?.optional.sponsor_paymaster;
        let sponsor = Self {
            address: address.wrap_err("it was asked for")?,
            owner,
            key: PrivateKeySigner::random(),
        };
        for funded in [sponsor.address, sponsor.owner.address()] {
            world.backend.wallet().transfer(funded, ether(1)).await?;
        }
        sponsor.limit(sponsor.wide_limits().await?).await?;
        let new_sponsor = sponsor.key.address();
        let call = SponsorPaymaster::setSponsorCall {
            newSponsor: new_sponsor,
        };
        sponsor.configure(&call).await?;
        Ok(sponsor)
    }

    pub(super) fn contract(
        &self,
    ) -> SponsorPaymaster::SponsorPaymasterInstance<&DynProvider<Zksync>, Zksync> {
        SponsorPaymaster::new(self.address, self.owner.chain().provider())
    }

    /// Limits that nothing reaches, with a period that does not end during a test: its middle is now.
    pub(super) async fn wide_limits(&self) -> eyre::Result<SponsorLimits> {
        let now = self.owner.chain().time().await?;
        Ok(SponsorLimits {
            maxFee: U96::MAX,
            senderFee: U96::MAX,
            senderCount: u32::MAX,
            period: u32::try_from(now / 3 * 2)?,
            budget: U96::MAX,
        })
    }

    /// Changes a setting.
    pub(super) async fn configure(&self, call: &impl SolCall) -> eyre::Result<()> {
        self.owner.send(&Call::function(self.address, call)).await?;
        Ok(())
    }

    pub(super) async fn limit(&self, limits: SponsorLimits) -> eyre::Result<()> {
        let call = SponsorPaymaster::setLimitsCall { newLimits: limits };
        self.configure(&call).await
    }

    /// Pays for a function of a target, or of whoever sends if the target is zero.
    pub(super) async fn allow<C: SolCall>(&self, target: Address) -> eyre::Result<()> {
        self.set_terms::<C>(target, false).await
    }

    /// The same for transactions that the sponsor has signed.
    pub(super) async fn allow_signed<C: SolCall>(&self, target: Address) -> eyre::Result<()> {
        self.set_terms::<C>(target, true).await
    }

    async fn set_terms<C: SolCall>(&self, target: Address, signed: bool) -> eyre::Result<()> {
        let call = SponsorPaymaster::setRuleCall {
            target,
            selector: FixedBytes(C::SELECTOR),
            terms: SponsorTerms {
                allowed: true,
                needsSignature: signed,
                allowsValue: false,
            },
        };
        self.configure(&call).await
    }

    /// Has the sponsor pay, for nothing in return.
    pub(super) fn pays(&self) -> SendOptions {
        self.pays_with(Bytes::new())
    }

    pub(super) fn pays_with(&self, inner: Bytes) -> SendOptions {
        SendOptions::default().with_paymaster(Paymaster::general(self.address, inner))
    }

    /// Has the sponsor pay for at most an amount of a token.
    pub(super) fn sells(&self, token: Address, highest: U256) -> SendOptions {
        let paymaster = Paymaster::approval_based(self.address, token, highest, Bytes::new());
        SendOptions::default().with_paymaster(paymaster)
    }

    pub(super) fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: "zksso sponsor paymaster",
            version: "1",
            chain_id: self.owner.chain().chain_id(),
            verifying_contract: self.address,
        }
    }

    /// Has the sponsor pay for what it signed.
    pub(super) fn pays_signed(
        &self,
        key: &PrivateKeySigner,
        domain: &Eip712Domain,
        sponsorship: &Sponsorship,
    ) -> eyre::Result<SendOptions> {
        let signature = key.sign_hash_sync(&sponsorship.eip712_signing_hash(domain))?;
        let signature = Bytes::from(signature.as_bytes());
        let inner = (sponsorship.validUntil.to::<U256>(), signature).abi_encode_params();
        Ok(self.pays_with(inner.into()))
    }

    /// Number of a sender's transactions in this period, and their fees.
    pub(super) async fn spent_by(&self, sender: Address) -> eyre::Result<(U256, U256)> {
        let spent = self.contract().senderSpending(sender).call().await?;
        Ok((spent.count, spent.fee))
    }

    pub(super) async fn books(&self) -> eyre::Result<Books> {
        let total = self.contract().totalSpending().call().await?;
        Ok(Books {
            balance: self.owner.chain().balance(self.address).await?,
            count: total.count,
            fees: total.fee,
        })
    }

    /// Sends a transaction that the sponsor must pay for, and holds the sponsor's books against what it really cost.
    pub(super) async fn paid_for(
        &self,
        sender: Address,
        result: zksso_client::Result<Receipt>,
        before: &Books,
    ) -> eyre::Result<Settled> {
        let (hash, failed) = match result {
            Ok(receipt) => (receipt.hash, false),
            Err(Error::Reverted { hash, .. }) => (hash, true),
            Err(other) => return Err(other.into()),
        };
        let settled = self.settled(hash).await?;
        let after = self.books().await?;
        ensure!(
            before.balance - after.balance == settled.cost,
            "what is left of the fee comes back: {before:?}, {after:?}, {settled:?}"
        );
        ensure!(after.count - before.count == U256::from(1));
        ensure!(settled.failed == failed);
        if let Some(event) = &settled.event {
            ensure!(event.sender == sender);
            ensure!(after.fees - before.fees == event.fee && event.fee >= settled.cost);
        }
        Ok(settled)
    }

    /// What a transaction in a block cost, and what the sponsor made of it.
    async fn settled(&self, hash: B256) -> eyre::Result<Settled> {
        let provider = self.owner.chain().provider();
        let receipt = provider.get_transaction_receipt(hash).await?;
        let receipt = receipt.wrap_err("the transaction is in a block")?;
        let mut logs = receipt.logs().iter();
        let event = logs.find_map(|log| {
            let ours = log.address() == self.address;
            let decoded = log.log_decode::<FeeSettled>().ok();
            decoded.filter(|_| ours).map(|log| log.inner.data)
        });
        Ok(Settled {
            cost: U256::from(receipt.gas_used()) * U256::from(receipt.effective_gas_price()),
            failed: !receipt.status(),
            event,
        })
    }
}

/// A transaction that the sponsor paid for.
#[derive(Debug)]
pub(super) struct Settled {
    /// Its fee, in wei.
    pub(super) cost: U256,
    pub(super) failed: bool,
    /// How the sponsor settled it, unless the transaction left no gas to do so.
    pub(super) event: Option<FeeSettled>,
}

impl Settled {
    /// The fee as the sponsor reckons it.
    pub(super) fn fee(&self) -> eyre::Result<U256> {
        let event = self.event.as_ref();
        Ok(event.wrap_err("the sponsor did not settle it")?.fee)
    }
}

/// Somebody new to the chain, who has nothing.
pub(super) fn newcomer(world: &World) -> Wallet {
    let chain = world.backend.wallet().chain();
    Wallet::new(chain.clone(), PrivateKeySigner::random())
}

/// A call that anybody can make as often as they like.
pub(super) fn harmless(world: &World) -> Call {
    let call = TestToken::mintCall {
        to: super::RECIPIENT,
        amount: U256::from(1),
    };
    Call::function(world.token, &call)
}

/// What a transaction says, ready to be signed by a sponsor.
pub(super) fn sponsorship(
    from: Address,
    call: &Call,
    nonce: U256,
    fee: &Fee,
    valid_until: u64,
) -> Sponsorship {
    Sponsorship {
        from,
        to: call.to,
        value: call.value,
        data: call.data.clone(),
        nonce,
        maxFeePerGas: U256::from(fee.max_fee_per_gas),
        gasLimit: U256::from(fee.gas_limit),
        token: Address::ZERO,
        validUntil: U48::from(valid_until),
    }
}
