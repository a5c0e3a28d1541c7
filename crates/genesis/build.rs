//! Extracts the system contracts from the two VM dumps that ship inside the `zksync_multivm` package.
//!
//! The dumps are the only official EraVM bytecode that a package registry delivers, so they are read where cargo put them
//! instead of being copied into this repository.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use blake2::{Blake2s256, Digest};
use serde_json::Value;
use sha2::Sha256;

const PACKAGE: &str = "zksync_multivm";
const EXECUTE_DUMP: &str = "validation_adjacent_storage_slots.json";
const ESTIMATE_DUMP: &str = "estimate_fee_for_transfer_to_self.json";
const ACCOUNT_CODE_STORAGE: u32 = 0x8002;
const EMPTY_CONTRACT: u32 = 0x8001;

/// Addresses of the contracts that the two dumps contain between them.
const ADDRESSES: [u32; 14] = [
    0x1, 0x2, 0x100, 0x8001, 0x8002, 0x8003, 0x8005, 0x8006, 0x8009, 0x800a, 0x800b, 0x800c,
    0x800d, 0x8010,
];

type Result<T> = std::result::Result<T, String>;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_HOME");
    if let Err(message) = run() {
        println!("cargo::error={}", message.replace('\n', " "));
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    let folder = locate_package()?.join("tests").join("vm_dumps");
    let execute = Dump::read(&folder.join(EXECUTE_DUMP))?;
    let estimate = Dump::read(&folder.join(ESTIMATE_DUMP))?;
    let out = PathBuf::from(env_var("OUT_DIR")?);

    let mut table = String::from("&[\n");
    for address in ADDRESSES {
        let (hash, code) = match execute.contract(address)? {
            Some(found) => found,
            None => estimate
                .contract(address)?
                .ok_or_else(|| format!("neither VM dump has the contract at {address:#x}"))?,
        };
        let file = format!("{address:x}.bin");
        write_file(&out.join(&file), &code)?;
        let aliases: &[u32] = if address == EMPTY_CONTRACT { &[0] } else { &[] };
        for alias in aliases.iter().chain([&address]) {
            let _ = writeln!(
                table,
                "SystemContract {{ address: address!(\"{alias:040x}\"), hash: b256!(\"{hash}\"), \
                 bytecode: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")) }},"
            );
        }
    }
    table.push(']');
    write_file(&out.join("table.rs"), table.as_bytes())?;
    write_file(
        &out.join("bootloader_execute.bin"),
        &execute.base_contract("bootloader")?,
    )?;
    write_file(
        &out.join("bootloader_estimate.bin"),
        &estimate.base_contract("bootloader")?,
    )?;
    write_file(
        &out.join("default_account.bin"),
        &execute.base_contract("default_aa")?,
    )
}

// --- Locating the package -----------------------------------------------------------------------------------------------

/// Finds the package's sources: through cargo without touching the network, then in cargo's registry folder (a build of one
/// binary on a fresh machine downloads too little for `cargo metadata --offline`), then through cargo with the network.
fn locate_package() -> Result<PathBuf> {
    let manifest = PathBuf::from(env_var("CARGO_MANIFEST_DIR")?);
    let lock = manifest.join("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let offline = match package_from_metadata(&manifest, &["--offline"]) {
        Ok(path) => return Ok(path),
        Err(error) => error,
    };
    if let Some(path) = package_from_registry(&lock) {
        return Ok(path);
    }
    package_from_metadata(&manifest, &["--locked"]).map_err(|online| {
        format!(
            "cannot find the sources of the package {PACKAGE}, whose VM dumps hold the system contracts; run `cargo fetch` \
             in the repository and build again (offline: {offline}; online: {online})"
        )
    })
}

fn package_from_metadata(manifest: &Path, extra: &[&str]) -> Result<PathBuf> {
    let output = Command::new(env_var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--filter-platform"])
        .arg(env_var("TARGET")?)
        .args(extra)
        .current_dir(manifest)
        .output()
        .map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata printed something that is not JSON: {error}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let manifest_path = packages
        .filter(|package| package["name"] == PACKAGE)
        .find_map(|package| package["manifest_path"].as_str())
        .ok_or_else(|| format!("the workspace does not depend on {PACKAGE}"))?;
    Path::new(manifest_path)
        .parent()
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("{manifest_path} has no parent folder"))
}

fn package_from_registry(lock: &Path) -> Option<PathBuf> {
    let lock = fs::read_to_string(lock).ok()?;
    let (_, entry) = lock.split_once(&format!("name = \"{PACKAGE}\"\nversion = \""))?;
    let (version, _) = entry.split_once('"')?;
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))?;
    fs::read_dir(home.join("registry").join("src"))
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join(format!("{PACKAGE}-{version}"))))
        .find(|path| path.join("tests").join("vm_dumps").is_dir())
}

fn env_var(name: &str) -> Result<String> {
    env::var(name).map_err(|_| format!("cargo did not set {name}"))
}

// --- Reading a dump -----------------------------------------------------------------------------------------------------

struct Dump {
    path: PathBuf,
    json: Value,
    storage: BTreeMap<String, String>,
}

impl Dump {
    fn read(path: &Path) -> Result<Self> {
        println!("cargo::rerun-if-changed={}", path.display());
        let text =
            fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let json: Value = serde_json::from_slice(&text)
            .map_err(|error| format!("{} is not a VM dump: {error}", path.display()))?;
        let slots = json["storage"]["storage"]
            .as_object()
            .ok_or_else(|| format!("{} has no storage", path.display()))?;
        let storage = slots
            .iter()
            .filter_map(|(key, entry)| Some((key.clone(), entry[0].as_str()?.to_owned())))
            .collect();
        Ok(Self {
            path: path.to_path_buf(),
            json,
            storage,
        })
    }

    /// Hash (as hexadecimal digits) and bytecode of the contract at `address`, if the dump has it.
    fn contract(&self, address: u32) -> Result<Option<(String, Vec<u8>)>> {
        let Some(hash) = self.storage.get(&code_key(address)) else {
            return Ok(None);
        };
        let Some(code) = self.json["storage"]["factory_deps"][hash].as_str() else {
            return Ok(None);
        };
        let code = self.hex(code)?;
        let digits = hash.trim_start_matches("0x").to_owned();
        if bytecode_hash(&code) != digits {
            return Err(format!(
                "{}: the code at {address:#x} does not match its hash",
                self.path.display()
            ));
        }
        Ok(Some((digits, code)))
    }

    /// Bytecode of the bootloader or of the default account, which dumps store as a list of unpadded words.
    fn base_contract(&self, name: &str) -> Result<Vec<u8>> {
        let contract = &self.json["system_env"]["base_system_smart_contracts"][name];
        let words = contract["code"]
            .as_array()
            .ok_or_else(|| format!("{} has no code for {name}", self.path.display()))?;
        let mut code = Vec::with_capacity(words.len() * 32);
        for word in words {
            let digits = word.as_str().unwrap_or_default().trim_start_matches("0x");
            code.extend(self.hex(&format!("{digits:0>64}"))?);
        }
        let hash = contract["hash"].as_str().unwrap_or_default();
        if format!("0x{}", bytecode_hash(&code)) != hash {
            return Err(format!(
                "{}: the code of {name} does not match its hash",
                self.path.display()
            ));
        }
        Ok(code)
    }

    fn hex(&self, digits: &str) -> Result<Vec<u8>> {
        hex::decode(digits.trim_start_matches("0x")).map_err(|error| {
            format!(
                "{} holds malformed hexadecimal: {error}",
                self.path.display()
            )
        })
    }
}

/// Key under which dumps store the code hash of `address`: blake2s of AccountCodeStorage's address and the slot, each as a word.
fn code_key(address: u32) -> String {
    let mut preimage = [0; 64];
    preimage[28..32].copy_from_slice(&ACCOUNT_CODE_STORAGE.to_be_bytes());
    preimage[60..64].copy_from_slice(&address.to_be_bytes());
    format!("0x{}", hex::encode(Blake2s256::digest(preimage)))
}

/// Versioned EraVM bytecode hash: version 1, zero, length in words, last 28 bytes of the SHA-256.
fn bytecode_hash(code: &[u8]) -> String {
    let words = u16::try_from(code.len() / 32).unwrap_or(u16::MAX);
    format!("0100{words:04x}{}", hex::encode(&Sha256::digest(code)[4..]))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
