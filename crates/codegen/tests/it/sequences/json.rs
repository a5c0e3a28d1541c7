//! JSON documents, right and wrong.

use alloy_primitives::U256;

use super::{STEPS, session::Session};

pub(super) fn parser(session: &mut Session<'_>) {
    let json = session.deploy("SoladyJson", &[]);
    for _ in 0..STEPS {
        let user = session.user();
        match session.below(6) {
            0..=2 => {
                let document = value(session, 3);
                session.must(user, json, "walk(string)", (document.clone(),));
                let spoiled = spoil(session, document);
                session.may(user, json, "walk(string)", (spoiled,));
            }
            3 => {
                let (first, second) = (value(session, 2), value(session, 1));
                let object = format!("{{ \"first\":{first}, \"second\" : {second}}}");
                let key = session.one_of(&["first", "second", "third"]);
                let signature = "member(string,string)";
                session.must(user, json, signature, (object, key.to_owned()));
                let list = format!("[{first} ,{second}]");
                let index = U256::from(session.below(3));
                let signature = "element(string,uint256)";
                session.must(user, json, signature, (list, index));
            }
            4 => numbers(session, |session, signature, text| {
                session.may(user, json, signature, (text,));
            }),
            _ => {
                let text = string(session);
                session.must(user, json, "decodeString(string)", (text.clone(),));
                let spoiled = spoil(session, text);
                session.may(user, json, "decodeString(string)", (spoiled,));
            }
        }
    }
}

fn space(session: &mut Session<'_>) -> &'static str {
    session.one_of(&["", "", "", " ", "\n", "\t ", "\r"])
}

/// Some value, with so many levels below at most.
fn value(session: &mut Session<'_>, levels: usize) -> String {
    let (before, after) = (space(session), space(session));
    let kinds = if levels == 0 { 3 } else { 5 };
    let value = match session.below(kinds) {
        0 => number(session),
        1 => string(session),
        2 => (session.one_of(&["true", "false", "null"])).to_owned(),
        3 => {
            let count = session.below(5);
            let items: Vec<String> = (0..count).map(|_| value(session, levels - 1)).collect();
            format!("[{}{}]", space(session), items.join(","))
        }
        _ => {
            let count = session.below(5);
            let members: Vec<String> = (0..count)
                .map(|_| {
                    let key = string(session);
                    format!(
                        "{}{key}{}:{}",
                        space(session),
                        space(session),
                        value(session, levels - 1)
                    )
                })
                .collect();
            format!("{{{}{}}}", space(session), members.join(","))
        }
    };
    format!("{before}{value}{after}")
}

fn number(session: &mut Session<'_>) -> String {
    let whole = session.random.word() >> session.below(256);
    let sign = session.one_of(&["", "", "-"]);
    let fraction = session.one_of(&["", "", ".5", ".0625"]);
    let exponent = session.one_of(&["", "", "e7", "E+12", "e-3"]);
    format!("{sign}{whole}{fraction}{exponent}")
}

fn string(session: &mut Session<'_>) -> String {
    let parts = [
        "a",
        "key",
        " ",
        "é",
        "€",
        "😀",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\t",
        "{",
        "]",
        ",",
    ];
    let count = session.below(12);
    let inner: String = (0..count).map(|_| session.one_of(&parts)).collect();
    format!("\"{inner}\"")
}

/// Takes a character away, adds one, or exchanges one.
fn spoil(session: &mut Session<'_>, text: String) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let other = *session
        .random
        .pick(&['"', ',', '}', ']', '\\', '0', '.', 'e', 'u', ' ', '-']);
    let at = session.below(characters.len());
    match session.below(3) {
        0 => drop(characters.remove(at)),
        1 => characters.insert(at, other),
        _ => characters[at] = other,
    }
    characters.into_iter().collect()
}

/// Numbers in the notation that each function takes, some too large.
fn numbers(session: &mut Session<'_>, mut call: impl FnMut(&mut Session<'_>, &str, String)) {
    let word = session.random.word();
    let more = session.one_of(&["", "", "", "0", "x", "9"]);
    call(session, "parseUint(string)", format!("{word}{more}"));
    let sign = session.one_of(&["", "-", "+", "--"]);
    call(
        session,
        "parseInt(string)",
        format!("{sign}{}{more}", word >> 1),
    );
    let prefix = session.one_of(&["", "0x", "0X"]);
    call(
        session,
        "parseHex(string)",
        format!("{prefix}{word:x}{more}"),
    );
}
