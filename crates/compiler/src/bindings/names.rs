//! Names of parameters that a contract leaves out.
//!
//! A contract that does not use a parameter declares it without a name, and its ABI has none either. The interface that
//! it implements has one, and callers want to see it.

use alloy_json_abi::{Function, Param};

use crate::artifact::Artifact;

/// Returns the artifact with names for parameters that have none, taken from the first of `others` that declares the same
/// function with a name there.
pub(super) fn with_names(artifact: &Artifact, others: &[&Artifact]) -> Artifact {
    let mut artifact = artifact.clone();
    for function in artifact.abi.functions.values_mut().flatten() {
        let (name, signature) = (function.name.clone(), function.signature());
        let donors = others.iter().filter_map(|other| other.abi.function(&name));
        let donors = donors
            .flatten()
            .filter(|donor| donor.signature() == signature);
        donors.for_each(|donor| adopt(function, donor));
    }
    artifact
}

fn adopt(function: &mut Function, donor: &Function) {
    let inputs = function.inputs.iter_mut().zip(&donor.inputs);
    let outputs = function.outputs.iter_mut().zip(&donor.outputs);
    inputs
        .chain(outputs)
        .for_each(|(param, donor)| adopt_name(param, donor));
}

fn adopt_name(param: &mut Param, donor: &Param) {
    if param.name.is_empty() {
        param.name.clone_from(&donor.name);
    }
}
