//! A validator that is not part of the suite: `AllowListValidator`, under the validation rules of a real chain.

use alloy::primitives::{Address, Bytes, FixedBytes, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol;
use alloy::sol_types::{SolCall, SolValue};
use eyre::ensure;
use zksso_bindings::ERC20;
use zksso_client::{KeyClient, Receipt, SendOptions, SmartAccount};
use zksso_core::{Call, Paymaster};
use zksso_testkit::{World, contract_code, ether};

use super::doubles::{deploy, open_paymaster};
use super::modules::{EXECUTOR, VALIDATOR, install, uninstall};
use super::sessions::token_call;
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised, refused_with};

sol! {
    struct AllowedCall {
        address target;
        bytes4 selector;
    }

    interface AllowListValidator {
        error AllowListSpendingNotAllowed();
        error AllowListCallNotAllowed(address target, bytes4 selector);

        function setAllowed(address target, bytes4 selector, bool allowed) external;
    }
}

/// An account whose validator lets a key transfer the test token, and sends for it with the fee of such a transfer.
struct Listed {
    account: SmartAccount,
    validator: Address,
    signer: PrivateKeySigner,
    key: KeyClient,
    paymaster: Address,
    options: SendOptions,
    token: Address,
}

impl Listed {
    async fn new(world: &World) -> eyre::Result<Self> {
        let account = world.account().await?;
        let validator = deploy(world, "AllowListValidator", 0).await?;
        let signer = PrivateKeySigner::random();
        let chain = account.chain().clone();
        let key = KeyClient::of_validator(chain, account.address(), signer.clone(), validator);
        let mut listed = Self {
            account,
            validator,
            signer,
            key,
            paymaster: open_paymaster(world).await?,
            options: SendOptions::default(),
            token: world.token,
        };
        listed.install().await?;
        listed.options = listed.sponsored();
        let fee = listed.key.estimate(&listed.gift(), &listed.options).await?;
        listed.options = listed.options.with_fee(fee);
        Ok(listed)
    }

    async fn install(&self) -> eyre::Result<()> {
        let calls = vec![AllowedCall {
            target: self.token,
            selector: FixedBytes(ERC20::transferCall::SELECTOR),
        }];
        let data = (self.signer.address(), calls).abi_encode_params();
        install(&self.account, VALIDATOR, self.validator, data.into()).await?;
        Ok(())
    }

    fn sponsored(&self) -> SendOptions {
        let paymaster = Paymaster::general(self.paymaster, Bytes::new());
        SendOptions::default().with_paymaster(paymaster)
    }

    fn gift(&self) -> Call {
        token_call(self.token, RECIPIENT, U256::from(5))
    }

    async fn send(&self, call: &Call) -> zksso_client::Result<Receipt> {
        self.key.execute_with(call, &self.options).await
    }

    /// Insists that a call is refused because it is not on the list.
    async fn expect_unlisted(&self, call: &Call) -> eyre::Result<()> {
        let error: AllowListValidator::AllowListCallNotAllowed =
            refused_with(self.send(call).await)?;
        ensure!(error.target == call.to);
        Ok(())
    }
}

/// a listed call passes under the validation rules, and costs the account nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_makes_listed_calls_at_no_cost() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let listed = Listed::new(world).await?;
        let account = listed.account.address();
        let chain = listed.account.chain();
        let before = chain.balance(account).await?;
        let tokens = world.token_balance(RECIPIENT).await?;
        listed.send(&listed.gift()).await?;
        listed
            .key
            .execute_with(&listed.gift(), &listed.sponsored())
            .await?;
        ensure!(world.token_balance(RECIPIENT).await? == tokens + U256::from(10));
        ensure!(chain.balance(account).await? == before);
        Ok(())
    })
    .await
}

/// E-01: other targets, other functions, and what is no call at all are refused in validation.
#[tokio::test(flavor = "multi_thread")]
async fn unlisted_calls_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let listed = Listed::new(world).await?;
        let approve = ERC20::approveCall {
            spender: RECIPIENT,
            value: U256::from(1),
        };
        let other = deploy(world, "TestToken", 9).await?;
        listed
            .expect_unlisted(&token_call(other, RECIPIENT, U256::from(1)))
            .await?;
        listed
            .expect_unlisted(&Call::function(listed.token, &approve))
            .await?;
        listed
            .expect_unlisted(&Call::transfer(RECIPIENT, U256::ZERO))
            .await?;
        let batch = listed.account.batch_call(&[listed.gift()]);
        listed.expect_unlisted(&batch).await?;
        let removal = AllowListValidator::setAllowedCall {
            target: listed.token,
            selector: FixedBytes(ERC20::transferCall::SELECTOR),
            allowed: false,
        };
        listed
            .account
            .execute(&Call::function(listed.validator, &removal))
            .await?;
        listed.expect_unlisted(&listed.gift()).await
    })
    .await
}

/// E-04, E-05: whatever the list says, the account, its modules, and what became one later are out of reach.
#[tokio::test(flavor = "multi_thread")]
async fn targets_that_rule_the_account_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let listed = Listed::new(world).await?;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        let targets = [listed.account.address(), listed.validator, executor];
        for target in targets {
            let allow = AllowListValidator::setAllowedCall {
                target,
                selector: FixedBytes(AllowListValidator::setAllowedCall::SELECTOR),
                allowed: true,
            };
            listed
                .account
                .execute(&Call::function(listed.validator, &allow))
                .await?;
        }
        install(&listed.account, EXECUTOR, executor, Bytes::new()).await?;
        let call = AllowListValidator::setAllowedCall {
            target: RECIPIENT,
            selector: FixedBytes([0; 4]),
            allowed: true,
        };
        for target in targets {
            listed
                .expect_unlisted(&Call::function(target, &call))
                .await?;
        }
        Ok(())
    })
    .await
}

/// E-30, E-34: the key spends nothing of the account: no value, no fee, no allowance for a paymaster, no bytecode.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_cannot_make_the_account_pay() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let listed = Listed::new(world).await?;
        let fee = listed.options.fee.expect("estimated");
        let unpaid = SendOptions::default().with_fee(fee);
        let token = listed.token;
        let approval = Paymaster::approval_based(listed.paymaster, token, ether(1), Bytes::new());
        let code = contract_code("OpenPaymaster")?.bytecode;
        let gift = listed.gift();
        let attempts = [
            (gift.clone(), unpaid.clone()),
            (gift.clone(), unpaid.clone().with_paymaster(approval)),
            (
                gift.clone().with_value(U256::from(1)),
                listed.options.clone(),
            ),
            (gift, listed.options.clone().with_factory_deps(vec![code])),
        ];
        for (call, options) in attempts {
            let result = listed.key.execute_with(&call, &options).await;
            refused_with::<AllowListValidator::AllowListSpendingNotAllowed>(result)?;
        }
        Ok(())
    })
    .await
}

/// E-35, D-24: another key is nobody, and so is the old one once the validator was uninstalled; installed again, it starts from nothing.
#[tokio::test(flavor = "multi_thread")]
async fn only_the_present_key_signs() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let listed = Listed::new(world).await?;
        let account = listed.account.address();
        let thief = KeyClient::of_validator(
            listed.account.chain().clone(),
            account,
            PrivateKeySigner::random(),
            listed.validator,
        );
        let gift = listed.gift();
        refused_as_unauthorised(thief.execute_with(&gift, &listed.options).await)?;
        let owner = KeyClient::owner(
            listed.account.chain().clone(),
            account,
            listed.signer.clone(),
        );
        refused_as_unauthorised(owner.execute_with(&gift, &listed.options).await)?;
        uninstall(&listed.account, VALIDATOR, listed.validator).await?;
        refused_as_unauthorised(listed.send(&gift).await)?;
        install(&listed.account, VALIDATOR, listed.validator, Bytes::new()).await?;
        listed.expect_unlisted(&gift).await?;
        uninstall(&listed.account, VALIDATOR, listed.validator).await?;
        listed.install().await?;
        listed.send(&gift).await?;
        Ok(())
    })
    .await
}
