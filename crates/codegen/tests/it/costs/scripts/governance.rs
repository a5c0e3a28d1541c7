//! A governor with its token and timelock.

use alloy_primitives::{Address, Bytes, U256, keccak256};

use crate::{
    costs::stage::{Contract, Stage},
    harness::{era::word, pair::USERS},
    libraries::coding::data,
};

const ALICE: Address = USERS[0];
const BOB: Address = USERS[1];

const DESCRIPTION: &str = "Proposal #1: mint a thousand votes for Bob";

/// From the token to an executed proposal.
pub(super) fn government(stage: &mut Stage) {
    let (token, government) = found(stage);
    let id = propose(stage, &token, &government);
    vote(stage, &government, id);
    finish(stage, &token, &government);
}

fn found(stage: &mut Stage) -> (Contract, Contract) {
    let token = stage.deploy("VoteToken", &[]);
    let timelock = stage.deploy("Timelock", &word(ALICE).to_be_bytes::<32>());
    let arguments = [token.address, timelock.address].map(|a| word(a).to_be_bytes::<32>());
    let government = stage.deploy("Government", &arguments.concat());
    let grant = data(
        "grantRole(bytes32,address)",
        (keccak256("PROPOSER_ROLE"), government.address),
    );
    stage.call(&timelock, "grantRole", grant);
    for user in USERS {
        let mint = data("mint(address,uint256)", (user, U256::from(1_000)));
        stage.prepare(&token, mint);
    }
    let delegate = data("delegate(address)", (ALICE,));
    stage.call(&token, "delegate", delegate);
    stage.prepare(&token.by(BOB), data("delegate(address)", (BOB,)));
    stage.pair.advance(1, 1);
    let transfer = data("transfer(address,uint256)", (BOB, U256::from(10)));
    stage.call(&token, "transfer between delegated", transfer);
    stage.pair.advance(1, 1);
    stage.call(&token, "getVotes", data("getVotes(address)", (BOB,)));
    let past = data("getPastVotes(address,uint256)", (BOB, U256::from(77)));
    stage.call(&token, "getPastVotes", past);
    (token, government)
}

/// Targets, values and calldatas of the proposal.
fn actions(token: &Contract) -> (Vec<Address>, Vec<U256>, Vec<Bytes>) {
    let mint = data("mint(address,uint256)", (BOB, U256::from(1_000)));
    (vec![token.address], vec![U256::ZERO], vec![mint.into()])
}

fn propose(stage: &mut Stage, token: &Contract, government: &Contract) -> U256 {
    let (targets, values, calldatas) = actions(token);
    let propose = data(
        "propose(address[],uint256[],bytes[],string)",
        (targets, values, calldatas, DESCRIPTION.to_owned()),
    );
    let id = stage.call(government, "propose", propose);
    U256::from_be_slice(&id)
}

fn vote(stage: &mut Stage, government: &Contract, id: U256) {
    stage.pair.advance(3, 3);
    let vote = data("castVote(uint256,uint8)", (id, U256::ONE));
    stage.call(government, "castVote", vote);
    let reasoned = data(
        "castVoteWithReason(uint256,uint8,string)",
        (id, U256::from(2), "Either will do.".to_owned()),
    );
    stage.call(&government.by(BOB), "castVoteWithReason", reasoned);
    stage.call(government, "state", data("state(uint256)", (id,)));
    stage.call(
        government,
        "proposalVotes",
        data("proposalVotes(uint256)", (id,)),
    );
}

fn finish(stage: &mut Stage, token: &Contract, government: &Contract) {
    stage.pair.advance(21, 21);
    let arguments = || {
        let (targets, values, calldatas) = actions(token);
        (targets, values, calldatas, keccak256(DESCRIPTION))
    };
    let queue = data("queue(address[],uint256[],bytes[],bytes32)", arguments());
    stage.call(government, "queue", queue);
    stage.pair.advance(1, 11);
    let execute = data("execute(address[],uint256[],bytes[],bytes32)", arguments());
    stage.call(government, "execute", execute);
}
