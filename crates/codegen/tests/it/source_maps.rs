//! Instructions lead back to the Solidity source, and places never change code.

use alloy_primitives::{Address, U256, keccak256};
use zksso_codegen::{Contract, JumpKind, Options, SourceMap, compile};
use zksso_eravm::{Instruction, Listing, Op, RetKind};

use crate::harness::{
    era::{Call, Era},
    solc::{self, Ir},
};

const SOURCE: &str = r#"// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

contract Vault {
    error TooMuch(uint256 amount);

    mapping(address => uint256) public balances;

    function put(uint256 amount) external returns (uint256) {
        if (amount > 1000) revert TooMuch(amount);
        balances[msg.sender] += amount;
        return twice(amount);
    }

    function take(uint256 amount) external {
        require(amount != 7, "seven");
        balances[msg.sender] -= amount;
    }

    function twice(uint256 value) internal pure returns (uint256) {
        return value * 2;
    }
}
"#;

const BOTH: [Ir; 2] = [Ir::Unoptimised, Ir::Optimised];

fn vault(yul: Ir) -> Contract {
    let sources = [("src/Vault.sol".to_owned(), SOURCE.to_owned())];
    let compiled = solc::located(&sources, yul);
    let mut output = compile("Vault", &compiled["Vault"], &Options::default()).expect("compiles");
    output.contracts.pop().expect("there is one")
}

fn listing(contract: &Contract) -> Vec<Instruction> {
    Listing::of(&contract.bytecode)
        .expect("is bytecode")
        .instructions
}

fn line_of(contract: &Contract, instruction: usize) -> Option<usize> {
    let position = contract.source_map.position(instruction, |_| Some(SOURCE));
    position.map(|found| found.line)
}

/// Line of the first text in the source.
fn line_with(text: &str) -> usize {
    SOURCE[..SOURCE.find(text).expect("is there")]
        .lines()
        .count()
}

/// Deploys the contract, calls it, and returns the instructions that ran in it.
fn run(contract: &Contract, signature: &str, argument: u64) -> (bool, Vec<usize>) {
    let mut era = Era::new();
    let vault: Address = era.create(&contract.bytecode, &[], 0).expect("deploys");
    let mut data = keccak256(signature)[..4].to_vec();
    data.extend(U256::from(argument).to_be_bytes::<32>());
    let receipt = era.watch(vault).call(&Call::new(vault, data));
    (receipt.effect.success, receipt.trail)
}

/// Line that a run had got to when it ended.
fn last_line(contract: &Contract, trail: &[usize]) -> usize {
    let with_place = trail
        .iter()
        .rev()
        .find(|&&at| contract.source_map.range(at).is_some());
    let last = with_place.and_then(|at| line_of(contract, *at));
    last.expect("some instruction has a place")
}

#[test]
fn the_instruction_that_reverts_has_the_line_of_its_require() {
    let contract = vault(Ir::Unoptimised);
    let (success, trail) = run(&contract, "take(uint256)", 7);
    assert!(!success);
    let last = *trail.last().unwrap();
    let op = listing(&contract)[last].op;
    let kind = RetKind::Revert;
    assert!(
        matches!(op, Op::Ret { kind: found, .. } if found == kind),
        "{op:?}"
    );
    assert_eq!(
        line_of(&contract, last),
        Some(line_with("require(amount != 7"))
    );
}

#[test]
fn runs_that_fail_end_at_the_line_that_failed() {
    let contract = vault(Ir::Unoptimised);
    for (signature, argument, text) in [
        ("put(uint256)", 1001, "revert TooMuch"),
        ("take(uint256)", 5, "balances[msg.sender] -= amount"),
    ] {
        let (success, trail) = run(&contract, signature, argument);
        assert!(!success);
        assert_eq!(last_line(&contract, &trail), line_with(text), "{signature}");
    }
}

#[test]
fn a_run_visits_the_lines_of_its_functions_only() {
    let contract = vault(Ir::Unoptimised);
    let (success, trail) = run(&contract, "put(uint256)", 5);
    assert!(success);
    let mut lines: Vec<_> = trail
        .iter()
        .filter_map(|&at| line_of(&contract, at))
        .collect();
    for text in [
        "if (amount > 1000)",
        "balances[msg.sender] += amount",
        "return value * 2",
    ] {
        assert!(lines.contains(&line_with(text)), "{text}: {lines:?}");
    }
    lines.retain(|line| (line_with("function take")..line_with("function twice")).contains(line));
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn maps_have_an_entry_for_each_instruction_and_only_places_of_the_source() {
    for yul in BOTH {
        let contract = vault(yul);
        let (map, instructions) = (&contract.source_map, listing(&contract));
        // The last word of the code may be filled up.
        let padding = instructions.len() - map.entries().len();
        assert!(padding < 4, "{padding}");
        let rest = &instructions[map.entries().len()..];
        assert!(
            rest.iter()
                .all(|instruction| matches!(instruction.op, Op::Invalid))
        );
        assert_eq!(map.sources(), ["src/Vault.sol"]);
        let first = line_with("contract Vault");
        for at in 0..map.entries().len() {
            let Some((_, start, length)) = map.range(at) else {
                continue;
            };
            let (start, end) = (start as usize, (start + length) as usize);
            let text = SOURCE.get(start..end).expect("the range is in the source");
            assert!(!text.is_empty() && line_of(&contract, at).unwrap() >= first);
        }
        let placed = map
            .entries()
            .iter()
            .filter(|entry| entry.range.is_some())
            .count();
        assert!(placed * 2 > map.entries().len(), "{placed}");
        let jumps = |kind| map.entries().iter().any(|entry| entry.jump == kind);
        assert!(jumps(JumpKind::Into) && jumps(JumpKind::Out));
    }
}

/// Both functions end in the same store, which is there once and has no place of its own.
#[test]
fn runs_through_shared_code_are_where_they_came_from() {
    let contract = vault(Ir::Unoptimised);
    let instructions = listing(&contract);
    for (signature, argument, text) in [
        ("put(uint256)", 5, "balances[msg.sender] +="),
        ("take(uint256)", 0, "balances[msg.sender] -="),
    ] {
        let (success, trail) = run(&contract, signature, argument);
        assert!(success, "{signature}");
        let is_store = |at: &usize| matches!(instructions[*at].op, Op::StorageStore { .. });
        let store = trail.iter().position(is_store).unwrap();
        let line = last_line(&contract, &trail[..=store]);
        assert_eq!(line, line_with(text), "{signature}");
    }
}

#[test]
fn text_form_is_read_back() {
    let map = vault(Ir::Unoptimised).source_map;
    let text = map.to_string();
    assert_eq!(text.split(';').count(), map.entries().len());
    assert!(text.len() < map.entries().len() * 8, "{}", text.len());
    assert_eq!(
        SourceMap::parse(&text, map.sources().to_vec()).unwrap(),
        map
    );
    assert_eq!(
        SourceMap::parse("", Vec::new()).unwrap(),
        SourceMap::default()
    );
}

#[test]
fn text_form_is_that_of_solc() {
    let sources = vec!["a.sol".to_owned(), "b.sol".to_owned()];
    let map = SourceMap::parse("0:0:-1:-;10:5:1;;:7:0:i;12;;:::o;::-1:-", sources).unwrap();
    let ranges: Vec<_> = (0..8).map(|at| map.range(at)).collect();
    assert_eq!(
        ranges,
        [
            None,
            Some(("b.sol", 10, 5)),
            Some(("b.sol", 10, 5)),
            Some(("a.sol", 10, 7)),
            Some(("a.sol", 12, 7)),
            Some(("a.sol", 12, 7)),
            Some(("a.sol", 12, 7)),
            None
        ]
    );
    let kinds: Vec<_> = map.entries().iter().map(|entry| entry.jump).collect();
    assert_eq!(kinds[2..7], {
        use JumpKind::{Into, Out, Regular};
        [Regular, Into, Into, Into, Out]
    });
    assert_eq!(map.last_range([1, 3, 7]), Some(("a.sol", 10, 7)));
}

#[test]
fn malformed_text_names_the_entry() {
    for (text, entry) in [
        ("1:2:0:-;x", 1),
        ("1:2:3:-", 0),
        ("1:2:0:q", 0),
        ("1:2:0:-:9:9", 0),
        ("1:-2:0", 0),
        (";;4294967296", 2),
        ("1:2:0:io", 0),
    ] {
        let error = SourceMap::parse(text, vec!["a.sol".to_owned()]).unwrap_err();
        assert_eq!(error.entry, entry, "{text}");
    }
}

#[test]
fn places_change_no_code() {
    for file in ["Control.sol", "Store.sol", "Calls.sol", "Construct.sol"] {
        let sources = [solc::source("codegen", file)];
        let strip = |contracts: Vec<Contract>| -> Vec<Contract> {
            let without = |contract| Contract {
                source_map: SourceMap::default(),
                ..contract
            };
            contracts.into_iter().map(without).collect()
        };
        for contract in solc::compile(&sources) {
            let located = &solc::located(&sources, Ir::DEFAULT)[&contract.name];
            assert_ne!(located, &contract.yul);
            let [plain, located] = [&contract.yul, located].map(|yul| {
                let output = compile(&contract.name, yul, &Options::default());
                output.unwrap().contracts
            });
            let is_empty = |contract: &Contract| contract.source_map.is_empty();
            assert!(plain.iter().all(is_empty));
            assert!(located.iter().any(|contract| !is_empty(contract)));
            assert!(strip(plain) == strip(located), "{}", contract.name);
        }
    }
}

#[test]
fn comments_of_any_content_change_no_code() {
    let code = |comment: &str| {
        let yul = format!(
            "/// @use-src 0:\"a.sol\"\nobject \"T\" {{ code {{ {comment} stop() }} \
             object \"T_deployed\" {{ code {{ {comment} sstore(1, 2) {comment} }} }} }}"
        );
        compile("T", &yul, &Options::default()).unwrap()
    };
    let plain = code("");
    assert!(plain.root().unwrap().source_map.is_empty());
    for comment in [
        "/// @src 0:1\n",
        "/// @src\n",
        "/// @src 0:9:3\n",
        "/// @src 7:1:2\n",
        "/// @src 0:1:2:3\n",
        "/// @src 0:-1:-1\n",
        "/// @src -1:-1:-1\n",
        "/// @src 99999999999:1:2\n",
        "/// @src 0:é:2\n",
        "/// @use-src\n",
        "/// @use-src 0:\"a.sol\n",
        "/// @use-src x:\"a.sol\", \n",
        "/// @use-src 0:\"\\u12\", \n",
        "/** @src 0:1:2\"@src */",
        "/** @src 0:1 @src */",
        "/***/",
        "/**/",
        "///\n",
        "//// @src 0:1:2\n",
        "// @src 0:1:2\n",
        "/* @src 0:1:2 */",
    ] {
        let output = code(comment);
        assert_eq!(
            output.root().unwrap().bytecode,
            plain.root().unwrap().bytecode,
            "{comment}"
        );
    }
}

#[test]
fn unknown_places_do_not_keep_the_place_before() {
    let map = |comment: &str| {
        let yul = format!(
            "/// @use-src 0:\"a.sol\"\nobject \"T\" {{ code {{ /// @src 0:0:90\n stop() }} \
             object \"T_deployed\" {{ code {{ /// @src 0:5:9 \"text @src 0:7:8\"\n {comment} sstore(1, 2) }} }} }}"
        );
        let output = compile("T", &yul, &Options::default()).unwrap();
        let map = output.root().unwrap().source_map.clone();
        let code = listing(output.root().unwrap());
        let store = code
            .iter()
            .position(|instruction| matches!(instruction.op, Op::StorageStore { .. }));
        map.range(store.unwrap())
            .map(|(_, start, length)| (start, length))
    };
    assert_eq!(map(""), Some((5, 4)));
    assert_eq!(map("/** @ast-id 7 @src 0:6:7 */"), Some((6, 1)));
    assert_eq!(map("// @src 0:6:7\n"), Some((5, 4)));
    for unknown in ["0:1", "0:9:3", "7:1:2", "-1:-1:-1", "0:-1:-1", ""] {
        assert_eq!(map(&format!("/** @src {unknown} */")), None, "{unknown}");
    }
}
