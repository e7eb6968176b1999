//! What a view says to the program for itself: which concern, which visit, where it was opened from. Never what anybody wrote.

use serde::{Deserialize, Serialize};

use crate::ids::{ConcernId, ReviewId};

/// The `private_metadata` of a form about a concern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slack) struct About {
    /// The concern's reference.
    pub(in crate::slack) concern: String,
    /// The visit that was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) visit: Option<u32>,
    /// Where the button was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) channel: Option<String>,
    /// The message it was on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) ts: Option<String>,
}

impl About {
    /// Reads it back; nothing where it is not ours.
    pub(in crate::slack) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }

    /// The concern.
    pub(in crate::slack) fn id(&self) -> Option<ConcernId> {
        self.concern.parse().ok()
    }

    /// As the view keeps it.
    pub(in crate::slack) fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The `private_metadata` of a form about a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slack) struct AboutReview {
    /// The review's reference.
    pub(in crate::slack) review: String,
}

impl AboutReview {
    /// Reads it back; nothing where it is not ours.
    pub(in crate::slack) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }

    /// The review.
    pub(in crate::slack) fn id(&self) -> Option<ReviewId> {
        self.review.parse().ok()
    }

    /// As the view keeps it.
    pub(in crate::slack) fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The `private_metadata` of the form that raises: which team's protocol it was built for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slack) struct Built {
    /// The team it was built for; none while only the team is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) team: Option<String>,
    /// The route it was built for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) route: Option<String>,
    /// The review that it is raised from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) review: Option<String>,
}

impl Built {
    /// Reads it back; a form whose origin cannot be told was built for nothing.
    pub(in crate::slack) fn read(metadata: &str) -> Self {
        serde_json::from_str(metadata).unwrap_or_default()
    }

    /// As the view keeps it.
    pub(in crate::slack) fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
