//! Messages that accounts sign (ERC-1271, ERC-7739, ERC-6492), and passkeys as verifiers of their own (ERC-7913).

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes, U256, b256, keccak256},
    signers::{SignerSync, local::PrivateKeySigner},
    sol,
    sol_types::{Eip712Domain, SolStruct, SolValue, eip712_domain},
};
use eyre::{OptionExt, ensure, eyre};
use zksso_bindings::{ERC7579Account, WebAuthnVerifier};
use zksso_client::{PasskeyAuthenticator, SmartAccount};
use zksso_core::{Assertion, Call, encode_signature};
use zksso_deployer::SuiteParts;
use zksso_testkit::{World, passkey};

use super::on_each_backend;

sol! {
    struct PersonalSign {
        bytes prefixed;
    }

    struct Mail {
        address to;
        string text;
    }

    struct TypedDataSign {
        Mail contents;
        string name;
        string version;
        uint256 chainId;
        address verifyingContract;
        bytes32 salt;
    }
}

const VALID: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];
const INVALID: [u8; 4] = [0xff; 4];
/// `verify(bytes,bytes32,bytes)`, the answer of ERC-7913.
const VERIFIED: [u8; 4] = [0x02, 0x4a, 0xd3, 0x18];
const ERC6492_MAGIC: B256 =
    b256!("6492649264926492649264926492649264926492649264926492649264926492");
const ERC7739_PROBE: B256 =
    b256!("7739773977397739773977397739773977397739773977397739773977397739");
const CONTENTS: &str = "Mail(address to,string text)";

/// An account with a passkey and a secp256k1 owner.
struct Signing {
    account: SmartAccount,
    owner: PrivateKeySigner,
    passkey: std::sync::Arc<dyn PasskeyAuthenticator>,
}

impl Signing {
    async fn new(world: &World) -> eyre::Result<Self> {
        let account = world.account().await?;
        let owner = PrivateKeySigner::random();
        let add = ERC7579Account::addK1OwnerCall {
            owner: owner.address(),
        };
        let call = Call::function(account.address(), &add);
        account.execute(&call).await?;
        let passkey = passkey().await?;
        account.add_passkey(passkey.credential()).await?;
        Ok(Self {
            account,
            owner,
            passkey,
        })
    }

    /// The account's own domain.
    fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: "zksso",
            version: "1",
            chain_id: self.account.chain().chain_id(),
            verifying_contract: self.account.address(),
        }
    }

    /// What signers sign for a message without structure.
    fn personal(&self, message: &[u8]) -> B256 {
        let message = PersonalSign {
            prefixed: message.to_vec().into(),
        };
        message.eip712_signing_hash(&self.domain())
    }

    /// What signers sign for a letter.
    fn typed(&self, mail: &Mail) -> B256 {
        let nested = TypedDataSign {
            contents: mail.clone(),
            name: "zksso".to_owned(),
            version: "1".to_owned(),
            chainId: U256::from(self.account.chain().chain_id()),
            verifyingContract: self.account.address(),
            salt: B256::ZERO,
        };
        nested.eip712_signing_hash(&application())
    }

    fn by_owner(&self, hash: B256) -> eyre::Result<Vec<u8>> {
        Ok(self.owner.sign_hash_sync(&hash)?.as_bytes().to_vec())
    }

    async fn by_passkey(&self, hash: B256) -> eyre::Result<Vec<u8>> {
        let assertion = assertion(&*self.passkey, hash).await?;
        let validator = self.account.suite().web_auth_validator;
        Ok(encode_signature(assertion.encode(), validator, Bytes::new()).to_vec())
    }

    /// Signatures of the owner and of the passkey.
    async fn by_each(&self, hash: B256) -> eyre::Result<[Vec<u8>; 2]> {
        Ok([self.by_owner(hash)?, self.by_passkey(hash).await?])
    }

    async fn ask(&self, hash: B256, signature: Vec<u8>) -> eyre::Result<[u8; 4]> {
        let account = ERC7579Account::new(
            self.account.address(),
            self.account.chain().provider().clone(),
        );
        let answer = account.isValidSignature(hash, signature.into());
        Ok(answer.call().await?.0)
    }
}

async fn assertion(passkey: &dyn PasskeyAuthenticator, hash: B256) -> eyre::Result<Assertion> {
    let assertion = passkey.assert(hash).await;
    assertion.map_err(|error| eyre!("the passkey does not sign: {error}"))
}

/// The domain of an application that wants typed data signed.
fn application() -> Eip712Domain {
    eip712_domain! {
        name: "Post",
        version: "7",
        chain_id: 1,
        verifying_contract: Address::repeat_byte(5),
    }
}

fn mail(text: &str) -> Mail {
    Mail {
        to: Address::repeat_byte(9),
        text: text.to_owned(),
    }
}

/// A signature over typed data with what ERC-7739 lays behind it.
fn described(signature: Vec<u8>, mail: &Mail) -> Vec<u8> {
    let length = u16::try_from(CONTENTS.len()).unwrap_or(u16::MAX);
    [
        &signature[..],
        &application().separator()[..],
        &mail.eip712_hash_struct()[..],
        CONTENTS.as_bytes(),
        &length.to_be_bytes(),
    ]
    .concat()
}

/// A signature of an account that a factory could deploy.
fn wrapped(signature: Vec<u8>) -> Vec<u8> {
    let factory = (
        Address::repeat_byte(3),
        Bytes::from_static(b"create"),
        Bytes::from(signature),
    );
    [&factory.abi_encode_params()[..], &ERC6492_MAGIC[..]].concat()
}

/// C-01, C-03: owners and passkeys sign for one account, over what names it, and nobody else does.
#[tokio::test(flavor = "multi_thread")]
async fn owners_and_passkeys_sign_messages_for_one_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::new(world).await?;
        let other = Signing::new(world).await?;
        let message = b"hello";
        let hash = keccak256(message);
        let signed = signing.personal(message);
        for signature in signing.by_each(signed).await? {
            ensure!(signing.ask(hash, signature.clone()).await? == VALID);
            ensure!(signing.ask(keccak256("other"), signature.clone()).await? == INVALID);
            ensure!(other.ask(hash, signature).await? == INVALID);
        }
        // Over the application's hash itself, which another account of the signer could be shown.
        ensure!(signing.ask(hash, signing.by_owner(hash)?).await? == INVALID);
        ensure!(signing.ask(hash, signing.by_passkey(hash).await?).await? == INVALID);
        // By somebody else.
        ensure!(signing.ask(hash, other.by_owner(signed)?).await? == INVALID);
        ensure!(signing.ask(hash, other.by_passkey(signed).await?).await? == INVALID);
        Ok(())
    })
    .await
}

/// C-04: typed data is signed with its type, and a signature shows what was signed.
#[tokio::test(flavor = "multi_thread")]
async fn typed_data_is_signed_with_its_type() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::new(world).await?;
        let letter = mail("pay the bill");
        let hash = letter.eip712_signing_hash(&application());
        let signed = signing.typed(&letter);
        for signature in signing.by_each(signed).await? {
            let signature = described(signature, &letter);
            ensure!(signing.ask(hash, signature.clone()).await? == VALID);
            let improper = CONTENTS.to_lowercase();
            let lower = replaced(&signature, CONTENTS.as_bytes(), improper.as_bytes());
            ensure!(signing.ask(hash, lower).await? == INVALID);
            let spam = replaced(&signature, b"Mail", b"Spam");
            ensure!(signing.ask(hash, spam).await? == INVALID);
        }
        let forged = mail("pay the thief");
        let hash = forged.eip712_signing_hash(&application());
        let signature = described(signing.by_owner(signed)?, &forged);
        ensure!(signing.ask(hash, signature).await? == INVALID);
        Ok(())
    })
    .await
}

/// C-12: the wrapper of an account that was not deployed yet is taken off.
#[tokio::test(flavor = "multi_thread")]
async fn signatures_in_deployment_wrappers_are_read() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::new(world).await?;
        let hash = keccak256("hello");
        let signed = signing.personal(b"hello");
        for signature in signing.by_each(signed).await? {
            let once = wrapped(signature);
            ensure!(signing.ask(hash, once.clone()).await? == VALID);
            ensure!(signing.ask(keccak256("other"), once.clone()).await? == INVALID);
            ensure!(signing.ask(hash, wrapped(once)).await? == INVALID);
        }
        let malformed = [&[0xff; 96][..], &ERC6492_MAGIC[..]].concat();
        ensure!(signing.ask(hash, malformed).await? == INVALID);
        Ok(())
    })
    .await
}

/// C-10: whatever looks like a signature is answered.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_signature_is_answered() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signing = Signing::new(world).await?;
        let hash = keccak256("hello");
        for length in [0, 1, 63, 64, 65, 66, 67, 96, 128, 1_000] {
            for byte in [0, 1, 0xff] {
                ensure!(signing.ask(hash, vec![byte; length]).await? == INVALID);
            }
        }
        // Session keys sign no messages, whatever they sign.
        let sessions = world.suite.session_key_validator;
        let session = encode_signature(Bytes::from(vec![1; 65]), sessions, Bytes::new());
        ensure!(signing.ask(hash, session.to_vec()).await? == INVALID);
        let stranger = encode_signature(Bytes::new(), Address::repeat_byte(4), Bytes::new());
        ensure!(signing.ask(hash, stranger.to_vec()).await? == INVALID);
        ensure!(signing.ask(ERC7739_PROBE, Vec::new()).await? == [0x77, 0x39, 0, 1]);
        Ok(())
    })
    .await
}

/// C-13: the account says which domain its signers sign for.
#[tokio::test(flavor = "multi_thread")]
async fn the_account_tells_its_domain() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let provider = account.chain().provider().clone();
        let contract = ERC7579Account::new(account.address(), provider);
        let domain = contract.eip712Domain().call().await?;
        ensure!(domain.fields == FixedBytes([0x0f]));
        ensure!((&*domain.name, &*domain.version) == ("zksso", "1"));
        ensure!(domain.chainId == U256::from(account.chain().chain_id()));
        ensure!(domain.verifyingContract == account.address());
        ensure!(domain.salt.is_zero() && domain.extensions.is_empty());
        Ok(())
    })
    .await
}

/// A passkey is its public key, its relying party, its origin and what its assertions must show.
#[tokio::test(flavor = "multi_thread")]
async fn a_verifier_knows_passkeys_by_their_keys() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let parts = SuiteParts::core().with_verifiers();
        let suite = world.deploy_parts(parts).await?;
        let address = suite.optional.web_authn_verifier;
        let address = address.ok_or_eyre("the verifier is not deployed")?;
        let provider = world.backend.wallet().chain().provider().clone();
        let verifier = WebAuthnVerifier::new(address, provider);
        let verify = async |key: Vec<u8>, hash: B256, assertion: Bytes| -> eyre::Result<[u8; 4]> {
            Ok(verifier.verify(key.into(), hash, assertion).call().await?.0)
        };

        let signer = passkey().await?;
        let hash = keccak256("hello");
        let made = assertion(&*signer, hash).await?;
        let key = verifier_key(&*signer, &made);
        ensure!(verify(key.clone(), hash, made.encode()).await? == VERIFIED);
        ensure!(verify(key.clone(), keccak256("other"), made.encode()).await? == INVALID);
        let other = passkey().await?;
        let foreign = assertion(&*other, hash).await?;
        ensure!(verify(key.clone(), hash, foreign.encode()).await? == INVALID);
        // Each part of the key matters: x, y, relying party, policy, origin.
        for position in [0, 32, 64, 96, key.len() - 1] {
            let mut changed = key.clone();
            changed[position] ^= 1;
            ensure!(verify(changed, hash, made.encode()).await? == INVALID);
        }
        ensure!(verify(key[..97].to_vec(), hash, made.encode()).await? == INVALID);
        ensure!(verify(key, hash, Bytes::from_static(&[1; 100])).await? == INVALID);
        Ok(())
    })
    .await
}

/// The key by which the verifier knows a passkey, with the policy that asks for user verification and nothing more.
fn verifier_key(passkey: &dyn PasskeyAuthenticator, assertion: &Assertion) -> Vec<u8> {
    let credential = passkey.credential();
    let [x, y] = credential.public_key().coordinates();
    let relying_party = &assertion.authenticator_data[..32];
    let origin = credential.origin().as_bytes();
    [&x[..], &y[..], relying_party, &[0], origin].concat()
}

/// Some bytes with one part replaced by another of the same length.
fn replaced(bytes: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    let mut replaced = bytes.to_vec();
    let found = bytes.windows(part.len()).position(|window| window == part);
    if let Some(start) = found {
        replaced[start..start + by.len()].copy_from_slice(by);
    }
    replaced
}
