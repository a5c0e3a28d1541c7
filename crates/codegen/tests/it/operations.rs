//! A row for every operation of EraVM that a call of a constant address stands for: what it does with edge values, given as
//! constants and given at run time, at a kernel address and in a user's contract, on both implementations of the machine.
//!
//! What the addresses mean is zksolc's convention (`SystemContractsCaller.sol` of `@matterlabs/zksync-contracts` lists most of
//! them, the documentation of zksolc the rest); what the instructions do is the machine's.

use alloy_primitives::{Address, U256, address};
use zksso_codegen::{Options, compile};

use crate::harness::{
    era::{Call, Era, Receipt},
    probe,
};

mod calls;
mod deployment;
mod kernel;
mod pointers;
mod values;

/// A contract with the powers of the kernel.
const KERNEL: Address = address!("0000000000000000000000000000000000009001");
/// A contract without.
const USER: Address = address!("00000000000000000000000000000000000c0de1");
/// [`probe::probe`] in the kernel, where it is told whether a call is a system call.
const PROBE: Address = address!("0000000000000000000000000000000000009002");
/// [`probe::probe`] outside.
const USER_PROBE: Address = address!("00000000000000000000000000000000000c0de2");
/// [`probe::wide_caller`].
const WIDE_CALLER: Address = address!("00000000000000000000000000000000000c0de3");

/// Answers with its input.
const ECHO: Address = address!("0000000000000000000000000000000000009004");
/// The one address whose events the machine records.
const EVENT_WRITER: Address = address!("000000000000000000000000000000000000800d");

/// All ergs, in an ABI word.
const ALL_ERGS: U256 = U256::from_limbs([0, 0, 0, 0xffff_ffff]);
/// The system bit in an ABI word.
const SYSTEM: U256 = U256::from_limbs([0, 0, 0, 1 << 56]);
/// The mode of an ABI word that forwards a pointer.
const FORWARD: U256 = U256::from_limbs([0, 0, 0, 1 << 32]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Call,
    StaticCall,
    DelegateCall,
}

use Kind::{Call as Plain, DelegateCall as Delegate, StaticCall as Static};

impl Kind {
    /// The built-in with an address and zeros.
    fn of(self, address: u64) -> String {
        match self {
            Self::Call => format!("call(0, {address:#x}, 0, 0, 0, 0, 0)"),
            Self::StaticCall => format!("staticcall(0, {address:#x}, 0, 0, 0, 0)"),
            Self::DelegateCall => format!("delegatecall(0, {address:#x}, 0, 0, 0, 0)"),
        }
    }
}

macro_rules! rows {
    ($($kind:ident $address:literal $module:ident::$check:ident;)*) => {
        /// The operations that are tested.
        const ROWS: &[(Kind, u64)] = &[$(($kind, $address)),*];

        mod rows {
            $(#[test]
            fn $check() {
                super::$module::$check();
            })*
        }
    };
}

rows! {
    Plain 0xFFFF kernel::messages_go_to_l1;
    Static 0xFFFE values::code_address_is_that_of_the_code;
    Static 0xFFFD kernel::precompiles_run_and_burn_ergs;
    Static 0xFFFC values::meta_tells_sizes;
    Plain 0xFFFB calls::mimic_calls_name_another_caller;
    Plain 0xFFFA calls::mimic_calls_pass_two_words;
    Plain 0xFFF9 calls::mimic_calls_forward_a_pointer;
    Plain 0xFFF8 calls::mimic_calls_forward_a_pointer_with_two_words;
    Plain 0xFFF7 calls::raw_calls_take_an_abi_word;
    Static 0xFFF7 calls::raw_static_calls_take_an_abi_word;
    Delegate 0xFFF7 calls::raw_delegate_calls_take_an_abi_word;
    Plain 0xFFF6 calls::raw_calls_forward_a_pointer;
    Static 0xFFF6 calls::raw_static_calls_forward_a_pointer;
    Delegate 0xFFF6 calls::raw_delegate_calls_forward_a_pointer;
    Plain 0xFFF5 calls::system_calls_pass_four_words;
    Plain 0xFFF4 calls::system_calls_forward_a_pointer_with_four_words;
    Plain 0xFFF3 kernel::the_next_call_carries_the_value;
    Plain 0xFFF2 kernel::the_price_of_pubdata_is_set;
    Plain 0xFFF1 kernel::the_transaction_counter_grows;
    Static 0xFFF0 values::calldata_pointer_is_a_word;
    Static 0xFFEF values::call_flags_are_those_of_the_call;
    Static 0xFFEE values::returndata_pointer_is_a_word;
    Plain 0xFFED kernel::events_begin;
    Plain 0xFFEC kernel::events_continue;
    Static 0xFFEB pointers::calldata_becomes_active;
    Static 0xFFEA pointers::returndata_becomes_active;
    Static 0xFFE9 pointers::offsets_add_up;
    Static 0xFFE8 pointers::lengths_shrink;
    Static 0xFFE7 pointers::high_halves_are_packed;
    Static 0xFFE6 values::products_have_high_words;
    Static 0xFFE5 values::extra_words_are_those_of_the_call;
    Static 0xFFE4 pointers::words_are_loaded;
    Static 0xFFE3 pointers::bytes_are_copied;
    Static 0xFFE2 pointers::the_length_is_told;
    Static 0xFFDD kernel::code_is_decommitted;
    Static 0xFFDC kernel::decommitted_code_becomes_active;
    Static 0xFFDB pointers::the_active_pointer_is_returned;
    Static 0xFFDA pointers::the_active_pointer_is_reverted_with;
    Static 0xFFD9 pointers::active_pointers_are_exchanged;
}

/// Runtime code with extensions.
fn build(statements: &str) -> Result<Vec<u8>, String> {
    let source = format!(
        "object \"C\" {{ code {{ }} object \"C_deployed\" {{ code {{ {statements} }} }} }}"
    );
    let options = Options {
        enable_eravm_extensions: true,
        ..Options::default()
    };
    let output = compile("C", &source, &options).map_err(|error| error.to_string())?;
    Ok(output.root().expect("one contract").bytecode.clone())
}

fn word(number: u64) -> U256 {
    U256::from(number)
}

/// A chain with the ends of calls in place.
fn chain() -> Era {
    let mut era = Era::new();
    era.place(PROBE, &probe::probe());
    era.place(USER_PROBE, &probe::probe());
    era.place(WIDE_CALLER, &probe::wide_caller());
    let echo = "calldatacopy(0, 0, calldatasize()) return(0, calldatasize())";
    era.place(ECHO, &build(echo).expect("compiles"));
    era
}

/// Names of the words given to a program.
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Declarations of words as constants, or as read from the calldata.
fn declarations(words: &[U256], constant: bool) -> String {
    let named = NAMES.iter().zip(words).enumerate();
    let each = named.map(|(at, (name, word))| match constant {
        true => format!("let {name} := {word:#x}\n"),
        false => format!("let {name} := calldataload({})\n", at * 32),
    });
    each.collect()
}

/// The calldata that holds some words.
fn encoded(words: &[U256]) -> Vec<u8> {
    words.iter().flat_map(U256::to_be_bytes::<32>).collect()
}

/// Runs statements that use words by [`NAMES`] at an address, once with the words as constants and once with words from the calldata,
/// which holds them in both cases. Both must do the same.
fn run(at: Address, statements: &str, words: &[U256]) -> Receipt {
    run_call(&chain(), &Call::new(at, encoded(words)), statements, words)
}

/// The same on a given chain and with a given call.
fn run_call(era: &Era, call: &Call, statements: &str, words: &[U256]) -> Receipt {
    let receipts = [true, false].map(|constant| {
        let text = declarations(words, constant) + statements;
        let code = build(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let mut era = era.clone();
        // Whose code the words are for.
        let program = if call.to == WIDE_CALLER {
            KERNEL
        } else {
            call.to
        };
        era.place(program, &code);
        // The memory that `zk_evm` has for tests does not show decommitted code.
        match statements.contains("0xFFDD") {
            true => era.call(call),
            false => era.call_on_both(call),
        }
    });
    let [constant, read] = receipts;
    assert_eq!(constant.effect, read.effect, "{statements} with {words:?}");
    assert_eq!(constant.records, read.records, "{statements}");
    assert_eq!(constant.messages, read.messages, "{statements}");
    read
}

/// Runs what only the kernel may do: it panics elsewhere.
fn run_in_kernel(statements: &str, words: &[U256]) -> Receipt {
    run_at(KERNEL, statements, words)
}

/// The same at a chosen address of the kernel.
fn run_at(at: Address, statements: &str, words: &[U256]) -> Receipt {
    let refused = run(USER, statements, words);
    assert!(panicked(&refused), "{statements}: {refused:?}");
    assert!(refused.records.is_empty() && refused.messages.is_empty());
    run(at, statements, words)
}

fn panicked(receipt: &Receipt) -> bool {
    !receipt.effect.success && receipt.effect.data.is_empty()
}

/// The answer of a program that returns words.
fn answer(receipt: &Receipt) -> Vec<U256> {
    assert!(receipt.effect.success, "{receipt:?}");
    let words = receipt.effect.data.chunks(32);
    words.map(U256::from_be_slice).collect()
}

/// Refusal of statements, as the compiler words it.
fn refusal(statements: &str) -> String {
    build(statements).expect_err(statements)
}

#[test]
fn the_compiler_knows_the_operations_with_rows_and_no_others() {
    let range = 0xFFD0..=0xFFFF;
    for address in range {
        for kind in [Plain, Static, Delegate] {
            let rows = ROWS.iter().filter(|row| **row == (kind, address)).count();
            let built = build(&format!("sstore(0, {})", kind.of(address)));
            let ordinary = address < 0xFFD9;
            assert_eq!(
                built.is_ok(),
                rows == 1 || ordinary,
                "{kind:?} {address:#x}"
            );
            assert!(rows == 0 || !ordinary, "{kind:?} {address:#x}");
        }
    }
}

#[test]
fn constant_arrays_are_refused_by_name() {
    for address in 0xFFDE..=0xFFE1 {
        let message = refusal(&format!("pop({})", Static.of(address)));
        assert!(message.contains("constant arrays"), "{message}");
    }
}

#[test]
fn addresses_beyond_sixteen_bits_or_known_at_run_time_only_are_ordinary() {
    for (target, has_account) in [
        ("0x1ffef", 1),
        ("add(0xffef, shl(160, 1))", 0),
        ("calldataload(0)", 0),
    ] {
        let statements =
            format!("mstore(0, staticcall(gas(), {target}, 0, 0, 0, 0)) return(0, 32)");
        let code = build(&statements).unwrap_or_else(|error| panic!("{error}"));
        let mut era = chain();
        era.place(USER, &code);
        let call = Call::new(USER, encoded(&[word(0xffef)])).system();
        let found = answer(&era.call_on_both(&call));
        // The operation would tell the call flags; outside of the kernel an account without code answers.
        assert_eq!(found, [word(has_account)], "{target}");
    }
}

#[test]
fn folded_addresses_are_operations() {
    let statements =
        "let at := sub(shl(16, 1), 17) mstore(0, staticcall(0, at, 0, 0xFFFF, 0, 0)) return(0, 32)";
    let call = Call::new(KERNEL, encoded(&[])).system();
    assert_eq!(
        answer(&run_call(&chain(), &call, statements, &[])),
        [word(2)]
    );
}
