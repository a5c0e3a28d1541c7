//! Named types of an ABI. The ABI spells structs out as tuples and enums as integers, and keeps their names as remarks.

use std::collections::BTreeMap;

use alloy_json_abi::{EventParam, InternalType, JsonAbi, Param};

/// A struct, or a value type with a name: an enum or a user-defined value type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedType {
    /// Name in Solidity, as `Scope.Name` or `Name`.
    pub(super) qualified: String,
    /// Fields of a struct; `None` for a value type.
    pub(super) fields: Option<Vec<Param>>,
    /// Type behind a value type, such as `uint8`.
    pub(super) underlying: String,
}

/// All named types of an ABI, by the name they get in the bindings.
#[derive(Debug, Default)]
pub(super) struct NamedTypes {
    types: BTreeMap<String, NamedType>,
    names: BTreeMap<String, String>,
}

/// A parameter's type: what the ABI calls it, what Solidity calls it, and its fields.
struct Mention<'a> {
    ty: &'a str,
    internal: Option<&'a InternalType>,
    fields: &'a [Param],
}

impl<'a> From<&'a Param> for Mention<'a> {
    fn from(param: &'a Param) -> Self {
        Self {
            ty: &param.ty,
            internal: param.internal_type.as_ref(),
            fields: &param.components,
        }
    }
}

impl<'a> From<&'a EventParam> for Mention<'a> {
    fn from(param: &'a EventParam) -> Self {
        Self {
            ty: &param.ty,
            internal: param.internal_type.as_ref(),
            fields: &param.components,
        }
    }
}

impl NamedTypes {
    /// Collects the types of all functions, events, errors and the constructor.
    pub(super) fn collect(abi: &JsonAbi) -> Self {
        let mut types = Self::default();
        let functions = abi
            .functions()
            .flat_map(|function| function.inputs.iter().chain(&function.outputs));
        let errors = abi.errors().flat_map(|error| &error.inputs);
        let constructor = abi
            .constructor
            .iter()
            .flat_map(|constructor| &constructor.inputs);
        functions
            .chain(errors)
            .chain(constructor)
            .for_each(|param| types.add(param.into()));
        abi.events()
            .flat_map(|event| &event.inputs)
            .for_each(|param| types.add(param.into()));
        types
    }

    /// Lists names and types, sorted by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &NamedType)> {
        self.types.iter().map(|(name, ty)| (name.as_str(), ty))
    }

    /// Returns the type of a parameter as the bindings spell it.
    pub(super) fn spell(&self, param: &Param) -> String {
        self.spell_mention(&param.into())
    }

    /// Returns the type of an event's parameter as the bindings spell it.
    pub(super) fn spell_event(&self, param: &EventParam) -> String {
        self.spell_mention(&param.into())
    }

    fn spell_mention(&self, mention: &Mention<'_>) -> String {
        let name = qualified_name(mention).and_then(|qualified| self.names.get(&qualified));
        name.map_or_else(
            || mention.ty.to_owned(),
            |name| format!("{name}{}", array_suffix(mention.ty)),
        )
    }

    fn add(&mut self, mention: Mention<'_>) {
        mention
            .fields
            .iter()
            .for_each(|field| self.add(field.into()));
        let Some(qualified) = qualified_name(&mention) else {
            return;
        };
        if self.names.contains_key(&qualified) {
            return;
        }
        let is_struct = matches!(mention.internal, Some(InternalType::Struct { .. }));
        let ty = NamedType {
            fields: is_struct.then(|| mention.fields.to_vec()),
            underlying: mention
                .ty
                .split('[')
                .next()
                .unwrap_or(mention.ty)
                .to_owned(),
            qualified: qualified.clone(),
        };
        let bare = qualified
            .rsplit('.')
            .next()
            .unwrap_or(&qualified)
            .to_owned();
        // Two scopes may each define the name.
        let name = if self.types.contains_key(&bare) {
            qualified.replace('.', "_")
        } else {
            bare
        };
        self.names.insert(qualified, name.clone());
        self.types.insert(name, ty);
    }
}

/// Returns the Solidity name of a named type, without array suffix.
fn qualified_name(mention: &Mention<'_>) -> Option<String> {
    let (contract, ty) = match mention.internal? {
        InternalType::Struct { contract, ty } | InternalType::Enum { contract, ty } => {
            (contract, ty)
        }
        // solc writes elementary types here as well.
        InternalType::Other { contract, ty }
            if ty != mention.ty && !ty.starts_with("function ") =>
        {
            (contract, ty)
        }
        _ => return None,
    };
    let ty = ty.split('[').next().unwrap_or(ty);
    Some(
        contract
            .as_ref()
            .map_or_else(|| ty.to_owned(), |contract| format!("{contract}.{ty}")),
    )
}

fn array_suffix(ty: &str) -> &str {
    ty.find('[').map_or("", |at| &ty[at..])
}
