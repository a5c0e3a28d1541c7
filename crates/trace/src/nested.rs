//! Calls within calls, as deep as they get.
//!
//! The machine keeps a sixty-fourth of the gas back at each call, so that the 80 million that a transaction has at most end less than
//! 1,000 calls deep. That may be more than a thread's stack holds when each level takes some kilobytes, and is more than `serde_json`
//! reads: it gives up after 128 arrays and objects within one another, and each call is two. So walks over calls get more stack when
//! they need it, and every so many levels are read apart.

use std::cell::Cell;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::value::RawValue;

use crate::Call;

/// Levels of calls that are read at most: hostile texts nest deeper than any chain.
const MAX_DEPTH: usize = 2_048;
/// Levels that are read together.
const LEVELS: usize = 32;
/// Bytes of stack that must be left for a level.
const RESERVE: usize = 256 * 1024;
/// Bytes of stack that are added.
const SEGMENT: usize = 4 * 1024 * 1024;

thread_local! {
    /// Levels that are being read. The reader itself has no place for the number.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Does one level of a walk over calls.
pub(crate) fn level<T>(job: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RESERVE, SEGMENT, job)
}

/// Writes the calls that a call made.
pub(crate) fn serialize<S: Serializer>(calls: &[Call], serializer: S) -> Result<S::Ok, S::Error> {
    level(|| calls.serialize(serializer))
}

/// Reads them.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Call>, D::Error> {
    let entered = Entered::new();
    if entered.depth > MAX_DEPTH {
        let message = format!("more than {MAX_DEPTH} calls within one another");
        return Err(D::Error::custom(message));
    }
    level(|| match entered.depth % LEVELS {
        0 => {
            let text = Box::<RawValue>::deserialize(deserializer)?;
            serde_json::from_str(text.get()).map_err(D::Error::custom)
        }
        _ => Deserialize::deserialize(deserializer),
    })
}

/// A level that is being read.
struct Entered {
    depth: usize,
}

impl Entered {
    fn new() -> Self {
        let depth = DEPTH.get() + 1;
        DEPTH.set(depth);
        Self { depth }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        DEPTH.set(self.depth - 1);
    }
}
