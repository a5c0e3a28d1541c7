//! zksolc, Matter Labs' compiler, as another way from the sources to bytecode.
//!
//! It speaks standard JSON and runs solc itself; which solc is still decided here. Its answer is brought into the form of the
//! code generator's results, so that artifacts have the same shape whichever made the code. Under its name may also be
//! this project's own binary, which speaks the same protocol.

mod answer;
mod wrapper;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use foundry_compilers::error::SolcError;
use semver::Version;
use serde_json::{Value, json};

pub(crate) use self::answer::Answer;
use crate::{
    config::ProjectConfig,
    environment::Environment,
    era::SolcJob,
    error::{Error, Result},
    solc::FoundSolc,
};

/// Versions of zksolc whose standard JSON is understood.
const SUPPORTED: &str = ">=1.5.0, <2.0.0";

/// Settings of solc that zksolc does not know.
const FOREIGN: [&str; 3] = ["debug", "modelChecker", "stopAfter"];

/// Settings of the code generator for zksolc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ZksolcOptions {
    /// Whether calls to the addresses of EraVM operations are such operations.
    pub(crate) era_extensions: bool,
}

/// A zksolc that is ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Zksolc {
    path: PathBuf,
    env: Environment,
    /// What `--version` prints.
    version: String,
    /// An executable that runs the solc of the build.
    solc: PathBuf,
}

/// The executable that the configuration, `$ZKSOLC` or the path names.
pub(crate) fn candidate(config: &ProjectConfig, env: &Environment) -> Option<PathBuf> {
    let named = config.era.zksolc.as_ref().or(env.zksolc.as_ref());
    named.cloned().or_else(|| env.find("zksolc"))
}

impl Zksolc {
    /// Finds zksolc and asks for its version.
    ///
    /// # Errors
    ///
    /// [`Error::ZksolcMissing`], [`Error::ZksolcUnusable`] or [`Error::ZksolcUnsupported`].
    pub(crate) fn find(
        config: &ProjectConfig,
        env: &Environment,
        solc: &FoundSolc,
    ) -> Result<Self> {
        let path = candidate(config, env).ok_or(Error::ZksolcMissing)?;
        let version = version(env, &path)?;
        let solc = wrapper::executable(solc, &config.era.cache)?;
        let env = env.clone();
        Ok(Self {
            path,
            env,
            version,
            solc,
        })
    }

    /// Names the compiler for artifacts and caches.
    pub(crate) fn identity(&self) -> String {
        format!("zksolc: {}", self.version)
    }

    /// Compiles the sources of a job. Paths count from `base`.
    pub(crate) fn compile(
        &self,
        job: &SolcJob<'_>,
        options: ZksolcOptions,
        base: &Path,
    ) -> Result<Answer, SolcError> {
        let failed = |reason: String| {
            SolcError::msg(format!(
                "zksolc at {} {reason}; try another release, or the back-end zksso",
                self.path.display()
            ))
        };
        let input = self.input(job, options).to_string();
        let output = self
            .run(&input, base)
            .map_err(|error| failed(format!("cannot be run: {error}")))?;
        let answer = serde_json::from_slice::<Value>(&output.stdout);
        match answer {
            Ok(Value::Object(answer)) => Ok(Answer::new(answer)),
            _ if !output.status.success() => Err(failed(format!(
                "failed with {}{}",
                output.status,
                excerpt(&output.stderr)
            ))),
            _ => Err(failed(format!(
                "answered with something that is no JSON object{}",
                excerpt(&output.stdout)
            ))),
        }
    }

    fn input(&self, job: &SolcJob<'_>, options: ZksolcOptions) -> Value {
        let mut settings = job.settings.clone();
        if let Some(settings) = settings.as_object_mut() {
            settings.retain(|key, _| !FOREIGN.contains(&key.as_str()));
        }
        settings["enableEraVMExtensions"] = json!(options.era_extensions);
        settings["codegen"] = json!("yul");
        let mut outputs = vec!["abi", "evm.methodIdentifiers"];
        // Only this project's own binary knows where instructions come from.
        if self.version.contains("zksso") {
            outputs.push("eravm.sourceMap");
        }
        settings["outputSelection"] = json!({ "*": { "*": outputs } });
        json!({ "language": "Solidity", "sources": job.sources, "settings": settings })
    }

    fn run(&self, input: &str, base: &Path) -> std::io::Result<Output> {
        let mut command = self.env.command(&self.path);
        command.args(["--standard-json", "--solc"]).arg(&self.solc);
        command.arg("--base-path").arg(base);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        std::thread::scope(|scope| {
            // A compiler that fails early does not read; what it says then is the reason, not the broken pipe.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
            child.wait_with_output()
        })
    }
}

/// Runs `--version` and checks the number in it; returns what was printed.
fn version(env: &Environment, path: &Path) -> Result<String> {
    let unusable = |message: String| Error::ZksolcUnusable {
        path: path.to_path_buf(),
        message,
    };
    let output = env.command(path).arg("--version").output();
    let output = output.map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let found = text.split_whitespace().find_map(number);
    let Some(found) = found.filter(|_| output.status.success()) else {
        return Err(unusable("`--version` prints no version".to_owned()));
    };
    let supported = semver::VersionReq::parse(SUPPORTED);
    if supported.is_ok_and(|range| range.matches(&found)) {
        return Ok(text);
    }
    Err(Error::ZksolcUnsupported {
        found,
        path: path.to_path_buf(),
        supported: SUPPORTED,
    })
}

/// Reads `v1.5.14` or `1.5.14`; what follows a plus sign does not matter.
fn number(word: &str) -> Option<Version> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let word = word.strip_prefix('v').unwrap_or(word);
    Version::parse(word.split('+').next()?).ok()
}

/// The beginning of an output for an error message, on one line.
fn excerpt(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let text: Vec<_> = text.split_whitespace().collect();
    let text: String = text.join(" ").chars().take(300).collect();
    match text.is_empty() {
        true => String::new(),
        false => format!(": {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_compilers_print() {
        let find = |text: &str| text.split_whitespace().find_map(number);
        for (text, version) in [
            (
                "Solidity compiler for EraVM v1.5.7 (LLVM build 5c2a2cc)",
                "1.5.7",
            ),
            (
                "zksolc v1.5.14 (the protocol; the compiler is zksso v0.1.0)",
                "1.5.14",
            ),
            ("zksolc 1.4.1+build", "1.4.1"),
        ] {
            assert_eq!(find(text), Version::parse(version).ok(), "{text}");
        }
        assert_eq!(find("a program that knows no options"), None);
    }
}
