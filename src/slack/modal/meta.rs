//! What a view says to the program for itself: which concern, which visit, where it was opened from. Never what anybody wrote.

use serde::{Deserialize, Serialize};

use crate::ids::{ConcernId, Reference, TaskKey, TaskListId};

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

/// The `private_metadata` of a form about a record beside the concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slack) struct AboutRecord {
    /// The record's reference.
    pub(in crate::slack) about: String,
}

impl AboutRecord {
    /// That of a form about this one.
    pub(in crate::slack) fn of(id: impl Reference) -> Self {
        let about = id.to_string();
        Self { about }
    }

    /// Reads it back; nothing where it is not ours.
    pub(in crate::slack) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }

    /// The record.
    pub(in crate::slack) fn id<I: Reference>(&self) -> Option<I> {
        self.about.parse().ok()
    }

    /// As the view keeps it.
    pub(in crate::slack) fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The `private_metadata` of a form about a list of tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slack) struct AboutTasks {
    /// The list's reference.
    pub(in crate::slack) tasks: String,
    /// The task, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) task: Option<TaskKey>,
}

impl AboutTasks {
    /// About a list, and one task of it.
    pub(in crate::slack) fn of(id: TaskListId, task: Option<&TaskKey>) -> Self {
        Self {
            tasks: id.to_string(),
            task: task.cloned(),
        }
    }

    /// Reads it back; nothing where it is not ours.
    pub(in crate::slack) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }

    /// The list.
    pub(in crate::slack) fn id(&self) -> Option<TaskListId> {
        self.tasks.parse().ok()
    }

    /// The task.
    pub(in crate::slack) fn task(&self) -> Option<TaskKey> {
        self.task.clone()
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
    /// Whether it was built for a midway review, rather than for a review.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::slack) midway: bool,
    /// The review or the notice that a concern is raised from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::slack) from: Option<String>,
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
