//! The package of sources, and what our compiler makes of them.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use alloy_primitives::{Address, address};
use zksso_codegen::{Options, compile};

use crate::harness::{era::Era, solc};

/// Compiled contracts and where the protocol has them.
pub(super) const PLACES: &[(&str, Address)] = &[
    (
        "EmptyContract",
        address!("0000000000000000000000000000000000000000"),
    ),
    (
        "Ecrecover",
        address!("0000000000000000000000000000000000000001"),
    ),
    (
        "SHA256",
        address!("0000000000000000000000000000000000000002"),
    ),
    (
        "EmptyContract",
        address!("0000000000000000000000000000000000008001"),
    ),
    (
        "AccountCodeStorage",
        address!("0000000000000000000000000000000000008002"),
    ),
    ("NonceHolder", super::NONCES),
    (
        "KnownCodesStorage",
        address!("0000000000000000000000000000000000008004"),
    ),
    ("ImmutableSimulator", super::IMMUTABLES),
    (
        "ContractDeployer",
        address!("0000000000000000000000000000000000008006"),
    ),
    ("L1Messenger", super::MESSENGER),
    (
        "MsgValueSimulator",
        address!("0000000000000000000000000000000000008009"),
    ),
    (
        "L2EthToken",
        address!("000000000000000000000000000000000000800a"),
    ),
    (
        "SystemContext",
        address!("000000000000000000000000000000000000800b"),
    ),
    ("BootloaderUtilities", super::UTILITIES),
    ("EventWriter", super::EVENT_WRITER),
    ("BytecodeCompressor", super::COMPRESSOR),
];

/// Sources in Yul.
const YUL: [&str; 3] = [
    "EventWriter.yul",
    "precompiles/Ecrecover.yul",
    "precompiles/SHA256.yul",
];

/// Places the contracts, among them the default account.
pub(super) fn install(era: &mut Era) {
    for (name, at) in PLACES {
        era.place(*at, code(name));
    }
    era.set_default_account(code("DefaultAccount"));
}

/// The code of a contract of the package.
pub(super) fn code(name: &str) -> &'static [u8] {
    static CODES: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    let codes = CODES.get_or_init(|| compile_all(&installed()));
    codes
        .get(name)
        .unwrap_or_else(|| panic!("no contract {name}"))
}

fn options() -> Options {
    Options {
        enable_eravm_extensions: true,
        ..Options::default()
    }
}

/// Runtime code of statements in Yul.
pub(super) fn compile_yul(statements: &str) -> Vec<u8> {
    object(&format!(
        "object \"C\" {{ code {{ }} object \"C_deployed\" {{ code {{ {statements} }} }} }}"
    ))
}

/// The code of a Yul object.
pub(super) fn object(source: &str) -> Vec<u8> {
    let output = compile("C", source, &options()).unwrap_or_else(|error| panic!("{error}"));
    output.root().expect("one contract").bytecode.clone()
}

fn compile_all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut sources = Vec::new();
    collect(folder, folder, &mut sources);
    sources.sort();
    let contracts = solc::compile(&sources).into_iter().map(|contract| {
        let output = compile(&contract.name, &contract.yul, &options())
            .unwrap_or_else(|error| panic!("{}: {error}", contract.name));
        let root = output.root().expect("has a root").bytecode.clone();
        (contract.name, root)
    });
    let in_yul = YUL.iter().map(|file| {
        let text = fs::read_to_string(folder.join(file)).expect("is in the package");
        let name = file.rsplit('/').next().unwrap_or(file);
        (
            name.trim_end_matches(".yul").to_owned(),
            object(&without_verbatim(&text)),
        )
    });
    contracts.chain(in_yul).collect()
}

/// All Solidity files below a folder, named from its root.
fn collect(root: &Path, folder: &Path, sources: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("is readable") {
        let path = entry.expect("is readable").path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "sol") {
            let name = path.strip_prefix(root).expect("is below").display();
            let text = fs::read_to_string(&path).expect("is text");
            sources.push((name.to_string(), text));
        }
    }
}

/// The operations that zksolc names by `verbatim`, named by addresses.
fn without_verbatim(text: &str) -> String {
    let mut text = text.to_owned();
    for number in 0..5 {
        text = text.replace(
            &format!("verbatim_0i_1o(\"get_global::extra_abi_data_{number}\")"),
            &format!("staticcall({number}, 0xFFE5, 0, 0xFFFF, 0, 0)"),
        );
    }
    for (name, operation) in [
        (
            "verbatim_0i_1o(\"get_global::call_flags\")",
            "staticcall(0, 0xFFEF, 0, 0xFFFF, 0, 0)",
        ),
        (
            "verbatim_2i_0o(\"event_initialize\", initializer, value1)",
            "pop(call(initializer, 0xFFED, value1, 0, 0xFFFF, 0, 0))",
        ),
        (
            "verbatim_2i_0o(\"event_write\", value1, value2)",
            "pop(call(value1, 0xFFEC, value2, 0, 0xFFFF, 0, 0))",
        ),
        (
            "verbatim_2i_1o(\"precompile\", precompileParams, gasToBurn)",
            "staticcall(precompileParams, 0xFFFD, gasToBurn, 0xFFFF, 0, 0)",
        ),
    ] {
        text = text.replace(name, operation);
    }
    assert!(!text.contains("verbatim"), "all are known");
    text
}

/// The folder of sources, fetched from the npm registry at the first need.
fn installed() -> PathBuf {
    let folder = solc::root().join("test/system-contracts");
    let sources = folder.join("node_modules/@matterlabs/zksync-contracts/l2/system-contracts");
    let place = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let lock = File::create(place.join("npm-system-contracts.lock")).expect("is writable");
    lock.lock().expect("is lockable");
    // npm writes its own record when it is done.
    if !folder.join("node_modules/.package-lock.json").exists() {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("npm is on PATH");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "`npm ci` failed in {}: {text}",
            folder.display()
        );
    }
    sources
}
