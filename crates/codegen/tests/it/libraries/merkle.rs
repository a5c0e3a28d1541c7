//! Merkle trees whose nodes are hashes of sorted pairs.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;

/// A tree whose number of leaves is a power of two, layer by layer from the leaves.
#[derive(Clone, Debug)]
pub(crate) struct Tree(Vec<Vec<B256>>);

impl Tree {
    pub(crate) fn new(leaves: Vec<B256>) -> Self {
        assert!(leaves.len().is_power_of_two(), "{} leaves", leaves.len());
        let mut layers = vec![leaves];
        while let Some(layer) = layers.last().filter(|layer| layer.len() > 1) {
            let above = layer.chunks(2).map(|pair| parent(pair[0], pair[1]));
            layers.push(above.collect());
        }
        Self(layers)
    }

    pub(crate) fn root(&self) -> B256 {
        self.0.last().expect("there is a leaf")[0]
    }

    pub(crate) fn leaf(&self, index: usize) -> B256 {
        self.0[0][index]
    }

    /// Siblings on the way from a leaf to the root.
    pub(crate) fn proof(&self, index: usize) -> Vec<B256> {
        let inner = self.0.iter().take(self.0.len() - 1).enumerate();
        inner
            .map(|(height, layer)| layer[(index >> height) ^ 1])
            .collect()
    }
}

/// The leaf of a claim, hashed twice so that no inner node can be taken for one.
pub(crate) fn claim(account: Address, amount: U256) -> B256 {
    keccak256(keccak256((account, amount).abi_encode()))
}

fn parent(a: B256, b: B256) -> B256 {
    keccak256([a.min(b), a.max(b)].concat())
}
