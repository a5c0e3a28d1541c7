//! Merkle trees whose nodes are hashes of sorted pairs.

use std::collections::VecDeque;

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

    pub(crate) fn len(&self) -> usize {
        self.0[0].len()
    }

    /// A proof for several leaves at once, given in ascending order of index.
    pub(crate) fn multi_proof(&self, indices: &[usize]) -> MultiProof {
        // Nodes as (height, index), those whose hash the verifier will know, in the order in which it takes them.
        let mut known: VecDeque<(usize, usize)> =
            indices.iter().rev().map(|index| (0, *index)).collect();
        let leaves = known.iter().map(|(_, index)| self.leaf(*index)).collect();
        let (mut proof, mut flags) = (Vec::new(), Vec::new());
        while let Some((height, index)) = known.pop_front() {
            if height + 1 == self.0.len() {
                break;
            }
            let sibling = (height, index ^ 1);
            let paired = known.front() == Some(&sibling);
            if paired {
                known.pop_front();
            } else {
                proof.push(self.0[height][sibling.1]);
            }
            flags.push(paired);
            known.push_back((height + 1, index / 2));
        }
        MultiProof {
            proof,
            flags,
            leaves,
        }
    }

    /// Siblings on the way from a leaf to the root.
    pub(crate) fn proof(&self, index: usize) -> Vec<B256> {
        let inner = self.0.iter().take(self.0.len() - 1).enumerate();
        inner
            .map(|(height, layer)| layer[(index >> height) ^ 1])
            .collect()
    }
}

/// What proves several leaves at once: hashes to pair with, whether each step pairs two known nodes instead, and the leaves.
#[derive(Clone, Debug)]
pub(crate) struct MultiProof {
    pub(crate) proof: Vec<B256>,
    pub(crate) flags: Vec<bool>,
    pub(crate) leaves: Vec<B256>,
}

/// The leaf of a claim, hashed twice so that no inner node can be taken for one.
pub(crate) fn claim(account: Address, amount: U256) -> B256 {
    keccak256(keccak256((account, amount).abi_encode()))
}

fn parent(a: B256, b: B256) -> B256 {
    keccak256([a.min(b), a.max(b)].concat())
}
