//! Integration tests of the whole suite.

mod architecture;
mod flows;
