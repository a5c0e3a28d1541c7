//! Yul as solc prints it (`irOptimized`): lexer, parser, syntax tree, name resolution, and the diagnostics all phases of the
//! code generator report with.

mod ast;
mod code;
mod diagnostic;
mod lexer;
mod locations;
mod parser;
mod resolve;

pub use ast::{
    Assign, Block, Call, Case, Data, Expression, For, Function, Ident, If, Let, Literal,
    LiteralKind, Name, Object, Span, Statement, Switch,
};
pub use code::Code;
pub use diagnostic::{Diagnostic, Diagnostics, Location, Severity, SourceFile};
pub use locations::{Locations, RangeId, SourceRange};
pub use parser::{MAX_DEPTH, parse, parse_located};
pub use resolve::{Arity, resolve};
