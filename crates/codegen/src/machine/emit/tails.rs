//! Merging of equal tails.
//!
//! Many paths end alike: they store the last words of an error and revert, or describe the answer and return. What an
//! instruction does depends on the machine's state alone, so equal sequences that control cannot leave at their end are
//! kept once, and the others become jumps.

use super::{Label, continues};
use crate::yul::RangeId;
use std::collections::{BTreeMap, HashMap};
use zksso_eravm::{Instruction, Op, RetKind, Src};

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
        gone: vec![None; code.instructions.len()],
        jumps: BTreeMap::new(),
        code,
    };
    let mut start = 0;
    for end in 0..merger.code.instructions.len() {
        if !continues(&merger.code.instructions[end]) {
            merger.run(start, end);
            start = end + 1;
        }
    }
    merger.finish()
}

/// An instruction with the place its jump leads to.
type Step = (Instruction, Option<usize>);

/// The tails seen so far are a tree of steps from the end backwards.
struct Merger {
    code: Code,
    /// Children by node; for look-up only.
    next: Vec<HashMap<Step, usize>>,
    /// Where the step that leads to a node is written.
    places: Vec<usize>,
    /// For each instruction that goes away, where its equal is.
    gone: Vec<Option<usize>>,
    /// Where a jump replaces the rest of a run.
    jumps: BTreeMap<usize, usize>,
}

impl Merger {
    fn step(&self, at: usize) -> Option<Step> {
        let instruction = self.code.instructions[at];
        let target = self.code.fixups.get(&at);
        match instruction.op {
            // What is bound to its place.
            Op::FarCall { .. } | Op::NearCall { .. } => None,
            Op::Jump {
                target: Src::Imm(_),
                ..
            } if target.is_none() => None,
            _ => Some((
                instruction,
                target.map(|label| self.code.labels.get(label).copied().unwrap_or(usize::MAX)),
            )),
        }
    }

    /// Looks for the tail of a run in the tree and adds what is not there.
    fn run(&mut self, start: usize, end: usize) {
        let mut node = 0;
        let mut length = 0;
        while length <= end - start {
            let child = self
                .step(end - length)
                .and_then(|step| self.next[node].get(&step).copied());
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
                self.gone[at] = Some(place + at - cut);
            }
            if !skips {
                self.jumps.insert(cut, place);
            }
        }
        for at in (start..=end).rev().skip(length) {
            let Some(step) = self.step(at) else { return };
            let fresh = self.next.len();
            node = *self.next[node].entry(step).or_insert(fresh);
            if node == fresh {
                self.next.push(HashMap::new());
                self.places.push(at);
            }
        }
    }

    /// Leaves out what is gone and moves everything that refers to places.
    fn finish(mut self) -> Code {
        for (at, equal) in self.gone.iter().enumerate() {
            if let &Some(equal) = equal {
                let sources = &mut self.code.sources;
                sources[equal] = common(sources[equal], sources[at]);
            }
        }
        let mut places = Vec::with_capacity(self.gone.len());
        let mut written = 0;
        for (at, gone) in self.gone.iter().enumerate() {
            places.push(written);
            written += usize::from(gone.is_none() || self.jumps.contains_key(&at));
        }
        let place = |at: usize| match self.gone.get(at) {
            Some(&Some(equal)) => places[equal],
            Some(None) => places[at],
            None => written,
        };
        let mut new = Code {
            instructions: Vec::with_capacity(written),
            sources: Vec::with_capacity(written),
            labels: BTreeMap::new(),
            fixups: BTreeMap::new(),
        };
        for (&label, &at) in &self.code.labels {
            new.labels.insert(label, place(at));
        }
        for (at, &instruction) in self.code.instructions.iter().enumerate() {
            let here = new.instructions.len();
            if let Some(&target) = self.jumps.get(&at) {
                let label = Label(MERGED, new.labels.len());
                new.labels.insert(label, place(target));
                new.fixups.insert(here, label);
                new.instructions.push(Op::jump(Src::Imm(0)).into());
                new.sources.push(self.code.sources[at]);
            }
            if self.gone[at].is_some() {
                continue;
            }
            let mut instruction = instruction;
            match &mut instruction.op {
                Op::FarCall { handler, .. } => *handler = index(place(usize::from(*handler))),
                Op::Jump {
                    target: Src::Imm(target),
                    ..
                } => match self.code.fixups.get(&at) {
                    Some(&label) => drop(new.fixups.insert(here, label)),
                    None => *target = index(place(usize::from(*target))),
                },
                _ => {}
            }
            new.instructions.push(instruction);
            new.sources.push(self.code.sources[at]);
        }
        new
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

/// Leads jumps to where unconditional jumps at their targets go on.
pub(super) fn thread(code: &mut Code) {
    let next = |label: Label| {
        let at = code.labels.get(&label)?;
        let is_jump =
            matches!(code.instructions.get(*at)?.op, Op::Jump { link, .. } if link.is_zero());
        (is_jump && !continues(&code.instructions[*at]))
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
