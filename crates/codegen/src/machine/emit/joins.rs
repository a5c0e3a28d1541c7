//! Merging of equal code before places where ways join.
//!
//! What a jump leaves behind is often what also stands before its target: both ways move the same word to where the join wants
//! it. Then the jump may as well lead to the beginning of the equal code. That takes no time on either way, and
//! no jump at all where only the code that goes away lay between.

use super::continues;
use super::tails::{self, Code, Edits};

/// Rounds; code that has moved together can be equal further up.
const ROUNDS: usize = 4;

/// Merges before all joins.
pub(super) fn merge(mut code: Code) -> Code {
    for _ in 0..ROUNDS {
        let edits = round(&code);
        if edits.is_empty() {
            break;
        }
        code = tails::apply(code, &edits);
    }
    code
}

fn round(code: &Code) -> Edits {
    let mut edits = Edits::new(code);
    // What others were merged into.
    let mut kept = vec![false; code.instructions.len()];
    for at in 0..code.instructions.len() {
        let Some(target) = tails::only_target(code, at) else {
            continue;
        };
        let is_free = |back: usize| {
            let (here, there) = (at - back, target - back);
            !kept[here] && edits.gone[here].is_none() && edits.gone[there].is_none()
        };
        let length = (1..=room(at, target))
            .take_while(|&back| is_free(back) && is_equal(code, at - back, target - back))
            .count();
        if length == 0 && target != at + 1 {
            continue;
        }
        for back in 1..=length {
            edits.gone[at - back] = Some(target - back);
            kept[target - back] = true;
        }
        edits.gone[at] = Some(target);
        if target - length != at + 1 {
            edits.jumps.insert(at - length, target - length);
        }
    }
    edits
}

/// How many instructions before a jump can go because of those before its target, if all are equal.
fn room(at: usize, target: usize) -> usize {
    match target > at {
        true => at.min(target - at - 1),
        false => target.min(at - target),
    }
}

/// Whether two instructions do the same and go on to the next one.
fn is_equal(code: &Code, here: usize, there: usize) -> bool {
    let step = tails::step(code, here);
    step.is_some() && step == tails::step(code, there) && continues(&code.instructions[here])
}

#[cfg(test)]
mod tests {
    use super::super::Label;
    use super::*;
    use zksso_eravm::{Condition, Instruction, Op, Reg, RetKind, Src};

    fn load(number: u16) -> Instruction {
        Op::copy(Src::Imm(number), Reg::R1).into()
    }

    fn jump() -> Instruction {
        Op::jump(Src::Imm(0)).into()
    }

    fn end() -> Instruction {
        Op::Ret {
            kind: RetKind::Ok,
            data: Reg::R0,
            label: None,
        }
        .into()
    }

    fn code(instructions: Vec<Instruction>, labels: &[usize], jumps: &[(usize, usize)]) -> Code {
        let label = |at: usize| Label(0, at);
        Code {
            sources: vec![None; instructions.len()],
            instructions,
            labels: labels.iter().map(|&at| (label(at), at)).collect(),
            fixups: jumps.iter().map(|&(at, to)| (at, label(to))).collect(),
        }
    }

    #[test]
    fn code_between_a_jump_and_its_equal_target_goes_with_the_jump() {
        let conditional = jump().op.when(Condition::Eq);
        let merged = merge(code(
            vec![
                conditional,
                load(1),
                load(2),
                jump(),
                load(1),
                load(2),
                end(),
            ],
            &[4, 6],
            &[(0, 4), (3, 6)],
        ));
        assert_eq!(merged.instructions, [conditional, load(1), load(2), end()]);
        assert_eq!(merged.labels[&Label(0, 4)], 1);
        assert_eq!(merged.labels[&Label(0, 6)], 3);
    }

    #[test]
    fn a_jump_from_afar_leads_to_the_beginning_of_equal_code() {
        let merged = merge(code(
            vec![load(1), load(2), end(), load(9), load(2), jump()],
            &[2],
            &[(5, 2)],
        ));
        assert_eq!(
            merged.instructions,
            [load(1), load(2), end(), load(9), jump()]
        );
        assert_eq!(merged.labels[&merged.fixups[&4]], 1);
    }

    #[test]
    fn a_loop_is_not_merged_into_itself() {
        let rounds = vec![load(1), load(1), load(1), jump(), end()];
        let merged = merge(code(rounds.clone(), &[1], &[(3, 1)]));
        assert_eq!(
            merged.labels[&merged.fixups[&(merged.instructions.len() - 2)]],
            0
        );
        let endless = merge(code(rounds, &[3], &[(3, 3)]));
        assert_eq!(endless.labels[&endless.fixups[&3]], 3);
    }

    #[test]
    fn jumps_that_equal_code_makes_must_lead_to_the_same_place() {
        let conditional = jump().op.when(Condition::Eq);
        let instructions = vec![conditional, jump(), conditional, end()];
        let same = merge(code(
            instructions.clone(),
            &[0, 3],
            &[(0, 0), (1, 3), (2, 0)],
        ));
        assert_eq!(same.instructions.len(), 2);
        let other = merge(code(instructions, &[0, 1, 3], &[(0, 0), (1, 3), (2, 1)]));
        assert_eq!(other.instructions.len(), 4);
    }

    #[test]
    fn code_that_another_way_was_merged_into_stays() {
        // Two ways and the fallen-through code end alike, and one of them could also go in favour of the other.
        let merged = merge(code(
            vec![
                load(1),
                end(),
                load(5),
                load(1),
                jump(),
                load(6),
                load(1),
                jump(),
            ],
            &[1, 7],
            &[(4, 7), (7, 1)],
        ));
        assert!(merged.instructions.contains(&load(1)));
        for (&at, label) in &merged.fixups {
            assert!(
                at < merged.instructions.len() && merged.labels[label] < merged.instructions.len()
            );
        }
    }
}
