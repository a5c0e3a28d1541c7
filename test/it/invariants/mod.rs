//! The session module on the chain and its model in `zksso-core` agree about every transaction.
//!
//! Random sessions, and random transactions that fit them more or less. For each transaction the model says beforehand whether the
//! module accepts it, what it then keeps, or with which error and arguments it refuses.
//!
//! To make thousands of them affordable, the account itself calls the module, many times in one transaction: nothing that the module looks
//! at is different from a call in validation, where a transaction of its own would be needed for each.

pub(crate) mod dice;
pub(crate) mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::Provider;
use alloy::signers::{SignerSync, local::PrivateKeySigner};
use alloy::sol_types::{SolCall, SolEvent};
use alloy_zksync::network::transaction_request::TransactionRequest;
use eyre::{WrapErr, ensure};
use zksso_bindings::{ERC7579Account, SessionKeyValidator};
use zksso_client::{Fee, SendOptions, SmartAccount};
use zksso_core::{
    Accepted, Call, Claims, DecodedError, Refusal, Session, SessionRecord, SessionUse, Status,
    ValidationContext, encode_signature, try_batch_call,
};
use zksso_deployer::{Plan, execute};
use zksso_node::NodeConfig;
use zksso_testkit::{Embedded, World, contract_code};

use self::dice::Dice;
use self::generate::Setting;

/// Names the seed to run with instead of one made of the time.
const SEED_VARIABLE: &str = "ZKSSO_INVARIANT_SEED";
/// Names the number of transactions to try instead of [`STEPS`].
const STEPS_VARIABLE: &str = "ZKSSO_INVARIANT_STEPS";
/// Transactions that are tried.
const STEPS: usize = 5_000;

/// Sessions of one account.
const SESSIONS: usize = 10;
/// Transactions that an account tries in one.
const BATCH: usize = 12;
/// Batches that one account makes.
const BATCHES: usize = 40;

/// Time of the first block, so that a seed gives the same run again.
const GENESIS: u64 = 1_700_000_000;

/// The errors that have to come up, or else the transactions are not random enough.
const EXPECTED: [&str; 18] = [
    "SessionAllowanceExceeded",
    "SessionArgumentMissing",
    "SessionCallNotAllowed",
    "SessionConditionFailed",
    "SessionFactoryDepsNotAllowed",
    "SessionInvalidBatch",
    "SessionInvalidCalldata",
    "SessionInvalidPaymasterInput",
    "SessionLifetimeLimitExceeded",
    "SessionMaxFeeExceeded",
    "SessionMaxValueExceeded",
    "SessionNonceKeyNotAllowed",
    "SessionNotActive",
    "SessionPaymasterNotAllowed",
    "SessionPeriodIdMissing",
    "SessionTargetBanned",
    "SessionTransferNotAllowed",
    "TimestampOutOfRange",
];

#[tokio::test(flavor = "multi_thread")]
async fn chain_and_model_agree_about_sessions() -> eyre::Result<()> {
    let started = Instant::now();
    let steps = variable(STEPS_VARIABLE).map_or(Ok(STEPS), usize::try_from)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let seed = variable(SEED_VARIABLE).unwrap_or(now.as_secs());
    println!("{SEED_VARIABLE}={seed}");
    let tally = run(seed, steps)
        .await
        .wrap_err_with(|| format!("to see this again, set {SEED_VARIABLE}={seed}"))?;
    println!(
        "{} transactions, {} of them accepted, in {:.1} s",
        tally.steps,
        tally.accepted,
        started.elapsed().as_secs_f64()
    );
    for (error, count) in &tally.refused {
        println!("{count:6} {error}");
    }
    if steps >= STEPS {
        let missing = EXPECTED.iter();
        let missing: Vec<_> = missing
            .filter(|name| !tally.refused.contains_key(**name))
            .collect();
        ensure!(missing.is_empty(), "never came up: {missing:?}");
        ensure!(tally.accepted * 5 > tally.steps, "too few were accepted");
    }
    Ok(())
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What came of the transactions.
#[derive(Default)]
struct Tally {
    steps: usize,
    accepted: usize,
    refused: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, expected: &Result<Accepted, Refusal>) {
        self.steps += 1;
        match expected {
            Ok(_) => self.accepted += 1,
            Err(refusal) => {
                let data = refusal.revert_data().unwrap_or_default();
                let name = DecodedError::decode(&data).name;
                *self.refused.entry(name).or_default() += 1;
            }
        }
    }
}

async fn run(seed: u64, steps: usize) -> eyre::Result<Tally> {
    let config = NodeConfig::default().with_genesis_timestamp(GENESIS);
    let world = World::deploy(Box::new(Embedded::start(config).await?)).await?;
    let mut dice = Dice::new(seed);
    let mut tally = Tally::default();
    let later_module = deploy_module(&world).await?;
    while tally.steps < steps {
        let mut trial = Trial::open(&world, later_module, &mut dice).await?;
        for batch in 0..BATCHES {
            if tally.steps >= steps {
                break;
            }
            if batch == BATCHES / 2 {
                trial.install_module().await?;
            }
            trial.interfere(&world, &mut dice).await?;
            trial.batch(&mut dice, &mut tally).await?;
        }
    }
    Ok(tally)
}

/// A second copy of the session module: a contract like any other until it is installed.
async fn deploy_module(world: &World) -> eyre::Result<Address> {
    let wallet = world.backend.wallet();
    let mut plan = Plan::new(wallet.address(), B256::repeat_byte(1));
    let address = plan.add(contract_code("SessionKeyValidator")?, ())?;
    execute(&plan, wallet, |_| {}).await?;
    Ok(address)
}

/// A session, its key, and what the model says the chain keeps about it.
struct Tried {
    session: Session,
    key: PrivateKeySigner,
    record: SessionRecord,
}

/// A transaction that is tried.
struct Step {
    tried: usize,
    action: SessionUse,
    claims: Claims,
}

/// One account with its sessions.
struct Trial {
    account: SmartAccount,
    setting: Setting,
    context: ValidationContext,
    sessions: Vec<Tried>,
}

impl Trial {
    async fn open(world: &World, later_module: Address, dice: &mut Dice) -> eyre::Result<Self> {
        let account = world.account().await?;
        let setting = Setting {
            account: account.address(),
            later_module,
        };
        let now = account.chain().time().await?;
        let mut sessions = Vec::new();
        for _ in 0..SESSIONS {
            let key = generate::key(dice);
            let session = generate::session(dice, &setting, key.address(), now);
            sessions.push(Tried {
                record: SessionRecord::opened(&session, 0),
                session,
                key,
            });
        }
        let suite = account.suite();
        let context = ValidationContext {
            account: account.address(),
            modules: vec![suite.web_auth_validator, suite.session_key_validator],
            now,
        };
        let trial = Self {
            account,
            setting,
            context,
            sessions,
        };
        for tried in &trial.sessions {
            let call = creation(&trial.account, &tried.session);
            trial.account.execute_with(&call, &options()).await?;
        }
        Ok(trial)
    }

    async fn install_module(&mut self) -> eyre::Result<()> {
        let module = self.setting.later_module;
        self.account.install_validator(module, Bytes::new()).await?;
        self.context.modules.push(module);
        Ok(())
    }

    /// Lets time pass, or closes a session.
    async fn interfere(&mut self, world: &World, dice: &mut Dice) -> eyre::Result<()> {
        if dice.chance(40) {
            world.backend.increase_time(1 + dice.below(700)).await?;
        }
        if dice.chance(4) {
            let index = dice.index(self.sessions.len());
            let tried = &mut self.sessions[index];
            if tried.record.status == Status::Active {
                self.account.revoke_session(tried.session.hash()).await?;
                tried.record.status = Status::Closed;
                tried.record.head = tried.record.head & (U256::MAX >> 8) | U256::from(2) << 248;
            }
        }
        Ok(())
    }

    /// Tries some transactions, and insists that everything is as the model says.
    async fn batch(&mut self, dice: &mut Dice, tally: &mut Tally) -> eyre::Result<()> {
        let expected_now = self.account.chain().time().await? + 1;
        let steps: Vec<_> = (0..BATCH).map(|_| self.step(dice, expected_now)).collect();
        self.ask_about(&steps[0], expected_now).await?;
        let calls = steps.iter().map(|step| self.call(step));
        let calls = calls.collect::<eyre::Result<Vec<_>>>()?;
        let refusals = self.make(&calls).await?;
        self.context.now = self.account.chain().time().await?;
        let mut touched = BTreeSet::new();
        for (i, step) in steps.iter().enumerate() {
            let expected = self.predict(step);
            tally.add(&expected);
            let actual = refusals.get(&i);
            let agreed = expected.as_ref().err().and_then(Refusal::revert_data) == actual.cloned();
            ensure!(agreed, "{}", self.disagreement(step, &expected, actual));
            if let Ok(accepted) = expected {
                self.sessions[step.tried].record = accepted.record;
                touched.insert(step.tried);
            }
        }
        for index in touched {
            let tried = &self.sessions[index];
            let record = self.account.session_record(&tried.session).await?;
            ensure!(
                record == tried.record,
                "{:#?}\nis left of {:#?}\nand not {:#?}",
                record,
                tried.session,
                tried.record
            );
        }
        Ok(())
    }

    fn step(&self, dice: &mut Dice, now: u64) -> Step {
        let index = dice.index(self.sessions.len());
        let session = &self.sessions[index].session;
        let action = generate::action(dice, &self.setting, session);
        let claims = generate::claims(dice, session, &action, now);
        Step {
            tried: index,
            action,
            claims,
        }
    }

    fn predict(&self, step: &Step) -> Result<Accepted, Refusal> {
        let tried = &self.sessions[step.tried];
        let (action, claims) = (&step.action, &step.claims);
        tried
            .session
            .validate(&tried.record, action, claims, &self.context)
    }

    /// The call that the account makes if it validates a transaction.
    fn call(&self, step: &Step) -> eyre::Result<Call> {
        let tried = &self.sessions[step.tried];
        let module = self.account.suite().session_key_validator;
        let signed_hash = B256::repeat_byte(0x5a);
        let signature = tried.key.sign_hash_sync(&signed_hash)?.as_bytes();
        let data = tried.session.validator_data(&step.claims);
        let signature = encode_signature(signature.into(), module, data);
        let transaction = transaction(self.account.address(), &step.action, signature);
        let call = SessionKeyValidator::validateTransactionCall {
            signedHash: signed_hash,
            transaction,
        };
        Ok(Call::function(module, &call))
    }

    /// Makes calls in one transaction of the account; returns what those that failed failed with.
    async fn make(&self, calls: &[Call]) -> eyre::Result<BTreeMap<usize, Bytes>> {
        let call = try_batch_call(self.account.address(), calls);
        let receipt = self.account.execute_with(&call, &options()).await?;
        let events = receipt.logs.iter();
        let events = events
            .filter_map(|log| ERC7579Account::TryExecuteUnsuccessful::decode_log(&log.inner).ok());
        Ok(events
            .map(|event| (event.index.to::<usize>(), event.data.returnData))
            .collect())
    }

    /// Asks for one answer without a transaction: acceptance is the answer `true`.
    async fn ask_about(&mut self, step: &Step, now: u64) -> eyre::Result<()> {
        self.context.now = now;
        let expected = self.predict(step);
        let call = self.call(step)?;
        let request = TransactionRequest::default()
            .with_from(self.account.address())
            .with_to(call.to)
            .with_input(call.data);
        let provider = self.account.chain().provider();
        let answer = provider.call(request).pending().await;
        let answer = answer.map_err(zksso_client::Error::from);
        match (&expected, answer) {
            (Ok(_), Ok(answer)) => {
                let accepted =
                    SessionKeyValidator::validateTransactionCall::abi_decode_returns(&answer)?;
                ensure!(accepted, "a signature was not recognised");
            }
            (expected, answer) => {
                let error = answer.err();
                let data = error.as_ref().and_then(|error| error.decoded());
                let data = data.map(|decoded| decoded.data.clone());
                let refusal = expected.as_ref().err().and_then(Refusal::revert_data);
                let shown = self.disagreement(step, expected, data.as_ref());
                ensure!(data.is_some() && data == refusal, "{shown}\n{error:?}");
            }
        }
        Ok(())
    }

    fn disagreement(
        &self,
        step: &Step,
        expected: &Result<Accepted, Refusal>,
        actual: Option<&Bytes>,
    ) -> String {
        let tried = &self.sessions[step.tried];
        let actual = actual.map(|data| DecodedError::decode(data).to_string());
        format!(
            "{:#?}\n{:#?}\n{:#?}\nclaiming {:?} at {}: the chain says {actual:?}, the model {expected:?}",
            tried.session, tried.record, step.action, step.claims, self.context.now
        )
    }
}

/// A transaction as the module sees it.
pub(crate) fn transaction(
    account: Address,
    action: &SessionUse,
    signature: Bytes,
) -> SessionKeyValidator::Transaction {
    let word = |address: Address| U256::from_be_slice(address.as_slice());
    let paymaster = action.paymaster.clone().unwrap_or_default();
    let dependency = action.has_factory_deps.then(|| B256::repeat_byte(1));
    SessionKeyValidator::Transaction {
        txType: U256::from(113),
        from: word(account),
        to: word(action.call.to),
        gasLimit: action.fee,
        gasPerPubdataByteLimit: U256::from(50_000),
        maxFeePerGas: U256::from(1),
        maxPriorityFeePerGas: U256::ZERO,
        paymaster: word(paymaster.address),
        nonce: action.nonce_key << 64,
        value: action.call.value,
        reserved: [U256::ZERO; 4],
        data: action.call.data.clone(),
        signature,
        factoryDeps: dependency.into_iter().collect(),
        paymasterInput: paymaster.input,
        reservedDynamic: Bytes::new(),
    }
}

fn creation(account: &SmartAccount, session: &Session) -> Call {
    let module = account.suite().session_key_validator;
    let spec = session.spec.clone();
    match session.options.clone() {
        None => Call::function(
            module,
            &SessionKeyValidator::createSessionCall { sessionSpec: spec },
        ),
        Some(options) => {
            let call = SessionKeyValidator::createSessionWithOptionsCall {
                sessionSpec: spec,
                options,
            };
            Call::function(module, &call)
        }
    }
}

/// A fee that suffices for everything here, which spares the estimates.
fn options() -> SendOptions {
    SendOptions::default().with_fee(Fee {
        gas_limit: 60_000_000,
        max_fee_per_gas: 1_000_000_000,
        max_priority_fee_per_gas: 0,
        gas_per_pubdata: U256::from(50_000),
    })
}
