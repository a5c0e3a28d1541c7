//! Merkle trees with real proofs, and real signatures.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};

use super::{
    STEPS,
    session::{Contract, Session},
};
use crate::{
    harness::pair::USERS,
    libraries::{
        keys::{Signature, Signer},
        merkle::{Tree, claim},
    },
};

const MULTIPLE: &str = "multiVerify(bytes32[],bool[],bytes32[])";

/// Leaves that the tree in storage holds.
const CAPACITY: usize = 64;

pub(super) fn merkle(session: &mut Session<'_>) {
    let contract = session.deploy("Merkle", &[]);
    let mut pushed = 0;
    for _ in 0..STEPS {
        let user = session.user();
        match session.below(5) {
            0 => {
                let leaf = B256::from(session.random.word());
                let fits = pushed < CAPACITY;
                session.depends(fits, user, contract, "push(bytes32)", (leaf,));
                pushed += 1;
            }
            1 | 2 => single(session, contract),
            3 => multiple(session, contract),
            _ => session.look(),
        }
    }
    while pushed <= CAPACITY {
        let fits = pushed < CAPACITY;
        session.depends(fits, USERS[0], contract, "push(bytes32)", (B256::ZERO,));
        pushed += 1;
    }
}

/// A tree of claims, whose root the contract knows.
fn plant(session: &mut Session<'_>, contract: Contract) -> (Tree, Vec<(Address, U256)>) {
    let count = 1 << session.below(7);
    let claims: Vec<(Address, U256)> = (0..count)
        .map(|_| (session.user(), session.random.word() | U256::ONE))
        .collect();
    let leaves = claims.iter().map(|(who, amount)| claim(*who, *amount));
    let tree = Tree::new(leaves.collect());
    session.must(USERS[0], contract, "setRoot(bytes32)", (tree.root(),));
    (tree, claims)
}

fn single(session: &mut Session<'_>, contract: Contract) {
    let (tree, claims) = plant(session, contract);
    let index = session.below(claims.len());
    let (account, amount) = claims[index];
    let mut proof = tree.proof(index);
    let returned = session.must(
        account,
        contract,
        "verify(bytes32[],bytes32)",
        (proof.clone(), tree.leaf(index)),
    );
    assert_eq!(returned[31], 1, "the proof proves");
    assert_eq!(&returned[32..64], tree.root().as_slice());
    let spoiled = session.one_in(4);
    if spoiled {
        match proof.pop() {
            Some(last) if session.one_in(2) => proof.push(last ^ B256::with_last_byte(1)),
            Some(_) => {}
            None => proof.push(B256::ZERO),
        }
    }
    let fresh = session
        .read(contract, "claimed(address)", (account,))
        .is_zero();
    session.depends(
        fresh && !spoiled,
        account,
        contract,
        "claim(uint256,bytes32[])",
        (amount, proof),
    );
}

fn multiple(session: &mut Session<'_>, contract: Contract) {
    let (tree, _) = plant(session, contract);
    let indices: Vec<usize> = (0..tree.len()).filter(|_| session.one_in(3)).collect();
    if indices.is_empty() {
        // Nothing is proved by a proof that is the root itself.
        let arguments = (vec![tree.root()], Vec::<bool>::new(), Vec::<B256>::new());
        let returned = session.must(USERS[0], contract, MULTIPLE, arguments);
        assert_eq!(returned[31], 1);
        return;
    }
    let mut proof = tree.multi_proof(&indices);
    if session.one_in(4) {
        match session.below(3) {
            0 => proof.flags.push(false),
            1 => proof.flags.iter_mut().for_each(|flag| *flag = !*flag),
            _ => proof.proof.push(B256::ZERO),
        }
        let arguments = (proof.proof, proof.flags, proof.leaves);
        session.may(USERS[0], contract, MULTIPLE, arguments);
        return;
    }
    let arguments = (proof.proof, proof.flags, proof.leaves);
    let returned = session.must(USERS[0], contract, MULTIPLE, arguments);
    assert_eq!(returned[31], 1, "the proof proves");
    assert_eq!(&returned[32..64], tree.root().as_slice());
}

pub(super) fn signatures(session: &mut Session<'_>) {
    let contract = session.deploy("Signatures", &[]);
    for _ in 0..STEPS / 2 {
        let signer = Signer::new(session.random.next());
        let hash = B256::from(session.random.word());
        let signature = signer.sign(hash);
        valid(session, contract, &signer, hash, signature);
        invalid(session, contract, &signer, hash, signature);
        let own = session.random.bytes(80);
        let yes = (contract.address, keccak256(&own), Bytes::from(own));
        let check = "check(address,bytes32,bytes)";
        let returned = session.must(USERS[0], contract, check, yes);
        assert_eq!(returned[31], 1);
        session.look();
    }
}

/// The same as a compact signature, whose second word has the parity in its highest bit.
fn compact(signature: Signature) -> B256 {
    B256::from(U256::from_be_bytes(signature.s.0) | (U256::from(signature.v - 27) << 255))
}

fn valid(
    session: &mut Session<'_>,
    contract: Contract,
    signer: &Signer,
    hash: B256,
    signature: Signature,
) {
    let bytes = Bytes::from(signature.bytes());
    let Signature { v, r, s } = signature;
    let user = session.user();
    let message = session.random.bytes(300);
    let prefix = format!("\x19Ethereum Signed Message:\n{}", message.len());
    let personal = signer.sign(keccak256([prefix.as_bytes(), &message].concat()));
    let recovered = [
        session.must(
            user,
            contract,
            "recover(bytes32,bytes)",
            (hash, bytes.clone()),
        ),
        session.must(
            user,
            contract,
            "recoverParts(bytes32,uint8,bytes32,bytes32)",
            (hash, U256::from(v), r, s),
        ),
        session.must(
            user,
            contract,
            "recoverShort(bytes32,bytes32,bytes32)",
            (hash, r, compact(signature)),
        ),
        session.must(
            user,
            contract,
            "tryRecover(bytes32,bytes)",
            (hash, bytes.clone()),
        ),
        session.must(
            user,
            contract,
            "personal(bytes,bytes)",
            (Bytes::from(message), Bytes::from(personal.bytes())),
        ),
    ];
    for returned in recovered {
        assert_eq!(&returned[12..32], signer.address.as_slice());
    }
    let check = (signer.address, hash, bytes);
    let returned = session.must(user, contract, "check(address,bytes32,bytes)", check);
    assert_eq!(returned[31], 1);
}

fn invalid(
    session: &mut Session<'_>,
    contract: Contract,
    signer: &Signer,
    hash: B256,
    signature: Signature,
) {
    let order = U256::from_limbs([
        0xbfd2_5e8c_d036_4141,
        0xbaae_dce6_af48_a03b,
        0xffff_ffff_ffff_fffe,
        0xffff_ffff_ffff_ffff,
    ]);
    let mut wrong = signature;
    let mut length = 65;
    let refused = match session.below(7) {
        // The other solution of the curve's equation, which the library does not accept.
        0 => {
            wrong.s = B256::from(order - U256::from_be_bytes(signature.s.0));
            wrong.v ^= 7;
            true
        }
        1 => {
            wrong.v = session.random.next() as u8 % 27;
            true
        }
        2 => {
            length = session.below(65);
            true
        }
        3 => {
            wrong.r = B256::from(order);
            true
        }
        4 => {
            wrong.s = B256::ZERO;
            true
        }
        // These may be signatures of another account.
        5 => {
            wrong.v ^= 7;
            false
        }
        _ => {
            wrong.r = B256::from(session.random.word());
            false
        }
    };
    let bytes = Bytes::from(wrong.bytes()[..length].to_vec());
    let user = session.user();
    session.must(
        user,
        contract,
        "tryRecover(bytes32,bytes)",
        (hash, bytes.clone()),
    );
    let recover = "recover(bytes32,bytes)";
    if refused {
        session.fails(user, contract, recover, (hash, bytes.clone()));
    } else {
        session.may(user, contract, recover, (hash, bytes.clone()));
    }
    let check = (signer.address, hash, bytes);
    let returned = session.must(user, contract, "check(address,bytes32,bytes)", check);
    assert_eq!(returned[31], 0);
}
