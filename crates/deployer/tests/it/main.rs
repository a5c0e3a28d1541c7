//! Plans on the embedded node, and their records.

mod execute;
mod record;
