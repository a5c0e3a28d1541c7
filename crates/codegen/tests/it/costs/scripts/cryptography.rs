//! Merkle proofs and signatures.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};

use crate::{
    costs::stage::Stage,
    harness::pair::USERS,
    libraries::{
        coding::data,
        keys::Signer,
        merkle::{Tree, claim},
    },
};

pub(super) fn merkle(stage: &mut Stage) {
    let merkle = stage.deploy("Merkle", &[]);
    let push = |n: u8| data("push(bytes32)", (keccak256([n]),));
    stage.call(&merkle, "push, first", push(0));
    stage.call(&merkle, "push, second", push(1));
    let leaf = |n: u64| claim(USERS[n as usize % 3], U256::from(n));
    let tree = Tree::new((0..1_024).map(leaf).collect());
    stage.prepare(&merkle, data("setRoot(bytes32)", (tree.root(),)));
    let proof = tree.proof(603);
    let claim = data("claim(uint256,bytes32[])", (U256::from(603), proof.clone()));
    stage.call(&merkle, "claim among 1024", claim);
    let verify = data("verify(bytes32[],bytes32)", (proof, tree.leaf(603)));
    stage.compute(&merkle, "verify twice among 1024", verify);
    // All 16 leaves of a small tree at once: every hash is of two nodes computed before.
    let small = Tree::new((0..16).map(leaf).collect());
    stage.prepare(&merkle, data("setRoot(bytes32)", (small.root(),)));
    let leaves: Vec<B256> = (0..16).map(|n| small.leaf(n)).collect();
    let many = data(
        "multiVerify(bytes32[],bool[],bytes32[])",
        (Vec::<B256>::new(), vec![true; 15], leaves),
    );
    stage.compute(&merkle, "multiVerify twice all of 16", many);
}

pub(super) fn signatures(stage: &mut Stage) {
    let signatures = stage.deploy("Signatures", &[]);
    let signer = Signer::new(2);
    let hash = keccak256("a message");
    let signature = signer.sign(hash);
    let bytes = Bytes::from(signature.bytes());
    let recover = data("recover(bytes32,bytes)", (hash, bytes.clone()));
    stage.call(&signatures, "recover", recover);
    let parts = data(
        "recoverParts(bytes32,uint8,bytes32,bytes32)",
        (hash, U256::from(signature.v), signature.r, signature.s),
    );
    stage.call(&signatures, "recoverParts", parts);
    let attempt = data("tryRecover(bytes32,bytes)", (hash, bytes.clone()));
    stage.call(&signatures, "tryRecover", attempt);
    let check =
        |who: Address, hash: B256| data("check(address,bytes32,bytes)", (who, hash, bytes.clone()));
    stage.call(&signatures, "check of a key", check(signer.address, hash));
    let own = check(signatures.address, keccak256(&bytes));
    stage.call(&signatures, "check of a contract", own);
    let message = Bytes::from(vec![b'm'; 500]);
    let personal = data("personal(bytes,bytes)", (message, bytes));
    stage.call(&signatures, "personal, 500 bytes", personal);
}

pub(super) fn typed_data(stage: &mut Stage) {
    let market = stage.deploy("TypedData", &[]);
    let maker = Signer::new(3);
    let items: Vec<(Address, U256)> = (1..=5)
        .map(|n| (USERS[n % 3], U256::from(n * 1_000)))
        .collect();
    let order = (
        maker.address,
        items,
        "Please take these.".to_owned(),
        u64::MAX,
        U256::from(42),
    );
    let kind = "(address,(address,uint256)[],string,uint64,uint256)";
    let hash = data(&format!("hashOf({kind})"), (order.clone(),));
    let hash = stage.compute(&market, "hashOf with 5 items", hash);
    let signature = maker.sign(B256::from_slice(&hash));
    let fill = data(
        &format!("fill({kind},bytes)"),
        (order, Bytes::from(signature.bytes())),
    );
    stage.call(&market, "fill with 5 items", fill);
    stage.call(&market, "separator", data("separator()", ()));
}
