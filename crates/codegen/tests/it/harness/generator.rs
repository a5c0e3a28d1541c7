//! Random scenarios: contracts in Yul that call one another, and the calls made of them.
//!
//! Everything generated ends, and means the same on both machines. What makes that so:
//! * Loops count to a small constant with a counter nobody else writes; recursion carries `fuel`. Functions have a cost, the sum of
//!   their statements' costs times the turns of the loops around them, and none exceeds [`LIMIT`].
//! * Calls go to functions generated earlier, with an amount of gas that depends on how deep that function calls, so that a
//!   callee which burns everything leaves the caller enough.
//! * Memory is used below [`WINDOW`], or so far away that both machines fail.
//! * Code size, gas, `msize` and addresses of created contracts are not looked at; those addresses are stored for the comparison
//!   and called, nothing else.
//! * Nothing that writes through a system contract of EraVM (creation, value) happens in a static call: the EVM fails the frame,
//!   EraVM fails the call.

use std::fmt::Write;

use alloy_primitives::Address;

use super::{
    BINARY,
    pair::USERS,
    random::Random,
    scenario::{Invocation, Scenario},
};

/// Most a function may cost. A unit is some ten instructions of the EVM.
const LIMIT: usize = 1_500;
/// Most calls of other contracts during one call of a function.
const EXTERNAL_LIMIT: usize = 6;
/// Deepest nesting of statements and of expressions.
const DEPTH: usize = 3;
/// Everything visible lies below this offset of memory.
const WINDOW: usize = 0x600;
/// Where creations prepare their code, beyond what is looked at.
const STAGING: usize = 0x800;
/// What `memoryguard` protects: the window and the staging area.
const GUARDED: usize = 0x4000;
/// Gas of a call of a function, by how many levels of contracts are below it.
const GAS: [usize; 2] = [1 << 23, 1 << 27];
/// Slots and transient slots in use, beside mapping entries.
const SLOTS: usize = 4;
/// The slot that counts creations; the addresses are stored from the next on.
const CREATIONS: usize = 0xc0de;

const CONDITIONS: [&str; 7] = ["lt", "gt", "slt", "sgt", "eq", "and", "sub"];
const ENVIRONMENT: [&str; 11] = [
    "address()",
    "caller()",
    "callvalue()",
    "calldatasize()",
    "returndatasize()",
    "origin()",
    "chainid()",
    "number()",
    "timestamp()",
    "selfbalance()",
    "balance(address())",
];

/// A function of a generated contract.
#[derive(Clone, Debug)]
struct Function {
    parameters: usize,
    results: usize,
    cost: usize,
    /// Calls of other contracts it makes.
    externals: usize,
    /// Levels of contracts below.
    depth: usize,
    /// Whether it creates contracts or sends value.
    impure: bool,
    /// Whether the first parameter is fuel.
    recursive: bool,
}

/// A contract that can be called.
struct Contract {
    address: Address,
    functions: Vec<Function>,
}

/// Makes a scenario: one to three contracts, the last of which gets most calls.
pub(crate) fn scenario(random: &mut Random) -> Scenario {
    let addresses = Scenario::addresses();
    let mut contracts: Vec<Contract> = Vec::new();
    let mut sources = Vec::new();
    for address in addresses.into_iter().take(1 + random.below(3)) {
        let mut writer = Writer::new(random, &contracts, address);
        sources.push(writer.contract());
        let functions = writer.functions;
        contracts.push(Contract { address, functions });
    }
    let calls = (0..10 + random.below(30))
        .map(|_| invocation(random, &contracts))
        .collect();
    Scenario { sources, calls }
}

fn invocation(random: &mut Random, contracts: &[Contract]) -> Invocation {
    let last = contracts.len() - 1;
    let contract = if random.one_in(4) {
        random.below(contracts.len())
    } else {
        last
    };
    let functions = &contracts[contract].functions;
    // The functions generated last call the others.
    let function = if random.one_in(2) {
        functions.len() - 1 - random.below(functions.len().min(3))
    } else {
        random.below(functions.len())
    };
    let mut data = word_bytes(function);
    for _ in 0..functions[function].parameters {
        data.extend(random.word().to_be_bytes::<32>());
    }
    match random.below(12) {
        0 => data.truncate(random.below(data.len())),
        1 | 2 => data.extend(random.bytes(80)),
        3 => data = random.bytes(40),
        _ => {}
    }
    let value = if random.one_in(6) {
        random.below(4) as u128
    } else {
        0
    };
    Invocation {
        contract,
        from: *random.pick(&USERS),
        value,
        data,
    }
}

fn word_bytes(number: usize) -> Vec<u8> {
    alloy_primitives::U256::from(number)
        .to_be_bytes::<32>()
        .to_vec()
}

struct Writer<'a> {
    random: &'a mut Random,
    /// Contracts generated before.
    others: &'a [Contract],
    address: Address,
    text: String,
    functions: Vec<Function>,
    /// Variables in scope and whether they may be written.
    variables: Vec<(String, bool)>,
    /// Most variables in scope: EVM code without `memoryguard` must keep them on the stack.
    width: usize,
    guarded: bool,
    creates: bool,
    immutables: usize,
    names: usize,
    /// The function being written.
    current: Function,
    /// Product of the turns of the loops around.
    turns: usize,
    /// Whether the constructor is being written, which cannot leave a function or end early.
    constructing: bool,
}

impl<'a> Writer<'a> {
    fn new(random: &'a mut Random, others: &'a [Contract], address: Address) -> Self {
        let guarded = random.one_in(2);
        let width = if guarded { 26 } else { 7 };
        let creates = random.one_in(4);
        let immutables = random.below(3);
        let current = Function {
            parameters: 0,
            results: 0,
            cost: 0,
            externals: 0,
            depth: 0,
            impure: false,
            recursive: false,
        };
        Self {
            random,
            others,
            address,
            text: String::new(),
            functions: Vec::new(),
            variables: Vec::new(),
            width,
            guarded,
            creates,
            immutables,
            names: 0,
            current,
            turns: 1,
            constructing: false,
        }
    }

    fn contract(&mut self) -> String {
        for _ in 0..2 + self.random.below(5) {
            self.function();
        }
        let runtime = core::mem::take(&mut self.text);
        let cases = self.cases();
        let fallback = self.fallback();
        let guard = self.guard();
        let helpers = if self.creates {
            create_helper()
        } else {
            String::new()
        };
        let child = if self.creates {
            self.child()
        } else {
            String::new()
        };
        let constructor = self.constructor();
        format!(
            "object \"Program\" {{
code {{
{constructor}
}}
object \"Program_deployed\" {{
code {{
{guard}
switch calldataload(0)
{cases}{fallback}
mstore({:#x}, sload(0)) mstore({:#x}, sload(1)) mstore({:#x}, tload(0)) mstore({:#x}, tload(1))
return(0, {:#x})
{runtime}{helpers}
}}
{child}}}
}}
",
            WINDOW + 0x60,
            WINDOW + 0x80,
            WINDOW + 0xa0,
            WINDOW + 0xc0,
            WINDOW + 0xe0,
        )
    }

    fn guard(&self) -> String {
        if self.guarded {
            format!("pop(memoryguard({GUARDED:#x}))")
        } else {
            String::new()
        }
    }

    /// The constructor: a few statements of its own, immutables, the runtime code.
    fn constructor(&mut self) -> String {
        self.variables = vec![("x".to_owned(), true), ("y".to_owned(), true)];
        (self.turns, self.constructing) = (1, true);
        let (creates, others) = (
            core::mem::take(&mut self.creates),
            core::mem::take(&mut self.others),
        );
        let functions = core::mem::take(&mut self.functions);
        let immutables = core::mem::take(&mut self.immutables);
        self.text = "let x := caller() let y := 7\n".to_owned();
        for _ in 0..self.random.below(4) {
            self.statement(1, false);
        }
        let mut code = core::mem::take(&mut self.text);
        self.constructing = false;
        (self.creates, self.others, self.functions, self.immutables) =
            (creates, others, functions, immutables);
        // Behind everything, the words solc moves from the stack to memory included.
        let offset = 0x10000;
        let _ = writeln!(
            code,
            "datacopy({offset:#x}, dataoffset(\"Program_deployed\"), datasize(\"Program_deployed\"))"
        );
        for index in 0..self.immutables {
            let value = if index == 0 {
                format!("{:#x}", self.random.word())
            } else {
                "xor(x, y)".to_owned()
            };
            let _ = writeln!(code, "setimmutable({offset:#x}, \"im{index}\", {value})");
        }
        let _ = write!(code, "return({offset:#x}, datasize(\"Program_deployed\"))");
        format!("{}\n{code}", self.guard())
    }

    /// A contract that others create, with one argument behind its code. Its constructor may fail.
    fn child(&mut self) -> String {
        let (modulus, size) = (2 + self.random.below(4), self.random.below(70));
        format!(
            "object \"Child\" {{
code {{
let size := datasize(\"Child\")
codecopy(0, size, sub(codesize(), size))
let a := mload(0)
if iszero(mod(a, {modulus})) {{ mstore(0, not(a)) revert(0, {size}) }}
sstore(0, a) sstore(1, callvalue())
log1(0, 32, a)
datacopy(0, dataoffset(\"Child_deployed\"), datasize(\"Child_deployed\"))
setimmutable(0, \"own\", add(a, 1))
return(0, datasize(\"Child_deployed\"))
}}
object \"Child_deployed\" {{
code {{
sstore(0, add(sload(0), loadimmutable(\"own\")))
log2(0, calldatasize(), callvalue(), sload(0))
mstore(0, sload(0)) mstore(32, loadimmutable(\"own\"))
if gt(calldatasize(), 64) {{ revert(3, 44) }}
return(0, 64)
}}
}}
}}
"
        )
    }

    fn cases(&mut self) -> String {
        let mut text = String::new();
        for (index, function) in self.functions.iter().enumerate() {
            let argument = |i: usize| match (i, function.recursive) {
                (0, true) => "and(calldataload(32), 7)".to_owned(),
                _ => format!("calldataload({})", 32 + i * 32),
            };
            let arguments: Vec<_> = (0..function.parameters).map(argument).collect();
            let call = format!("f{index}({})", arguments.join(", "));
            let results: Vec<_> = (0..function.results).map(|i| format!("r{i}")).collect();
            let stores: String = (0..function.results)
                .map(|i| format!(" mstore({:#x}, r{i})", WINDOW + i * 32))
                .collect();
            let body = if results.is_empty() {
                call
            } else {
                format!("let {} := {call}{stores}", results.join(", "))
            };
            let _ = writeln!(text, "case {index} {{ {body} }}");
        }
        text
    }

    /// What happens for data that names no function.
    fn fallback(&mut self) -> String {
        match self.random.below(6) {
            0 => "default { revert(0, 0) }".to_owned(),
            1 => "default { calldatacopy(1, 0, 64) mstore(97, callvalue()) return(1, 128) }"
                .to_owned(),
            2 => "default { mstore(0, calldatasize()) sstore(2, calldatasize()) revert(31, 33) }"
                .to_owned(),
            3 => "default { stop() }".to_owned(),
            4 => "default { tstore(1, add(tload(1), 1)) sstore(3, add(sload(3), callvalue())) }"
                .to_owned(),
            _ => String::new(),
        }
    }

    fn function(&mut self) {
        let index = self.functions.len();
        let recursive = self.random.one_in(5);
        let parameters = usize::from(recursive)
            + self
                .random
                .below(if self.guarded && !recursive { 7 } else { 4 });
        let results = self
            .random
            .below(if self.guarded && !recursive { 6 } else { 3 });
        self.current = Function {
            parameters,
            results,
            cost: 1,
            externals: 0,
            depth: 0,
            impure: false,
            recursive,
        };
        self.turns = if recursive { 8 } else { 1 };
        let mut names: Vec<_> = (0..parameters).map(|i| format!("p{i}")).collect();
        if recursive {
            "fuel".clone_into(&mut names[0]);
        }
        let outputs: Vec<_> = (0..results).map(|i| format!("q{i}")).collect();
        let writable = names.iter().chain(&outputs).filter(|name| *name != "fuel");
        self.variables = writable.map(|name| (name.clone(), true)).collect();
        let returns = if results == 0 {
            String::new()
        } else {
            format!("-> {} ", outputs.join(", "))
        };
        let _ = writeln!(
            self.text,
            "function f{index}({}) {returns}{{",
            names.join(", ")
        );
        let width = self.width;
        if recursive {
            // Variables of recursive functions stay on the stack.
            self.width = 6;
        }
        let wide = self.guarded && !recursive && self.random.one_in(3);
        if wide {
            self.many();
        }
        for _ in 0..2 + self.random.below(5) {
            self.statement(0, false);
        }
        if recursive {
            self.recursion(index);
        }
        if wide && let Some(result) = outputs.first() {
            self.mix(result);
        }
        self.text.push_str("}\n");
        self.width = width;
        let function = self.current.clone();
        self.functions.push(function);
    }

    /// More variables than the EVM's stack reaches or EraVM has registers.
    fn many(&mut self) {
        while self.variables.len() < 18 {
            self.declare(1);
        }
    }

    /// Uses every variable.
    fn mix(&mut self, result: &str) {
        for (name, _) in self.variables.clone() {
            let operation = *self.random.pick(&["xor", "add", "sub", "mul"]);
            let _ = writeln!(
                self.text,
                "{result} := {operation}(xor({result}, 3), {name})"
            );
        }
    }

    fn recursion(&mut self, index: usize) {
        let function = self.current.clone();
        let arguments: Vec<_> = core::iter::once("sub(fuel, 1)".to_owned())
            .chain((1..function.parameters).map(|_| self.expression(2)))
            .collect();
        let results: Vec<_> = (0..function.results).map(|i| format!("q{i}")).collect();
        let call = format!("f{index}({})", arguments.join(", "));
        let body = if results.is_empty() {
            call
        } else {
            format!("{} := {call}", results.join(", "))
        };
        let _ = writeln!(self.text, "if fuel {{ {body} }}");
        if !self.variables.is_empty() {
            self.assign(1);
        }
    }

    /// Whether something of this cost still fits, which is then accounted for.
    fn spend(&mut self, cost: usize) -> bool {
        let cost = cost * self.turns;
        let fits = self.current.cost + cost <= LIMIT;
        if fits {
            self.current.cost += cost;
        }
        fits
    }

    fn block(&mut self, depth: usize, in_loop: bool) {
        let scope = self.variables.len();
        self.text.push_str("{\n");
        for _ in 0..1 + self.random.below(4) {
            self.statement(depth, in_loop);
        }
        self.text.push_str("}\n");
        self.variables.truncate(scope);
    }

    fn statement(&mut self, depth: usize, in_loop: bool) {
        if !self.spend(2) {
            return;
        }
        match self.random.below(if depth < DEPTH { 24 } else { 16 }) {
            0 | 1 => self.declare(depth),
            2..=4 => self.assign(depth),
            5 | 6 => self.store(),
            7 => self.copy(),
            8 => self.log(),
            9 if in_loop => self.exit(&["break", "continue", "leave"]),
            9 => self.exit(&["leave"]),
            10 if self.random.one_in(2) => self.end(),
            10 => self.mapping(),
            11 => self.internal_call(),
            12 | 13 => self.external_call(),
            14 => self.create(),
            15 => self.returned(),
            16 | 17 => {
                let condition = self.condition();
                let _ = write!(self.text, "if {condition} ");
                self.block(depth + 1, in_loop);
            }
            18 | 19 => self.switch(depth, in_loop),
            20 | 21 => self.counted_loop(depth),
            22 => self.internal_call(),
            _ => self.block(depth + 1, in_loop),
        }
    }

    fn declare(&mut self, depth: usize) {
        if self.variables.len() >= self.width {
            return self.assign(depth);
        }
        let value = self.expression(depth.min(1));
        let name = self.fresh("v");
        let _ = writeln!(self.text, "let {name} := {value}");
        self.variables.push((name, true));
    }

    fn assign(&mut self, depth: usize) {
        let value = self.expression(depth.min(1));
        match self.target() {
            Some(target) => writeln!(self.text, "{target} := {value}"),
            None => writeln!(self.text, "pop({value})"),
        }
        .expect("strings take everything");
    }

    fn store(&mut self) {
        let value = self.expression(1);
        let text = match self.random.below(8) {
            0 => format!("mstore8({}, {value})", self.window()),
            1 | 2 if self.spend(20) => format!("sstore({}, {value})", self.random.below(SLOTS)),
            3 => format!("tstore({}, {value})", self.random.below(SLOTS)),
            4 if self.random.one_in(12) => {
                format!("if eq({value}, 1) {{ mstore({}, 1) }}", self.far())
            }
            _ => format!("mstore({}, {value})", self.window()),
        };
        let _ = writeln!(self.text, "{text}");
    }

    /// Solidity's mapping: a slot by hash.
    fn mapping(&mut self) {
        if !self.spend(45) {
            return;
        }
        let (key, value) = (self.leaf(), self.expression(2));
        let (key, base) = if self.random.one_in(2) {
            (format!("and({key}, 3)"), 1)
        } else {
            (key, self.random.below(3))
        };
        let _ = writeln!(
            self.text,
            "mstore(0, {key}) mstore(32, {base}) sstore(keccak256(0, 64), {value})"
        );
        if let Some(target) = self.target() {
            let _ = writeln!(
                self.text,
                "mstore(0, {key}) {target} := add(sload(keccak256(0, 64)), {target})"
            );
        }
    }

    fn copy(&mut self) {
        let (to, length) = (self.window(), self.length());
        let text = match self.random.below(5) {
            0 | 1 => format!("mcopy({to}, {}, {length})", self.window()),
            2 => format!("calldatacopy({to}, {}, {length})", self.random.below(140)),
            3 => format!("calldatacopy({to}, {}, {length})", self.leaf()),
            _ if self.random.one_in(2) => {
                "returndatacopy(0, 0, and(returndatasize(), 0x1ff))".to_owned()
            }
            _ => {
                format!("if lt({length}, returndatasize()) {{ returndatacopy({to}, 1, {length}) }}")
            }
        };
        let _ = writeln!(self.text, "{text}");
    }

    /// Looks at what the last call returned, within bounds or not.
    fn returned(&mut self) {
        let text = match self.random.below(4) {
            0 => {
                let (from, length) = (self.random.below(8), self.random.below(64));
                format!(
                    "if eq({}, 5) {{ returndatacopy({}, {from}, {length}) }}",
                    self.leaf(),
                    self.window()
                )
            }
            1 => format!(
                "if gt(returndatasize(), 63) {{ returndatacopy({}, sub(returndatasize(), 63), 63) }}",
                self.window()
            ),
            2 => format!(
                "if gt(returndatasize(), {:#x}) {{ returndatacopy(0, 0, {WINDOW:#x}) }}",
                WINDOW + 0xdf
            ),
            _ => "if returndatasize() { mstore8(77, returndatasize()) }".to_owned(),
        };
        let _ = writeln!(self.text, "{text}");
    }

    fn log(&mut self) {
        let topics = self.random.below(5);
        if !self.spend(20 + topics) {
            return;
        }
        let mut text = format!("log{topics}({}, {}", self.window(), self.length());
        for _ in 0..topics {
            let topic = self.expression(2);
            let _ = write!(text, ", {topic}");
        }
        let _ = writeln!(self.text, "{text})");
    }

    fn exit(&mut self, ways: &[&str]) {
        let condition = self.condition();
        let way = *self.random.pick(ways);
        if way != "leave" || !self.constructing {
            let _ = writeln!(self.text, "if {condition} {{ {way} }}");
        }
    }

    /// An end of the whole call, seldom reached.
    fn end(&mut self) {
        let condition = self.condition();
        let (window, length) = (self.window(), self.length());
        let text = match self.random.below(8) {
            0 | 1 => format!("return({window}, {length})"),
            2 | 3 => format!("revert({window}, {length})"),
            4 => "stop()".to_owned(),
            5 => "invalid()".to_owned(),
            6 => "mstore(0, shl(224, 0x4e487b71)) mstore(4, 0x11) revert(0, 0x24)".to_owned(),
            _ => "returndatacopy(0, 0, and(returndatasize(), 0xff)) revert(0, and(returndatasize(), 0xff))".to_owned(),
        };
        if !self.constructing {
            let _ = writeln!(
                self.text,
                "if {condition} {{ if {} {{ {text} }} }}",
                self.random.pick(&[
                    "callvalue()",
                    "lt(calldatasize(), 90)",
                    "gt(number(), sload(0))",
                    "1"
                ])
            );
        }
    }

    fn switch(&mut self, depth: usize, in_loop: bool) {
        let subject = self.expression(1);
        if self.random.one_in(3) {
            let _ = writeln!(self.text, "switch {subject}");
            let mut seen = Vec::new();
            for _ in 0..1 + self.random.below(4) {
                let word = self.random.word();
                if !seen.contains(&word) {
                    seen.push(word);
                    let _ = write!(self.text, "case {word:#x} ");
                    self.block(depth + 1, in_loop);
                }
            }
            self.text.push_str("default ");
            return self.block(depth + 1, in_loop);
        }
        let (cases, mask) = (1 + self.random.below(5), 1 + self.random.below(8));
        let _ = writeln!(self.text, "switch and({subject}, {mask})");
        for case in 0..cases {
            let _ = write!(self.text, "case {case} ");
            self.block(depth + 1, in_loop);
        }
        if self.random.one_in(2) {
            self.text.push_str("default ");
            self.block(depth + 1, in_loop);
        }
    }

    /// Counters are named `i<number>`: nothing else writes them, and what shrinks programs leaves them alone.
    fn counted_loop(&mut self, depth: usize) {
        let turns = 1 + self.random.below(5);
        if self.variables.len() > self.width || self.turns * turns > 60 {
            return;
        }
        let i = self.fresh("i");
        let head = match self.random.below(4) {
            0 => format!("for {{ let {i} := {turns} }} {i} {{ {i} := sub({i}, 1) }} "),
            1 => format!(
                "for {{ let {i} := 0 }} 1 {{ {i} := add({i}, 1) }} {{ if gt({i}, {}) {{ break }}\n",
                turns - 1
            ),
            2 => format!(
                "for {{ let {i} := 0 }} iszero(eq({i}, {})) {{ {i} := add({i}, 32) }} ",
                turns * 32
            ),
            _ => format!("for {{ let {i} := 0 }} lt({i}, {turns}) {{ {i} := add({i}, 1) }} "),
        };
        let closes = head.ends_with('\n');
        self.text.push_str(&head);
        let scope = self.variables.len();
        self.variables.push((i, false));
        self.turns *= turns;
        self.block(depth + 1, true);
        if closes {
            self.text.push_str("}\n");
        }
        self.turns /= turns;
        self.variables.truncate(scope);
    }

    /// A call of an earlier function of the same contract.
    fn internal_call(&mut self) {
        let Some(index) = self.callee() else { return };
        let function = self.functions[index].clone();
        let call = self.call_text(index, &function);
        let known = self
            .variables
            .iter()
            .filter(|(_, writable)| *writable)
            .count();
        if function.results == 0 {
            let _ = writeln!(self.text, "{call}");
        } else if known >= function.results && self.random.one_in(2) {
            let start = self.random.below(known - function.results + 1);
            let targets: Vec<_> = self
                .variables
                .iter()
                .filter(|(_, writable)| *writable)
                .map(|(name, _)| name.clone())
                .collect();
            let _ = writeln!(
                self.text,
                "{} := {call}",
                targets[start..start + function.results].join(", ")
            );
        } else if self.variables.len() + function.results <= self.width {
            let names: Vec<_> = (0..function.results).map(|_| self.fresh("v")).collect();
            let _ = writeln!(self.text, "let {} := {call}", names.join(", "));
            self.variables
                .extend(names.into_iter().map(|name| (name, true)));
        } else {
            let names: Vec<_> = (0..function.results).map(|_| self.fresh("v")).collect();
            let _ = writeln!(
                self.text,
                "{{ let {} := {call} mstore({:#x}, {}) }}",
                names.join(", "),
                0x3e0,
                names[0]
            );
        }
    }

    /// Chooses an earlier function that is affordable here and accounts for it.
    fn callee(&mut self) -> Option<usize> {
        if self.functions.is_empty() {
            return None;
        }
        let index = self.random.below(self.functions.len());
        let function = self.functions[index].clone();
        let externals = function.externals * self.turns;
        if self.current.externals + externals > EXTERNAL_LIMIT || !self.spend(function.cost + 2) {
            return None;
        }
        self.current.externals += externals;
        self.current.depth = self.current.depth.max(function.depth);
        self.current.impure |= function.impure;
        Some(index)
    }

    fn call_text(&mut self, index: usize, function: &Function) -> String {
        let argument = |writer: &mut Self, i: usize| match (i, function.recursive) {
            (0, true) => writer.random.below(8).to_string(),
            _ => writer.expression(2),
        };
        let arguments: Vec<_> = (0..function.parameters)
            .map(|i| argument(self, i))
            .collect();
        format!("f{index}({})", arguments.join(", "))
    }

    fn external_call(&mut self) {
        if self.current.externals + self.turns > EXTERNAL_LIMIT || !self.spend(120) {
            return;
        }
        // An earlier contract, an earlier function of the own one, a hash of the protocol, or an account without code.
        let own = Contract {
            address: self.address,
            functions: self.functions.clone(),
        };
        let contract = match self.random.below(self.others.len() + 2) {
            0 => return self.codeless_call(),
            1 => &own,
            n => &self.others[n - 2],
        };
        if contract.functions.is_empty() {
            return self.codeless_call();
        }
        let index = self.random.below(contract.functions.len());
        let function = contract.functions[index].clone();
        let address = contract.address;
        if function.depth >= GAS.len() {
            return;
        }
        self.current.externals += self.turns;
        self.current.depth = self.current.depth.max(function.depth + 1);
        let gas = GAS[function.depth];
        let mut place = self.random.below(0x200);
        let mut text = format!("mstore({place}, {index})");
        for i in 0..function.parameters {
            let argument = self.expression(2);
            let _ = write!(text, " mstore({}, {argument})", place + 32 + i * 32);
        }
        let mut length = 32 + function.parameters * 32;
        match self.random.below(8) {
            0 => length = self.random.below(length),
            1 => place += self.random.below(40),
            _ => {}
        }
        let (to, size) = (
            self.window(),
            if self.random.one_in(3) {
                0
            } else {
                self.random.below(100)
            },
        );
        let areas = format!("{place}, {length}, {to}, {size}");
        // The callee may not be the function meant, if the data were spoilt.
        let pure = !function.impure && !contract.functions.iter().any(|f| f.impure);
        let call = match self.random.below(4) {
            0 if pure => format!("staticcall({gas}, {address:#x}, {areas})"),
            1 => format!("delegatecall({gas}, {address:#x}, {areas})"),
            2 => {
                self.current.impure = true;
                format!(
                    "call({gas}, {address:#x}, {}, {areas})",
                    self.random.below(3)
                )
            }
            _ => format!("call({gas}, {address:#x}, 0, {areas})"),
        };
        self.current.impure |= !pure;
        let _ = writeln!(self.text, "{text}");
        self.use_status(&call);
    }

    /// A call that reaches no generated code.
    fn codeless_call(&mut self) {
        self.current.externals += self.turns;
        let (from, length, to, size) = (
            self.window(),
            self.length(),
            self.window(),
            self.random.below(100),
        );
        let call = match self.random.below(4) {
            0 => format!("staticcall(0xffffff, 2, {from}, {length}, {to}, {size})"),
            1 => {
                self.current.impure = true;
                format!(
                    "call(0xffffff, {:#x}, {}, {from}, {length}, {to}, {size})",
                    USERS[1],
                    self.random.below(2)
                )
            }
            2 => format!(
                "delegatecall(0xffffff, {:#x}, {from}, {length}, {to}, {size})",
                USERS[2]
            ),
            _ => format!(
                "staticcall(0xffffff, {:#x}, {from}, {length}, {to}, {size})",
                USERS[0]
            ),
        };
        self.use_status(&call);
    }

    fn use_status(&mut self, call: &str) {
        let text = match (self.random.below(5), self.target()) {
            (0, _) => format!(
                "if iszero({call}) {{ returndatacopy(0, 0, and(returndatasize(), 0x7f)) revert(0, and(returndatasize(), 0x7f)) }}"
            ),
            (1, _) => format!(
                "mstore({}, {call}) mstore(0x3e0, returndatasize())",
                self.window()
            ),
            (2 | 3, Some(target)) => format!("{target} := {call}"),
            _ => format!("pop({call})"),
        };
        let _ = writeln!(self.text, "{text}");
    }

    /// Creates a contract, which is remembered and called.
    fn create(&mut self) {
        if !self.creates
            || self.current.externals + self.turns * 2 > EXTERNAL_LIMIT
            || !self.spend(200)
        {
            return;
        }
        self.current.externals += self.turns * 2;
        self.current.depth = self.current.depth.max(1);
        self.current.impure = true;
        let (argument, value, second) = (
            self.expression(2),
            self.random.below(2),
            self.random.below(2),
        );
        let _ = writeln!(
            self.text,
            "make({argument}, {value}, {second}, {})",
            self.random.below(100)
        );
    }

    fn condition(&mut self) -> String {
        match self.random.below(6) {
            0 => self.expression(1),
            1 => format!("iszero({})", self.expression(1)),
            2 => format!("iszero(and({}, {}))", self.leaf(), 1 + self.random.below(7)),
            _ => {
                let name = *self.random.pick(&CONDITIONS);
                let (a, b) = (self.expression(2), self.expression(2));
                if self.random.one_in(3) {
                    format!("iszero({name}({a}, {b}))")
                } else {
                    format!("{name}({a}, {b})")
                }
            }
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth >= DEPTH {
            return self.leaf();
        }
        match self.random.below(16) {
            0..=2 => self.leaf(),
            3 => format!(
                "{}({})",
                self.random.pick(&["not", "iszero"]),
                self.expression(depth + 1)
            ),
            4 => format!("mload({})", self.window()),
            5 => {
                let name = *self.random.pick(&["addmod", "mulmod"]);
                let [a, b, c] = [0; 3].map(|_| self.expression(depth + 1));
                format!("{name}({a}, {b}, {c})")
            }
            6 => match self.random.below(6) {
                0 | 1 => format!("sload({})", self.random.below(SLOTS)),
                2 => format!("tload({})", self.random.below(SLOTS)),
                3 => format!("calldataload({})", self.random.below(200)),
                4 => format!("calldataload(and({}, 0xff))", self.leaf()),
                _ => format!("keccak256({}, {})", self.window(), self.length()),
            },
            7 => match self.random.below(4) {
                0 if self.immutables > 0 => format!(
                    "loadimmutable(\"im{}\")",
                    self.random.below(self.immutables)
                ),
                1 => format!(
                    "iszero(extcodesize({}))",
                    self.random
                        .pick(&["address()", "0xdead00000000000000000000000000000000beef"])
                ),
                _ => (*self.random.pick(&ENVIRONMENT)).to_owned(),
            },
            8 => {
                let single = |f: &Function| f.results == 1;
                match self.callee() {
                    Some(index) if single(&self.functions[index]) => {
                        let function = self.functions[index].clone();
                        self.call_text(index, &function)
                    }
                    _ => self.leaf(),
                }
            }
            9 => {
                let mask = *self.random.pick(&[
                    "0xff",
                    "0xffffffff",
                    "0xffffffffffffffffffffffffffffffffffffffff",
                    "not(31)",
                    "not(0)",
                ]);
                format!("and({}, {mask})", self.expression(depth + 1))
            }
            _ => {
                let name = *self.random.pick(&BINARY);
                format!(
                    "{name}({}, {})",
                    self.expression(depth + 1),
                    self.expression(depth + 1)
                )
            }
        }
    }

    fn leaf(&mut self) -> String {
        if self.variables.is_empty() || self.random.one_in(3) {
            format!("{:#x}", self.random.word())
        } else {
            self.random.pick(&self.variables).0.clone()
        }
    }

    /// An offset in the window, known or computed.
    fn window(&mut self) -> String {
        match self.random.below(6) {
            0 => (self.random.below(0x20) * 32).to_string(),
            1 | 2 => self.random.below(0x3e0).to_string(),
            _ if self.variables.is_empty() => "0".to_owned(),
            3 => format!(
                "add(and({}, 0xff), {})",
                self.random.pick(&self.variables).0,
                self.random.below(0x200)
            ),
            _ => format!("and({}, 0x1ff)", self.random.pick(&self.variables).0),
        }
    }

    /// An offset neither machine can pay for.
    fn far(&mut self) -> &'static str {
        self.random.pick::<&str>(&[
            "shl(64, 1)",
            "not(0)",
            "0x8000000000000000000000000000000000000000000000000000000000000000",
            "not(31)",
        ])
    }

    fn length(&mut self) -> String {
        match self.random.below(5) {
            0 => (*self.random.pick(&["0", "1", "31", "32", "33", "64"])).to_owned(),
            1 if !self.variables.is_empty() => {
                format!("and({}, 0x7f)", self.random.pick(&self.variables).0)
            }
            _ => self.random.below(140).to_string(),
        }
    }

    fn target(&mut self) -> Option<String> {
        let writable: Vec<_> = self
            .variables
            .iter()
            .filter(|(_, writable)| *writable)
            .map(|(name, _)| name.clone())
            .collect();
        (!writable.is_empty()).then(|| self.random.pick(&writable).clone())
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }
}

/// Creates a child with an argument, by either way, keeps its address and calls it with some data.
fn create_helper() -> String {
    format!(
        "function make(argument, value, second, size) {{
let count := sload({CREATIONS:#x})
sstore({CREATIONS:#x}, add(count, 1))
let length := datasize(\"Child\")
datacopy({STAGING:#x}, dataoffset(\"Child\"), length)
mstore(add({STAGING:#x}, length), argument)
let made
switch second
case 0 {{ made := create(value, {STAGING:#x}, add(length, 32)) }}
default {{ made := create2(value, {STAGING:#x}, add(length, 32), count) }}
mstore(0x500, returndatasize())
if made {{
sstore(add({CREATIONS:#x}, add(count, 1)), made)
mstore(0x520, call(0xffffff, made, value, 3, size, 0x540, 64))
}}
mstore(0x580, returndatasize())
}}
"
    )
}
