//! Solidity builds for EraVM: solc discovery, code generation, caching and artifacts
