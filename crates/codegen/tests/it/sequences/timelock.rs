//! What the timelock of a governor does for itself: operations, roles, tokens it is sent.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};

use super::{
    governance::{GRANT, Setting},
    session::Session,
};
use crate::{harness::pair::USERS, libraries::coding::data};

impl Setting {
    /// Operations of the timelock's own, one call or several: scheduled, then cancelled or carried out.
    pub(super) fn schedule(&self, session: &mut Session<'_>) {
        let (user, zero) = (session.user(), U256::ZERO);
        let delay = session.read(self.timelock, "getMinDelay()", ());
        let salt = keccak256(session.random.next().to_be_bytes());
        let call = Bytes::from(data("mint(address,uint256)", (user, U256::from(3))));
        let single = session.one_in(2);
        let one = || (self.token.address, zero, call.clone(), B256::ZERO, salt);
        let two = || {
            let targets = vec![self.token.address; 2];
            let calls = vec![call.clone(); 2];
            (targets, vec![zero; 2], calls, B256::ZERO, salt)
        };
        let (to, value, call, before, salt) = one();
        let (targets, values, calls, ..) = two();
        let id = if single {
            let schedule = "schedule(address,uint256,bytes,bytes32,bytes32,uint256)";
            let arguments = (to, value, call, before, salt, delay);
            session.must(USERS[0], self.timelock, schedule, arguments);
            let hash = "hashOperation(address,uint256,bytes,bytes32,bytes32)";
            session.must(user, self.timelock, hash, one())
        } else {
            let schedule = "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)";
            let arguments = (targets, values, calls, before, salt, delay);
            session.must(USERS[0], self.timelock, schedule, arguments);
            let hash = "hashOperationBatch(address[],uint256[],bytes[],bytes32,bytes32)";
            session.must(user, self.timelock, hash, two())
        };
        let cancelled = session.one_in(3);
        if cancelled {
            let id = B256::from_slice(&id);
            session.must(USERS[0], self.timelock, "cancel(bytes32)", (id,));
        }
        let late = session.one_in(2);
        session.pair.advance(1, delay.to::<u64>() * u64::from(late));
        let ready = !cancelled && (late || delay.is_zero());
        if single {
            let execute = "execute(address,uint256,bytes,bytes32,bytes32)";
            session.depends(ready, user, self.timelock, execute, one());
        } else {
            let execute = "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)";
            session.depends(ready, user, self.timelock, execute, two());
        }
    }

    pub(super) fn change_roles(&self, session: &mut Session<'_>) {
        let (from, to) = (session.user(), session.user());
        let role = keccak256([session.below(3) as u8]);
        let admin = from == USERS[0];
        let (timelock, revoke) = (self.timelock, "revokeRole(bytes32,address)");
        session.depends(admin, from, timelock, GRANT, (role, to));
        session.depends(admin, from, timelock, revoke, (role, to));
        let renounce = "renounceRole(bytes32,address)";
        session.depends(from == to, from, timelock, renounce, (role, to));
        self.receive(session, from);
    }

    /// The timelock takes whatever it is sent.
    fn receive(&self, session: &mut Session<'_>, from: Address) {
        let (number, none) = (session.random.word(), Bytes::new());
        session.must(
            from,
            self.timelock,
            "onERC721Received(address,address,uint256,bytes)",
            (from, from, number, none.clone()),
        );
        session.must(
            from,
            self.timelock,
            "onERC1155Received(address,address,uint256,uint256,bytes)",
            (from, from, number, number, none.clone()),
        );
        session.must(
            from,
            self.timelock,
            "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
            (from, from, vec![number], vec![number], none),
        );
    }
}
