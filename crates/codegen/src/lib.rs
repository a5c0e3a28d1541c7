//! Yul to EraVM code generator
