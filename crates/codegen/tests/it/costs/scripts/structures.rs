//! Sets, histories, sorting.

use alloy_primitives::{B256, U256, keccak256};

use crate::{costs::stage::Stage, harness::pair::USERS, libraries::coding::data};

pub(super) fn sets(stage: &mut Stage) {
    let sets = stage.deploy("Sets", &[]);
    let number = |name: &str, value: u64| data(&format!("{name}(uint256)"), (U256::from(value),));
    for value in [3, 5, 7, 11] {
        stage.prepare(&sets, number("addNumber", value));
    }
    stage.call(&sets, "addNumber", number("addNumber", 13));
    stage.call(&sets, "addNumber that is there", number("addNumber", 13));
    stage.call(&sets, "removeNumber", number("removeNumber", 5));
    stage.call(&sets, "hasNumber", number("hasNumber", 7));
    stage.call(&sets, "allNumbers of 4", data("allNumbers()", ()));
    let words: Vec<B256> = (0..20u8).map(|n| keccak256([n])).collect();
    let add = data("addWords(bytes32[])", (words[..16].to_vec(),));
    stage.call(&sets, "addWords of 16", add);
    let remove = data("removeWords(bytes32[])", (words[8..].to_vec(),));
    stage.call(&sets, "removeWords of 12", remove);
    stage.call(&sets, "allWords of 8", data("allWords()", ()));
    for user in USERS {
        stage.prepare(&sets, data("put(address,uint256)", (user, U256::from(9))));
    }
    stage.call(&sets, "entries of 3", data("entries()", ()));
    let churn = data("churn(uint256,uint256)", (U256::from(5), U256::from(40)));
    stage.compute(&sets, "churn of 40", churn);
}

pub(super) fn trace(stage: &mut Stage) {
    let trace = stage.deploy("Trace", &[]);
    let values: Vec<U256> = (0..40).map(|n| U256::from(n * n)).collect();
    let many = data("pushMany(uint32,uint224[])", (1_000u32, values));
    stage.call(&trace, "pushMany of 40", many);
    let push = |key: u64, value: u64| data("push(uint48,uint208)", (key, U256::from(value)));
    stage.call(&trace, "push, first", push(10, 100));
    stage.call(&trace, "push at the same key", push(10, 200));
    stage.call(&trace, "push at a new key", push(20, 300));
    stage.call(&trace, "lookups", data("lookups(uint48)", (15u64,)));
    let lookups = data("lookupsNarrow(uint32)", (1_017u32,));
    stage.call(&trace, "lookups among 40", lookups);
    let sum = data("sum(uint32,uint32)", (1_000u32, 1_040u32));
    stage.compute(&trace, "40 lookups among 40", sum);
}

pub(super) fn sort(stage: &mut Stage) {
    let sort = stage.deploy("SoladySort", &[]);
    let random: Vec<U256> = (0..100u8).map(|n| keccak256([n]).into()).collect();
    let mut ascending = random.clone();
    ascending.sort();
    let few: Vec<U256> = random.iter().map(|word| word % U256::from(10)).collect();
    let list = |name: &str, list: &[U256]| data(&format!("{name}(uint256[])"), (list.to_vec(),));
    let labelled = [
        ("sort 100, random", list("sort", &random)),
        ("sort 100, sorted", list("sort", &ascending)),
        ("sort 100 of 10 values", list("sort", &few)),
        ("insertion sort of 24", list("insertion", &random[..24])),
        ("unique among 100", list("unique", &few)),
        ("duplicates in 100", list("hasDuplicate", &random)),
        ("reverse 100", list("reverse", &random)),
        (
            "sort 100 signed",
            data("sortSigned(int256[])", (random.clone(),)),
        ),
        (
            "search among 100",
            data("search(uint256[],uint256)", (ascending, random[50])),
        ),
        (
            "algebra of 60 and 60",
            data(
                "algebra(uint256[],uint256[])",
                (random[..60].to_vec(), random[40..].to_vec()),
            ),
        ),
        (
            "sums of 100 in 10 groups",
            data("group(uint256[],uint256[])", (few.clone(), few)),
        ),
        (
            "sort 300 it makes",
            data("sortMade(uint256,uint256)", (U256::ONE, U256::from(300))),
        ),
    ];
    for (label, call) in labelled {
        stage.compute(&sort, label, call);
    }
}
