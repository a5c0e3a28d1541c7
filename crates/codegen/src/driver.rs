//! The compiler's front door: objects in, contracts out.

use crate::builtin::Builtin;
use crate::lower::{Lowerer, Surroundings};
use crate::machine::{AssembleError, Assembled, assemble};
use crate::passes;
use crate::refusal::{internal, refusal};
use crate::source_map::SourceMap;
use crate::yul::{self, Arity, Diagnostic, Diagnostics, Locations, Object, Statement};
use alloy_primitives::{Address, B256, U256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the compiler may assume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Treat calls of the constant addresses 0xFFD9 to 0xFFFF as EraVM operations, as
    /// `@matterlabs/zksync-contracts` expects.
    pub enable_eravm_extensions: bool,
    /// Addresses of deployed libraries, by the name in `linkersymbol` (`path/File.sol:Library`).
    pub libraries: BTreeMap<String, Address>,
}

/// A place in the bytecode that waits for a library's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkReference {
    /// The library's name, `path/File.sol:Library`.
    pub library: String,
    /// Byte offset of a 32-byte word that receives the address, left-padded with zeros.
    pub offset: usize,
}

/// A compiled contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Name of its Yul object without the AST id solc appends.
    pub name: String,
    /// The code, an odd number of 32-byte words.
    pub bytecode: Vec<u8>,
    /// Versioned hash of the code. Final only if nothing is left to link.
    pub hash: B256,
    /// Contracts this one creates directly, by name and hash, in order of the name.
    pub factory_dependencies: Vec<(String, B256)>,
    /// Words to patch before the code is deployed, in order of the offset.
    pub link_references: Vec<LinkReference>,
    /// Number of immutable variables, the length of the array the constructor returns.
    pub immutables: usize,
    /// Where each instruction comes from, if the Yul has solc's comments that tell it.
    pub source_map: SourceMap,
}

/// What [`compile`] produces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Created contracts before their creators, the requested one last; each hash once.
    pub contracts: Vec<Contract>,
}

impl Output {
    /// The contract the source is about.
    pub fn root(&self) -> Option<&Contract> {
        self.contracts.last()
    }
}

/// Compiles the Yul of one contract (solc's `irOptimized`) and of all contracts it creates.
///
/// `name` is used in diagnostics for the root object.
///
/// # Errors
///
/// Everything wrong with the source, with places.
pub fn compile(name: &str, yul_source: &str, options: &Options) -> Result<Output, Diagnostics> {
    let compiled = yul::parse_located(yul_source).and_then(|(object, locations)| {
        yul::resolve(&object, &arity)?;
        let mut driver = Driver {
            source: yul_source,
            options,
            locations: Arc::new(locations),
            contracts: Vec::new(),
            creators: Vec::new(),
        };
        let compiled = driver.object(&object);
        compiled.map_err(|found| found.trace(&driver.locations))?;
        Ok(Output {
            contracts: driver.contracts,
        })
    });
    compiled.map_err(|diagnostics| diagnostics.in_contract(name).locate(yul_source))
}

fn arity(name: &str) -> Option<Arity> {
    let (arguments, results) = Builtin::from_name(name)?.signature();
    Some(Arity { arguments, results })
}

struct Driver<'a> {
    source: &'a str,
    options: &'a Options,
    locations: Arc<Locations>,
    contracts: Vec<Contract>,
    /// Names of the objects that are being taken apart, the outermost first.
    creators: Vec<String>,
}

impl Driver<'_> {
    /// Compiles the objects this one may create, then itself; returns its hash.
    fn object(&mut self, object: &Object) -> Result<B256, Diagnostics> {
        let runtime_name = format!("{}_deployed", object.name);
        let runtime = object
            .objects
            .iter()
            .find(|nested| nested.name == runtime_name);
        let created = object
            .objects
            .iter()
            .filter(|nested| nested.name != runtime_name);
        let mut dependencies = BTreeMap::new();
        self.creators.push(object.name.clone());
        for nested in created.chain(runtime.iter().flat_map(|runtime| &runtime.objects)) {
            let hash = self.object(nested)?;
            dependencies.insert(nested.name.clone(), hash);
        }
        self.creators.pop();
        let contract = self.contract(object, runtime, runtime_name, dependencies)?;
        let hash = contract.hash;
        if !self.contracts.iter().any(|known| known.hash == hash) {
            self.contracts.push(contract);
        }
        Ok(hash)
    }

    fn contract(
        &self,
        object: &Object,
        runtime: Option<&Object>,
        runtime_name: String,
        dependencies: BTreeMap<String, B256>,
    ) -> Result<Contract, Diagnostics> {
        let surroundings = Surroundings {
            name: object.name.clone(),
            runtime_name,
            dependencies: dependencies
                .iter()
                .map(|(name, hash)| (name.clone(), U256::from_be_bytes(hash.0)))
                .collect(),
            libraries: self.options.libraries.clone(),
            creators: self.creators.clone(),
        };
        let mut lowerer = Lowerer::new(&surroundings);
        lowerer.program.locations = Arc::clone(&self.locations);
        lowerer.roots(&object.code, runtime.map(|runtime| &runtime.code));
        // What is about the contract as a whole is shown where its code begins.
        let place = object
            .code
            .statements
            .first()
            .map_or(object.span, Statement::span);
        let fail = |found: Diagnostic| {
            let place = found.span.unwrap_or(place);
            found.at(place).in_contract(object.name.clone())
        };
        if lowerer.diagnostics.is_empty() {
            passes::optimise(&mut lowerer, self.options.enable_eravm_extensions)
                .map_err(|message| fail(internal(message)))?;
        }
        if !lowerer.diagnostics.is_empty() {
            return Err(lowerer.diagnostics);
        }
        let refuse = |error: AssembleError| fail(refusal(&error, self.source));
        let assembled = assemble(&lowerer.program).map_err(refuse)?;
        let hash = assembled
            .bytecode
            .hash()
            .map_err(|error| refuse(error.into()))?;
        Ok(Contract {
            name: plain_name(&object.name).to_owned(),
            hash,
            factory_dependencies: dependencies
                .iter()
                .map(|(name, &hash)| (plain_name(name).to_owned(), hash))
                .collect(),
            link_references: link_references(&assembled, &lowerer.program.libraries),
            immutables: lowerer.program.immutables as usize,
            source_map: SourceMap::new(&assembled.instructions, &self.locations),
            bytecode: assembled.bytecode.into_bytes(),
        })
    }
}

fn link_references(assembled: &Assembled, libraries: &[String]) -> Vec<LinkReference> {
    let references = assembled
        .libraries
        .iter()
        .map(|(&library, &index)| LinkReference {
            library: libraries.get(library as usize).cloned().unwrap_or_default(),
            offset: assembled.bytecode.constant_offset(index),
        });
    let mut references: Vec<_> = references.collect();
    references.sort_by_key(|reference| reference.offset);
    references
}

/// The name without the AST id at its end, which changes with the set of sources.
fn plain_name(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((plain, id)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
            plain
        }
        _ => name,
    }
}
