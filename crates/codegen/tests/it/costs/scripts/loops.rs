//! Plain Solidity that computes.

use alloy_primitives::{Address, Bytes, U256, keccak256};

use crate::{costs::stage::Stage, harness::pair::USERS, libraries::coding::data};

type Leaf = (u128, Bytes, Vec<String>);

/// A value of a nested dynamic type, about 3 kB when coded.
fn tree() -> (Address, Vec<Leaf>, [U256; 4]) {
    let leaf = |n: usize| {
        let names = (0..n).map(|m| format!("name {n} {m}").repeat(m + 1));
        (
            n as u128,
            Bytes::from(vec![n as u8; 37 * n]),
            names.collect(),
        )
    };
    let leaves = (0..6).map(leaf).collect();
    (USERS[1], leaves, [7; 4].map(U256::from))
}

pub(super) fn loops(stage: &mut Stage) {
    let loops = stage.deploy("Loops", &[]);
    let one = |name: &str, n: u64| data(&format!("{name}(uint256)"), (U256::from(n),));
    let list = |step: u64| (0..100).map(|n| U256::from(n * step)).collect::<Vec<_>>();
    let text = Bytes::from("the quick brown fox, JUMPS! ".repeat(10).into_bytes());
    let calls = [
        ("fibonacci of 300", one("fibonacci", 300)),
        ("primes below 1000", one("primes", 1_000)),
        ("matrix of 12", one("matrix", 12)),
        (
            "100 hashes",
            data(
                "hashChain(bytes32,uint256)",
                (keccak256("seed"), U256::from(100)),
            ),
        ),
        (
            "product of 100",
            data("product(uint256[],uint256[])", (list(3), list(5))),
        ),
        (
            "200 steps of int64",
            data("narrow(int64,uint256)", (1_234_567i64, U256::from(200))),
        ),
        (
            "recode 3 kB",
            data(
                "recode((address,(uint128,bytes,string[])[],uint256[4]))",
                (tree(),),
            ),
        ),
        (
            "caesar of 280 bytes",
            data("caesar(bytes,uint8)", (text, U256::from(3))),
        ),
    ];
    for (label, call) in calls {
        stage.compute(&loops, label, call);
    }
    stage.call(&loops, "fill 20", one("fill", 20));
    stage.call(&loops, "total of 20", data("total()", ()));
}
