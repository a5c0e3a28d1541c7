//! Yul sources, which need no solc.

use std::path::Path;

use serde_json::{Map, Value, json};
use zksso_codegen::yul::{Diagnostic, Span};

use super::{
    contract::{ContractWriter, undescribed},
    input::Input,
    message::{Message, Messages},
};
use crate::{
    backend::{Compiled, contract_name, translate},
    era::EraOptions,
};

/// Compiles every source by itself. A contract is called as its object; what it creates becomes a contract of its own.
pub(super) fn compile(input: &Input, messages: &mut Messages) -> Map<String, Value> {
    let options = EraOptions {
        era_extensions: input.era_extensions,
        libraries: input.libraries.clone(),
        ..EraOptions::default()
    };
    let (mut contracts, mut sources) = (Map::new(), Map::new());
    for (id, (path, source)) in input.sources.iter().enumerate() {
        let file = path.display().to_string();
        sources.insert(file.clone(), json!({ "id": id }));
        match translate(&file, source.as_ref(), &options) {
            Ok(compiled) => {
                contracts.insert(file.clone(), of_file(&file, &compiled, input, messages));
            }
            Err(diagnostics) => diagnostics
                .into_iter()
                .for_each(|found| messages.push(to_message(path, found))),
        }
    }
    Map::from_iter([
        ("contracts".to_owned(), Value::Object(contracts)),
        ("sources".to_owned(), Value::Object(sources)),
    ])
}

fn of_file(file: &str, compiled: &[Compiled], input: &Input, messages: &mut Messages) -> Value {
    let mut contracts = Map::new();
    for end in 1..=compiled.len() {
        let own = &compiled[..end];
        let name = own.last().map_or("", |own| contract_name(&own.object));
        let mut contract = undescribed();
        ContractWriter {
            selection: &input.selection,
            qualify: &|object| Some(format!("{file}:{}", contract_name(object))),
            messages,
        }
        .one(file, name, &mut contract, own);
        contracts.insert(name.to_owned(), contract);
    }
    Value::Object(contracts)
}

fn to_message(path: &Path, found: Diagnostic) -> Message {
    let (file, span) = (path.display().to_string(), found.span);
    let message = Message::from(found.in_contract(file.as_str()));
    match span {
        Some(Span { start, end }) => message.at(&file, start, end),
        None => message,
    }
}
