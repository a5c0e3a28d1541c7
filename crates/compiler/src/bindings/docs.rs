//! NatSpec as Rust documentation.

use alloy_json_abi::{Constructor, Error, Event, Function, Param};
use serde_json::Value;

use crate::artifact::Artifact;

/// Characters of a documentation line, without indentation and slashes.
const WIDTH: usize = 108;

/// Documentation of one item: paragraphs, then a list of what it takes and gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Docs {
    paragraphs: Vec<String>,
    items: Vec<String>,
}

impl Docs {
    /// Documentation of the contract.
    pub(super) fn of_contract(artifact: &Artifact) -> Self {
        let mut docs = Self::default();
        docs.paragraph(&artifact.devdoc["title"]);
        docs.paragraph(&artifact.userdoc["notice"]);
        docs.paragraph(&artifact.devdoc["details"]);
        docs
    }

    /// Documentation of a function, or of the getter of a state variable.
    pub(super) fn of_function(artifact: &Artifact, function: &Function) -> Self {
        let signature = function.signature();
        let developer = &artifact.devdoc["methods"][&signature];
        let mut docs = Self::of(
            &artifact.userdoc["methods"][&signature],
            developer,
            names(&function.inputs),
        );
        let variable = &artifact.devdoc["stateVariables"][&function.name];
        docs.paragraph(&variable["details"]);
        let returns = if developer["returns"].is_object() {
            &developer["returns"]
        } else {
            &variable["returns"]
        };
        docs.returns(returns, &function.outputs);
        docs
    }

    /// Documentation of the constructor.
    pub(super) fn of_constructor(artifact: &Artifact, constructor: &Constructor) -> Self {
        let (user, developer) = (&artifact.userdoc["methods"], &artifact.devdoc["methods"]);
        Self::of(
            &user["constructor"],
            &developer["constructor"],
            names(&constructor.inputs),
        )
    }

    /// Documentation of an event.
    pub(super) fn of_event(artifact: &Artifact, event: &Event) -> Self {
        let signature = event.signature();
        let names = event.inputs.iter().map(|param| param.name.as_str());
        Self::of(
            &artifact.userdoc["events"][&signature],
            &artifact.devdoc["events"][&signature],
            names,
        )
    }

    /// Documentation of an error, of which solc lists all definitions with the same signature.
    pub(super) fn of_error(artifact: &Artifact, error: &Error) -> Self {
        let signature = error.signature();
        let (user, developer) = (&artifact.userdoc["errors"], &artifact.devdoc["errors"]);
        Self::of(
            &user[&signature][0],
            &developer[&signature][0],
            names(&error.inputs),
        )
    }

    /// Joins what solc has for users and for developers; parameters come in the order of the declaration.
    fn of<'a>(user: &Value, developer: &Value, params: impl Iterator<Item = &'a str>) -> Self {
        let mut docs = Self::default();
        docs.paragraph(&user["notice"]);
        docs.paragraph(&developer["details"]);
        for name in params {
            docs.item(&format!("`{name}`: "), developer["params"][name].as_str());
        }
        docs
    }

    /// Documentation of a struct or an enum, for which solc hands out the bare NatSpec text only.
    pub(super) fn of_type(natspec: &str) -> Self {
        let mut docs = Self::default();
        for (tag, text) in tags(natspec) {
            match tag {
                "param" => {
                    let (name, text) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
                    docs.item(&format!("`{name}`: "), Some(text));
                }
                _ => docs.paragraphs.push(text),
            }
        }
        docs
    }

    fn paragraph(&mut self, text: &Value) {
        let text = text.as_str().map(str::trim).filter(|text| !text.is_empty());
        if let Some(text) = text.filter(|text| !self.paragraphs.iter().any(|known| known == text)) {
            self.paragraphs.push(text.to_owned());
        }
    }

    /// Adds the results. solc calls those without a name `_0`, `_1` and so on.
    fn returns(&mut self, returns: &Value, outputs: &[Param]) {
        for (index, output) in outputs.iter().enumerate() {
            let (key, prefix) = match output.name.as_str() {
                "" => (format!("_{index}"), "returns ".to_owned()),
                name => (name.to_owned(), format!("returns `{name}`: ")),
            };
            self.item(&prefix, returns[&key].as_str());
        }
    }

    fn item(&mut self, prefix: &str, text: Option<&str>) {
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            self.items.push(format!("{prefix}{text}"));
        }
    }

    /// Appends the documentation to `out` as `///` lines with this indentation.
    pub(super) fn print(&self, indent: &str, out: &mut String) {
        let mut blocks: Vec<Vec<String>> = self
            .paragraphs
            .iter()
            .map(|text| wrap(&escape(text), "", ""))
            .collect();
        let items: Vec<String> = self
            .items
            .iter()
            .flat_map(|text| wrap(&escape(text), "- ", "  "))
            .collect();
        blocks.extend(Some(items).filter(|items| !items.is_empty()));
        for (index, lines) in blocks.iter().enumerate() {
            if index > 0 {
                out.push_str(&format!("{indent}///\n"));
            }
            lines
                .iter()
                .for_each(|line| out.push_str(&format!("{indent}/// {line}\n")));
        }
    }
}

fn names(params: &[Param]) -> impl Iterator<Item = &str> {
    params.iter().map(|param| param.name.as_str())
}

/// Splits NatSpec text at its tags; text before the first is a notice. Line breaks become spaces.
fn tags(natspec: &str) -> Vec<(&str, String)> {
    let mut tags: Vec<(&str, String)> = Vec::new();
    for line in natspec
        .lines()
        .map(|line| line.trim().trim_start_matches("* ").trim())
        .filter(|line| !line.is_empty())
    {
        let tagged = line
            .strip_prefix('@')
            .map(|rest| rest.split_once(char::is_whitespace).unwrap_or((rest, "")));
        match (tagged, tags.last_mut()) {
            (Some((tag, text)), _) => tags.push((tag, text.trim().to_owned())),
            (None, Some((_, text))) => *text = format!("{text} {line}").trim().to_owned(),
            (None, None) => tags.push(("notice", line.to_owned())),
        }
    }
    tags
}

/// Breaks text into lines between words.
fn wrap(text: &str, first: &str, rest: &str) -> Vec<String> {
    let mut lines = vec![first.to_owned()];
    let mut empty = true;
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if !empty && line + 1 + word.chars().count() > WIDTH {
            lines.push(rest.to_owned());
            empty = true;
        }
        if let Some(line) = lines.last_mut() {
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
    }
    lines
}

/// Keeps rustdoc from reading brackets outside of code spans as links or HTML.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for char in text.chars() {
        code ^= char == '`';
        if !code && matches!(char, '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(natspec: &str) -> String {
        let mut out = String::new();
        Docs::of_type(natspec).print("", &mut out);
        out
    }

    #[test]
    fn tags_become_paragraphs_and_a_list() {
        let docs = printed(
            "@notice Bound on\n a quantity.\n@dev More.\n@param limit Highest sum [wei], `a[0]`.",
        );
        assert_eq!(
            docs,
            "/// Bound on a quantity.\n///\n/// More.\n///\n/// - `limit`: Highest sum \\[wei\\], `a[0]`.\n"
        );
    }

    #[test]
    fn long_text_is_wrapped_with_hanging_indent() {
        let docs = printed(&format!("@param x {}", "word ".repeat(40)));
        assert!(
            docs.lines().count() == 2 && docs.lines().all(|line| line.len() <= WIDTH + 4),
            "{docs}"
        );
        assert!(docs.lines().nth(1).unwrap().starts_with("///   word"));
    }
}
