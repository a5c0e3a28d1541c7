//! Values from bytes that anybody may have written.
//!
//! Offsets may point at the same bytes again and again, so that a few of them describe more values than a computer has room for. A
//! budget ends that.

use alloy_primitives::{Address, I256, U256};
use serde_json::{Map, Value, json};

use super::Kind;

/// Most words that one decoding reads.
const BUDGET: usize = 65_536;

/// Names and types of values that follow each other.
pub(crate) type Fields = Vec<(String, Kind)>;

/// Reads values in the ABI encoding: numbers become decimal strings, bytes and addresses hexadecimal ones, structs objects. `None` if
/// the bytes are not such values.
pub(crate) fn decode(fields: &[(String, Kind)], data: &[u8]) -> Option<Vec<Value>> {
    Reader { budget: BUDGET }.sequence(fields.iter().map(|(_, kind)| kind), data)
}

struct Reader {
    budget: usize,
}

impl Reader {
    fn pay(&mut self, words: usize) -> Option<()> {
        self.budget = self.budget.checked_sub(words)?;
        Some(())
    }

    fn sequence<'k>(
        &mut self,
        kinds: impl Iterator<Item = &'k Kind>,
        data: &[u8],
    ) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        let mut head = 0_usize;
        for kind in kinds {
            self.pay(1)?;
            let place = if kind.is_dynamic() {
                usize_at(data, head)?
            } else {
                head
            };
            values.push(self.value(kind, data.get(place..)?)?);
            head = head.checked_add(kind.head())?;
        }
        Some(values)
    }

    fn value(&mut self, kind: &Kind, data: &[u8]) -> Option<Value> {
        match kind {
            Kind::Uint => Some(U256::from_be_slice(word(data)?).to_string().into()),
            Kind::Int => {
                let number = I256::from_raw(U256::from_be_slice(word(data)?));
                Some(number.to_string().into())
            }
            Kind::Address => address(word(data)?),
            Kind::Bool => flag(word(data)?),
            Kind::Word(size) => fixed_bytes(word(data)?, *size),
            Kind::Bytes => Some(hexadecimal(self.bytes(data)?)),
            Kind::String => Some(String::from_utf8_lossy(self.bytes(data)?).into()),
            Kind::List(inner) => {
                let length = usize_at(data, 0)?;
                self.list(inner, length, data.get(32..)?)
            }
            Kind::Array(inner, length) => self.list(inner, *length, data),
            Kind::Struct(fields) => self.fields(fields, data),
        }
    }

    fn list(&mut self, inner: &Kind, length: usize, data: &[u8]) -> Option<Value> {
        if length > self.budget {
            return None;
        }
        let kinds = std::iter::repeat_n(inner, length);
        self.sequence(kinds, data).map(Value::Array)
    }

    /// A struct as an object; as a list, if its fields have no names or share one.
    fn fields(&mut self, fields: &[(String, Kind)], data: &[u8]) -> Option<Value> {
        let values = self.sequence(fields.iter().map(|(_, kind)| kind), data)?;
        let names = fields.iter().map(|(name, _)| name.clone());
        let object: Map<_, _> = names.zip(values.iter().cloned()).collect();
        if object.len() == fields.len() && !object.contains_key("") {
            return Some(Value::Object(object));
        }
        Some(Value::Array(values))
    }

    fn bytes<'d>(&mut self, data: &'d [u8]) -> Option<&'d [u8]> {
        let length = usize_at(data, 0)?;
        self.pay(length / 32)?;
        data.get(32..length.checked_add(32)?)
    }
}

fn word(data: &[u8]) -> Option<&[u8; 32]> {
    data.first_chunk()
}

fn usize_at(data: &[u8], at: usize) -> Option<usize> {
    let number = U256::from_be_slice(word(data.get(at..)?)?);
    usize::try_from(number).ok()
}

fn address(word: &[u8; 32]) -> Option<Value> {
    let (padding, bytes) = word.split_at(12);
    let clean = padding.iter().all(|byte| *byte == 0);
    clean.then(|| json!(Address::from_slice(bytes).to_checksum(None)))
}

fn flag(word: &[u8; 32]) -> Option<Value> {
    match U256::from_be_slice(word) {
        U256::ZERO => Some(json!(false)),
        U256::ONE => Some(json!(true)),
        _ => None,
    }
}

fn fixed_bytes(word: &[u8; 32], size: usize) -> Option<Value> {
    let (bytes, padding) = word.split_at_checked(size)?;
    let clean = padding.iter().all(|byte| *byte == 0);
    clean.then(|| hexadecimal(bytes))
}

fn hexadecimal(bytes: &[u8]) -> Value {
    json!(format!("0x{}", hex::encode(bytes)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(types: &[&str]) -> Fields {
        let kinds = types.iter().map(|ty| Kind::parse(ty).unwrap());
        kinds.map(|kind| (String::new(), kind)).collect()
    }

    fn words(numbers: &[u64]) -> Vec<u8> {
        let words = numbers
            .iter()
            .map(|number| U256::from(*number).to_be_bytes::<32>());
        words.flatten().collect()
    }

    #[test]
    fn values_are_read() {
        let mut data = words(&[7, 64, 2]);
        data.extend(b"hi");
        data.resize(4 * 32, 0);
        let read = decode(&fields(&["uint256", "string"]), &data);
        assert_eq!(read, Some(vec![json!("7"), json!("hi")]));
        let minus = U256::MAX.to_be_bytes::<32>();
        assert_eq!(decode(&fields(&["int8"]), &minus), Some(vec![json!("-1")]));
        assert_eq!(decode(&fields(&["bool"]), &words(&[2])), None);
        assert_eq!(decode(&fields(&["bytes1"]), &words(&[1])), None);
    }

    #[test]
    fn bytes_that_describe_endless_values_are_given_up() {
        // Every level has 100 elements, all of them the same one.
        let level = |next: u64| {
            let mut words = vec![100];
            words.extend([next; 100]);
            words
        };
        let mut numbers = vec![32];
        for _ in 0..6 {
            numbers.extend(level(100 * 32));
        }
        numbers.extend(level(1));
        let ty = format!("uint256{}", "[]".repeat(7));
        assert_eq!(decode(&fields(&[&ty]), &words(&numbers)), None);
        let length = words(&[32, u64::MAX]);
        for ty in ["()[]", "uint256[0][]", "bytes", "string[]"] {
            assert_eq!(decode(&fields(&[ty]), &length), None, "{ty}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_values_or_not(data in proptest::collection::vec(any::<u8>(), 0..400), small in any::<bool>()) {
            let data: Vec<u8> = if small { data.iter().enumerate().map(|(at, byte)| if at % 32 == 31 { *byte } else { 0 }).collect() } else { data };
            for types in [&["uint256[]", "bytes"][..], &["(string,(bytes,address)[])[2][]"], &["bool", "int8[3]", "bytes4"]] {
                let _ = decode(&fields(types), &data);
            }
        }
    }
}
