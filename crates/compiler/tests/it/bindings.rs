//! Generated bindings.

use zksso_compiler::{Project, bindings};

use crate::support::{TempProject, repository};

#[test]
fn bindings_carry_documentation_and_named_types() {
    let project = TempProject::with_solc();
    project.contract(
        "Vault",
        r#"enum Kind { Fast, Slow }
/// @notice A deposit.
/// @dev Kept for ever.
/// @param owner Who made it.
/// @param kinds Its kinds.
struct Deposit { address owner; Kind[2] kinds; }
interface IVault {
    /// @notice Tells a name.
    /// @param index Of which.
    function name(uint256 index) external pure returns (string memory text);
}
/// @title Vault
/// @notice Keeps deposits.
contract Vault is IVault {
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
    /// @inheritdoc IVault
    function name(uint256) external pure returns (string memory) { return ""; }
}"#,
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

#[test]
fn bindings_of_the_suite_are_up_to_date() {
    let contracts = [
        "AAFactory",
        "AccountProxy",
        "DeadManSwitch",
        "ERC7579Account",
        "GuardianRecovery",
        "P256Verifier",
        "RegistryHook",
        "SessionKeyValidator",
        "SpendingLimitHook",
        "SponsorPaymaster",
        "WebAuthValidator",
        "WebAuthnVerifier",
    ];
    let output = Project::open(repository()).unwrap().build(&()).unwrap();
    for (file, text) in bindings::generate(&output.artifacts, &contracts).unwrap() {
        let path = repository()
            .join("crates/bindings/src/generated")
            .join(&file);
        let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            checked_in == text,
            "{} is stale: run `zksso bind` and commit the result",
            path.display()
        );
    }
}
