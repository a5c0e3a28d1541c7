//! Strings, byte strings and Base64.

use alloy_primitives::{Address, Bytes, I256, U256};

use super::{STEPS, session::Session};

/// Random calls of pure functions.
pub(super) fn anything(session: &mut Session<'_>) {
    session.deploy("Base64s", &[]);
    for _ in 0..STEPS * 3 {
        session.look();
    }
}

pub(super) fn openzeppelin(session: &mut Session<'_>) {
    let text = session.deploy("Text", &[]);
    for _ in 0..STEPS {
        session.look();
        let (word, user) = (session.random.word(), session.user());
        match session.below(7) {
            0 => {
                let returned = session.must(user, text, "decimal(uint256)", (word,));
                let digits = string(&returned);
                assert_eq!(digits, word.to_string());
                let returned = session.must(user, text, "parse(string)", (digits,));
                assert_eq!(U256::from_be_slice(&returned), word);
            }
            1 => {
                let signed = I256::from_raw(word);
                let returned = session.must(user, text, "signed(int256)", (signed,));
                assert_eq!(string(&returned), signed.to_string());
                session.must(user, text, "tryParse(string)", (signed.to_string(),));
            }
            2 => {
                let digits = numeral(session);
                // Too many digits are a panic of the library, not a refusal.
                session.may(user, text, "tryParse(string)", (digits.clone(),));
                session.may(user, text, "tryParseHex(string)", (digits.clone(),));
                session.may(user, text, "parse(string)", (digits,));
            }
            3 => {
                let digits = word.to_string();
                let end = session.below(digits.len() + 2);
                let (begin, end) = (U256::from(session.below(end + 1)), U256::from(end));
                let part = "parsePart(string,uint256,uint256)";
                session.may(user, text, part, (digits, begin, end));
            }
            4 => {
                let account = Address::from_word(word.into()).to_string();
                session.must(user, text, "parseAccount(string)", (account,));
            }
            5 => {
                let start = word >> 20;
                let count = U256::from(session.below(6));
                session.must(user, text, "roundTrips(uint256,uint256)", (start, count));
            }
            _ => {
                let prose = prose(session, 90);
                session.must(user, text, "escape(string)", (prose.clone(),));
                let other = prose.replace('a', "b");
                session.must(user, text, "equal(string,string)", (prose, other));
            }
        }
        if session.one_in(5) {
            session.spoil();
        }
    }
}

/// Something like a number in some notation, perhaps with a mistake.
fn numeral(session: &mut Session<'_>) -> String {
    let word = session.random.word();
    let mut text = match session.below(4) {
        0 => format!("{word:#x}"),
        1 => format!("{word:X}"),
        2 => format!("-{}", word >> 1),
        _ => format!("{word}"),
    };
    if session.one_in(3) {
        text.push_str(session.one_of(&["0", "9", "g", " ", "-", "ff", "/", ":"]));
    }
    text
}

/// Text of few letters, of some that need escaping, and of longer runes.
fn prose(session: &mut Session<'_>, longest: usize) -> String {
    let parts = [
        "a", "b", "ab", "aab", "<", "&", "\"", "'", "\\", "\n", "\u{1}", "é", "€", "😀", "Z",
    ];
    let length = session.below(longest);
    let mut text = String::new();
    while text.len() < length {
        text.push_str(session.one_of(&parts));
    }
    text
}

/// A part of a text, or a text that may be none.
fn needle(session: &mut Session<'_>, subject: &[u8]) -> Vec<u8> {
    if subject.is_empty() || session.one_in(5) {
        return prose(session, 4).into_bytes();
    }
    let begin = session.below(subject.len());
    let length = match session.one_in(4) {
        true => session.below(subject.len() - begin + 1),
        false => session.below((subject.len() - begin).min(3) + 1),
    };
    subject[begin..begin + length].to_vec()
}

/// The string that a function returns alone.
fn string(returned: &[u8]) -> String {
    let length = U256::from_be_slice(&returned[32..64]).to::<usize>();
    String::from_utf8(returned[64..64 + length].to_vec()).expect("is text")
}

pub(super) fn solady(session: &mut Session<'_>) {
    let text = session.deploy("SoladyString", &[]);
    for _ in 0..STEPS {
        session.look();
        let user = session.user();
        let subject = prose(session, 120);
        match session.below(8) {
            0 => drop(session.must(user, text, "runes(string)", (subject,))),
            1 => {
                let ascii = subject.replace(|c: char| !c.is_ascii(), "?");
                session.must(user, text, "allowed(string)", (ascii.clone(),));
                session.must(user, text, "cases(string)", (ascii,));
            }
            2 => drop(session.must(user, text, "escape(string)", (subject,))),
            3 => {
                let delimiter = prose(session, 3);
                session.must(user, text, "split(string,string)", (subject, delimiter));
            }
            4 => {
                let (a, b) = (prose(session, 34), prose(session, 20));
                session.may(user, text, "pack(string,string)", (a.clone(), b.clone()));
                session.may(user, text, "packTwo(string,string)", (a, b));
            }
            5 => {
                let small = prose(session, 34);
                session.may(user, text, "small(string)", (small,));
            }
            6 => {
                let word = session.random.word();
                let returned = session.must(user, text, "decimal(uint256)", (word,));
                assert_eq!(string(&returned), word.to_string());
            }
            _ => {
                let (safe, bare) = (session.one_in(2), session.one_in(2));
                let data = Bytes::from(session.random.bytes(200));
                let encode = "encode(bytes,bool,bool)";
                let returned = session.must(user, text, encode, (data.clone(), safe, bare));
                let coded = string(&returned);
                let returned = session.must(user, text, "decode(string)", (coded,));
                assert_eq!(&returned[64..64 + data.len()], &data[..]);
            }
        }
        if session.one_in(5) {
            session.spoil();
        }
    }
}

pub(super) fn bytes(session: &mut Session<'_>) {
    let bytes = session.deploy("SoladyBytes", &[]);
    for _ in 0..STEPS {
        session.look();
        let user = session.user();
        let subject = prose(session, 150).into_bytes();
        let part = Bytes::from(needle(session, &subject));
        let from = session.part_of(U256::from(subject.len()));
        let subject = Bytes::from(subject);
        match session.below(9) {
            0 => {
                // The library keeps lengths up to 254 in another way than longer ones.
                let length = *session.random.pick(&[0, 1, 31, 32, 254, 255, 256, 300]);
                let data = Bytes::from(vec![session.random.next() as u8; length]);
                let how = session.one_of(&["set(bytes)", "setFromMemory(bytes)"]);
                session.must(user, bytes, how, (data.clone(),));
                let returned = session.must(user, bytes, "get()", ());
                assert_eq!(&returned[64..64 + length], &data[..]);
                let index = U256::from(session.below(length + 3));
                session.must(user, bytes, "byteAt(uint256)", (index,));
            }
            1 => {
                let how = session.one_of(&["set(bytes)", "setFromMemory(bytes)"]);
                session.must(user, bytes, how, (subject,));
                if session.one_in(3) {
                    session.must(user, bytes, "clear()", ());
                }
            }
            2 => {
                let other = Bytes::from(prose(session, 9).into_bytes());
                let replace = "replace(bytes,bytes,bytes)";
                session.must(user, bytes, replace, (subject, part, other));
            }
            3 | 4 => {
                let find = "find(bytes,bytes,uint256)";
                session.must(user, bytes, find, (subject, part, from));
            }
            5 => drop(session.must(user, bytes, "split(bytes,bytes)", (subject, part))),
            6 => drop(session.must(user, bytes, "indices(bytes,bytes)", (subject, part))),
            7 => drop(session.must(user, bytes, "compare(bytes,bytes)", (subject, part))),
            _ => {
                let slice = "slice(bytes,uint256,uint256)";
                let end = from + U256::from(part.len());
                session.must(user, bytes, slice, (subject.clone(), from, end));
                let slice = "sliceCalldata(bytes,uint256,uint256)";
                session.must(user, bytes, slice, (subject, from, end));
                let list = vec![part.clone(), Bytes::new(), part];
                session.must(user, bytes, "direct(bytes[])", (list,));
            }
        }
        if session.one_in(5) {
            session.spoil();
        }
    }
}
