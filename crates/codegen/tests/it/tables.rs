//! Every built-in with edge values, as constants (which our passes fold) and as values known only at run time.

use alloy_primitives::{U256, hex};
use zksso_codegen::Options;

use crate::harness::{
    BINARY,
    compiled::Compiled,
    era::Call,
    pair::Pair,
    solc::{Contract, compile_yul, try_compile_yul},
};

pub(crate) fn edges() -> Vec<U256> {
    let one = U256::ONE;
    vec![
        U256::ZERO,
        one,
        U256::from(2),
        U256::from(31),
        U256::from(32),
        U256::from(255),
        U256::from(256),
        (one << 32) - one,
        one << 32,
        (one << 128) - one,
        one << 128,
        (one << 255) - one,
        one << 255,
        (one << 255) + one,
        U256::MAX - one,
        U256::MAX,
    ]
}

/// An object that answers with 32 KiB of memory after running the chosen case.
fn object(cases: &[String]) -> String {
    let cases: String = cases
        .iter()
        .enumerate()
        .map(|(i, body)| format!("case {i} {{ {body} }}\n"))
        .collect();
    format!(
        "object \"Table\" {{
            code {{
                datacopy(0, dataoffset(\"Table_deployed\"), datasize(\"Table_deployed\"))
                return(0, datasize(\"Table_deployed\"))
            }}
            object \"Table_deployed\" {{
                code {{
                    let a, b, c := load()
                    switch calldataload(0) {cases}
                    return(0, 0x8000)
                    function load() -> x, y, z {{
                        x := calldataload(32) y := calldataload(64) z := calldataload(96)
                    }}
                }}
            }}
        }}"
    )
}

pub(crate) struct Table {
    pair: Pair,
    address: alloy_primitives::Address,
    cases: Vec<String>,
}

impl Table {
    pub(crate) fn new(cases: Vec<String>) -> Self {
        let contract = compile_yul(&object(&cases));
        Self::of(cases, &contract)
    }

    /// The same by the solc that stays loaded, for many tables.
    pub(crate) fn one_of_many(cases: Vec<String>) -> Self {
        let contract = try_compile_yul(&object(&cases)).unwrap_or_else(|error| panic!("{error}"));
        let contract = contract.expect("the stack is deep enough");
        Self::of(cases, &contract)
    }

    /// The same with every call on the protocol's other machine, too.
    pub(crate) fn on_both_machines(cases: Vec<String>) -> Self {
        let contract = compile_yul(&object(&cases));
        Self::with(Pair::on_both_machines(), cases, &contract)
    }

    fn of(cases: Vec<String>, contract: &Contract) -> Self {
        Self::with(Pair::new(), cases, contract)
    }

    fn with(mut pair: Pair, cases: Vec<String>, contract: &Contract) -> Self {
        let contract = Compiled::new(contract, &Options::default());
        let address = pair
            .deploy(&contract, &[])
            .expect("constructors agree")
            .expect("deploys");
        Self {
            pair,
            address,
            cases,
        }
    }

    pub(crate) fn check(&mut self, case: usize, arguments: &[U256]) {
        let words = core::iter::once(U256::from(case)).chain(arguments.iter().copied());
        let data: Vec<u8> = words.flat_map(|word| word.to_be_bytes::<32>()).collect();
        if let Err(difference) = self.pair.call(&Call::new(self.address, data.clone())) {
            panic!(
                "{}\nwith {}\n{difference}",
                self.cases[case],
                hex::encode(data)
            );
        }
    }

    pub(crate) fn check_all(&mut self, arguments: &[U256]) {
        for case in 0..self.cases.len() {
            self.check(case, arguments);
        }
    }
}

#[test]
fn binary_operations_agree_on_edges() {
    let edges = edges();
    let mut table = Table::new(
        BINARY
            .iter()
            .map(|name| format!("mstore(0, {name}(a, b))"))
            .collect(),
    );
    for a in &edges {
        for b in &edges {
            table.check_all(&[*a, *b]);
        }
    }
}

#[test]
fn operations_with_constants_agree_on_edges() {
    let edges = edges();
    let mut cases = Vec::new();
    for name in BINARY {
        let row = |left: &dyn Fn(&U256) -> String| -> String {
            edges
                .iter()
                .zip(0..)
                .map(|(edge, i)| format!("mstore({}, {})\n", i * 32, left(edge)))
                .collect()
        };
        cases.push(row(&|edge| format!("{name}({edge:#x}, a)")));
        cases.push(row(&|edge| format!("{name}(a, {edge:#x})")));
    }
    let mut table = Table::new(cases);
    for a in &edges {
        table.check_all(&[*a]);
    }
}

#[test]
fn folded_operations_agree_on_edges() {
    let edges = edges();
    let fold = |name: &&str| -> String {
        let pairs = edges
            .iter()
            .flat_map(|a| edges.iter().map(move |b| (a, b)))
            .zip(0..);
        pairs
            .map(|((a, b), i)| format!("mstore({}, {name}({a:#x}, {b:#x}))\n", i * 32))
            .collect()
    };
    Table::new(BINARY.iter().map(fold).collect()).check_all(&[]);
}

#[test]
fn unary_and_ternary_operations_agree_on_edges() {
    let edges = edges();
    let constants = |name: &str| -> String {
        let at = |i: usize| edges[i % edges.len()];
        (0..45)
            .map(|i| {
                format!(
                    "mstore({}, {name}({:#x}, {:#x}, a))",
                    i * 32,
                    at(i),
                    at(i * 7 + i / 15)
                )
            })
            .chain((0..45).map(|i| {
                format!(
                    "mstore({}, {name}(a, {:#x}, {:#x}))",
                    2048 + i * 32,
                    at(i),
                    at(i * 4 + i / 15)
                )
            }))
            .chain((0..45).map(|i| {
                format!(
                    "mstore({}, {name}({:#x}, {:#x}, {:#x}))",
                    4096 + i * 32,
                    at(i),
                    at(i * 4),
                    at(i * 11 + 3)
                )
            }))
            .collect()
    };
    let mut table = Table::new(vec![
        "mstore(0, addmod(a, b, c)) mstore(32, mulmod(a, b, c)) mstore(64, not(a)) mstore(96, iszero(b))".to_owned(),
        constants("addmod"),
        constants("mulmod"),
    ]);
    for a in &edges {
        table.check(1, &[*a]);
        table.check(2, &[*a]);
        for b in &edges {
            for c in &edges {
                table.check(0, &[*a, *b, *c]);
            }
        }
    }
}

#[test]
fn comparisons_agree_as_conditions() {
    let mut cases = Vec::new();
    for name in ["lt", "gt", "slt", "sgt", "eq", "and", "sub", "xor", "or"] {
        cases.push(format!(
            "if {name}(a, b) {{ mstore(0, 1) }} if iszero({name}(a, b)) {{ mstore(32, 1) }}"
        ));
        cases.push(format!("switch {name}(a, b) case 0 {{ mstore(0, 7) }} case 1 {{ mstore(0, 8) }} default {{ mstore(0, 9) }}"));
        cases.push(format!("for {{ }} {name}(a, b) {{ }} {{ mstore(0, add(1, mload(0))) if gt(mload(0), 2) {{ break }} }}"));
        cases.push(format!("if iszero(iszero({name}(b, a))) {{ mstore(64, {name}(a, b)) }} mstore(96, iszero({name}(a, b)))"));
    }
    let mut table = Table::new(cases);
    let edges = edges();
    for a in &edges {
        for b in &edges {
            table.check_all(&[*a, *b]);
        }
    }
}

/// Whether a built-in's memory operands are in the part EraVM can express in the EVM's way: offsets are range-checked together with
/// lengths, so an offset of 2^32 or more fails even when nothing is accessed there.
pub(crate) fn expressible(offset: U256, length: U256) -> bool {
    !length.is_zero() || offset <= U256::from(u32::MAX)
}

/// Lengths and offsets for the copying built-ins; the last ones exceed what either machine can pay for.
pub(crate) fn spans() -> Vec<U256> {
    let small = [0u64, 1, 31, 32, 33, 65, 100].map(U256::from);
    let huge = [
        U256::ONE << 32,
        (U256::ONE << 255) - U256::ONE,
        U256::MAX - U256::from(31),
        U256::MAX,
    ];
    small.into_iter().chain(huge).collect()
}

#[test]
fn copies_agree_with_overlap_and_without_length() {
    let fill =
        "for { let i := 0 } lt(i, 320) { i := add(i, 32) } { mstore(i, keccak256(0, add(i, 1))) }";
    let mut table = Table::new(vec![
        format!("{fill} mcopy(a, b, c)"),
        format!("{fill} mcopy(add(a, 40), add(b, 37), c)"),
        format!("{fill} calldatacopy(a, b, c)"),
        format!("{fill} mstore8(a, b) mstore(32, mload(c))"),
        format!("{fill} mstore(0, keccak256(a, b))"),
        format!("{fill} returndatacopy(a, b, c)"),
        format!("{fill} mcopy(a, 7, 64) mcopy(33, b, 32) mcopy(65, 64, c)"),
        format!("{fill} calldatacopy(3, 5, a) calldatacopy(b, 31, 33)"),
    ]);
    let spans = spans();
    for a in &spans {
        for b in &spans {
            for c in spans
                .iter()
                .filter(|c| expressible(*a, *b) && expressible(*a, **c) && expressible(*b, **c))
            {
                table.check_all(&[*a, *b, *c]);
            }
        }
    }
}

#[test]
fn ends_of_execution_agree_with_any_slice() {
    let mut table = Table::new(vec![
        "mstore(0, not(0)) mstore(64, a) return(a, b)".to_owned(),
        "mstore(0, not(0)) mstore(64, a) revert(a, b)".to_owned(),
        "mstore(0, 1) sstore(0, a) stop()".to_owned(),
        "sstore(0, 1) invalid()".to_owned(),
        "log0(a, b)".to_owned(),
        "log2(a, b, c, not(c))".to_owned(),
        "log4(a, b, 0, c, 1, not(0))".to_owned(),
    ]);
    let spans = spans();
    for a in &spans {
        for b in spans.iter().filter(|b| expressible(*a, **b)) {
            table.check_all(&[*a, *b, U256::from(77)]);
        }
    }
}

fn call(kind: &str, value: &str, slices: &str) -> String {
    let callee = "0xdead000000000000000000000000000000001234";
    format!(
        "mstore(0x100, {kind}(gas(), {callee}, {value} {slices})) mstore(0x120, returndatasize())"
    )
}

#[test]
fn calls_agree_with_any_input() {
    let mut table = Table::new(vec![
        call("call", "0,", "a, b, 0, 0"),
        call("staticcall", "", "a, b, 0, 0"),
        call("delegatecall", "", "a, b, 0, 32"),
    ]);
    let spans = spans();
    for a in &spans {
        for b in spans.iter().filter(|b| expressible(*a, **b)) {
            table.check_all(&[*a, *b]);
        }
    }
}

/// The EVM charges for an output area even if nothing arrives there, EraVM does not; so only areas it can pay for.
#[test]
fn calls_agree_with_any_output_area() {
    let mut table = Table::new(vec![
        "mstore(0, 4) mstore(0x200, staticcall(gas(), address(), 0, 32, a, b)) mstore(0x220, returndatasize())".to_owned(),
        "mstore(0, 3) mstore(0x200, delegatecall(gas(), address(), 0, 32, a, b)) mstore(0x220, returndatasize())".to_owned(),
        "mstore(0, 5) mstore(0x200, call(gas(), address(), c, 0, 32, a, b)) mstore(0x220, returndatasize())".to_owned(),
        "mstore(0, not(a)) mstore(32, b) revert(7, 64)".to_owned(),
        "mstore(0, not(a)) mstore(32, b) return(0, 64)".to_owned(),
        "mstore(0, callvalue()) mstore(32, caller()) return(0, 57)".to_owned(),
    ]);
    for a in [0u64, 1, 31, 32, 64, 300] {
        for b in [0u64, 1, 31, 32, 33, 56, 57, 58, 64, 65, 200] {
            table.check_all(&[U256::from(a), U256::from(b), U256::from(a % 3)]);
        }
    }
}

#[test]
fn environment_agrees() {
    let mut table = Table::new(vec![
        "mstore(0, address()) mstore(32, caller()) mstore(64, callvalue()) mstore(96, calldatasize())".to_owned(),
        "mstore(0, selfbalance()) mstore(32, balance(address())) mstore(64, balance(caller())) mstore(96, balance(1234567890))".to_owned(),
        "mstore(0, origin()) mstore(32, gasprice()) mstore(64, chainid())".to_owned(),
        "mstore(0, number()) mstore(32, timestamp()) mstore(64, basefee())".to_owned(),
        "mstore(0, iszero(extcodesize(address()))) mstore(32, extcodesize(0xdead000000000000000000000000000000001234))".to_owned(),
        "mstore(0, gt(gas(), 1000)) mstore(32, lt(gas(), gas())) mstore(64, lt(gas(), 1))".to_owned(),
        "mstore(0, returndatasize()) mstore(32, calldataload(a)) mstore(64, calldataload(sub(calldatasize(), b)))".to_owned(),
        "pop(add(a, b)) pop(mload(0x7fe0)) mstore(0, sload(a)) mstore(32, tload(b))".to_owned(),
    ]);
    for a in 0..8u64 {
        table.check_all(&[U256::from(a * 13), U256::from(a)]);
    }
}
