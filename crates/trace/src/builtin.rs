//! What every ZKsync Era chain has: system contracts, the interfaces of accounts and paymasters, and the commonest tokens.

use alloy_json_abi::JsonAbi;
use alloy_primitives::Address;

/// Addresses below this one belong to the system.
const KERNEL: u32 = 0x1_0000;

/// Addresses of the protocol's contracts: precompiles, kernel, and the code that runs between transactions.
const SYSTEM: &[(u32, &str)] = &[
    (0x01, "Ecrecover"),
    (0x02, "SHA256"),
    (0x06, "EcAdd"),
    (0x07, "EcMul"),
    (0x08, "EcPairing"),
    (0x100, "P256Verify"),
    (0x8001, "Bootloader"),
    (0x8002, "AccountCodeStorage"),
    (0x8003, "NonceHolder"),
    (0x8004, "KnownCodesStorage"),
    (0x8005, "ImmutableSimulator"),
    (0x8006, "ContractDeployer"),
    (0x8008, "L1Messenger"),
    (0x8009, "MsgValueSimulator"),
    (0x800a, "L2BaseToken"),
    (0x800b, "SystemContext"),
    (0x800c, "BootloaderUtilities"),
    (0x800d, "EventWriter"),
    (0x800e, "Compressor"),
    (0x800f, "ComplexUpgrader"),
    (0x8010, "Keccak256"),
    (0x8011, "PubdataChunkPublisher"),
    (0x8012, "CodeOracle"),
];

/// Signatures of the system contracts, of accounts and paymasters, and of ERC-20 and ERC-721.
const SIGNATURES: &[&str] = &[
    "function validateTransaction(bytes32 txHash, bytes32 suggestedSignedHash, (uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes) transaction) returns (bytes4 magic)",
    "function executeTransaction(bytes32 txHash, bytes32 suggestedSignedHash, (uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes) transaction)",
    "function payForTransaction(bytes32 txHash, bytes32 suggestedSignedHash, (uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes) transaction)",
    "function prepareForPaymaster(bytes32 txHash, bytes32 possibleSignedHash, (uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes) transaction)",
    "function validateAndPayForPaymasterTransaction(bytes32 txHash, bytes32 suggestedSignedHash, (uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256[4],bytes,bytes,bytes32[],bytes,bytes) transaction) returns (bytes4 magic, bytes context)",
    "function create(bytes32 salt, bytes32 bytecodeHash, bytes input) returns (address newAddress)",
    "function create2(bytes32 salt, bytes32 bytecodeHash, bytes input) returns (address newAddress)",
    "function createAccount(bytes32 salt, bytes32 bytecodeHash, bytes input, uint8 aaVersion) returns (address newAddress)",
    "function create2Account(bytes32 salt, bytes32 bytecodeHash, bytes input, uint8 aaVersion) returns (address newAddress)",
    "function incrementMinNonceIfEquals(uint256 expectedNonce)",
    "function incrementDeploymentNonce(address account) returns (uint256)",
    "function getMinNonce(address account) returns (uint256)",
    "function isNonceUsed(address account, uint256 nonce) returns (bool)",
    "function transferFromTo(address from, address to, uint256 amount)",
    "function markFactoryDeps(bool shouldSendToL1, bytes32[] hashes)",
    "function sendToL1(bytes message) returns (bytes32 hash)",
    "function balanceOf(address account) returns (uint256)",
    "function balanceOf(uint256 account) returns (uint256)",
    "function transfer(address to, uint256 amount) returns (bool)",
    "function transferFrom(address from, address to, uint256 amount) returns (bool)",
    "function approve(address spender, uint256 amount) returns (bool)",
    "function allowance(address owner, address spender) returns (uint256)",
    "function assertTimestampInRange(uint256 start, uint256 end)",
    "function isValidSignature(bytes32 hash, bytes signature) returns (bytes4 magic)",
    "event Transfer(address indexed from, address indexed to, uint256 value)",
    "event Approval(address indexed owner, address indexed spender, uint256 value)",
    "event ContractDeployed(address indexed deployerAddress, bytes32 indexed bytecodeHash, address indexed contractAddress)",
    "event MarkedAsKnown(bytes32 indexed bytecodeHash, bool indexed sendBytecodeToL1)",
    "event L1MessageSent(address indexed sender, bytes32 indexed hash, bytes message)",
    "error TimestampOutOfRange(uint256 now, uint256 start, uint256 end)",
];

/// The interfaces above.
pub(crate) fn abi() -> JsonAbi {
    let items = SIGNATURES
        .iter()
        .filter_map(|text| alloy_json_abi::AbiItem::parse(text).ok());
    items.collect()
}

/// The number of a kernel address.
fn kernel_number(address: Address) -> Option<u32> {
    let number = alloy_primitives::U256::from_be_slice(address.as_slice());
    u32::try_from(number).ok().filter(|number| *number < KERNEL)
}

/// Name of one of the protocol's contracts.
pub(crate) fn system_name(address: Address) -> Option<&'static str> {
    let number = kernel_number(address)?;
    let found = SYSTEM.iter().find(|(address, _)| *address == number);
    found.map(|(_, name)| *name)
}

/// Whether an address belongs to the system.
pub(crate) fn is_system(address: Address) -> bool {
    kernel_number(address).is_some_and(|number| number != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_signatures_are_read() {
        let abi = abi();
        assert_eq!(abi.items().count(), SIGNATURES.len());
        let selector = |name: &str| abi.function(name).unwrap()[0].selector();
        assert_eq!(selector("validateTransaction"), [0x20, 0x2b, 0xcc, 0xe7]);
        assert_eq!(selector("executeTransaction"), [0xdf, 0x9c, 0x15, 0x89]);
        assert_eq!(selector("create2"), [0x3c, 0xda, 0x33, 0x51]);
    }

    #[test]
    fn only_the_system_is_the_system() {
        assert!(is_system(Address::with_last_byte(2)));
        assert!(!is_system(Address::ZERO));
        assert!(!is_system(Address::repeat_byte(1)));
        assert_eq!(system_name(Address::with_last_byte(2)), Some("SHA256"));
    }
}
