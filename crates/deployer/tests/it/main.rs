//! Plans on the embedded node, and their records.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod execute;
mod record;
mod suite;
mod support;
