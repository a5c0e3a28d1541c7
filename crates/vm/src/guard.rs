//! Panics of the machine as errors.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::memory;

/// Why a run produced nothing: the text of a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked(pub String);

/// Turns a panic of the machine into an error: it panics on a few inputs it was not made for, such as a missing bytecode.
///
/// # Errors
///
/// [`Panicked`] with the panic's text.
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Panicked> {
    memory::prepare();
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| Panicked(panic_message(&*payload)))
}

/// Text of a panic's payload.
pub fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    payload
        .downcast_ref::<String>()
        .cloned()
        .or(text)
        .unwrap_or_else(|| "unknown cause".to_owned())
}
