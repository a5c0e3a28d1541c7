//! Coverage in the format of lcov's tracefiles, as described in the manual page geninfo(1).

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{Coverage, Error, FileCoverage, FunctionCoverage, Result};

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

    /// Reads a tracefile; the gas, which such a file does not have, is zero.
    ///
    /// # Errors
    ///
    /// [`Error::Tracefile`] with the first line that is malformed.
    pub fn from_lcov(text: &str) -> Result<Self> {
        let mut coverage = Self::default();
        let mut file = String::new();
        for (number, line) in text.lines().enumerate() {
            let read = coverage.read(&mut file, line);
            read.ok_or_else(|| Error::Tracefile {
                line: number + 1,
                text: line.to_owned(),
            })?;
        }
        Ok(coverage)
    }

    fn read(&mut self, file: &mut String, line: &str) -> Option<()> {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        if key == "TN" || key == "SF" {
            // The name of the test comes first and may be empty.
            *file = value.to_owned();
            return Some(());
        }
        let covered = self.files.entry(file.clone()).or_default();
        match key {
            "DA" => {
                let (line, runs) = value.split_once(',')?;
                covered.lines.entry(line.parse().ok()?).or_default().runs = runs.parse().ok()?;
            }
            "FN" => {
                let (line, name) = value.split_once(',')?;
                covered.functions.push(FunctionCoverage {
                    name: name.to_owned(),
                    line: line.parse().ok()?,
                    ..FunctionCoverage::default()
                });
            }
            "FNDA" => {
                let (runs, name) = value.split_once(',')?;
                let mut functions = covered.functions.iter_mut();
                functions.find(|function| function.name == name)?.runs = runs.parse().ok()?;
            }
            // Sums follow from the rest.
            "FNF" | "FNH" | "LF" | "LH" | "end_of_record" => {}
            _ => return None,
        }
        Some(())
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
    writeln!(
        text,
        "FNF:{}\nFNH:{}",
        file.functions.len(),
        entered.count()
    )?;
    for (line, coverage) in &file.lines {
        writeln!(text, "DA:{line},{}", coverage.runs)?;
    }
    let ran = file.lines.values().filter(|line| line.runs > 0);
    writeln!(
        text,
        "LF:{}\nLH:{}\nend_of_record",
        file.lines.len(),
        ran.count()
    )
}

/// Names of the functions; those that a file has several times, as overloads are, with their lines.
fn unique_names(file: &FileCoverage) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for function in &file.functions {
        *counts.entry(&function.name).or_default() += 1;
    }
    let names = file
        .functions
        .iter()
        .map(|function| match counts[function.name.as_str()] {
            1 => function.name.clone(),
            _ if function.name.contains('@') => function.name.clone(),
            _ => format!("{}@{}", function.name, function.line),
        });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineCoverage;

    fn function(name: &str, line: usize, runs: u64) -> FunctionCoverage {
        FunctionCoverage {
            name: name.to_owned(),
            line,
            runs,
            gas: 0,
        }
    }

    #[test]
    fn tracefiles_are_written_read_and_added() {
        let line = |runs| LineCoverage { runs, gas: 0 };
        let file = FileCoverage {
            lines: [(3, line(2)), (5, line(0))].into(),
            functions: vec![
                function("A.f", 2, 2),
                function("A.g", 4, 0),
                function("A.g", 9, 1),
            ],
        };
        let mut coverage = Coverage::default();
        coverage.files.insert("A.sol".to_owned(), file);
        let text = coverage.lcov();
        let expected = "TN:\nSF:A.sol\nFN:2,A.f\nFN:4,A.g@4\nFN:9,A.g@9\nFNDA:2,A.f\nFNDA:0,A.g@4\nFNDA:1,A.g@9\nFNF:3\nFNH:2\nDA:3,2\nDA:5,0\nLF:2\nLH:1\nend_of_record\n";
        assert_eq!(text, expected);
        let read = Coverage::from_lcov(&text).unwrap();
        assert_eq!(read.lcov(), text);
        coverage.add(read);
        assert_eq!(coverage.files["A.sol"].lines[&3].runs, 4);
        let runs: Vec<_> = coverage.files["A.sol"]
            .functions
            .iter()
            .map(|function| function.runs)
            .collect();
        assert_eq!(runs, [4, 0, 2]);
    }

    #[test]
    fn other_text_is_no_tracefile() {
        for text in ["DA:1", "DA:x,1", "FNDA:1,unknown", "hello"] {
            assert!(Coverage::from_lcov(text).is_err(), "{text}");
        }
    }
}
