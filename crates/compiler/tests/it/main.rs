//! Builds of temporary projects, with the real solc where a test is about its output and scripts in its place where not.

mod artifacts;
mod bindings;
mod build;
mod config;
mod diagnostics;
#[cfg(unix)]
mod discovery;
mod support;
