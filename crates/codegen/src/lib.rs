//! Compiles the Yul of solc (`ir` or `irOptimized`) to EraVM bytecode.
//!
//! # How a contract travels through this crate
//!
//! 1. **[`yul`]** parses the text into a tree of objects and checks it: names, arities, jumps. All later complaints are
//!    [`yul::Diagnostics`] too, with the place in the source.
//! 2. **`driver`** ([`compile`]) takes the objects apart. Contracts created by others come first, because their creators
//!    contain their bytecode hashes. Every contract has two halves: deployment code and runtime code, two roots in one
//!    bytecode.
//! 3. **`lower`** turns each half into SSA form (`ir`), straight from the structure of the source. Functions and
//!    immutables are numbered by first use, never by name: names contain ids that change with the set of sources, and
//!    the hash of the bytecode is the contract's identity.
//! 4. **`passes`** ([each has its paragraph](optimisation)) fold, merge and remove code; dissolve functions; then expand built-ins (`expand-builtins`). Short
//!    built-ins are operations of the IR; longer ones (`mcopy`, `mulmod`, calls, creation, ..) are functions of a prelude
//!    written in Yul with a few intrinsics, compiled like everything else and specialised by the inliner. Calls of
//!    certain constant addresses are EraVM operations on request ([`Options::enable_eravm_extensions`]). A built-in
//!    EraVM cannot offer is an error only if it is still reachable then. A verifier checks the IR after every pass.
//! 5. **`machine`** selects instructions with virtual registers, lets regalloc2 place them in r1 to r13 and the frame (its
//!    checker proves the result), and emits: entry stub, runtime root, deployment root, functions, constant pool. Equal tails are
//!    merged at last.
//!
//! Instructions of the IR carry the byte offset of the Yul they come from. From comments that solc prints on request
//! ([`yul::Locations`]) these offsets lead on to the Solidity source, and [`SourceMap`] keeps the places of all instructions.
//! Passes give what they make the place of what it replaces; no code depends on places.
//!
//! # Conventions of the generated code
//!
//! * Stack: a few absolute words (calldata and returndata pointers, and what the contract needs of the rest), then frames.
//!   Fat pointers live in those words only: ordinary instructions lose their tags and far calls wipe all registers.
//! * Yul functions are called by jump-and-link: arguments and results in r1 to r12, the return address in r13, further
//!   words in absolute slots. A call wipes the registers that the callee writes, known because callees come first. No near calls: a return of the machine always leaves the contract. Recursive functions
//!   check the stack pointer, which would wrap silently.
//! * Auxiliary heap: bytes 0 to 256 hold requests to system contracts, immutables follow while deploying.
//! * Offsets and lengths that enter an ABI word are checked against 2^32 wherever they are not known to fit; whatever
//!   exceeds it burns all gas, as it would for lack of memory on the EVM.

mod builtin;
mod driver;
mod ir;
mod lower;
mod machine;
mod passes;
mod prelude;
mod refusal;
mod source_map;
pub mod yul;

#[doc = include_str!("optimisation.md")]
pub mod optimisation {}

pub use driver::{Contract, LinkReference, Options, Output, compile};
pub use source_map::{JumpKind, MapEntry, MapRange, SourceMap, SourceMapError, SourcePosition};
