//! Contracts in Yul and the calls made of them, as text: what the generator makes and the corpus holds.
//!
//! Sources are separated by lines `// ----`; the calls follow the last as lines `// call <contract> <user> <value> <data>`.

use std::fmt;

use alloy_primitives::{Address, hex};
use zksso_codegen::{Options, compile};

use super::{
    compiled::Compiled,
    era::{Call, FORCE_DEPLOYER},
    pair::{Pair, USERS},
    solc,
};

/// Balance of every contract at the start.
const FUNDS: u128 = 1_000_000;
const SEPARATOR: &str = "// ----";
const CALL: &str = "// call ";
/// How the error of a scenario begins that a compiler does not accept.
pub(crate) const REFUSED: &str = "refused";

/// A call of one of the contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    pub(crate) contract: usize,
    pub(crate) from: Address,
    pub(crate) value: u128,
    pub(crate) data: Vec<u8>,
}

/// Contracts, deployed in order, and calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) sources: Vec<String>,
    pub(crate) calls: Vec<Invocation>,
}

/// How a scenario ended when both machines agree.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: usize,
    pub(crate) successes: usize,
    pub(crate) logs: usize,
    /// Scenarios solc's code generator has no stack for.
    pub(crate) refused: usize,
}

impl Scenario {
    /// Where the contracts get deployed: constants that their sources contain.
    pub(crate) fn addresses() -> [Address; 3] {
        [0, 1, 2].map(|nonce| FORCE_DEPLOYER.create(nonce))
    }

    /// Reads a file of the corpus.
    pub(crate) fn parse(text: &str) -> Self {
        let (calls, code): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.starts_with(CALL));
        let code = code.join("\n");
        let call = |line: &str| {
            let mut words = line[CALL.len()..].split(' ');
            let mut next = || words.next().expect("a call has four parts");
            let number = |text: &str| text.parse::<u128>().expect("is a number");
            Invocation {
                contract: number(next()) as usize,
                from: USERS[number(next()) as usize],
                value: number(next()),
                data: hex::decode(next()).expect("data are hexadecimal"),
            }
        };
        Self {
            sources: code
                .split(SEPARATOR)
                .map(|source| source.trim().to_owned() + "\n")
                .collect(),
            calls: calls.into_iter().map(call).collect(),
        }
    }

    /// Runs everything on all machines and compares.
    ///
    /// # Errors
    /// The first difference, or a refusal of a compiler.
    pub(crate) fn run(&self) -> Result<Tally, String> {
        let mut tally = Tally::default();
        let mut pair = Pair::on_both_machines();
        let mut addresses = Vec::new();
        for source in &self.sources {
            compile("Program", source, &Options::default())
                .map_err(|error| format!("{REFUSED}: {error}"))?;
            let by_solc = solc::try_compile_yul(source)
                .map_err(|error| format!("{REFUSED} by solc: {error}"))?;
            let Some(contract) = by_solc else {
                return Ok(Tally {
                    refused: 1,
                    ..Tally::default()
                });
            };
            let contract = Compiled::new(&contract, &Options::default());
            let Some(address) = pair.deploy(&contract, &[])? else {
                return Ok(tally);
            };
            assert_eq!(
                address,
                Self::addresses()[addresses.len()],
                "sources contain these addresses"
            );
            pair.fund(address, FUNDS);
            addresses.push(address);
        }
        for (index, call) in self.calls.iter().enumerate() {
            let Some(&to) = addresses.get(call.contract) else {
                continue;
            };
            let message = Call::new(to, call.data.clone())
                .from(call.from)
                .value(call.value);
            let effect = pair
                .call(&message)
                .map_err(|difference| format!("call {index}: {difference}"))?;
            tally.calls += 1;
            tally.successes += usize::from(effect.success);
            tally.logs += effect.logs.len();
        }
        Ok(tally)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sources.join(&format!("{SEPARATOR}\n")))?;
        for call in &self.calls {
            let user = USERS
                .iter()
                .position(|user| *user == call.from)
                .unwrap_or_default();
            writeln!(
                f,
                "{CALL}{} {user} {} {}",
                call.contract,
                call.value,
                hex::encode(&call.data)
            )?;
        }
        Ok(())
    }
}

impl core::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.successes += other.successes;
        self.logs += other.logs;
        self.refused += other.refused;
    }
}
