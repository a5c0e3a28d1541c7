//! `foundry.toml`: what it means, and what a bad one says.

use zksso_compiler::{Error, ProjectConfig, SolcRequest};

use crate::support::{TempProject, repository};

fn load(toml: &str) -> Result<ProjectConfig, Error> {
    let project = TempProject::empty();
    project.write("foundry.toml", toml);
    ProjectConfig::load(&project.path(""))
}

/// Line, column and message of a configuration that must be refused.
fn refusal(toml: &str) -> (usize, usize, String) {
    match load(toml).unwrap_err() {
        Error::ConfigInvalid {
            line,
            column,
            message,
            ..
        } => (line, column, message),
        other => panic!("unexpected error: {other}"),
    }
}

#[test]
fn defaults_are_those_of_forge() {
    let config = load("[profile.default]\n").unwrap();
    assert_eq!(config.src, config.root.join("src"));
    assert_eq!(config.libs, [config.root.join("lib")]);
    assert_eq!((config.optimizer, config.optimizer_runs), (true, 200));
    assert_eq!(config.solc, SolcRequest::Any);
    assert_eq!(config.era.artifacts, config.root.join("artifacts"));
    assert!(config.era.era_extensions);
}

#[test]
fn own_section_and_unknown_forge_settings_are_read() {
    let config = load(
        "[profile.default]\nsrc='contracts'\nfuzz={runs=3}\nsolc='0.8.28'\n[fmt]\nline_length=120\n\
         [external.zksso]\nartifacts='out/era'\nera_extensions=false\ninclude=['test/contracts']\njobs=3\n",
    )
    .unwrap();
    assert_eq!(config.era.artifacts, config.root.join("out/era"));
    assert_eq!(config.era.include, [config.root.join("test/contracts")]);
    assert_eq!(
        (config.era.era_extensions, config.era.jobs),
        (false, Some(3))
    );
    assert_eq!(config.solc.version().unwrap().to_string(), "0.8.28");
}

#[test]
fn this_repository_is_configured_well() {
    let config = ProjectConfig::load(&repository()).unwrap();
    assert_eq!(config.src, config.root.join("contracts"));
    assert!(
        config
            .remappings
            .iter()
            .any(|remapping| remapping.name == "@openzeppelin/contracts/")
    );
}

#[test]
fn remappings_file_adds_to_the_configuration() {
    let project = TempProject::empty();
    project.write(
        "foundry.toml",
        "[profile.default]\nremappings = [\"a/=lib/a/\"]\n",
    );
    project.write("remappings.txt", "a/=other/\n\nb/=lib/b/\n");
    let config = ProjectConfig::load(&project.path("")).unwrap();
    let remappings: Vec<_> = config.remappings.iter().map(ToString::to_string).collect();
    assert_eq!(remappings, ["a/=lib/a/", "b/=lib/b/"]);
}

#[test]
fn missing_file_is_named() {
    let project = TempProject::empty();
    let error = ProjectConfig::load(&project.path("")).unwrap_err();
    assert!(matches!(error, Error::ConfigMissing { .. }));
    assert!(
        error.to_string().starts_with("no foundry.toml in "),
        "{error}"
    );
}

#[test]
fn syntax_error_has_a_place() {
    let (line, column, _) = refusal("[profile.default]\nsrc = \"contracts\nsolc = \"0.8.28\"\n");
    assert_eq!((line, column > 6), (2, true));
    assert_eq!(refusal("[profile.default\n").0, 1);
}

#[test]
fn wrong_type_has_a_place() {
    let (line, column, message) =
        refusal("[profile.default]\nsrc = \"a\"\noptimizer_runs = \"many\"\n");
    assert_eq!((line, column), (3, 18));
    assert!(message.contains("expected usize"), "{message}");
}

#[test]
fn unusable_values_are_explained() {
    let cases = [
        ("evm_version = 'moon'", "unknown evm_version `moon`"),
        ("bytecode_hash = 'md5'", "unknown bytecode_hash `md5`"),
        ("solc = '0.8'", "`0.8` is not a full version"),
        ("solc = ''", "solc is empty"),
        ("remappings = ['nonsense']", "`nonsense` is not a remapping"),
        (
            "libraries = ['A.sol:L']",
            "`A.sol:L` is not of the form path:Name:address",
        ),
    ];
    for (line, expected) in cases {
        let (at, _, message) = refusal(&format!("[profile.default]\n{line}\n"));
        assert_eq!(at, 2, "{line}");
        assert!(message.contains(expected), "{line}: {message}");
    }
}

#[test]
fn misspelt_setting_of_our_own_section_is_refused() {
    let (line, _, message) = refusal("[external.zksso]\nartefacts = 'a'\n");
    assert_eq!(line, 2);
    assert!(message.contains("unknown field `artefacts`"), "{message}");
    assert!(
        refusal("[external.zksso]\njobs = 0\n")
            .2
            .contains("between 1 and 64")
    );
}

#[test]
fn bad_line_of_remappings_file_has_a_place() {
    let project = TempProject::empty();
    project.write("foundry.toml", "");
    project.write("remappings.txt", "a/=b/\nnonsense\n");
    let error = ProjectConfig::load(&project.path(""))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("remappings.txt:2:1: `nonsense` is not a remapping"),
        "{error}"
    );
}
