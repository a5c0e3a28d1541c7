//! Which registers carry a function's arguments and results.
//!
//! All callers of a function are known, so nothing asks for a uniform order. A word that one function returns and the next
//! one takes, or that a function hands on, should not have to move: such pairs of parameters and results are joined as
//! long as no signature gets two words in one register, heaviest pairs first, and each group gets a register of its own
//! among the signatures it is part of. Words that live across calls are in the frame anyway and count for nothing.

use super::frequency;
use super::vcode::{REGISTER_ARGUMENTS, preg};
use crate::ir::{BlockId, Cfg, FuncId, Function, Op, Program, Terminator, Value};
use regalloc2::PReg;
use std::collections::{BTreeMap, BTreeSet};

/// Registers of a function's signature; arguments and results beyond [`REGISTER_ARGUMENTS`] travel in slots.
#[derive(Clone, Debug)]
pub(super) struct Convention {
    /// By parameter.
    pub(super) params: Vec<PReg>,
    /// By result.
    pub(super) results: Vec<PReg>,
}

/// The half of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Half {
    Params,
    Results,
}

/// A parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seat {
    function: FuncId,
    half: Half,
    position: usize,
}

/// Weights of pairs of seats that often hold the same word.
type Affinities = BTreeMap<(Seat, Seat), u64>;

/// Chooses the conventions of all functions, by index.
pub(super) fn choose(program: &Program) -> Vec<Convention> {
    let mut affinities = Affinities::new();
    for id in program.bottom_up() {
        Uses::of(program.function(id), id).add_to(&mut affinities);
    }
    let mut groups = Groups::new(program);
    let mut pairs: Vec<_> = affinities.into_iter().collect();
    pairs.sort_by_key(|&(pair, weight)| (std::cmp::Reverse(weight), pair));
    for ((one, other), _) in pairs {
        groups.join(one, other);
    }
    groups.assign(program)
}

/// Groups of seats that share a register.
struct Groups {
    of: BTreeMap<Seat, usize>,
    members: Vec<Vec<Seat>>,
}

impl Groups {
    /// Each seat by itself.
    fn new(program: &Program) -> Self {
        let seats: Vec<_> = program
            .bottom_up()
            .into_iter()
            .flat_map(|id| seats(program, id))
            .collect();
        Self {
            of: seats
                .iter()
                .enumerate()
                .map(|(at, &seat)| (seat, at))
                .collect(),
            members: seats.into_iter().map(|seat| vec![seat]).collect(),
        }
    }

    /// Joins two groups, unless a signature would need their register twice.
    fn join(&mut self, one: Seat, other: Seat) {
        let (Some(&into), Some(&from)) = (self.of.get(&one), self.of.get(&other)) else {
            return;
        };
        let signatures = |group: usize| {
            self.members[group]
                .iter()
                .map(|seat| (seat.function, seat.half))
        };
        let taken: BTreeSet<_> = signatures(into).collect();
        if into == from || signatures(from).any(|signature| taken.contains(&signature)) {
            return;
        }
        let moved = std::mem::take(&mut self.members[from]);
        for &seat in &moved {
            self.of.insert(seat, into);
        }
        self.members[into].extend(moved);
    }

    /// Large groups choose first; one that finds no register free in all its signatures falls apart.
    fn assign(mut self, program: &Program) -> Vec<Convention> {
        let mut order: Vec<_> = std::mem::take(&mut self.members);
        order.sort_by_key(|group| (std::cmp::Reverse(group.len()), group.first().copied()));
        let mut registers: BTreeMap<Seat, usize> = BTreeMap::new();
        let mut taken: BTreeMap<(FuncId, Half), BTreeSet<usize>> = BTreeMap::new();
        let mut work: Vec<_> = order.into_iter().rev().collect();
        while let Some(group) = work.pop() {
            match free_register(&group, &taken) {
                Some(register) => {
                    for seat in group {
                        taken
                            .entry((seat.function, seat.half))
                            .or_default()
                            .insert(register);
                        registers.insert(seat, register);
                    }
                }
                None => work.extend(group.into_iter().map(|seat| vec![seat])),
            }
        }
        let place = |seat: Seat| preg(registers.get(&seat).copied().unwrap_or(seat.position + 1));
        (0..program.functions.len())
            .map(|index| FuncId(index as u32))
            .map(|id| {
                let half = |half| {
                    let seats = seats(program, id).into_iter();
                    seats.filter(|seat| seat.half == half).map(place).collect()
                };
                Convention {
                    params: half(Half::Params),
                    results: half(Half::Results),
                }
            })
            .collect()
    }
}

/// The register most members would have by their position, if it is free in all signatures, else the lowest free one.
fn free_register(
    group: &[Seat],
    taken: &BTreeMap<(FuncId, Half), BTreeSet<usize>>,
) -> Option<usize> {
    let is_free = |register: &usize| {
        group.iter().all(|seat| {
            let signature = taken.get(&(seat.function, seat.half));
            signature.is_none_or(|registers| !registers.contains(register))
        })
    };
    let natural = |register: &usize| {
        group
            .iter()
            .filter(|seat| seat.position + 1 == *register)
            .count()
    };
    (1..=REGISTER_ARGUMENTS)
        .filter(is_free)
        .max_by_key(|register| (natural(register), std::cmp::Reverse(*register)))
}

fn seats(program: &Program, id: FuncId) -> Vec<Seat> {
    let function = program.function(id);
    let half = |half, count: usize| {
        (0..count.min(REGISTER_ARGUMENTS)).map(move |position| Seat {
            function: id,
            half,
            position,
        })
    };
    half(Half::Params, function.params().len())
        .chain(half(Half::Results, function.results))
        .collect()
}

/// Seats of each value of a function that stays in a register from its definition to its uses. Block parameters and their
/// arguments count as one value.
struct Uses {
    seats: BTreeMap<Value, BTreeMap<Seat, u64>>,
}

impl Uses {
    fn of(function: &Function, id: FuncId) -> Self {
        let cfg = Cfg::new(function);
        let weights = frequency::weights(function, &cfg);
        let mut webs = Webs::new(function, &cfg);
        webs.join_edges(function, &cfg);
        let mut uses = Self {
            seats: BTreeMap::new(),
        };
        let own = |half, position| Seat {
            function: id,
            half,
            position,
        };
        for (position, &param) in function.params().iter().enumerate() {
            uses.add(&mut webs, param, own(Half::Params, position), 1);
        }
        for &block in &cfg.order {
            let weight = weights[block.index()];
            for &inst in &function.block(block).insts {
                let inst = function.inst(inst);
                let Op::Call(callee) = inst.op else { continue };
                let seat = |half, position| Seat {
                    function: callee,
                    half,
                    position,
                };
                for (position, &arg) in inst.args.iter().enumerate() {
                    uses.add(&mut webs, arg, seat(Half::Params, position), weight);
                }
                for (position, &result) in inst.results.iter().enumerate() {
                    uses.add(&mut webs, result, seat(Half::Results, position), weight);
                }
            }
            if let Terminator::Leave(values) = &function.block(block).term {
                for (position, &value) in values.iter().enumerate() {
                    uses.add(&mut webs, value, own(Half::Results, position), weight);
                }
            }
        }
        uses
    }

    fn add(&mut self, webs: &mut Webs, value: Value, seat: Seat, weight: u64) {
        if seat.position < REGISTER_ARGUMENTS && webs.stays[value.index()] {
            let web = webs.find(value);
            *self.seats.entry(web).or_default().entry(seat).or_default() += weight;
        }
    }

    /// All pairs of seats of one value; each saves at most as many moves as its rarer seat.
    fn add_to(self, affinities: &mut Affinities) {
        for seats in self.seats.into_values() {
            let seats: Vec<_> = seats.into_iter().collect();
            for (at, &(one, here)) in seats.iter().enumerate() {
                for &(other, there) in &seats[at + 1..] {
                    *affinities.entry((one, other)).or_default() += here.min(there);
                }
            }
        }
    }
}

/// Values joined with the block parameters they become.
struct Webs {
    parent: Vec<Value>,
    /// Whether a value may stay in a register: no call comes between its definition and a use. Constants never do.
    stays: Vec<bool>,
}

impl Webs {
    fn new(function: &Function, cfg: &Cfg) -> Self {
        Self {
            parent: (0..function.values.len()).map(Value::new).collect(),
            stays: staying(function, cfg),
        }
    }

    fn find(&mut self, value: Value) -> Value {
        let mut root = value;
        while self.parent[root.index()] != root {
            root = self.parent[root.index()];
        }
        self.parent[value.index()] = root;
        root
    }

    fn join_edges(&mut self, function: &Function, cfg: &Cfg) {
        for &block in &cfg.order {
            for edge in function.block(block).term.edges() {
                for (&arg, &param) in edge.args.iter().zip(&function.block(edge.block).params) {
                    if self.stays[arg.index()] && self.stays[param.index()] {
                        let (arg, param) = (self.find(arg), self.find(param));
                        self.parent[arg.index()] = param;
                    }
                }
            }
        }
    }
}

/// Places of definitions and calls in a function.
struct Places<'a> {
    cfg: &'a Cfg,
    /// Block and position behind the definition; parameters of blocks are defined at position 0.
    defined: Vec<Option<(BlockId, usize)>>,
    /// Positions of calls by block.
    calls: Vec<Vec<usize>>,
}

/// Values that no call separates from any of their uses.
fn staying(function: &Function, cfg: &Cfg) -> Vec<bool> {
    let places = Places::new(function, cfg);
    let mut stays: Vec<_> = places.defined.iter().map(Option::is_some).collect();
    for &block in &cfg.order {
        let here = function.block(block);
        for (at, &inst) in here.insts.iter().enumerate() {
            for &arg in &function.inst(inst).args {
                stays[arg.index()] = stays[arg.index()] && !places.is_separated(arg, block, at);
            }
        }
        for value in here.term.uses() {
            stays[value.index()] =
                stays[value.index()] && !places.is_separated(value, block, here.insts.len());
        }
    }
    stays
}

impl<'a> Places<'a> {
    fn new(function: &Function, cfg: &'a Cfg) -> Self {
        let mut defined = vec![None; function.values.len()];
        let mut calls = vec![Vec::new(); function.blocks.len()];
        for &block in &cfg.order {
            for &param in &function.block(block).params {
                defined[param.index()] = Some((block, 0));
            }
            for (at, &inst) in function.block(block).insts.iter().enumerate() {
                let inst = function.inst(inst);
                for &result in &inst.results {
                    defined[result.index()] = Some((block, at + 1));
                }
                if matches!(inst.op, Op::Call(_) | Op::FarCall(_)) {
                    calls[block.index()].push(at);
                }
            }
        }
        Self {
            cfg,
            defined,
            calls,
        }
    }

    /// Whether a call comes between the definition of a value and a use at a position of a block.
    fn is_separated(&self, value: Value, block: BlockId, at: usize) -> bool {
        let Some((home, start)) = self.defined[value.index()] else {
            return false;
        };
        let has_call = |block: BlockId, until: usize| {
            let from = if block == home { start } else { 0 };
            self.calls[block.index()]
                .iter()
                .any(|call| (from..until).contains(call))
        };
        if has_call(block, at) {
            return true;
        }
        let mut seen = BTreeSet::new();
        let mut work = if block == home {
            Vec::new()
        } else {
            self.cfg.preds[block.index()].clone()
        };
        while let Some(block) = work.pop() {
            if !seen.insert(block) {
                continue;
            }
            if has_call(block, usize::MAX) {
                return true;
            }
            if block != home {
                work.extend(&self.cfg.preds[block.index()]);
            }
        }
        false
    }
}
