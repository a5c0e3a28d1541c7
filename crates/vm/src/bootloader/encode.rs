//! Transactions as the bootloader reads them.

use zksync_types::{
    U256,
    bytecode::BytecodeHash,
    ethabi::{Token, encode},
    l2::{L2Tx, TransactionType},
};

/// Gas per byte of pubdata that a transaction allows whose type cannot say so: the bootloader's highest.
const MAX_GAS_PER_PUBDATA: u64 = 50_000;

/// Words of the ABI encoding of the `Transaction` struct of the system contracts' `TransactionHelper`.
pub(super) fn encoded(tx: &L2Tx) -> Vec<U256> {
    let common = &tx.common_data;
    let execute = &tx.execute;
    let recipient = execute
        .contract_address
        .expect("a transaction without a recipient is refused before");
    let paymaster = &common.paymaster_params;
    let dependencies = execute.factory_deps.iter();
    let dependencies =
        dependencies.map(|code| Token::Uint(BytecodeHash::for_bytecode(code).value_u256()));
    let fields = vec![
        Token::Uint(u32::from(common.transaction_type as u8).into()),
        Token::Address(common.initiator_address),
        Token::Address(recipient),
        Token::Uint(common.fee.gas_limit),
        Token::Uint(gas_per_pubdata_limit(tx)),
        Token::Uint(common.fee.max_fee_per_gas),
        Token::Uint(common.fee.max_priority_fee_per_gas),
        Token::Address(paymaster.paymaster),
        Token::Uint(common.nonce.0.into()),
        Token::Uint(execute.value),
        Token::FixedArray(reserved(tx).map(Token::Uint).to_vec()),
        Token::Bytes(execute.calldata.clone()),
        Token::Bytes(common.signature.clone()),
        Token::Array(dependencies.collect()),
        Token::Bytes(paymaster.paymaster_input.clone()),
        Token::Bytes(Vec::new()),
    ];
    let bytes = encode(&[Token::Tuple(fields)]);
    bytes.chunks(32).map(U256::from_big_endian).collect()
}

/// Reserved fields. The first says of a transaction of type 0 whether its signature covers the chain id (EIP-155).
fn reserved(tx: &L2Tx) -> [U256; 4] {
    let is_legacy = tx.common_data.transaction_type == TransactionType::LegacyTransaction;
    let names_chain = is_legacy && tx.common_data.extract_chain_id().is_some();
    [
        u32::from(names_chain).into(),
        U256::zero(),
        U256::zero(),
        U256::zero(),
    ]
}

fn gas_per_pubdata_limit(tx: &L2Tx) -> U256 {
    if tx.common_data.transaction_type.is_ethereum_type() {
        MAX_GAS_PER_PUBDATA.into()
    } else {
        tx.common_data.fee.gas_per_pubdata_limit
    }
}
