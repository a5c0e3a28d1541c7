//! Integration tests of the whole suite.

mod architecture;
mod devnet;
mod flows;
