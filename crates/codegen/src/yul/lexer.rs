use alloy_primitives::U256;

use super::{ast::Span, code::Code, diagnostic::Diagnostic, locations::Locations};

type Result<T> = core::result::Result<T, Box<Diagnostic>>;

/// A token's kind and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    /// Identifier or keyword.
    Word(&'s str),
    Number(U256),
    /// String or hex string, escapes replaced.
    Bytes(Vec<u8>),
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    Comma,
    /// `:=`
    Becomes,
    /// `->`
    Arrow,
    End,
}

impl Token<'_> {
    /// The token for a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Number(number) => format!("number {number}"),
            Self::Bytes(_) => "a string".to_owned(),
            Self::OpenBrace => "`{`".to_owned(),
            Self::CloseBrace => "`}`".to_owned(),
            Self::OpenParen => "`(`".to_owned(),
            Self::CloseParen => "`)`".to_owned(),
            Self::Comma => "`,`".to_owned(),
            Self::Becomes => "`:=`".to_owned(),
            Self::Arrow => "`->`".to_owned(),
            Self::End => "end of input".to_owned(),
        }
    }
}

/// Cuts a source shorter than 4 GiB into tokens.
pub(super) struct Lexer<'s> {
    source: &'s str,
    position: usize,
    /// What the comments so far said about places.
    pub(super) locations: Locations,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            position: 0,
            locations: Locations::default(),
        }
    }

    /// The next token, [`Token::End`] for ever at the end.
    pub(super) fn next(&mut self) -> Result<(Token<'s>, Span)> {
        self.skip_trivia()?;
        let start = self.position;
        let token = self.token()?;
        Ok((token, self.span_from(start)))
    }

    fn token(&mut self) -> Result<Token<'s>> {
        let Some(first) = self.peek() else {
            return Ok(Token::End);
        };
        match first {
            b'{' => Ok(self.punctuation(1, Token::OpenBrace)),
            b'}' => Ok(self.punctuation(1, Token::CloseBrace)),
            b'(' => Ok(self.punctuation(1, Token::OpenParen)),
            b')' => Ok(self.punctuation(1, Token::CloseParen)),
            b',' => Ok(self.punctuation(1, Token::Comma)),
            b':' if self.rest().starts_with(":=") => Ok(self.punctuation(2, Token::Becomes)),
            b'-' if self.rest().starts_with("->") => Ok(self.punctuation(2, Token::Arrow)),
            b'"' | b'\'' => self.string(first),
            b'0'..=b'9' => self.number(),
            b'h' if self.rest().starts_with("hex\"") || self.rest().starts_with("hex'") => {
                self.hex_string()
            }
            _ if is_word_start(first) => Ok(Token::Word(self.take_while(is_word))),
            _ => Err(self.unexpected_character()),
        }
    }

    fn punctuation(&mut self, length: usize, token: Token<'s>) -> Token<'s> {
        self.position += length;
        token
    }

    fn skip_trivia(&mut self) -> Result<()> {
        loop {
            self.take_while(|byte| byte.is_ascii_whitespace());
            if self.rest().starts_with("//") {
                let comment = self.take_while(|byte| byte != b'\n');
                if let Some(text) = comment.strip_prefix("///") {
                    self.locations.read(text, offset(self.position));
                }
            } else if self.rest().starts_with("/*") {
                let start = self.position;
                let length = self.rest()[2..].find("*/").map(|end| end + 4);
                self.position += length.ok_or_else(|| {
                    error(
                        "unterminated comment",
                        Span {
                            start: offset(start),
                            end: offset(start + 2),
                        },
                    )
                })?;
                let comment = &self.source[start + 2..self.position - 2];
                if let Some(text) = comment.strip_prefix('*') {
                    self.locations.read(text, offset(self.position));
                }
            } else {
                return Ok(());
            }
        }
    }

    fn number(&mut self) -> Result<Token<'s>> {
        let start = self.position;
        let text = self.take_while(is_word);
        let (digits, radix) = text
            .strip_prefix("0x")
            .map_or((text, 10), |digits| (digits, 16));
        if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
            return Err(error(
                format!("invalid number `{text}`"),
                self.span_from(start),
            ));
        }
        let value = U256::from_str_radix(digits, u64::from(radix)).map_err(|_| {
            Box::new(
                Diagnostic::error(
                    Code::Syntax,
                    format!("number `{}` does not fit a word", abbreviate(text)),
                )
                .at(self.span_from(start))
                .with_note("words have 256 bits"),
            )
        })?;
        Ok(Token::Number(value))
    }

    fn hex_string(&mut self) -> Result<Token<'s>> {
        let start = self.position;
        self.position += 3;
        let quote = self.peek();
        self.position += 1;
        let digits = self
            .take_while(|byte| byte.is_ascii_hexdigit() || byte == b'_')
            .replace('_', "");
        let closed = self.peek() == quote;
        self.position += usize::from(closed);
        if !closed {
            return Err(error(
                "hex string has a character that is not a digit, or no end",
                self.span_from(start),
            ));
        }
        let bytes = alloy_primitives::hex::decode(&digits).map_err(|_| {
            error(
                "hex string has an odd number of digits",
                self.span_from(start),
            )
        })?;
        Ok(Token::Bytes(bytes))
    }

    fn string(&mut self, quote: u8) -> Result<Token<'s>> {
        let start = self.position;
        self.position += 1;
        let mut bytes = Vec::new();
        loop {
            let byte = self.peek().filter(|byte| *byte != b'\n').ok_or_else(|| {
                error(
                    "unterminated string",
                    Span {
                        start: offset(start),
                        end: offset(start + 1),
                    },
                )
            })?;
            self.position += 1;
            match byte {
                b'\\' => self.escape(&mut bytes)?,
                _ if byte == quote => return Ok(Token::Bytes(bytes)),
                _ => bytes.push(byte),
            }
        }
    }

    /// The part of an escape sequence behind the backslash.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let start = self.position - 1;
        let kind = self.peek();
        self.position += usize::from(kind.is_some());
        match kind {
            Some(b'n') => bytes.push(b'\n'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'b') => bytes.push(8),
            Some(b'f') => bytes.push(12),
            Some(b'v') => bytes.push(11),
            Some(byte @ (b'\\' | b'"' | b'\'')) => bytes.push(byte),
            Some(b'\n') => {}
            Some(b'x') => bytes.push(self.hex_digits(2, start)? as u8),
            Some(b'u') => {
                let code = char::from_u32(self.hex_digits(4, start)?);
                let code = code.ok_or_else(|| self.invalid_escape(start))?;
                bytes.extend(code.encode_utf8(&mut [0; 4]).bytes());
            }
            _ => {
                self.position = start + 1;
                return Err(self.invalid_escape(start));
            }
        }
        Ok(())
    }

    fn hex_digits(&mut self, count: usize, escape_start: usize) -> Result<u32> {
        let digits = self
            .source
            .as_bytes()
            .get(self.position..self.position + count);
        let value = digits
            .and_then(|digits| core::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.invalid_escape(escape_start))?;
        self.position += count;
        Ok(value)
    }

    fn invalid_escape(&self, start: usize) -> Box<Diagnostic> {
        error("invalid escape sequence", self.span_from(start))
    }

    fn unexpected_character(&self) -> Box<Diagnostic> {
        let character = self.rest().chars().next().unwrap_or_default();
        let end = self.position + character.len_utf8();
        error(
            format!("unexpected character {character:?}"),
            Span {
                start: offset(self.position),
                end: offset(end),
            },
        )
    }

    /// Longest run of ASCII bytes of a class; its end is a character boundary.
    fn take_while(&mut self, class: impl Fn(u8) -> bool) -> &'s str {
        let rest = self.rest();
        let length = rest
            .bytes()
            .position(|byte| !class(byte))
            .unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.position).copied()
    }

    fn rest(&self) -> &'s str {
        // Positions are moved over whole characters only, except inside strings, where this is not called.
        &self.source[self.position..]
    }

    fn span_from(&self, start: usize) -> Span {
        Span {
            start: offset(start),
            end: offset(self.position),
        }
    }
}

/// Positions fit: the parser refuses longer sources.
const fn offset(position: usize) -> u32 {
    position as u32
}

fn error(message: impl Into<String>, span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::Syntax, message).at(span))
}

fn abbreviate(text: &str) -> String {
    if text.len() > 24 {
        format!("{}…", &text[..20])
    } else {
        text.to_owned()
    }
}

const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$'
}

const fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'.'
}
