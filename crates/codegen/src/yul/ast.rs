use std::sync::Arc;

use alloy_primitives::U256;

/// An identifier's text, shared by all its uses in one parsed source.
pub type Name = Arc<str>;

/// A byte range of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte behind the last.
    pub end: u32,
}

impl Span {
    /// The range from the start of this one to the end of `other`.
    pub const fn to(self, other: Self) -> Self {
        Self {
            start: self.start,
            end: other.end,
        }
    }
}

/// `object "name" { code {..} object .. data .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Name without quotes.
    pub name: String,
    /// Code run when the object is entered.
    pub code: Block,
    /// Nested objects in source order.
    pub objects: Vec<Object>,
    /// Data sections in source order.
    pub data: Vec<Data>,
    /// From `object` to the closing brace.
    pub span: Span,
}

/// `data "name" hex".."` or `data "name" ".."`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Name without quotes.
    pub name: String,
    /// Contents.
    pub bytes: Vec<u8>,
    /// From `data` to the closing quote.
    pub span: Span,
}

/// `{ .. }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Statements in source order.
    pub statements: Vec<Statement>,
    /// Braces included.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A nested block.
    Block(Block),
    /// A function definition, visible in all of its block.
    Function(Function),
    /// A variable declaration.
    Let(Let),
    /// An assignment.
    Assign(Assign),
    /// An expression without value.
    Expression(Expression),
    /// `if`.
    If(If),
    /// `switch`.
    Switch(Switch),
    /// `for`.
    For(For),
    /// `break`.
    Break(Span),
    /// `continue`.
    Continue(Span),
    /// `leave`.
    Leave(Span),
}

impl Statement {
    /// The statement's place.
    pub const fn span(&self) -> Span {
        match self {
            Self::Block(block) => block.span,
            Self::Function(function) => function.span,
            Self::Let(declaration) => declaration.span,
            Self::Assign(assignment) => assignment.span,
            Self::Expression(expression) => expression.span(),
            Self::If(conditional) => conditional.span,
            Self::Switch(switch) => switch.span,
            Self::For(repetition) => repetition.span,
            Self::Break(span) | Self::Continue(span) | Self::Leave(span) => *span,
        }
    }
}

/// An identifier where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// Its text.
    pub name: Name,
    /// Its place.
    pub span: Span,
}

/// `function name(parameters) -> returns { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Name.
    pub name: Ident,
    /// Parameters.
    pub parameters: Vec<Ident>,
    /// Return variables, zero at entry.
    pub returns: Vec<Ident>,
    /// Body.
    pub body: Block,
    /// The whole definition.
    pub span: Span,
}

/// `let a, b := value`; without value the variables are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Let {
    /// Declared variables, at least one.
    pub variables: Vec<Ident>,
    /// Initial values.
    pub value: Option<Expression>,
    /// The whole statement.
    pub span: Span,
}

/// `a, b := value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assign {
    /// Assigned variables, at least one.
    pub targets: Vec<Ident>,
    /// New values.
    pub value: Expression,
    /// The whole statement.
    pub span: Span,
}

/// `if condition { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct If {
    /// Condition; anything but zero holds.
    pub condition: Expression,
    /// Body.
    pub body: Block,
    /// The whole statement.
    pub span: Span,
}

/// `switch subject case .. default ..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Value compared to the cases.
    pub subject: Expression,
    /// Cases in source order.
    pub cases: Vec<Case>,
    /// Body of `default`.
    pub default: Option<Block>,
    /// The whole statement.
    pub span: Span,
}

/// `case value { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Value.
    pub value: Literal,
    /// Body.
    pub body: Block,
}

/// `for init condition post body`. Variables of `init` are visible in the other three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct For {
    /// Runs once.
    pub init: Block,
    /// Checked before every turn.
    pub condition: Expression,
    /// Runs after every turn and at `continue`.
    pub post: Block,
    /// Body.
    pub body: Block,
    /// The whole statement.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A constant.
    Literal(Literal),
    /// A variable.
    Ident(Ident),
    /// A call of a function or built-in.
    Call(Call),
}

impl Expression {
    /// The expression's place.
    pub const fn span(&self) -> Span {
        match self {
            Self::Literal(literal) => literal.span,
            Self::Ident(ident) => ident.span,
            Self::Call(call) => call.span,
        }
    }
}

/// `function(arguments)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Callee.
    pub function: Ident,
    /// Arguments, evaluated from the last to the first.
    pub arguments: Vec<Expression>,
    /// The whole call.
    pub span: Span,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The word it denotes. Strings are left-aligned; of a string longer than 32 bytes (allowed only as the name of an object,
    /// library or immutable) the first 32 bytes.
    pub value: U256,
    /// How it is written.
    pub kind: LiteralKind,
    /// Its place.
    pub span: Span,
}

impl Literal {
    /// The bytes of a string or hex-string literal.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.kind {
            LiteralKind::Bytes(bytes) => Some(bytes),
            LiteralKind::Number | LiteralKind::Bool => None,
        }
    }

    /// The text of a string literal, as built-ins that name an object, library or immutable take.
    pub fn text(&self) -> Option<&str> {
        self.bytes()
            .and_then(|bytes| core::str::from_utf8(bytes).ok())
    }
}

/// How a constant is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// Decimal or hexadecimal number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `".."` or `hex".."`, without quotes, escapes replaced.
    Bytes(Arc<[u8]>),
}
