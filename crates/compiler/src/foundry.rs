//! A project's configuration in the terms of foundry-compilers.

use std::{
    collections::BTreeSet,
    marker::PhantomData,
    path::{Path, PathBuf},
};

use foundry_compilers::{
    ProjectPathsConfig,
    artifacts::{
        Optimizer, Settings, SettingsMetadata, SolcLanguage, output_selection::OutputSelection,
        remappings::Remapping,
    },
    solc::SolcSettings,
};

use crate::{
    config::ProjectConfig,
    era::{EraOptions, EraSettings},
};

/// Returns the folders of foundry-compilers. Its artifacts are part of our cache; ours are made from them.
pub(crate) fn paths(config: &ProjectConfig) -> ProjectPathsConfig<SolcLanguage> {
    ProjectPathsConfig {
        root: config.root.clone(),
        cache: config.era.cache.join("files.json"),
        artifacts: config.era.cache.join("objects"),
        build_infos: config.era.cache.join("builds"),
        sources: config.src.clone(),
        tests: config.test.clone(),
        scripts: config.script.clone(),
        libraries: config.libs.clone(),
        remappings: config
            .remappings
            .iter()
            .map(|remapping| absolute(config, remapping))
            .collect(),
        include_paths: BTreeSet::new(),
        allowed_paths: [config.root.clone()]
            .into_iter()
            .chain(config.libs.iter().cloned())
            .collect(),
        _l: PhantomData,
    }
}

fn absolute(config: &ProjectConfig, remapping: &Remapping) -> Remapping {
    let path = config
        .root
        .join(&remapping.path)
        .to_string_lossy()
        .into_owned();
    Remapping {
        path,
        ..remapping.clone()
    }
}

/// Returns the settings of a compiler run by the code generator of this identity.
pub(crate) fn settings(config: &ProjectConfig, backend: &str) -> EraSettings {
    EraSettings {
        solc: SolcSettings {
            settings: solc_settings(config),
            cli_settings: Default::default(),
        },
        era: EraOptions {
            backend: backend.to_owned(),
            era_extensions: config.era.era_extensions,
            libraries: config.libraries.clone(),
            folders: folders(config),
        },
    }
}

/// Returns the folders whose contracts are built, relative to the root.
pub(crate) fn folders(config: &ProjectConfig) -> Vec<PathBuf> {
    let relative = |dir: &Path| dir.strip_prefix(&config.root).unwrap_or(dir).to_path_buf();
    config.source_dirs().map(|(_, dir)| relative(dir)).collect()
}

fn solc_settings(config: &ProjectConfig) -> Settings {
    let optimizer = Optimizer {
        enabled: Some(config.optimizer),
        runs: Some(config.optimizer_runs),
        details: config
            .optimizer_details
            .clone()
            .filter(|_| config.optimizer),
    };
    Settings {
        optimizer,
        metadata: Some(SettingsMetadata::from(config.bytecode_hash)),
        evm_version: Some(config.evm_version),
        via_ir: Some(true),
        libraries: config.solc_libraries(),
        // Without syntax trees, whose selection would keep foundry-compilers from narrowing to dirty files. What solc is
        // really asked for, the compiler decides.
        output_selection: OutputSelection::default_output_selection(),
        ..Settings::default()
    }
}
