//! What the bootloader takes from an account that pays for itself.

use alloy::primitives::U256;
use eyre::ensure;
use zksso_client::SendOptions;
use zksso_core::Call;
use zksso_testkit::passkey;

use super::{RECIPIENT, on_each_backend};

/// Wei that the transactions move.
const WEI: u64 = 7;

/// value and the highest fee to the wei suffice, a wei less does not, and what was not used comes back.
#[tokio::test(flavor = "multi_thread")]
async fn exact_funds_suffice_and_less_do_not() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let call = Call::transfer(RECIPIENT, U256::from(WEI));
        let rich = world.account().await?;
        let fee = rich.estimate(&call, &SendOptions::default()).await?;
        let options = SendOptions::default().with_fee(fee);
        let (account, _) = world.deploy_account(passkey().await?).await?;
        let address = account.address();
        let needed = fee.max_cost() + U256::from(WEI);
        let wallet = world.backend.wallet();
        wallet.transfer(address, needed - U256::from(1)).await?;

        let result = account.execute_with(&call, &options).await;
        // By the node already, if it counts as the account does.
        ensure!(result.is_err_and(|error| error.is_refusal()));
        ensure!(account.chain().balance(address).await? == needed - U256::from(1));
        ensure!(
            account
                .chain()
                .next_nonce(address, U256::ZERO)
                .await?
                .is_zero()
        );

        wallet.transfer(address, U256::from(1)).await?;
        let receipt = account.execute_with(&call, &options).await?;
        let paid = U256::from(receipt.gas_used) * U256::from(receipt.gas_price);
        let left = account.chain().balance(address).await?;
        ensure!(left == needed - U256::from(WEI) - paid, "{left} wei left");
        ensure!(account.chain().next_nonce(address, U256::ZERO).await? == U256::from(1));
        Ok(())
    })
    .await
}
