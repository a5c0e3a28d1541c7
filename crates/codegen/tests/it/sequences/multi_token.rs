//! ERC-1155: balances of many ids, alone and in batches, with receiving contracts.

use alloy_primitives::{Address, Bytes, U256};

use super::{
    STEPS,
    session::{Contract, Session},
};
use crate::harness::pair::USERS;

const ONE: &str = "safeTransferFrom(address,address,uint256,uint256,bytes)";
const BATCH: &str = "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)";

/// Ids are below.
const IDS: usize = 6;

struct Setting {
    tokens: Contract,
    receiver: Contract,
}

pub(super) fn erc1155(session: &mut Session<'_>) {
    let setting = Setting {
        tokens: session.deploy("Erc1155", &[]),
        receiver: session.deploy("Erc1155Receiver", &[]),
    };
    for _ in 0..STEPS {
        match session.below(8) {
            0 => setting.mint(session),
            1 => setting.mint_batch(session),
            2 => setting.transfer(session),
            3 | 4 => setting.transfer_batch(session),
            5 => setting.approve(session),
            6 => setting.burn(session),
            _ => setting.look(session),
        }
        if session.one_in(10) {
            session.spoil();
        }
    }
}

impl Setting {
    /// Where to, with which data, and whether the place accepts it.
    fn target(&self, session: &mut Session<'_>) -> (Address, Bytes, bool) {
        let mut bytes = session.random.bytes(70);
        let mode = session.below(6) as u8;
        if let Some(first) = bytes.first_mut() {
            *first = mode;
        }
        let accepted = bytes.is_empty() || !(1..=3).contains(&mode);
        match session.below(8) {
            0 => (Address::ZERO, bytes.into(), false),
            1 => (self.tokens.address, bytes.into(), false),
            2..=4 => (self.receiver.address, bytes.into(), accepted),
            _ => (session.user(), bytes.into(), true),
        }
    }

    fn balance(&self, session: &mut Session<'_>, owner: Address, id: U256) -> U256 {
        session.read(self.tokens, "balanceOf(address,uint256)", (owner, id))
    }

    fn id(session: &mut Session<'_>) -> U256 {
        U256::from(session.below(IDS))
    }

    /// Distinct ids and an amount of each.
    fn several(
        session: &mut Session<'_>,
        mut of: impl FnMut(&mut Session<'_>, U256) -> U256,
    ) -> (Vec<U256>, Vec<U256>) {
        let first = session.below(IDS);
        let count = session.below(IDS);
        let ids = (0..count).map(|n| U256::from((first + n) % IDS));
        ids.map(|id| (id, of(session, id))).unzip()
    }

    fn mint(&self, session: &mut Session<'_>) {
        let (from, id) = (session.user(), Self::id(session));
        let (to, data, accepted) = self.target(session);
        let amount = U256::from(session.below(1_000));
        session.depends(
            accepted,
            from,
            self.tokens,
            "mint(address,uint256,uint256,bytes)",
            (to, id, amount, data),
        );
    }

    fn mint_batch(&self, session: &mut Session<'_>) {
        let from = session.user();
        let (to, data, accepted) = self.target(session);
        let (ids, mut amounts) =
            Self::several(session, |session, _| U256::from(session.below(1_000)));
        let unequal = session.one_in(8);
        if unequal {
            amounts.push(U256::ONE);
        }
        session.depends(
            accepted && !unequal,
            from,
            self.tokens,
            "mintBatch(address,uint256[],uint256[],bytes)",
            (to, ids, amounts, data),
        );
    }

    /// An owner, who moves their tokens, and whether they may.
    fn mover(&self, session: &mut Session<'_>) -> (Address, Address, bool) {
        let owner = session.user();
        if session.one_in(2) {
            return (owner, owner, true);
        }
        let mover = session.user();
        let approved = session.read(
            self.tokens,
            "isApprovedForAll(address,address)",
            (owner, mover),
        );
        (owner, mover, owner == mover || !approved.is_zero())
    }

    fn transfer(&self, session: &mut Session<'_>) {
        let (owner, mover, may) = self.mover(session);
        let id = Self::id(session);
        let available = self.balance(session, owner, id);
        let excess = U256::from(session.one_in(6));
        let amount = match excess.is_zero() {
            true => session.part_of(available),
            false => available + excess,
        };
        let (to, data, accepted) = self.target(session);
        session.depends(
            may && accepted && excess.is_zero(),
            mover,
            self.tokens,
            ONE,
            (owner, to, id, amount, data),
        );
    }

    fn transfer_batch(&self, session: &mut Session<'_>) {
        let (owner, mover, may) = self.mover(session);
        let (ids, mut amounts) = Self::several(session, |session, id| {
            let available = self.balance(session, owner, id);
            session.part_of(available)
        });
        let unequal = session.one_in(10);
        if unequal {
            amounts.push(U256::ZERO);
        }
        let (to, data, accepted) = self.target(session);
        session.depends(
            may && accepted && !unequal,
            mover,
            self.tokens,
            BATCH,
            (owner, to, ids, amounts, data),
        );
    }

    fn approve(&self, session: &mut Session<'_>) {
        let (from, to, on) = (session.user(), session.user(), session.one_in(2));
        session.must(
            from,
            self.tokens,
            "setApprovalForAll(address,bool)",
            (to, on),
        );
    }

    fn burn(&self, session: &mut Session<'_>) {
        let owner = session.user();
        if session.one_in(2) {
            let id = Self::id(session);
            let available = self.balance(session, owner, id);
            let amount = session.part_of(available);
            session.must(owner, self.tokens, "burn(uint256,uint256)", (id, amount));
            return;
        }
        let (ids, mut amounts) = Self::several(session, |session, id| {
            let available = self.balance(session, owner, id);
            session.part_of(available)
        });
        let excessive = session.one_in(6) && !amounts.is_empty();
        if excessive {
            amounts[0] = U256::MAX;
        }
        session.depends(
            !excessive,
            owner,
            self.tokens,
            "burnBatch(uint256[],uint256[])",
            (ids, amounts),
        );
    }

    fn look(&self, session: &mut Session<'_>) {
        let count = session.below(8);
        let owners: Vec<Address> = (0..count).map(|_| session.user()).collect();
        let mut ids: Vec<U256> = (0..count).map(|_| Self::id(session)).collect();
        let unequal = session.one_in(6);
        if unequal {
            ids.push(U256::ZERO);
        }
        session.depends(
            !unequal,
            USERS[0],
            self.tokens,
            "balanceOfBatch(address[],uint256[])",
            (owners, ids),
        );
        self.receive(session);
        session.look();
    }

    fn receive(&self, session: &mut Session<'_>) {
        let (user, data) = (session.user(), Bytes::from(vec![9; 40]));
        let (ids, amounts) = Self::several(session, |session, _| session.random.word());
        session.must(
            user,
            self.receiver,
            "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
            (user, user, ids, amounts, data.clone()),
        );
        session.must(
            user,
            self.receiver,
            "onERC1155Received(address,address,uint256,uint256,bytes)",
            (user, user, U256::MAX, U256::ZERO, data),
        );
    }
}
