//! ERC-721: things with owners, approvals and receiving contracts.

use alloy_primitives::{Address, Bytes, U256};

use super::{
    STEPS,
    session::{Contract, Session},
};
use crate::harness::pair::USERS;

const SAFE: &str = "safeTransferFrom(address,address,uint256,bytes)";

struct Setting {
    things: Contract,
    receiver: Contract,
}

pub(super) fn erc721(session: &mut Session<'_>) {
    let setting = Setting {
        things: session.deploy("Erc721", &[]),
        receiver: session.deploy("Erc721Receiver", &[]),
    };
    for _ in 0..STEPS {
        match session.below(10) {
            0 => setting.mint(session),
            1 => setting.safe_mint(session),
            2 => setting.approve(session),
            3 => setting.approve_all(session),
            4 | 5 => setting.transfer(session),
            6 | 7 => setting.safe_transfer(session),
            8 => setting.burn(session),
            _ => setting.look(session),
        }
        if session.one_in(10) {
            session.spoil();
        }
    }
}

/// Data for the receiver, and whether it accepts.
fn message(session: &mut Session<'_>) -> (Bytes, bool) {
    let mut bytes = session.random.bytes(70);
    let mode = session.below(6) as u8;
    if let Some(first) = bytes.first_mut() {
        *first = mode;
    }
    let accepted = bytes.is_empty() || !(1..=3).contains(&mode);
    (bytes.into(), accepted)
}

impl Setting {
    fn owner(&self, session: &mut Session<'_>, id: U256) -> Option<Address> {
        let owner = session.may(USERS[0], self.things, "ownerOf(uint256)", (id,))?;
        Some(Address::from_slice(&owner[12..32]))
    }

    /// A thing that exists, and its owner.
    fn existing(&self, session: &mut Session<'_>) -> Option<(U256, Address)> {
        let count = session.read(self.things, "totalSupply()", ()).to::<usize>();
        if count == 0 {
            self.mint(session);
            return None;
        }
        let index = U256::from(session.below(count));
        let id = session.read(self.things, "tokenByIndex(uint256)", (index,));
        let owner = self.owner(session, id).expect("it has an owner");
        Some((id, owner))
    }

    /// An account that may move a thing, and whether it really may.
    fn mover(&self, session: &mut Session<'_>, id: U256, owner: Address) -> (Address, bool) {
        // Contracts own things too, but only accounts call.
        if session.one_in(3) && USERS.contains(&owner) {
            return (owner, true);
        }
        let other = session.user();
        let approved = session.read(self.things, "getApproved(uint256)", (id,));
        let all = session.read(
            self.things,
            "isApprovedForAll(address,address)",
            (owner, other),
        );
        let may = other == owner || approved == U256::from_be_slice(&other[..]) || !all.is_zero();
        (other, may)
    }

    fn mint(&self, session: &mut Session<'_>) {
        let id = match session.one_in(3) {
            true => U256::from(session.below(20)),
            false => session.random.word(),
        };
        let free = self.owner(session, id).is_none();
        let (from, to) = (session.user(), session.user());
        session.depends(free, from, self.things, "mint(address,uint256)", (to, id));
    }

    fn safe_mint(&self, session: &mut Session<'_>) {
        let id = session.random.word();
        let free = self.owner(session, id).is_none();
        let (message, accepted) = message(session);
        let from = session.user();
        session.depends(
            free && accepted,
            from,
            self.things,
            "safeMint(address,uint256,bytes)",
            (self.receiver.address, id, message),
        );
    }

    fn approve(&self, session: &mut Session<'_>) {
        let Some((id, owner)) = self.existing(session) else {
            return;
        };
        let other = session.user();
        let all = session.read(
            self.things,
            "isApprovedForAll(address,address)",
            (owner, other),
        );
        let may = other == owner || !all.is_zero();
        let to = session.user();
        session.depends(
            may,
            other,
            self.things,
            "approve(address,uint256)",
            (to, id),
        );
    }

    fn approve_all(&self, session: &mut Session<'_>) {
        let (from, to, on) = (session.user(), session.user(), session.one_in(2));
        session.must(
            from,
            self.things,
            "setApprovalForAll(address,bool)",
            (to, on),
        );
    }

    fn transfer(&self, session: &mut Session<'_>) {
        let Some((id, owner)) = self.existing(session) else {
            return;
        };
        let (mover, may) = self.mover(session, id, owner);
        let from = match session.one_in(8) {
            true => session.user(),
            false => owner,
        };
        let to = match session.one_in(8) {
            true => Address::ZERO,
            false => session.user(),
        };
        session.depends(
            may && from == owner && !to.is_zero(),
            mover,
            self.things,
            "transferFrom(address,address,uint256)",
            (from, to, id),
        );
    }

    fn safe_transfer(&self, session: &mut Session<'_>) {
        let Some((id, owner)) = self.existing(session) else {
            return;
        };
        let (mover, may) = self.mover(session, id, owner);
        let (message, accepted) = message(session);
        match session.below(4) {
            // Without data the receiver accepts; a contract that is no receiver does not; accounts are not asked.
            0 => session.depends(
                may,
                mover,
                self.things,
                "safeTransferFrom(address,address,uint256)",
                (owner, self.receiver.address, id),
            ),
            1 => session.fails(
                mover,
                self.things,
                SAFE,
                (owner, self.things.address, id, message),
            ),
            2 => {
                let to = session.user();
                session.depends(may, mover, self.things, SAFE, (owner, to, id, message));
            }
            _ => session.depends(
                may && accepted,
                mover,
                self.things,
                SAFE,
                (owner, self.receiver.address, id, message),
            ),
        }
    }

    fn burn(&self, session: &mut Session<'_>) {
        let Some((id, owner)) = self.existing(session) else {
            return;
        };
        let (mover, may) = self.mover(session, id, owner);
        session.depends(may, mover, self.things, "burn(uint256)", (id,));
    }

    fn look(&self, session: &mut Session<'_>) {
        let Some((id, owner)) = self.existing(session) else {
            return;
        };
        session.must(USERS[0], self.things, "tokenURI(uint256)", (id,));
        let count = session.read(self.things, "balanceOf(address)", (owner,));
        let index = session.part_of(count);
        session.depends(
            index < count,
            USERS[0],
            self.things,
            "tokenOfOwnerByIndex(address,uint256)",
            (owner, index),
        );
        let data = Bytes::from(vec![0; 3]);
        session.must(
            USERS[0],
            self.receiver,
            "onERC721Received(address,address,uint256,bytes)",
            (owner, owner, id, data),
        );
        session.look();
    }
}
