//! Functions that fallback handlers add to an account.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, Bytes, FixedBytes, U256};
use alloy::providers::Provider;
use alloy::sol;
use alloy::sol_types::{SolCall, SolValue};
use alloy_zksync::network::transaction_request::TransactionRequest;
use eyre::ensure;
use zksso_bindings::{ERC7579Account, RegistryHook};
use zksso_client::{Receipt, SmartAccount};
use zksso_core::Call;
use zksso_testkit::World;

use super::doubles::deploy;
use super::modules::{FALLBACK, HOOK, Saboteur, install, is_installed, removal, turn};
use super::{STRANGER, on_each_backend, refused_with};

sol! {
    #[sol(rpc)]
    interface EchoHandler {
        error Refused(bytes data);

        function note(uint256 number) external returns (address account, bytes memory data);
        function read(uint256 number) external view returns (address account, bytes memory data);
        function refuse(uint256 number) external pure;
        function writes() external view returns (uint256);
        function lastInit() external view returns (bytes memory);
        function lastDeInit() external view returns (bytes memory);
    }
}

/// Call types of ERC-7579.
const CALL: u8 = 0x00;
const STATIC: u8 = 0xfe;
const DELEGATE: u8 = 0xff;

/// An account and a handler that is not installed yet.
struct Extended {
    account: SmartAccount,
    handler: Address,
}

impl Extended {
    async fn new(world: &World) -> eyre::Result<Self> {
        Ok(Self {
            account: world.account().await?,
            handler: deploy(world, "EchoHandler", 0).await?,
        })
    }

    /// An account for which the handler answers what its names suggest.
    async fn with_functions(world: &World) -> eyre::Result<Self> {
        let extended = Self::new(world).await?;
        extended.add(EchoHandler::noteCall::SELECTOR, CALL).await?;
        extended
            .add(EchoHandler::readCall::SELECTOR, STATIC)
            .await?;
        extended
            .add(EchoHandler::refuseCall::SELECTOR, CALL)
            .await?;
        Ok(extended)
    }

    async fn add(&self, selector: [u8; 4], call_type: u8) -> zksso_client::Result<Receipt> {
        let data = [&selector[..], &[call_type], b"hello"].concat();
        install(&self.account, FALLBACK, self.handler, data.into()).await
    }

    async fn remove(&self, selector: [u8; 4]) -> zksso_client::Result<Receipt> {
        let data = [&selector[..], b"farewell"].concat();
        let call = removal(self.account.address(), FALLBACK, self.handler, data.into());
        self.account.execute(&call).await
    }

    /// The account, seen as its handler.
    fn call(&self, call: &impl SolCall) -> Call {
        Call::function(self.account.address(), call)
    }

    /// Whether the handler answers a function of the account.
    async fn answers(&self, selector: [u8; 4]) -> eyre::Result<bool> {
        let view = ERC7579Account::new(self.account.address(), self.account.chain().provider());
        let context = Bytes::copy_from_slice(&selector);
        let installed = view.isModuleInstalled(U256::from(FALLBACK), self.handler, context);
        Ok(installed.call().await?)
    }

    async fn writes(&self) -> eyre::Result<u64> {
        let handler = EchoHandler::new(self.handler, self.account.chain().provider());
        Ok(handler.writes().call().await?.to())
    }
}

fn note() -> EchoHandler::noteCall {
    EchoHandler::noteCall {
        number: U256::from(7),
    }
}

fn read() -> EchoHandler::readCall {
    EchoHandler::readCall {
        number: U256::from(7),
    }
}

/// Calldata followed by who called the account.
fn with_caller(data: Vec<u8>, caller: Address) -> Vec<u8> {
    [data, caller.to_vec()].concat()
}

/// F-18: a handler is called by the account, with the calldata and behind it, as in ERC-2771, the account's caller.
#[tokio::test(flavor = "multi_thread")]
async fn handlers_learn_who_called_the_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        let address = extended.account.address();
        let seen = EchoHandler::new(address, extended.account.chain().provider());
        let answer = seen.read(U256::from(7)).from(STRANGER).call().await?;
        ensure!(answer.account == address);
        ensure!(answer.data == with_caller(read().abi_encode(), STRANGER));
        let answer = seen.note(U256::from(7)).from(STRANGER).call().await?;
        ensure!(answer.account == address);
        ensure!(answer.data == with_caller(note().abi_encode(), STRANGER));
        Ok(())
    })
    .await
}

/// F-18, F-19: a caller that appends somebody else's address is not taken for it.
#[tokio::test(flavor = "multi_thread")]
async fn callers_cannot_pretend_to_be_others() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        let address = extended.account.address();
        let forged = with_caller(read().abi_encode(), address);
        let provider = extended.account.chain().provider();
        let request = TransactionRequest::default()
            .with_to(address)
            .with_from(STRANGER)
            .with_input(forged.clone());
        let answer = provider.call(request).await?;
        let (account, data) = <(Address, Bytes)>::abi_decode_params(&answer)?;
        ensure!(account == address && data == with_caller(forged, STRANGER));
        Ok(())
    })
    .await
}

/// F-18: anybody may use a handler that writes, in transactions of their own; the account may, too.
#[tokio::test(flavor = "multi_thread")]
async fn handlers_may_write_in_transactions() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        world.backend.wallet().send(&extended.call(&note())).await?;
        extended.account.execute(&extended.call(&note())).await?;
        ensure!(extended.writes().await? == 2);
        let result = world
            .backend
            .wallet()
            .send(&extended.call(&note()).with_value(U256::from(1)))
            .await;
        ensure!(result.is_err_and(|error| error.is_refusal()), "value");
        ensure!(extended.writes().await? == 2);
        Ok(())
    })
    .await
}

/// F-18: a handler that was installed for reading cannot write.
#[tokio::test(flavor = "multi_thread")]
async fn static_handlers_cannot_write() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::new(world).await?;
        extended
            .add(EchoHandler::noteCall::SELECTOR, STATIC)
            .await?;
        let result = world.backend.wallet().send(&extended.call(&note())).await;
        ensure!(result.is_err_and(|error| error.is_refusal()));
        ensure!(extended.writes().await? == 0);
        Ok(())
    })
    .await
}

/// F-18: errors of handlers are passed on as they are, and unknown functions have one of their own.
#[tokio::test(flavor = "multi_thread")]
async fn errors_of_handlers_are_passed_on() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        let wallet = world.backend.wallet();
        let refuse = EchoHandler::refuseCall {
            number: U256::from(7),
        };
        let error: EchoHandler::Refused = refused_with(wallet.send(&extended.call(&refuse)).await)?;
        ensure!(error.data == with_caller(refuse.abi_encode(), wallet.address()));
        let unknown = extended.call(&EchoHandler::writesCall {});
        let error: ERC7579Account::AccountUnknownFunction =
            refused_with(wallet.send(&unknown).await)?;
        ensure!(error.selector == FixedBytes(EchoHandler::writesCall::SELECTOR));
        Ok(())
    })
    .await
}

/// F-03, F-18: the account's own functions, those that would uninstall it from its handler, and functions that are taken are refused.
#[tokio::test(flavor = "multi_thread")]
async fn improper_functions_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        for selector in [
            ERC7579Account::executeCall::SELECTOR,
            ERC7579Account::isValidSignatureCall::SELECTOR,
            ERC7579Account::executeTransactionFromOutsideCall::SELECTOR,
            ERC7579Account::initializeCall::SELECTOR,
            RegistryHook::onInstallCall::SELECTOR,
            RegistryHook::onUninstallCall::SELECTOR,
            EchoHandler::noteCall::SELECTOR,
            [0; 4],
        ] {
            let error: ERC7579Account::AccountFunctionTaken =
                refused_with(extended.add(selector, CALL).await)?;
            ensure!(error.selector == FixedBytes(selector));
        }
        for call_type in [0x01, DELEGATE] {
            let result = extended.add([1, 2, 3, 4], call_type).await;
            refused_with::<ERC7579Account::AccountUnsupportedCallType>(result)?;
        }
        let short = Bytes::from_static(&[1, 2, 3, 4]);
        let result = install(&extended.account, FALLBACK, extended.handler, short).await;
        refused_with::<ERC7579Account::AccountInvalidHandlerData>(result)?;
        ensure!(!extended.answers([1, 2, 3, 4]).await?);
        Ok(())
    })
    .await
}

/// F-03: functions are taken away one by one; the handler is told each time, and goes with the last.
#[tokio::test(flavor = "multi_thread")]
async fn functions_are_removed_one_by_one() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        let handler = EchoHandler::new(extended.handler, extended.account.chain().provider());
        ensure!(handler.lastInit().call().await?.as_ref() == b"hello");
        extended.remove(EchoHandler::noteCall::SELECTOR).await?;
        ensure!(handler.lastDeInit().call().await?.as_ref() == b"farewell");
        let wallet = world.backend.wallet();
        let result = wallet.send(&extended.call(&note())).await;
        refused_with::<ERC7579Account::AccountUnknownFunction>(result)?;
        let result = extended.remove(EchoHandler::noteCall::SELECTOR).await;
        refused_with::<ERC7579Account::AccountModuleNotInstalled>(result)?;
        ensure!(!extended.answers(EchoHandler::noteCall::SELECTOR).await?);
        ensure!(extended.answers(EchoHandler::readCall::SELECTOR).await?);
        wallet.send(&extended.call(&read())).await?;
        extended.remove(EchoHandler::readCall::SELECTOR).await?;
        ensure!(is_installed(&extended.account, FALLBACK, extended.handler).await?);
        extended.remove(EchoHandler::refuseCall::SELECTOR).await?;
        ensure!(!is_installed(&extended.account, FALLBACK, extended.handler).await?);
        // And back again.
        extended.add(EchoHandler::noteCall::SELECTOR, CALL).await?;
        wallet.send(&extended.call(&note())).await?;
        ensure!(extended.writes().await? == 1);
        Ok(())
    })
    .await
}

/// F-09: hooks watch handlers that may write, and not those that cannot.
#[tokio::test(flavor = "multi_thread")]
async fn hooks_watch_handlers_that_may_write() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let extended = Extended::with_functions(world).await?;
        let hook = deploy(world, "Saboteur", 0).await?;
        install(&extended.account, HOOK, hook, Bytes::new()).await?;
        let wallet = world.backend.wallet();
        wallet.send(&extended.call(&note())).await?;
        turn(world, hook, Saboteur::Conduct::Reverts).await?;
        let result = wallet.send(&extended.call(&note())).await;
        refused_with::<Saboteur::Sabotage>(result)?;
        wallet.send(&extended.call(&read())).await?;
        ensure!(extended.writes().await? == 1);
        Ok(())
    })
    .await
}
