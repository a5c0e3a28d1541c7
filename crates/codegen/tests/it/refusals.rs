//! What EraVM cannot do is a diagnostic that names contract, built-in and place, and only if it can be reached.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use zksso_codegen::{
    Options, compile,
    yul::{Code, Diagnostics},
};

fn runtime(statements: &str) -> String {
    format!(
        "object \"Token_7\" {{
    code {{ return(0, 0) }}
    object \"Token_7_deployed\" {{
        code {{
            {statements}
        }}
    }}
}}"
    )
}

fn refusal(source: &str) -> Diagnostics {
    compile("Token", source, &Options::default()).expect_err("is refused")
}

#[test]
fn unsupported_builtins_are_named_with_their_place() {
    for (code, builtin, call) in [
        (Code::SelfDestruct, "selfdestruct", "selfdestruct(caller())"),
        (
            Code::CallCode,
            "callcode",
            "pop(callcode(gas(), 1, 0, 0, 0, 0, 0))",
        ),
        (
            Code::ExtCodeCopy,
            "extcodecopy",
            "extcodecopy(caller(), 0, 0, 32)",
        ),
        (Code::CodeCopy, "codecopy", "codecopy(0, 0, 32)"),
        (Code::Pc, "pc", "sstore(0, pc())"),
        (Code::Blob, "blobhash", "sstore(0, blobhash(0))"),
        (Code::Blob, "blobbasefee", "sstore(0, blobbasefee())"),
    ] {
        let text = refusal(&runtime(call)).to_string();
        assert!(text.starts_with(&format!("error[{code}]: ")), "{text}");
        assert!(text.contains("\n  = help: "), "{text}");
        assert!(text.contains(builtin) && text.contains("Token"), "{text}");
        let column = 13 + call.find(builtin).unwrap();
        assert!(text.contains(&format!(":5:{column}")), "{text}");
        assert!(text.contains('^'), "{text}");
    }
}

#[test]
fn unreachable_builtins_are_not_refused() {
    for call in [
        "if 0 { selfdestruct(caller()) }",
        "stop() selfdestruct(caller())",
        "function unused() { extcodecopy(caller(), 0, 0, 32) }",
        "switch 3 case 1 { codecopy(0, 0, 32) } default { sstore(0, 1) }",
    ] {
        let compiled = compile("Token", &runtime(call), &Options::default());
        assert!(
            compiled.is_ok(),
            "{call}: {}",
            compiled.expect_err("is refused")
        );
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let diagnostics = refusal(&runtime("let a := b let c := d selfdestruct(1, 2)"));
    assert_eq!(diagnostics.len(), 3, "{diagnostics}");
    assert!(diagnostics.has_errors());
}

#[test]
fn syntax_errors_are_reported_like_the_others() {
    let text = refusal("object \"Token\" {\n  code { let x := }\n}").to_string();
    assert!(
        text.contains("Token:2:19") && text.contains("let x := }"),
        "{text}"
    );
}

/// The only finding about a source.
fn only(source: &str) -> (Code, String) {
    let found = refusal(source);
    let [first] = found.iter().collect::<Vec<_>>()[..] else {
        panic!("{found}");
    };
    (first.code, found.to_string())
}

/// A function that keeps `variables` values across `calls`.
fn wide_function(name: &str, variables: usize, calls: &str) -> String {
    let mut body = String::new();
    for variable in 0..variables {
        body += &format!("let v{variable} := sload(add(x, {variable})) ");
    }
    body += &format!("{calls} let sum := x");
    for variable in 0..variables {
        body += &format!(" sum := xor(sum, v{variable})");
    }
    format!("function {name}(x) {{ {body} sstore(sum, x) }}\n")
}

/// `count` functions of which each keeps values across two calls of the next.
fn chain(count: usize, variables: impl Fn(usize) -> usize) -> String {
    let functions = (0..count).map(|at| {
        let (name, next) = (format!("f{at}"), at + 1);
        let calls = match next == count {
            true => "sstore(x, 1)".to_owned(),
            false => format!("f{next}(x) f{next}(v0)"),
        };
        wide_function(&name, variables(at), &calls)
    });
    functions.collect()
}

#[test]
fn chains_of_calls_beyond_the_stack_are_refused() {
    let widest = |at| if at == 20 { 2_100 } else { 2_000 };
    let source = runtime(&format!("f0(calldataload(0))\n{}", chain(34, widest)));
    let (code, text) = only(&source);
    assert_eq!(code, Code::Stack, "{text}");
    assert!(text.contains("65535") && text.contains("help: "), "{text}");
    let line = 1 + source
        .lines()
        .position(|line| line.starts_with("function f20("))
        .unwrap();
    assert!(text.contains(&format!("--> Token_7:{line}:10\n")), "{text}");
    let words = |function: &str| -> usize {
        let (_, rest) = text.split_once(&format!("{function} (")).expect(&text);
        rest.split_once(')').unwrap().0.parse().unwrap()
    };
    assert!(words("f20") > 2_099, "{text}");
    assert!((2_000..2_050).contains(&words("f1")), "{text}");
    assert!(text.contains(" more\n"), "{text}");
}

#[test]
fn chains_below_recursive_functions_are_refused_with_their_place_in_solidity() {
    let calls = "if x { again(sload(x)) } f0(x) f0(v0)";
    let source = format!(
        "again(calldataload(0))\n/// @src 3:70:90\n{}/// @src 3:100:190\n{}",
        chain(33, |_| 2_000),
        wide_function("again", 2_050, calls)
    );
    let source = format!("/// @use-src 3:\"src/A.sol\"\n{}", runtime(&source));
    let found = refusal(&source);
    let [first] = found.iter().collect::<Vec<_>>()[..] else {
        panic!("{found}");
    };
    assert_eq!(first.code, Code::Stack, "{found}");
    let place = first.source.clone().unwrap();
    assert_eq!(
        (place.file.as_str(), place.span.start),
        ("src/A.sol", 100),
        "{found}"
    );
    let note = found.to_string();
    assert!(note.contains("words: again (20"), "{note}");
}

#[test]
fn code_and_constants_beyond_a_bytecode_are_refused() {
    let constants = |count: u32| {
        let mut code = "let x := calldataload(0)".to_owned();
        for number in 0..count {
            // Constants that no instruction can hold, and that cannot be taken together.
            let (sum, mask) = (1_000_000 + 2 * number, 1_000_001 + 2 * number);
            write!(code, " x := xor(add(x, {sum}), {mask})").unwrap();
        }
        runtime(&format!("{code} sstore(0, x)"))
    };
    let (code, text) = only(&constants(26_500));
    assert_eq!(code, Code::Words, "{text}");
    assert!(text.contains("65535") && text.contains("help: "), "{text}");
    // Their numbers alone are more than an instruction can name.
    let (code, text) = only(&constants(33_000));
    assert_eq!(code, Code::Words, "{text}");
    let fits = compile("Token", &constants(25_000), &Options::default());
    let fits = fits.unwrap_or_else(|found| panic!("{found}"));
    let words = fits.root().unwrap().bytecode.len() / 32;
    assert!((62_000..=65_535).contains(&words), "{words}");
}

#[test]
fn code_beyond_what_jumps_reach_is_refused() {
    let store = |slot: u32| format!("sstore({slot}, calldataload({slot}))");
    let statements: Vec<_> = (0..20_000).map(store).collect();
    let (code, text) = only(&runtime(&statements.join(" ")));
    assert_eq!(code, Code::Instructions, "{text}");
    assert!(text.contains("65536") && text.contains("help: "), "{text}");
}

#[test]
fn contracts_that_create_their_creators_are_refused() {
    let nested = |name: &str| {
        format!(
            "object \"A\" {{ code {{ sstore(0, dataoffset(\"B\")) }} \
             object \"B\" {{ code {{ sstore(0, dataoffset(\"{name}\")) }} }} }}"
        )
    };
    let (code, text) = only(&nested("A"));
    assert_eq!(code, Code::CreationCycle, "{text}");
    assert!(
        text.contains("`B` creates `A`") && text.contains("help: "),
        "{text}"
    );
    let (code, text) = only(&nested("C"));
    assert_eq!(code, Code::UnknownContract, "{text}");
}

#[test]
fn own_runtime_code_and_unknown_operations_are_refused() {
    let (code, text) = only(&runtime("sstore(0, dataoffset(\"Token_7_deployed\"))"));
    assert_eq!(code, Code::RuntimeCode, "{text}");
    let (code, text) = only(&runtime("sstore(0, datasize(\"Token_7_deployed\"))"));
    assert_eq!(code, Code::RuntimeCode, "{text}");
    let options = Options {
        enable_eravm_extensions: true,
        ..Options::default()
    };
    let call = runtime("pop(call(0, 0xFFEE, 0, 0, 0, 0, 0))");
    let found = compile("Token", &call, &options).unwrap_err();
    assert_eq!(
        found.iter().next().unwrap().code,
        Code::EraOperation,
        "{found}"
    );
}

#[test]
fn codes_are_distinct_and_ascend() {
    let numbers: Vec<_> = Code::ALL.iter().map(|code| code.number()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
    assert_eq!(Code::Stack.to_string(), "E0301");
    assert_eq!(Code::Syntax.title(), "the Yul is malformed");
}

#[test]
fn places_in_solidity_are_told_with_the_finding() {
    let source = runtime("/// @src 3:70:90\n selfdestruct(/** @src -1:-1:-1 */ caller())");
    let source = format!("/// @use-src 3:\"src/A.sol\"\n{source}").replacen(
        "code {",
        "code { /// @src 3:0:400\n",
        1,
    );
    let found = refusal(&source);
    let place = found.iter().next().unwrap().source.clone().unwrap();
    assert_eq!((place.file.as_str(), place.span.start), ("src/A.sol", 70));
    let plain = refusal(&runtime("selfdestruct(caller())"));
    assert_eq!(plain.iter().next().unwrap().source, None);
}

#[test]
fn names_must_be_literals() {
    for call in [
        "datasize(calldataload(0))",
        "dataoffset(calldataload(0))",
        "linkersymbol(calldataload(0))",
        "loadimmutable(calldataload(0))",
    ] {
        let (code, text) = only(&runtime(&format!("sstore(0, {call})")));
        assert_eq!(code, Code::Literal, "{call}: {text}");
        assert!(text.contains("literal"), "{text}");
    }
}
