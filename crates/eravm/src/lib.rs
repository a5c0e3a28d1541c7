//! EraVM instruction set: encoding, disassembly and bytecode hashes
