//! A protocol file under the reader's eyes: where its lines start, and what was found wrong so far.

use std::cell::{RefCell, RefMut};

use super::fault::{Fault, Places, Severity};

/// A file while it is read: where its lines start, what was found wrong, where its parts are.
pub(super) struct Document<'i> {
    file: &'i str,
    text: &'i str,
    line_starts: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
    places: RefCell<Places>,
}

impl<'i> Document<'i> {
    pub(super) fn new(file: &'i str, text: &'i str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file,
            text,
            line_starts,
            faults: RefCell::default(),
            places: RefCell::new(Places::in_file(file)),
        }
    }

    /// Line and column, both from 1, the column in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self
            .line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (line.max(1), column + 1)
    }

    pub(super) fn fault(&self, offset: usize, message: String) {
        let (line, column) = self.position(offset);
        self.faults.borrow_mut().push(Fault {
            file: self.file.to_owned(),
            line,
            column,
            message,
            severity: Severity::Error,
        });
    }

    pub(super) fn record(&self, path: String, offset: usize) {
        let (line, column) = self.position(offset);
        self.places.borrow_mut().record(path, line, column);
    }

    /// Everything found wrong, and where everything is.
    pub(super) fn finish(self) -> (Vec<Fault>, Places) {
        (self.faults.into_inner(), self.places.into_inner())
    }

    pub(super) fn is_faultless(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    pub(super) fn places_mut(&self) -> RefMut<'_, Places> {
        self.places.borrow_mut()
    }
}
