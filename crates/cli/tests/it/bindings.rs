//! The committed bindings.

use crate::zksso::run;

#[test]
fn bindings_are_those_of_the_contracts() {
    let checked = run(&["bind", "--check"]);
    assert!(checked.success, "{}", checked.stderr);
}
