//! Which contracts and functions a Solidity file has, and where they begin and end.
//!
//! Artifacts do not tell, so this reads the file: enough of the language to find the braces that belong to a definition, past comments,
//! strings, parameter lists and whatever stands in bodies. What it does not understand has no name, and is never an error.

/// A contract, interface, library, function or modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) name: String,
    /// First byte, which is that of its keyword.
    pub(crate) start: usize,
    /// Byte behind the last.
    pub(crate) end: usize,
}

/// All definitions of a file with a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) contracts: Vec<Definition>,
    pub(crate) functions: Vec<Definition>,
}

impl Outline {
    pub(crate) fn of(text: &str) -> Self {
        let mut reader = Reader::new(text);
        while reader.step().is_some() {}
        reader.outline
    }

    /// The function that holds a range.
    pub(crate) fn function(&self, start: usize, end: usize) -> Option<&Definition> {
        around(&self.functions, start, end)
    }

    /// The contract that holds a range.
    pub(crate) fn contract(&self, start: usize, end: usize) -> Option<&Definition> {
        around(&self.contracts, start, end)
    }

    /// Whether a range is that of a whole contract, or more.
    pub(crate) fn is_vague(&self, start: usize, end: usize) -> bool {
        let mut contracts = self.contracts.iter();
        contracts.any(|contract| start <= contract.start && end >= contract.end)
    }
}

fn around(definitions: &[Definition], start: usize, end: usize) -> Option<&Definition> {
    let mut found = definitions.iter();
    found.find(|definition| definition.start <= start && end <= definition.end)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Contract,
    Function,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    braces: usize,
    parentheses: usize,
    /// A definition whose brace has not come yet.
    pending: Option<(Sort, Definition)>,
    /// Definitions whose closing brace has not come yet, with the number of braces around them.
    open: Vec<(Sort, Definition, usize)>,
    outline: Outline,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            braces: 0,
            parentheses: 0,
            pending: None,
            open: Vec::new(),
            outline: Outline::default(),
        }
    }

    fn step(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let sign = rest.chars().next()?;
        let start = self.at;
        self.at += token(rest);
        match sign {
            '{' => self.enter(),
            '}' => self.leave(),
            '(' => self.parentheses += 1,
            ')' => self.parentheses = self.parentheses.saturating_sub(1),
            ';' if self.parentheses == 0 => self.pending = None,
            _ if is_word(sign) => self.word(start),
            _ => {}
        }
        Some(())
    }

    fn word(&mut self, start: usize) {
        let keyword = &self.text[start..self.at];
        if self.pending.is_some() || !self.may_define(keyword) {
            return;
        }
        let sort = match keyword {
            "contract" | "library" | "interface" => Sort::Contract,
            _ => Sort::Function,
        };
        let name = match keyword {
            "constructor" | "receive" | "fallback" => {
                self.next_is_list().then(|| keyword.to_owned())
            }
            "modifier" => self.name().map(|name| format!("modifier {name}")),
            _ => self.name(),
        };
        if let Some(name) = name {
            let end = self.at;
            self.pending = Some((sort, Definition { name, start, end }));
        }
    }

    /// Contracts and free functions stand outside of braces, other functions directly in a contract.
    fn may_define(&self, keyword: &str) -> bool {
        let in_contract = matches!(self.open.last(), Some((Sort::Contract, _, around)) if around + 1 == self.braces);
        match keyword {
            "contract" | "library" | "interface" => self.braces == 0,
            "function" => self.braces == 0 || in_contract,
            "constructor" | "receive" | "fallback" | "modifier" => in_contract,
            _ => false,
        }
    }

    /// The name that follows, if one does.
    fn name(&mut self) -> Option<String> {
        self.skip_blank();
        let rest = &self.text[self.at..];
        let length = rest.find(|sign| !is_word(sign)).unwrap_or(rest.len());
        self.at += length;
        (length > 0).then(|| rest[..length].to_owned())
    }

    fn next_is_list(&mut self) -> bool {
        self.skip_blank();
        self.text[self.at..].starts_with('(')
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            match rest.chars().next() {
                Some(sign) if sign.is_whitespace() => self.at += sign.len_utf8(),
                Some('/') if token(rest) > 1 => self.at += token(rest),
                _ => return,
            }
        }
    }

    fn enter(&mut self) {
        // A brace within parentheses names the arguments of a call.
        if self.parentheses == 0
            && let Some((sort, definition)) = self.pending.take()
        {
            self.open.push((sort, definition, self.braces));
        }
        self.braces += 1;
    }

    fn leave(&mut self) {
        self.braces = self.braces.saturating_sub(1);
        let ends = |open: &mut (Sort, Definition, usize)| open.2 == self.braces;
        let Some((sort, mut definition, _)) = self.open.pop_if(ends) else {
            return;
        };
        definition.end = self.at;
        match sort {
            Sort::Contract => self.outline.contracts.push(definition),
            Sort::Function => self.outline.functions.push(definition),
        }
    }
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == '$'
}

/// Bytes of the word, comment, string or sign with which a text begins.
fn token(text: &str) -> usize {
    let sign = text.chars().next().unwrap_or_default();
    let until = |found: Option<usize>| found.unwrap_or(text.len());
    match sign {
        '/' if text.starts_with("//") => until(text.find('\n')),
        '/' if text.starts_with("/*") => until(text[2..].find("*/").map(|at| at + 4)),
        '"' | '\'' => string(text, sign),
        _ if is_word(sign) => until(text.find(|sign| !is_word(sign))),
        _ => sign.len_utf8(),
    }
}

/// Bytes of a string literal; it ends with its line at the latest.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if sign == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
// contract Commented {
function free(uint a) pure returns (uint) { return a; }
abstract contract A is B(1), C({x: 2}) {
    string constant TEXT = "} function no() {"; /* } */
    function(uint) internal pointer;
    constructor(uint x) B({a: x}) { if (x > 1) { revert(); } }
    modifier only() virtual { require(msg.sender == owner); _; }
    function declared() external virtual;
    function /* odd */ run(bytes calldata d)
        external
    {
        assembly { function inner() -> r { r := 1 } }
        uint contract_ = 1;
    }
    receive() external payable {}
}
interface I { function declared() external; }
"#;

    fn names(definitions: &[Definition]) -> Vec<&str> {
        definitions
            .iter()
            .map(|definition| definition.name.as_str())
            .collect()
    }

    #[test]
    fn definitions_with_bodies_are_found() {
        let outline = Outline::of(SOURCE);
        assert_eq!(names(&outline.contracts), ["A", "I"]);
        assert_eq!(
            names(&outline.functions),
            ["free", "constructor", "modifier only", "run", "receive"]
        );
        let at = SOURCE.find("r := 1").unwrap();
        assert_eq!(outline.function(at, at + 6).unwrap().name, "run");
        assert_eq!(outline.contract(at, at + 6).unwrap().name, "A");
        let contract = &outline.contracts[0];
        assert!(outline.is_vague(contract.start - 9, contract.end));
        assert!(!outline.is_vague(at, at + 6));
    }

    #[test]
    fn unfinished_text_is_no_error() {
        for end in (0..SOURCE.len()).filter(|end| SOURCE.is_char_boundary(*end)) {
            Outline::of(&SOURCE[..end]);
        }
        Outline::of("\"\\");
        Outline::of("}}}}é{'");
    }
}
