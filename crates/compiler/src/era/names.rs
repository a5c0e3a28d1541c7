//! From the names of Yul objects to contracts.
//!
//! solc calls the object of a contract `Name_id` after its AST id. A nested object of a factory says which contract it
//! creates in this form only, and neither the name alone nor the id alone identifies a contract across builds.

use std::collections::BTreeMap;

use super::solc_output::{AstNode, SolcOutput};

/// Maps names of Yul objects to fully qualified names.
#[derive(Debug, Default)]
pub(crate) struct ObjectNames {
    by_object: BTreeMap<String, String>,
}

impl ObjectNames {
    /// Learns the contracts for which an output holds Yul or a syntax tree.
    pub(crate) fn learn(&mut self, output: &SolcOutput) {
        for (file, contracts) in &output.contracts {
            for (name, contract) in contracts {
                if let Some(object) = object_name(contract.yul()) {
                    self.by_object
                        .insert(object.to_owned(), format!("{file}:{name}"));
                }
            }
        }
        for (file, source) in &output.sources {
            self.learn_ids(file, &source.ast);
        }
    }

    fn learn_ids(&mut self, file: &str, unit: &AstNode) {
        for node in unit
            .nodes
            .iter()
            .filter(|node| node.node_type == "ContractDefinition")
        {
            self.by_object.insert(
                format!("{}_{}", node.name, node.id),
                format!("{file}:{}", node.name),
            );
        }
    }

    /// Returns the contract of an object, or `None` if its id is not known.
    pub(crate) fn get(&self, object: &str) -> Option<&str> {
        self.by_object.get(object).map(String::as_str)
    }
}

/// Returns the name of the outermost object of Yul text.
pub(crate) fn object_name(yul: &str) -> Option<&str> {
    let mut lines = yul.lines().map(str::trim_start);
    lines
        .find_map(|line| line.strip_prefix("object \""))?
        .split('"')
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outermost_object_is_found_behind_comments() {
        assert_eq!(
            object_name("/// @use-src 0:\"A.sol\"\nobject \"A_3\" {\n object \"A_3_deployed\" {}"),
            Some("A_3")
        );
        assert_eq!(object_name(""), None);
    }
}
