//! Golden tests: `tests/it/passes/<pass>/<case>.yul` holds the statements of a runtime, `<case>.ir` beside it what the pass
//! leaves. A first line `// after: <pass>, ..` names passes that run before, on what they need. `ZKSSO_BLESS=1` writes the
//! expectations anew.

use super::{check, expand_builtins, run};
use crate::ir::{Function, Program};
use crate::lower::{Lowerer, Surroundings};
use crate::yul;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/passes")
}

/// The runtime's functions after the pass.
fn transformed(pass: &str, statements: &str) -> String {
    let source =
        format!("object \"T\" {{ code {{}} object \"T_deployed\" {{ code {{ {statements} }} }} }}");
    let object = yul::parse(&source).unwrap_or_else(|found| panic!("{}", found.locate(&source)));
    let surroundings = Surroundings {
        name: "T".into(),
        runtime_name: "T_deployed".into(),
        ..Surroundings::default()
    };
    let mut lowerer = Lowerer::new(&surroundings);
    lowerer.roots(&object.code, Some(&object.objects[0].code));
    check(&lowerer.program, "lowering").unwrap();
    let first = statements
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("// after: "));
    for before in first.into_iter().flat_map(|names| names.split(", ")) {
        run_by_name(&mut lowerer, before);
    }
    run_by_name(&mut lowerer, pass);
    let user = |program: &Program| {
        let order = program.bottom_up();
        let body = |function: &Function| format!("{function}\n");
        order
            .iter()
            .rev()
            .map(|&id| body(program.function(id)))
            .collect::<String>()
    };
    let runtime = Program {
        deploy: None,
        ..lowerer.program
    };
    user(&runtime)
}

fn run_by_name(lowerer: &mut Lowerer<'_>, name: &str) {
    if name == "expand-builtins" {
        expand_builtins::run(lowerer, true);
        return check(&lowerer.program, name).unwrap();
    }
    let pass = super::by_name(name).unwrap_or_else(|| panic!("no pass {name}"));
    run(&mut lowerer.program, &[pass]).unwrap();
}

fn agrees(pass: &str, case: &Path) {
    let statements = fs::read_to_string(case).unwrap();
    let found = transformed(pass, &statements);
    let expectation = case.with_extension("ir");
    if std::env::var_os("ZKSSO_BLESS").is_some() {
        fs::write(&expectation, &found).unwrap();
    }
    let expected = fs::read_to_string(&expectation).unwrap_or_default();
    assert_eq!(found, expected, "{}", case.display());
}

#[test]
fn passes_leave_what_is_expected() {
    let mut cases = 0;
    let mut folders: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    for folder in folders {
        let pass = folder.file_name().unwrap().to_string_lossy().into_owned();
        for entry in fs::read_dir(&folder).unwrap() {
            let case = entry.unwrap().path();
            if case.extension().is_some_and(|extension| extension == "yul") {
                agrees(&pass, &case);
                cases += 1;
            }
        }
    }
    assert!(cases >= 10, "only {cases} cases were found");
}

#[test]
fn every_pass_has_cases_and_a_paragraph() {
    let paragraphs = include_str!("../optimisation.md");
    let mut names: Vec<_> = super::ALL.iter().map(|pass| pass.name()).collect();
    names.push("expand-builtins");
    for name in names {
        assert!(
            paragraphs.contains(&format!("### `{name}`")),
            "no paragraph: {name}"
        );
        let cases = fs::read_dir(folder().join(name));
        assert!(
            cases.is_ok_and(|mut cases| cases.next().is_some()),
            "no cases: {name}"
        );
    }
}
