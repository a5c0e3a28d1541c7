//! Leaves out moves to registers that are overwritten before anything reads them.
//!
//! The allocator brings a word to where the next block expects it, and there it goes on to its next place, where it often has
//! been all the time. With the second move, which does nothing, the first one loses its purpose.

use super::tails::{self, Code, Edits};
use crate::machine::places::as_copy;
use zksso_eravm::{Condition, Dst, Instruction, Op, Reg, Src};

/// Instructions looked at behind a move.
const REACH: usize = 32;

/// Leaves out moves in vain.
pub(super) fn drop(code: Code) -> Code {
    let mut edits = Edits::new(&code);
    for at in 0..code.instructions.len() {
        if let Some(reg) = moved_to(&code.instructions[at])
            && is_overwritten(&code, at + 1, reg)
        {
            edits.gone[at] = Some(at + 1);
        }
    }
    match edits.is_empty() {
        true => code,
        false => tails::apply(code, &edits),
    }
}

/// The register that an instruction moves a word to, if it does just that and leaves the stack pointer alone.
fn moved_to(instruction: &Instruction) -> Option<Reg> {
    match as_copy(&instruction.op)? {
        (Src::StackPop(_), _) => None,
        (_, Dst::Reg(reg)) if instruction.condition == Condition::Always && !reg.is_zero() => {
            Some(reg)
        }
        _ => None,
    }
}

/// Whether control, from a place on, meets an instruction that writes the register before one that may read it. Only
/// jumps that are always taken are followed.
fn is_overwritten(code: &Code, start: usize, reg: Reg) -> bool {
    let mut at = start;
    for _ in 0..REACH {
        let Some(instruction) = code.instructions.get(at) else {
            return false;
        };
        match instruction.op {
            Op::Alu { .. } | Op::Wide { .. } | Op::Load { .. } | Op::Store { .. } => {
                match effect(instruction, reg) {
                    Effect::Writes => return true,
                    Effect::Reads => return false,
                    Effect::Nothing => at += 1,
                }
            }
            Op::Jump { .. } => match tails::only_target(code, at) {
                Some(target) => at = target,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}

/// What an instruction does to a register.
enum Effect {
    Nothing,
    /// May read it, or writes it under a condition.
    Reads,
    Writes,
}

fn effect(instruction: &Instruction, reg: Reg) -> Effect {
    if !instruction.mentions(reg) {
        return Effect::Nothing;
    }
    let mut rest = *instruction;
    match &mut rest.op {
        Op::Alu { dst, .. } if *dst == Dst::Reg(reg) => *dst = Dst::Reg(Reg::R0),
        Op::Wide { dst0, .. } if *dst0 == Dst::Reg(reg) => *dst0 = Dst::Reg(Reg::R0),
        Op::Load { dst, .. } if *dst == reg => *dst = Reg::R0,
        _ => return Effect::Reads,
    }
    match rest.mentions(reg) || instruction.condition != Condition::Always {
        true => Effect::Reads,
        false => Effect::Writes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Label;
    use super::*;
    use std::collections::BTreeMap;
    use zksso_eravm::RetKind;

    fn copy(src: impl Into<Src>, dst: Reg) -> Instruction {
        Op::copy(src.into(), dst).into()
    }

    fn end() -> Instruction {
        Op::Ret {
            kind: RetKind::Ok,
            data: Reg::R0,
            label: None,
        }
        .into()
    }

    fn left(instructions: Vec<Instruction>) -> Vec<Instruction> {
        let code = Code {
            sources: vec![None; instructions.len()],
            instructions,
            labels: BTreeMap::new(),
            fixups: BTreeMap::new(),
        };
        drop(code).instructions
    }

    #[test]
    fn moves_to_what_is_overwritten_go() {
        let kept = [
            copy(Src::Imm(1), Reg::R2),
            copy(Src::Imm(3), Reg::R1),
            end(),
        ];
        let mut code = kept.to_vec();
        code.insert(0, copy(Src::Imm(7), Reg::R1));
        assert_eq!(left(code), kept);
    }

    #[test]
    fn moves_that_may_be_read_stay() {
        let first = copy(Src::Imm(7), Reg::R1);
        let read = copy(Reg::R1, Reg::R1);
        let conditional = Op::copy(Src::Imm(3), Reg::R1).when(Condition::Eq);
        for second in [read, conditional, end()] {
            let code = vec![first, second, copy(Src::Imm(3), Reg::R1), end()];
            assert_eq!(left(code.clone())[0], code[0]);
        }
    }

    #[test]
    fn ways_that_part_are_not_followed() {
        let jump = Op::jump(Src::Imm(0));
        let code = |condition| Code {
            sources: vec![None; 5],
            instructions: vec![
                copy(Src::Imm(7), Reg::R1),
                jump.when(condition),
                end(),
                copy(Src::Imm(3), Reg::R1),
                end(),
            ],
            labels: [(Label(0, 0), 3)].into(),
            fixups: [(1, Label(0, 0))].into(),
        };
        assert_eq!(drop(code(Condition::Always)).instructions.len(), 4);
        assert_eq!(drop(code(Condition::Eq)).instructions.len(), 5);
    }
}
