//! Hardhat's `console.log`: calls to an address without code, whose calldata is the message.
//!
//! The library's functions are `log` with up to four arguments of the types `uint256`, `string`, `bool` and `address`, and with one of
//! some more types. Old versions wrote `uint` and `int` into the signature, which makes other selectors.

use std::{collections::HashMap, sync::LazyLock};

use alloy_primitives::{Address, Selector, address, keccak256};
use serde_json::Value;

use crate::abi::{Fields, Kind, decode, show};

/// Address that `console.log` calls.
pub const CONSOLE: Address = address!("000000000000000000636F6e736F6c652e6c6f67");

/// Most arguments of a message.
const MAX_ARGUMENTS: usize = 4;

static SELECTORS: LazyLock<HashMap<Selector, Fields>> = LazyLock::new(|| {
    let mut lists = vec![Vec::new()];
    let mut signatures = vec![Vec::new()];
    for _ in 0..MAX_ARGUMENTS {
        let longer = |list: &Vec<&'static str>| {
            let list = list.clone();
            ["uint256", "string", "bool", "address"].map(|ty| [&list[..], &[ty]].concat())
        };
        lists = lists.iter().flat_map(longer).collect();
        signatures.extend(lists.iter().cloned());
    }
    signatures.extend([vec!["int256"], vec!["bytes"]]);
    let words = (1..=32).map(Kind::Word);
    let words = words.enumerate().map(|(index, kind)| {
        (
            selector(&[&format!("bytes{}", index + 1)]),
            vec![(String::new(), kind)],
        )
    });
    let own = signatures.iter().flat_map(|types| {
        let fields: Fields = types
            .iter()
            .filter_map(|ty| Some((String::new(), Kind::parse(ty)?)))
            .collect();
        let old: Vec<&str> = types
            .iter()
            .map(|ty| {
                ty.strip_suffix("int256")
                    .map_or(*ty, |sign| if sign.is_empty() { "int" } else { "uint" })
            })
            .collect();
        [(selector(types), fields.clone()), (selector(&old), fields)]
    });
    own.chain(words).collect()
});

fn selector(types: &[&str]) -> Selector {
    let hash = keccak256(format!("log({})", types.join(",")));
    Selector::from_slice(&hash[..4])
}

/// The message that a call of the console carries.
pub(crate) fn message(input: &[u8]) -> Option<String> {
    let (selector, data) = input.split_first_chunk::<4>()?;
    let fields = SELECTORS.get(selector)?;
    let values = decode(fields, data)?;
    let texts = fields
        .iter()
        .zip(&values)
        .map(|((_, kind), value)| text(kind, value));
    let texts: Vec<String> = texts.collect();
    let is_text = matches!(fields.first(), Some((_, Kind::String)));
    Some(if is_text {
        formatted(&texts)
    } else {
        texts.join(" ")
    })
}

/// Strings appear as they are, but for control characters, which a terminal would obey.
fn text(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::String, Value::String(text)) => {
            let signs = text.chars().map(|sign| {
                if sign.is_control() && sign != '\n' {
                    '\u{fffd}'
                } else {
                    sign
                }
            });
            signs.collect()
        }
        _ => show(kind, value),
    }
}

/// Fills the first text's `%s`, `%d` and their like with the others, and puts those that are left behind it.
fn formatted(texts: &[String]) -> String {
    let Some((format, others)) = texts.split_first() else {
        return String::new();
    };
    let mut others = others.iter();
    let mut message = String::new();
    let mut signs = format.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('%', Some('%')) => {
                signs.next();
                message.push('%');
            }
            ('%', Some('s' | 'd' | 'i' | 'o' | 'O' | 'x')) if others.len() > 0 => {
                signs.next();
                message.extend(others.next().map(String::as_str));
            }
            _ => message.push(sign),
        }
    }
    for other in others {
        message.push(' ');
        message.push_str(other);
    }
    message
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, hex};

    use super::*;

    fn call(signature: &str, words: &[U256]) -> Vec<u8> {
        let mut data = keccak256(signature)[..4].to_vec();
        data.extend(words.iter().flat_map(|word| word.to_be_bytes::<32>()));
        data
    }

    fn string(text: &str) -> [U256; 2] {
        let mut word = [0; 32];
        word[..text.len()].copy_from_slice(text.as_bytes());
        [U256::from(text.len()), U256::from_be_bytes(word)]
    }

    #[test]
    fn messages_of_all_shapes_are_read() {
        let five = U256::from(5);
        assert_eq!(message(&call("log()", &[])), Some(String::new()));
        assert_eq!(message(&call("log(uint256)", &[five])).unwrap(), "5");
        assert_eq!(message(&call("log(uint)", &[five])).unwrap(), "5");
        assert_eq!(message(&call("log(int256)", &[U256::MAX])).unwrap(), "-1");
        assert_eq!(message(&call("log(int)", &[U256::MAX])).unwrap(), "-1");
        let [length, text] = string("%s of %d%%");
        let words = [U256::from(96), U256::ONE, five, length, text];
        assert_eq!(
            message(&call("log(string,bool,uint256)", &words)).unwrap(),
            "true of 5%"
        );
        let words = [U256::from(64), five, length, text];
        assert_eq!(
            message(&call("log(string,uint256)", &words)).unwrap(),
            "5 of %d%"
        );
        let word = U256::from_be_slice(&hex!(
            "abcd000000000000000000000000000000000000000000000000000000000000"
        ));
        assert_eq!(message(&call("log(bytes2)", &[word])).unwrap(), "0xabcd");
    }

    #[test]
    fn every_selector_is_distinct() {
        // 341 lists of up to four types; 256 + 64 + 16 + 4 + 1 less those without a number are twice there; int twice; bytes to bytes32.
        let with_number = 341 - (81 + 27 + 9 + 3 + 1);
        assert_eq!(SELECTORS.len(), 341 + with_number + 2 + 33);
    }

    #[test]
    fn other_calldata_is_no_message() {
        for data in [
            &[][..],
            &[1, 2, 3],
            &call("log(string)", &[U256::MAX]),
            &call("log(uint256)", &[]),
        ] {
            assert_eq!(message(data), None);
        }
    }
}
