//! Sizes of contracts that are only compiled: this repository's own.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use zksso_codegen::{Options, compile};

use super::{
    Subject,
    figures::{Figures, Kind},
};
use crate::harness::solc::{self, Ir};

pub(super) fn subjects() -> Vec<Subject> {
    vec![Box::new(own_contracts)]
}

/// Every deployable contract under `contracts/`; libraries there are part of others.
fn own_contracts(ir: Ir) -> Figures {
    let root = solc::root();
    let mut files = Vec::new();
    collect(&root.join("contracts"), &mut files);
    files.sort();
    let sources: Vec<(String, String)> = files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file).expect("sources are readable");
            (name_of(&root, file), text)
        })
        .collect();
    let libraries: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| line.strip_prefix("library ")?.split(' ').next())
        .collect();
    let options = Options {
        enable_eravm_extensions: true,
        ..Options::default()
    };
    let mut figures = Figures::default();
    for contract in solc::compile_as(ir, &sources) {
        if libraries.contains(&*contract.name) || !contract.source.starts_with("contracts/") {
            continue;
        }
        let output = compile(&contract.name, &contract.yul, &options)
            .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let code = &output.root().expect("has a root").bytecode;
        figures.add(Kind::Bytes, contract.name, code.len() as u64);
    }
    figures
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("folder is readable") {
        let path = entry.expect("folder is readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "sol") {
            files.push(path);
        }
    }
}

/// Path from the root, with slashes.
fn name_of(root: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(root).expect("file is below the root");
    let parts = relative.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
