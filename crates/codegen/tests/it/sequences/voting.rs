//! Votes on proposals, sent by the voter or signed.

use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_sol_types::SolValue;

use super::{
    governance::{ACTIVE, Setting},
    session::Session,
};
use crate::{harness::evm::CHAIN_ID, libraries::keys::typed_data_hash};

impl Setting {
    /// Mostly in favour.
    fn support(session: &mut Session<'_>) -> u64 {
        *session.random.pick(&[1, 1, 1, 0, 2, 3])
    }

    pub(super) fn vote(&self, session: &mut Session<'_>) {
        let Some((proposal, state)) = self.proposal(session) else {
            return;
        };
        let (voter, support) = (session.user(), Self::support(session));
        let voted = session.read(
            self.government,
            "hasVoted(uint256,address)",
            (proposal.id, voter),
        );
        let may = state == ACTIVE && voted.is_zero() && support < 3;
        let id = proposal.id;
        match session.below(3) {
            0 => session.depends(
                may,
                voter,
                self.government,
                "castVote(uint256,uint8)",
                (id, support),
            ),
            1 => session.depends(
                may,
                voter,
                self.government,
                "castVoteWithReason(uint256,uint8,string)",
                (id, support, "Because.".repeat(support as usize)),
            ),
            _ => session.depends(
                may,
                voter,
                self.government,
                "castVoteWithReasonAndParams(uint256,uint8,string,bytes)",
                (id, support, "Because.".to_owned(), Bytes::new()),
            ),
        }
        session.must(voter, self.government, "proposalVotes(uint256)", (id,));
    }

    pub(super) fn vote_by_signature(&self, session: &mut Session<'_>) {
        let Some((proposal, state)) = self.proposal(session) else {
            return;
        };
        let (id, support) = (proposal.id, U256::ONE);
        let signer = session.random.pick(&self.signers).clone();
        let voter = signer.address;
        let voted = session.read(self.government, "hasVoted(uint256,address)", (id, voter));
        let nonce = session.read(self.government, "nonces(address)", (voter,));
        let sign = |ballot: Vec<u8>| {
            let hash = typed_data_hash(self.separator(), keccak256(ballot));
            Bytes::from(signer.sign(hash).bytes())
        };
        let may = state == ACTIVE && voted.is_zero();
        let user = session.user();
        if session.one_in(2) {
            let kind =
                keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
            let signature = sign((kind, id, support, voter, nonce).abi_encode());
            session.depends(
                may,
                user,
                self.government,
                "castVoteBySig(uint256,uint8,address,bytes)",
                (id, support, voter, signature),
            );
            return;
        }
        let kind = keccak256(
            "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)",
        );
        let (reason, none) = ("A reason.".to_owned(), Bytes::new());
        let hashes = (keccak256(&reason), keccak256(&none));
        let signature = sign((kind, id, support, voter, nonce, hashes.0, hashes.1).abi_encode());
        session.depends(
            may,
            user,
            self.government,
            "castVoteWithReasonAndParamsBySig(uint256,uint8,address,string,bytes,bytes)",
            (id, support, voter, reason, none, signature),
        );
    }

    fn separator(&self) -> B256 {
        let kind = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
        );
        let fields = (
            kind,
            keccak256("Test government"),
            keccak256("1"),
            U256::from(CHAIN_ID),
            self.government.address,
        );
        keccak256(fields.abi_encode())
    }
}
