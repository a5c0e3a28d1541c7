//! Carrying a plan out.

use alloy::primitives::B256;
use zksso_client::{Receipt, SendOptions, Wallet};

use crate::{DeployedContract, Deployment, Error, Plan, Result, plan::Step};

/// What happens while a plan is carried out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A contract is being deployed.
    Started(&'a Step),
    /// A contract was deployed and its code verified.
    Deployed(&'a Step, &'a Receipt),
    /// A contract with this code is there already.
    Skipped(&'a Step),
}

/// Deploys what is not there yet, verifies every contract's code and returns the record of it all.
///
/// Running a plan again is safe: contracts that are there are skipped, so a plan that was interrupted goes on where it stopped.
///
/// # Errors
///
/// [`Error::WrongDeployer`], [`Error::Chain`] for the first step that fails, [`Error::WrongCode`].
pub async fn execute(
    plan: &Plan,
    wallet: &Wallet,
    mut observe: impl FnMut(Event<'_>),
) -> Result<Deployment> {
    let (planned, actual) = (plan.deployer(), wallet.address());
    if planned != actual {
        return Err(Error::WrongDeployer {
            planned,
            wallet: actual,
        });
    }
    let mut deployment = Deployment::new(wallet.chain().chain_id(), planned);
    for step in plan.steps() {
        let transaction = deploy(plan, step, wallet, &mut observe).await?;
        let contract = DeployedContract {
            address: step.address(),
            bytecode_hash: step.bytecode_hash(),
            transaction,
        };
        deployment.insert(step.name(), contract);
    }
    Ok(deployment)
}

/// Deploys one contract unless it is there, and returns the transaction that did.
async fn deploy(
    plan: &Plan,
    step: &Step,
    wallet: &Wallet,
    observe: &mut impl FnMut(Event<'_>),
) -> Result<Option<B256>> {
    if code_hash(step, wallet).await? != B256::ZERO {
        verify(step, wallet).await?;
        observe(Event::Skipped(step));
        return Ok(None);
    }
    observe(Event::Started(step));
    let options = SendOptions::default().with_factory_deps(step.factory_deps());
    let call = step.call(plan.salt());
    let receipt = wallet
        .send_with(&call, &options)
        .await
        .map_err(failed(step))?;
    verify(step, wallet).await?;
    tracing::info!(contract = step.name(), address = %step.address(), "deployed");
    observe(Event::Deployed(step, &receipt));
    Ok(Some(receipt.hash))
}

async fn verify(step: &Step, wallet: &Wallet) -> Result<()> {
    let (expected, actual) = (step.bytecode_hash(), code_hash(step, wallet).await?);
    if expected == actual {
        return Ok(());
    }
    Err(Error::WrongCode {
        contract: step.name().to_owned(),
        address: step.address(),
        expected,
        actual,
    })
}

async fn code_hash(step: &Step, wallet: &Wallet) -> Result<B256> {
    wallet
        .chain()
        .code_hash(step.address())
        .await
        .map_err(failed(step))
}

fn failed(step: &Step) -> impl FnOnce(zksso_client::Error) -> Error {
    let (contract, address) = (step.name().to_owned(), step.address());
    move |source| Error::Chain {
        contract,
        address,
        source: Box::new(source),
    }
}
