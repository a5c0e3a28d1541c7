//! Changing when blocks are made.

use super::{Chain, Dropped};
use crate::Mining;

impl Chain {
    pub(crate) const fn mining(&self) -> Mining {
        self.mining
    }

    /// Changes when blocks are made. What is ready is mined at once if that is automatic now.
    pub(crate) fn set_mining(&mut self, mining: Mining) -> Dropped {
        self.mining = mining;
        match mining {
            Mining::Automatic => self.mine_ready(),
            Mining::Interval(_) | Mining::Manual => Vec::new(),
        }
    }
}
