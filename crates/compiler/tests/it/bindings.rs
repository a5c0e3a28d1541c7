//! Generated bindings.

use zksso_compiler::bindings;

use crate::support::TempProject;

#[test]
fn bindings_carry_documentation_and_named_types() {
    let project = TempProject::with_solc();
    project.contract(
        "Vault",
        r"enum Kind { Fast, Slow }
/// @notice A deposit.
/// @dev Kept for ever.
/// @param owner Who made it.
/// @param kinds Its kinds.
struct Deposit { address owner; Kind[2] kinds; }
/// @title Vault
/// @notice Keeps deposits.
contract Vault {
    type Amount is uint128;
    /// @notice A deposit was made.
    /// @param who By whom.
    event Deposited(address indexed who, Deposit deposit);
    /// @notice Too small.
    error TooSmall(Amount least);
    /// @notice Number of deposits.
    uint256 public count;
    /// @notice Makes a deposit.
    /// @dev Reverts if too small.
    /// @param deposit The [deposit].
    /// @param amount How much.
    /// @return id Its number.
    function put(Deposit calldata deposit, Amount amount) external payable returns (uint256 id) {
        if (Amount.unwrap(amount) == 0) revert TooSmall(amount);
        emit Deposited(msg.sender, deposit);
        id = ++count;
    }
    /// @notice Makes deposits.
    function put(Deposit[] calldata deposits) external { count += deposits.length; }
}",
    );
    let output = project.build().unwrap();
    let files = bindings::generate(&output.artifacts, &["Vault"]).unwrap();
    let module = &files[std::path::Path::new("mod.rs")];
    assert!(
        module.ends_with("mod vault;\n\npub use vault::Vault;\n"),
        "{module}"
    );
    assert_eq!(
        files[std::path::Path::new("vault.rs")],
        include_str!("vault.rs.txt")
    );
}
