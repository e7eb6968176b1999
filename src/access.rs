//! Who may read a concern: the rule itself is the core's, since a note is for those who may read.

pub use crate::concern::readers::may_read;
