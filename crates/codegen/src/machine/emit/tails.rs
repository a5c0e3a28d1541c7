//! Merging of equal tails.
//!
//! Many paths end alike: they store the last words of an error and revert, or describe the answer and return. What an
//! instruction does depends on the machine's state alone, so equal sequences that control cannot leave at their end are
//! kept once, and the others become jumps.

use super::{Label, continues};
use crate::yul::RangeId;
use std::collections::{BTreeMap, HashMap};
use zksso_eravm::{Condition, Instruction, Op, RetKind, Src};

/// Shortest tail that is worth a jump.
const SHORTEST: usize = 3;
/// The same where the contract fails, so that time does not matter.
const SHORTEST_FAILURE: usize = 2;

/// Written code with what refers to places in it.
pub(super) struct Code {
    pub(super) instructions: Vec<Instruction>,
    /// Places in the source, one for each instruction.
    pub(super) sources: Vec<Option<RangeId>>,
    pub(super) labels: BTreeMap<Label, usize>,
    /// Jumps and where they lead.
    pub(super) fixups: BTreeMap<usize, Label>,
}

/// Function number of the labels made here.
const MERGED: usize = usize::MAX;

/// Merges equal tails.
pub(super) fn merge(code: Code) -> Code {
    let mut merger = Merger {
        next: vec![HashMap::new()],
        places: vec![0],
        edits: Edits::new(&code),
        code,
    };
    let mut start = 0;
    for end in 0..merger.code.instructions.len() {
        if !continues(&merger.code.instructions[end]) {
            merger.run(start, end);
            start = end + 1;
        }
    }
    apply(merger.code, &merger.edits)
}

/// An instruction with the place its jump leads to.
pub(super) type Step = (Instruction, Option<usize>);

/// The tails seen so far are a tree of steps from the end backwards.
struct Merger {
    code: Code,
    /// Children by node; for look-up only.
    next: Vec<HashMap<Step, usize>>,
    /// Where the step that leads to a node is written.
    places: Vec<usize>,
    edits: Edits,
}

/// What is to become of code.
pub(super) struct Edits {
    /// For each instruction that goes away, where its equal is, or for a jump where it leads.
    pub(super) gone: Vec<Option<usize>>,
    /// Where a jump takes the place of what goes away.
    pub(super) jumps: BTreeMap<usize, usize>,
}

impl Edits {
    /// None yet.
    pub(super) fn new(code: &Code) -> Self {
        Self {
            gone: vec![None; code.instructions.len()],
            jumps: BTreeMap::new(),
        }
    }

    /// Whether nothing goes away.
    pub(super) fn is_empty(&self) -> bool {
        self.gone.iter().all(Option::is_none)
    }
}

/// An instruction in a form in which it can be compared with others, unless it is bound to its place.
pub(super) fn step(code: &Code, at: usize) -> Option<Step> {
    let instruction = code.instructions[at];
    let target = code.fixups.get(&at);
    match instruction.op {
        Op::FarCall { .. } if target.is_none() => None,
        Op::NearCall { .. } => None,
        Op::Jump {
            target: Src::Imm(_),
            ..
        } if target.is_none() => None,
        _ => Some((
            instruction,
            target.map(|label| code.labels.get(label).copied().unwrap_or(usize::MAX)),
        )),
    }
}

impl Merger {
    /// Looks for the tail of a run in the tree and adds what is not there.
    fn run(&mut self, start: usize, end: usize) {
        let mut node = 0;
        let mut length = 0;
        while length <= end - start {
            let child =
                step(&self.code, end - length).and_then(|step| self.next[node].get(&step).copied());
            match child {
                Some(child) => (node, length) = (child, length + 1),
                None => break,
            }
        }
        let is_whole = length == end - start + 1;
        let fails = matches!(
            self.code.instructions[end].op,
            Op::Panic { .. }
                | Op::Ret {
                    kind: RetKind::Revert,
                    ..
                }
        );
        let shortest = match fails {
            true => SHORTEST_FAILURE,
            false => SHORTEST,
        };
        // A run that is not fallen into needs no jump.
        let skips = is_whole && start > 0;
        if skips || length >= shortest {
            let (cut, place) = (end + 1 - length, self.places[node]);
            for at in cut..=end {
                self.edits.gone[at] = Some(place + at - cut);
            }
            if !skips {
                self.edits.jumps.insert(cut, place);
            }
        }
        for at in (start..=end).rev().skip(length) {
            let Some(step) = step(&self.code, at) else {
                return;
            };
            let fresh = self.next.len();
            node = *self.next[node].entry(step).or_insert(fresh);
            if node == fresh {
                self.next.push(HashMap::new());
                self.places.push(at);
            }
        }
    }
}

/// Leaves out what is gone and moves everything that refers to places.
pub(super) fn apply(mut code: Code, edits: &Edits) -> Code {
    for (at, equal) in edits.gone.iter().enumerate() {
        if let &Some(equal) = equal
            && code.instructions[at] == code.instructions[equal]
        {
            code.sources[equal] = common(code.sources[equal], code.sources[at]);
        }
    }
    let mut places = Vec::with_capacity(edits.gone.len());
    let mut written = 0;
    for (at, gone) in edits.gone.iter().enumerate() {
        places.push(written);
        written += usize::from(gone.is_none() || edits.jumps.contains_key(&at));
    }
    let place = |mut at: usize| {
        // The equal of what is gone may be gone itself, in favour of an earlier one.
        while let Some(&Some(equal)) = edits.gone.get(at) {
            at = equal;
        }
        places.get(at).copied().unwrap_or(written)
    };
    let mut new = Code::moved(&code, written, place);
    for at in 0..code.instructions.len() {
        if let Some(&target) = edits.jumps.get(&at) {
            let label = Label(MERGED, new.labels.len());
            new.labels.insert(label, place(target));
            new.fixups.insert(new.instructions.len(), label);
            new.instructions.push(Op::jump(Src::Imm(0)).into());
            new.sources.push(code.sources[at]);
        }
        if edits.gone[at].is_none() {
            new.take(&code, at, place);
        }
    }
    new
}

impl Code {
    /// Code of `length` instructions to come, with the labels of other code where `place` moves them.
    fn moved(code: &Self, length: usize, place: impl Fn(usize) -> usize) -> Self {
        let labels = code.labels.iter();
        Self {
            instructions: Vec::with_capacity(length),
            sources: Vec::with_capacity(length),
            labels: labels.map(|(&label, &at)| (label, place(at))).collect(),
            fixups: BTreeMap::new(),
        }
    }

    /// Appends an instruction of other code with all that refers to places in it.
    fn take(&mut self, code: &Self, at: usize, place: impl Fn(usize) -> usize) {
        let mut instruction = code.instructions[at];
        match code.fixups.get(&at) {
            Some(&label) => drop(self.fixups.insert(self.instructions.len(), label)),
            None => move_target(&mut instruction, place),
        }
        self.instructions.push(instruction);
        self.sources.push(code.sources[at]);
    }
}

/// The place of an instruction that stands for two: none, unless both are from the same. Who traces a run finds the place at the
/// jump that led there, which is from one of them.
pub(super) fn common(one: Option<RangeId>, other: Option<RangeId>) -> Option<RangeId> {
    one.filter(|_| one == other)
}

/// Too long a code is refused at the end, whatever was written into it.
fn index(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// Replaces jumps to instructions that leave the function or contract by these: that is as short, and saves the jump.
pub(super) fn leave_at_once(code: &mut Code) {
    let leaves = |at: usize| {
        let instruction = code.instructions.get(at)?;
        let is_final = !continues(instruction) && !code.fixups.contains_key(&at);
        is_final.then_some((*instruction, code.sources[at]))
    };
    let exits: Vec<_> = code
        .fixups
        .iter()
        .filter(|(at, _)| is_plain_jump(&code.instructions[**at]))
        .filter_map(|(&at, label)| Some((at, leaves(*code.labels.get(label)?)?)))
        .collect();
    for (at, (exit, source)) in exits {
        let condition = code.instructions[at].condition;
        code.sources[at] = code.sources[at].or(source);
        code.instructions[at] = exit.op.when(condition);
        code.fixups.remove(&at);
    }
}

/// Leaves out what control does not reach any more.
pub(super) fn drop_unreachable(code: Code) -> Code {
    let reached = reached(&code);
    let mut places = Vec::with_capacity(reached.len() + 1);
    let mut written = 0;
    for &keeps in &reached {
        places.push(written);
        written += usize::from(keeps);
    }
    places.push(written);
    let place = |at: usize| places.get(at).copied().unwrap_or(written);
    let mut new = Code::moved(&code, written, place);
    for at in (0..reached.len()).filter(|&at| reached[at]) {
        new.take(&code, at, place);
    }
    new
}

/// Adjusts the place that an instruction itself names.
fn move_target(instruction: &mut Instruction, place: impl Fn(usize) -> usize) {
    match &mut instruction.op {
        Op::FarCall {
            handler: target, ..
        }
        | Op::Jump {
            target: Src::Imm(target),
            ..
        } => *target = index(place(usize::from(*target))),
        _ => {}
    }
}

fn reached(code: &Code) -> Vec<bool> {
    let mut reached = vec![false; code.instructions.len()];
    let mut work = vec![0];
    while let Some(at) = work.pop() {
        match reached.get_mut(at) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let instruction = &code.instructions[at];
        if continues(instruction) {
            work.push(at + 1);
        }
        match (instruction.op, code.fixups.get(&at)) {
            (_, Some(label)) => work.extend(code.labels.get(label)),
            (
                Op::FarCall {
                    handler: target, ..
                }
                | Op::Jump {
                    target: Src::Imm(target),
                    ..
                },
                None,
            ) => work.push(usize::from(target)),
            _ => {}
        }
    }
    reached
}

/// Whether the instruction is a jump, conditional or not, that does not come back.
fn is_plain_jump(instruction: &Instruction) -> bool {
    matches!(instruction.op, Op::Jump { link, .. } if link.is_zero())
}

/// Where an instruction jumps that only jumps, and always.
pub(super) fn only_target(code: &Code, at: usize) -> Option<usize> {
    let instruction = &code.instructions[at];
    let is_jump = is_plain_jump(instruction) && instruction.condition == Condition::Always;
    let target = code.fixups.get(&at).filter(|_| is_jump)?;
    code.labels.get(target).copied()
}

/// Leads jumps to where unconditional jumps at their targets go on.
pub(super) fn thread(code: &mut Code) {
    let next = |label: Label| {
        let at = code.labels.get(&label)?;
        let instruction = code.instructions.get(*at)?;
        (is_plain_jump(instruction) && !continues(instruction))
            .then(|| code.fixups.get(at).copied())
            .flatten()
    };
    let threaded = |mut label: Label| {
        for _ in 0..8 {
            match next(label) {
                Some(further) => label = further,
                None => break,
            }
        }
        label
    };
    let fixups = code
        .fixups
        .iter()
        .map(|(&at, &label)| (at, threaded(label)));
    code.fixups = fixups.collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksso_eravm::Reg;

    fn load(number: u16) -> Instruction {
        Op::copy(Src::Imm(number), Reg::R1).into()
    }

    #[test]
    fn labels_inside_of_merged_tails_lead_to_what_is_left() {
        let end = Instruction::from(Op::Ret {
            kind: RetKind::Ok,
            data: Reg::R0,
            label: None,
        });
        // The second run loses its tail to the first, the third loses its own to what is left of the second.
        let runs = [
            vec![load(1), load(2), load(3), end],
            vec![load(9), load(2), load(3), end],
            vec![load(8), load(9), load(2), load(3), end],
        ];
        let inside = Label(0, 0);
        let code = Code {
            sources: vec![None; runs.concat().len()],
            instructions: runs.concat(),
            labels: [(inside, 11)].into(),
            fixups: BTreeMap::new(),
        };
        let merged = merge(code);
        assert_eq!(merged.instructions.len(), 4 + 2 + 2);
        assert_eq!(merged.instructions[merged.labels[&inside]], load(3));
    }
}
