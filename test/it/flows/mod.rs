//! What users do, on every chain this machine has.
//!
//! Each scenario runs on each back-end, with the suite freshly deployed. Refusals are sent to the chain with a fee of an
//! allowed call, so it is the account's validation that refuses them and not an estimate.

mod accounts;
mod allow_list;
mod doubles;
mod estimates;
mod executors;
mod factory;
mod fallback;
mod fees;
mod hooks_escape;
mod hooks_registry;
mod hooks_spending;
mod initialization;
mod modules;
mod outside;
mod passkeys;
mod paymaster;
mod paymaster_limits;
mod paymaster_signatures;
mod paymaster_tokens;
mod recovery;
mod recovery_hostile;
mod removal;
mod sessions;
mod sessions_fees;
mod sessions_life;
mod sessions_nonces;
mod sessions_options;
mod sessions_size;
mod sessions_time;
mod signatures;
mod sponsor;

use alloy::primitives::Address;
use alloy::sol_types::SolError;
use eyre::{WrapErr, bail, ensure};
use zksso_client::{Error, Receipt};
use zksso_core::DecodedError;
use zksso_testkit::{World, backends};

/// Somebody who only receives.
const RECIPIENT: Address = Address::repeat_byte(0x11);
/// Somebody no policy names.
const STRANGER: Address = Address::repeat_byte(0x22);

async fn on_each_backend<F: AsyncFn(&World) -> eyre::Result<()>>(scenario: F) -> eyre::Result<()> {
    for backend in backends().await? {
        let name = backend.name();
        let world = World::deploy(backend)
            .await
            .wrap_err_with(|| format!("deploying on the {name}"))?;
        scenario(&world)
            .await
            .wrap_err_with(|| format!("on the {name}"))?;
    }
    Ok(())
}

/// The contract error a transaction was refused with.
fn refusal(result: zksso_client::Result<Receipt>) -> eyre::Result<DecodedError> {
    match result {
        Ok(receipt) => bail!("transaction {} was accepted", receipt.hash),
        Err(error) => match error.decoded() {
            Some(decoded) => Ok(decoded.clone()),
            None => Err(eyre::Report::new(error).wrap_err("refused without a contract's error")),
        },
    }
}

/// Insists that a transaction was refused with the error `E`, and returns it.
fn refused_with<E: SolError>(result: zksso_client::Result<Receipt>) -> eyre::Result<E> {
    let decoded = refusal(result)?;
    match decoded.downcast::<E>() {
        Some(error) => Ok(error),
        None => bail!("expected {}, was refused with {decoded}", E::SIGNATURE),
    }
}

/// Insists that a transaction was refused because nobody entitled signed it: validation answers without the magic value.
fn refused_as_unauthorised(result: zksso_client::Result<Receipt>) -> eyre::Result<()> {
    match result {
        Ok(receipt) => bail!("transaction {} was accepted", receipt.hash),
        Err(Error::Rejected(rejection)) => {
            ensure!(
                rejection.error.is_none(),
                "refused with a contract's error: {rejection}"
            );
            Ok(())
        }
        Err(other) => Err(other.into()),
    }
}
