//! Strings, byte strings, Base64, JSON.

use alloy_primitives::{Address, Bytes, U256, address};

use crate::{costs::stage::Stage, libraries::coding::data};

const ACCOUNT: Address = address!("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

/// Text with everything that needs escaping, of some 650 bytes.
fn prose() -> String {
    "Tom & \"Jerry\" said: <b>5 > 3</b>\n\tand 'so' on – naïvely. ".repeat(11)
}

fn number() -> U256 {
    U256::MAX / U256::from(7)
}

/// All byte values, four times.
fn kilobyte() -> Vec<u8> {
    (0..1024u32).map(|n| (n * 7) as u8).collect()
}

pub(super) fn strings(stage: &mut Stage) {
    let text = stage.deploy("Text", &[]);
    let string = |name: &str, value: &str| data(&format!("{name}(string)"), (value.to_owned(),));
    let calls = [
        ("decimal", data("decimal(uint256)", (number(),))),
        ("signed", data("signed(int256)", (U256::MAX - number(),))),
        ("hexadecimal", data("hexadecimal(uint256)", (number(),))),
        ("account", data("account(address)", (ACCOUNT,))),
        ("parse", string("parse", &number().to_string())),
        (
            "tryParse",
            string("tryParse", "123456789012345678901234567890"),
        ),
        ("parseAccount", string("parseAccount", &ACCOUNT.to_string())),
        ("escape", string("escape", &prose())),
        (
            "40 round trips",
            data("roundTrips(uint256,uint256)", (number(), U256::from(40))),
        ),
    ];
    for (label, call) in calls {
        stage.compute(&text, label, call);
    }
}

pub(super) fn base64(stage: &mut Stage) {
    let base64 = stage.deploy("Base64s", &[]);
    let bytes = |name: &str| data(&format!("{name}(bytes)"), (Bytes::from(kilobyte()),));
    stage.compute(&base64, "encode 1 kB", bytes("encode"));
    stage.compute(&base64, "encodeUrl 1 kB", bytes("encodeUrl"));
    let uri = data("uri(string,uint256)", ("A thing".to_owned(), number()));
    stage.compute(&base64, "uri", uri);
}

pub(super) fn solady_bytes(stage: &mut Stage) {
    let bytes = stage.deploy("SoladyBytes", &[]);
    let long = Bytes::from(prose().into_bytes());
    let (needle, other) = (Bytes::from("said"), Bytes::from("shouted loudly"));
    let store = |length: usize| data("set(bytes)", (Bytes::from(kilobyte()[..length].to_vec()),));
    stage.call(&bytes, "set 20 bytes", store(20));
    stage.call(&bytes, "set 300 bytes", store(300));
    stage.call(&bytes, "get 300 bytes", data("get()", ()));
    let calls = [
        (
            "replace in 650 bytes",
            data(
                "replace(bytes,bytes,bytes)",
                (long.clone(), needle.clone(), other),
            ),
        ),
        (
            "find in 650 bytes",
            data(
                "find(bytes,bytes,uint256)",
                (long.clone(), Bytes::from("naively"), U256::ZERO),
            ),
        ),
        (
            "split 650 bytes",
            data("split(bytes,bytes)", (long.clone(), Bytes::from(" "))),
        ),
        (
            "indices in 650 bytes",
            data("indices(bytes,bytes)", (long.clone(), needle)),
        ),
        (
            "compare 650 bytes",
            data("compare(bytes,bytes)", (long.clone(), long.clone())),
        ),
        ("concat", data("concat(bytes,bytes)", (long.clone(), long))),
    ];
    for (label, call) in calls {
        stage.compute(&bytes, label, call);
    }
}

pub(super) fn solady_string(stage: &mut Stage) {
    let text = stage.deploy("SoladyString", &[]);
    let string = |name: &str, value: String| data(&format!("{name}(string)"), (value,));
    let ascii = prose().replace(|c: char| !c.is_ascii(), "-");
    let encoded = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9w".repeat(12);
    let calls = [
        ("decimal", data("decimal(uint256)", (number(),))),
        ("signed", data("signed(int256)", (U256::MAX - number(),))),
        ("hexadecimal", data("hexadecimal(uint256)", (number(),))),
        ("account", data("account(address)", (ACCOUNT,))),
        ("runes in 650 bytes", string("runes", prose())),
        ("cases of 650 bytes", string("cases", ascii)),
        ("escape 650 bytes", string("escape", prose())),
        (
            "encode 1 kB",
            data(
                "encode(bytes,bool,bool)",
                (Bytes::from(kilobyte()), false, false),
            ),
        ),
        ("decode 670 bytes", string("decode", encoded)),
    ];
    for (label, call) in calls {
        stage.compute(&text, label, call);
    }
}

pub(super) fn json(stage: &mut Stage) {
    let json = stage.deploy("SoladyJson", &[]);
    let entry = |n: usize| {
        format!(
            "{{\"id\": {n}, \"name\": \"thing \\u00e9 {n}\", \"tags\": [true, null, -1.5e{n}], \"inner\": {{}}}}"
        )
    };
    let list: Vec<String> = (0..12).map(entry).collect();
    let document = format!(
        "{{\"version\": 3, \"list\": [{}], \"last\": \"x\"}}",
        list.join(", ")
    );
    let calls = [
        ("walk 900 bytes", data("walk(string)", (document.clone(),))),
        (
            "member of 900 bytes",
            data("member(string,string)", (document, "last".to_owned())),
        ),
        (
            "parseUint",
            data("parseUint(string)", (number().to_string(),)),
        ),
        (
            "decodeString",
            data(
                "decodeString(string)",
                ("\"a \\\"b\\\" \\u00e9\\ud83d\\ude00 \\n c\"".to_owned(),),
            ),
        ),
    ];
    for (label, call) in calls {
        stage.compute(&json, label, call);
    }
}
