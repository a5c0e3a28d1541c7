//! Methods that clients know from other nodes and this one refuses.

const NO_KEYS: &str =
    "sign with a wallet and call eth_sendRawTransaction, or leave it to eth_sendTransaction";
const NO_L1: &str = "there is no L1 behind this chain";
const NO_TREE: &str = "the node keeps no Merkle tree";
const NO_MINERS: &str = "blocks are not mined by work";

/// Names in their order, with reasons.
pub(super) const METHODS: &[(&str, &str)] = &[
    (
        "debug_traceBlock",
        "blocks have no encoding that could be sent: name one by number or hash",
    ),
    ("eth_coinbase", NO_MINERS),
    ("eth_getProof", NO_TREE),
    ("eth_getWork", NO_MINERS),
    ("eth_hashrate", NO_MINERS),
    ("eth_mining", NO_MINERS),
    ("eth_sign", NO_KEYS),
    ("eth_signTransaction", NO_KEYS),
    ("eth_signTypedData_v4", NO_KEYS),
    ("eth_submitWork", NO_MINERS),
    ("zks_estimateGasL1ToL2", NO_L1),
    ("zks_getBridgehubContract", NO_L1),
    ("zks_getL2ToL1LogProof", NO_L1),
    ("zks_getL2ToL1MsgProof", NO_L1),
    ("zks_getMainContract", NO_L1),
    ("zks_getProof", NO_TREE),
];

/// Why the method is refused, if it is known.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    let found = METHODS.binary_search_by_key(&name, |(name, _)| name);
    found.ok().map(|at| METHODS[at].1)
}
