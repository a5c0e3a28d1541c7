//! Random requests, messages and transactions.

use proptest::{prelude::*, test_runner::Config};
use tokio::runtime::Runtime;

use crate::{
    random::{
        changed_message, changed_transaction, check_message, check_requests, check_transaction,
        requests,
    },
    support::variable,
};

/// Nodes of a normal run; `ZKSSO_FUZZ_CASES` asks for more.
const CASES: u64 = 24;

fn config() -> Config {
    let cases = variable("ZKSSO_FUZZ_CASES", CASES);
    Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_requests_are_answered_and_refused_ones_change_nothing(requests in requests()) {
        Runtime::new().unwrap().block_on(check_requests(&requests));
    }

    #[test]
    fn changed_messages_are_answered_by_the_rules(message in changed_message()) {
        Runtime::new().unwrap().block_on(check_message(&message));
    }

    #[test]
    fn changed_transactions_are_refused_or_mined_as_they_say(raw in changed_transaction()) {
        Runtime::new().unwrap().block_on(check_transaction(&raw));
    }
}
