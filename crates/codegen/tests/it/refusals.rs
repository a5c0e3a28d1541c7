//! What EraVM cannot do is a diagnostic that names contract, built-in and place, and only if it can be reached.

use zksso_codegen::{Options, compile, yul::Diagnostics};

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
    for (builtin, call) in [
        ("selfdestruct", "selfdestruct(caller())"),
        ("callcode", "pop(callcode(gas(), 1, 0, 0, 0, 0, 0))"),
        ("extcodecopy", "extcodecopy(caller(), 0, 0, 32)"),
        ("codecopy", "codecopy(0, 0, 32)"),
        ("blobhash", "sstore(0, blobhash(0))"),
        ("blobbasefee", "sstore(0, blobbasefee())"),
    ] {
        let text = refusal(&runtime(call)).to_string();
        assert!(text.starts_with("error: "), "{text}");
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
