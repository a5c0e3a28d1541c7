//! Distributes the files to compile over several solc processes.

use std::{cmp::Reverse, path::PathBuf};

use super::sources::SourceSet;

/// Bytes of source below which a second process costs more than it saves: each must parse and analyse everything.
const MIN_WORK: usize = 20_000;

/// Splits `files` into at most `jobs` groups of similar work. The result is a function of its arguments only.
pub(crate) fn split(files: Vec<PathBuf>, set: &SourceSet, jobs: usize) -> Vec<Vec<PathBuf>> {
    let mut weighted: Vec<_> = files
        .into_iter()
        .map(|file| (set.weight(&file), file))
        .collect();
    let total: usize = weighted.iter().map(|(weight, _)| weight).sum();
    let groups = jobs.min(total / MIN_WORK).min(weighted.len()).max(1);
    weighted.sort_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
    let mut groups = vec![(0, Vec::new()); groups];
    for (weight, file) in weighted {
        if let Some(lightest) = groups.iter_mut().min_by_key(|(load, _)| *load) {
            lightest.0 += weight;
            lightest.1.push(file);
        }
    }
    groups.into_iter().map(|(_, files)| files).collect()
}
