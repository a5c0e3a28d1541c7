//! The session module's rules, applied off-chain.

use alloy::primitives::{Address, Bytes, U256};
use zksso_bindings::{ERC20, LimitState, SessionSpec, SessionState};
use zksso_core::{
    Call, CallPolicy, Condition, Constraint, Expiry, Limit, Refusal, Seconds, SessionConfig,
    TransferPolicy, check_session_call, period_ids,
};

const NOW: u64 = 1_700_000_000;
const TOKEN: Address = Address::repeat_byte(0x70);
const FRIEND: Address = Address::repeat_byte(0xf1);
const STRANGER: Address = Address::repeat_byte(0x99);

fn spec() -> SessionSpec {
    let token = CallPolicy::of::<ERC20::transferCall>(TOKEN)
        .unwrap()
        .with_constraint(Constraint::equal(0, FRIEND))
        .with_constraint(Constraint::limited(
            1,
            Limit::allowance(U256::from(100), Seconds::hours(1)),
        ));
    let approve = CallPolicy::of::<ERC20::approveCall>(TOKEN)
        .unwrap()
        .with_constraint(Constraint::limited(1, Limit::lifetime(U256::from(7))))
        .with_value_limit(Limit::lifetime(U256::from(3)))
        .with_max_value_per_use(U256::from(2));
    SessionConfig::default()
        .with_expiry(Expiry::At(NOW + 1000))
        .with_fee_limit(Limit::lifetime(U256::from(50)))
        .with_transfer(TransferPolicy::new(FRIEND, Limit::lifetime(U256::from(10))))
        .with_call(token)
        .with_call(approve)
        .to_spec(Address::repeat_byte(0x51), NOW)
        .unwrap()
}

fn left(remaining: u64) -> LimitState {
    LimitState {
        remaining: U256::from(remaining),
        ..LimitState::default()
    }
}

/// An open session of which nothing was used.
fn fresh() -> SessionState {
    SessionState {
        status: 1,
        feesRemaining: U256::from(50),
        transferValue: vec![left(10)],
        callValue: vec![left(0), left(3)],
        callParams: vec![left(100), left(7)],
    }
}

fn check(state: &SessionState, call: &Call, fee: u64) -> Result<(), Refusal> {
    check_session_call(&spec(), state, call, U256::from(fee), NOW)
}

fn transfer_tokens(to: Address, amount: u64) -> Call {
    Call::function(
        TOKEN,
        &ERC20::transferCall {
            to,
            value: U256::from(amount),
        },
    )
}

fn approve(amount: u64) -> Call {
    Call::function(
        TOKEN,
        &ERC20::approveCall {
            spender: STRANGER,
            value: U256::from(amount),
        },
    )
}

#[test]
fn calls_inside_the_limits_pass() {
    assert_eq!(
        check(&fresh(), &Call::transfer(FRIEND, U256::from(10)), 50),
        Ok(())
    );
    assert_eq!(check(&fresh(), &transfer_tokens(FRIEND, 100), 1), Ok(()));
    assert_eq!(
        check(&fresh(), &approve(7).with_value(U256::from(2)), 0),
        Ok(())
    );
}

#[test]
fn calls_without_a_policy_are_refused() {
    let transfer = check(&fresh(), &Call::transfer(STRANGER, U256::ZERO), 0);
    assert_eq!(
        transfer,
        Err(Refusal::TransferNotAllowed { target: STRANGER })
    );
    let mut call = transfer_tokens(FRIEND, 1);
    call.to = STRANGER;
    let selector = call.selector().unwrap();
    assert_eq!(
        check(&fresh(), &call, 0),
        Err(Refusal::CallNotAllowed {
            target: STRANGER,
            selector
        })
    );
    call.data = Bytes::from_static(&[1, 2, 3]);
    assert_eq!(
        check(&fresh(), &call, 0),
        Err(Refusal::InvalidCalldata { length: 3 })
    );
}

#[test]
fn arguments_are_held_to_their_conditions() {
    let refused = check(&fresh(), &transfer_tokens(STRANGER, 1), 0);
    let expected = Refusal::ConditionFailed {
        index: 0,
        actual: STRANGER.into_word(),
        reference: FRIEND.into_word(),
        condition: Condition::Equal,
    };
    assert_eq!(refused, Err(expected));
    let mut short = transfer_tokens(FRIEND, 1);
    short.data.truncate(67);
    assert_eq!(
        check(&fresh(), &short, 0),
        Err(Refusal::ArgumentMissing {
            index: 1,
            length: 67
        })
    );
}

#[test]
fn limits_count_what_was_used_before() {
    let state = SessionState {
        feesRemaining: U256::from(20),
        transferValue: vec![left(4)],
        callParams: vec![left(30), left(2)],
        ..fresh()
    };
    let [one, four, five, six] = [1, 4, 5, 6].map(U256::from);
    let lifetime = |used, amount, limit| Refusal::LifetimeLimitExceeded {
        used,
        amount,
        limit,
    };
    assert_eq!(check(&state, &Call::transfer(FRIEND, four), 20), Ok(()));
    let transfer = check(&state, &Call::transfer(FRIEND, five), 0);
    assert_eq!(transfer, Err(lifetime(six, five, U256::from(10))));
    let fee = check(&state, &Call::transfer(FRIEND, one), 21);
    assert_eq!(
        fee,
        Err(lifetime(U256::from(30), U256::from(21), U256::from(50)))
    );
    let approved = check(&state, &approve(3), 0);
    assert_eq!(approved, Err(lifetime(five, U256::from(3), U256::from(7))));
    let allowance = check(&state, &transfer_tokens(FRIEND, 31), 0);
    let expected = Refusal::AllowanceExceeded {
        used: U256::from(70),
        amount: U256::from(31),
        limit: U256::from(100),
        period_id: NOW / 3600,
    };
    assert_eq!(allowance, Err(expected));
}

#[test]
fn value_is_held_to_the_bound_per_use() {
    let refused = check(
        &fresh(),
        &transfer_tokens(FRIEND, 1).with_value(U256::from(1)),
        0,
    );
    let expected = Refusal::MaxValueExceeded {
        value: U256::from(1),
        max_value_per_use: U256::ZERO,
    };
    assert_eq!(refused, Err(expected));
}

#[test]
fn sessions_that_are_not_open_or_over_are_refused() {
    let call = Call::transfer(FRIEND, U256::ZERO);
    for status in [0, 2] {
        assert_eq!(
            check(&SessionState { status, ..fresh() }, &call, 0),
            Err(Refusal::NotActive)
        );
    }
    let at = |now| check_session_call(&spec(), &fresh(), &call, U256::ZERO, now);
    assert_eq!(at(NOW + 940), Ok(()));
    assert!(matches!(at(NOW + 941), Err(Refusal::Expired { .. })));
}

#[test]
fn period_ids_follow_the_order_fee_value_constraints() {
    let transfer = Call::transfer(FRIEND, U256::ZERO);
    assert_eq!(period_ids(&spec(), &transfer, NOW), Ok(vec![0, 0]));
    let tokens = transfer_tokens(FRIEND, 1);
    assert_eq!(
        period_ids(&spec(), &tokens, NOW),
        Ok(vec![0, 0, 0, NOW / 3600])
    );
    assert_eq!(period_ids(&spec(), &approve(1), NOW), Ok(vec![0, 0, 0]));
    assert!(period_ids(&spec(), &Call::transfer(STRANGER, U256::ZERO), NOW).is_err());
}
