//! Building sessions from descriptions.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, JsonAbiExt, Specifier},
    json_abi::Function,
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolValue,
};
use proptest::prelude::*;
use zksso_bindings::ERC20;
use zksso_core::{
    CallPolicy, Condition, Constraint, Error, Expiry, Limit, Seconds, SessionConfig,
    TransferPolicy, session_hash,
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
    let spec = config.to_spec(SIGNER, NOW).unwrap();
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
        .to_spec(SIGNER, NOW)
        .unwrap();
    let usage = "(uint8,uint256,uint256)";
    let ty = format!(
        "(address,uint256,{usage},(address,bytes4,uint256,{usage},(uint8,uint64,bytes32,{usage})[])[],(address,uint256,{usage})[])"
    );
    let ty: DynSolType = ty.parse().unwrap();
    let encoded = spec.abi_encode();
    let value = ty.abi_decode(&encoded).unwrap();
    assert_eq!(value.abi_encode(), encoded);
    assert_eq!(encoded[..32], U256::from(32).to_be_bytes::<32>());
    assert_eq!(session_hash(&spec), keccak256(encoded));
}

#[test]
fn what_the_contract_would_refuse_is_refused_before() {
    let build = |config: SessionConfig| config.to_spec(SIGNER, NOW).unwrap_err();
    let config = SessionConfig::default;
    assert_eq!(config().to_spec(Address::ZERO, NOW), Err(Error::ZeroSigner));
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
        fee.to_spec(SIGNER, NOW),
        Err(Error::LimitTooLarge { .. })
    ));
    let allowance = Limit::allowance(U256::from(1) << 192, Seconds::hours(1));
    let allowance = SessionConfig::default().with_transfer(TransferPolicy::new(FRIEND, allowance));
    assert!(matches!(
        allowance.to_spec(SIGNER, NOW),
        Err(Error::LimitTooLarge { .. })
    ));
    let many = |transfers: u8| {
        let transfers =
            (0..transfers).map(|byte| TransferPolicy::new(Address::repeat_byte(byte), one()));
        // The token policy needs three more.
        let config = SessionConfig {
            transfers: transfers.collect(),
            ..SessionConfig::default()
        };
        config.with_call(token_policy()).to_spec(SIGNER, NOW)
    };
    assert!(many(117).is_ok());
    assert_eq!(many(118), Err(Error::SessionTooLarge { trackers: 121 }));
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
    let spec = config.to_spec(SIGNER, NOW).unwrap();
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
    assert_eq!(again.to_spec(SIGNER, NOW), Ok(spec));
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
