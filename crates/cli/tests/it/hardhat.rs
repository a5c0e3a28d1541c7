//! Hardhat's plugin for ZKsync, as it is published, with this binary in the place of zksolc.
//!
//! The project is `test/hardhat`. Nothing is downloaded: the binary stands in for zksolc, and a task of the project names
//! the npm package's solc.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use alloy::primitives::{Address, B256, Bytes, U256, hex};
use alloy::sol;
use eyre::{ContextCompat, WrapErr, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use zksso_client::{Chain, Wallet};
use zksso_compiler::{Artifacts, Environment, Project, ProjectConfig};
use zksso_core::Call;
use zksso_deployer::{ContractCode, Plan, execute};
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};
use zksso_testkit::NpmPackage;

use crate::zksso::root;

sol! {
    #[sol(rpc)]
    interface Registry {
        function create(uint256 initial) external returns (address entry);
        function score(uint256 index) external view returns (uint256 score);
    }
}

/// Source of the project's library.
const SCORES: &str = "contracts/Scores.sol";

#[tokio::test(flavor = "multi_thread")]
async fn hardhat_gets_the_code_of_a_build_and_it_runs() -> eyre::Result<()> {
    let hardhat = Hardhat::install()?;
    let node = Node::start(NodeConfig::default())?;
    let chain = Chain::over(node.transport(), "embedded").await?;
    let key = hex::encode(RICH_ACCOUNTS[0].private_key);
    let wallet = Wallet::from_private_key(chain, &key)?;
    let mut plan = Plan::new(wallet.address(), B256::ZERO);

    // Without the library's address the registry is not complete, and cannot be taken for it.
    hardhat.compile(None)?;
    let unlinked = hardhat.artifact("Registry.sol", "Registry")?;
    let unlinked = unlinked["bytecode"].as_str().unwrap_or_default();
    ensure!(unlinked.contains("__$") && hex::decode(unlinked).is_err());
    let scores = plan.add(hardhat.code("Scores.sol", "Scores")?, ())?;

    hardhat.compile(Some(scores))?;
    let (_folder, built) = build(scores)?;
    for (file, name) in [
        ("Registry.sol", "Registry"),
        ("Registry.sol", "Entry"),
        ("Scores.sol", "Scores"),
    ] {
        let code = hardhat.code(file, name)?;
        ensure!(
            code.bytecode == built.bytecode(name)?.code,
            "{name} differs"
        );
    }
    let entry = built.bytecode("Entry")?.hash.to_string();
    let dependencies = hardhat.artifact("Registry.sol", "Registry")?["factoryDeps"].take();
    ensure!(dependencies == json!({ entry: "contracts/Registry.sol:Entry" }));

    let mut registry = hardhat.code("Registry.sol", "Registry")?;
    let entry = hardhat.code("Registry.sol", "Entry")?;
    registry.factory_dependencies.push(entry.bytecode);
    let registry = plan.add(registry, ())?;
    execute(&plan, &wallet, |_| {}).await?;
    let initial = U256::from(14);
    wallet
        .send(&Call::function(registry, &Registry::createCall { initial }))
        .await?;
    let registry = Registry::new(registry, wallet.chain().provider());
    ensure!(registry.score(U256::ZERO).call().await? == U256::from(42));
    Ok(())
}

#[test]
fn hardhat_shows_errors_with_their_place() -> eyre::Result<()> {
    let hardhat = Hardhat::install()?;
    let broken = fs::read_to_string(hardhat.sources().join("Scores.sol"))?;
    fs::write(
        hardhat.sources().join("Scores.sol"),
        broken.replace("3 * number", "3 * nothing"),
    )?;
    let failure = format!("{:?}", hardhat.compile(None).unwrap_err());
    ensure!(failure.contains("contracts/Scores.sol:10:"), "{failure}");
    ensure!(failure.contains("Undeclared identifier"), "{failure}");
    Ok(())
}

/// The project's contracts, built by `zksso build` with the same settings.
fn build(scores: Address) -> eyre::Result<(TempDir, Artifacts)> {
    let folder = tempfile::tempdir()?;
    copy(
        &root().join("test/hardhat/contracts"),
        &folder.path().join("contracts"),
    )?;
    let toml = format!(
        "[profile.default]\nsrc = \"contracts\"\nsolc = {:?}\nlibraries = [\"{SCORES}:Scores:{scores}\"]\n\
         [external.zksso]\nera_extensions = false\n",
        solc()
    );
    fs::write(folder.path().join("foundry.toml"), toml)?;
    let config = ProjectConfig::load(folder.path())?;
    let project = Project::new(config, Environment::from_process());
    let artifacts = project.build(&())?.artifacts;
    Ok((folder, artifacts))
}

/// The npm package's solc, with the command line of the native one.
fn solc() -> PathBuf {
    root().join("test/solc")
}

fn copy(from: &Path, to: &Path) -> eyre::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// A copy of the project, so that runs do not disturb each other.
struct Hardhat {
    package: NpmPackage,
    folder: TempDir,
}

impl Hardhat {
    fn install() -> eyre::Result<Self> {
        // Fetches the npm package of solc if it is missing.
        Project::open(root())?.prepare(&())?;
        let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hardhat.lock");
        let package = NpmPackage::install("test/hardhat", &lock)?;
        let folder = tempfile::tempdir()?;
        for file in ["hardhat.config.js", "package.json"] {
            fs::copy(package.folder.join(file), folder.path().join(file))?;
        }
        copy(
            &package.folder.join("contracts"),
            &folder.path().join("contracts"),
        )?;
        let link = std::os::unix::fs::symlink::<PathBuf, PathBuf>;
        link(
            package.folder.join("node_modules"),
            folder.path().join("node_modules"),
        )?;
        link(
            env!("CARGO_BIN_EXE_zksso").into(),
            folder.path().join("zksolc"),
        )?;
        Ok(Self { package, folder })
    }

    fn sources(&self) -> PathBuf {
        self.folder.path().join("contracts")
    }

    /// Runs `hardhat compile`, with an address of the library or none.
    fn compile(&self, scores: Option<Address>) -> eyre::Result<()> {
        let libraries = scores.map_or_else(
            || json!({}),
            |scores| json!({ SCORES: { "Scores": scores } }),
        );
        let output = Command::new(&self.package.node)
            .args([
                "node_modules/hardhat/internal/cli/bootstrap.js",
                "compile",
                "--force",
            ])
            .current_dir(self.folder.path())
            .env("ZKSOLC", self.folder.path().join("zksolc"))
            .env("SOLC", solc())
            .env("LIBRARIES", libraries.to_string())
            .env("HARDHAT_DISABLE_TELEMETRY_PROMPT", "true")
            .output()
            .wrap_err("cannot run Node.js")?;
        ensure!(
            output.status.success(),
            "hardhat failed\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    fn artifact(&self, file: &str, name: &str) -> eyre::Result<Value> {
        let path = format!("artifacts-zk/contracts/{file}/{name}.json");
        let text = fs::read_to_string(self.folder.path().join(&path));
        Ok(serde_json::from_str(&text.wrap_err(path)?)?)
    }

    fn code(&self, file: &str, name: &str) -> eyre::Result<ContractCode> {
        let artifact = self.artifact(file, name)?;
        let code = artifact["bytecode"].as_str().wrap_err("no bytecode")?;
        Ok(ContractCode {
            name: name.to_owned(),
            bytecode: Bytes::from(hex::decode(code)?),
            factory_dependencies: Vec::new(),
        })
    }
}
