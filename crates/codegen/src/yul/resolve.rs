use std::collections::{HashMap, HashSet};

use super::{
    ast::{Block, Call, Expression, Ident, Literal, Name, Object, Span, Statement, Switch},
    code::Code,
    diagnostic::{Diagnostic, Diagnostics},
};

/// Numbers of arguments and results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    /// Arguments.
    pub arguments: usize,
    /// Results.
    pub results: usize,
}

/// Checks what Yul asks of a well-formed object and its nested objects: every name declared once and before use, nothing
/// shadowed, arities and numbers of values equal, `break`, `continue` and `leave` in place, cases distinct, literals of
/// one word. `builtin` tells the arity of a built-in function.
///
/// # Errors
/// Every violation, without source lines; see [`Diagnostics::locate`].
pub fn resolve(
    object: &Object,
    builtin: &dyn Fn(&str) -> Option<Arity>,
) -> Result<(), Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    resolve_object(object, builtin, &mut diagnostics);
    if diagnostics.is_empty() {
        Ok(())
    } else {
        Err(diagnostics)
    }
}

fn resolve_object(
    object: &Object,
    builtin: &dyn Fn(&str) -> Option<Arity>,
    diagnostics: &mut Diagnostics,
) {
    let mut sections = HashSet::new();
    let objects = object
        .objects
        .iter()
        .map(|nested| (&nested.name, nested.span));
    for (name, span) in objects.chain(object.data.iter().map(|data| (&data.name, data.span))) {
        if !sections.insert(name) {
            diagnostics.push(
                Diagnostic::error(Code::Name, format!("section `{name}` is defined twice"))
                    .at(span),
            );
        }
    }
    let mut resolver = Resolver {
        builtin,
        scopes: Vec::new(),
        context: Context::default(),
        found: Diagnostics::new(),
    };
    resolver.block(&object.code);
    diagnostics.extend(resolver.found.in_contract(&object.name));
    for nested in &object.objects {
        resolve_object(nested, builtin, diagnostics);
    }
}

/// What a name stands for.
#[derive(Clone, Copy)]
enum Definition {
    Variable,
    Function(Arity),
}

#[derive(Default)]
struct Scope {
    names: HashMap<Name, Definition>,
    /// Variables of the scopes below are out of reach, their functions are not.
    is_function: bool,
}

/// Which jumps the current place allows.
#[derive(Clone, Copy, Default)]
struct Context {
    in_loop: bool,
    in_function: bool,
}

struct Resolver<'a> {
    builtin: &'a dyn Fn(&str) -> Option<Arity>,
    scopes: Vec<Scope>,
    context: Context,
    found: Diagnostics,
}

impl Resolver<'_> {
    fn block(&mut self, block: &Block) {
        self.scopes.push(Scope::default());
        self.statements(block);
        self.scopes.pop();
    }

    /// Checks a block's statements in the current scope.
    fn statements(&mut self, block: &Block) {
        for statement in &block.statements {
            if let Statement::Function(function) = statement {
                let arity = Arity {
                    arguments: function.parameters.len(),
                    results: function.returns.len(),
                };
                self.declare(&function.name, Definition::Function(arity));
            }
        }
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Block(block) => self.block(block),
            Statement::Function(function) => {
                self.scopes.push(Scope {
                    is_function: true,
                    ..Scope::default()
                });
                for variable in function.parameters.iter().chain(&function.returns) {
                    self.declare(variable, Definition::Variable);
                }
                self.within(
                    Context {
                        in_loop: false,
                        in_function: true,
                    },
                    |this| this.block(&function.body),
                );
                self.scopes.pop();
            }
            Statement::Let(declaration) => {
                if let Some(value) = &declaration.value {
                    self.values(value, declaration.variables.len());
                }
                for variable in &declaration.variables {
                    self.declare(variable, Definition::Variable);
                }
            }
            Statement::Assign(assignment) => {
                self.values(&assignment.value, assignment.targets.len());
                for target in &assignment.targets {
                    self.variable(target);
                }
            }
            Statement::Expression(expression) => self.values(expression, 0),
            Statement::If(conditional) => {
                self.values(&conditional.condition, 1);
                self.block(&conditional.body);
            }
            Statement::Switch(switch) => self.switch(switch),
            Statement::For(iteration) => {
                self.scopes.push(Scope::default());
                let outside = Context {
                    in_loop: false,
                    ..self.context
                };
                self.within(outside, |this| this.statements(&iteration.init));
                self.values(&iteration.condition, 1);
                self.within(outside, |this| this.block(&iteration.post));
                self.within(
                    Context {
                        in_loop: true,
                        ..outside
                    },
                    |this| this.block(&iteration.body),
                );
                self.scopes.pop();
            }
            Statement::Break(span) => self.jump("break", "loop", self.context.in_loop, *span),
            Statement::Continue(span) => self.jump("continue", "loop", self.context.in_loop, *span),
            Statement::Leave(span) => {
                self.jump("leave", "function", self.context.in_function, *span)
            }
        }
    }

    fn switch(&mut self, switch: &Switch) {
        self.values(&switch.subject, 1);
        let mut seen = HashSet::new();
        for case in &switch.cases {
            self.word(&case.value);
            if !seen.insert(case.value.value) {
                self.error(
                    format!("case {} occurs twice", case.value.value),
                    case.value.span,
                );
            }
            self.block(&case.body);
        }
        if let Some(default) = &switch.default {
            self.block(default);
        }
    }

    fn within(&mut self, context: Context, check: impl FnOnce(&mut Self)) {
        let outer = core::mem::replace(&mut self.context, context);
        check(self);
        self.context = outer;
    }

    fn jump(&mut self, keyword: &str, place: &str, allowed: bool, span: Span) {
        if !allowed {
            self.error(format!("`{keyword}` outside of a {place}"), span);
        }
    }

    /// Checks an expression that has to yield `count` values.
    fn values(&mut self, expression: &Expression, count: usize) {
        let results = match expression {
            Expression::Literal(literal) => {
                self.word(literal);
                Some(1)
            }
            Expression::Ident(ident) => {
                self.variable(ident);
                Some(1)
            }
            Expression::Call(call) => self.call(call),
        };
        if let Some(results) = results.filter(|results| *results != count) {
            let message = format!("expected {}, found {results}", plural(count, "value"));
            self.error(message, expression.span());
        }
    }

    /// Checks a call; the number of its results, if its callee is known.
    fn call(&mut self, call: &Call) -> Option<usize> {
        let name = &*call.function.name;
        let builtin = (self.builtin)(name);
        for (index, argument) in call.arguments.iter().enumerate() {
            match argument {
                Expression::Literal(literal) if builtin.is_some() && names_section(name, index) => {
                    self.section_name(literal);
                }
                _ if builtin.is_some() && names_section(name, index) => {
                    let message = format!("`{name}` takes a string literal here");
                    self.report(Code::Literal, message, argument.span());
                }
                _ => self.values(argument, 1),
            }
        }
        let arity = builtin.or_else(|| self.function(&call.function))?;
        if arity.arguments != call.arguments.len() {
            let expected = plural(arity.arguments, "argument");
            self.error(
                format!("`{name}` takes {expected}, found {}", call.arguments.len()),
                call.span,
            );
        }
        Some(arity.results)
    }

    fn section_name(&mut self, literal: &Literal) {
        if literal.text().is_none() {
            let message = "expected a string literal".to_owned();
            self.report(Code::Literal, message, literal.span);
        }
    }

    fn word(&mut self, literal: &Literal) {
        if literal.bytes().is_some_and(|bytes| bytes.len() > 32) {
            self.error(
                "string literal is longer than 32 bytes".to_owned(),
                literal.span,
            );
        }
    }

    fn declare(&mut self, ident: &Ident, definition: Definition) {
        if (self.builtin)(&ident.name).is_some() {
            self.error(
                format!("`{}` is a built-in function", ident.name),
                ident.span,
            );
        } else if self
            .scopes
            .iter()
            .any(|scope| scope.names.contains_key(&ident.name))
        {
            self.error(format!("`{}` is already declared", ident.name), ident.span);
        } else if let Some(scope) = self.scopes.last_mut() {
            scope.names.insert(ident.name.clone(), definition);
        }
    }

    fn variable(&mut self, ident: &Ident) {
        let mut reachable = true;
        for scope in self.scopes.iter().rev() {
            match scope.names.get(&ident.name) {
                Some(Definition::Variable) if reachable => return,
                Some(Definition::Variable) => {
                    return self.error(
                        format!(
                            "variable `{}` of an enclosing function is out of reach",
                            ident.name
                        ),
                        ident.span,
                    );
                }
                Some(Definition::Function(_)) => {
                    return self.error(
                        format!("`{}` is a function, not a variable", ident.name),
                        ident.span,
                    );
                }
                None => reachable &= !scope.is_function,
            }
        }
        self.error(format!("`{}` is not declared", ident.name), ident.span);
    }

    fn function(&mut self, ident: &Ident) -> Option<Arity> {
        match self
            .scopes
            .iter()
            .rev()
            .find_map(|scope| scope.names.get(&ident.name))
        {
            Some(Definition::Function(arity)) => return Some(*arity),
            Some(Definition::Variable) => {
                self.error(
                    format!("`{}` is a variable, not a function", ident.name),
                    ident.span,
                );
            }
            None => self.error(
                format!("function `{}` is not declared", ident.name),
                ident.span,
            ),
        }
        None
    }

    fn error(&mut self, message: String, span: Span) {
        self.report(Code::Name, message, span);
    }

    fn report(&mut self, code: Code, message: String, span: Span) {
        self.found.push(Diagnostic::error(code, message).at(span));
    }
}

/// Whether an argument names an object, a library or an immutable instead of being a value.
fn names_section(builtin: &str, argument: usize) -> bool {
    match builtin {
        "datasize" | "dataoffset" | "linkersymbol" | "loadimmutable" => argument == 0,
        "setimmutable" => argument == 1,
        _ => false,
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
