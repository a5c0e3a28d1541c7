//! What is called, contract by contract.

mod cryptography;
mod governance;
mod loops;
mod numbers;
mod structures;
mod text;
mod tokens;

use super::{Subject, figures::Figures, stage::Stage};
use crate::harness::solc::Ir;

/// Calls of the contracts of a file.
type Script = fn(&mut Stage);

const SCRIPTS: [(&str, Script); 20] = [
    ("Governance.sol", governance::government),
    ("Erc721.sol", tokens::erc721),
    ("Erc1155.sol", tokens::erc1155),
    ("Erc20.sol", tokens::erc20),
    ("Erc4626.sol", tokens::erc4626),
    ("SoladyErc20.sol", tokens::solady_erc20),
    ("Sets.sol", structures::sets),
    ("Trace.sol", structures::trace),
    ("SoladySort.sol", structures::sort),
    ("Text.sol", text::strings),
    ("Base64s.sol", text::base64),
    ("SoladyBytes.sol", text::solady_bytes),
    ("SoladyString.sol", text::solady_string),
    ("SoladyJson.sol", text::json),
    ("Merkle.sol", cryptography::merkle),
    ("Signatures.sol", cryptography::signatures),
    ("TypedData.sol", cryptography::typed_data),
    ("Maths.sol", numbers::maths),
    ("SoladyMath.sol", numbers::solady_math),
    ("Loops.sol", loops::loops),
];

pub(super) fn subjects() -> Vec<Subject> {
    let subject = |(file, script): (&'static str, Script)| -> Subject {
        Box::new(move |ir: Ir| -> Figures {
            let mut stage = Stage::new(file, ir);
            script(&mut stage);
            stage.figures
        })
    };
    SCRIPTS.into_iter().map(subject).collect()
}
