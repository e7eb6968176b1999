//! What a message says, at the moment it is sent.

use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::slack::web::Outgoing;
use crate::store::outbox::Message;

/// Renders messages from the record as it stands when they are sent.
pub trait Render: Send + Sync {
    /// What a message says now. The courier adds the metadata.
    ///
    /// # Errors
    /// See [`NotDrawn`].
    fn render<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Drawn, NotDrawn>>;
}

/// What came of rendering.
#[derive(Debug)]
pub enum Drawn {
    /// To be sent, without metadata.
    Say(Outgoing),
    /// It was posted, and is not for editing: it stays as it was said.
    AsItWas,
    /// There is nothing to say any more; a short code for why.
    Stale(&'static str),
}

/// Why a message could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDrawn {
    /// It may well be in a moment: the store was busy. A short code.
    Later(&'static str),
    /// Something is wrong with it: a template, or the record. A short code without content.
    Broken(String),
}

/// A hash of what a message says, to skip an edit that changes nothing.
pub(super) fn hash(body: &Outgoing) -> String {
    let mut hash = Sha256::new();
    hash.update(body.text.as_bytes());
    hash.update([0]);
    if let Some(blocks) = &body.blocks {
        hash.update(blocks.to_string().as_bytes());
    }
    hex::encode(hash.finalize())
}
