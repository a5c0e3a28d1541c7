//! The zksso command line.

fn main() {}
