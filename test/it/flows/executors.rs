//! Executors: what they may do through an account, and what not.

use alloy::primitives::{B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::SolValue;
use eyre::ensure;
use zksso_bindings::ERC7579Account::{self, Execution};
use zksso_bindings::{CONTRACT_DEPLOYER_ADDRESS, NONCE_HOLDER_ADDRESS};
use zksso_core::Call;

use super::doubles::deploy;
use super::modules::{EXECUTOR, OpenExecutor, install, through, uninstall};
use super::sessions::token_call;
use super::{RECIPIENT, on_each_backend, refused_with};

sol! {
    function increaseMinNonce(uint256 value) external returns (uint256);
    function updateAccountVersion(uint8 version) external;
    function updateNonceOrdering(uint8 ordering) external;
}

/// F-21: an executor acts for the account as long as it is installed, and nobody does who is not.
#[tokio::test(flavor = "multi_thread")]
async fn executors_act_while_they_are_installed() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        let wallet = world.backend.wallet();
        let call = through(
            executor,
            account.address(),
            &Call::transfer(RECIPIENT, U256::from(1)),
        );
        let result = wallet.send(&call).await;
        refused_with::<ERC7579Account::AccountModuleNotInstalled>(result)?;
        install(&account, EXECUTOR, executor, Bytes::new()).await?;
        let before = account.chain().balance(RECIPIENT).await?;
        wallet.send(&call).await?;
        ensure!(account.chain().balance(RECIPIENT).await? == before + U256::from(1));
        uninstall(&account, EXECUTOR, executor).await?;
        let result = wallet.send(&call).await;
        refused_with::<ERC7579Account::AccountModuleNotInstalled>(result)?;
        let direct = ERC7579Account::executeFromExecutorCall {
            mode: B256::ZERO,
            executionCalldata: Bytes::new(),
        };
        let result = wallet
            .send(&Call::function(account.address(), &direct))
            .await;
        refused_with::<ERC7579Account::AccountModuleNotInstalled>(result)?;
        Ok(())
    })
    .await
}

/// F-14: in the tolerant mode, a batch goes on after a failure and reports it; in the other, it is undone.
#[tokio::test(flavor = "multi_thread")]
async fn batches_of_executors_tolerate_failures_when_told() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        install(&account, EXECUTOR, executor, Bytes::new()).await?;
        let gift = token_call(world.token, RECIPIENT, U256::from(3));
        let failing = token_call(world.token, RECIPIENT, U256::MAX);
        let run = |tolerant: bool| {
            let calls = [&gift, &failing, &gift].map(|call| Execution {
                target: call.to,
                value: call.value,
                callData: call.data.clone(),
            });
            let mut mode = B256::ZERO;
            mode[..2].copy_from_slice(&[1, u8::from(tolerant)]);
            let run = OpenExecutor::runCall {
                account: account.address(),
                mode,
                data: calls.to_vec().abi_encode().into(),
            };
            Call::function(executor, &run)
        };
        let wallet = world.backend.wallet();
        let before = world.token_balance(RECIPIENT).await?;
        let result = wallet.send(&run(false)).await;
        ensure!(result.is_err_and(|error| error.is_refusal()));
        ensure!(world.token_balance(RECIPIENT).await? == before);
        let receipt = wallet.send(&run(true)).await?;
        ensure!(world.token_balance(RECIPIENT).await? == before + U256::from(6));
        let failure: ERC7579Account::TryExecuteUnsuccessful = receipt
            .event(account.address())
            .expect("the account's event");
        ensure!(failure.index == U256::from(1));
        Ok(())
    })
    .await
}

/// nonces and the settings of the account at the system contracts are out of reach of its modules.
#[tokio::test(flavor = "multi_thread")]
async fn system_contracts_refuse_modules() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let executor = deploy(world, "OpenExecutor", 0).await?;
        install(&account, EXECUTOR, executor, Bytes::new()).await?;
        let nonce = account
            .chain()
            .next_nonce(account.address(), U256::ZERO)
            .await?;
        for call in system_calls() {
            let wallet = world.backend.wallet();
            let result = wallet
                .send(&through(executor, account.address(), &call))
                .await;
            ensure!(
                result.is_err_and(|error| error.is_refusal()),
                "{}",
                call.data
            );
        }
        let after = account
            .chain()
            .next_nonce(account.address(), U256::ZERO)
            .await?;
        ensure!(after == nonce);
        account.transfer(RECIPIENT, U256::from(1)).await?;
        Ok(())
    })
    .await
}

/// Calls that would invalidate pending transactions, or unmake the account.
fn system_calls() -> [Call; 3] {
    let raise = increaseMinNonceCall {
        value: U256::from(5),
    };
    let unmake = updateAccountVersionCall { version: 0 };
    let reorder = updateNonceOrderingCall { ordering: 1 };
    [
        Call::function(NONCE_HOLDER_ADDRESS, &raise),
        Call::function(CONTRACT_DEPLOYER_ADDRESS, &unmake),
        Call::function(CONTRACT_DEPLOYER_ADDRESS, &reorder),
    ]
}
