//! Distributes the files to compile over several solc processes.

use std::{cmp::Reverse, path::PathBuf, thread};

use super::sources::SourceSet;

/// Most solc processes at a time, unless the configuration says otherwise; each takes about 400 MB.
const MAX_JOBS: usize = 4;

/// Bytes of source below which a second process costs more than it saves: each must parse and analyse everything.
const MIN_WORK: usize = 20_000;

/// Splits `files` into groups of similar work, one for each processor unless `jobs` says otherwise. The result is a
/// function of the arguments and the number of processors, and the output of a build does not depend on it.
pub(crate) fn split(
    files: Vec<PathBuf>,
    set: &SourceSet,
    jobs: Option<usize>,
) -> Vec<Vec<PathBuf>> {
    let mut weighted: Vec<_> = files
        .into_iter()
        .map(|file| (set.weight(&file), file))
        .collect();
    let total: usize = weighted.iter().map(|(weight, _)| weight).sum();
    let groups = jobs.unwrap_or_else(|| default_jobs().min(total / MIN_WORK));
    let groups = groups.min(weighted.len()).max(1);
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

fn default_jobs() -> usize {
    thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_JOBS)
}
