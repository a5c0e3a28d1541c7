//! Calls and events with names.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

use crate::{Argument, CONSOLE, Contracts, Failure, Frame, builtin, console_log, nested};

/// How a call passes control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallKind {
    /// To another contract's code and storage.
    Call,
    /// To another contract's code on the caller's storage.
    DelegateCall,
    /// To a constructor.
    Create,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// With return data.
    Returned,
    /// With revert data.
    Reverted,
    /// Ran out of gas or did something forbidden.
    Panicked,
}

/// A call as the machine reports it.
#[derive(Clone, Copy, Debug)]
pub struct CallFacts<'a> {
    /// How it passed control.
    pub kind: CallKind,
    /// How it ended.
    pub outcome: Outcome,
    /// The caller.
    pub from: Address,
    /// Whose storage it uses.
    pub to: Address,
    /// Whose code it runs.
    pub code: Address,
    /// Hash of that code; zero for accounts without code.
    pub code_hash: B256,
    /// Wei.
    pub value: U256,
    /// Gas it was given.
    pub gas: u64,
    /// Gas that it and its calls used.
    pub gas_used: u64,
    /// Calldata.
    pub input: &'a [u8],
    /// Return or revert data.
    pub output: &'a [u8],
    /// Where it failed: the calls of functions that had not returned, as addresses in the code.
    pub callers: &'a [u16],
    /// The latest instructions before it failed.
    pub recent: &'a [u16],
}

/// A call with names, and the calls it made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// How it passed control.
    pub kind: CallKind,
    /// How it ended.
    pub outcome: Outcome,
    /// The caller.
    pub from: Address,
    /// Whose storage it uses.
    pub to: Address,
    /// Whose code it runs.
    pub code: Address,
    /// Name of the contract with that code.
    pub contract: Option<String>,
    /// Name of the function; absent if the calldata names none that is known.
    pub function: Option<String>,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Its results.
    pub results: Vec<Argument>,
    /// What a call of the console says.
    pub console: Option<String>,
    /// Wei.
    pub value: U256,
    /// Gas it was given.
    pub gas: u64,
    /// Gas that it and its calls used.
    pub gas_used: u64,
    /// Calldata.
    pub input: Bytes,
    /// Return or revert data.
    pub output: Bytes,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Where it failed in the source, outermost function first.
    pub frames: Vec<Frame>,
    /// Calls it made, in order.
    #[serde(with = "nested")]
    pub calls: Vec<Call>,
}

/// An event with names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// Contract that emitted it.
    pub address: Address,
    /// Name of that contract.
    pub contract: Option<String>,
    /// Name of the event; absent if its first topic is not known.
    pub name: Option<String>,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Topics.
    pub topics: Vec<B256>,
    /// Data.
    pub data: Bytes,
}

impl Contracts {
    /// Names a call. `calls` are those that it made.
    pub fn explain(&self, facts: &CallFacts<'_>, calls: Vec<Call>) -> Call {
        let (function, arguments, results) = self.described(facts);
        let failed = facts.outcome != Outcome::Returned;
        let console = (facts.to == CONSOLE)
            .then(|| console_log::message(facts.input))
            .flatten();
        Call {
            kind: facts.kind,
            outcome: facts.outcome,
            from: facts.from,
            to: facts.to,
            code: facts.code,
            contract: self.label(facts.code, facts.code_hash),
            function,
            arguments,
            results,
            console,
            value: facts.value,
            gas: facts.gas,
            gas_used: facts.gas_used,
            input: facts.input.to_vec().into(),
            output: facts.output.to_vec().into(),
            failure: failed.then(|| self.reason(facts)),
            frames: if failed {
                self.frames(facts.code_hash, facts.callers, facts.recent)
            } else {
                Vec::new()
            },
            calls,
        }
    }

    /// Name of the contract at an address: that of its code, else that of the system contract there.
    pub fn label(&self, address: Address, code_hash: B256) -> Option<String> {
        let system = builtin::system_name(address);
        let name = self.name(code_hash).or(system);
        name.map(str::to_owned)
    }

    fn described(&self, facts: &CallFacts<'_>) -> (Option<String>, Vec<Argument>, Vec<Argument>) {
        if facts.kind == CallKind::Create {
            let arguments = self.constructor(facts.code_hash, facts.input);
            let name = Some("constructor".to_owned());
            return (name, arguments.unwrap_or_default(), Vec::new());
        }
        let Some((function, arguments)) = self.function(facts.code_hash, facts.input) else {
            return (None, Vec::new(), Vec::new());
        };
        let results = match facts.outcome {
            Outcome::Returned => function.results(facts.output),
            Outcome::Reverted | Outcome::Panicked => None,
        };
        (
            Some(function.name.clone()),
            arguments,
            results.unwrap_or_default(),
        )
    }

    fn reason(&self, facts: &CallFacts<'_>) -> Failure {
        if facts.outcome == Outcome::Reverted {
            return self.failure(facts.code_hash, facts.output);
        }
        Failure {
            message: "it ran out of gas, or did what the machine forbids".to_owned(),
            name: None,
            arguments: Vec::new(),
            data: Bytes::new(),
            cause: None,
        }
    }

    /// Names an event; `code_hash` is the code of the contract that emitted it.
    pub fn event(&self, address: Address, code_hash: B256, topics: &[B256], data: &[u8]) -> Event {
        let known = self.log(code_hash, topics, data);
        let (name, arguments) = known.map_or((None, Vec::new()), |(name, arguments)| {
            (Some(name.to_owned()), arguments)
        });
        Event {
            address,
            contract: self.label(address, code_hash),
            name,
            arguments,
            topics: topics.to_vec(),
            data: data.to_vec().into(),
        }
    }
}

impl Call {
    /// Whether it only serves the protocol or the machine: hashes, events, nonces, fees. What it calls is worth showing nonetheless.
    pub(crate) fn is_plumbing(&self) -> bool {
        const SHOWN: [&str; 3] = ["ContractDeployer", "L1Messenger", "L2BaseToken"];
        let name = builtin::system_name(self.code);
        let from_user = !builtin::is_system(self.from);
        match name {
            // What reads a balance in Solidity.
            Some("L2BaseToken") if self.function.as_deref() == Some("balanceOf") => true,
            Some(name) => !from_user || !SHOWN.contains(&name),
            None => builtin::is_system(self.to) || self.is_default_account(),
        }
    }

    /// A step of an account without code, which the default account takes for it.
    fn is_default_account(&self) -> bool {
        const STEPS: [&str; 4] = [
            "validateTransaction",
            "payForTransaction",
            "executeTransaction",
            "prepareForPaymaster",
        ];
        let step = self
            .function
            .as_deref()
            .is_some_and(|name| STEPS.contains(&name));
        step && self.contract.is_none() && builtin::system_name(self.from) == Some("Bootloader")
    }
}
