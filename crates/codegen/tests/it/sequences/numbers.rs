//! Arithmetic and plain loops. The edge-loving random words of the harness are what such functions need.

use alloy_primitives::{B256, U256};

use super::{STEPS, session::Session};

/// Random calls for each step; they are cheap.
const CALLS: usize = 6;

pub(super) fn openzeppelin(session: &mut Session<'_>) {
    let maths = session.deploy("Maths", &[]);
    for _ in 0..STEPS {
        for _ in 0..CALLS {
            session.look();
        }
        let (x, y, user) = (session.random.word(), session.random.word(), session.user());
        match session.below(3) {
            0 => {
                let rounds = U256::from(session.below(20));
                let start = x >> 10;
                session.may(user, maths, "growth(uint256,uint256)", (start, rounds));
            }
            1 => {
                let count = U256::from(session.below(20));
                session.may(user, maths, "roots(uint256,uint256)", (x, count));
            }
            _ => {
                let divisor = x.max(y).max(U256::ONE);
                let returned = session.must(
                    user,
                    maths,
                    "mulDiv(uint256,uint256,uint256)",
                    (x, y, divisor),
                );
                assert_eq!(U256::from_be_slice(&returned), x.min(y));
            }
        }
    }
}

pub(super) fn solady(session: &mut Session<'_>) {
    let maths = session.deploy("SoladyMath", &[]);
    for _ in 0..STEPS {
        for _ in 0..CALLS {
            session.look();
        }
        let wad = U256::from(10).pow(U256::from(18));
        let near = |session: &mut Session<'_>| {
            let whole = U256::from(session.below(130)) * wad;
            whole + session.random.word() % wad
        };
        let (x, y, user) = (near(session), near(session), session.user());
        match session.below(6) {
            0 => drop(session.must(user, maths, "exp(int256)", (x,))),
            1 => drop(session.must(user, maths, "ln(int256)", (x + U256::ONE,))),
            2 => drop(session.must(user, maths, "lambert(int256)", (x,))),
            3 => drop(session.may(user, maths, "pow(int256,int256)", (x, y))),
            4 => {
                let base = wad + x / U256::from(1_000);
                let exponent = session.below(300) as u64;
                let signature = "rpow(uint256,uint16,uint256)";
                session.must(user, maths, signature, (base, exponent, wad));
            }
            _ => {
                let count = U256::from(session.below(12));
                session.must(user, maths, "curve(uint256)", (count,));
            }
        }
    }
}

pub(super) fn loops(session: &mut Session<'_>) {
    let loops = session.deploy("Loops", &[]);
    let mut filled = 0;
    for _ in 0..STEPS {
        let (user, n) = (session.user(), session.below(60));
        let count = U256::from(n);
        match session.below(8) {
            // The sum after the 370th does not fit.
            0 => {
                let n = U256::from(360 + session.below(20));
                let fits = n < U256::from(370);
                session.depends(fits, user, loops, "fibonacci(uint256)", (n,));
            }
            1 => drop(session.must(user, loops, "primes(uint256)", (count,))),
            2 => {
                let seed = B256::from(session.random.word());
                session.must(user, loops, "hashChain(bytes32,uint256)", (seed, count));
            }
            3 => {
                let half = |session: &mut Session<'_>| session.random.word() >> 130;
                let a: Vec<U256> = (0..n).map(|_| half(session)).collect();
                let b: Vec<U256> = (0..n).map(|_| half(session)).collect();
                session.must(user, loops, "product(uint256[],uint256[])", (a, b));
            }
            4 => drop(session.must(user, loops, "matrix(uint256)", (count / U256::from(8),))),
            5 => {
                let start = session.random.next() as i64;
                session.may(user, loops, "narrow(int64,uint256)", (start, count));
            }
            6 if filled < 50 => {
                let more = U256::from(session.below(8));
                session.must(user, loops, "fill(uint256)", (more,));
                filled += 8;
            }
            _ => drop(session.must(user, loops, "total()", ())),
        }
        session.look();
    }
}
