//! Sequences of calls of library contracts that mean something: tokens that have owners, proofs that prove, signatures that are
//! valid, proposals that pass; and some that must fail. Status, return data, logs, storage and balances are compared after every
//! call, as in `differential`.
//!
//! Both kinds of solc's Yul are run, the one that is not the default for fewer sequences.

mod collections;
mod cryptography;
mod fungible;
mod governance;
mod json;
mod multi_token;
mod numbers;
mod orders;
mod session;
mod sorting;
mod structures;
mod text;
mod timelock;
mod vault;
mod voting;

use alloy_primitives::{U256, keccak256};

use crate::{
    harness::{compiled::contracts_of, random::Random, solc::Ir},
    libraries::FOLDER,
};
use session::{Session, Successes};

/// Sequences of each subject. `ZKSSO_SEQUENCES` overrides it, for long runs.
const SEQUENCES: usize = 16;

/// Steps of a sequence, one to some ten calls each.
const STEPS: usize = 60;

/// A sequence with what it deploys.
type Script = fn(&mut Session<'_>);

fn sequences() -> usize {
    std::env::var("ZKSSO_SEQUENCES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(SEQUENCES)
}

/// Runs a subject and checks that all functions of its contracts succeeded, save those that cannot.
fn agree(file: &str, script: Script, hopeless: &[&str]) {
    let mut successes = Successes::new();
    for (ir, count) in [
        (Ir::DEFAULT, sequences()),
        (Ir::OTHER, sequences().div_ceil(4)),
    ] {
        let contracts = contracts_of(FOLDER, file, ir);
        for number in 0..count {
            let seed = keccak256(format!("{file} {number}"));
            let random = Random::new(U256::from_be_bytes(seed.0).as_limbs()[0]);
            let mut session = Session::new(contracts.clone(), random, &mut successes);
            script(&mut session);
            session.look_everywhere();
        }
    }
    let idle: Vec<_> = successes
        .iter()
        .filter(|(name, count)| **count == 0 && !hopeless.contains(&&***name))
        .map(|(name, _)| name)
        .collect();
    assert!(idle.is_empty(), "never succeeds: {idle:#?}");
}

macro_rules! agreement {
    ($($test:ident => $file:literal $script:path, $hopeless:expr;)*) => {
        $(#[test]
        fn $test() {
            agree($file, $script, $hopeless);
        })*
    };
}

agreement! {
    erc20_agrees => "Erc20.sol" fungible::openzeppelin, &[];
    solady_erc20_agrees => "SoladyErc20.sol" fungible::solady, &[];
    erc721_agrees => "Erc721.sol" collections::erc721, &[];
    erc1155_agrees => "Erc1155.sol" multi_token::erc1155, &[];
    erc4626_agrees => "Erc4626.sol" vault::erc4626, &[];
    sets_agree => "Sets.sol" structures::sets, &[];
    checkpoints_agree => "Trace.sol" structures::trace, &[];
    merkle_proofs_agree => "Merkle.sol" cryptography::merkle, &[];
    signatures_agree => "Signatures.sol" cryptography::signatures, &[];
    typed_data_agrees => "TypedData.sol" orders::typed_data, &[];
    openzeppelin_strings_agree => "Text.sol" text::openzeppelin, &[];
    openzeppelin_base64_agrees => "Base64s.sol" text::anything, &[];
    openzeppelin_maths_agrees => "Maths.sol" numbers::openzeppelin, &[];
    solady_strings_agree => "SoladyString.sol" text::solady, &[];
    solady_bytes_agree => "SoladyBytes.sol" text::bytes, &[];
    solady_maths_agrees => "SoladyMath.sol" numbers::solady, &[];
    solady_sorting_agrees => "SoladySort.sol" sorting::sort, &[];
    solady_json_agrees => "SoladyJson.sol" json::parser, &[];
    loops_agree => "Loops.sol" numbers::loops, &[];
    governance_agrees => "Governance.sol" governance::government, &governance::HOPELESS;
}
