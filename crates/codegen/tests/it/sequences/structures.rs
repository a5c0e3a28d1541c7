//! Sets, maps and histories of values.

use alloy_primitives::{B256, U256, keccak256};

use super::{
    STEPS,
    session::{Contract, Session},
};
use crate::harness::pair::USERS;

pub(super) fn sets(session: &mut Session<'_>) {
    let sets = session.deploy("Sets", &[]);
    for _ in 0..STEPS {
        match session.below(8) {
            0 => add(session, sets),
            1 => remove(session, sets),
            2 => accounts(session, sets),
            3 => words(session, sets),
            4 => map(session, sets),
            5 => {
                let (seed, rounds) = (session.random.word(), U256::from(session.below(30)));
                let user = session.user();
                session.must(user, sets, "churn(uint256,uint256)", (seed, rounds));
            }
            6 if session.one_in(3) => {
                let user = session.user();
                session.must(user, sets, "clearNumbers()", ());
            }
            _ => {
                members(session, sets);
                session.look();
            }
        }
        if session.one_in(10) {
            session.spoil();
        }
    }
}

fn small(session: &mut Session<'_>) -> U256 {
    U256::from(session.below(24))
}

/// The flag that says that something changed.
fn changes(session: &mut Session<'_>, sets: Contract, signature: &str, value: U256) -> bool {
    let user = session.user();
    let returned = session.must(user, sets, signature, (value,));
    returned[31] == 1
}

fn add(session: &mut Session<'_>, sets: Contract) {
    let value = small(session);
    let had = !session.read(sets, "hasNumber(uint256)", (value,)).is_zero();
    assert_eq!(changes(session, sets, "addNumber(uint256)", value), !had);
}

fn remove(session: &mut Session<'_>, sets: Contract) {
    let value = small(session);
    let had = !session.read(sets, "hasNumber(uint256)", (value,)).is_zero();
    assert_eq!(changes(session, sets, "removeNumber(uint256)", value), had);
}

fn accounts(session: &mut Session<'_>, sets: Contract) {
    let (from, account) = (session.user(), session.user());
    let how = match session.one_in(3) {
        true => "removeAccount(address)",
        false => "addAccount(address)",
    };
    session.must(from, sets, how, (account,));
    session.must(from, sets, "allAccounts()", ());
}

fn words(session: &mut Session<'_>, sets: Contract) {
    let from = session.user();
    let count = session.below(9);
    let words: Vec<B256> = (0..count)
        .map(|_| keccak256([session.below(16) as u8]))
        .collect();
    let how = match session.one_in(2) {
        true => "removeWords(bytes32[])",
        false => "addWords(bytes32[])",
    };
    session.must(from, sets, how, (words,));
    session.must(from, sets, "allWords()", ());
}

fn map(session: &mut Session<'_>, sets: Contract) {
    let (from, key, value) = (session.user(), session.user(), session.random.word());
    if session.one_in(3) {
        session.must(from, sets, "drop(address)", (key,));
    } else {
        session.must(from, sets, "put(address,uint256)", (key, value));
    }
    let key = session.user();
    let known = !session.read(sets, "tryGet(address)", (key,)).is_zero();
    session.depends(known, from, sets, "get(address)", (key,));
    session.must(from, sets, "entries()", ());
}

fn members(session: &mut Session<'_>, sets: Contract) {
    let all = session.must(USERS[0], sets, "allNumbers()", ());
    let count = U256::from_be_slice(&all[32..64]);
    let index = session.part_of(count);
    session.depends(index < count, USERS[0], sets, "numberAt(uint256)", (index,));
}

pub(super) fn trace(session: &mut Session<'_>) {
    let trace = session.deploy("Trace", &[]);
    // Keys of the last checkpoints.
    let (mut wide, mut middle, mut narrow) = (0, 0, 0);
    for _ in 0..STEPS {
        let value = session.random.word();
        let user = session.user();
        match session.below(7) {
            0 => {
                let (key, grows) = next_key(session, &mut wide);
                let value = value >> 96;
                let signature = "pushWide(uint96,uint160)";
                session.depends(grows, user, trace, signature, (u128::from(key), value));
            }
            1 => {
                let (key, grows) = next_key(session, &mut middle);
                let value = value >> 48;
                session.depends(grows, user, trace, "push(uint48,uint208)", (key, value));
            }
            2 => {
                let (key, grows) = next_key(session, &mut narrow);
                let value = value >> 32;
                let signature = "pushNarrow(uint32,uint224)";
                session.depends(grows, user, trace, signature, (key, value));
            }
            3 => many(session, trace, &mut narrow),
            _ => search(session, trace, narrow),
        }
        if session.one_in(4) {
            session.look();
        }
    }
}

/// A key that is not below the last one, or one that is.
fn next_key(session: &mut Session<'_>, last: &mut u64) -> (u64, bool) {
    if *last > 0 && session.one_in(6) {
        return (session.below(*last as usize) as u64, false);
    }
    *last += session.below(4) as u64;
    (*last, true)
}

fn many(session: &mut Session<'_>, trace: Contract, last: &mut u64) {
    let count = session.below(12);
    let values: Vec<U256> = (0..count).map(|_| session.random.word() >> 32).collect();
    let user = session.user();
    session.must(user, trace, "pushMany(uint32,uint224[])", (*last, values));
    *last += count.saturating_sub(1) as u64;
}

fn search(session: &mut Session<'_>, trace: Contract, last: u64) {
    let key = session.below(last as usize + 3) as u64;
    let user = session.user();
    session.must(user, trace, "lookups(uint48)", (key,));
    session.must(user, trace, "lookupsNarrow(uint32)", (key,));
    session.must(user, trace, "sum(uint32,uint32)", (key, key + 5));
    session.must(user, trace, "latest()", ());
    session.must(user, trace, "last()", ());
    session.may(user, trace, "at(uint32)", (key / 4,));
}
