//! A row for every built-in of `src/builtin.rs`: what it gives with edge values, or that it is refused.

use alloy_primitives::{Address, U256, address};
use zksso_codegen::{Options, compile};

use crate::{
    harness::{
        era::{Call, Era, SYSTEM_CONTEXT},
        scenario::Scenario,
    },
    tables::{Table, edges, expressible, spans},
};

/// The built-ins, as the compiler lists them.
const SOURCE: &str = include_str!("../../src/builtin.rs");
/// The scenario of constructors and creations.
const CONSTRUCTORS: &str = include_str!("corpus/constructors.yul");

enum Row {
    /// Statements with the words `a`, `b` and `c`, compared to the EVM for all triples of edge values.
    Words(&'static str),
    /// Statements with an offset `a`, a length `b` and a word `c`, compared to the EVM for all spans both machines can express.
    Span(&'static str),
    /// A condition that holds on EraVM, where the EVM knows nothing of the kind or something else. `w` is 1.
    Era(&'static str),
    /// Compared to the EVM in [`CONSTRUCTORS`].
    Constructors,
    /// EraVM has nothing to offer.
    Refused(&'static str),
}

use Row::{Constructors, Era as OnEra, Refused, Span, Words};

const PEER: Address = address!("00000000000000000000000000000000000c0de1");

const ROWS: &[(&str, Row)] = &[
    ("add", Words("mstore(0, add(a, b))")),
    ("sub", Words("mstore(0, sub(a, b))")),
    (
        "mul",
        Words("mstore(0, mul(a, b)) mstore(32, mul(mul(a, b), c))"),
    ),
    ("div", Words("mstore(0, div(a, b))")),
    ("sdiv", Words("mstore(0, sdiv(a, b))")),
    ("mod", Words("mstore(0, mod(a, b))")),
    ("smod", Words("mstore(0, smod(a, b))")),
    (
        "exp",
        Words("mstore(0, exp(a, b)) mstore(32, exp(2, b)) mstore(64, exp(a, 10))"),
    ),
    ("not", Words("mstore(0, not(a))")),
    ("lt", Words("mstore(0, lt(a, b))")),
    ("gt", Words("mstore(0, gt(a, b))")),
    ("slt", Words("mstore(0, slt(a, b))")),
    ("sgt", Words("mstore(0, sgt(a, b))")),
    ("eq", Words("mstore(0, eq(a, b))")),
    (
        "iszero",
        Words("mstore(0, iszero(a)) mstore(32, iszero(iszero(b)))"),
    ),
    ("and", Words("mstore(0, and(a, b))")),
    ("or", Words("mstore(0, or(a, b))")),
    ("xor", Words("mstore(0, xor(a, b))")),
    (
        "byte",
        Words("mstore(0, byte(a, b)) mstore(32, byte(31, b)) mstore(64, byte(a, 0x0102))"),
    ),
    (
        "shl",
        Words("mstore(0, shl(a, b)) mstore(32, shl(a, shl(b, c)))"),
    ),
    (
        "shr",
        Words("mstore(0, shr(a, b)) mstore(32, shr(a, shl(b, c)))"),
    ),
    (
        "sar",
        Words("mstore(0, sar(a, b)) mstore(32, sar(a, not(b)))"),
    ),
    (
        "clz",
        OnEra("and(and(eq(clz(w), 255), eq(clz(sub(w, 1)), 256)), iszero(clz(sub(0, w))))"),
    ),
    ("addmod", Words("mstore(0, addmod(a, b, c))")),
    ("mulmod", Words("mstore(0, mulmod(a, b, c))")),
    ("signextend", Words("mstore(0, signextend(a, b))")),
    (
        "keccak256",
        Span("mstore(0, c) mstore(64, keccak256(a, b))"),
    ),
    ("pop", Words("pop(a) pop(mulmod(a, b, c)) mstore(0, b)")),
    (
        "mload",
        Words("mstore(3, b) if or(lt(a, 300), gt(a, 0xffffffffffff)) { mstore(0, mload(a)) }"),
    ),
    (
        "mstore",
        Words("if or(lt(a, 300), gt(a, 0xffffffffffff)) { mstore(a, b) }"),
    ),
    (
        "mstore8",
        Words("mstore(32, not(b)) if or(lt(a, 300), gt(a, 0xffffffffffff)) { mstore8(a, b) }"),
    ),
    (
        "mcopy",
        Span("mstore(7, c) mstore(66, not(c)) mcopy(a, 5, b) mcopy(9, a, b)"),
    ),
    ("msize", OnEra("gt(msize(), 31)")),
    (
        "sload",
        Words("mstore(0, sload(a)) mstore(32, sload(not(b)))"),
    ),
    (
        "sstore",
        Words("sstore(a, b) sstore(b, c) mstore(0, sload(a)) mstore(32, sload(b))"),
    ),
    (
        "tload",
        Words("mstore(0, tload(a)) tstore(a, b) mstore(32, tload(a))"),
    ),
    (
        "tstore",
        Words("tstore(a, b) tstore(b, c) mstore(0, tload(a)) mstore(32, tload(b))"),
    ),
    ("gas", OnEra("and(gt(gas(), 1000), lt(gas(), gas()))")),
    ("address", Words("mstore(0, address())")),
    ("caller", Words("mstore(0, caller())")),
    ("callvalue", Words("mstore(0, callvalue())")),
    (
        "calldataload",
        Words(
            "if lt(a, 0xffff) { mstore(0, calldataload(a)) } mstore(32, calldataload(and(b, 127)))",
        ),
    ),
    ("calldatasize", Words("mstore(0, calldatasize())")),
    (
        "calldatacopy",
        Span("mstore(1, c) calldatacopy(a, c, b) calldatacopy(9, a, and(b, 63))"),
    ),
    ("codesize", Constructors),
    ("codecopy", Constructors),
    (
        "extcodesize",
        Words(
            "mstore(0, iszero(extcodesize(address()))) mstore(32, extcodesize(and(not(a), 0xdeadff)))",
        ),
    ),
    ("extcodecopy", Refused("extcodecopy(caller(), 0, 0, 32)")),
    (
        "extcodehash",
        OnEra(
            "and(gt(extcodehash(address()), 0), iszero(eq(extcodehash(address()), extcodehash(0xdeadffdead))))",
        ),
    ),
    (
        "returndatasize",
        Span("pop(staticcall(gas(), 2, a, b, 0, 0)) mstore(0, returndatasize())"),
    ),
    (
        "returndatacopy",
        Span(
            "pop(staticcall(gas(), 2, 0, 32, 0, 0)) mstore(3, c) if lt(b, 99) { returndatacopy(a, 0, b) returndatacopy(1, c, b) }",
        ),
    ),
    (
        "balance",
        Words(
            "mstore(0, balance(address())) mstore(32, balance(caller())) mstore(64, balance(and(not(a), 0xdeadff)))",
        ),
    ),
    ("selfbalance", Words("mstore(0, selfbalance())")),
    ("create", Constructors),
    ("create2", Constructors),
    (
        "call",
        Span(
            "mstore(0, c) mstore(32, call(gas(), 2, 0, a, b, 67, 31)) mstore(128, returndatasize())",
        ),
    ),
    (
        "callcode",
        Refused("pop(callcode(gas(), 1, 0, 0, 0, 0, 0))"),
    ),
    (
        "delegatecall",
        Span(
            "mstore(0, c) mstore(32, delegatecall(gas(), 0xdead000000000000000000000000000000001234, a, b, 67, 31)) mstore(128, returndatasize())",
        ),
    ),
    (
        "staticcall",
        Span(
            "mstore(0, c) mstore(32, staticcall(gas(), 2, a, b, 67, 33)) mstore(128, returndatasize())",
        ),
    ),
    ("return", Span("mstore(0, c) return(a, b)")),
    ("revert", Span("mstore(0, c) revert(a, b)")),
    ("stop", Words("if gt(a, b) { stop() } mstore(0, 1)")),
    (
        "invalid",
        Words("sstore(0, c) if gt(a, b) { invalid() } mstore(0, 1)"),
    ),
    ("selfdestruct", Refused("selfdestruct(caller())")),
    ("log0", Span("mstore(0, c) log0(a, b)")),
    ("log1", Span("mstore(0, c) log1(a, b, c)")),
    ("log2", Span("mstore(0, c) log2(a, b, c, not(c))")),
    ("log3", Span("mstore(0, c) log3(a, b, c, 0, a)")),
    ("log4", Span("mstore(0, c) log4(a, b, c, not(0), b, 0)")),
    ("chainid", Words("mstore(0, chainid())")),
    ("basefee", Words("mstore(0, basefee())")),
    ("blobbasefee", Refused("sstore(0, blobbasefee())")),
    ("blobhash", Refused("sstore(0, blobhash(0))")),
    ("origin", Words("mstore(0, origin())")),
    ("gasprice", Words("mstore(0, gasprice())")),
    (
        "blockhash",
        Words("mstore(0, blockhash(number())) mstore(32, blockhash(add(number(), 5)))"),
    ),
    ("coinbase", OnEra("eq(coinbase(), 44)")),
    ("timestamp", Words("mstore(0, timestamp())")),
    ("number", Words("mstore(0, number())")),
    ("difficulty", OnEra("eq(difficulty(), 55)")),
    ("prevrandao", OnEra("eq(prevrandao(), 55)")),
    ("gaslimit", OnEra("eq(gaslimit(), 33)")),
    ("pc", Refused("sstore(0, pc())")),
    ("memoryguard", OnEra("eq(memoryguard(0x80), 0x80)")),
    ("datasize", Constructors),
    ("dataoffset", Constructors),
    ("datacopy", Constructors),
    ("loadimmutable", Constructors),
    ("setimmutable", Constructors),
    ("linkersymbol", OnEra("eq(linkersymbol(\"L.sol:L\"), 0x4c)")),
];

fn names() -> Vec<&'static str> {
    let (_, list) = SOURCE.split_once("builtins! {").expect("the list is there");
    let (list, _) = list.split_once('}').expect("the list ends");
    let names = list.lines().filter_map(|line| line.split('"').nth(1));
    // Not a built-in of Yul, but how the compiler remembers one it will refuse.
    names.filter(|name| !name.contains(' ')).collect()
}

#[test]
fn every_builtin_has_a_row_that_uses_it() {
    let names = names();
    assert!(names.len() > 80, "{names:?}");
    for name in &names {
        let rows: Vec<_> = ROWS.iter().filter(|(row, _)| row == name).collect();
        let [(_, row)] = rows[..] else {
            panic!("{} rows of `{name}`", rows.len())
        };
        let text = match row {
            Words(text) | Span(text) | OnEra(text) | Refused(text) => text,
            Constructors => CONSTRUCTORS,
        };
        let uses = |(at, _): (usize, &str)| !text[..at].ends_with(|c: char| c.is_alphanumeric());
        assert!(
            text.match_indices(&format!("{name}(")).any(uses),
            "{name}: {text}"
        );
    }
    for (name, _) in ROWS {
        assert!(names.contains(name), "`{name}` is no built-in");
    }
}

fn chosen(of: impl Fn(&Row) -> Option<&str>) -> Vec<String> {
    ROWS.iter()
        .filter_map(|(_, row)| of(row).map(str::to_owned))
        .collect()
}

#[test]
fn words_agree_on_edges() {
    let mut table = Table::new(chosen(|row| match row {
        Words(text) => Some(text),
        _ => None,
    }));
    let edges: Vec<U256> = edges()
        .into_iter()
        .step_by(2)
        .chain([U256::ONE << 255])
        .collect();
    for a in &edges {
        for b in &edges {
            for c in [edges[1], edges[0], U256::MAX] {
                table.check_all(&[*a, *b, c]);
            }
        }
    }
}

#[test]
fn spans_agree_on_edges() {
    let mut table = Table::new(chosen(|row| match row {
        Span(text) => Some(text),
        _ => None,
    }));
    for a in spans() {
        for b in spans().into_iter().filter(|b| expressible(a, *b)) {
            for c in [U256::ZERO, U256::from(40), U256::MAX] {
                table.check_all(&[a, b, c]);
            }
        }
    }
}

/// Statements with some of the words `a`, `b` and `c` as constants: those in the mask.
fn with_constants(statements: &str, words: &[U256; 3], mask: usize) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut text = String::new();
    let mut rest = statements;
    while let Some(start) = rest.find(is_name) {
        let (before, from) = rest.split_at(start);
        let (name, after) = from.split_at(from.find(|c| !is_name(c)).unwrap_or(from.len()));
        let word = ["a", "b", "c"].iter().position(|word| *word == name);
        text += before;
        match word.filter(|word| mask >> word & 1 == 1) {
            Some(word) => text += &format!("{:#x}", words[word]),
            None => text += name,
        }
        rest = after;
    }
    text + rest
}

/// Runs rows with all words as constants, and with one or two of them.
fn check_constants(rows: &[String], triples: impl Iterator<Item = [U256; 3]>) {
    for (number, words) in triples.enumerate() {
        for mask in [0b111, 1 + number % 6] {
            let filled = rows.iter().map(|row| with_constants(row, &words, mask));
            Table::one_of_many(filled.collect()).check_all(&words);
        }
    }
}

#[test]
fn words_as_constants_agree_on_edges() {
    let rows = chosen(|row| match row {
        Words(text) => Some(text),
        _ => None,
    });
    let edges = edges();
    let at = |number: usize| edges[number % edges.len()];
    let apart = (0..edges.len()).map(|i| [at(i), at(7 * i + 3), at(5 * i + 1)]);
    let alike = (0..edges.len()).map(|i| [at(i), at(i), at(i + 1)]);
    let last = [U256::ONE << 255, U256::MAX, U256::ONE << 255];
    check_constants(&rows, apart.chain(alike).chain([last]));
}

#[test]
fn spans_as_constants_agree_on_edges() {
    let rows = chosen(|row| match row {
        Span(text) => Some(text),
        _ => None,
    });
    let spans = spans();
    let at = |number: usize| spans[number % spans.len()];
    let pairs = (0..3 * spans.len()).map(|i| [at(i), at(4 * i + i / spans.len()), at(7 * i + 2)]);
    check_constants(&rows, pairs.filter(|[a, b, _]| expressible(*a, *b)));
}

fn object(statements: &str) -> String {
    format!("object \"C\" {{ code {{ }} object \"C_deployed\" {{ code {{ {statements} }} }} }}")
}

#[test]
fn what_the_evm_lacks_holds_on_eravm() {
    let libraries = [("L.sol:L".to_owned(), Address::with_last_byte(0x4c))].into();
    let options = Options {
        libraries,
        ..Options::default()
    };
    let conditions = chosen(|row| match row {
        OnEra(text) => Some(text),
        _ => None,
    });
    for condition in conditions {
        for word in ["1", "calldataload(0)"] {
            check_condition(&condition, word, &options);
        }
    }
}

fn check_condition(condition: &str, word: &str, options: &Options) {
    let source = object(&format!(
        "let w := {word} mstore(0, {condition}) return(0, 32)"
    ));
    let output = compile("C", &source, options).unwrap_or_else(|error| panic!("{error}"));
    let mut era = Era::new();
    era.place(PEER, &output.root().expect("one contract").bytecode);
    // Block gas limit, coinbase and difficulty.
    for (slot, value) in [(3, 33), (4, 44), (5, 55)] {
        era.set_storage(SYSTEM_CONTEXT, U256::from(slot), U256::from(value));
    }
    let effect = era
        .call(&Call::new(PEER, U256::ONE.to_be_bytes::<32>()))
        .effect;
    assert!(effect.success, "{condition}");
    assert_eq!(U256::from_be_slice(&effect.data), U256::ONE, "{condition}");
}

/// The EVM of the settings has no such instruction yet.
#[test]
fn leading_zeros_are_counted() {
    let powers = (0..256).map(|bit| U256::ONE << bit);
    for value in edges().into_iter().chain(powers) {
        for word in ["calldataload(0)".to_owned(), format!("{value:#x}")] {
            let source = object(&format!("mstore(0, clz({word})) return(0, 32)"));
            let output = compile("C", &source, &Options::default()).expect("compiles");
            let mut era = Era::new();
            era.place(PEER, &output.root().expect("one contract").bytecode);
            let call = Call::new(PEER, value.to_be_bytes::<32>());
            let found = U256::from_be_slice(&era.call(&call).effect.data);
            assert_eq!(found, U256::from(value.leading_zeros()), "{value:#x}");
        }
    }
}

#[test]
fn what_eravm_lacks_is_refused() {
    let calls = chosen(|row| match row {
        Refused(text) => Some(text),
        _ => None,
    });
    for call in calls {
        assert!(
            compile("C", &object(&call), &Options::default()).is_err(),
            "{call}"
        );
    }
}

#[test]
fn constructors_agree() {
    let tally = Scenario::parse(CONSTRUCTORS)
        .run()
        .unwrap_or_else(|difference| panic!("{difference}"));
    assert!(tally.successes > 5, "{tally:?}");
    assert!(tally.logs > 5, "{tally:?}");
}
