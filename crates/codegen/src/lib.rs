//! Yul to EraVM code generator

pub mod yul;
