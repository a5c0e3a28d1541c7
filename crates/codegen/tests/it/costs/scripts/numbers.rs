//! Arithmetic.

use alloy_primitives::U256;

use crate::{costs::stage::Stage, libraries::coding::data};

fn wad(value: u64) -> U256 {
    U256::from(value) * U256::from(10).pow(U256::from(18))
}

fn big() -> U256 {
    U256::MAX / U256::from(1_000_003)
}

pub(super) fn maths(stage: &mut Stage) {
    let maths = stage.deploy("Maths", &[]);
    let three = |d: U256| data("mulDiv(uint256,uint256,uint256)", (big(), big() >> 3, d));
    let calls = [
        ("mulDiv of 512 bits", three(big())),
        (
            "mulDiv of 256 bits",
            data("mulDiv(uint256,uint256,uint256)", (wad(5), wad(7), wad(1))),
        ),
        ("sqrt", data("sqrt(uint256,uint8)", (big(), U256::ONE))),
        ("logs", data("logs(uint256)", (big(),))),
        (
            "invMod",
            data("invMod(uint256,uint256)", (wad(3), big() | U256::ONE)),
        ),
        ("tries", data("tries(uint256,uint256)", (big(), wad(1)))),
        (
            "100 rounds of mulDiv",
            data("growth(uint256,uint256)", (wad(1), U256::from(100))),
        ),
        (
            "50 roots and logarithms",
            data("roots(uint256,uint256)", (big(), U256::from(50))),
        ),
    ];
    for (label, call) in calls {
        stage.compute(&maths, label, call);
    }
}

pub(super) fn solady_math(stage: &mut Stage) {
    let maths = stage.deploy("SoladyMath", &[]);
    let calls = [
        ("wads", data("wads(uint256,uint256)", (wad(3), wad(7)))),
        (
            "quotients",
            data("quotients(uint256,uint256)", (wad(3), wad(7))),
        ),
        ("pow", data("pow(int256,int256)", (wad(3), wad(7)))),
        ("exp", data("exp(int256)", (wad(20),))),
        ("ln", data("ln(int256)", (wad(20),))),
        ("lambert", data("lambert(int256)", (wad(20),))),
        (
            "fullMulDiv",
            data(
                "fullMulDiv(uint256,uint256,uint256)",
                (big(), big() >> 3, big()),
            ),
        ),
        (
            "rpow",
            data(
                "rpow(uint256,uint16,uint256)",
                (wad(1) + U256::from(12_345), 9_000u16, wad(1)),
            ),
        ),
        ("roots", data("roots(uint256)", (big(),))),
        ("logs", data("logs(uint256)", (big(),))),
        ("scientific", data("scientific(uint256)", (wad(1_200),))),
        ("gcd", data("gcd(uint256,uint256)", (big(), wad(6)))),
        ("curve of 50", data("curve(uint256)", (U256::from(50),))),
    ];
    for (label, call) in calls {
        stage.compute(&maths, label, call);
    }
}
