//! Sorting and sorted sets.

use alloy_primitives::U256;

use super::{STEPS, session::Session};

pub(super) fn sort(session: &mut Session<'_>) {
    let sort = session.deploy("SoladySort", &[]);
    for _ in 0..STEPS {
        let (a, b) = (list(session), list(session));
        let user = session.user();
        match session.below(12) {
            0 => {
                let returned = session.must(user, sort, "sort(uint256[])", (a.clone(),));
                assert_eq!(words(&returned), sorted(a));
            }
            1 => {
                let returned = session.must(user, sort, "insertion(uint256[])", (a.clone(),));
                assert_eq!(words(&returned), sorted(a));
            }
            2 => drop(session.must(user, sort, "sortSigned(int256[])", (a,))),
            3 => drop(session.must(user, sort, "insertionSigned(int256[])", (a,))),
            4 => {
                let addresses: Vec<U256> = a.iter().map(|word| *word >> 96).collect();
                session.must(user, sort, "sortAddresses(address[])", (addresses,));
            }
            5 => drop(session.must(user, sort, "unique(uint256[])", (a,))),
            6 => {
                let needle = needle(session, &a);
                session.must(user, sort, "search(uint256[],uint256)", (a, needle));
            }
            7 => {
                let needle = needle(session, &a);
                session.must(user, sort, "searchSigned(int256[],int256)", (a, needle));
            }
            8 => drop(session.must(user, sort, "algebra(uint256[],uint256[])", (a, b))),
            9 => drop(session.must(user, sort, "reverse(uint256[])", (a,))),
            10 => {
                let values: Vec<U256> = a.iter().map(|_| session.random.word()).collect();
                session.may(
                    user,
                    sort,
                    "group(uint256[],uint256[])",
                    (a.clone(), values),
                );
                let small: Vec<U256> = a.iter().map(|word| *word >> 200).collect();
                session.must(user, sort, "group(uint256[],uint256[])", (a, small));
            }
            _ => {
                session.must(user, sort, "hasDuplicate(uint256[])", (a.clone(),));
                let count = U256::from(a.len());
                let seed = session.random.word();
                session.must(user, sort, "sortMade(uint256,uint256)", (seed, count));
            }
        }
        if session.one_in(5) {
            session.spoil();
        }
        if session.one_in(5) {
            session.look();
        }
    }
}

/// Random, with few values, ascending, descending, or all but ascending.
fn list(session: &mut Session<'_>) -> Vec<U256> {
    let length = match session.below(4) {
        0 => session.below(4),
        1 => 12 + session.below(3),
        _ => session.below(50),
    };
    let mut list: Vec<U256> = (0..length).map(|_| session.random.word()).collect();
    match session.below(6) {
        0 => list.iter_mut().for_each(|word| *word %= U256::from(5)),
        1 => list.sort(),
        2 => list.sort_by(|a, b| b.cmp(a)),
        3 => {
            list.sort();
            if length > 2 {
                let (i, j) = (session.below(length), session.below(length));
                list.swap(i, j);
            }
        }
        _ => {}
    }
    list
}

/// Something that is there, something near, or anything.
fn needle(session: &mut Session<'_>, list: &[U256]) -> U256 {
    if list.is_empty() || session.one_in(3) {
        return session.random.word();
    }
    let near = U256::from(session.below(2));
    session.random.pick(list).wrapping_add(near)
}

/// The elements of a list returned alone.
fn words(returned: &[u8]) -> Vec<U256> {
    returned[64..].chunks(32).map(U256::from_be_slice).collect()
}

fn sorted(mut list: Vec<U256>) -> Vec<U256> {
    list.sort();
    list
}
