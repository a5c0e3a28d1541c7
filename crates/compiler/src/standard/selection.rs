//! `outputSelection`: what solc is asked for, and what of its answer is passed on.

use std::collections::{BTreeMap, BTreeSet};

use foundry_compilers::artifacts::output_selection::{FileOutputSelection, OutputSelection};
use serde_json::{Map, Value, json};

use super::message::{Message, Messages};

/// Outputs of contracts that solc makes and that mean the same for EraVM.
const OF_SOLC: [&str; 9] = [
    "abi",
    "devdoc",
    "evm.methodIdentifiers",
    "ir",
    "irOptimized",
    "metadata",
    "storageLayout",
    "transientStorageLayout",
    "userdoc",
];

/// What `*` stands for; Yul has to be asked for by name, as with solc.
const EVERYTHING: [&str; 7] = [
    "abi",
    "devdoc",
    "evm.methodIdentifiers",
    "metadata",
    "storageLayout",
    "transientStorageLayout",
    "userdoc",
];

/// Name of the output with the disassembled code.
const ASSEMBLY: &str = "eravm.assembly";

/// Name of the output that tells where the instructions come from.
const SOURCE_MAP: &str = "eravm.sourceMap";

/// Outputs by file and contract, each a name or `*`.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Selection {
    /// Reads the setting.
    pub(super) fn read(json: Option<Value>, messages: &mut Messages) -> Self {
        let Some(json) = json else {
            return Self::default();
        };
        match serde_json::from_value::<BTreeMap<String, BTreeMap<String, Vec<String>>>>(json) {
            Ok(files) => Self::from_names(files, messages),
            Err(error) => {
                messages.push(Message::error(format!(
                    "settings.outputSelection is malformed: {error}"
                )));
                Self::default()
            }
        }
    }

    fn from_names(
        files: BTreeMap<String, BTreeMap<String, Vec<String>>>,
        messages: &mut Messages,
    ) -> Self {
        let mut unavailable = BTreeSet::new();
        let mut expand = |outputs: Vec<String>| -> BTreeSet<String> {
            let expanded = outputs.into_iter().flat_map(|output| match known(&output) {
                Some(outputs) => outputs,
                None => {
                    unavailable.insert(output);
                    Vec::new()
                }
            });
            expanded.collect()
        };
        let files = files.into_iter().map(|(file, contracts)| {
            let contracts = contracts
                .into_iter()
                .map(|(contract, outputs)| (contract, expand(outputs)));
            (file, contracts.collect())
        });
        let selection = Self(files.collect());
        if !unavailable.is_empty() {
            let names: Vec<_> = unavailable.into_iter().collect();
            messages.push(Message::warning(format!(
                "these outputs do not exist for EraVM and are left out: {}",
                names.join(", ")
            )));
        }
        selection
    }

    /// What solc is asked for: that, and what the code generator needs, its source being the output `yul`. `targets` are files whose contracts are compiled,
    /// if not all are.
    pub(super) fn for_solc(
        &self,
        yul: &str,
        targets: Option<&BTreeSet<String>>,
    ) -> OutputSelection {
        let mut selection = BTreeMap::<String, FileOutputSelection>::new();
        for (file, contracts) in &self.0 {
            for (contract, outputs) in contracts {
                let ours = |output: &str| matches!(output, ASSEMBLY | SOURCE_MAP);
                let outputs = outputs.iter().filter(|output| !ours(output));
                add(&mut selection, file, contract, outputs.cloned());
            }
        }
        let everywhere = BTreeSet::from(["*".to_owned()]);
        for file in targets.unwrap_or(&everywhere) {
            let needed = [yul, "evm.methodIdentifiers"].map(str::to_owned);
            add(&mut selection, file, "*", needed);
        }
        selection.into()
    }

    /// Whether an output of a contract was asked for.
    pub(super) fn wants(&self, file: &str, contract: &str, output: &str) -> bool {
        let files = [file, "*"].into_iter().filter_map(|file| self.0.get(file));
        files
            .flat_map(|contracts| {
                [contract, "*"]
                    .into_iter()
                    .filter_map(|name| contracts.get(name))
            })
            .any(|outputs| outputs.contains(output))
    }

    /// Whether the disassembled code of a contract was asked for.
    pub(super) fn wants_assembly(&self, file: &str, contract: &str) -> bool {
        self.wants(file, contract, ASSEMBLY)
    }

    /// Whether the places of a contract's instructions were asked for.
    pub(super) fn wants_source_map(&self, file: &str, contract: &str) -> bool {
        self.wants(file, contract, SOURCE_MAP)
    }

    /// The `sources` of solc's output, with the syntax trees that were asked for.
    pub(super) fn sources(&self, raw: &mut Map<String, Value>) -> Value {
        let Some(Value::Object(mut sources)) = raw.remove("sources") else {
            return json!({});
        };
        for (file, source) in &mut sources {
            let wanted = [file.as_str(), "*"].into_iter().any(|file| {
                let contracts = self.0.get(file);
                let outputs = contracts.and_then(|contracts| contracts.get(""));
                outputs.is_some_and(|outputs| outputs.contains("ast"))
            });
            if let (false, Some(source)) = (wanted, source.as_object_mut()) {
                source.remove("ast");
            }
        }
        Value::Object(sources)
    }
}

fn add(
    selection: &mut BTreeMap<String, FileOutputSelection>,
    file: &str,
    contract: &str,
    outputs: impl IntoIterator<Item = String>,
) {
    let file = selection.entry(file.to_owned()).or_default();
    let known = file.entry(contract.to_owned()).or_default();
    for output in outputs {
        if !known.contains(&output) {
            known.push(output);
        }
    }
}

/// The outputs that a name stands for, or `None` if there are none such.
fn known(name: &str) -> Option<Vec<String>> {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match name {
        "*" => Some(list(&EVERYTHING)),
        "evm" => Some(list(&["evm.methodIdentifiers"])),
        "eravm" => Some(list(&[ASSEMBLY, SOURCE_MAP])),
        "ast" | ASSEMBLY | SOURCE_MAP => Some(list(&[name])),
        name if OF_SOLC.contains(&name) => Some(list(&[name])),
        // Bytecode is in every output.
        "eravm.bytecode" => Some(Vec::new()),
        name if name.starts_with("evm.bytecode") || name.starts_with("evm.deployedBytecode") => {
            Some(Vec::new())
        }
        _ => None,
    }
}
