//! Types of the ABI.

use alloy_json_abi::Param;

/// Deepest nesting of types that is decoded.
const MAX_DEPTH: usize = 16;

/// A type of the ABI, with the names of a struct's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Uint,
    Int,
    Address,
    Bool,
    /// `bytes1` to `bytes32`, and functions as `bytes24`.
    Word(usize),
    Bytes,
    String,
    List(Box<Kind>),
    Array(Box<Kind>, usize),
    Struct(Vec<(String, Kind)>),
}

impl Kind {
    /// The type of a parameter; `None` if it is not one, or too deeply nested.
    pub(crate) fn of(param: &Param) -> Option<Self> {
        Self::of_parts(&param.ty, &param.components, MAX_DEPTH)
    }

    fn of_parts(ty: &str, components: &[Param], depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        if let Some((inner, length)) = array(ty) {
            let inner = Box::new(Self::of_parts(inner, components, depth)?);
            return sized(inner, length);
        }
        if ty != "tuple" {
            return elementary(ty);
        }
        let fields = components.iter().map(|field| {
            let kind = Self::of_parts(&field.ty, &field.components, depth)?;
            Some((field.name.clone(), kind))
        });
        fields.collect::<Option<_>>().map(Self::Struct)
    }

    /// The type that its canonical name tells, such as `(uint256,string)[]`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_within(text, MAX_DEPTH)
    }

    fn parse_within(text: &str, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        if let Some((inner, length)) = array(text) {
            return sized(Box::new(Self::parse_within(inner, depth)?), length);
        }
        let Some(fields) = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
        else {
            return elementary(text);
        };
        let fields = split(fields).into_iter();
        let fields = fields.map(|field| Some((String::new(), Self::parse_within(field, depth)?)));
        fields.collect::<Option<_>>().map(Self::Struct)
    }

    /// Whether the value is not in its place, but behind an offset there.
    pub(crate) fn is_dynamic(&self) -> bool {
        match self {
            Self::Bytes | Self::String | Self::List(_) => true,
            Self::Array(inner, _) => inner.is_dynamic(),
            Self::Struct(fields) => fields.iter().any(|(_, kind)| kind.is_dynamic()),
            Self::Uint | Self::Int | Self::Address | Self::Bool | Self::Word(_) => false,
        }
    }

    /// Bytes that it takes in its place.
    pub(crate) fn head(&self) -> usize {
        if self.is_dynamic() {
            return 32;
        }
        match self {
            Self::Array(inner, length) => inner.head().saturating_mul(*length),
            Self::Struct(fields) => {
                let heads = fields.iter().map(|(_, kind)| kind.head());
                heads.fold(0, usize::saturating_add)
            }
            _ => 32,
        }
    }
}

/// The element type of an array and its length, if that is fixed.
fn array(ty: &str) -> Option<(&str, &str)> {
    ty.strip_suffix(']')?.rsplit_once('[')
}

fn sized(inner: Box<Kind>, length: &str) -> Option<Kind> {
    if length.is_empty() {
        return Some(Kind::List(inner));
    }
    length.parse().ok().map(|length| Kind::Array(inner, length))
}

fn elementary(ty: &str) -> Option<Kind> {
    match ty {
        "address" => Some(Kind::Address),
        "bool" => Some(Kind::Bool),
        "bytes" => Some(Kind::Bytes),
        "string" => Some(Kind::String),
        "function" => Some(Kind::Word(24)),
        _ => {
            if let Some(bits) = ty.strip_prefix("uint") {
                return is_width(bits).then_some(Kind::Uint);
            }
            if let Some(bits) = ty.strip_prefix("int") {
                return is_width(bits).then_some(Kind::Int);
            }
            let size = ty.strip_prefix("bytes")?.parse().ok()?;
            (1..=32).contains(&size).then_some(Kind::Word(size))
        }
    }
}

/// Whether a number may have so many bits; 256 if it does not say.
fn is_width(bits: &str) -> bool {
    let number: u16 = bits.parse().unwrap_or_default();
    bits.is_empty() || (number.is_multiple_of(8) && (8..=256).contains(&number))
}

/// The parts of a list that are separated by commas outside of parentheses.
fn split(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, sign) in list.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !list.is_empty() {
        parts.push(&list[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_are_understood() {
        let list = |kind| Kind::List(Box::new(kind));
        let field = |kind| (String::new(), kind);
        assert_eq!(Kind::parse("uint8"), Some(Kind::Uint));
        assert_eq!(Kind::parse("bytes4[]"), Some(list(Kind::Word(4))));
        let nested = Kind::Struct(vec![
            field(Kind::Struct(vec![field(Kind::Bool)])),
            field(Kind::String),
        ]);
        assert_eq!(
            Kind::parse("((bool),string)[2][]"),
            Some(list(Kind::Array(Box::new(nested), 2)))
        );
        for text in [
            "bytes33", "bytes0", "", "uint[", "uint[x]", "(uint", "mapping",
        ] {
            assert_eq!(Kind::parse(text), None, "{text}");
        }
    }

    #[test]
    fn absurd_nesting_is_no_type() {
        assert_eq!(Kind::parse(&format!("uint{}", "[]".repeat(100_000))), None);
        assert_eq!(Kind::parse(&"(".repeat(100_000)), None);
    }

    #[test]
    fn absurd_sizes_do_not_overflow() {
        let kind = Kind::parse("uint[18446744073709551615][18446744073709551615]").unwrap();
        assert_eq!(kind.head(), usize::MAX);
    }
}
