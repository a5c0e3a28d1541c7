//! Which state variable a storage slot belongs to, by solc's storage layout.

use alloy_primitives::{B256, U256};
use serde_json::Value;

use crate::abi::{Kind, show};

/// Deepest nesting of mappings that is followed.
const MAX_DEPTH: usize = 8;

/// A hash that a run computed of 64 bytes, as the slot of a mapping's value is: of the key and the mapping's own slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// The hash.
    pub slot: U256,
    /// The key, padded to a word.
    pub key: B256,
    /// Slot of the mapping.
    pub mapping: U256,
}

/// Name of the variable at a slot, with the keys of mappings.
pub(crate) fn variable(layout: &Value, slot: U256, hashes: &[Hashed]) -> Option<String> {
    find(layout, slot, hashes, MAX_DEPTH).map(|(name, _)| name)
}

/// The name at a slot and the type there.
fn find<'l>(
    layout: &'l Value,
    slot: U256,
    hashes: &[Hashed],
    depth: usize,
) -> Option<(String, &'l Value)> {
    if let Some(direct) = direct(layout, slot) {
        return Some(direct);
    }
    let depth = depth.checked_sub(1)?;
    // A value may take several slots from the one that is the hash.
    let nearest = hashes
        .iter()
        .filter(|hashed| hashed.slot <= slot && slot - hashed.slot < U256::from(128));
    let hashed = nearest.max_by_key(|hashed| hashed.slot)?;
    let (name, mapping) = find(layout, hashed.mapping, hashes, depth)?;
    let key = mapping.get("key").and_then(Value::as_str)?;
    let value = layout.get("types")?.get(mapping.get("value")?.as_str()?)?;
    Some((format!("{name}[{}]", key_text(key, hashed.key)), value))
}

/// The variable that begins at a slot, or the struct or array that has it inside.
fn direct(layout: &Value, slot: U256) -> Option<(String, &Value)> {
    let types = layout.get("types")?;
    layout.get("storage")?.as_array()?.iter().find_map(|entry| {
        let first: U256 = entry.get("slot")?.as_str()?.parse().ok()?;
        let ty = types.get(entry.get("type")?.as_str()?)?;
        let bytes: U256 = ty.get("numberOfBytes")?.as_str()?.parse().ok()?;
        let slots = bytes.div_ceil(U256::from(32)).max(U256::ONE);
        let inside = slot >= first && slot - first < slots;
        let label = entry.get("label")?.as_str()?;
        inside.then(|| (label.to_owned(), ty))
    })
}

fn key_text(ty: &str, key: B256) -> String {
    let kind = match ty {
        "t_address" | "t_address_payable" => Kind::Address,
        _ if ty.starts_with("t_contract") => Kind::Address,
        _ if ty.starts_with("t_uint") => Kind::Uint,
        _ if ty.starts_with("t_int") => Kind::Int,
        "t_bool" => Kind::Bool,
        _ => Kind::Word(32),
    };
    let value = crate::abi::decode(&[(String::new(), kind.clone())], key.as_slice());
    value.map_or_else(|| key.to_string(), |values| show(&kind, &values[0]))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;
    use serde_json::json;

    use super::*;

    #[test]
    fn slots_have_the_names_of_their_variables() {
        let layout = json!({
            "storage": [
                { "label": "owner", "slot": "0", "type": "t_address" },
                { "label": "allowance", "slot": "1", "type": "t_outer" },
                { "label": "triple", "slot": "2", "type": "t_struct" },
            ],
            "types": {
                "t_address": { "numberOfBytes": "20" },
                "t_outer": { "numberOfBytes": "32", "key": "t_address", "value": "t_inner" },
                "t_inner": { "numberOfBytes": "32", "key": "t_uint256", "value": "t_address" },
                "t_struct": { "numberOfBytes": "96" },
            },
        });
        let number = U256::from;
        let hashes = [
            Hashed {
                slot: number(1_000),
                key: Address::with_last_byte(7).into_word(),
                mapping: number(1),
            },
            Hashed {
                slot: number(2_000),
                key: number(9).into(),
                mapping: number(1_000),
            },
            Hashed {
                slot: number(3_000),
                key: number(9).into(),
                mapping: number(3_000),
            },
        ];
        let name = |slot: u64| variable(&layout, number(slot), &hashes);
        assert_eq!(name(0).unwrap(), "owner");
        assert_eq!(name(4).unwrap(), "triple");
        assert_eq!(
            name(1_000).unwrap(),
            "allowance[0x0000000000000000000000000000000000000007]"
        );
        assert_eq!(
            name(2_000).unwrap(),
            "allowance[0x0000000000000000000000000000000000000007][9]"
        );
        assert_eq!(name(5), None);
        // A hash that leads to itself ends.
        assert_eq!(name(3_000), None);
        assert_eq!(variable(&json!(null), number(0), &hashes), None);
    }
}
