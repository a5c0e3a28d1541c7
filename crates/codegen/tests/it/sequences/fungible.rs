//! ERC-20 tokens: mint, transfer, allow, permit, burn.

use alloy_primitives::{Address, B256, U256};

use super::{
    STEPS,
    session::{Contract, Session},
};
use crate::{
    harness::pair::USERS,
    libraries::keys::{Permit, Signer},
};

pub(super) fn openzeppelin(session: &mut Session<'_>) {
    let token = session.deploy("Erc20", &[]);
    run(session, token, true);
}

pub(super) fn solady(session: &mut Session<'_>) {
    let token = session.deploy("SoladyErc20", &[]);
    run(session, token, false);
}

fn run(session: &mut Session<'_>, token: Contract, burns_of_others: bool) {
    let mut holders = USERS.to_vec();
    let signers = [1, 2].map(Signer::new);
    holders.extend(signers.iter().map(|signer| signer.address));
    for _ in 0..STEPS {
        match session.below(9) {
            0 => mint(session, token, &holders),
            1 | 2 => transfer(session, token, &holders),
            3 => approve(session, token, &holders),
            4 => spend(session, token, &holders, "transferFrom"),
            5 if burns_of_others => spend(session, token, &holders, "burnFrom"),
            5 | 6 => burn(session, token, &holders),
            7 => permit(session, token, &signers),
            _ => session.look(),
        }
        if session.one_in(10) {
            session.spoil();
        }
    }
}

fn pick(session: &mut Session<'_>, holders: &[Address]) -> Address {
    *session.random.pick(holders)
}

fn balance(session: &mut Session<'_>, token: Contract, of: Address) -> U256 {
    session.read(token, "balanceOf(address)", (of,))
}

fn mint(session: &mut Session<'_>, token: Contract, holders: &[Address]) {
    let supply = session.read(token, "totalSupply()", ());
    let amount = session.random.word();
    let fits = supply.checked_add(amount).is_some();
    let to = pick(session, holders);
    session.depends(fits, to, token, "mint(address,uint256)", (to, amount));
}

/// What is there, or one too many.
fn amount(session: &mut Session<'_>, available: U256) -> (U256, bool) {
    match available.checked_add(U256::ONE) {
        Some(more) if session.one_in(6) => (more, false),
        _ => (session.part_of(available), true),
    }
}

fn transfer(session: &mut Session<'_>, token: Contract, holders: &[Address]) {
    let (from, to) = (pick(session, holders), pick(session, holders));
    let available = balance(session, token, from);
    let (amount, fits) = amount(session, available);
    session.depends(fits, from, token, "transfer(address,uint256)", (to, amount));
}

fn burn(session: &mut Session<'_>, token: Contract, holders: &[Address]) {
    let from = pick(session, holders);
    let available = balance(session, token, from);
    let (amount, fits) = amount(session, available);
    session.depends(fits, from, token, "burn(uint256)", (amount,));
}

fn approve(session: &mut Session<'_>, token: Contract, holders: &[Address]) {
    let (owner, spender) = (pick(session, holders), pick(session, holders));
    let amount = match session.one_in(3) {
        true => U256::MAX,
        false => session.random.word(),
    };
    session.must(owner, token, "approve(address,uint256)", (spender, amount));
}

/// Moves or burns what belongs to another, as far as it is allowed.
pub(super) fn spend(session: &mut Session<'_>, token: Contract, holders: &[Address], how: &str) {
    let (owner, spender) = (pick(session, holders), pick(session, holders));
    let allowance = session.read(token, "allowance(address,address)", (owner, spender));
    let available = balance(session, token, owner).min(allowance);
    let (amount, fits) = amount(session, available);
    if how == "burnFrom" {
        session.depends(
            fits,
            spender,
            token,
            "burnFrom(address,uint256)",
            (owner, amount),
        );
        return;
    }
    let to = pick(session, holders);
    session.depends(
        fits,
        spender,
        token,
        "transferFrom(address,address,uint256)",
        (owner, to, amount),
    );
}

pub(super) fn permit(session: &mut Session<'_>, token: Contract, signers: &[Signer]) {
    let owner = session.random.pick(signers).clone();
    let separator = session.read(token, "DOMAIN_SEPARATOR()", ());
    let now = U256::from(session.pair.block().1);
    let mut permit = Permit {
        spender: session.user(),
        value: session.random.word(),
        nonce: session.read(token, "nonces(address)", (owner.address,)),
        deadline: now + U256::from(session.below(100)),
    };
    let fault = session.below(12);
    match fault {
        0 => permit.deadline = now - U256::ONE,
        1 => permit.nonce += U256::ONE,
        _ => {}
    }
    let mut signature = owner.permit(B256::from(separator), &permit);
    match fault {
        2 => permit.value ^= U256::ONE,
        3 => signature.v ^= 1,
        4 => signature.r = B256::ZERO,
        5 => signature.v = session.random.next() as u8 % 27,
        _ => {}
    }
    session.depends(
        fault > 5,
        permit.spender,
        token,
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        (
            owner.address,
            permit.spender,
            permit.value,
            permit.deadline,
            U256::from(signature.v),
            signature.r,
            signature.s,
        ),
    );
    session.pair.advance(1, 7);
}
