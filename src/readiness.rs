//! Whether the bot can do its work now, and if not, what stands in the way: `/readyz`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What must be in order, each part with the words for what is wrong with it. Cloning shares it.
///
/// A part counts from the moment it is first named, so name each at start with what it waits for.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    parts: Arc<Mutex<BTreeMap<&'static str, Option<String>>>>,
}

impl Readiness {
    /// A list with nothing on it: ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `part` is in order.
    pub fn ready(&self, part: &'static str) {
        self.lock().insert(part, None);
    }

    /// `part` is not in order, and why, in a plain sentence with the mend (and no content or token).
    pub fn not_ready(&self, part: &'static str, why: impl Into<String>) {
        self.lock().insert(part, Some(why.into()));
    }

    /// What is not in order: part and reason. Empty when all is.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        self.lock()
            .iter()
            .filter_map(|(part, why)| Some((*part, why.clone()?)))
            .collect()
    }

    /// Whether all is in order.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.lock().values().all(Option::is_none)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Option<String>>> {
        // A map is whole after every statement, so a panic elsewhere cannot have left it half-set.
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_ready_when_every_part_named_is_in_order() {
        let readiness = Readiness::new();
        assert!(readiness.is_ready());
        readiness.not_ready("Socket Mode", "not connected yet");
        readiness.ready("database");
        assert!(!readiness.is_ready());
        assert_eq!(
            readiness.faults(),
            [("Socket Mode", "not connected yet".to_owned())]
        );
        readiness.clone().ready("Socket Mode");
        assert!(readiness.is_ready() && readiness.faults().is_empty());
    }
}
