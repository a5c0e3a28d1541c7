//! Tokens and a vault.

use alloy_primitives::{Address, B256, Bytes, U256};

use crate::{
    costs::stage::{Contract, Stage},
    harness::pair::USERS,
    libraries::{
        coding::data,
        keys::{Permit, Signer},
    },
};

const ALICE: Address = USERS[0];
const BOB: Address = USERS[1];
const CAROL: Address = USERS[2];

fn amount(value: u64) -> U256 {
    U256::from(value)
}

pub(super) fn erc20(stage: &mut Stage) {
    let token = stage.deploy("Erc20", &[]);
    fungible(stage, &token);
    stage.call(&token, "burn", data("burn(uint256)", (amount(5),)));
    stage.call(
        &token.by(CAROL),
        "burnFrom",
        data("burnFrom(address,uint256)", (BOB, amount(5))),
    );
}

pub(super) fn solady_erc20(stage: &mut Stage) {
    let token = stage.deploy("SoladyErc20", &[]);
    fungible(stage, &token);
    stage.call(&token, "burn", data("burn(uint256)", (amount(5),)));
}

/// What every ERC-20 token with permits offers. Leaves Carol an allowance of Bob's.
fn fungible(stage: &mut Stage, token: &Contract) {
    let mint = |to: Address| data("mint(address,uint256)", (to, amount(1_000)));
    stage.call(token, "mint, first", mint(ALICE));
    stage.call(token, "mint, again", mint(ALICE));
    let transfer = |to: Address| data("transfer(address,uint256)", (to, amount(100)));
    stage.call(token, "transfer to a new holder", transfer(BOB));
    stage.call(token, "transfer to a holder", transfer(BOB));
    let approve = data("approve(address,uint256)", (CAROL, amount(500)));
    stage.call(&token.by(BOB), "approve", approve);
    let from = data(
        "transferFrom(address,address,uint256)",
        (BOB, ALICE, amount(50)),
    );
    stage.call(&token.by(CAROL), "transferFrom", from);
    stage.call(token, "balanceOf", data("balanceOf(address)", (ALICE,)));
    stage.call(
        token,
        "allowance",
        data("allowance(address,address)", (BOB, CAROL)),
    );
    stage.call(token, "totalSupply", data("totalSupply()", ()));
    stage.call(token, "name", data("name()", ()));
    permit(stage, token);
}

fn permit(stage: &mut Stage, token: &Contract) {
    let separator = stage.call(token, "DOMAIN_SEPARATOR", data("DOMAIN_SEPARATOR()", ()));
    let owner = Signer::new(1);
    let permit = Permit {
        spender: CAROL,
        value: amount(70),
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let signature = owner.permit(B256::from_slice(&separator), &permit);
    let parts = (
        owner.address,
        permit.spender,
        permit.value,
        permit.deadline,
        U256::from(signature.v),
        signature.r,
        signature.s,
    );
    let signature = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)";
    stage.call(token, "permit", data(signature, parts));
}

pub(super) fn erc721(stage: &mut Stage) {
    let things = stage.deploy("Erc721", &[]);
    let receiver = stage.deploy("Erc721Receiver", &[]);
    let mint = |to: Address, id: u64| data("mint(address,uint256)", (to, amount(id)));
    stage.call(&things, "mint, first", mint(ALICE, 1));
    stage.call(&things, "mint, again", mint(ALICE, 2));
    stage.prepare(&things, mint(ALICE, 3));
    let approve = data("approve(address,uint256)", (BOB, amount(1)));
    stage.call(&things, "approve", approve);
    let everything = data("setApprovalForAll(address,bool)", (CAROL, true));
    stage.call(&things, "setApprovalForAll", everything);
    let transfer = |to: Address, id: u64| {
        data(
            "transferFrom(address,address,uint256)",
            (ALICE, to, amount(id)),
        )
    };
    stage.call(&things.by(BOB), "transferFrom", transfer(BOB, 1));
    let safe = data(
        "safeTransferFrom(address,address,uint256,bytes)",
        (ALICE, receiver.address, amount(2), Bytes::from(vec![9; 50])),
    );
    stage.call(&things.by(CAROL), "safeTransferFrom", safe);
    stage.call(&things, "burn", data("burn(uint256)", (amount(3),)));
    stage.call(&things, "ownerOf", data("ownerOf(uint256)", (amount(1),)));
    let at = data("tokenOfOwnerByIndex(address,uint256)", (BOB, U256::ZERO));
    stage.call(&things, "tokenOfOwnerByIndex", at);
    let uri = data("tokenURI(uint256)", (amount(1),));
    stage.call(&things, "tokenURI", uri);
    let interface = data(
        "supportsInterface(bytes4)",
        (B256::right_padding_from(&[0x80, 0xac, 0x58, 0xcd]),),
    );
    stage.call(&things, "supportsInterface", interface);
}

pub(super) fn erc1155(stage: &mut Stage) {
    let tokens = stage.deploy("Erc1155", &[]);
    let receiver = stage.deploy("Erc1155Receiver", &[]);
    let none = Bytes::new();
    let mint = data(
        "mint(address,uint256,uint256,bytes)",
        (ALICE, amount(1), amount(100), none.clone()),
    );
    stage.call(&tokens, "mint", mint);
    let ids: Vec<U256> = (1..=10).map(amount).collect();
    let amounts: Vec<U256> = (101..=110).map(amount).collect();
    let some: Vec<U256> = (1..=10).map(amount).collect();
    let mint = data(
        "mintBatch(address,uint256[],uint256[],bytes)",
        (ALICE, ids.clone(), amounts, none.clone()),
    );
    stage.call(&tokens, "mintBatch of 10", mint);
    let one = data(
        "safeTransferFrom(address,address,uint256,uint256,bytes)",
        (ALICE, BOB, amount(1), amount(7), none.clone()),
    );
    stage.call(&tokens, "safeTransferFrom", one);
    let batch = |to: Address| {
        data(
            "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
            (ALICE, to, ids.clone(), some.clone(), none.clone()),
        )
    };
    stage.call(&tokens, "safeBatchTransferFrom of 10", batch(BOB));
    stage.call(
        &tokens,
        "safeBatchTransferFrom of 10 to a contract",
        batch(receiver.address),
    );
    let owners: Vec<Address> = (0..10).map(|n| USERS[n % 3]).collect();
    let balances = data("balanceOfBatch(address[],uint256[])", (owners, ids.clone()));
    stage.call(&tokens, "balanceOfBatch of 10", balances);
    let burn = data("burnBatch(uint256[],uint256[])", (ids, some));
    stage.call(&tokens, "burnBatch of 10", burn);
    stage.call(&tokens, "uri", data("uri(uint256)", (amount(1),)));
}

pub(super) fn erc4626(stage: &mut Stage) {
    let asset = stage.deploy("Asset", &[]);
    let mut argument = vec![0; 12];
    argument.extend(asset.address);
    let vault = stage.deploy("Erc4626", &argument);
    let million = amount(1_000_000);
    stage.prepare(&asset, data("mint(address,uint256)", (ALICE, million)));
    stage.prepare(
        &asset,
        data("approve(address,uint256)", (vault.address, U256::MAX)),
    );
    let deposit = |assets: u64| data("deposit(uint256,address)", (amount(assets), ALICE));
    stage.call(&vault, "deposit, first", deposit(5_000));
    stage.call(&vault, "deposit, again", deposit(5_000));
    let gift = data("transfer(address,uint256)", (vault.address, amount(777)));
    stage.prepare(&asset, gift);
    let mint = data("mint(uint256,address)", (amount(30_000), BOB));
    stage.call(&vault, "mint", mint);
    let withdraw = data(
        "withdraw(uint256,address,address)",
        (amount(1_000), CAROL, ALICE),
    );
    stage.call(&vault, "withdraw", withdraw);
    let redeem = data(
        "redeem(uint256,address,address)",
        (amount(10_000), BOB, BOB),
    );
    stage.call(&vault.by(BOB), "redeem", redeem);
    let preview = data("previewRedeem(uint256)", (amount(12_345),));
    stage.call(&vault, "previewRedeem", preview);
    stage.call(
        &vault,
        "maxWithdraw",
        data("maxWithdraw(address)", (ALICE,)),
    );
}
