//! A chain with the suite on it.

use std::sync::Arc;

use alloy::primitives::{Address, B256, U256};
use alloy::sol;
use zksso_authenticator::SoftwareAuthenticator;
use zksso_bindings::ERC20;
use zksso_client::{Receipt, SmartAccount, Suite, Wallet};
use zksso_core::Call;
use zksso_deployer::{Plan, SuiteCode, SuiteParts, execute};

use crate::{Backend, contract_code};

/// The page at which test passkeys are made.
pub const ORIGIN: &str = "https://sso.example.com";

sol! {
    interface TestToken {
        function mint(address to, uint256 amount) external;
    }
}

/// A back-end with the suite and a mintable token deployed.
pub struct World {
    /// The chain.
    pub backend: Box<dyn Backend>,
    /// Addresses of the suite.
    pub suite: Suite,
    /// An ERC-20 token that anybody can mint.
    pub token: Address,
}

impl World {
    /// Builds the project and deploys the suite.
    ///
    /// # Errors
    /// If a deployment fails.
    pub async fn deploy(backend: Box<dyn Backend>) -> eyre::Result<Self> {
        let wallet = backend.wallet();
        let (mut plan, suite) = plan(wallet, SuiteParts::core())?;
        let token = plan.add(contract_code("TestToken")?, ())?;
        execute(&plan, wallet, |_| {}).await?;
        Ok(Self {
            backend,
            suite,
            token,
        })
    }

    /// Deploys more of the suite than the core; what is there already stays.
    ///
    /// # Errors
    /// If a deployment fails.
    pub async fn deploy_parts(&self, parts: SuiteParts) -> eyre::Result<Suite> {
        let wallet = self.backend.wallet();
        let (plan, suite) = plan(wallet, parts)?;
        execute(&plan, wallet, |_| {}).await?;
        Ok(suite)
    }

    /// An account of a new passkey with one ether and 1,000 whole tokens.
    ///
    /// # Errors
    /// If the chain refuses one of the transactions.
    pub async fn account(&self) -> eyre::Result<SmartAccount> {
        let (account, _) = self.deploy_account(passkey().await?).await?;
        self.fund(account.address()).await?;
        Ok(account)
    }

    /// Deploys the account of a passkey, without funds.
    ///
    /// # Errors
    /// If the chain refuses.
    pub async fn deploy_account(
        &self,
        passkey: Arc<SoftwareAuthenticator>,
    ) -> eyre::Result<(SmartAccount, Receipt)> {
        Ok(SmartAccount::deploy(self.backend.wallet(), self.suite, passkey, U256::ZERO).await?)
    }

    /// Gives an address one ether and 1,000 whole tokens.
    ///
    /// # Errors
    /// If the chain refuses.
    pub async fn fund(&self, address: Address) -> eyre::Result<()> {
        let wallet = self.backend.wallet();
        wallet.transfer(address, ether(1)).await?;
        let mint = TestToken::mintCall {
            to: address,
            amount: ether(1_000),
        };
        wallet.send(&Call::function(self.token, &mint)).await?;
        Ok(())
    }

    /// Balance of the token.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn token_balance(&self, address: Address) -> eyre::Result<U256> {
        let token = ERC20::new(self.token, self.backend.wallet().chain().provider());
        Ok(token.balanceOf(address).call().await?)
    }
}

fn plan(wallet: &Wallet, parts: SuiteParts) -> eyre::Result<(Plan, Suite)> {
    let code = SuiteCode::collect(parts, contract_code)?;
    Ok(Plan::suite(wallet.address(), B256::ZERO, code)?)
}

/// A new passkey of a user at [`ORIGIN`].
///
/// # Errors
/// If the software authenticator fails.
pub async fn passkey() -> eyre::Result<Arc<SoftwareAuthenticator>> {
    Ok(Arc::new(
        SoftwareAuthenticator::register(ORIGIN, "alice").await?,
    ))
}

/// Whole units of a token with 18 decimals, in its smallest unit.
pub fn ether(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}
