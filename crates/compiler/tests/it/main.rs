//! Builds of temporary projects, with the real solc where a test is about its output and scripts in its place where not.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod artifacts;
mod bindings;
mod build;
mod config;
mod diagnostics;
#[cfg(unix)]
mod discovery;
mod standard;
mod support;
