//! Expressions.

use super::control::FunctionLowerer;
use super::intrinsics::Intrinsic;
use crate::builtin::Builtin;
use crate::ir::{Op, Value};
use crate::yul::{Call, Code, Diagnostic, Expression};

impl<'a> FunctionLowerer<'_, 'a> {
    /// The single value of an expression.
    pub(super) fn value(&mut self, expression: &'a Expression) -> Value {
        let first = self.values(expression).first().copied();
        first.unwrap_or_else(|| self.function.number(0))
    }

    /// The values of an expression; none for calls without results.
    pub(super) fn values(&mut self, expression: &'a Expression) -> Vec<Value> {
        match expression {
            Expression::Literal(literal) => vec![self.function.word(literal.value)],
            Expression::Ident(ident) => vec![self.variable(ident)],
            Expression::Call(call) => self.call(call),
        }
    }

    fn call(&mut self, call: &'a Call) -> Vec<Value> {
        let name = &*call.function.name;
        if let Some(builtin) = Builtin::from_name(name) {
            return match self.named(builtin, call) {
                Some(values) => values,
                None => {
                    let args = self.arguments(&call.arguments);
                    let span = self.place(call.span);
                    self.builtin(builtin, args, span)
                }
            };
        }
        let args = self.arguments(&call.arguments);
        if self.scope.is_prelude()
            && let Some(intrinsic) = Intrinsic::from_name(name)
        {
            return self.intrinsic(intrinsic, args);
        }
        self.function_call(call, args)
    }

    /// Arguments are evaluated from the last to the first.
    fn arguments(&mut self, expressions: &'a [Expression]) -> Vec<Value> {
        let mut values: Vec<_> = expressions
            .iter()
            .rev()
            .map(|argument| self.value(argument))
            .collect();
        values.reverse();
        values
    }

    fn function_call(&mut self, call: &'a Call, args: Vec<Value>) -> Vec<Value> {
        let scope = self.scope.clone();
        let Some(callee) = self.lowerer.lookup(&scope, &call.function.name) else {
            let message = format!("`{}` is not defined", call.function.name);
            self.lowerer
                .report(Diagnostic::error(Code::Name, message).at(call.function.span));
            return vec![self.function.number(0)];
        };
        let results = self.lowerer.program.function(callee).results;
        let span = self.place(call.span);
        let inst = self
            .function
            .push_inst(self.block, Op::Call(callee), args, results, span);
        self.function.inst(inst).results.clone()
    }
}
