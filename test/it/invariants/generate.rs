//! Random sessions, and transactions that fit them more or less.

use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy::signers::local::PrivateKeySigner;
use zksso_bindings::{
    CallSpec, Constraint, SessionOptions, SessionSpec, TokenBudget, TransferSpec, UsageLimit,
};
use zksso_core::{Call, Claims, Paymaster, Session, SessionUse, batch_call};

use super::dice::Dice;

/// What the random sessions and transactions are about.
pub(crate) struct Setting {
    /// The account.
    pub(crate) account: Address,
    /// A contract that becomes a module of the account after the sessions are opened.
    pub(crate) later_module: Address,
}

const FRIENDS: [Address; 3] = [
    Address::repeat_byte(0xf1),
    Address::repeat_byte(0xf2),
    Address::repeat_byte(0xf3),
];
const TOKENS: [Address; 3] = [
    Address::repeat_byte(0x71),
    Address::repeat_byte(0x72),
    Address::repeat_byte(0x73),
];
const PAYMASTERS: [Address; 2] = [Address::repeat_byte(0xa1), Address::repeat_byte(0xa2)];

const TRANSFER: FixedBytes<4> = FixedBytes([0xa9, 0x05, 0x9c, 0xbb]);
const APPROVE: FixedBytes<4> = FixedBytes([0x09, 0x5e, 0xa7, 0xb3]);
const TRANSFER_FROM: FixedBytes<4> = FixedBytes([0x23, 0xb8, 0x72, 0xdd]);
const INCREASE_ALLOWANCE: FixedBytes<4> = FixedBytes([0x39, 0x50, 0x93, 0x51]);
const DECREASE_ALLOWANCE: FixedBytes<4> = FixedBytes([0xa4, 0x57, 0xc2, 0xd7]);
/// Functions whose outflow is known, those of interest more often.
const FUNCTIONS: [FixedBytes<4>; 8] = [
    TRANSFER,
    TRANSFER,
    APPROVE,
    APPROVE,
    APPROVE,
    TRANSFER_FROM,
    INCREASE_ALLOWANCE,
    DECREASE_ALLOWANCE,
];
const UNKNOWN: FixedBytes<4> = FixedBytes([0xde, 0xad, 0xbe, 0xef]);

/// Lengths of periods, in seconds.
const PERIODS: [u64; 3] = [120, 600, 3_600];
/// Highest amount that limits, values and arguments are mostly about.
const AMOUNTS: u64 = 60;

/// A session key.
pub(crate) fn key(dice: &mut Dice) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::from(dice.word())).expect("not zero")
}

/// A session that can be opened at `now` and lasts for some hours at most.
pub(crate) fn session(dice: &mut Dice, setting: &Setting, signer: Address, now: u64) -> Session {
    let spec = SessionSpec {
        signer,
        expiresAt: U256::from(now + 400 + dice.below(15_000)),
        feeLimit: UsageLimit {
            limit: U256::from(100 + dice.below(2_000)),
            ..limit_of(dice, &[1, 2])
        },
        callPolicies: call_policies(dice, setting),
        transferPolicies: transfer_policies(dice, setting),
    };
    let options = dice.chance(65).then(|| options(dice, &spec, now));
    Session { spec, options }
}

fn limit(dice: &mut Dice) -> UsageLimit {
    limit_of(dice, &[0, 1, 1, 2])
}

fn limit_of(dice: &mut Dice, kinds: &[u8]) -> UsageLimit {
    UsageLimit {
        limitType: dice.pick(kinds),
        limit: U256::from(dice.below(20 * AMOUNTS)),
        period: U256::from(dice.pick(&PERIODS)),
    }
}

fn max_value(dice: &mut Dice) -> U256 {
    match dice.chance(60) {
        true => U256::MAX,
        false => U256::from(AMOUNTS / 4 + dice.below(AMOUNTS)),
    }
}

fn transfer_policies(dice: &mut Dice, setting: &Setting) -> Vec<TransferSpec> {
    let mut policies: Vec<TransferSpec> = Vec::new();
    for _ in 0..dice.below(4) {
        let target = target(dice, setting, &FRIENDS);
        if policies.iter().any(|policy| policy.target == target) {
            continue;
        }
        policies.push(TransferSpec {
            target,
            maxValuePerUse: max_value(dice),
            valueLimit: limit(dice),
        });
    }
    policies
}

fn call_policies(dice: &mut Dice, setting: &Setting) -> Vec<CallSpec> {
    let mut policies: Vec<CallSpec> = Vec::new();
    for _ in 0..1 + dice.below(4) {
        let target = target(dice, setting, &TOKENS);
        let selector = match dice.chance(10) {
            true => UNKNOWN,
            false => dice.pick(&FUNCTIONS),
        };
        if policies
            .iter()
            .any(|policy| policy.target == target && policy.selector == selector)
        {
            continue;
        }
        policies.push(CallSpec {
            target,
            selector,
            maxValuePerUse: max_value(dice),
            valueLimit: limit(dice),
            constraints: constraints(dice),
        });
    }
    policies
}

/// Mostly one of these, now and then what becomes a module.
fn target(dice: &mut Dice, setting: &Setting, targets: &[Address]) -> Address {
    match dice.chance(6) {
        true => setting.later_module,
        false => dice.pick(targets),
    }
}

fn constraints(dice: &mut Dice) -> Vec<Constraint> {
    let count = dice.below(4);
    let constraint = |dice: &mut Dice| {
        let index = match dice.chance(3) {
            true => u64::MAX - dice.below(2),
            false => dice.below(3),
        };
        Constraint {
            condition: u8::try_from(if dice.chance(40) { 0 } else { dice.below(11) })
                .expect("below 11"),
            index,
            refValue: B256::from(word_near(dice, U256::from(dice_small(index)))),
            limit: limit_of(dice, &[0, 0, 1, 2]),
        }
    };
    (0..count).map(|_| constraint(dice)).collect()
}

/// A number around which the arguments at an index lie.
const fn dice_small(index: u64) -> u64 {
    AMOUNTS / 2 + index % 3
}

/// A word close to another one, or to zero, in two's complement.
fn word_near(dice: &mut Dice, middle: U256) -> U256 {
    let distance = U256::from(dice.below(3));
    match dice.below(5) {
        0 => middle.wrapping_add(distance),
        1 => middle.wrapping_sub(distance),
        2 => U256::ZERO.wrapping_sub(distance),
        3 => address_word(dice.pick(&FRIENDS)),
        _ => dice.amount(AMOUNTS),
    }
}

fn address_word(address: Address) -> U256 {
    address.into_word().into()
}

fn options(dice: &mut Dice, spec: &SessionSpec, now: u64) -> SessionOptions {
    let limits = |dice: &mut Dice, policies: usize| {
        let count = dice.index(policies + 1);
        (0..count).map(|_| limit(dice)).collect::<Vec<_>>()
    };
    let starts_later = dice.chance(15);
    let listed = dice.index(PAYMASTERS.len() + 1);
    SessionOptions {
        validAfter: U256::from(if starts_later {
            now + dice.below(200)
        } else {
            0
        }),
        maxFeePerUse: U256::from(if dice.chance(70) {
            u64::MAX
        } else {
            AMOUNTS / 2 + dice.below(AMOUNTS)
        }),
        anyPaymaster: dice.chance(30),
        paymasters: PAYMASTERS[..listed].to_vec(),
        useLimit: limit_of(dice, &[0, 0, 1, 2]),
        transferUseLimits: limits(dice, spec.transferPolicies.len()),
        callUseLimits: limits(dice, spec.callPolicies.len()),
        tokenBudgets: budgets(dice, spec),
    }
}

fn budgets(dice: &mut Dice, spec: &SessionSpec) -> Vec<TokenBudget> {
    let count = dice.below(3);
    let tokens: Vec<_> = (0..count).map(|_| dice.pick(&TOKENS)).collect();
    let countable = tokens.into_iter().filter(|token| {
        let mut policies = spec.callPolicies.iter();
        !policies.any(|policy| policy.target == *token && policy.selector == UNKNOWN)
    });
    let budget = |token| TokenBudget {
        token,
        limit: limit(dice),
    };
    countable.map(budget).collect()
}

/// A transaction for a session, mostly one that it allows.
pub(crate) fn action(dice: &mut Dice, setting: &Setting, session: &Session) -> SessionUse {
    let call = match dice.below(100) {
        0..20 if session.options.is_some() || dice.chance(20) => batch(dice, setting, session),
        _ => call(dice, setting, session),
    };
    let nonce_key = match dice.below(80) {
        0 => U256::from(1),
        1 => session.own_nonce_key() | U256::from(1) << 160,
        2..12 => session.own_nonce_key(),
        _ => U256::ZERO,
    };
    SessionUse {
        call,
        fee: dice.amount(AMOUNTS),
        paymaster: paymaster(dice, session),
        nonce_key,
        has_factory_deps: dice.chance(2),
    }
}

/// What a sender claims about the time, mostly the truth.
pub(crate) fn claims(dice: &mut Dice, session: &Session, action: &SessionUse, now: u64) -> Claims {
    let period = dice.pick(&PERIODS);
    let time = match dice.below(60) {
        0 => now - period,
        1 => now + period,
        2 => dice.pick(&[0, 1, u64::MAX]),
        _ => now,
    };
    match session.claims_at(action, time) {
        Claims::PeriodIds(mut ids) if dice.chance(4) => {
            ids.truncate(dice.index(ids.len() + 1));
            Claims::PeriodIds(ids)
        }
        claims => claims,
    }
}

fn paymaster(dice: &mut Dice, session: &Session) -> Option<Paymaster> {
    if !dice.chance(25) {
        return None;
    }
    let address = match dice.chance(10) {
        true => dice.pick(&[Address::ZERO, FRIENDS[0]]),
        false => dice.pick(&PAYMASTERS),
    };
    let policies = session.spec.callPolicies.iter();
    let approvable = policies.filter(|policy| policy.selector == APPROVE);
    let approvable: Vec<_> = approvable.map(|policy| policy.target).collect();
    if dice.chance(if approvable.is_empty() { 85 } else { 40 }) {
        return Some(Paymaster::general(address, Bytes::new()));
    }
    let token = match approvable.is_empty() || dice.chance(10) {
        true => dice.pick(&TOKENS),
        false => dice.pick(&approvable),
    };
    let amount = dice.amount(AMOUNTS);
    let mut paymaster = Paymaster::approval_based(address, token, amount, Bytes::new());
    if dice.chance(8) {
        let length = dice.index(paymaster.input.len());
        paymaster.input.truncate(length);
    } else if dice.chance(4) {
        // A token word with bits above the address.
        let mut input = paymaster.input.to_vec();
        input[4] = 1;
        paymaster.input = input.into();
    }
    Some(paymaster)
}

fn call(dice: &mut Dice, setting: &Setting, session: &Session) -> Call {
    let spec = &session.spec;
    let value = match dice.chance(60) {
        true => U256::ZERO,
        false => dice.amount(AMOUNTS),
    };
    let transfers = !spec.transferPolicies.is_empty();
    match dice.below(100) {
        0..4 => stray(dice, setting),
        4..40 if transfers => {
            let to = dice.pick(&spec.transferPolicies).target;
            Call::transfer(to, dice.amount(AMOUNTS))
        }
        _ => {
            let policy = dice.pick(&spec.callPolicies);
            let data = call_data(dice, setting, &policy);
            Call {
                to: policy.target,
                value: value.min(
                    policy.maxValuePerUse
                        + U256::from(dice.below(2)) * one_if(policy.maxValuePerUse),
                ),
                data,
            }
        }
    }
}

/// One, unless adding it would overflow.
fn one_if(bound: U256) -> U256 {
    U256::from(u64::from(bound != U256::MAX))
}

/// Something that no policy is about.
fn stray(dice: &mut Dice, setting: &Setting) -> Call {
    let to = dice.pick(&[
        Address::repeat_byte(0x99),
        setting.account,
        Address::left_padding_from(&[0x80, 0x06]),
        TOKENS[0],
        FRIENDS[0],
    ]);
    let length = dice.pick(&[0, 1, 3, 4, 68]);
    Call {
        to,
        value: dice.amount(AMOUNTS),
        data: dice.word().repeat(3)[..length].to_vec().into(),
    }
}

fn call_data(dice: &mut Dice, setting: &Setting, policy: &CallSpec) -> Bytes {
    let mut data = policy.selector.to_vec();
    for index in 0..3 {
        data.extend(argument(dice, setting, policy, index).to_be_bytes::<32>());
    }
    let constrained = policy.constraints.iter().map(|constraint| constraint.index);
    let words = constrained.filter(|index| *index < 3).max().unwrap_or(0);
    let least = 36 + 32 * usize::try_from(words).expect("below 3");
    let length = match dice.below(20) {
        0 => 1 + dice.index(data.len()),
        1 => least.min(data.len()),
        2 => 68,
        _ => data.len(),
    };
    data.truncate(length);
    data.into()
}

/// An argument, mostly one that meets the conditions on it.
fn argument(dice: &mut Dice, setting: &Setting, policy: &CallSpec, index: u64) -> U256 {
    let constraints = policy.constraints.iter();
    let mut on_it = constraints.filter(|constraint| constraint.index == index);
    if let Some(constraint) = on_it.find(|constraint| constraint.condition != 0)
        && dice.chance(85)
    {
        let reference = U256::from_be_bytes(constraint.refValue.0);
        let one = U256::from(1);
        return match constraint.condition {
            2 | 6 | 7 => reference.wrapping_add(one),
            3 | 8 => reference.wrapping_sub(one),
            _ => reference,
        };
    }
    match index {
        0 if policy.selector == TRANSFER_FROM => {
            address_word(dice.pick(&[setting.account, FRIENDS[0]]))
        }
        0 if dice.chance(50) => address_word(dice.pick(&FRIENDS)),
        _ => word_near(dice, U256::from(dice_small(index))),
    }
}

/// A call of the account's own `execute`, mostly a proper batch.
fn batch(dice: &mut Dice, setting: &Setting, session: &Session) -> Call {
    let count = if dice.chance(3) { 0 } else { 1 + dice.below(3) };
    let calls: Vec<_> = (0..count).map(|_| call(dice, setting, session)).collect();
    let mut batch = batch_call(setting.account, &calls);
    if dice.chance(12) {
        let mut data = batch.data.to_vec();
        let words = (data.len() - 4) / 32;
        let position = 4 + 32 * dice.index(words);
        let word = U256::from(dice.pick(&[0, 32, 64, 96, 128, 1_u64 << 40]));
        let word = if dice.chance(20) {
            U256::MAX - word
        } else {
            word
        };
        data[position..position + 32].copy_from_slice(&word.to_be_bytes::<32>());
        batch.data = data.into();
    }
    if dice.chance(5) {
        batch.value = U256::from(1);
    }
    if dice.chance(5) {
        let length = dice.index(batch.data.len());
        batch.data.truncate(length);
    }
    batch
}
