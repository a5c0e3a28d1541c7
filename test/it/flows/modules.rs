//! Installing and removing modules, and the keys and transactions that tests of modules need.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol;
use alloy::sol_types::{SolError, SolValue};
use eyre::{bail, ensure};
use zksso_bindings::ERC7579Account;
use zksso_client::{Error, Fee, KeyClient, Receipt, SendOptions, SmartAccount, Wallet};
use zksso_core::Call;
use zksso_testkit::{World, ether};

use super::refused_with;

/// ERC-7579 module types.
pub(super) const VALIDATOR: u64 = 1;
pub(super) const EXECUTOR: u64 = 2;
pub(super) const FALLBACK: u64 = 3;
pub(super) const HOOK: u64 = 4;

/// Gas for any transaction of these tests.
const AMPLE_GAS: u64 = 20_000_000;

/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;

sol! {
    /// Executor through which anybody acts.
    interface OpenExecutor {
        function run(address account, bytes32 mode, bytes calldata data) external payable returns (bytes[] memory);
    }

    /// Module that turns against its account.
    #[sol(rpc)]
    interface Saboteur {
        enum Conduct { Proper, Reverts, BurnsGas, RevertsWithBlob, ReturnsBlob, FillsStorage }

        error Sabotage();

        function turn(Conduct value) external;
        function filled() external view returns (uint256);
    }

    /// Module that calls somebody whenever its account calls it.
    #[sol(rpc)]
    interface Accomplice {
        function prepare(address target, bytes calldata data) external;
        function attempts() external view returns (uint256);
        function successes() external view returns (uint256);
        function lastAnswer() external view returns (bytes memory);
    }
}

/// The call that installs a module.
pub(super) fn installation(account: Address, kind: u64, module: Address, data: Bytes) -> Call {
    let call = ERC7579Account::installModuleCall {
        moduleTypeId: U256::from(kind),
        module,
        initData: data,
    };
    Call::function(account, &call)
}

/// The call that uninstalls a module.
pub(super) fn removal(account: Address, kind: u64, module: Address, data: Bytes) -> Call {
    let call = ERC7579Account::uninstallModuleCall {
        moduleTypeId: U256::from(kind),
        module,
        deInitData: data,
    };
    Call::function(account, &call)
}

/// The call that uninstalls a module whatever it does about it.
pub(super) fn forced_removal(account: Address, kind: u64, module: Address, data: Bytes) -> Call {
    let call = ERC7579Account::forceUninstallModuleCall {
        moduleTypeId: U256::from(kind),
        module,
        deInitData: data,
    };
    Call::function(account, &call)
}

/// Installs a module.
pub(super) async fn install(
    account: &SmartAccount,
    kind: u64,
    module: Address,
    data: Bytes,
) -> zksso_client::Result<Receipt> {
    let call = installation(account.address(), kind, module, data);
    account.execute(&call).await
}

/// Uninstalls a module.
pub(super) async fn uninstall(
    account: &SmartAccount,
    kind: u64,
    module: Address,
) -> zksso_client::Result<Receipt> {
    let call = removal(account.address(), kind, module, Bytes::new());
    account.execute(&call).await
}

/// Whether a module is installed.
pub(super) async fn is_installed(
    account: &SmartAccount,
    kind: u64,
    module: Address,
) -> eyre::Result<bool> {
    let view = ERC7579Account::new(account.address(), account.chain().provider());
    let installed = view.isModuleInstalled(U256::from(kind), module, Bytes::new());
    Ok(installed.call().await?)
}

/// Gives an account a secp256k1 owner.
pub(super) async fn add_owner(account: &SmartAccount) -> eyre::Result<KeyClient> {
    let key = PrivateKeySigner::random();
    let add = ERC7579Account::addK1OwnerCall {
        owner: key.address(),
    };
    account
        .execute(&Call::function(account.address(), &add))
        .await?;
    Ok(KeyClient::owner(
        account.chain().clone(),
        account.address(),
        key,
    ))
}

/// The wallet of a key, with one ether.
pub(super) async fn funded_wallet(world: &World, key: &PrivateKeySigner) -> eyre::Result<Wallet> {
    let rich = world.backend.wallet();
    let wallet = Wallet::new(rich.chain().clone(), key.clone());
    rich.transfer(wallet.address(), ether(1)).await?;
    Ok(wallet)
}

/// What an executor hands over for one call: mode and calldata.
pub(super) fn single(call: &Call) -> (B256, Bytes) {
    let data = (call.to, call.value, call.data.to_vec()).abi_encode_packed();
    (B256::ZERO, data.into())
}

/// The call by which anybody has an account make a call through an [`OpenExecutor`].
pub(super) fn through(executor: Address, account: Address, call: &Call) -> Call {
    let (mode, data) = single(call);
    Call::function(
        executor,
        &OpenExecutor::runCall {
            account,
            mode,
            data,
        },
    )
}

/// Turns a saboteur.
pub(super) async fn turn(
    world: &World,
    saboteur: Address,
    conduct: Saboteur::Conduct,
) -> eyre::Result<()> {
    let turn = Saboteur::turnCall { value: conduct };
    let wallet = world.backend.wallet();
    wallet.send(&Call::function(saboteur, &turn)).await?;
    Ok(())
}

/// Options with which a transaction gets into a block whatever it does there: today's prices, and gas for whatever it is.
pub(super) async fn ample(world: &World) -> eyre::Result<SendOptions> {
    let wallet = world.backend.wallet();
    let nothing = Call::transfer(wallet.address(), U256::ZERO);
    let fee = wallet.estimate(&nothing, &SendOptions::default()).await?;
    Ok(SendOptions::default().with_fee(Fee {
        gas_limit: AMPLE_GAS,
        ..fee
    }))
}

/// Insists that a transaction got into a block and failed there.
pub(super) fn failed_in_its_block(result: zksso_client::Result<Receipt>) -> eyre::Result<()> {
    match result {
        Ok(receipt) => bail!("transaction {} succeeded", receipt.hash),
        Err(Error::Reverted { .. }) => Ok(()),
        Err(other) => {
            Err(eyre::Report::new(other).wrap_err("expected a transaction that fails in its block"))
        }
    }
}

/// Insists that a transaction is refused with an error when it is estimated, and fails in its block when it is sent all the same.
pub(super) async fn refused_and_failing<E: SolError>(
    world: &World,
    account: &SmartAccount,
    call: &Call,
) -> eyre::Result<E> {
    let error = refused_with::<E>(account.execute(call).await)?;
    let options = ample(world).await?;
    let before = account.chain().balance(account.address()).await?;
    failed_in_its_block(account.execute_with(call, &options).await)?;
    let highest = options.fee.map(|fee| fee.max_cost()).unwrap_or_default();
    let after = account.chain().balance(account.address()).await?;
    ensure!(
        after < before && after + highest >= before,
        "only a fee is lost"
    );
    Ok(error)
}
