//! Makes a scenario that shows a difference smaller, as long as it shows one.

use core::fmt::Write;

use alloy_primitives::hex;
use zksso_codegen::yul::{
    Block, Expression, Function, Literal, LiteralKind, Object, Statement, parse,
};

use super::scenario::{REFUSED, Scenario};

/// Most candidates tried. Each takes a fraction of a second, mostly solc's.
const ATTEMPTS: usize = 1_000;

/// The smallest scenario found, and its difference.
pub(crate) fn shrink(scenario: &Scenario, difference: String) -> (Scenario, String) {
    let mut shrinker = Shrinker {
        best: scenario.clone(),
        difference,
        attempts: ATTEMPTS,
    };
    while shrinker.attempts > 0 {
        let before = shrinker.best.clone();
        shrinker.drop_calls();
        for source in (0..shrinker.best.sources.len()).rev() {
            shrinker.reduce(source);
        }
        if shrinker.best == before {
            break;
        }
    }
    (shrinker.best, shrinker.difference)
}

struct Shrinker {
    best: Scenario,
    difference: String,
    attempts: usize,
}

impl Shrinker {
    /// Keeps a candidate that still shows a difference.
    fn accept(&mut self, candidate: Scenario) -> bool {
        self.attempts = self.attempts.saturating_sub(1);
        match candidate.run() {
            Err(difference) if !difference.starts_with(REFUSED) => {
                (self.best, self.difference) = (candidate, difference);
                true
            }
            _ => false,
        }
    }

    fn drop_calls(&mut self) {
        let mut index = self.best.calls.len();
        while index > 0 && self.attempts > 0 {
            index -= 1;
            let mut candidate = self.best.clone();
            candidate.calls.remove(index);
            self.accept(candidate);
        }
    }

    /// Tries every reduction of one source, the first again after each success.
    fn reduce(&mut self, source: usize) {
        let mut index = 0;
        while self.attempts > 0 {
            let mut object =
                parse(&self.best.sources[source]).expect("what was compiled can be parsed");
            let mut reducer = Reducer {
                left: index,
                done: false,
            };
            reducer.object(&mut object);
            if !reducer.done {
                return;
            }
            let mut candidate = self.best.clone();
            candidate.sources[source] = print(&object);
            if !self.accept(candidate) {
                index += 1;
            }
        }
    }
}

/// Performs the reduction number `left` of a tree.
///
/// What bounds running time and memory stays: loop counters `i<number>`, `fuel`, masks, and the function `make`; see also
/// [`is_fixed`].
struct Reducer {
    left: usize,
    done: bool,
}

impl Reducer {
    /// Whether it is this place's turn.
    fn hit(&mut self) -> bool {
        if self.done {
            return false;
        }
        self.done = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.done
    }

    fn object(&mut self, object: &mut Object) {
        self.block(&mut object.code);
        for nested in &mut object.objects {
            self.object(nested);
        }
    }

    fn block(&mut self, block: &mut Block) {
        for index in 0..block.statements.len() {
            let statement = &block.statements[index];
            if !is_fixed(statement) && self.hit() {
                block.statements.remove(index);
                return;
            }
            for inner in bodies(statement) {
                if self.hit() {
                    block.statements[index] = Statement::Block(inner);
                    return;
                }
            }
            self.statement(&mut block.statements[index]);
            if self.done {
                return;
            }
        }
    }

    fn statement(&mut self, statement: &mut Statement) {
        if is_fixed(statement) {
            return;
        }
        match statement {
            Statement::Block(block) => self.block(block),
            Statement::Function(function) if &*function.name.name != "make" => {
                self.block(&mut function.body)
            }
            Statement::Let(declaration) => {
                if let Some(value) = &mut declaration.value {
                    self.expression(value, declaration.variables.len() == 1);
                }
            }
            Statement::Assign(assign) => {
                self.expression(&mut assign.value, assign.targets.len() == 1)
            }
            Statement::Expression(expression) => self.expression(expression, false),
            Statement::If(branch) => {
                self.expression(&mut branch.condition, true);
                self.block(&mut branch.body);
            }
            Statement::Switch(switch) => {
                self.expression(&mut switch.subject, true);
                for index in 0..switch.cases.len() {
                    if (switch.cases.len() > 1 || switch.default.is_some()) && self.hit() {
                        switch.cases.remove(index);
                        return;
                    }
                    self.block(&mut switch.cases[index].body);
                }
                if switch.default.is_some() && !switch.cases.is_empty() && self.hit() {
                    switch.default = None;
                } else if let Some(default) = &mut switch.default {
                    self.block(default);
                }
            }
            Statement::For(turns) => self.block(&mut turns.body),
            _ => {}
        }
    }

    fn expression(&mut self, expression: &mut Expression, single: bool) {
        let Expression::Call(call) = expression else {
            return;
        };
        let name = &*call.function.name;
        if call.arguments.iter().any(is_fuel)
            || matches!(name, "datasize" | "dataoffset" | "loadimmutable")
        {
            return;
        }
        if single && self.hit() {
            *expression = zero();
            return;
        }
        if single && name != "and" {
            for argument in 0..call.arguments.len() {
                if self.hit() {
                    *expression = call.arguments[argument].clone();
                    return;
                }
            }
        }
        for argument in &mut call.arguments {
            self.expression(argument, true);
        }
    }
}

fn zero() -> Expression {
    Expression::Literal(Literal {
        value: alloy_primitives::U256::ZERO,
        kind: LiteralKind::Number,
        span: Default::default(),
    })
}

fn is_fuel(expression: &Expression) -> bool {
    matches!(expression, Expression::Ident(ident) if &*ident.name == "fuel")
}

/// Whether a statement must stay: it writes or tests a loop's counter, or returns the code of a contract, which EraVM takes from
/// the deployer whatever the constructor returns.
fn is_fixed(statement: &Statement) -> bool {
    let is_counter = |name: &str| {
        name.strip_prefix('i')
            .is_some_and(|rest| rest.parse::<usize>().is_ok())
    };
    match statement {
        Statement::Assign(assign) => assign.targets.iter().any(|target| is_counter(&target.name)),
        Statement::If(branch) => match &branch.condition {
            Expression::Call(call) => {
                matches!(call.arguments.first(), Some(Expression::Ident(ident)) if is_counter(&ident.name))
            }
            _ => false,
        },
        Statement::Expression(Expression::Call(call)) => match &*call.function.name {
            "datacopy" | "codecopy" | "setimmutable" => true,
            "return" => {
                matches!(call.arguments.last(), Some(Expression::Call(call)) if &*call.function.name == "datasize")
            }
            _ => false,
        },
        _ => false,
    }
}

/// The blocks that may stand in a statement's place.
fn bodies(statement: &Statement) -> Vec<Block> {
    match statement {
        Statement::If(branch) if !is_fuel(&branch.condition) => vec![branch.body.clone()],
        Statement::Switch(switch) => switch
            .cases
            .iter()
            .map(|case| &case.body)
            .chain(&switch.default)
            .cloned()
            .collect(),
        _ => Vec::new(),
    }
}

/// The source of a tree.
pub(crate) fn print(object: &Object) -> String {
    let mut printer = Printer {
        text: String::new(),
        indent: 0,
    };
    printer.object(object);
    printer.text
}

struct Printer {
    text: String,
    indent: usize,
}

impl Printer {
    fn line(&mut self, line: &str) {
        self.indent -= usize::from(line.starts_with('}'));
        let _ = writeln!(self.text, "{:width$}{line}", "", width = self.indent * 2);
        self.indent += usize::from(line.ends_with('{'));
    }

    fn object(&mut self, object: &Object) {
        self.line(&format!("object \"{}\" {{", object.name));
        self.block("code", &object.code);
        for nested in &object.objects {
            self.object(nested);
        }
        for data in &object.data {
            self.line(&format!(
                "data \"{}\" hex\"{}\"",
                data.name,
                hex::encode(&data.bytes)
            ));
        }
        self.line("}");
    }

    fn block(&mut self, head: &str, block: &Block) {
        self.line(format!("{head} {{").trim_start());
        for statement in &block.statements {
            self.statement(statement);
        }
        self.line("}");
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Block(block) => self.block("", block),
            Statement::Function(function) => self.block(&signature(function), &function.body),
            Statement::Let(declaration) => {
                let value = declaration
                    .value
                    .as_ref()
                    .map(|value| format!(" := {}", expression(value)));
                self.line(&format!(
                    "let {}{}",
                    names(&declaration.variables),
                    value.unwrap_or_default()
                ));
            }
            Statement::Assign(assign) => self.line(&format!(
                "{} := {}",
                names(&assign.targets),
                expression(&assign.value)
            )),
            Statement::Expression(value) => self.line(&expression(value)),
            Statement::If(branch) => self.block(
                &format!("if {}", expression(&branch.condition)),
                &branch.body,
            ),
            Statement::Switch(switch) => {
                self.line(&format!("switch {}", expression(&switch.subject)));
                for case in &switch.cases {
                    self.block(&format!("case {}", literal(&case.value)), &case.body);
                }
                if let Some(default) = &switch.default {
                    self.block("default", default);
                }
            }
            Statement::For(turns) => {
                self.block("for", &turns.init);
                self.line(&expression(&turns.condition));
                self.block("", &turns.post);
                self.block("", &turns.body);
            }
            Statement::Break(_) => self.line("break"),
            Statement::Continue(_) => self.line("continue"),
            Statement::Leave(_) => self.line("leave"),
        }
    }
}

fn signature(function: &Function) -> String {
    let returns = if function.returns.is_empty() {
        String::new()
    } else {
        format!(" -> {}", names(&function.returns))
    };
    format!(
        "function {}({}){returns}",
        function.name.name,
        names(&function.parameters)
    )
}

fn names(idents: &[zksso_codegen::yul::Ident]) -> String {
    idents
        .iter()
        .map(|ident| &*ident.name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn expression(value: &Expression) -> String {
    match value {
        Expression::Literal(value) => literal(value),
        Expression::Ident(ident) => ident.name.to_string(),
        Expression::Call(call) => {
            let arguments: Vec<_> = call.arguments.iter().map(expression).collect();
            format!("{}({})", call.function.name, arguments.join(", "))
        }
    }
}

fn literal(value: &Literal) -> String {
    match &value.kind {
        LiteralKind::Number => format!("{:#x}", value.value),
        LiteralKind::Bool => (!value.value.is_zero()).to_string(),
        LiteralKind::Bytes(_) => value.text().map_or_else(
            || format!("hex\"{}\"", hex::encode(value.bytes().unwrap_or_default())),
            |text| format!("\"{}\"", text.escape_default()),
        ),
    }
}
