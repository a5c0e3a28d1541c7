//! Contracts of `test/contracts/codegen`, compiled once per test run by both compilers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use serde_json::Value;
use zksso_codegen::{Options, compile};

use super::solc::{self, Ir};

/// A contract in both machine languages.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) name: String,
    pub(crate) abi: Value,
    /// EVM creation code.
    pub(crate) evm: Vec<u8>,
    /// EraVM code.
    pub(crate) bytecode: Vec<u8>,
    /// EraVM codes of the contracts it creates, transitively.
    pub(crate) dependencies: Vec<Vec<u8>>,
}

impl Compiled {
    /// Runs our compiler on solc's output.
    ///
    /// # Panics
    /// With the diagnostics if the contract is refused.
    pub(crate) fn new(contract: &solc::Contract, options: &Options) -> Self {
        let output = compile(&contract.name, &contract.yul, options)
            .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let mut codes: Vec<Vec<u8>> = output
            .contracts
            .into_iter()
            .map(|contract| contract.bytecode)
            .collect();
        Self {
            name: contract.name.clone(),
            abi: contract.abi.clone(),
            evm: contract.evm.clone(),
            bytecode: codes.pop().expect("the requested contract comes last"),
            dependencies: codes,
        }
    }
}

pub(crate) type Contracts = BTreeMap<String, Compiled>;

type Files = BTreeMap<(String, String, Ir), Arc<OnceLock<Arc<Contracts>>>>;

/// The contracts of one file of the folder.
pub(crate) fn contracts(file: &str) -> Arc<Contracts> {
    contracts_of("codegen", file, Ir::DEFAULT)
}

/// The contracts that a file of a folder under `test/contracts` defines, compiled by whichever test asks first. A call of solc
/// per file lets tests start as soon as theirs is ready.
pub(crate) fn contracts_of(folder: &str, file: &str, ir: Ir) -> Arc<Contracts> {
    static FILES: Mutex<Files> = Mutex::new(BTreeMap::new());
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let cell = files
        .entry((folder.to_owned(), file.to_owned(), ir))
        .or_default()
        .clone();
    drop(files);
    cell.get_or_init(|| {
        let mut contracts = solc::compile_as(ir, &[solc::source(folder, file)]);
        contracts.retain(|contract| contract.source == file);
        let compiled = |contract: &solc::Contract| {
            (
                contract.name.clone(),
                Compiled::new(contract, &Options::default()),
            )
        };
        Arc::new(contracts.iter().map(compiled).collect())
    })
    .clone()
}
