//! The seam between solc's Yul and the code generator.

use alloy_primitives::{B256, Bytes};
use zksso_codegen::yul::Diagnostics;

/// Identity of the code generator: its version and a hash of its sources and of those of the instruction set.
pub(crate) const BACKEND: &str =
    concat!(env!("CARGO_PKG_VERSION"), "+", env!("ZKSSO_BACKEND_HASH"));

/// A contract that came out of a Yul object: the object itself, or one nested in it.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// Name of the Yul object.
    pub(crate) object: String,
    /// Bytecode.
    pub(crate) bytecode: Bytes,
    /// Versioned bytecode hash.
    pub(crate) hash: B256,
    /// Contracts that it creates: name of the Yul object and bytecode hash.
    pub(crate) dependencies: Vec<(String, B256)>,
}

/// Translates optimised Yul of one contract, `path:Name`, and of the contracts that it creates.
pub(crate) fn translate(
    name: &str,
    yul: &str,
    era_extensions: bool,
) -> Result<Vec<Compiled>, Diagnostics> {
    let _ = (yul, era_extensions);
    Err(
        zksso_codegen::yul::Diagnostic::error("the code generator is not linked yet")
            .in_contract(name)
            .into(),
    )
}
