//! A governor with its token and timelock: proposals that are voted on, queued, carried out, or not.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::SolValue;

use super::{
    STEPS, fungible,
    session::{Contract, Session},
};
use crate::{
    harness::pair::USERS,
    libraries::{
        coding::data,
        keys::{Signer, typed_data_hash},
    },
};

/// The governor takes no tokens while a timelock carries out what it decides, and no proposal here takes another timelock.
pub(super) const HOPELESS: [&str; 4] = [
    "Government.onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
    "Government.onERC1155Received(address,address,uint256,uint256,bytes)",
    "Government.onERC721Received(address,address,uint256,bytes)",
    "Government.updateTimelock(address)",
];

pub(super) const GRANT: &str = "grantRole(bytes32,address)";

/// States of a proposal.
const PENDING: u64 = 0;
pub(super) const ACTIVE: u64 = 1;
const SUCCEEDED: u64 = 4;
const QUEUED: u64 = 5;

/// Kinds of actions that proposals here have.
const KINDS: usize = 8;

/// A call that a proposal makes: where to, which function, calldata.
type Action = (Contract, &'static str, Bytes);

#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) id: U256,
    proposer: Address,
    targets: Vec<Address>,
    values: Vec<U256>,
    calldatas: Vec<Bytes>,
    description: B256,
    /// What it calls.
    actions: Vec<(Contract, &'static str)>,
}

impl Proposal {
    /// What queueing and execution are given.
    fn arguments(&self) -> (Vec<Address>, Vec<U256>, Vec<Bytes>, B256) {
        (
            self.targets.clone(),
            self.values.clone(),
            self.calldatas.clone(),
            self.description,
        )
    }
}

pub(super) struct Setting {
    pub(super) token: Contract,
    pub(super) timelock: Contract,
    pub(super) government: Contract,
    pub(super) signers: [Signer; 2],
    proposals: Vec<Proposal>,
    /// Numbers the descriptions.
    made: usize,
}

pub(super) fn government(session: &mut Session<'_>) {
    let mut setting = Setting::found(session);
    for _ in 0..STEPS {
        match session.below(15) {
            0 => setting.trade(session),
            1 => setting.delegate(session),
            2 | 3 => setting.propose(session),
            4..=6 => setting.vote(session),
            7 => setting.vote_by_signature(session),
            8 => setting.queue(session),
            9 => setting.execute(session),
            10 => setting.cancel(session),
            11 => setting.schedule(session),
            12 => setting.change_roles(session),
            13 => setting.pass(session),
            _ => setting.look(session),
        }
        let blocks = *session.random.pick(&[0, 0, 1, 3, 12]);
        session.pair.advance(blocks, blocks);
    }
}

impl Setting {
    fn found(session: &mut Session<'_>) -> Self {
        let token = session.deploy("VoteToken", &[]);
        let timelock = session.deploy("Timelock", &[USERS[0]]);
        let government = session.deploy("Government", &[token.address, timelock.address]);
        for role in ["PROPOSER_ROLE", "CANCELLER_ROLE"] {
            for who in [government.address, USERS[0]] {
                session.must(USERS[0], timelock, GRANT, (keccak256(role), who));
            }
        }
        let signers = [1, 2].map(Signer::new);
        for holder in USERS.into_iter().chain(signers.iter().map(|s| s.address)) {
            let amount = U256::from(1_000 + session.below(1_000));
            session.must(holder, token, "mint(address,uint256)", (holder, amount));
            session.must(holder, token, "delegate(address)", (holder,));
        }
        session.pair.advance(1, 1);
        Self {
            token,
            timelock,
            government,
            signers,
            proposals: Vec::new(),
            made: 0,
        }
    }

    /// The block before the present one: votes are counted up to there.
    fn past(session: &Session<'_>) -> U256 {
        U256::from(session.pair.block().0 - 1)
    }

    fn trade(&self, session: &mut Session<'_>) {
        let (from, to) = (session.user(), session.user());
        let available = session.read(self.token, "balanceOf(address)", (from,));
        let amount = session.part_of(available);
        let transfer = "transfer(address,uint256)";
        session.must(from, self.token, transfer, (to, amount));
        let amount = U256::from(session.below(500));
        session.must(from, self.token, "mint(address,uint256)", (to, amount));
        // Some of it so that proposals can move it.
        let to = self.timelock.address;
        session.must(from, self.token, "mint(address,uint256)", (to, amount));
        session.must(from, self.token, "approve(address,uint256)", (to, amount));
        self.spend(session);
    }

    fn spend(&self, session: &mut Session<'_>) {
        let holders: Vec<Address> = USERS
            .into_iter()
            .chain(self.signers.iter().map(|signer| signer.address))
            .collect();
        fungible::spend(session, self.token, &holders, "transferFrom");
        fungible::permit(session, self.token, &self.signers);
    }

    fn delegate(&self, session: &mut Session<'_>) {
        let (from, to) = (session.user(), session.user());
        session.must(from, self.token, "delegate(address)", (to,));
        let signer = session.random.pick(&self.signers).clone();
        let nonce = session.read(self.token, "nonces(address)", (signer.address,));
        let expiry = U256::from(session.pair.block().1) + U256::from(session.below(9));
        let kind = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        let message = keccak256((kind, to, nonce, expiry).abi_encode());
        let separator = session.read(self.token, "DOMAIN_SEPARATOR()", ());
        let signature = signer.sign(typed_data_hash(B256::from(separator), message));
        session.must(
            from,
            self.token,
            "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)",
            (
                to,
                nonce,
                expiry,
                U256::from(signature.v),
                signature.r,
                signature.s,
            ),
        );
    }

    /// Something that a proposal does, of eight kinds.
    fn action(&self, session: &mut Session<'_>, kind: usize) -> Action {
        let number = U256::from(1 + session.below(20));
        let user = session.user();
        let numbers = [
            "setVotingPeriod(uint32)",
            "setVotingDelay(uint48)",
            "setProposalThreshold(uint256)",
            "updateQuorumNumerator(uint256)",
        ];
        match kind {
            0 => {
                let mint = "mint(address,uint256)";
                (self.token, mint, data(mint, (user, number)).into())
            }
            1 => {
                let transfer = "transfer(address,uint256)";
                (self.token, transfer, data(transfer, (user, number)).into())
            }
            2 => {
                let update = "updateDelay(uint256)";
                (self.timelock, update, data(update, (number,)).into())
            }
            7 => {
                let relay = "relay(address,uint256,bytes)";
                let inner = Bytes::from(data("delegate(address)", (user,)));
                let arguments = (self.token.address, U256::ZERO, inner);
                (self.government, relay, data(relay, arguments).into())
            }
            other => {
                let set = numbers[other - 3];
                (self.government, set, data(set, (number,)).into())
            }
        }
    }

    fn propose(&mut self, session: &mut Session<'_>) {
        let count = 1 + session.below(3);
        let action = |_| {
            let kind = session.below(KINDS);
            self.action(session, kind)
        };
        let actions = (0..count).map(action).collect();
        self.propose_to(session, actions);
    }

    /// Whether the proposer had votes enough.
    fn propose_to(&mut self, session: &mut Session<'_>, actions: Vec<Action>) -> bool {
        let proposer = session.user();
        let votes = session.read(
            self.government,
            "getVotes(address,uint256)",
            (proposer, Self::past(session)),
        );
        let threshold = session.read(self.government, "proposalThreshold()", ());
        let targets: Vec<Address> = actions.iter().map(|(to, _, _)| to.address).collect();
        let calldatas: Vec<Bytes> = actions.iter().map(|(_, _, data)| data.clone()).collect();
        self.made += 1;
        let description = format!(
            "Proposal #{}: {}",
            self.made,
            "something ".repeat(actions.len())
        );
        let values = vec![U256::ZERO; actions.len()];
        let arguments = (
            targets.clone(),
            values.clone(),
            calldatas.clone(),
            description.clone(),
        );
        let signature = "propose(address[],uint256[],bytes[],string)";
        if votes < threshold {
            session.fails(proposer, self.government, signature, arguments);
            return false;
        }
        let id = session.must(proposer, self.government, signature, arguments.clone());
        // The same a second time is refused.
        session.fails(proposer, self.government, signature, arguments);
        self.proposals.push(Proposal {
            id: U256::from_be_slice(&id),
            proposer,
            targets,
            values,
            calldatas,
            description: keccak256(description),
            actions: actions.iter().map(|(to, name, _)| (*to, *name)).collect(),
        });
        true
    }

    /// A proposal from its beginning to its end, with everyone in favour.
    fn pass(&mut self, session: &mut Session<'_>) {
        let action = self.action(session, self.made % KINDS);
        if !self.propose_to(session, vec![action]) {
            return;
        }
        let proposal = self.proposals[self.proposals.len() - 1].clone();
        let delay = session.read(self.government, "votingDelay()", ());
        session.pair.advance(delay.to::<u64>() + 1, 1);
        for user in USERS {
            let vote = (proposal.id, U256::ONE);
            session.must(user, self.government, "castVote(uint256,uint8)", vote);
        }
        let period = session.read(self.government, "votingPeriod()", ());
        session.pair.advance(period.to::<u64>() + 1, 1);
        self.queue(session);
        let delay = session.read(self.timelock, "getMinDelay()", ());
        session.pair.advance(1, delay.to());
        self.execute(session);
    }

    /// A proposal, of which the last ones are of more interest, and its state.
    pub(super) fn proposal(&self, session: &mut Session<'_>) -> Option<(Proposal, u64)> {
        let count = self.proposals.len().min(4);
        let index =
            self.proposals.len() - 1 - session.below(count.max(1)).min(count.checked_sub(1)?);
        let proposal = self.proposals[index].clone();
        let state = session.read(self.government, "state(uint256)", (proposal.id,));
        Some((proposal, state.to()))
    }

    fn queue(&self, session: &mut Session<'_>) {
        // Whatever succeeded.
        for proposal in &self.proposals {
            let state = session.read(self.government, "state(uint256)", (proposal.id,));
            let user = session.user();
            if state.to::<u64>() == SUCCEEDED || session.one_in(4) {
                session.depends(
                    state.to::<u64>() == SUCCEEDED,
                    user,
                    self.government,
                    "queue(address[],uint256[],bytes[],bytes32)",
                    proposal.arguments(),
                );
            }
        }
    }

    fn execute(&self, session: &mut Session<'_>) {
        for proposal in &self.proposals {
            let state = session.read(self.government, "state(uint256)", (proposal.id,));
            let due = session.read(self.government, "proposalEta(uint256)", (proposal.id,));
            let ready = state.to::<u64>() == QUEUED && due.to::<u64>() <= session.pair.block().1;
            let execute = "execute(address[],uint256[],bytes[],bytes32)";
            let user = session.user();
            if ready {
                // What a proposal does may fail.
                let done = session.may(user, self.government, execute, proposal.arguments());
                for (contract, signature) in proposal.actions.iter().filter(|_| done.is_some()) {
                    session.count(*contract, signature);
                }
            } else if session.one_in(4) && state.to::<u64>() != SUCCEEDED {
                session.fails(user, self.government, execute, proposal.arguments());
            }
        }
    }

    fn cancel(&self, session: &mut Session<'_>) {
        let Some((proposal, state)) = self.proposal(session) else {
            return;
        };
        let user = match session.one_in(3) {
            true => session.user(),
            false => proposal.proposer,
        };
        session.depends(
            state == PENDING && user == proposal.proposer,
            user,
            self.government,
            "cancel(address[],uint256[],bytes[],bytes32)",
            proposal.arguments(),
        );
    }

    fn look(&self, session: &mut Session<'_>) {
        let (user, past) = (session.user(), Self::past(session));
        session.must(user, self.government, "quorum(uint256)", (past,));
        session.must(
            user,
            self.token,
            "getPastVotes(address,uint256)",
            (user, past),
        );
        session.must(user, self.token, "getPastTotalSupply(uint256)", (past,));
        let count = session.read(self.token, "numCheckpoints(address)", (user,));
        let index = session.part_of(count);
        session.depends(
            index < count,
            user,
            self.token,
            "checkpoints(address,uint32)",
            (user, index),
        );
        if let Some((proposal, _)) = self.proposal(session) {
            for view in ["proposalDeadline", "proposalSnapshot", "proposalProposer"] {
                let signature = format!("{view}(uint256)");
                session.must(user, self.government, &signature, (proposal.id,));
            }
        }
        session.look();
        session.look();
    }
}
