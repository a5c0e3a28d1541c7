//! What a sponsor's signature is good for: one transaction.

use alloy::primitives::aliases::U48;
use alloy::primitives::{Address, Bytes, U256, keccak256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::{Eip712Domain, SolStruct, SolValue, eip712_domain};
use eyre::ensure;
use zksso_bindings::SponsorPaymaster;
use zksso_client::{Error, Fee, Receipt, SendOptions, Wallet};
use zksso_core::Call;
use zksso_testkit::World;

use super::sponsor::{Sponsor, Sponsorship, TestToken, harmless, newcomer, sponsorship};
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised};

/// How long a signature holds, in seconds.
const LIFETIME: u64 = 600;

/// A sponsor that wants to have signed, somebody it signs for, and the fee of the call.
struct Signing {
    sponsor: Sponsor,
    sender: Wallet,
    call: Call,
    fee: Fee,
    until: u64,
}

impl Signing {
    async fn open(world: &World) -> eyre::Result<Self> {
        let sponsor = Sponsor::open(world).await?;
        sponsor
            .allow_signed::<TestToken::mintCall>(world.token)
            .await?;
        let (sender, call) = (newcomer(world), harmless(world));
        let fee = sender.estimate(&call, &sponsor.pays()).await?;
        let until = sender.chain().time().await? + LIFETIME;
        Ok(Self {
            sponsor,
            sender,
            call,
            fee,
            until,
        })
    }

    /// What the sender's first transaction says.
    fn first(&self) -> Sponsorship {
        let from = self.sender.address();
        sponsorship(from, &self.call, U256::ZERO, &self.fee, self.until)
    }

    fn signed(&self, domain: &Eip712Domain, offer: &Sponsorship) -> eyre::Result<SendOptions> {
        let options = self.sponsor.pays_signed(&self.sponsor.key, domain, offer)?;
        Ok(options.with_fee(self.fee))
    }

    async fn send(&self, options: &SendOptions) -> zksso_client::Result<Receipt> {
        self.sender.send_with(&self.call, options).await
    }
}

/// J-05: a signature is worth nothing for another transaction, sender, time, chain or paymaster, and nothing without its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_sponsorship_is_for_one_transaction() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::open(world).await?;
        let sponsor = &signing.sponsor;
        let before = sponsor.books().await?;
        for other in others(&signing) {
            let options = signing.signed(&sponsor.domain(), &other)?;
            refused_as_unauthorised(signing.send(&options).await)?;
        }
        for domain in foreign_domains(sponsor) {
            let options = signing.signed(&domain, &signing.first())?;
            refused_as_unauthorised(signing.send(&options).await)?;
        }
        let own = sponsor.pays_signed(
            &PrivateKeySigner::random(),
            &sponsor.domain(),
            &signing.first(),
        )?;
        refused_as_unauthorised(signing.send(&own.with_fee(signing.fee)).await)?;
        let options = signing.signed(&sponsor.domain(), &signing.first())?;
        let somebody = newcomer(world);
        refused_as_unauthorised(somebody.send_with(&signing.call, &options).await)?;
        ensure!(sponsor.books().await? == before);

        let result = signing.send(&options).await;
        let sender = signing.sender.address();
        sponsor.paid_for(sender, result, &before).await?;
        // Again, with the next nonce; and with the one that is used up.
        let before = sponsor.books().await?;
        refused_as_unauthorised(signing.send(&options).await)?;
        let mut replay = options.clone();
        replay.nonce = Some(U256::ZERO);
        ensure!(matches!(
            signing.send(&replay).await,
            Err(Error::Rejected(_))
        ));
        ensure!(sponsor.books().await? == before);
        Ok(())
    })
    .await
}

/// A signature that its sponsor has withdrawn by changing its key, or that is too old, is worth nothing.
#[tokio::test(flavor = "multi_thread")]
async fn sponsorships_expire_and_can_be_withdrawn() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::open(world).await?;
        let sponsor = &signing.sponsor;
        let options = signing.signed(&sponsor.domain(), &signing.first())?;
        let without_sponsor = |key: Address| SponsorPaymaster::setSponsorCall { newSponsor: key };
        sponsor.configure(&without_sponsor(Address::ZERO)).await?;
        refused_as_unauthorised(signing.send(&options).await)?;
        // Nor is what recovers to nobody signed by nobody.
        let malformed = (U256::from(signing.until), Bytes::from([0; 65])).abi_encode_params();
        let by_nobody = sponsor.pays_with(malformed.into()).with_fee(signing.fee);
        refused_as_unauthorised(signing.send(&by_nobody).await)?;
        let key = sponsor.key.address();
        sponsor.configure(&without_sponsor(key)).await?;
        if world.backend.increase_time(LIFETIME + 1).await? {
            refused_as_unauthorised(signing.send(&options).await)?;
        }
        let mut renewed = signing.first();
        renewed.validUntil = U48::MAX;
        let options = signing.signed(&sponsor.domain(), &renewed)?;
        signing.send(&options).await?;
        Ok(())
    })
    .await
}

/// The hash that sponsors sign is EIP-712's, of the documented struct in the documented domain.
#[tokio::test(flavor = "multi_thread")]
async fn sponsorships_are_hashed_as_documented() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::open(world).await?;
        let offer = signing.first();
        let onchain = SponsorPaymaster::Sponsorship {
            from: offer.from,
            to: offer.to,
            value: offer.value,
            dataHash: keccak256(&offer.data),
            nonce: offer.nonce,
            maxFeePerGas: offer.maxFeePerGas,
            gasLimit: offer.gasLimit,
            token: offer.token,
            validUntil: offer.validUntil,
        };
        let contract = signing.sponsor.contract();
        let hash = contract.sponsorshipHash(onchain).call().await?;
        ensure!(hash == offer.eip712_signing_hash(&signing.sponsor.domain()));
        Ok(())
    })
    .await
}

/// What the first transaction says, but for one member each.
fn others(signing: &Signing) -> Vec<Sponsorship> {
    let changed = |change: fn(&mut Sponsorship)| {
        let mut offer = signing.first();
        change(&mut offer);
        offer
    };
    vec![
        changed(|offer| offer.from = RECIPIENT),
        changed(|offer| offer.to = RECIPIENT),
        changed(|offer| offer.value = U256::from(1)),
        changed(|offer| offer.data = offer.data[..offer.data.len() - 1].to_vec().into()),
        changed(|offer| offer.nonce = U256::from(1)),
        changed(|offer| offer.maxFeePerGas -= U256::from(1)),
        changed(|offer| offer.gasLimit -= U256::from(1)),
        changed(|offer| offer.token = RECIPIENT),
        changed(|offer| offer.validUntil = U48::from(1)),
    ]
}

/// The sponsor's domain, but for one member each.
fn foreign_domains(sponsor: &Sponsor) -> [Eip712Domain; 3] {
    let chain_id = sponsor.owner.chain().chain_id();
    let domain = |name: &'static str, chain: u64, paymaster: Address| {
        eip712_domain! {
            name: name,
            version: "1",
            chain_id: chain,
            verifying_contract: paymaster,
        }
    };
    let name = "zksso sponsor paymaster";
    [
        domain("zksso", chain_id, sponsor.address),
        domain(name, chain_id + 1, sponsor.address),
        domain(name, chain_id, RECIPIENT),
    ]
}
