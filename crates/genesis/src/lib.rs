//! Bytecode of the protocol's system contracts, taken from the virtual machine's own package
