//! Moves that the register allocator asks for.
//!
//! It goes through its scratch register from frame word to frame word, which the machine does in one instruction, and to
//! exchange registers, which needs no third move if the word that steps aside was made a moment ago: it can be made in the
//! scratch register.

use super::Emitter;
use crate::machine::operand::{SCRATCH0, SCRATCH1};
use crate::machine::vcode::{LINK, preg};
use regalloc2::Allocation;
use std::collections::BTreeSet;
use zksso_eravm::{Address, Condition, Dst, Instruction, Op, Reg, Src};

/// From where to where.
type Move = (Allocation, Allocation);

impl Emitter<'_> {
    /// Writes the moves between two instructions.
    pub(super) fn moves(&mut self, moves: &[Move]) {
        let link = self.push_link(moves);
        let rest = moves.iter().enumerate();
        let rest: Vec<_> = rest
            .filter_map(|(at, &pair)| (link != Some(at)).then_some(pair))
            .collect();
        let moves = wanted(&rest);
        // Where the word is that the allocator set aside.
        let mut aside = SCRATCH1;
        let mut at = 0;
        while let Some(&(from, mut to)) = moves.get(at) {
            at += 1;
            if is_scratch(to) {
                aside = SCRATCH1;
                if let Some(&(again, target)) = moves.get(at)
                    && is_scratch(again)
                    && !reads_scratch(&moves[at + 1..])
                {
                    to = target;
                    at += 1;
                } else if let Some(made) = self.make_aside(from, &moves[at..]) {
                    aside = made;
                    continue;
                }
            }
            if from != to {
                let source = match is_scratch(from) {
                    true => Src::Reg(aside),
                    false => self.source_at(from),
                };
                self.push(Op::copy(source, self.destination_at(to)));
            }
        }
    }

    /// Lets the instruction that made a register's content write to a scratch register instead, if nothing in between
    /// minds and the register itself is overwritten by the moves to come; returns which one.
    fn make_aside(&mut self, from: Allocation, moves: &[Move]) -> Option<Reg> {
        let Src::Reg(reg) = self.source_at(from) else {
            return None;
        };
        let next = moves.iter().find(|pair| pair.0 == from || pair.1 == from);
        if next.is_none_or(|pair| pair.0 == from) {
            return None;
        }
        let written = self.code[self.block_start..].iter();
        let back = written.rev().take_while(|made| !made.mentions(reg)).count();
        let at = (self.code.len() - self.block_start).checked_sub(back + 1)? + self.block_start;
        let between = &self.code[at + 1..];
        let is_free = |scratch: &Reg| !between.iter().any(|made| made.mentions(*scratch));
        let scratch = [SCRATCH1, SCRATCH0].into_iter().find(is_free)?;
        if !between.iter().all(is_quiet) || !redirect(&mut self.code[at], reg, scratch) {
            return None;
        }
        self.places.rename(reg, scratch);
        Some(scratch)
    }

    /// The return address can be written while the frame is reserved, if that is what comes next; returns which of the
    /// moves that is.
    fn push_link(&mut self, moves: &[(Allocation, Allocation)]) -> Option<usize> {
        let size = u16::try_from(self.frame.size).ok()?;
        let reserve = Instruction::from(Op::reserve_stack(size));
        if self.code.last() != Some(&reserve) {
            return None;
        }
        let at = moves.iter().position(|&(from, to)| {
            from.as_reg() == Some(preg(LINK)) && self.frame.is_popped(to)
        })?;
        let (link, slot) = moves[at];
        let touches =
            |&(from, to): &(Allocation, Allocation)| to == link || to == slot || from == slot;
        if moves[..at].iter().any(touches) {
            return None;
        }
        self.code.pop();
        self.sources.pop();
        let dst = Dst::StackPush(Address::at(size));
        self.push(Op::copy(self.source_at(link), dst));
        Some(at)
    }
}

/// The moves whose result is not overwritten before it is used.
fn wanted(moves: &[Move]) -> Vec<Move> {
    let mut overwritten = BTreeSet::new();
    let mut wanted = Vec::with_capacity(moves.len());
    for &(from, to) in moves.iter().rev() {
        if overwritten.insert(to) {
            overwritten.remove(&from);
            wanted.push((from, to));
        }
    }
    wanted.reverse();
    wanted
}

/// Whether control only passes and all registers but the named ones stay.
fn is_quiet(instruction: &Instruction) -> bool {
    matches!(
        instruction.op,
        Op::Alu { .. } | Op::Wide { .. } | Op::Load { .. } | Op::Store { .. }
    )
}

/// Changes the destination of an instruction that writes a word to `from` and always does.
fn redirect(instruction: &mut Instruction, from: Reg, to: Reg) -> bool {
    if instruction.condition != Condition::Always {
        return false;
    }
    match &mut instruction.op {
        Op::Alu { dst, .. } if *dst == Dst::Reg(from) => *dst = Dst::Reg(to),
        Op::Wide { dst0, dst1, .. } if *dst0 == Dst::Reg(from) && *dst1 != from => {
            *dst0 = Dst::Reg(to);
        }
        Op::Wide { dst0, dst1, .. } if *dst1 == from && *dst0 != Dst::Reg(from) => *dst1 = to,
        _ => return false,
    }
    true
}

fn is_scratch(allocation: Allocation) -> bool {
    allocation
        .as_reg()
        .is_some_and(|preg| preg.hw_enc() == usize::from(SCRATCH1.index()))
}

/// Whether the scratch register's content is still wanted.
fn reads_scratch(moves: &[(Allocation, Allocation)]) -> bool {
    moves
        .iter()
        .find_map(|&(from, to)| match (is_scratch(from), is_scratch(to)) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(index: usize) -> Allocation {
        Allocation::reg(preg(index))
    }

    #[test]
    fn moves_to_what_is_overwritten_are_left_out() {
        let (one, two, three) = (register(1), register(2), register(3));
        let moves = [(one, two), (three, one), (two, one)];
        assert_eq!(wanted(&moves), [(one, two), (two, one)]);
        let exchange = [(one, three), (two, one), (three, two)];
        assert_eq!(wanted(&exchange), exchange);
    }

    #[test]
    fn only_instructions_that_always_write_the_register_are_redirected() {
        let copy = |dst: Reg| Op::copy(Src::Imm(1), dst);
        let mut always = Instruction::from(copy(Reg::R1));
        assert!(redirect(&mut always, Reg::R1, Reg::R15));
        assert_eq!(always.op, copy(Reg::R15));
        let mut sometimes = copy(Reg::R1).when(Condition::Eq);
        assert!(!redirect(&mut sometimes, Reg::R1, Reg::R15));
        let mut reader = Instruction::from(Op::copy(Reg::R1, Reg::R2));
        assert!(!redirect(&mut reader, Reg::R1, Reg::R15));
    }
}
