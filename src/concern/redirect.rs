//! That a concern went to another procedure: in place of this protocol, which closes it here, or beside it (`H-1.3`, `M-partners`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// That it went to another procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirected {
    /// The visit at which it was recorded.
    pub visit: u32,
    /// The id of the protocol's `[[redirect]]`.
    pub redirect: String,
    /// Whether that closed it here; else it runs on beside.
    pub ends: bool,
}

/// The same as it stands in a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// What is recorded of it.
    pub redirected: Redirected,
    /// Who recorded it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}
