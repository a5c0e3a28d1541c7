//! Coverage in the format of lcov's tracefiles, as described in the manual page geninfo(1).

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{Coverage, FileCoverage};

impl Coverage {
    /// Writes a tracefile: `FN`, `FNDA` and `DA` of every file, with their sums. There is no `BRDA`: a source map does not tell the
    /// branches of the source from the checks that the compiler adds.
    pub fn lcov(&self) -> String {
        let mut text = String::new();
        for (name, file) in &self.files {
            // Writing to a string does not fail.
            let _ = record(&mut text, name, file);
        }
        text
    }
}

fn record(text: &mut String, name: &str, file: &FileCoverage) -> std::fmt::Result {
    writeln!(text, "TN:\nSF:{name}")?;
    let names = unique_names(file);
    for (function, name) in file.functions.iter().zip(&names) {
        writeln!(text, "FN:{},{name}", function.line)?;
    }
    for (function, name) in file.functions.iter().zip(&names) {
        writeln!(text, "FNDA:{},{name}", function.runs)?;
    }
    let entered = file.functions.iter().filter(|function| function.runs > 0);
    writeln!(text, "FNF:{}\nFNH:{}", file.functions.len(), entered.count())?;
    for (line, coverage) in &file.lines {
        writeln!(text, "DA:{line},{}", coverage.runs)?;
    }
    let ran = file.lines.values().filter(|line| line.runs > 0);
    writeln!(text, "LF:{}\nLH:{}\nend_of_record", file.lines.len(), ran.count())
}

/// Names of the functions; those that a file has several times, as overloads are, with their lines.
fn unique_names(file: &FileCoverage) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for function in &file.functions {
        *counts.entry(&function.name).or_default() += 1;
    }
    let names = file.functions.iter().map(|function| match counts[function.name.as_str()] {
        1 => function.name.clone(),
        _ => format!("{}@{}", function.name, function.line),
    });
    names.collect()
}
