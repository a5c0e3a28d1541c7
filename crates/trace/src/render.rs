//! Calls as a tree of lines.

use alloy_primitives::{Address, U256, utils::format_ether};

use crate::{
    Argument, Call, CallKind, Event, Failure,
    abi::{Kind, show},
    nested,
};

/// Longest arguments, in signs, that are shown in full; longer ones are cut, each to `MAX_ARGUMENT` signs.
const MAX_ARGUMENTS: usize = 320;
const MAX_ARGUMENT: usize = 66;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Name of a contract, or its address.
    Contract,
    /// Name of a function or an event.
    Name,
    /// What went wrong.
    Failure,
    /// What somebody printed.
    Console,
    /// Lines of the tree, gas, places.
    Quiet,
}

/// Colours of a terminal, or none.
pub trait Paint {
    /// The text as it is to be printed.
    fn paint(&self, role: Role, text: &str) -> String;
}

/// No colours.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Paint for Plain {
    fn paint(&self, _role: Role, text: &str) -> String {
        text.to_owned()
    }
}

/// Arguments as `name: value`, separated by commas.
pub fn arguments_text(arguments: &[Argument]) -> String {
    let texts: Vec<_> = arguments.iter().map(argument_text).collect();
    let length: usize = texts
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    let parts = texts.into_iter().map(|(name, value)| {
        let value = if length > MAX_ARGUMENTS {
            cut(&value)
        } else {
            value
        };
        if name.is_empty() {
            value
        } else {
            format!("{name}: {value}")
        }
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn argument_text(argument: &Argument) -> (&str, String) {
    let kind = Kind::parse(&argument.ty);
    let value = match (&argument.value, kind) {
        // The type of a struct does not tell its fields' names, but the value does.
        (value, Some(kind)) => show(&with_names(kind, value), value),
        (value, None) => value.to_string(),
    };
    (&argument.name, value)
}

fn with_names(kind: Kind, value: &serde_json::Value) -> Kind {
    match (kind, value) {
        (Kind::Struct(fields), serde_json::Value::Object(values)) => {
            let fields = fields.into_iter().zip(values);
            let fields =
                fields.map(|((_, kind), (name, value))| (name.clone(), with_names(kind, value)));
            Kind::Struct(fields.collect())
        }
        (kind, _) => kind,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_ARGUMENT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The lines of calls and of those that they made. Without `all`, calls that only serve the protocol are left out, and what they call
/// stands in their place.
pub fn tree(calls: &[Call], paint: &dyn Paint, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    Tree { paint, all }.siblings(calls, "", &mut lines);
    lines
}

struct Tree<'p> {
    paint: &'p dyn Paint,
    all: bool,
}

impl Tree<'_> {
    fn siblings(&self, calls: &[Call], indent: &str, lines: &mut Vec<String>) {
        let shown = self.shown(calls);
        for (index, call) in shown.iter().enumerate() {
            let (branch, stem) = if index + 1 < shown.len() {
                ("├─ ", "│  ")
            } else {
                ("└─ ", "   ")
            };
            let quiet = |text: &str| self.paint.paint(Role::Quiet, text);
            lines.push(format!("{indent}{}{}", quiet(branch), self.line(call)));
            let below = format!("{indent}{}", quiet(stem));
            nested::level(|| self.siblings(&call.calls, &below, lines));
            for text in self.failure(call) {
                lines.push(format!("{below}{text}"));
            }
        }
    }

    fn shown<'c>(&self, calls: &'c [Call]) -> Vec<&'c Call> {
        let mut shown = Vec::new();
        for call in calls {
            if !self.all && call.console.is_none() && call.is_plumbing() {
                shown.extend(nested::level(|| self.shown(&call.calls)));
            } else {
                shown.push(call);
            }
        }
        shown
    }

    fn line(&self, call: &Call) -> String {
        if let Some(message) = &call.console {
            let label = self.paint.paint(Role::Quiet, "console.log");
            return format!("{label} {}", self.paint.paint(Role::Console, message));
        }
        let gas = self
            .paint
            .paint(Role::Quiet, &format!("[{} gas]", call.gas_used));
        format!(
            "{}{}{}{} {gas}",
            self.kind(call),
            self.target(call),
            value(call.value),
            self.results(call)
        )
    }

    fn kind(&self, call: &Call) -> String {
        match call.kind {
            CallKind::Call => String::new(),
            CallKind::DelegateCall => self.paint.paint(Role::Quiet, "delegatecall "),
            CallKind::Create => self.paint.paint(Role::Quiet, "create "),
        }
    }

    fn target(&self, call: &Call) -> String {
        let contract = contract_text(call.contract.as_deref(), call.code);
        let contract = self.paint.paint(Role::Contract, &contract);
        match &call.function {
            Some(name) => {
                let name = self.paint.paint(Role::Name, name);
                format!("{contract}.{name}({})", arguments_text(&call.arguments))
            }
            None if call.input.is_empty() => contract,
            None => format!("{contract} {}", cut(&call.input.to_string())),
        }
    }

    fn results(&self, call: &Call) -> String {
        if call.results.is_empty() {
            return String::new();
        }
        format!(" → {}", arguments_text(&call.results))
    }

    /// The reason and the places in the source, innermost first.
    fn failure(&self, call: &Call) -> Vec<String> {
        let Some(failure) = &call.failure else {
            return Vec::new();
        };
        let text = format!("✗ {}", failure_text(failure));
        let frames = call.frames.iter().rev();
        let frames = frames.map(|frame| self.paint.paint(Role::Quiet, &format!("  at {frame}")));
        std::iter::once(self.paint.paint(Role::Failure, &text))
            .chain(frames)
            .collect()
    }
}

fn value(wei: U256) -> String {
    match wei {
        U256::ZERO => String::new(),
        wei => format!(" {{value: {} ETH}}", ether(wei)),
    }
}

/// Wei as ether without useless zeros.
pub(crate) fn ether(wei: U256) -> String {
    let text = format_ether(wei);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn contract_text(name: Option<&str>, address: Address) -> String {
    name.map_or_else(|| address.to_string(), str::to_owned)
}

fn failure_text(failure: &Failure) -> String {
    match &failure.cause {
        Some(cause) => format!("{}, because of {}", failure.message, failure_text(cause)),
        None => failure.message.clone(),
    }
}

impl Failure {
    /// The message, and those of the errors within.
    pub fn text(&self) -> String {
        failure_text(self)
    }
}

impl Event {
    /// The event in one line.
    pub fn line(&self, paint: &dyn Paint) -> String {
        let contract = contract_text(self.contract.as_deref(), self.address);
        let contract = paint.paint(Role::Contract, &contract);
        let Some(name) = &self.name else {
            let topics: Vec<_> = self.topics.iter().map(ToString::to_string).collect();
            return format!(
                "{contract} [{}] {}",
                topics.join(", "),
                cut(&self.data.to_string())
            );
        };
        let name = paint.paint(Role::Name, name);
        format!("{contract}.{name}({})", arguments_text(&self.arguments))
    }
}
