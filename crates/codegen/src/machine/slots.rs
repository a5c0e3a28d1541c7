//! Absolute stack words shared by all functions of a contract.

use crate::ir::{FarCall, Op, Program, Slot, Terminator};
use std::collections::BTreeMap;

/// Addresses of the slots a program mentions. They start at stack word zero; frames follow.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    addresses: BTreeMap<Slot, u16>,
}

impl Slots {
    /// Numbers the mentioned slots in their natural order; `arguments` is the number of overflow arguments.
    pub(super) fn new(program: &Program, arguments: usize) -> Self {
        let mut slots = Self::default();
        for id in program.bottom_up() {
            let function = program.function(id);
            for block in &function.blocks {
                block
                    .insts
                    .iter()
                    .for_each(|&inst| slots.mention_op(function.inst(inst).op));
                if let Terminator::Forward(_, slot) = block.term {
                    slots.mention(slot);
                }
            }
        }
        for number in 0..arguments {
            slots.mention(Slot::Argument(u16::try_from(number).unwrap_or(u16::MAX)));
        }
        for (at, address) in slots.addresses.values_mut().enumerate() {
            *address = u16::try_from(at).unwrap_or(u16::MAX);
        }
        slots
    }

    fn mention(&mut self, slot: Slot) {
        if matches!(slot, Slot::Active(_)) {
            // Active pointers start as copies of the (shrunk) calldata pointer.
            self.addresses.insert(Slot::Calldata, 0);
        }
        self.addresses.insert(slot, 0);
    }

    fn mention_op(&mut self, op: Op) {
        match op {
            Op::PointerLoad(slot)
            | Op::SlotLoad(slot)
            | Op::SlotStore(slot)
            | Op::CopyPointerWords(slot) => {
                self.mention(slot);
            }
            Op::CalldataWord => self.mention(Slot::Calldata),
            Op::Decommit(slot) => self.mention(slot),
            Op::PointerArith { from, to, .. }
            | Op::PointerMove { from, to }
            | Op::PointerSwap(from, to) => {
                self.mention(from);
                self.mention(to);
            }
            Op::FarCall(FarCall {
                by_pointer, keep, ..
            }) => {
                by_pointer.into_iter().for_each(|slot| self.mention(slot));
                keep.then(|| self.mention(Slot::Returndata));
            }
            _ => {}
        }
    }

    /// Number of slots.
    pub(super) fn len(&self) -> usize {
        self.addresses.len()
    }

    /// The slot's stack address, if the program mentions it.
    pub(super) fn get(&self, slot: Slot) -> Option<u16> {
        self.addresses.get(&slot).copied()
    }

    /// All slots with their addresses, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, u16)> + '_ {
        self.addresses
            .iter()
            .map(|(&slot, &address)| (slot, address))
    }
}
