//! Parameters of blocks: a guess that every edge confirms is true, however it was come by.
//!
//! The first rounds take what the edges pass on under the guess before. What still grows then is given the next of a few
//! widths, so that counters come to an end: at what the loop compares them with, or nowhere.

use super::{execute, note};
use crate::ir::{Cfg, Edge, Function, Range, Terminator, Value};
use crate::passes::known_bits::{Known, walk};
use alloy_primitives::{I256, U256};
use std::collections::HashMap;

/// Rounds before what grows is widened: enough for values to pass through a few joins.
const EXACT: usize = 3;
/// Rounds before all is given up.
const ROUNDS: usize = 24;
/// Widths in bits that numbers are given.
const WIDTHS: [usize; 7] = [8, 16, 32, 64, 128, 160, 255];

/// By parameter; for look-up only, never iterated.
type Guess = HashMap<Value, Range>;

/// Notes where the parameters of blocks other than the entry lie.
pub(super) fn bound(function: &mut Function) {
    let params = params(function);
    if params.is_empty() {
        return;
    }
    let before = function.ranges.clone();
    let found = fixpoint(function, &params, &before);
    function.ranges = before;
    if let Some(found) = found {
        for param in params {
            if let Some(&range) = found.get(&param) {
                note(function, &[param], &[range]);
            }
        }
    }
}

fn params(function: &Function) -> Vec<Value> {
    let order = Cfg::new(function).order;
    let blocks = order.iter().filter(|&&block| block != Function::ENTRY);
    blocks
        .flat_map(|&block| function.block(block).params.clone())
        .collect()
}

fn fixpoint(function: &mut Function, params: &[Value], before: &Guess) -> Option<Guess> {
    let mut guess = Guess::new();
    for round in 0..ROUNDS {
        let passed = passed_under(function, params, before, &guess);
        if passed == guess {
            return Some(guess);
        }
        if confirms(&guess, &passed) {
            // The edges may pass on less than was guessed, and may confirm that, too.
            let less = passed_under(function, params, before, &passed);
            return Some(if confirms(&passed, &less) {
                passed
            } else {
                guess
            });
        }
        guess = match round < EXACT {
            true => passed,
            false => widened(&guess, passed),
        };
    }
    None
}

/// Whether nothing is passed on but what was guessed.
fn confirms(guess: &Guess, passed: &Guess) -> bool {
    passed
        .iter()
        .all(|(param, range)| guess.get(param).is_some_and(|guess| guess.contains(*range)))
}

/// What the edges pass on if the guess is true.
fn passed_under(function: &mut Function, params: &[Value], before: &Guess, guess: &Guess) -> Guess {
    function.ranges.clone_from(before);
    for param in params {
        // What was never passed on yet counts as zero for the time being.
        let range = guess.get(param).copied();
        note(
            function,
            &[*param],
            &[range.unwrap_or(Range::word(U256::ZERO))],
        );
    }
    let mut passed = Guess::new();
    walk(function, |known, block| {
        execute(known, block, |_, _| {});
        let term = known.block(block).term.clone();
        match &term {
            Terminator::Branch {
                cond,
                lhs,
                rhs,
                yes,
                no,
            } => {
                for (cond, edge) in [(*cond, yes), (cond.negate(), no)] {
                    if !edge.args.is_empty() {
                        known.suppose(cond, *lhs, *rhs, |known| pass(known, edge, &mut passed));
                    }
                }
            }
            term => {
                for edge in term.edges() {
                    pass(known, edge, &mut passed);
                }
            }
        }
    });
    passed
}

fn pass(known: &Known<'_>, edge: &Edge, passed: &mut Guess) {
    let params = &known.block(edge.block).params;
    for (&param, &arg) in params.iter().zip(&edge.args) {
        let range = known.range(arg);
        let all = passed.entry(param).or_insert(range);
        *all = all.union(range);
    }
}

fn widened(guess: &Guess, passed: Guess) -> Guess {
    let widen = |(param, range): (Value, Range)| {
        let Some(&before) = guess.get(&param) else {
            return (param, range);
        };
        let mut range = before.union(range);
        if range.low < before.low {
            range.low = U256::ZERO;
        }
        if range.high > before.high {
            range.high = ones_above(range.high);
        }
        if range.max > before.max {
            range.max = I256::from_raw(ones_above(range.max.into_raw()));
        }
        if range.min < before.min {
            let magnitude = !range.min.into_raw();
            range.min = I256::from_raw(!ones_above(magnitude));
        }
        (param, range)
    };
    passed.into_iter().map(widen).collect()
}

/// The smallest of the widths' largest words that is not less.
fn ones_above(word: U256) -> U256 {
    let widths = WIDTHS.iter();
    let words = widths.map(|&width| (U256::ONE << width) - U256::ONE);
    words
        .filter(|&ones| ones >= word)
        .min()
        .unwrap_or(U256::MAX)
}
