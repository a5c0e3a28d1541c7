//! Hashes the sources of the code generator, so that build caches notice when it changes.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

fn main() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for source in [
        "codegen/src",
        "eravm/src",
        "compiler/src/era",
        "compiler/src/artifact.rs",
        "compiler/src/backend.rs",
        "compiler/src/zksolc.rs",
        "compiler/src/zksolc",
    ] {
        let source = crates.join(source);
        println!("cargo::rerun-if-changed={}", source.display());
        collect(source, &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        file.strip_prefix(&crates).unwrap_or(file).hash(&mut hasher);
        fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    println!(
        "cargo::rustc-env=ZKSSO_BACKEND_HASH={:016x}",
        hasher.finish()
    );
}

fn collect(path: PathBuf, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path);
    } else {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            collect(entry.path(), files);
        }
    }
}
