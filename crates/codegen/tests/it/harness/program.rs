//! Random Yul programs that end: acyclic functions, counted loops, memory and storage in small windows.

use std::fmt::Write;

use super::random::Random;

/// Arguments and results of a generated function.
#[derive(Clone, Copy)]
struct Shape {
    parameters: usize,
    results: usize,
}

/// Deepest nesting of statements and of expressions.
const DEPTH: usize = 3;

const UNARY: [&str; 3] = ["not", "iszero", "mload"];
const BINARY: [&str; 22] = [
    "add",
    "sub",
    "mul",
    "div",
    "sdiv",
    "mod",
    "smod",
    "lt",
    "gt",
    "slt",
    "sgt",
    "eq",
    "and",
    "or",
    "xor",
    "byte",
    "shl",
    "shr",
    "sar",
    "signextend",
    "exp",
    "keccak256",
];
const TERNARY: [&str; 2] = ["addmod", "mulmod"];

/// An object whose runtime code picks a function by the first word of calldata, passes it the next words, and returns the results
/// and all memory the functions may have touched.
pub(crate) fn object(random: &mut Random, functions: usize) -> String {
    let mut writer = Writer {
        random,
        text: String::new(),
        shapes: Vec::new(),
        variables: Vec::new(),
        names: 0,
        calls: 0,
    };
    for _ in 0..functions {
        writer.function();
    }
    let (cases, text) = (writer.cases(), writer.text);
    format!(
        "object \"Program\" {{
            code {{
                datacopy(0, dataoffset(\"Program_deployed\"), datasize(\"Program_deployed\"))
                return(0, datasize(\"Program_deployed\"))
            }}
            object \"Program_deployed\" {{
                code {{
                    switch calldataload(0) {cases}
                    mstore(0x480, sload(0)) mstore(0x4a0, tload(1))
                    return(0, 0x500)
                    {text}
                }}
            }}
        }}"
    )
}

struct Writer<'a> {
    random: &'a mut Random,
    text: String,
    shapes: Vec<Shape>,
    /// Variables in scope; those of enclosing loops are only read.
    variables: Vec<(String, bool)>,
    names: usize,
    /// Calls the current function may still contain, so that running time stays bounded.
    calls: usize,
}

impl Writer<'_> {
    fn cases(&self) -> String {
        let case = |(index, shape): (usize, &Shape)| {
            let arguments: Vec<_> = (0..shape.parameters)
                .map(|i| format!("calldataload({})", 32 + i * 32))
                .collect();
            let results: Vec<_> = (0..shape.results).map(|i| format!("r{i}")).collect();
            let stores: String = results
                .iter()
                .zip(0..)
                .map(|(r, i)| format!(" mstore({}, {r})", 0x400 + i * 32))
                .collect();
            let (arguments, results) = (arguments.join(", "), results.join(", "));
            format!("case {index} {{ let {results} := f{index}({arguments}){stores} }}\n")
        };
        self.shapes.iter().enumerate().map(case).collect()
    }

    fn function(&mut self) {
        let shape = Shape {
            parameters: 1 + self.random.below(4),
            results: 1 + self.random.below(3),
        };
        let name = self.shapes.len();
        let parameters: Vec<_> = (0..shape.parameters).map(|i| format!("p{i}")).collect();
        let results: Vec<_> = (0..shape.results).map(|i| format!("q{i}")).collect();
        self.variables = parameters
            .iter()
            .chain(&results)
            .map(|name| (name.clone(), true))
            .collect();
        self.calls = 2;
        let _ = write!(
            self.text,
            "function f{name}({}) -> {} ",
            parameters.join(", "),
            results.join(", ")
        );
        self.block(0, false);
        self.shapes.push(shape);
    }

    fn block(&mut self, depth: usize, in_loop: bool) {
        let scope = self.variables.len();
        self.text.push_str("{\n");
        for _ in 0..2 + self.random.below(4) {
            self.statement(depth, in_loop);
        }
        self.text.push_str("}\n");
        self.variables.truncate(scope);
    }

    fn statement(&mut self, depth: usize, in_loop: bool) {
        match self.random.below(if depth < DEPTH { 14 } else { 8 }) {
            0 | 1 if self.variables.len() < 9 => self.declare(depth),
            0..=3 => self.assign(depth),
            4 => self.store(),
            5 if in_loop => {
                let condition = self.expression(2);
                let exit = self.random.pick(&["break", "continue", "leave"]);
                let _ = writeln!(self.text, "if {condition} {{ {exit} }}");
            }
            5 | 6 => self.assign(depth),
            7 => {
                let (to, from) = (self.window(), self.window());
                let length = self.random.below(100);
                let _ = writeln!(self.text, "mcopy({to}, {from}, {length})");
            }
            8 | 9 => {
                let condition = self.expression(1);
                let _ = write!(self.text, "if {condition} ");
                self.block(depth + 1, in_loop);
            }
            10 => self.switch(depth, in_loop),
            11 => self.counted_loop(depth),
            12 if self.variables.len() < 9 => self.call(),
            12 => self.assign(depth),
            _ => self.block(depth + 1, in_loop),
        }
    }

    fn declare(&mut self, depth: usize) {
        let value = self.expression(depth.min(1));
        let name = self.fresh();
        let _ = writeln!(self.text, "let {name} := {value}");
        self.variables.push((name, true));
    }

    fn assign(&mut self, depth: usize) {
        let value = self.expression(depth.min(1));
        let target = self.target();
        let _ = writeln!(self.text, "{target} := {value}");
    }

    fn store(&mut self) {
        let value = self.expression(1);
        let place = self.window();
        let text = match self.random.below(6) {
            0 => format!("mstore8({place}, {value})"),
            1 => format!("sstore({}, {value})", self.random.below(3)),
            2 => format!("tstore({}, {value})", self.random.below(3)),
            3 => format!(
                "calldatacopy({place}, and({value}, 0xff), {})",
                self.random.below(70)
            ),
            _ => format!("mstore({place}, {value})"),
        };
        let _ = writeln!(self.text, "{text}");
    }

    fn switch(&mut self, depth: usize, in_loop: bool) {
        let subject = self.expression(1);
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

    fn counted_loop(&mut self, depth: usize) {
        let counter = self.fresh();
        let turns = 1 + self.random.below(4);
        let _ = write!(
            self.text,
            "for {{ let {counter} := 0 }} lt({counter}, {turns}) {{ {counter} := add({counter}, 1) }} "
        );
        self.variables.push((counter, false));
        let calls = core::mem::take(&mut self.calls);
        self.block(depth + 1, true);
        self.calls = calls;
        self.variables.pop();
    }

    fn call(&mut self) {
        if self.calls == 0 || self.shapes.is_empty() {
            return self.assign(1);
        }
        self.calls -= 1;
        // Only the first few are called, or time would grow with the length of chains of calls.
        let callee = self.random.below(self.shapes.len().min(6));
        let shape = self.shapes[callee];
        let arguments: Vec<_> = (0..shape.parameters).map(|_| self.expression(2)).collect();
        let names: Vec<_> = (0..shape.results).map(|_| self.fresh()).collect();
        let _ = writeln!(
            self.text,
            "let {} := f{callee}({})",
            names.join(", "),
            arguments.join(", ")
        );
        self.variables
            .extend(names.into_iter().map(|name| (name, true)));
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth >= DEPTH {
            return self.leaf();
        }
        match self.random.below(10) {
            0 | 1 => self.leaf(),
            2 | 3 => match *self.random.pick(&UNARY) {
                "mload" => format!("mload({})", self.window()),
                name => format!("{name}({})", self.expression(depth + 1)),
            },
            4 => {
                let name = self.random.pick(&TERNARY);
                let [a, b, c] = [0; 3].map(|_| self.expression(depth + 1));
                format!("{name}({a}, {b}, {c})")
            }
            5 => match self.random.below(3) {
                0 => format!("sload({})", self.random.below(3)),
                1 => format!("tload({})", self.random.below(3)),
                _ => format!("calldataload({})", self.random.below(200)),
            },
            _ => match *self.random.pick(&BINARY) {
                "keccak256" => format!("keccak256({}, {})", self.window(), self.random.below(70)),
                name => format!(
                    "{name}({}, {})",
                    self.expression(depth + 1),
                    self.expression(depth + 1)
                ),
            },
        }
    }

    fn leaf(&mut self) -> String {
        if self.random.one_in(3) {
            format!("{:#x}", self.random.word())
        } else {
            self.random.pick(&self.variables).0.clone()
        }
    }

    /// A memory offset below 0x3c0, known or computed.
    fn window(&mut self) -> String {
        if self.random.one_in(2) {
            self.random.below(0x3c0).to_string()
        } else {
            let variable = &self.random.pick(&self.variables).0;
            format!("and({variable}, 0x1ff)")
        }
    }

    fn target(&mut self) -> String {
        let writable: Vec<_> = self
            .variables
            .iter()
            .filter(|(_, writable)| *writable)
            .collect();
        self.random.pick(&writable).0.clone()
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }
}
