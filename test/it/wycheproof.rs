//! The contracts' signature checks on the real VM, against Project Wycheproof's vectors.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256, uint};
use eyre::{OptionExt, ensure};
use sha2::{Digest, Sha256};
use wycheproof::{
    TestResult,
    ecdsa::{TestName, TestSet},
};
use zksso_bindings::P256Verifier;
use zksso_deployer::{Plan, execute};
use zksso_node::NodeConfig;
use zksso_testkit::{Backend, Embedded, contract_code};

/// Order of P-256.
const P256_ORDER: U256 =
    uint!(0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551_U256);

/// Order of secp256k1.
const K1_ORDER: U256 =
    uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// Field prime of secp256k1 less its order: an `r` below it may stem from a first coordinate above the order, which recovery with
/// `v` 27 or 28 does not try. Nobody can make such a signature on purpose.
const K1_WRAPPED: U256 = uint!(0x14551231950b75fc4402da1722fc9baee_U256);

/// Answer of an ERC-7913 verifier for a valid signature.
const VALID: [u8; 4] = [0x02, 0x4a, 0xd3, 0x18];

alloy::sol! {
    #[sol(rpc)]
    interface K1Probe {
        function recover(bytes32 hash, bytes signature) external view returns (address);
    }
}

/// One vector: hash, `r ‖ s` as given, public key, and whether it is to be accepted.
struct Vector {
    id: usize,
    hash: B256,
    signature: Vec<u8>,
    key: [u8; 64],
    valid: bool,
}

impl Vector {
    /// The signature with the lower of its two values of `s`; `None` if it is not 64 bytes long.
    fn with_low_s(&self, order: U256) -> Option<Vec<u8>> {
        let (r, s) = self.signature.split_at_checked(32)?;
        let s = U256::try_from_be_slice(s).filter(|_| self.signature.len() == 64)?;
        let low = if s > order >> 1 && s < order {
            order - s
        } else {
            s
        };
        Some([r, &low.to_be_bytes::<32>()].concat())
    }
}

fn vectors(name: TestName) -> eyre::Result<Vec<Vector>> {
    let set = TestSet::load(name).map_err(|error| eyre::eyre!("{error:?}"))?;
    let mut vectors = Vec::new();
    for group in set.test_groups {
        // An uncompressed point: 4, then both coordinates.
        let key: [u8; 64] = group
            .key
            .key
            .get(1..)
            .and_then(|key| key.try_into().ok())
            .ok_or_eyre("a public key is not 65 bytes long")?;
        for test in group.tests {
            vectors.push(Vector {
                id: test.tc_id,
                hash: B256::from_slice(&Sha256::digest(&test.msg)),
                signature: test.sig.to_vec(),
                key,
                valid: test.result == TestResult::Valid,
            });
        }
    }
    Ok(vectors)
}

async fn deploy(backend: &Embedded, name: &str) -> eyre::Result<Address> {
    let mut plan = Plan::new(backend.wallet().address(), B256::ZERO);
    let address = plan.add(contract_code(name)?, ())?;
    execute(&plan, backend.wallet(), |_| {}).await?;
    Ok(address)
}

/// D-19: signatures by passkeys' curve.
#[tokio::test(flavor = "multi_thread")]
async fn p256_signatures_are_judged_as_wycheproof_does() -> eyre::Result<()> {
    let backend = Embedded::start(NodeConfig::default()).await?;
    let address = deploy(&backend, "P256Verifier").await?;
    let verifier = P256Verifier::new(address, backend.wallet().chain().provider());
    let judge = async |vector: &Vector, signature: Vec<u8>| {
        let key = Bytes::from(vector.key.to_vec());
        let answer = verifier
            .verify(key, vector.hash, signature.into())
            .call()
            .await?;
        Ok::<bool, eyre::Report>(answer == VALID)
    };
    let (mut accepted, mut refused) = (0, 0);
    for vector in vectors(TestName::EcdsaSecp256r1Sha256P1363)? {
        let low = vector.with_low_s(P256_ORDER);
        let is_low = low.as_ref() == Some(&vector.signature);
        let as_given = judge(&vector, vector.signature.clone()).await?;
        ensure!(as_given == (vector.valid && is_low), "vector {}", vector.id);
        if let Some(low) = low {
            ensure!(
                judge(&vector, low).await? == vector.valid,
                "vector {}, low s",
                vector.id
            );
        }
        *if vector.valid {
            &mut accepted
        } else {
            &mut refused
        } += 1;
    }
    ensure!(
        accepted > 50 && refused > 50,
        "{accepted} valid, {refused} invalid vectors"
    );
    Ok(())
}

/// C-14: signatures by owners and session keys.
#[tokio::test(flavor = "multi_thread")]
async fn secp256k1_signatures_are_judged_as_wycheproof_does() -> eyre::Result<()> {
    let backend = Embedded::start(NodeConfig::default()).await?;
    let address = deploy(&backend, "K1Probe").await?;
    let probe = K1Probe::new(address, backend.wallet().chain().provider());
    let (mut accepted, mut refused) = (0, 0);
    for vector in vectors(TestName::EcdsaSecp256k1Sha256P1363)? {
        let signer = Address::from_slice(&keccak256(vector.key)[12..]);
        let low = vector.with_low_s(K1_ORDER);
        let is_low = low.as_ref() == Some(&vector.signature);
        let mut found = false;
        for signature in low.iter().chain([&vector.signature]) {
            let mut recovered = false;
            for v in [27, 28] {
                let signature = Bytes::from([signature.as_slice(), &[v]].concat());
                recovered |= probe.recover(vector.hash, signature).call().await? == signer;
            }
            let unchanged = signature == &vector.signature;
            ensure!(
                !recovered || !unchanged || is_low,
                "vector {} has a high s",
                vector.id
            );
            found |= recovered;
        }
        let r = U256::from_be_slice(vector.signature.get(..32).unwrap_or_default());
        let is_wrapped = vector.valid && r < K1_WRAPPED;
        ensure!(found == vector.valid || is_wrapped, "vector {}", vector.id);
        *if found { &mut accepted } else { &mut refused } += 1;
    }
    ensure!(
        accepted > 50 && refused > 50,
        "{accepted} valid, {refused} invalid vectors"
    );
    Ok(())
}
