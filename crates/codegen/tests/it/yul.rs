//! The Yul front end: what it reads, and how it refuses.

use alloy_primitives::U256;
use proptest::prelude::*;
use zksso_codegen::yul::{
    Arity, Diagnostics, Expression, LiteralKind, MAX_DEPTH, Object, Statement, parse, resolve,
};

fn code(statements: &str) -> Result<Object, Diagnostics> {
    parse(&format!("object \"T\" {{ code {{ {statements} }} }}"))
}

fn message(source: &str) -> String {
    let diagnostics = parse(source).expect_err("source is malformed");
    assert_eq!(diagnostics.len(), 1);
    diagnostics.to_string()
}

fn builtin(name: &str) -> Option<Arity> {
    let (arguments, results) = match name {
        "add" | "eq" | "lt" => (2, 1),
        "mload" | "datasize" => (1, 1),
        "mstore" => (2, 0),
        "setimmutable" => (3, 0),
        "stop" => (0, 0),
        _ => return None,
    };
    Some(Arity { arguments, results })
}

fn complaints(statements: &str) -> Vec<String> {
    let object = code(statements).expect("syntax is right");
    match resolve(&object, &builtin) {
        Ok(()) => Vec::new(),
        Err(found) => found
            .iter()
            .map(|diagnostic| diagnostic.message.clone())
            .collect(),
    }
}

#[test]
fn objects_nest_with_data_and_comments() {
    let source = r#"
        /// @use-src 0:"a.sol"
        object "C_12" {
            code { /* nothing */ }
            /// @use-src 0:"a.sol"
            object "C_12_deployed" {
                code { stop() } // end
                data ".metadata" hex"a264_00"
                object "D" { code {} data "text" "a\x41\n\u00e9\"" }
            }
        }"#;
    let object = parse(source).unwrap();
    assert_eq!(object.name, "C_12");
    let deployed = &object.objects[0];
    assert_eq!(deployed.name, "C_12_deployed");
    assert_eq!(
        (&*deployed.data[0].name, &deployed.data[0].bytes[..]),
        (".metadata", &[0xa2, 0x64, 0][..])
    );
    assert_eq!(deployed.objects[0].data[0].bytes, b"aA\n\xc3\xa9\"");
    let span = deployed.code.span;
    assert_eq!(
        &source[span.start as usize..span.end as usize],
        "{ stop() }"
    );
}

#[test]
fn literals_denote_words() {
    let object = code(
        r#"let a := 0xff let b := 115792089237316195423570985008687907853269984665640564039457584007913129639935
           let c := "ab" let d := hex"0102" let e := true let f := false let g := '"'"#,
    )
    .unwrap();
    let values = object
        .code
        .statements
        .iter()
        .map(|statement| match statement {
            Statement::Let(declaration) => match &declaration.value {
                Some(Expression::Literal(literal)) => literal.value,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        });
    let left = |bytes: &[u8]| U256::from_be_slice(bytes) << (256 - bytes.len() * 8);
    let expected = [
        U256::from(255),
        U256::MAX,
        left(b"ab"),
        left(&[1, 2]),
        U256::ONE,
        U256::ZERO,
        left(b"\""),
    ];
    assert!(values.eq(expected));
}

#[test]
fn every_statement_is_read() {
    let object = code(
        "function f(a, b) -> c, d { leave }
         let x, y := f(1, 2)
         x, y := f(y, x)
         if x { }
         switch y case 0 { } case \"s\" { } default { }
         for { let i := 0 } lt(i, 3) { i := add(i, 1) } { if i { continue } break }
         { mstore(0, x) }
         let $a.b_9",
    )
    .unwrap();
    let kinds: Vec<_> = object
        .code
        .statements
        .iter()
        .map(|statement| match statement {
            Statement::Function(f) => ("function", f.parameters.len() + f.returns.len()),
            Statement::Let(l) => ("let", l.variables.len()),
            Statement::Assign(a) => ("assign", a.targets.len()),
            Statement::If(_) => ("if", 0),
            Statement::Switch(s) => ("switch", s.cases.len() + usize::from(s.default.is_some())),
            Statement::For(f) => ("for", f.body.statements.len()),
            Statement::Block(b) => ("block", b.statements.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("function", 4),
        ("let", 2),
        ("assign", 2),
        ("if", 0),
        ("switch", 3),
        ("for", 2),
        ("block", 1),
    ];
    assert_eq!(kinds[..7], expected);
    assert_eq!(kinds[7], ("let", 1));
    assert_eq!(resolve(&object, &builtin), Ok(()));
}

#[test]
fn syntax_errors_show_their_line() {
    let expected = "error[E0001]: expected `:=`, found `}`
 --> 2:14
  |
2 | code { a, b }
  |             ^";
    assert_eq!(message("object \"T\" {\n code { a, b }\n}"), expected);
}

#[test]
fn malformed_sources_are_named_errors() {
    for (source, expected) in [
        ("", "expected `object`, found end of input"),
        ("object T {}", "expected a string, found `T`"),
        ("object \"\" { code {} }", "name is empty"),
        ("object \"T\" { }", "expected `code`, found `}`"),
        (
            "object \"T\" { code { }",
            "expected `object`, `data` or `}`, found end of input",
        ),
        (
            "object \"T\" { code {} } x",
            "expected end of input, found `x`",
        ),
        (
            "object \"T\" { code { let function := 1 } }",
            "expected an identifier, found `function`",
        ),
        (
            "object \"T\" { code { 1 } }",
            "a literal is not a statement",
        ),
        (
            "object \"T\" { code { let a := 12ab } }",
            "invalid number `12ab`",
        ),
        (
            "object \"T\" { code { let a := 0x } }",
            "invalid number `0x`",
        ),
        (
            "object \"T\" { code { let a := 0x10000000000000000000000000000000000000000000000000000000000000000 } }",
            "number `0x100000000000000000…` does not fit a word",
        ),
        (
            "object \"T\" { code { let a := hex\"123\" } }",
            "odd number of digits",
        ),
        (
            "object \"T\" { code { let a := hex\"1g\" } }",
            "not a digit",
        ),
        (
            "object \"T\" { code { let a := \"x\n\" } }",
            "unterminated string",
        ),
        (
            "object \"T\" { code { let a := \"\\q\" } }",
            "invalid escape sequence",
        ),
        (
            "object \"T\" { code { let a := \"\\ud800\" } }",
            "invalid escape sequence",
        ),
        ("object \"T\" { code { /* } }", "unterminated comment"),
        (
            "object \"T\" { code { switch 1 } }",
            "expected `case` or `default`",
        ),
        (
            "object \"T\" { code { let a: u256 } }",
            "unexpected character ':'",
        ),
        (
            "object \"T\" { code { let ä } }",
            "unexpected character 'ä'",
        ),
    ] {
        let message = message(source);
        assert!(message.contains(expected), "{source}: {message}");
        assert!(message.contains(" --> "), "{message}");
    }
}

#[test]
fn hostile_nesting_is_refused_and_deep_nesting_is_not() {
    for (open, close) in [("add(1, ", ")"), ("f(", ")")] {
        let nested = |depth: usize| {
            code(&format!(
                "let a := {}1{}",
                open.repeat(depth),
                close.repeat(depth)
            ))
        };
        assert!(nested(MAX_DEPTH - 2).is_ok());
        let error = nested(100_000).expect_err("too deep").to_string();
        assert!(error.contains("nested more than"), "{error}");
    }
    assert!(code(&"{".repeat(100_000)).is_err());
    assert!(parse(&"object \"a\" { code {} ".repeat(100_000)).is_err());
}

#[test]
fn excerpts_of_long_lines_stay_short() {
    let source = format!(
        "object \"T\" {{ code {{ {} let 1 {} }} }}",
        "stop() ".repeat(1000),
        "stop() ".repeat(1000)
    );
    let message = message(&source);
    assert!(message.lines().all(|line| line.len() < 200), "{message}");
    assert!(message.contains("let 1"), "{message}");
}

#[test]
fn long_strings_are_kept_whole() {
    let object =
        code("mstore(0, linkersymbol(\"contracts/very/long/path/File.sol:Library\"))").unwrap();
    let Statement::Expression(Expression::Call(call)) = &object.code.statements[0] else {
        panic!()
    };
    let Expression::Call(inner) = &call.arguments[1] else {
        panic!()
    };
    let Expression::Literal(literal) = &inner.arguments[0] else {
        panic!()
    };
    assert!(matches!(literal.kind, LiteralKind::Bytes(_)));
    assert_eq!(
        literal.text(),
        Some("contracts/very/long/path/File.sol:Library")
    );
}

#[test]
fn names_are_resolved() {
    for (statements, expected) in [
        ("let a := b", "`b` is not declared"),
        ("let a := a", "`a` is not declared"),
        ("f()", "function `f` is not declared"),
        ("let a let a", "`a` is already declared"),
        ("let a { let a }", "`a` is already declared"),
        ("function f() {} function f() {}", "`f` is already declared"),
        ("function add() {}", "`add` is a built-in function"),
        ("let mload", "`mload` is a built-in function"),
        (
            "let a function f() { mstore(0, a) }",
            "variable `a` of an enclosing function is out of reach",
        ),
        (
            "function f() {} let a := f",
            "`f` is a function, not a variable",
        ),
        ("let a a()", "`a` is a variable, not a function"),
        ("{ let a } a := 1", "`a` is not declared"),
        ("for { let i } i { } { } i := 1", "`i` is not declared"),
    ] {
        assert_eq!(complaints(statements), [expected], "{statements}");
    }
}

#[test]
fn counts_and_places_are_checked() {
    for (statements, expected) in [
        ("add(1, 2)", "expected 0 values, found 1"),
        ("let a, b := 1", "expected 2 values, found 1"),
        ("mstore(0, stop())", "expected 1 value, found 0"),
        ("mstore(1)", "`mstore` takes 2 arguments, found 1"),
        (
            "function f(a) -> b { } let x := f()",
            "`f` takes 1 argument, found 0",
        ),
        ("break", "`break` outside of a loop"),
        ("for { } 1 { continue } { }", "`continue` outside of a loop"),
        (
            "for { } 1 { } { function f() { break } }",
            "`break` outside of a loop",
        ),
        ("leave", "`leave` outside of a function"),
        ("switch 1 case 1 { } case 0x01 { }", "case 1 occurs twice"),
        (
            "mstore(0, \"012345678901234567890123456789012\")",
            "string literal is longer than 32 bytes",
        ),
        ("mstore(0, datasize(1))", "expected a string literal"),
        (
            "mstore(0, datasize(add(1, 2)))",
            "`datasize` takes a string literal here",
        ),
    ] {
        assert_eq!(complaints(statements), [expected], "{statements}");
    }
}

#[test]
fn functions_are_visible_before_their_definition() {
    assert!(
        complaints(
            "let a := f(1) function f(x) -> y { y := g(x) } function g(x) -> y { y := f(x) }"
        )
        .is_empty()
    );
    assert!(complaints("{ let a } { let a } function f(a) { } function g(a) { }").is_empty());
}

#[test]
fn sections_of_an_object_have_distinct_names() {
    let object =
        parse("object \"T\" { code {} data \"a\" \"\" object \"a\" { code {} } }").unwrap();
    let found = resolve(&object, &builtin).expect_err("names clash");
    assert!(found.to_string().contains("section `a` is defined twice"));
}

proptest! {
    #[test]
    fn no_input_makes_the_parser_panic(source in "\\PC*") {
        let _ = parse(&source);
        let _ = code(&source);
    }

    #[test]
    fn no_token_soup_makes_the_parser_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "object", "code", "data", "\"x\"", "{", "}", "(", ")", ",", ":=", "->", "let", "if", "for", "switch",
                "case", "default", "function", "break", "leave", "a", "f", "add", "1", "0xff", "hex\"00\"", "true", "'", "\\",
            ]),
            0..60,
        )
    ) {
        let source = words.join(" ");
        let _ = parse(&source);
        if let Ok(object) = code(&source) {
            let _ = resolve(&object, &builtin);
        }
    }
}
