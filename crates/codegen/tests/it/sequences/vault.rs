//! ERC-4626: a vault, its token, gifts that change the rate.

use alloy_primitives::{Address, U256};

use super::{
    STEPS,
    session::{Contract, Session},
};

/// What the token has at most, so that nothing overflows by accident.
const LIMIT: U256 = U256::from_limbs([0, 1 << 36, 0, 0]);

struct Setting {
    asset: Contract,
    vault: Contract,
}

pub(super) fn erc4626(session: &mut Session<'_>) {
    let asset = session.deploy("Asset", &[]);
    let vault = session.deploy("Erc4626", &[asset.address]);
    let setting = Setting { asset, vault };
    for _ in 0..STEPS {
        let step = session.below(10);
        match step {
            0 => setting.earn(session),
            1 => setting.approve(session),
            2 => setting.give(session),
            3 => setting.deposit(session),
            4 => setting.mint(session),
            5 | 6 => setting.leave(session, "withdraw", "maxWithdraw(address)"),
            7 | 8 => setting.leave(session, "redeem", "maxRedeem(address)"),
            _ => setting.look(session),
        }
        // A spoiled amount to mint could be one with which everything overflows.
        if step > 0 && session.one_in(10) {
            session.spoil();
        }
    }
}

impl Setting {
    fn assets(&self, session: &mut Session<'_>, of: Address) -> U256 {
        session.read(self.asset, "balanceOf(address)", (of,))
    }

    fn earn(&self, session: &mut Session<'_>) {
        let (to, amount) = (session.user(), session.random.word() % LIMIT);
        let supply = session.read(self.asset, "totalSupply()", ());
        let fits = supply.checked_add(amount).is_some();
        session.depends(fits, to, self.asset, "mint(address,uint256)", (to, amount));
    }

    fn approve(&self, session: &mut Session<'_>) {
        let from = session.user();
        let amount = match session.one_in(3) {
            true => session.random.word(),
            false => U256::MAX,
        };
        let spender = self.vault.address;
        session.must(
            from,
            self.asset,
            "approve(address,uint256)",
            (spender, amount),
        );
        let spender = session.user();
        session.must(
            from,
            self.vault,
            "approve(address,uint256)",
            (spender, amount),
        );
    }

    /// Transfers to the vault without a deposit, or between holders.
    fn give(&self, session: &mut Session<'_>) {
        let from = session.user();
        let available = self.assets(session, from);
        let amount = session.part_of(available) >> 3;
        let to = self.vault.address;
        session.must(from, self.asset, "transfer(address,uint256)", (to, amount));
        let shares = session.read(self.vault, "balanceOf(address)", (from,));
        let (to, amount) = (session.user(), session.part_of(shares));
        session.must(from, self.vault, "transfer(address,uint256)", (to, amount));
    }

    /// What an account can pay the vault.
    fn payable(&self, session: &mut Session<'_>, from: Address) -> U256 {
        let allowance = session.read(
            self.asset,
            "allowance(address,address)",
            (from, self.vault.address),
        );
        self.assets(session, from).min(allowance)
    }

    fn deposit(&self, session: &mut Session<'_>) {
        let from = session.user();
        let payable = self.payable(session, from);
        let excess = session.one_in(6);
        let amount = match excess {
            true => payable.saturating_add(U256::ONE),
            false => session.part_of(payable),
        };
        let to = session.user();
        session.depends(
            !excess,
            from,
            self.vault,
            "deposit(uint256,address)",
            (amount, to),
        );
    }

    fn mint(&self, session: &mut Session<'_>) {
        let from = session.user();
        let payable = self.payable(session, from);
        let shares = session.read(self.vault, "previewDeposit(uint256)", (payable,));
        let shares = session.part_of(shares);
        let to = session.user();
        session.must(from, self.vault, "mint(uint256,address)", (shares, to));
    }

    /// Withdraws or redeems for an owner, who may have allowed it to another.
    fn leave(&self, session: &mut Session<'_>, how: &str, limit: &str) {
        let owner = session.user();
        let most = session.read(self.vault, limit, (owner,));
        let excess = session.one_in(6);
        let amount = match excess {
            true => most.saturating_add(U256::ONE),
            false => session.part_of(most),
        };
        let (from, to) = (session.user(), session.user());
        let signature = format!("{how}(uint256,address,address)");
        let arguments = (amount, to, owner);
        if excess {
            session.fails(from, self.vault, &signature, arguments);
        } else if from == owner {
            session.must(from, self.vault, &signature, arguments);
        } else {
            session.may(from, self.vault, &signature, arguments);
        }
    }

    fn look(&self, session: &mut Session<'_>) {
        let amount = session.random.word() % LIMIT;
        let user = session.user();
        for view in [
            "previewDeposit",
            "previewMint",
            "previewWithdraw",
            "previewRedeem",
            "convertToShares",
            "convertToAssets",
        ] {
            session.must(user, self.vault, &format!("{view}(uint256)"), (amount,));
        }
        self.spend(session);
        session.look();
    }

    /// Moves shares and assets of another, as far as it is allowed.
    fn spend(&self, session: &mut Session<'_>) {
        let (owner, spender) = (session.user(), session.user());
        for token in [self.asset, self.vault] {
            let allowance = session.read(token, "allowance(address,address)", (owner, spender));
            let available = session.read(token, "balanceOf(address)", (owner,));
            let amount = session.part_of(available.min(allowance));
            session.must(
                spender,
                token,
                "transferFrom(address,address,uint256)",
                (owner, spender, amount),
            );
        }
    }
}
