//! The session module's rules, applied off-chain.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::{Panic, SolError},
};
use zksso_bindings::{ERC20, SessionKeyValidator};
use zksso_core::{
    Accepted, Call, CallPolicy, Claims, Condition, Constraint, Expiry, Limit, Paymaster,
    Paymasters, Refusal, Seconds, Session, SessionConfig, SessionRecord, SessionUse, Status,
    TokenBudget, TransferPolicy, ValidationContext, batch_call,
};

const NOW: u64 = 1_700_000_000;
/// Length of the token allowance's periods; one ends 100 seconds after [`NOW`].
const PERIOD: u64 = 900;
const ACCOUNT: Address = Address::repeat_byte(0xac);
const MODULE: Address = Address::repeat_byte(0x30);
const TOKEN: Address = Address::repeat_byte(0x70);
const FRIEND: Address = Address::repeat_byte(0xf1);
const STRANGER: Address = Address::repeat_byte(0x99);
const PAYMASTER: Address = Address::repeat_byte(0xfe);

fn number(value: u64) -> U256 {
    U256::from(value)
}

fn lifetime(limit: u64) -> Limit {
    Limit::lifetime(number(limit))
}

fn config() -> SessionConfig {
    let token = CallPolicy::of::<ERC20::transferCall>(TOKEN)
        .unwrap()
        .with_constraint(Constraint::equal(0, FRIEND))
        .with_constraint(Constraint::limited(
            1,
            Limit::allowance(number(100), Seconds::new(PERIOD)),
        ));
    let approve = CallPolicy::of::<ERC20::approveCall>(TOKEN)
        .unwrap()
        .with_constraint(Constraint::limited(1, lifetime(7)))
        .with_value_limit(lifetime(3))
        .with_max_value_per_use(number(2));
    SessionConfig::default()
        .with_expiry(Expiry::At(NOW + 1000))
        .with_fee_limit(lifetime(50))
        .with_transfer(TransferPolicy::new(FRIEND, lifetime(10)).with_max_value_per_use(number(9)))
        .with_call(token)
        .with_call(approve)
}

fn session(config: SessionConfig) -> Session {
    config.to_session(Address::repeat_byte(0x51), NOW).unwrap()
}

fn plain() -> Session {
    session(config())
}

fn context() -> ValidationContext {
    ValidationContext {
        account: ACCOUNT,
        modules: vec![MODULE],
        now: NOW,
    }
}

/// A session in use.
struct Used {
    session: Session,
    record: SessionRecord,
    context: ValidationContext,
}

impl Used {
    fn new(session: Session) -> Self {
        let record = SessionRecord::opened(&session, 0);
        Self {
            session,
            record,
            context: context(),
        }
    }

    fn action(&self, call: Call) -> SessionUse {
        SessionUse::new(call, U256::ZERO)
    }

    fn run(&mut self, action: &SessionUse) -> Result<(), Refusal> {
        let Accepted { record, .. } = self.session.check(&self.record, action, &self.context)?;
        self.record = record;
        Ok(())
    }

    fn call(&mut self, call: Call) -> Result<(), Refusal> {
        let action = self.action(call);
        self.run(&action)
    }

    fn with_fee(&mut self, call: Call, fee: u64) -> Result<(), Refusal> {
        let action = SessionUse::new(call, number(fee));
        self.run(&action)
    }
}

fn send(to: Address, wei: u64) -> Call {
    Call::transfer(to, number(wei))
}

fn transfer_tokens(to: Address, amount: u64) -> Call {
    let value = number(amount);
    Call::function(TOKEN, &ERC20::transferCall { to, value })
}

fn approve(amount: u64) -> Call {
    let (spender, value) = (STRANGER, number(amount));
    Call::function(TOKEN, &ERC20::approveCall { spender, value })
}

fn over(used: u64, amount: u64, limit: u64) -> Result<(), Refusal> {
    Err(Refusal::LifetimeLimitExceeded {
        used: number(used),
        amount: number(amount),
        limit: number(limit),
    })
}

#[test]
fn calls_inside_the_limits_are_charged() {
    let mut used = Used::new(plain());
    assert_eq!(used.with_fee(send(FRIEND, 9), 30), Ok(()));
    assert_eq!(used.with_fee(transfer_tokens(FRIEND, 100), 20), Ok(()));
    assert_eq!(used.call(approve(7).with_value(number(2))), Ok(()));
    assert_eq!(used.record.fees(), (0, number(50)));
    let allowance = U256::from(NOW / PERIOD) << 192 | number(100);
    // Value of the transfer; value and constraints of each call policy.
    let [zero, two, seven, nine] = [0, 2, 7, 9].map(number);
    assert_eq!(
        used.record.trackers,
        [nine, zero, zero, allowance, two, seven]
    );
    assert_eq!(used.call(send(FRIEND, 2)), over(9, 2, 10));
    assert_eq!(used.with_fee(send(FRIEND, 1), 1), over(50, 1, 50));
    assert_eq!(used.call(approve(1)), over(7, 1, 7));
    let refused = used.call(transfer_tokens(FRIEND, 1));
    let expected = Refusal::AllowanceExceeded {
        used: number(100),
        amount: number(1),
        limit: number(100),
        period_id: NOW / PERIOD,
    };
    assert_eq!(refused, Err(expected));
    used.context.now += 150;
    assert_eq!((NOW + 150) / PERIOD, NOW / PERIOD + 1, "another period");
    assert_eq!(used.call(transfer_tokens(FRIEND, 100)), Ok(()));
}

#[test]
fn calls_without_a_policy_are_refused() {
    let mut used = Used::new(plain());
    let refused = used.call(send(STRANGER, 0));
    assert_eq!(
        refused,
        Err(Refusal::TransferNotAllowed { target: STRANGER })
    );
    let mut call = transfer_tokens(FRIEND, 1);
    call.to = STRANGER;
    let (target, selector) = (STRANGER, call.selector().unwrap());
    let expected = Err(Refusal::CallNotAllowed { target, selector });
    assert_eq!(used.call(call.clone()), expected);
    call.data = Bytes::from_static(&[1, 2, 3]);
    assert_eq!(used.call(call), Err(Refusal::InvalidCalldata { length: 3 }));
}

#[test]
fn arguments_are_held_to_their_conditions() {
    let mut used = Used::new(plain());
    let expected = Refusal::ConditionFailed {
        index: 0,
        actual: STRANGER.into_word(),
        reference: FRIEND.into_word(),
        condition: Condition::Equal,
    };
    assert_eq!(used.call(transfer_tokens(STRANGER, 1)), Err(expected));
    let mut short = transfer_tokens(FRIEND, 1);
    short.data.truncate(67);
    let expected = Err(Refusal::ArgumentMissing {
        index: 1,
        length: 67,
    });
    assert_eq!(used.call(short), expected);
}

#[test]
fn value_is_held_to_the_bound_per_use() {
    let mut used = Used::new(plain());
    let refused = used.call(transfer_tokens(FRIEND, 1).with_value(number(1)));
    let expected = Refusal::MaxValueExceeded {
        value: number(1),
        max_value_per_use: U256::ZERO,
    };
    assert_eq!(refused, Err(expected));
}

#[test]
fn sessions_that_are_not_open_or_over_are_refused() {
    let mut used = Used::new(plain());
    let session_hash = used.session.hash();
    for status in [Status::NotInitialized, Status::Closed] {
        used.record.status = status;
        assert_eq!(
            used.call(send(FRIEND, 0)),
            Err(Refusal::NotActive { session_hash })
        );
    }
    used.record.status = Status::Active;
    used.context.now = NOW + 940;
    assert_eq!(used.call(send(FRIEND, 0)), Ok(()));
    let end = number(NOW + 1000);
    for now in [NOW + 941, NOW + 1000] {
        used.context.now = now;
        assert_eq!(
            used.call(send(FRIEND, 0)),
            Err(Refusal::EndsTooSoon { now, end })
        );
    }
    let now = NOW + 1001;
    used.context.now = now;
    let start = U256::ZERO;
    assert_eq!(
        used.call(send(FRIEND, 0)),
        Err(Refusal::TimeOutOfRange { now, start, end })
    );
}

#[test]
fn claims_about_other_periods_are_refused() {
    let used = Used::new(plain());
    let action = used.action(transfer_tokens(FRIEND, 1));
    let period = NOW / PERIOD;
    let claims = used.session.claims_at(&action, NOW);
    assert_eq!(claims, Claims::PeriodIds(vec![0, 0, 0, period]));
    let validate = |ids: Vec<u64>| {
        let claims = Claims::PeriodIds(ids);
        used.session
            .validate(&used.record, &action, &claims, &used.context)
    };
    assert!(validate(vec![0, 0, 0, period]).is_ok());
    for claimed in [period - 1, period + 1] {
        let refused = validate(vec![0, 0, 0, claimed]);
        assert!(matches!(
            refused,
            Err(Refusal::TimeOutOfRange { now: NOW, .. })
        ));
    }
    assert_eq!(
        validate(vec![0, 0, 0]),
        Err(Refusal::PeriodIdMissing { index: 3 })
    );
    let transfer = used.action(send(FRIEND, 0));
    assert_eq!(
        used.session.claims_at(&transfer, NOW),
        Claims::PeriodIds(vec![0, 0])
    );
    let unknown = used.action(send(STRANGER, 0));
    assert_eq!(
        used.session.claims_at(&unknown, NOW),
        Claims::PeriodIds(vec![0, 0])
    );
}

#[test]
fn approvals_for_paymasters_count_as_calls() {
    let mut used = Used::new(plain());
    let paid = |used: &Used, input: Paymaster| used.action(send(FRIEND, 1)).with_paymaster(input);
    let approval =
        |amount| Paymaster::approval_based(PAYMASTER, TOKEN, number(amount), Bytes::new());
    let action = paid(&used, approval(7));
    let claims = used.session.claims_at(&action, NOW);
    assert_eq!(claims, Claims::PeriodIds(vec![0, 0, 0]));
    assert_eq!(used.run(&action), Ok(()));
    assert_eq!(used.run(&paid(&used, approval(1))), over(7, 1, 7));
    let mut short = approval(0);
    short.input.truncate(67);
    let refused = used.run(&paid(&used, short));
    assert_eq!(refused, Err(Refusal::InvalidPaymasterInput { length: 67 }));
    let general = Paymaster::general(PAYMASTER, Bytes::new());
    let mut action = paid(&used, general);
    action.fee = U256::MAX;
    assert_eq!(used.run(&action), Ok(()), "somebody else pays");
}

#[test]
fn nonces_and_bytecodes_are_looked_at_first() {
    let mut used = Used::new(plain());
    let mut action = used.action(send(STRANGER, 0));
    action.has_factory_deps = true;
    assert_eq!(used.run(&action), Err(Refusal::FactoryDepsNotAllowed));
    action.nonce_key = number(5);
    let expected = Err(Refusal::NonceKeyNotAllowed {
        nonce_key: number(5),
    });
    assert_eq!(used.run(&action), expected);
    for mut used in [
        Used::new(plain()),
        Used::new(session(config().with_use_limit(lifetime(2)))),
    ] {
        let common = used.action(send(FRIEND, 0));
        assert_eq!(common.nonce_key, U256::ZERO);
        assert_eq!(used.run(&common), Ok(()));
        let mut own = common;
        own.nonce_key = used.session.own_nonce_key();
        assert_eq!(used.run(&own), Ok(()));
    }
}

#[test]
fn uses_are_counted_for_session_and_policy() {
    let config = SessionConfig {
        transfers: vec![TransferPolicy::new(FRIEND, lifetime(10)).with_use_limit(lifetime(1))],
        ..config().with_use_limit(lifetime(2))
    };
    let mut used = Used::new(session(config));
    assert_eq!(used.call(send(FRIEND, 1)), Ok(()));
    assert_eq!(used.call(send(FRIEND, 1)), over(1, 1, 1));
    assert_eq!(used.call(transfer_tokens(FRIEND, 1)), Ok(()));
    assert_eq!(used.record.trackers[..3], [2, 1, 1].map(number));
    assert_eq!(used.call(transfer_tokens(FRIEND, 1)), over(2, 1, 2));
}

#[test]
fn budgets_count_whatever_lets_tokens_out() {
    let transfer_from = CallPolicy::of::<ERC20::transferFromCall>(TOKEN).unwrap();
    let config = config()
        .with_call(transfer_from)
        .with_token_budget(TokenBudget::new(TOKEN, lifetime(20)))
        .with_paymasters(Paymasters::Listed(vec![PAYMASTER]));
    let mut used = Used::new(session(config));
    assert_eq!(used.call(transfer_tokens(FRIEND, 5)), Ok(()));
    assert_eq!(used.call(approve(3)), Ok(()));
    let from = |from| {
        let (to, value) = (STRANGER, number(10));
        Call::function(TOKEN, &ERC20::transferFromCall { from, to, value })
    };
    assert_eq!(
        used.call(from(STRANGER)),
        Ok(()),
        "not the account's tokens"
    );
    assert_eq!(used.call(from(ACCOUNT)), Ok(()));
    assert_eq!(used.call(from(ACCOUNT)), over(18, 10, 20));
    let mut short = from(STRANGER);
    short.data.truncate(99);
    let everything = Refusal::LifetimeLimitExceeded {
        used: number(18),
        amount: U256::MAX,
        limit: number(20),
    };
    assert_eq!(used.call(short), Err(everything));
    let approval = Paymaster::approval_based(PAYMASTER, TOKEN, number(3), Bytes::new());
    let action = used
        .action(send(FRIEND, 0))
        .with_paymaster(approval.clone());
    assert_eq!(used.run(&action), over(18, 3, 20));
    let stranger = Paymaster {
        address: STRANGER,
        input: Bytes::new(),
    };
    let action = used.action(send(FRIEND, 0)).with_paymaster(stranger);
    let refused = used.run(&action);
    assert_eq!(
        refused,
        Err(Refusal::PaymasterNotAllowed {
            paymaster: STRANGER
        })
    );
}

#[test]
fn fees_of_one_use_are_bounded() {
    let mut used = Used::new(session(config().with_max_fee_per_use(number(5))));
    assert_eq!(used.with_fee(send(FRIEND, 0), 5), Ok(()));
    let expected = Refusal::MaxFeeExceeded {
        fee: number(6),
        max_fee_per_use: number(5),
    };
    assert_eq!(used.with_fee(send(FRIEND, 0), 6), Err(expected));
}

#[test]
fn sessions_start_when_their_options_say() {
    let start = NOW + 100;
    let mut used = Used::new(session(config().with_valid_after(Expiry::At(start))));
    let refused = used.call(send(FRIEND, 0));
    assert!(matches!(
        refused,
        Err(Refusal::TimeOutOfRange { now: NOW, .. })
    ));
    used.context.now = start;
    assert_eq!(used.call(send(FRIEND, 0)), Ok(()));
}

#[test]
fn every_call_of_a_batch_is_charged_and_all_are_one_use_of_a_policy() {
    let mut used = Used::new(session(config().with_use_limit(lifetime(5))));
    let batch = |calls: &[Call]| batch_call(ACCOUNT, calls);
    let calls = [send(FRIEND, 2), transfer_tokens(FRIEND, 3), send(FRIEND, 1)];
    assert_eq!(used.call(batch(&calls)), Ok(()));
    assert_eq!(used.record.trackers[..2], [3, 3].map(number));
    let refused = used.call(batch(&[send(FRIEND, 5), send(FRIEND, 5)]));
    let expected = Refusal::MaxValueExceeded {
        value: number(10),
        max_value_per_use: number(9),
    };
    assert_eq!(refused, Err(expected));
    let refused = used.call(batch(&[send(FRIEND, 1), send(STRANGER, 1)]));
    assert_eq!(
        refused,
        Err(Refusal::TransferNotAllowed { target: STRANGER })
    );
    assert_eq!(used.call(batch(&[])), Err(Refusal::InvalidBatch));
    let with_value = batch(&calls).with_value(number(1));
    assert_eq!(used.call(with_value), Err(Refusal::InvalidBatch));
    let mut cut = batch(&calls);
    let length = cut.data.len() - 64;
    cut.data.truncate(length);
    assert_eq!(used.call(cut), Err(Refusal::InvalidBatch));
    let nested = batch(&[batch(&calls)]);
    let refused = used.call(nested);
    assert!(matches!(
        refused,
        Err(Refusal::CallNotAllowed {
            target: ACCOUNT,
            ..
        })
    ));

    let mut used = Used::new(plain());
    let refused = used.call(batch(&calls));
    assert!(matches!(
        refused,
        Err(Refusal::CallNotAllowed {
            target: ACCOUNT,
            ..
        })
    ));
}

#[test]
fn modules_are_out_of_reach() {
    let mut used = Used::new(plain());
    used.context.modules.push(FRIEND);
    let refused = used.call(send(FRIEND, 0));
    assert_eq!(refused, Err(Refusal::TargetBanned { target: FRIEND }));
}

#[test]
fn refusals_are_the_errors_of_the_contract() {
    let refusal = Refusal::ConditionFailed {
        index: 3,
        actual: STRANGER.into_word(),
        reference: FRIEND.into_word(),
        condition: Condition::SignedLess,
    };
    let data = refusal.revert_data().unwrap();
    let error = SessionKeyValidator::SessionConditionFailed::abi_decode(&data).unwrap();
    assert_eq!((error.index, error.condition), (number(3), 8));
    assert_eq!(error.refValue, FRIEND.into_word());
    let data = Refusal::ValueOverflow.revert_data().unwrap();
    assert_eq!(Panic::abi_decode(&data).unwrap().code, number(0x11));
    let end = U256::ZERO;
    assert_eq!(Refusal::EndsTooSoon { now: 0, end }.revert_data(), None);
}
