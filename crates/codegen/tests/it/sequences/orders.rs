//! Orders signed as EIP-712 has it.

use alloy_primitives::{Address, B256, Bytes, U256};

use super::{STEPS, session::Session};
use crate::libraries::keys::Signer;

type Order = (Address, Vec<(Address, U256)>, String, u64, U256);

const FILL: &str = "fill((address,(address,uint256)[],string,uint64,uint256),bytes)";
const HASH: &str = "hashOf((address,(address,uint256)[],string,uint64,uint256))";

pub(super) fn typed_data(session: &mut Session<'_>) {
    let market = session.deploy("TypedData", &[]);
    let mut filled: Option<(Order, Bytes)> = None;
    for _ in 0..STEPS {
        let (maker, taker) = (Signer::new(session.random.next()), session.user());
        let count = session.below(6);
        let items = (0..count)
            .map(|_| (session.user(), session.random.word()))
            .collect();
        let note = String::from_utf8_lossy(&session.random.bytes(80)).into_owned();
        let now = session.pair.block().1;
        let late = session.one_in(6);
        let expiry = now + session.below(50) as u64 - u64::from(late) * 50;
        let order: Order = (maker.address, items, note, expiry, session.random.word());
        let hash = session.must(taker, market, HASH, (order.clone(),));
        let signature = maker.sign(B256::from_slice(&hash));
        let signature = Bytes::from(signature.bytes());
        match session.below(6) {
            0 => {
                let other = Signer::new(4).sign(B256::from_slice(&hash)).bytes();
                session.fails(taker, market, FILL, (order, Bytes::from(other)));
            }
            1 => {
                if let Some(again) = filled.clone() {
                    session.fails(taker, market, FILL, again);
                }
            }
            _ => {
                let arguments = (order, signature);
                session.depends(!late, taker, market, FILL, arguments.clone());
                if !late {
                    filled = Some(arguments);
                }
            }
        }
        session.pair.advance(1, 3);
        session.look();
        if session.one_in(5) {
            session.spoil();
        }
    }
}
