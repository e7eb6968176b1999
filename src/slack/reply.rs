//! What the bot answers to one [`Inbound`](super::Inbound), the same for either way in.

use indexmap::IndexMap;
use serde_json::{Value, json};

/// The answer to one payload. Which answers fit which payload is said at each; [`Edge`](super::Edge) carries them out.
#[derive(Clone, PartialEq, Default)]
pub enum Reply {
    /// Nothing to say: a bare acknowledgement. Closes a submitted modal.
    #[default]
    Empty,
    /// Words to this person alone. For a command it is the answer; for a click it goes through the `response_url` and leaves the
    /// message as it is; for a modal, which cannot be answered so, it takes the modal's place.
    Message(Message),
    /// What is wrong at which input block of a submitted modal, which stays open with all that was typed.
    Errors(IndexMap<String, String>),
    /// Another view in place of the submitted one.
    Update(Value),
    /// Another view on top of the submitted one; three at most.
    Push(Value),
    /// Closes every view of the stack.
    Clear,
}

impl Reply {
    /// Words to this person alone, as Slack markup (what people typed must be escaped in it).
    #[must_use]
    pub fn words(text: impl Into<String>) -> Self {
        Self::Message(Message {
            text: text.into(),
            blocks: None,
        })
    }

    /// One error at one input block.
    #[must_use]
    pub fn error(block_id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Errors(IndexMap::from([(block_id.into(), text.into())]))
    }

    /// Its name, for logs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Message(_) => "message",
            Self::Errors(_) => "errors",
            Self::Update(_) => "update",
            Self::Push(_) => "push",
            Self::Clear => "clear",
        }
    }

    /// The body of the acknowledgement that carries it, for the payloads that take one: a message for a command, the rest
    /// for a submitted modal. `None` is a bare acknowledgement.
    #[must_use]
    pub fn ack_body(&self) -> Option<Value> {
        match self {
            Self::Empty => None,
            Self::Message(message) => Some(message.body()),
            Self::Errors(errors) => Some(json!({"response_action": "errors", "errors": errors})),
            Self::Update(view) => Some(json!({"response_action": "update", "view": view})),
            Self::Push(view) => Some(json!({"response_action": "push", "view": view})),
            Self::Clear => Some(json!({"response_action": "clear"})),
        }
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({})", self.kind())
    }
}

/// Words to one person.
#[derive(Clone, PartialEq)]
pub struct Message {
    /// All that it says, as Slack markup; what a screen reader or a notification shows.
    pub text: String,
    /// The same as Block Kit blocks (an array), where it is more than a line.
    pub blocks: Option<Value>,
}

impl Message {
    /// The body that posts it to a command's answer or a `response_url`: to this person alone, replacing nothing.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({
            "response_type": "ephemeral",
            "replace_original": false,
            "text": self.text,
        });
        if let (Some(blocks), Some(fields)) = (&self.blocks, body.as_object_mut()) {
            fields.insert("blocks".to_owned(), blocks.clone());
        }
        body
    }

    /// A view that says it, for where only a view can.
    #[must_use]
    pub fn as_view(&self) -> Value {
        let text: String = self.text.chars().take(3_000).collect();
        let blocks = self.blocks.clone().unwrap_or_else(
            || json!([{"type": "section", "text": {"type": "mrkdwn", "text": text}}]),
        );
        json!({
            "type": "modal",
            "title": {"type": "plain_text", "text": "Lodestar"},
            "close": {"type": "plain_text", "text": "Close"},
            "blocks": blocks,
        })
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message(…)")
    }
}
