use std::{collections::HashSet, sync::Arc};

use alloy_primitives::U256;

use super::{
    ast::{
        Assign, Block, Call, Case, Data, Expression, For, Function, Ident, If, Let, Literal,
        LiteralKind, Name, Object, Span, Statement, Switch,
    },
    code::Code,
    diagnostic::{Diagnostic, Diagnostics},
    lexer::{Lexer, Token},
    locations::Locations,
};

type Result<T> = core::result::Result<T, Box<Diagnostic>>;

/// Deepest nesting of objects, blocks and expressions together that is accepted, so that neither the parser nor the recursive
/// passes behind it can exhaust the stack.
pub const MAX_DEPTH: usize = 512;

const KEYWORDS: [&str; 12] = [
    "function", "let", "if", "switch", "case", "default", "for", "break", "continue", "leave",
    "true", "false",
];

/// Parses a source that consists of one object.
///
/// # Errors
/// The first syntax error, with its line shown.
pub fn parse(source: &str) -> core::result::Result<Object, Diagnostics> {
    parse_located(source).map(|(object, _)| object)
}

/// Parses a source that consists of one object, and what its comments say about places in the Solidity source.
///
/// # Errors
/// The first syntax error, with its line shown.
pub fn parse_located(source: &str) -> core::result::Result<(Object, Locations), Diagnostics> {
    let located = |diagnostic: Box<Diagnostic>| Diagnostics::from(*diagnostic).locate(source);
    if u32::try_from(source.len()).is_err() {
        return Err(Diagnostic::error(Code::Syntax, "source is longer than 4 GiB").into());
    }
    let mut parser = Parser::new(source).map_err(located)?;
    let object = parser.source_unit().map_err(located)?;
    Ok((object, parser.lexer.locations))
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    token: Token<'s>,
    span: Span,
    /// Span of the token before the current one.
    previous: Span,
    depth: usize,
    names: HashSet<Name>,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str) -> Result<Self> {
        let mut lexer = Lexer::new(source);
        let (token, span) = lexer.next()?;
        Ok(Self {
            lexer,
            token,
            span,
            previous: Span::default(),
            depth: 0,
            names: HashSet::new(),
        })
    }

    fn source_unit(&mut self) -> Result<Object> {
        let object = self.object()?;
        match self.token {
            Token::End => Ok(object),
            _ => Err(self.expected("end of input")),
        }
    }

    fn object(&mut self) -> Result<Object> {
        self.nested(|parser| {
            let start = parser.span;
            parser.word("object")?;
            let name = parser.section_name()?;
            parser.expect(&Token::OpenBrace)?;
            parser.word("code")?;
            let code = parser.block()?;
            let mut object = Object {
                name,
                code,
                objects: Vec::new(),
                data: Vec::new(),
                span: start,
            };
            parser.sections(&mut object)?;
            object.span = start.to(parser.previous);
            Ok(object)
        })
    }

    fn sections(&mut self, object: &mut Object) -> Result<()> {
        loop {
            match self.token {
                Token::Word("object") => object.objects.push(self.object()?),
                Token::Word("data") => object.data.push(self.data()?),
                Token::CloseBrace => return self.advance(),
                _ => return Err(self.expected("`object`, `data` or `}`")),
            }
        }
    }

    fn data(&mut self) -> Result<Data> {
        let start = self.span;
        self.word("data")?;
        let name = self.section_name()?;
        let bytes = self.string()?;
        Ok(Data {
            name,
            bytes,
            span: start.to(self.previous),
        })
    }

    fn section_name(&mut self) -> Result<String> {
        let span = self.span;
        let bytes = self.string()?;
        String::from_utf8(bytes)
            .ok()
            .filter(|name| !name.is_empty())
            .ok_or_else(|| {
                Box::new(Diagnostic::error(Code::Syntax, "name is empty or not UTF-8").at(span))
            })
    }

    fn string(&mut self) -> Result<Vec<u8>> {
        let Token::Bytes(bytes) = &mut self.token else {
            return Err(self.expected("a string"));
        };
        let bytes = core::mem::take(bytes);
        self.advance()?;
        Ok(bytes)
    }

    fn block(&mut self) -> Result<Block> {
        self.nested(|parser| {
            let start = parser.span;
            parser.expect(&Token::OpenBrace)?;
            let mut statements = Vec::new();
            while parser.token != Token::CloseBrace {
                statements.push(parser.statement()?);
            }
            parser.advance()?;
            Ok(Block {
                statements,
                span: start.to(parser.previous),
            })
        })
    }

    fn statement(&mut self) -> Result<Statement> {
        let start = self.span;
        match self.token {
            Token::OpenBrace => self.block().map(Statement::Block),
            Token::Word("function") => self.function().map(Statement::Function),
            Token::Word("let") => self.declaration().map(Statement::Let),
            Token::Word("if") => self.conditional().map(Statement::If),
            Token::Word("switch") => self.switch().map(Statement::Switch),
            Token::Word("for") => self.loop_().map(Statement::For),
            Token::Word("break") => self.advance().map(|()| Statement::Break(start)),
            Token::Word("continue") => self.advance().map(|()| Statement::Continue(start)),
            Token::Word("leave") => self.advance().map(|()| Statement::Leave(start)),
            _ => self.expression_statement(),
        }
    }

    fn function(&mut self) -> Result<Function> {
        let start = self.span;
        self.word("function")?;
        let name = self.identifier()?;
        self.expect(&Token::OpenParen)?;
        let parameters = if self.token == Token::CloseParen {
            Vec::new()
        } else {
            self.identifiers()?
        };
        self.expect(&Token::CloseParen)?;
        let returns = if self.accept(&Token::Arrow)? {
            self.identifiers()?
        } else {
            Vec::new()
        };
        let body = self.block()?;
        Ok(Function {
            name,
            parameters,
            returns,
            body,
            span: start.to(self.previous),
        })
    }

    fn declaration(&mut self) -> Result<Let> {
        let start = self.span;
        self.word("let")?;
        let variables = self.identifiers()?;
        let value = if self.accept(&Token::Becomes)? {
            Some(self.expression()?)
        } else {
            None
        };
        Ok(Let {
            variables,
            value,
            span: start.to(self.previous),
        })
    }

    fn conditional(&mut self) -> Result<If> {
        let start = self.span;
        self.word("if")?;
        let condition = self.expression()?;
        let body = self.block()?;
        Ok(If {
            condition,
            body,
            span: start.to(self.previous),
        })
    }

    fn switch(&mut self) -> Result<Switch> {
        let start = self.span;
        self.word("switch")?;
        let subject = self.expression()?;
        let mut cases = Vec::new();
        while self.token == Token::Word("case") {
            self.advance()?;
            cases.push(Case {
                value: self.literal()?,
                body: self.block()?,
            });
        }
        let default = if self.token == Token::Word("default") {
            self.advance()?;
            Some(self.block()?)
        } else {
            None
        };
        if cases.is_empty() && default.is_none() {
            return Err(self.expected("`case` or `default`"));
        }
        Ok(Switch {
            subject,
            cases,
            default,
            span: start.to(self.previous),
        })
    }

    fn loop_(&mut self) -> Result<For> {
        let start = self.span;
        self.word("for")?;
        let init = self.block()?;
        let condition = self.expression()?;
        let post = self.block()?;
        let body = self.block()?;
        Ok(For {
            init,
            condition,
            post,
            body,
            span: start.to(self.previous),
        })
    }

    /// An expression or an assignment; both may begin with an identifier.
    fn expression_statement(&mut self) -> Result<Statement> {
        let start = self.span;
        let first = match self.expression()? {
            Expression::Ident(ident) => ident,
            call @ Expression::Call(_) => return Ok(Statement::Expression(call)),
            Expression::Literal(literal) => {
                return Err(Box::new(
                    Diagnostic::error(Code::Syntax, "a literal is not a statement")
                        .at(literal.span),
                ));
            }
        };
        let mut targets = vec![first];
        while self.accept(&Token::Comma)? {
            targets.push(self.identifier()?);
        }
        self.expect(&Token::Becomes)?;
        let value = self.expression()?;
        Ok(Statement::Assign(Assign {
            targets,
            value,
            span: start.to(self.previous),
        }))
    }

    fn expression(&mut self) -> Result<Expression> {
        match self.token {
            Token::Number(_) | Token::Bytes(_) | Token::Word("true" | "false") => {
                self.literal().map(Expression::Literal)
            }
            Token::Word(_) => {
                let ident = self.identifier()?;
                if self.token == Token::OpenParen {
                    self.call(ident)
                } else {
                    Ok(Expression::Ident(ident))
                }
            }
            _ => Err(self.expected("an expression")),
        }
    }

    fn call(&mut self, function: Ident) -> Result<Expression> {
        self.nested(|parser| {
            parser.expect(&Token::OpenParen)?;
            let mut arguments = Vec::new();
            while parser.token != Token::CloseParen {
                if !arguments.is_empty() {
                    parser.expect(&Token::Comma)?;
                }
                arguments.push(parser.expression()?);
            }
            parser.advance()?;
            let span = function.span.to(parser.previous);
            Ok(Expression::Call(Call {
                function,
                arguments,
                span,
            }))
        })
    }

    fn literal(&mut self) -> Result<Literal> {
        let span = self.span;
        let (value, kind) = match &mut self.token {
            Token::Number(value) => (*value, LiteralKind::Number),
            Token::Word("true") => (U256::ONE, LiteralKind::Bool),
            Token::Word("false") => (U256::ZERO, LiteralKind::Bool),
            Token::Bytes(bytes) => {
                let bytes: Arc<[u8]> = core::mem::take(bytes).into();
                (left_aligned(&bytes), LiteralKind::Bytes(bytes))
            }
            _ => return Err(self.expected("a literal")),
        };
        self.advance()?;
        Ok(Literal { value, kind, span })
    }

    fn identifiers(&mut self) -> Result<Vec<Ident>> {
        let mut list = vec![self.identifier()?];
        while self.accept(&Token::Comma)? {
            list.push(self.identifier()?);
        }
        Ok(list)
    }

    fn identifier(&mut self) -> Result<Ident> {
        let Token::Word(word) = self.token else {
            return Err(self.expected("an identifier"));
        };
        if KEYWORDS.contains(&word) {
            return Err(self.expected("an identifier"));
        }
        let ident = Ident {
            name: self.intern(word),
            span: self.span,
        };
        self.advance()?;
        Ok(ident)
    }

    fn intern(&mut self, word: &str) -> Name {
        if let Some(name) = self.names.get(word) {
            return name.clone();
        }
        let name = Name::from(word);
        self.names.insert(name.clone());
        name
    }

    fn word(&mut self, word: &'static str) -> Result<()> {
        self.expect(&Token::Word(word))
    }

    fn expect(&mut self, token: &Token<'_>) -> Result<()> {
        if self.accept(token)? {
            Ok(())
        } else {
            Err(self.expected(&token.describe()))
        }
    }

    fn accept(&mut self, token: &Token<'_>) -> Result<bool> {
        let matches = self.token == *token;
        if matches {
            self.advance()?;
        }
        Ok(matches)
    }

    fn advance(&mut self) -> Result<()> {
        self.previous = self.span;
        (self.token, self.span) = self.lexer.next()?;
        Ok(())
    }

    fn expected(&self, what: &str) -> Box<Diagnostic> {
        Box::new(
            Diagnostic::error(
                Code::Syntax,
                format!("expected {what}, found {}", self.token.describe()),
            )
            .at(self.span),
        )
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(Box::new(
                Diagnostic::error(Code::Nesting, format!("nested more than {MAX_DEPTH} deep"))
                    .at(self.span)
                    .with_help("split the expression or block into functions"),
            ));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }
}

fn left_aligned(bytes: &[u8]) -> U256 {
    let mut word = [0; 32];
    let length = bytes.len().min(32);
    word[..length].copy_from_slice(&bytes[..length]);
    U256::from_be_bytes(word)
}
