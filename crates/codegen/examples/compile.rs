//! Compiles a Yul file and prints sizes; with `--asm` the instructions too.

use zksso_codegen::{Options, compile};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let asm = args
        .iter()
        .position(|arg| arg == "--asm")
        .map(|at| args.remove(at))
        .is_some();
    let options = Options {
        enable_eravm_extensions: true,
        ..Options::default()
    };
    for path in args {
        let Ok(source) = std::fs::read_to_string(&path) else {
            eprintln!("{path}: cannot be read");
            continue;
        };
        match compile(&path, &source, &options) {
            Ok(output) => output.contracts.iter().for_each(|contract| {
                println!(
                    "{path}: {} {} bytes {}",
                    contract.name,
                    contract.bytecode.len(),
                    contract.hash
                );
                if asm {
                    println!("{}", zksso_eravm::disassemble(&contract.bytecode));
                }
            }),
            Err(diagnostics) => eprintln!("{path}: {diagnostics}"),
        }
    }
}
