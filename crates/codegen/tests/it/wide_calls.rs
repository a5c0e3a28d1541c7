//! Functions with more parameters and results than there are registers for them. The rest goes through shared words of the
//! stack, which every other call of such a function overwrites. The EVM cannot hold as many values, so the results are computed here.

use alloy_primitives::{Address, U256};
use zksso_codegen::{Options, compile};

use crate::harness::{
    era::{Call, Era},
    random::Random,
};

/// Parameters and results of the functions.
const WIDTH: usize = 17;

type Words = [U256; WIDTH];

fn deploy(era: &mut Era, statements: &str) -> Address {
    let source = format!(
        "object \"Wide\" {{ code {{ return(0, 0) }} object \"Wide_deployed\" {{ code {{ {statements} }} }} }}"
    );
    let output = compile("Wide", &source, &Options::default())
        .unwrap_or_else(|found| panic!("{found}\n{statements}"));
    let contract = output.root().expect("has a root");
    era.create(&contract.bytecode, &[], 0).expect("deploys")
}

/// `prefix0, prefix1, …`
fn list(prefix: &str) -> String {
    let names: Vec<_> = (0..WIDTH).map(|at| format!("{prefix}{at}")).collect();
    names.join(", ")
}

/// Statements that read the words `p0, …` from calldata, and that return `r0, …`.
fn with_calldata(body: &str) -> String {
    let mut code = "{\n".to_owned();
    for at in 0..WIDTH {
        code += &format!("let p{at} := calldataload({})\n", 32 * at);
    }
    code += body;
    for at in 0..WIDTH {
        code += &format!("mstore({}, r{at})\n", 32 * at);
    }
    code + &format!("return(0, {}) }}\n", 32 * WIDTH)
}

/// Calls with random words and compares with what `expected` says.
fn check(
    statements: &str,
    first: impl Fn(&mut Random) -> U256,
    expected: impl Fn(&Words) -> Words,
) {
    let mut era = Era::new();
    let contract = deploy(&mut era, statements);
    let mut random = Random::new(statements.len() as u64);
    for _ in 0..40 {
        let mut words = [U256::ZERO; WIDTH].map(|_| random.word());
        words[0] = first(&mut random);
        let data: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
        let effect = era.call(&Call::new(contract, data)).effect;
        assert!(effect.success, "{words:?}");
        let found: Vec<_> = effect.data.chunks(32).map(U256::from_be_slice).collect();
        assert_eq!(found, expected(&words), "{words:?}");
    }
}

/// A function whose results depend on all parameters, each on others, and on their order.
fn mix(name: &str) -> String {
    let mut body = String::new();
    for at in 0..WIDTH {
        let (a, b) = ((at * 7 + 3) % WIDTH, (at * 5 + 1) % WIDTH);
        body += &format!("r{at} := add(mul(p{a}, {}), xor(p{b}, p{at}))\n", at + 2);
    }
    format!(
        "function {name}({}) -> {} {{ {body} sstore(r0, r1) }}\n",
        list("p"),
        list("r")
    )
}

fn mixed(p: &Words) -> Words {
    core::array::from_fn(|at| {
        let (a, b) = ((at * 7 + 3) % WIDTH, (at * 5 + 1) % WIDTH);
        let product = p[a].wrapping_mul(U256::from(at + 2));
        product.wrapping_add(p[b] ^ p[at])
    })
}

#[test]
fn calls_pass_more_values_than_registers() {
    let reversed: Vec<_> = (0..WIDTH).rev().map(|at| format!("q{at}")).collect();
    let body = format!(
        "let {} := mix({})\nlet {} := mix({})\n",
        list("q"),
        list("p"),
        list("r"),
        reversed.join(", ")
    );
    let code = format!("{}{}", with_calldata(&body), mix("mix"));
    check(&code, Random::word, |words| {
        let mut once = mixed(words);
        once.reverse();
        mixed(&once)
    });
}

/// Arguments are computed before the first of them is handed over.
#[test]
fn arguments_that_are_such_calls_themselves_do_not_disturb_each_other() {
    let call = |arguments: &[String]| format!("sum({})", arguments.join(", "));
    let leaves = |shift: usize| -> Vec<String> {
        (0..WIDTH)
            .map(|at| format!("p{}", (at + shift) % WIDTH))
            .collect()
    };
    let inner: Vec<_> = (0..WIDTH)
        .map(|at| {
            if at % 4 == 0 {
                call(&leaves(at))
            } else {
                format!("p{at}")
            }
        })
        .collect();
    let mut body = format!("let r0 := {}\n", call(&inner));
    for at in 1..WIDTH {
        body += &format!("let r{at} := sub(r0, p{at})\n");
    }
    let mut sum = String::new();
    for at in 0..WIDTH {
        sum += &format!("t := add(mul(t, 31), p{at})\n");
    }
    let sum = format!(
        "function sum({}) -> t {{ {sum} sstore(t, p16) }}\n",
        list("p")
    );
    let hash = |words: &Words| {
        words.iter().fold(U256::ZERO, |sum, word| {
            sum.wrapping_mul(U256::from(31)).wrapping_add(*word)
        })
    };
    check(
        &format!("{}{sum}", with_calldata(&body)),
        Random::word,
        |words| {
            let arguments = core::array::from_fn(|at| match at % 4 {
                0 => hash(&core::array::from_fn(|place| words[(place + at) % WIDTH])),
                _ => words[at],
            });
            let first = hash(&arguments);
            core::array::from_fn(|at| {
                if at == 0 {
                    first
                } else {
                    first.wrapping_sub(words[at])
                }
            })
        },
    );
}

/// What a function was given is still there after it has called itself.
#[test]
fn recursive_functions_keep_what_they_were_given() {
    let rotated: Vec<_> = (1..WIDTH)
        .map(|at| match at + 1 {
            WIDTH => "add(p1, p0)".to_owned(),
            next => format!("p{next}"),
        })
        .collect();
    let mut leaf = String::new();
    let mut combine = String::new();
    for at in 0..WIDTH {
        leaf += &format!("r{at} := p{}\n", WIDTH - 1 - at);
        combine += &format!("r{at} := add(mul(r{at}, 3), p{at})\n");
    }
    let turn = format!(
        "function turn({}) -> {} {{ switch p0 case 0 {{ {leaf} }} default {{ {} := turn(sub(p0, 1), {})\n{combine} }} }}\n",
        list("p"),
        list("r"),
        list("r"),
        rotated.join(", ")
    );
    let body = format!("let {} := turn({})\n", list("r"), list("p"));
    fn expected(words: &Words) -> Words {
        if words[0].is_zero() {
            return core::array::from_fn(|at| words[WIDTH - 1 - at]);
        }
        let mut next = *words;
        next[0] = words[0] - U256::ONE;
        next[1..WIDTH - 1].copy_from_slice(&words[2..]);
        next[WIDTH - 1] = words[1].wrapping_add(words[0]);
        let below = expected(&next);
        core::array::from_fn(|at| {
            below[at]
                .wrapping_mul(U256::from(3))
                .wrapping_add(words[at])
        })
    }
    check(
        &format!("{}{turn}", with_calldata(&body)),
        |random| U256::from(random.below(40)),
        expected,
    );
}
