//! The one COSE key shape a passkey for this suite can have: EC2, P-256, ES256 (RFC 9053, section 7.1.1).
//!
//! A full CBOR library would accept far more than an authenticator may send; this reader knows definite-length maps of integers and byte strings,
//! which is what the CTAP2 canonical form of such a key consists of.

use super::PublicKey;
use crate::{Error, Result};

const LABEL_KEY_TYPE: i64 = 1;
const LABEL_ALGORITHM: i64 = 3;
const LABEL_CURVE: i64 = -1;
const LABEL_X: i64 = -2;
const LABEL_Y: i64 = -3;

const KEY_TYPE_EC2: i64 = 2;
const ALGORITHM_ES256: i64 = -7;
const CURVE_P256: i64 = 1;

enum Item<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
}

/// Reads a COSE key from the front of `rest` and moves `rest` behind it.
///
/// # Errors
///
/// [`Error::CoseKey`] for malformed CBOR, another key type, algorithm or curve, and coordinates that are no point of the curve.
pub(super) fn read_p256_key(rest: &mut &[u8]) -> Result<PublicKey> {
    let (major, count) = read_head(rest)?;
    if major != 5 {
        return Err(invalid("not a map"));
    }
    let mut key = PartialKey::default();
    for _ in 0..count {
        let label = read_integer(rest)?;
        let item = read_item(rest)?;
        key.set(label, item)?;
    }
    key.finish()
}

#[derive(Default)]
struct PartialKey<'a> {
    key_type: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    x: Option<&'a [u8]>,
    y: Option<&'a [u8]>,
}

impl<'a> PartialKey<'a> {
    fn set(&mut self, label: i64, item: Item<'a>) -> Result<()> {
        match (label, item) {
            (LABEL_KEY_TYPE, Item::Integer(value)) => store(&mut self.key_type, value),
            (LABEL_ALGORITHM, Item::Integer(value)) => store(&mut self.algorithm, value),
            (LABEL_CURVE, Item::Integer(value)) => store(&mut self.curve, value),
            (LABEL_X, Item::Bytes(value)) => store(&mut self.x, value),
            (LABEL_Y, Item::Bytes(value)) => store(&mut self.y, value),
            (label, _) => Err(invalid(&format!(
                "unexpected label or value type at label {label}"
            ))),
        }
    }

    fn finish(self) -> Result<PublicKey> {
        expect("key type", self.key_type, KEY_TYPE_EC2)?;
        expect("algorithm", self.algorithm, ALGORITHM_ES256)?;
        expect("curve", self.curve, CURVE_P256)?;
        let (Some(x), Some(y)) = (self.x, self.y) else {
            return Err(invalid("a coordinate is missing"));
        };
        let x = x.try_into().map_err(|_| invalid("x is not 32 bytes"))?;
        let y = y.try_into().map_err(|_| invalid("y is not 32 bytes"))?;
        PublicKey::new(x, y)
    }
}

fn store<T>(slot: &mut Option<T>, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(invalid("a label appears twice")),
    }
}

fn expect(what: &str, found: Option<i64>, wanted: i64) -> Result<()> {
    match found {
        Some(value) if value == wanted => Ok(()),
        Some(value) => Err(invalid(&format!("{what} is {value}, wanted {wanted}"))),
        None => Err(invalid(&format!("{what} is missing"))),
    }
}

fn read_integer(rest: &mut &[u8]) -> Result<i64> {
    match read_item(rest)? {
        Item::Integer(value) => Ok(value),
        Item::Bytes(_) => Err(invalid("a label is not an integer")),
    }
}

fn read_item<'a>(rest: &mut &'a [u8]) -> Result<Item<'a>> {
    let (major, argument) = read_head(rest)?;
    match major {
        0 => Ok(Item::Integer(i64::from(argument))),
        1 => Ok(Item::Integer(-1 - i64::from(argument))),
        2 => {
            let length =
                usize::try_from(argument).map_err(|_| invalid("a byte string is too long"))?;
            Ok(Item::Bytes(take(rest, length)?))
        }
        major => Err(invalid(&format!("unexpected major type {major}"))),
    }
}

/// Reads an initial byte and its argument: `(major type, argument)`. Arguments above 32 bits do not occur in a key.
fn read_head(rest: &mut &[u8]) -> Result<(u8, u32)> {
    let initial = take(rest, 1)?[0];
    let argument = match initial & 0x1f {
        short @ 0..=23 => u32::from(short),
        24 => u32::from(take(rest, 1)?[0]),
        25 => {
            let bytes = take(rest, 2)?;
            u32::from(u16::from_be_bytes([bytes[0], bytes[1]]))
        }
        26 => {
            let bytes = take(rest, 4)?;
            u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
        }
        other => return Err(invalid(&format!("unsupported length form {other}"))),
    };
    Ok((initial >> 5, argument))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (head, tail) = rest
        .split_at_checked(length)
        .ok_or_else(|| invalid("ends early"))?;
    *rest = tail;
    Ok(head)
}

fn invalid(reason: &str) -> Error {
    Error::CoseKey(reason.to_owned())
}
