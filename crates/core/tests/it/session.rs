//! Building sessions from descriptions.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, JsonAbiExt, Specifier},
    json_abi::Function,
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use proptest::prelude::*;
use zksso_bindings::ERC20;
use zksso_core::{
    CallPolicy, Condition, Constraint, Error, Expiry, Limit, Paymasters, Seconds, Session,
    SessionConfig, TokenBudget, TransferPolicy, erc7913_signer, erc7913_signer_address,
};

const NOW: u64 = 1_700_000_000;
const SIGNER: Address = Address::repeat_byte(0x51);
const TOKEN: Address = Address::repeat_byte(0x70);
const FRIEND: Address = Address::repeat_byte(0xf1);

fn token_policy() -> CallPolicy {
    CallPolicy::of::<ERC20::transferCall>(TOKEN)
        .unwrap()
        .with_constraint(Constraint::equal(0, FRIEND))
        .with_constraint(Constraint::limited(1, Limit::lifetime(U256::from(100))))
}

#[test]
fn a_description_becomes_the_on_chain_form() {
    let config = SessionConfig::default()
        .with_expiry(Expiry::After(Seconds::hours(8)))
        .with_fee_limit(Limit::lifetime(U256::from(7)))
        .with_transfer(TransferPolicy::new(
            FRIEND,
            Limit::allowance(U256::from(5), Seconds::hours(1)),
        ))
        .with_call(token_policy());
    let spec = config.to_session(SIGNER, NOW).unwrap().spec;
    assert_eq!(
        (spec.signer, spec.expiresAt),
        (SIGNER, U256::from(NOW + 8 * 3600))
    );
    assert_eq!(
        (spec.feeLimit.limitType, spec.feeLimit.limit),
        (1, U256::from(7))
    );
    let [transfer] = spec.transferPolicies.as_slice() else {
        panic!()
    };
    assert_eq!(
        (transfer.target, transfer.maxValuePerUse),
        (FRIEND, U256::MAX)
    );
    assert_eq!(
        (transfer.valueLimit.limitType, transfer.valueLimit.period),
        (2, U256::from(3600))
    );
    let [call] = spec.callPolicies.as_slice() else {
        panic!()
    };
    assert_eq!(
        (call.target, call.selector.0),
        (TOKEN, [0xa9, 0x05, 0x9c, 0xbb])
    );
    // No value was granted.
    assert_eq!(
        (call.maxValuePerUse, call.valueLimit.limitType),
        (U256::ZERO, 1)
    );
    let [recipient, amount] = call.constraints.as_slice() else {
        panic!()
    };
    assert_eq!((recipient.condition, recipient.index), (1, 0));
    assert_eq!(recipient.refValue, FRIEND.into_word());
    assert_eq!(
        (amount.condition, amount.index, amount.limit.limit),
        (0, 1, U256::from(100))
    );
}

#[test]
fn the_hash_is_over_the_abi_encoding_of_one_dynamic_tuple() {
    let spec = SessionConfig::default()
        .with_call(token_policy())
        .to_session(SIGNER, NOW)
        .unwrap()
        .spec;
    let usage = "(uint8,uint256,uint256)";
    let ty = format!(
        "(address,uint256,{usage},(address,bytes4,uint256,{usage},(uint8,uint64,bytes32,{usage})[])[],(address,uint256,{usage})[])"
    );
    let ty: DynSolType = ty.parse().unwrap();
    let encoded = spec.abi_encode();
    let value = ty.abi_decode(&encoded).unwrap();
    assert_eq!(value.abi_encode(), encoded);
    assert_eq!(encoded[..32], U256::from(32).to_be_bytes::<32>());
    assert_eq!(Session::from(spec).hash(), keccak256(encoded));
}

#[test]
fn what_the_contract_would_refuse_is_refused_before() {
    let build = |config: SessionConfig| config.to_session(SIGNER, NOW).unwrap_err();
    let config = SessionConfig::default;
    assert_eq!(
        config().to_session(Address::ZERO, NOW),
        Err(Error::ZeroSigner)
    );
    assert_eq!(
        build(config().with_fee_limit(Limit::Unlimited)),
        Error::UnlimitedFees
    );
    let soon = NOW + 60;
    let too_soon = Error::ExpiresTooSoon {
        expires_at: soon,
        now: NOW,
    };
    assert_eq!(build(config().with_expiry(Expiry::At(soon))), too_soon);
    let minute = Limit::allowance(U256::from(1), Seconds::new(119));
    let short = build(config().with_transfer(TransferPolicy::new(FRIEND, minute)));
    assert!(matches!(short, Error::PeriodTooShort { period: 119, .. }));
    let twice = build(config().with_call(token_policy()).with_call(token_policy()));
    assert!(matches!(
        twice,
        Error::DuplicatePolicy { target: TOKEN, .. }
    ));
    let transfer = || TransferPolicy::new(FRIEND, Limit::lifetime(U256::from(1)));
    let twice = build(config().with_transfer(transfer()).with_transfer(transfer()));
    assert!(matches!(
        twice,
        Error::DuplicatePolicy { target: FRIEND, .. }
    ));
}

#[test]
fn what_the_contract_cannot_count_is_refused() {
    let one = || Limit::lifetime(U256::from(1));
    let fee = SessionConfig::default().with_fee_limit(Limit::lifetime(U256::from(1) << 128));
    assert!(matches!(
        fee.to_session(SIGNER, NOW),
        Err(Error::LimitTooLarge { .. })
    ));
    let allowance = Limit::allowance(U256::from(1) << 192, Seconds::hours(1));
    let allowance = SessionConfig::default().with_transfer(TransferPolicy::new(FRIEND, allowance));
    assert!(matches!(
        allowance.to_session(SIGNER, NOW),
        Err(Error::LimitTooLarge { .. })
    ));
    let many = |transfers: u8| {
        let transfers =
            (1..=transfers).map(|byte| TransferPolicy::new(Address::repeat_byte(byte), one()));
        // The token policy needs three more.
        let config = SessionConfig {
            transfers: transfers.collect(),
            ..SessionConfig::default()
        };
        config.with_call(token_policy()).to_session(SIGNER, NOW)
    };
    assert!(many(117).is_ok());
    assert_eq!(many(118), Err(Error::SessionTooLarge { trackers: 121 }));
}

#[test]
fn calls_with_more_limits_than_can_be_validated_are_refused() {
    let one = Limit::lifetime(U256::from(1));
    let limited = |limits| {
        let constraints = vec![Constraint::limited(1, one); limits];
        let policy = constraints
            .into_iter()
            .fold(token_policy(), CallPolicy::with_constraint);
        SessionConfig::default().with_call(policy)
    };
    let budgets = |count| SessionConfig {
        token_budgets: vec![TokenBudget::new(TOKEN, one); count],
        ..SessionConfig::default().with_call(CallPolicy::of::<ERC20::transferCall>(TOKEN).unwrap())
    };
    // The token policy has a limit of its own.
    for (allowed, refused) in [(limited(7), limited(8)), (budgets(8), budgets(9))] {
        assert!(allowed.to_session(SIGNER, NOW).is_ok());
        let expected = Error::TooManyLimits {
            target: TOKEN,
            selector: ERC20::transferCall::SELECTOR.into(),
            limits: 9,
        };
        assert_eq!(refused.to_session(SIGNER, NOW), Err(expected));
    }
}

#[test]
fn arguments_that_cannot_be_constrained_are_refused() {
    let policy = |constraint| {
        let signature = "f(string name, (uint256,uint256) pair, int256 delta, uint256 amount)";
        CallPolicy::parse(TOKEN, signature)
            .unwrap()
            .with_constraint(constraint)
            .to_spec()
    };
    for index in [0, 1] {
        assert!(matches!(
            policy(Constraint::equal(index, 1)),
            Err(Error::ArgumentType { .. })
        ));
    }
    let order = Constraint::new(2, Condition::Less, 1);
    assert!(matches!(policy(order), Err(Error::ArgumentType { .. })));
    assert!(policy(Constraint::equal(2, 1)).is_ok());
    assert_eq!(
        policy(Constraint::equal(3, 1)).unwrap().constraints[0].index,
        4
    );
    assert!(matches!(
        policy(Constraint::equal(4, 1)),
        Err(Error::ArgumentIndex { index: 4, .. })
    ));
}

#[test]
fn the_json_of_the_web_sdk_is_understood() {
    let json = r#"{
        "expiresAt": "8 hours",
        "feeLimit": "100000000000000000",
        "transfers": [
            {"to": "0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1", "valueLimit": {"limit": "5", "period": "60 minutes"}},
            {"to": "0x7070707070707070707070707070707070707070", "maxValuePerUse": 3, "valueLimit": {"limitType": "unlimited"}}
        ],
        "contractCalls": [{
            "address": "0x7070707070707070707070707070707070707070",
            "abi": [{"type": "function", "name": "transfer", "stateMutability": "nonpayable", "outputs": [{"name": "", "type": "bool"}],
                     "inputs": [{"name": "to", "type": "address"}, {"name": "value", "type": "uint256"}]}],
            "functionName": "transfer",
            "constraints": [
                {"index": 0, "value": "0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"},
                {"index": 1, "value": 50, "condition": "LessEqual", "limit": {"limitType": "lifetime", "limit": "100"}}
            ]
        }]
    }"#;
    let config: SessionConfig = serde_json::from_str(json).unwrap();
    assert_eq!(config.expires_at, Expiry::After(Seconds::hours(8)));
    assert_eq!(
        config.transfers[0].value_limit,
        Some(Limit::allowance(U256::from(5), Seconds::hours(1)))
    );
    assert_eq!(config.transfers[1].value_limit, Some(Limit::Unlimited));
    let spec = config.to_session(SIGNER, NOW).unwrap().spec;
    let [recipient, amount] = spec.callPolicies[0].constraints.as_slice() else {
        panic!()
    };
    assert_eq!(
        (recipient.condition, recipient.refValue),
        (1, FRIEND.into_word())
    );
    assert_eq!(
        (amount.condition, amount.refValue),
        (5, B256::from(U256::from(50)))
    );

    let text = serde_json::to_string(&config).unwrap();
    let again: SessionConfig = serde_json::from_str(&text).unwrap();
    assert_eq!(again.to_session(SIGNER, NOW), Ok(spec.into()));
}

#[test]
fn json_that_contradicts_itself_is_refused() {
    let texts = [
        r#"{"feeLimit": {"limitType": "allowance", "limit": "1"}}"#,
        r#"{"feeLimit": {"limitType": "lifetime", "limit": "1", "period": "1 hour"}}"#,
        r#"{"feeLimit": {"limitType": "unlimited", "limit": "1"}}"#,
        r#"{"feeLimit": {}}"#,
        r#"{"feeLimit": "1 ether"}"#,
        r#"{"expiresAt": "soon"}"#,
        r#"{"transfer": []}"#,
        r#"{"paymasters": "all"}"#,
        r#"{"tokenBudgets": [{"token": "0x7070707070707070707070707070707070707070"}]}"#,
    ];
    for text in texts {
        assert!(
            serde_json::from_str::<SessionConfig>(text).is_err(),
            "{text}"
        );
    }
}

#[test]
fn lengths_of_time_read_as_people_write_them() {
    for (text, seconds) in [
        ("8 hours", 28_800),
        ("60 minutes", 3_600),
        ("1 day", 86_400),
        ("90", 90),
        ("2w", 1_209_600),
    ] {
        assert_eq!(text.parse(), Ok(Seconds::new(seconds)), "{text}");
    }
    for text in [
        "",
        "hours",
        "-1 hour",
        "1 year",
        "1.5 hours",
        "99999999999999999999 s",
        "99999999999999999 weeks",
    ] {
        assert_eq!(
            text.parse::<Seconds>(),
            Err(Error::Duration(text.to_owned()))
        );
    }
}

#[test]
fn options_make_another_session() {
    let plain = SessionConfig::default()
        .with_transfer(TransferPolicy::new(FRIEND, Limit::lifetime(U256::from(1))))
        .with_call(token_policy());
    let session = |config: SessionConfig| config.to_session(SIGNER, NOW).unwrap();
    assert_eq!(session(plain.clone()).options, None);
    let one = Limit::lifetime(U256::from(1));
    let used = |change: fn(SessionConfig, Limit) -> SessionConfig| {
        let session = session(change(plain.clone(), one));
        assert_ne!(session.hash(), Session::from(session.spec.clone()).hash());
        session.options.unwrap()
    };
    let defaults = used(|config, _| config.with_paymasters(Paymasters::Listed(Vec::new())));
    assert_eq!(
        (defaults.validAfter, defaults.maxFeePerUse),
        (U256::ZERO, U256::MAX)
    );
    assert!(!defaults.anyPaymaster && defaults.paymasters.is_empty());
    assert!(defaults.transferUseLimits.is_empty() && defaults.callUseLimits.is_empty());

    let later = used(|config, _| config.with_valid_after(Expiry::After(Seconds::hours(1))));
    assert_eq!(later.validAfter, U256::from(NOW + 3600));
    let fee = used(|config, _| config.with_max_fee_per_use(U256::from(9)));
    assert_eq!(fee.maxFeePerUse, U256::from(9));
    assert!(used(|config, _| config.with_paymasters(Paymasters::Any)).anyPaymaster);
    assert_eq!(
        used(|config, one| config.with_use_limit(one))
            .useLimit
            .limitType,
        1
    );
    let budget = used(|config, one| config.with_token_budget(TokenBudget::new(TOKEN, one)));
    assert_eq!(budget.tokenBudgets[0].token, TOKEN);
    let second = used(|config, one| {
        let other = TransferPolicy::new(TOKEN, one).with_use_limit(one);
        config.with_transfer(other)
    });
    let kinds = second.transferUseLimits.iter().map(|limit| limit.limitType);
    assert_eq!(kinds.collect::<Vec<_>>(), [0, 1]);
    assert!(second.callUseLimits.is_empty());
}

#[test]
fn options_the_contract_would_refuse_are_refused_before() {
    let config = || SessionConfig::default().with_expiry(Expiry::At(NOW + 1000));
    let build = |config: SessionConfig| config.to_session(SIGNER, NOW);
    for start in [NOW + 940, NOW + 1000, u64::MAX] {
        let expected = Error::NeverValid {
            valid_after: start,
            expires_at: NOW + 1000,
        };
        assert_eq!(
            build(config().with_valid_after(Expiry::At(start))),
            Err(expected)
        );
    }
    assert!(build(config().with_valid_after(Expiry::At(NOW + 939))).is_ok());
    let one = Limit::lifetime(U256::from(1));
    let permit = CallPolicy::parse(TOKEN, "permit(address,address,uint256)").unwrap();
    let selector = permit.selector();
    let uncounted = config()
        .with_call(permit)
        .with_token_budget(TokenBudget::new(TOKEN, one));
    assert_eq!(
        build(uncounted.clone()),
        Err(Error::OutflowUnknown {
            token: TOKEN,
            selector
        })
    );
    let elsewhere = SessionConfig {
        token_budgets: vec![TokenBudget::new(FRIEND, one)],
        ..uncounted
    };
    assert!(build(elsewhere).is_ok());
    let system = Address::left_padding_from(&[0x80, 0x06]);
    let transfer = config().with_transfer(TransferPolicy::new(system, one));
    assert_eq!(build(transfer), Err(Error::TargetBanned { target: system }));
    let budgets = |count| SessionConfig {
        token_budgets: vec![TokenBudget::new(FRIEND, one); count],
        ..config()
    };
    assert!(build(budgets(119)).is_ok());
    assert_eq!(
        build(budgets(120)),
        Err(Error::SessionTooLarge { trackers: 121 })
    );
    let short = Limit::allowance(U256::from(1), Seconds::new(119));
    assert!(matches!(
        build(config().with_use_limit(short)),
        Err(Error::PeriodTooShort { .. })
    ));
}

#[test]
fn options_are_written_in_json_as_they_are_read() {
    let json = r#"{
        "validAfter": "1 hour",
        "maxFeePerUse": "7",
        "paymasters": ["0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"],
        "useLimit": 5,
        "transfers": [{"to": "0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1", "valueLimit": "5", "useLimit": {"limit": 2, "period": "1 day"}}],
        "tokenBudgets": [{"token": "0x7070707070707070707070707070707070707070", "limit": "100"}]
    }"#;
    let config: SessionConfig = serde_json::from_str(json).unwrap();
    assert_eq!(config.paymasters, Some(Paymasters::Listed(vec![FRIEND])));
    assert_eq!(config.use_limit, Some(Limit::lifetime(U256::from(5))));
    let session = config.to_session(SIGNER, NOW).unwrap();
    let options = session.options.as_ref().unwrap();
    assert_eq!(options.transferUseLimits[0].period, U256::from(86_400));
    let text = serde_json::to_string(&config).unwrap();
    let again: SessionConfig = serde_json::from_str(&text).unwrap();
    assert_eq!(again, config);
    let any: SessionConfig = serde_json::from_str(r#"{"paymasters": "any"}"#).unwrap();
    assert_eq!(any.paymasters, Some(Paymasters::Any));
    let text = serde_json::to_string(&any).unwrap();
    assert!(text.contains(r#""paymasters":"any""#), "{text}");
    let plain = serde_json::to_string(&SessionConfig::default()).unwrap();
    assert!(!plain.contains("null"), "{plain}");
}

#[test]
fn sessions_are_read_back_from_their_encoding() {
    let config = SessionConfig::default().with_call(token_policy());
    let plain = config.to_session(SIGNER, NOW).unwrap();
    let options = config.with_use_limit(Limit::lifetime(U256::from(1)));
    let options = options.to_session(SIGNER, NOW).unwrap();
    for session in [plain, options] {
        let mut encoding = session.encode().to_vec();
        assert_eq!(Session::decode(&encoding), Ok(session));
        encoding.push(0);
        let malformed = Err(Error::SessionEncoding {
            length: encoding.len(),
        });
        assert_eq!(Session::decode(&encoding), malformed);
        encoding.truncate(64);
        assert!(Session::decode(&encoding).is_err());
    }
    assert!(Session::decode(&[]).is_err());
}

#[test]
fn signed_arguments_are_compared_signed() {
    let policy = |ty: &str, condition| {
        CallPolicy::parse(TOKEN, &format!("f({ty})"))
            .unwrap()
            .with_constraint(Constraint::new(0, condition, 1))
            .to_spec()
    };
    let signed = [
        Condition::SignedGreater,
        Condition::SignedLess,
        Condition::SignedGreaterEqual,
        Condition::SignedLessEqual,
    ];
    for condition in signed {
        assert!(policy("int64", condition).is_ok());
        assert!(matches!(
            policy("uint64", condition),
            Err(Error::ArgumentType { .. })
        ));
    }
    let minus_two = "{\"index\": 0, \"value\": \"-2\", \"condition\": \"SignedGreaterEqual\"}";
    let constraint: Constraint = serde_json::from_str(minus_two).unwrap();
    let policy = CallPolicy::parse(TOKEN, "f(int64)")
        .unwrap()
        .with_constraint(constraint);
    let reference = policy.to_spec().unwrap().constraints[0].refValue;
    assert_eq!(reference, B256::from(U256::MAX - U256::from(1)));
    let word =
        |value: i64| B256::from(alloy::primitives::I256::try_from(value).unwrap().into_raw());
    for value in [-3, -2, -1, 0, 1] {
        let actual = word(value);
        assert_eq!(
            Condition::SignedGreaterEqual.holds(actual, reference),
            value >= -2
        );
        assert_eq!(
            Condition::SignedGreater.holds(actual, reference),
            value > -2
        );
        assert_eq!(Condition::SignedLess.holds(actual, reference), value < -2);
        assert_eq!(
            Condition::SignedLessEqual.holds(actual, reference),
            value <= -2
        );
    }
    for number in 0..11 {
        assert_eq!(Condition::try_from(number).unwrap() as u8, number);
    }
    assert_eq!(Condition::try_from(11), Err(Error::Condition(11)));
}

#[test]
fn a_key_of_another_kind_has_an_address_that_commits_to_it() {
    let key = erc7913_signer(FRIEND, b"some key");
    assert_eq!(&key[..20], FRIEND.as_slice());
    // keccak256(abi.encode(bytes)): offset, length, content padded to words.
    let mut preimage = [0; 96];
    preimage[31] = 32;
    preimage[63] = 28;
    preimage[64..92].copy_from_slice(&key);
    assert_eq!(
        erc7913_signer_address(&key),
        Address::from_word(keccak256(preimage))
    );
}

/// Types an argument list is drawn from, single words first.
fn argument_type() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "uint256",
        "address",
        "bool",
        "bytes32",
        "uint8",
        "bytes",
        "string",
        "uint256[]",
        "uint256[3]",
        "(uint256,bool)",
        "(string,uint256)",
        "bytes[2]",
        "(uint256,uint8[2])",
    ])
}

/// Some value of a type.
fn value_of(ty: &DynSolType) -> DynSolValue {
    match ty {
        DynSolType::Uint(size) => DynSolValue::Uint(U256::from(1), *size),
        DynSolType::Bool => DynSolValue::Bool(false),
        DynSolType::Address => DynSolValue::Address(FRIEND),
        DynSolType::FixedBytes(size) => DynSolValue::FixedBytes(B256::ZERO, *size),
        DynSolType::Bytes => DynSolValue::Bytes(vec![9; 40]),
        DynSolType::String => DynSolValue::String("text".to_owned()),
        DynSolType::Array(element) => DynSolValue::Array(vec![value_of(element); 2]),
        DynSolType::FixedArray(element, size) => {
            DynSolValue::FixedArray(vec![value_of(element); *size])
        }
        DynSolType::Tuple(members) => DynSolValue::Tuple(members.iter().map(value_of).collect()),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn the_constrained_word_is_where_the_abi_encoder_puts_the_argument(
        before in prop::collection::vec(argument_type(), 0..6),
        after in prop::collection::vec(argument_type(), 0..3),
        needle: [u8; 32],
    ) {
        let position = before.len();
        let types: Vec<_> = before.into_iter().chain(["bytes32"]).chain(after).collect();
        let function = Function::parse(&format!("f({})", types.join(","))).unwrap();
        let mut values: Vec<_> = function.inputs.iter().map(|input| value_of(&input.resolve().unwrap())).collect();
        values[position] = DynSolValue::FixedBytes(needle.into(), 32);
        let data = function.abi_encode_input(&values).unwrap();

        let policy = CallPolicy::new(TOKEN, function).with_constraint(Constraint::equal(position, B256::from(needle)));
        let spec = policy.to_spec().unwrap();
        let start = 4 + 32 * usize::try_from(spec.constraints[0].index).unwrap();
        prop_assert_eq!(&data[start..start + 32], &needle);
    }
}
