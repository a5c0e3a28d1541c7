//! Which solc is taken, with shell scripts in the place of compilers, Node.js and npm.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    thread,
};

use zksso_compiler::{Error, SolcLocation, SolcOrigin};

use crate::support::{Recorder, TempProject};

impl TempProject {
    /// Writes an executable script that runs with no `$PATH` to speak of.
    fn script(&self, path: &str, body: &str) -> PathBuf {
        self.write(path, &format!("#!/bin/sh\n{body}\n"));
        let path = self.path(path);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn fake_solc(&self, path: &str, version: &str) -> PathBuf {
        self.script(
            path,
            &format!(
                "echo 'solc, the compiler'\necho 'Version: {version}+commit.7893614a.Linux.g++'"
            ),
        )
    }

    fn npm_package(&self, version: &str) {
        self.write(
            "node_modules/solc/package.json",
            &format!("{{\"version\": \"{version}\"}}"),
        );
    }

    fn find(&self) -> Result<SolcLocation, Error> {
        self.open()?.prepare(&())
    }

    fn origin(&self) -> SolcOrigin {
        self.find().unwrap().origin
    }
}

/// A project whose `$PATH` is its own folder `bin`.
fn project() -> TempProject {
    let mut project = TempProject::empty();
    project.env.path = Some(project.path("bin").into());
    project.env.home = Some(project.path("home"));
    project.env.data_home = Some(project.path("data"));
    project.configure("");
    project
}

#[test]
fn compilers_are_searched_in_the_documented_order() {
    let mut project = project();
    project.npm_package("0.8.28");
    project.script("bin/node", "echo v20.1.0");
    assert_eq!(project.origin(), SolcOrigin::Npm);
    project.fake_solc("bin/solc", "0.8.28");
    assert_eq!(project.find().unwrap().path, project.path("bin/solc"));
    project.fake_solc("bin/solc-0.8.28", "0.8.28");
    assert_eq!(
        project.find().unwrap().path,
        project.path("bin/solc-0.8.28")
    );
    project.fake_solc("data/svm/0.8.28/solc-0.8.28", "0.8.28");
    assert_eq!(project.origin(), SolcOrigin::Svm);
    project.fake_solc("home/.svm/0.8.28/solc-0.8.28", "0.8.28");
    assert!(
        project
            .find()
            .unwrap()
            .path
            .starts_with(project.path("home/.svm"))
    );
    project.env.solc = Some(project.fake_solc("own/solc", "0.8.28"));
    assert_eq!(project.origin(), SolcOrigin::Variable);
    project.fake_solc("tools/solc", "0.8.25");
    project.write("foundry.toml", "[profile.default]\nsolc = 'tools/solc'\n");
    let found = project.find().unwrap();
    assert_eq!(
        (found.origin, found.version.to_string()),
        (SolcOrigin::Setting, "0.8.25".to_owned())
    );
}

#[test]
fn compilers_of_another_version_on_the_path_are_passed_over() {
    let project = project();
    project.fake_solc("bin/solc", "0.8.30");
    project.npm_package("0.8.28");
    project.script("bin/node", "echo v20.1.0");
    assert_eq!(project.origin(), SolcOrigin::Npm);
}

#[test]
fn broken_compilers_on_the_path_are_passed_over() {
    let project = project();
    project.script("bin/solc", "exit 1");
    assert!(matches!(
        project.find().unwrap_err(),
        Error::NodeMissing { .. }
    ));
}

#[test]
fn named_compiler_must_have_the_version_asked_for() {
    let mut project = project();
    project.env.solc = Some(project.fake_solc("own/solc", "0.8.30"));
    let error = project.find().unwrap_err();
    assert!(matches!(&error, Error::SolcMismatch { .. }));
    assert!(
        error
            .to_string()
            .contains("own/solc is 0.8.30, but foundry.toml asks for 0.8.28"),
        "{error}"
    );
}

#[test]
fn named_compiler_must_run() {
    let mut project = project();
    project.env.solc = Some("/nonexistent/solc".into());
    let error = project.find().unwrap_err().to_string();
    assert!(
        error.starts_with("/nonexistent/solc is not a working solc: "),
        "{error}"
    );
    project.env.solc = Some(project.script("own/solc", "echo hello"));
    assert!(
        project
            .find()
            .unwrap_err()
            .to_string()
            .contains("prints no version")
    );
}

#[test]
fn unsupported_versions_are_refused() {
    let project = project();
    project.fake_solc("tools/solc", "0.8.19");
    project.write("foundry.toml", "[profile.default]\nsolc = 'tools/solc'\n");
    let error = project.find().unwrap_err().to_string();
    assert!(
        error.contains("solc 0.8.19") && error.contains("use a version >=0.8.24, <0.9.0"),
        "{error}"
    );
    project.write("foundry.toml", "[profile.default]\nsolc = '0.7.6'\n");
    let error = project.find().unwrap_err().to_string();
    assert!(
        error.contains("solc 0.7.6") && error.contains("foundry.toml"),
        "{error}"
    );
}

#[test]
fn npm_package_must_have_the_version_asked_for() {
    let project = project();
    project.npm_package("0.8.29");
    project.script("bin/node", "echo v20.1.0");
    assert!(matches!(
        project.find().unwrap_err(),
        Error::SolcMismatch { .. }
    ));
}

#[test]
fn no_node_and_no_solc_is_one_clear_line() {
    let mut project = project();
    let expected = "no solc and no Node.js found: install Node.js 18 or newer, or set `solc` in foundry.toml or $SOLC to \
                    a solc 0.8.28 binary";
    assert_eq!(project.find().unwrap_err().to_string(), expected);
    project.npm_package("0.8.28");
    assert_eq!(project.find().unwrap_err().to_string(), expected);
    project.env.path = None;
    assert_eq!(project.find().unwrap_err().to_string(), expected);
}

#[test]
fn node_without_solc_package_is_told_apart() {
    let project = project();
    project.script("bin/node", "echo v20.1.0");
    let error = project.find().unwrap_err();
    assert!(matches!(&error, Error::SolcMissing { .. }));
    assert!(
        error
            .to_string()
            .contains("npm install --save-dev solc@0.8.28"),
        "{error}"
    );
}

#[test]
fn old_node_is_refused() {
    let project = project();
    project.npm_package("0.8.28");
    project.script("bin/node", "echo v16.20.2");
    let error = project.find().unwrap_err().to_string();
    assert!(
        error.contains("Node.js v16.20.2") && error.contains("install Node.js 18 or newer"),
        "{error}"
    );
}

const LOCK: &str = r#"{ "packages": {
    "": { "devDependencies": { "solc": "0.8.28", "@scope/library": "1.0.0" } },
    "node_modules/solc": { "version": "0.8.28" },
    "node_modules/@scope/library": { "version": "1.0.0" }
} }"#;

/// `npm ci` that counts its runs and installs what [`LOCK`] pins.
const INSTALL: &str = r#"[ "$1 $2" = "ci --ignore-scripts" ] || exit 9
echo run >> npm-runs
/bin/sleep 0.2
/bin/mkdir -p node_modules/solc node_modules/@scope/library
echo '{"version": "0.8.28"}' > node_modules/solc/package.json
echo '{"version": "1.0.0"}' > node_modules/@scope/library/package.json"#;

fn runs(project: &TempProject) -> usize {
    fs::read_to_string(project.path("npm-runs")).map_or(0, |text| text.lines().count())
}

#[test]
fn pinned_packages_are_installed_on_first_use_only() {
    let project = project();
    project.write("package-lock.json", LOCK);
    project.script("bin/node", "echo v20.1.0");
    project.script("bin/npm", INSTALL);
    let recorder = Recorder::default();
    assert_eq!(
        project.open().unwrap().prepare(&recorder).unwrap().origin,
        SolcOrigin::Npm
    );
    assert_eq!(
        recorder.names(),
        ["InstallingPackages", "PackagesInstalled", "SolcFound"]
    );
    project.find().unwrap();
    assert_eq!(runs(&project), 1);
    project.write(
        "node_modules/@scope/library/package.json",
        "{\"version\": \"0.9.0\"}",
    );
    project.find().unwrap();
    assert_eq!(
        runs(&project),
        2,
        "a package of another version is replaced"
    );
}

#[test]
fn concurrent_builds_install_once() {
    let project = project();
    project.write("package-lock.json", LOCK);
    project.script("bin/node", "echo v20.1.0");
    project.script("bin/npm", INSTALL);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| project.find().unwrap()))
            .collect();
        threads
            .into_iter()
            .for_each(|thread| drop(thread.join().unwrap()));
    });
    assert_eq!(runs(&project), 1);
}

#[test]
fn failure_of_npm_shows_its_words() {
    let project = project();
    project.write("package-lock.json", LOCK);
    project.script("bin/node", "echo v20.1.0");
    project.script(
        "bin/npm",
        "echo 'npm error code ENOTFOUND' >&2\necho 'npm error network' >&2\nexit 1",
    );
    let error = project.find().unwrap_err().to_string();
    assert!(error.contains("npm ci failed in "), "{error}");
    assert!(
        error.contains("npm error code ENOTFOUND; npm error network") && !error.contains('\n'),
        "{error}"
    );
}

#[test]
fn missing_npm_names_the_packages() {
    let project = project();
    project.write("package-lock.json", LOCK);
    project.fake_solc("bin/solc", "0.8.28");
    let error = project.find().unwrap_err().to_string();
    assert!(
        error.starts_with("npm packages are missing (@scope/library, solc) and npm was not found"),
        "{error}"
    );
}

#[test]
fn damaged_lock_file_is_named() {
    let project = project();
    project.write("package-lock.json", "{");
    let error = project.find().unwrap_err();
    assert!(
        matches!(&error, Error::LockFile { path, .. } if Path::new(path).ends_with("package-lock.json")),
        "{error}"
    );
}
