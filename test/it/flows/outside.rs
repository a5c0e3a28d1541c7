//! Forced inclusion: signed transactions that do not come through the bootloader.

use alloy::{
    consensus::SignableTransaction,
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, Bytes, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use alloy_zksync::network::unsigned_tx::eip712::{Eip712Meta, TxEip712};
use eyre::ensure;
use zksso_bindings::{ERC7579Account, NONCE_HOLDER_ADDRESS};
use zksso_client::{Receipt, SendOptions, SmartAccount};
use zksso_core::Call;
use zksso_testkit::World;

use super::modules::{ample, failed_in_its_block};
use super::{RECIPIENT, on_each_backend, refused_with};

/// Type of transactions that smart accounts sign.
const EIP712_TYPE: u64 = 113;

/// Wei that the transactions move.
const WEI: u64 = 7;

/// An account with a secp256k1 owner beside its passkey, and a signed transaction of it.
pub(super) struct Signed {
    pub(super) account: SmartAccount,
    owner: PrivateKeySigner,
    transaction: ERC7579Account::Transaction,
}

impl Signed {
    pub(super) async fn new(world: &World) -> eyre::Result<Self> {
        let account = world.account().await?;
        let owner = PrivateKeySigner::random();
        let add = ERC7579Account::addK1OwnerCall {
            owner: owner.address(),
        };
        account
            .execute(&Call::function(account.address(), &add))
            .await?;
        let nonce = nonce(&account).await?;
        let mut signed = Self {
            transaction: transaction(account.address(), nonce),
            account,
            owner,
        };
        signed.sign()?;
        Ok(signed)
    }

    /// Puts another call in the transaction's place, under the account's next nonce.
    pub(super) async fn renew(&mut self, call: Call) -> eyre::Result<()> {
        let to = U256::from_be_bytes(call.to.into_word().0);
        self.transaction = ERC7579Account::Transaction {
            to,
            value: call.value,
            data: call.data,
            ..transaction(self.account.address(), nonce(&self.account).await?)
        };
        self.sign()
    }

    /// Signs the transaction as it is now.
    fn sign(&mut self) -> eyre::Result<()> {
        let hash = self.hash();
        self.transaction.signature = Bytes::from(self.owner.sign_hash_sync(&hash)?.as_bytes());
        Ok(())
    }

    fn hash(&self) -> B256 {
        let unsigned = TxEip712 {
            chain_id: self.account.chain().chain_id(),
            nonce: self.transaction.nonce,
            gas: self.transaction.gasLimit.to(),
            max_fee_per_gas: self.transaction.maxFeePerGas.to(),
            max_priority_fee_per_gas: self.transaction.maxPriorityFeePerGas.to(),
            to: Address::from_word(self.transaction.to.into()),
            from: Address::from_word(self.transaction.from.into()),
            value: self.transaction.value,
            input: self.transaction.data.clone(),
            eip712_meta: Some(Eip712Meta {
                gas_per_pubdata: self.transaction.gasPerPubdataByteLimit,
                ..Eip712Meta::default()
            }),
        };
        unsigned.signature_hash()
    }

    /// Has somebody else bring the transaction along.
    pub(super) async fn bring(&self, world: &World, value: u64) -> zksso_client::Result<Receipt> {
        self.bring_with(world, value, &SendOptions::default()).await
    }

    async fn bring_with(
        &self,
        world: &World,
        value: u64,
        options: &SendOptions,
    ) -> zksso_client::Result<Receipt> {
        let call = ERC7579Account::executeTransactionFromOutsideCall {
            transaction: self.transaction.clone(),
        };
        let mut call = Call::function(self.account.address(), &call);
        call.value = U256::from(value);
        world.backend.wallet().send_with(&call, options).await
    }
}

fn transaction(from: Address, nonce: u64) -> ERC7579Account::Transaction {
    let word = |address: Address| U256::from_be_bytes(address.into_word().0);
    ERC7579Account::Transaction {
        txType: U256::from(EIP712_TYPE),
        from: word(from),
        to: word(RECIPIENT),
        gasLimit: U256::from(1_000_000),
        gasPerPubdataByteLimit: U256::from(50_000),
        maxFeePerGas: U256::from(1),
        maxPriorityFeePerGas: U256::ZERO,
        paymaster: U256::ZERO,
        nonce: U256::from(nonce),
        value: U256::from(WEI),
        reserved: [U256::ZERO; 4],
        data: Bytes::new(),
        signature: Bytes::new(),
        factoryDeps: Vec::new(),
        paymasterInput: Bytes::new(),
        reservedDynamic: Bytes::new(),
    }
}

/// Next nonce of the account's common sequence.
async fn nonce(account: &SmartAccount) -> eyre::Result<u64> {
    let provider = account.chain().provider();
    Ok(alloy::providers::Provider::get_transaction_count(provider, account.address()).await?)
}

/// anybody may bring a signed transaction along, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_signed_transaction_from_outside_is_executed_once() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signed = Signed::new(world).await?;
        let chain = signed.account.chain();
        let before = chain.balance(RECIPIENT).await?;
        signed.bring(world, 0).await?;
        ensure!(chain.balance(RECIPIENT).await? == before + U256::from(WEI));
        ensure!(
            signed
                .bring(world, 0)
                .await
                .is_err_and(|error| error.is_refusal())
        );
        ensure!(chain.balance(RECIPIENT).await? == before + U256::from(WEI));
        Ok(())
    })
    .await
}

/// the value may come along, but only all of it.
#[tokio::test(flavor = "multi_thread")]
async fn value_from_outside_is_the_transactions_or_none() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signed = Signed::new(world).await?;
        refused_with::<ERC7579Account::AccountInvalidOutsideTransaction>(
            signed.bring(world, WEI - 1).await,
        )?;
        let chain = signed.account.chain();
        let before = chain.balance(signed.account.address()).await?;
        signed.bring(world, WEI).await?;
        ensure!(chain.balance(signed.account.address()).await? == before);
        Ok(())
    })
    .await
}

/// other types, dirty addresses, other senders and unsigned changes are refused.
#[tokio::test(flavor = "multi_thread")]
async fn improper_transactions_from_outside_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signed = Signed::new(world).await?;
        let changes: [fn(&mut ERC7579Account::Transaction); 7] = [
            |transaction| transaction.txType = U256::ZERO,
            |transaction| transaction.txType = U256::from(2),
            |transaction| transaction.from += U256::from(1),
            |transaction| transaction.from |= U256::from(1) << 160,
            |transaction| transaction.to += U256::from(1),
            |transaction| transaction.value += U256::from(1),
            |transaction| transaction.signature = Bytes::new(),
        ];
        for change in changes {
            let mut changed = Signed {
                account: signed.account.clone(),
                owner: signed.owner.clone(),
                transaction: signed.transaction.clone(),
            };
            change(&mut changed.transaction);
            refused_with::<ERC7579Account::AccountInvalidOutsideTransaction>(
                changed.bring(world, 0).await,
            )?;
        }
        Ok(())
    })
    .await
}

/// F-23: whoever brings a transaction along must bring its gas, too, lest a call fail whose failure the signer tolerates; what was short
/// has used up nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_starved_transaction_from_outside_is_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut signed = Signed::new(world).await?;
        let call = ERC7579Account::Call {
            target: RECIPIENT,
            allowFailure: true,
            value: U256::from(WEI),
            callData: Bytes::new(),
        };
        let batch = ERC7579Account::batchCallCall { calls: vec![call] };
        let batch = Call::function(signed.account.address(), &batch);
        signed.renew(batch.with_value(U256::from(WEI))).await?;
        let before = signed.account.chain().balance(RECIPIENT).await?;
        let mut options = ample(world).await?;
        let enough = options.fee;
        if let Some(fee) = &mut options.fee {
            // What the signer asked for, of which something is gone when the account looks.
            fee.gas_limit = signed.transaction.gasLimit.to();
        }
        failed_in_its_block(signed.bring_with(world, 0, &options).await)?;
        ensure!(signed.account.chain().balance(RECIPIENT).await? == before);
        options.fee = enough;
        signed.bring_with(world, 0, &options).await?;
        ensure!(signed.account.chain().balance(RECIPIENT).await? == before + U256::from(WEI));
        Ok(())
    })
    .await
}

/// a legacy transaction that the owner signed for itself has no sender in its hash; the account must not take it for its own.
#[tokio::test(flavor = "multi_thread")]
async fn an_owners_own_legacy_transaction_is_worth_nothing_to_the_account() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let mut signed = Signed::new(world).await?;
        let legacy = alloy::consensus::TxLegacy {
            chain_id: Some(signed.account.chain().chain_id()),
            nonce: signed.transaction.nonce.to(),
            gas_price: 1,
            gas_limit: 1_000_000,
            to: alloy::primitives::TxKind::Call(RECIPIENT),
            value: U256::from(WEI),
            input: Bytes::new(),
        };
        let signature = signed.owner.sign_hash_sync(&legacy.signature_hash())?;
        ensure!(!legacy.into_signed(signature).encoded_2718().is_empty());
        signed.transaction.txType = U256::ZERO;
        signed.transaction.signature = Bytes::from(signature.as_bytes());
        refused_with::<ERC7579Account::AccountInvalidOutsideTransaction>(
            signed.bring(world, 0).await,
        )?;
        signed.transaction.txType = U256::from(EIP712_TYPE);
        refused_with::<ERC7579Account::AccountInvalidOutsideTransaction>(
            signed.bring(world, 0).await,
        )?;
        Ok(())
    })
    .await
}

/// offsets that lead before the transaction would show a validator other data than the account executes.
#[tokio::test(flavor = "multi_thread")]
async fn backward_offsets_from_outside_are_refused() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let signed = Signed::new(world).await?;
        let call = ERC7579Account::executeTransactionFromOutsideCall {
            transaction: signed.transaction.clone(),
        };
        for member in 14..19 {
            let mut call = Call::function(signed.account.address(), &call);
            let mut data = call.data.to_vec();
            // Selector, offset of the struct, then its words.
            let start = 4 + 32 + 32 * member;
            data[start..start + 32].copy_from_slice(&[0xff; 32]);
            data[start + 31] = 0xe0;
            call.data = data.into();
            let result = world.backend.wallet().send(&call).await;
            refused_with::<ERC7579Account::AccountInvalidOutsideTransaction>(result)?;
        }
        Ok(())
    })
    .await
}

/// an account's own calls get no system flag, so nonces and account settings are out of reach even for owners.
#[tokio::test(flavor = "multi_thread")]
async fn system_contracts_refuse_the_accounts_own_calls() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let before = nonce(&account).await?;
        alloy::sol! {
            function increaseMinNonce(uint256 value) external returns (uint256);
            function updateAccountVersion(uint8 version) external;
        }
        let calls = [
            Call::function(
                NONCE_HOLDER_ADDRESS,
                &increaseMinNonceCall {
                    value: U256::from(5),
                },
            ),
            Call::function(
                zksso_bindings::CONTRACT_DEPLOYER_ADDRESS,
                &updateAccountVersionCall { version: 0 },
            ),
        ];
        for call in calls {
            ensure!(
                account
                    .execute(&call)
                    .await
                    .is_err_and(|error| error.is_refusal())
            );
            let batched = account.batch(std::slice::from_ref(&call)).await;
            ensure!(batched.is_err_and(|error| error.is_refusal()));
        }
        ensure!(nonce(&account).await? == before);
        Ok(())
    })
    .await
}
