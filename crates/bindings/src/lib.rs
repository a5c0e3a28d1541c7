//! Typed bindings of the zksso contracts
