//! Seeded random words, ABI values and calldata.

use alloy_primitives::{Address, U256};
use serde_json::Value;

/// Where choices come from.
#[derive(Clone, Debug)]
pub(crate) enum Random {
    /// SplitMix64: small, and the same everywhere.
    Seeded(u64),
    /// Bytes a fuzzer varies, the last first. When they are used up, every choice is the first.
    Bytes(Vec<u8>),
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self::Seeded(seed)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }

    pub(crate) fn next(&mut self) -> u64 {
        let state = match self {
            Self::Seeded(state) => state,
            Self::Bytes(bytes) => {
                return (0..8).fold(0, |word, _| {
                    word << 8 | u64::from(bytes.pop().unwrap_or_default())
                });
            }
        };
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform below `bound`, which is small.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // A byte per small choice lets a fuzzer change one without shifting the others.
        if let (Self::Bytes(bytes), ..=256) = (&mut *self, bound) {
            return usize::from(bytes.pop().unwrap_or_default()) % bound;
        }
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A word that likes the edges: around powers of two, small, repeated bytes, or uniform.
    pub(crate) fn word(&mut self) -> U256 {
        let uniform = U256::from_limbs([self.next(), self.next(), self.next(), self.next()]);
        match self.below(8) {
            0 => U256::from(self.below(4)),
            1 => U256::from(self.below(600)),
            2 => U256::MAX - U256::from(self.below(4)),
            3 => (U256::ONE << self.below(256))
                .wrapping_add(U256::from(self.below(3)))
                .wrapping_sub(U256::ONE),
            4 => (U256::MAX << self.below(256)) >> self.below(256),
            5 => uniform >> self.below(256),
            6 => U256::ONE << 255,
            _ => uniform,
        }
    }

    pub(crate) fn bytes(&mut self, longest: usize) -> Vec<u8> {
        let length = if self.one_in(6) {
            *self.pick(&[0, 1, 31, 32, 33])
        } else {
            self.below(longest + 1)
        };
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// An ABI type.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    Uint(usize),
    Int(usize),
    Bool,
    Address,
    FixedBytes(usize),
    Bytes,
    String,
    List(Box<Type>),
    Array(Box<Type>, usize),
    Tuple(Vec<Type>),
}

impl Type {
    /// The type of an ABI parameter in JSON.
    pub(crate) fn of(parameter: &Value) -> Self {
        let name = parameter["type"].as_str().expect("parameters have types");
        Self::parse(name, parameter)
    }

    /// A tuple of parameters.
    pub(crate) fn of_all(parameters: &Value) -> Self {
        Self::Tuple(
            parameters
                .as_array()
                .into_iter()
                .flatten()
                .map(Self::of)
                .collect(),
        )
    }

    fn parse(name: &str, parameter: &Value) -> Self {
        if let Some((element, length)) = name
            .strip_suffix(']')
            .and_then(|rest| rest.rsplit_once('['))
        {
            let element = Box::new(Self::parse(element, parameter));
            return length.parse().map_or_else(
                |_| Self::List(element.clone()),
                |n| Self::Array(element.clone(), n),
            );
        }
        let number = |prefix: &str| {
            name.strip_prefix(prefix)
                .and_then(|digits| digits.parse().ok())
        };
        match name {
            "tuple" => Self::of_all(&parameter["components"]),
            "bool" => Self::Bool,
            "address" => Self::Address,
            "bytes" => Self::Bytes,
            "string" => Self::String,
            "function" => Self::FixedBytes(24),
            _ => number("uint")
                .map(Self::Uint)
                .or_else(|| number("int").map(Self::Int))
                .or_else(|| number("bytes").map(Self::FixedBytes))
                .unwrap_or_else(|| panic!("unknown ABI type {name}")),
        }
    }

    fn is_dynamic(&self) -> bool {
        match self {
            Self::Bytes | Self::String | Self::List(_) => true,
            Self::Array(element, _) => element.is_dynamic(),
            Self::Tuple(members) => members.iter().any(Self::is_dynamic),
            _ => false,
        }
    }
}

/// Makes values.
pub(crate) struct Generator<'a> {
    pub(crate) random: &'a mut Random,
    /// Addresses to prefer.
    pub(crate) addresses: &'a [Address],
    /// One in how many static values has dirty high bits.
    pub(crate) dirt: usize,
}

impl Generator<'_> {
    /// Encodes a random value.
    pub(crate) fn encode(&mut self, kind: &Type) -> Vec<u8> {
        match kind {
            Type::Tuple(members) => self.encode_all(members.iter()),
            Type::Array(element, length) => {
                self.encode_all(core::iter::repeat_n(&**element, *length))
            }
            Type::List(element) => {
                let length = self.random.below(5);
                let mut coded = U256::from(length).to_be_bytes::<32>().to_vec();
                coded.extend(self.encode_all(core::iter::repeat_n(&**element, length)));
                coded
            }
            Type::Bytes => {
                let bytes = self.random.bytes(100);
                length_prefixed(&bytes)
            }
            Type::String => {
                let bytes: Vec<u8> = self
                    .random
                    .bytes(70)
                    .iter()
                    .map(|byte| b' ' + byte % 95)
                    .collect();
                length_prefixed(&bytes)
            }
            _ => self.word_of(kind).to_be_bytes::<32>().to_vec(),
        }
    }

    fn encode_all<'t>(&mut self, members: impl Iterator<Item = &'t Type> + Clone) -> Vec<u8> {
        let coded: Vec<(bool, Vec<u8>)> = members
            .map(|member| (member.is_dynamic(), self.encode(member)))
            .collect();
        let head_length: usize = coded
            .iter()
            .map(|(dynamic, bytes)| if *dynamic { 32 } else { bytes.len() })
            .sum();
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for (dynamic, bytes) in coded {
            if dynamic {
                head.extend(U256::from(head_length + tail.len()).to_be_bytes::<32>());
                tail.extend(bytes);
            } else {
                head.extend(bytes);
            }
        }
        head.extend(tail);
        head
    }

    fn word_of(&mut self, kind: &Type) -> U256 {
        let word = self.random.word();
        if self.random.one_in(self.dirt) {
            return word;
        }
        match kind {
            Type::Uint(bits) => word & low_mask(*bits),
            Type::Int(bits) => {
                let value = word & low_mask(*bits);
                if value.bit(bits - 1) {
                    value | !low_mask(*bits)
                } else {
                    value
                }
            }
            Type::Bool => U256::from(self.random.below(2)),
            Type::Address if self.random.one_in(3) => U256::from(self.random.next()) << 96,
            Type::Address => U256::from_be_slice(self.random.pick(self.addresses).as_slice()),
            Type::FixedBytes(length) => word << (256 - length * 8),
            _ => word,
        }
    }

    /// Spoils calldata now and then.
    pub(crate) fn mutate(&mut self, data: &mut Vec<u8>) {
        if data.is_empty() || !self.random.one_in(8) {
            return;
        }
        match self.random.below(5) {
            0 => data.truncate(self.random.below(data.len() + 1)),
            1 => {
                let at = self.random.below(data.len());
                data[at] ^= 1 << self.random.below(8);
            }
            2 if data.len() >= 36 => {
                let at = 4 + self.random.below((data.len() - 4) / 32) * 32;
                let word = self.random.word().to_be_bytes::<32>();
                data[at..at + 32].copy_from_slice(&word);
            }
            3 => data.extend(self.random.bytes(64)),
            _ => *data = self.random.bytes(40),
        }
    }
}

fn low_mask(bits: usize) -> U256 {
    U256::MAX >> (256 - bits)
}

fn length_prefixed(bytes: &[u8]) -> Vec<u8> {
    let mut coded = U256::from(bytes.len()).to_be_bytes::<32>().to_vec();
    coded.extend(bytes);
    coded.resize(coded.len().next_multiple_of(32), 0);
    coded
}
