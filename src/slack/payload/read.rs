//! From bytes to [`Inbound`], field by field.
//!
//! By hand and not by derive: a derived reader's error quotes the value it did not like, and that may be what a person wrote.

use std::fmt;

use serde_json::Value;

use super::{
    Click, Closed, Container, Element, Event, Inbound, ResponseUrl, Slash, State, Submission,
    Unknown, View,
};

/// Why a payload could not be used, and the way back to the person who sent it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The payload's type, tidied, or `unreadable`.
    pub kind: String,
    /// What it lacks, in the wire's own terms.
    pub lacks: &'static str,
    /// How its sender can be told.
    pub way_back: WayBack,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a payload ({}) lacks {}", self.kind, self.lacks)
    }
}

/// How the sender of a payload can be told something.
#[derive(Debug, Clone)]
pub enum WayBack {
    /// In the answer to a slash command, or through its `response_url`.
    Command(Option<ResponseUrl>),
    /// Only through a `response_url`.
    Url(ResponseUrl),
    /// In the modal: at this input block, or in place of the view.
    Modal(Option<String>),
    /// Not at all: only by letting Slack show that it did not work.
    None,
}

impl WayBack {
    /// The way back to whoever sent `inbound`.
    #[must_use]
    pub fn of(inbound: &Inbound) -> Self {
        match inbound {
            Inbound::Slash(slash) => Self::Command(slash.response_url.clone()),
            Inbound::Click(click) => Self::from_url(click.response_url.clone()),
            Inbound::Submission(submission) => Self::Modal(submission.view.first_input.clone()),
            Inbound::Unknown(unknown) => Self::from_url(unknown.response_url.clone()),
            Inbound::Closed(_) | Inbound::Event(_) => Self::None,
        }
    }

    fn from_url(url: Option<ResponseUrl>) -> Self {
        url.map_or(Self::None, Self::Url)
    }
}

/// Reads JSON, or says that it is none without quoting it.
pub fn parse_json(bytes: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(bytes).map_err(|_| Fault {
        kind: "unreadable".to_owned(),
        lacks: "well-formed JSON",
        way_back: WayBack::None,
    })
}

/// Reads a slash command from the form body of a request.
pub fn slash_form(body: &[u8]) -> Result<Inbound, Fault> {
    let mut fields = serde_json::Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        fields
            .entry(name.into_owned())
            .or_insert_with(|| Value::String(value.into_owned()));
    }
    slash(&Value::Object(fields))
}

/// Reads a slash command from its fields, as Socket Mode sends them.
pub fn slash(fields: &Value) -> Result<Inbound, Fault> {
    let response_url = url(fields);
    let need = |name: &'static str| {
        text(fields, name).ok_or_else(|| Fault {
            kind: "slash_commands".to_owned(),
            lacks: name,
            way_back: WayBack::Command(response_url.clone()),
        })
    };
    Ok(Inbound::Slash(Slash {
        user_id: need("user_id")?,
        command: need("command")?,
        channel_id: need("channel_id")?,
        channel_name: text(fields, "channel_name").unwrap_or_default(),
        team_id: text(fields, "team_id"),
        enterprise_id: text(fields, "enterprise_id"),
        text: text(fields, "text").unwrap_or_default().trim().to_owned(),
        trigger_id: text(fields, "trigger_id"),
        response_url,
    }))
}

/// Reads an interactive payload: `block_actions`, `view_submission`, `view_closed`, or one of an unknown type.
pub fn interaction(payload: &Value) -> Result<Inbound, Fault> {
    match payload.get("type").and_then(Value::as_str) {
        Some("block_actions") => click(payload),
        Some("view_submission") => {
            let fault = |lacks| Fault {
                kind: "view_submission".to_owned(),
                lacks,
                way_back: WayBack::Modal(payload.get("view").and_then(first_input)),
            };
            Ok(Inbound::Submission(Box::new(Submission {
                user_id: user_id(payload).ok_or_else(|| fault("user.id"))?,
                user_team_id: text_at(payload, "/user/team_id"),
                team_id: text_at(payload, "/team/id"),
                enterprise_id: text_at(payload, "/enterprise/id"),
                view: view(payload).ok_or_else(|| fault("view.id"))?,
            })))
        }
        Some("view_closed") => {
            let fault = |lacks| Fault {
                kind: "view_closed".to_owned(),
                lacks,
                way_back: WayBack::None,
            };
            Ok(Inbound::Closed(Box::new(Closed {
                user_id: user_id(payload).ok_or_else(|| fault("user.id"))?,
                team_id: text_at(payload, "/team/id"),
                view: view(payload).ok_or_else(|| fault("view.id"))?,
                is_cleared: truth(payload.get("is_cleared")),
            })))
        }
        Some(kind) => Ok(Inbound::Unknown(Unknown {
            kind: tidy(kind),
            user_id: user_id(payload),
            response_url: url(payload),
        })),
        None => Err(Fault {
            kind: "interactive".to_owned(),
            lacks: "type",
            way_back: WayBack::from_url(url(payload)),
        }),
    }
}

fn click(payload: &Value) -> Result<Inbound, Fault> {
    let response_url = url(payload);
    let fault = |lacks| Fault {
        kind: "block_actions".to_owned(),
        lacks,
        way_back: WayBack::from_url(response_url.clone()),
    };
    let action = payload
        .pointer("/actions/0")
        .ok_or_else(|| fault("actions[0]"))?;
    let container = container(payload);
    let state = match &container {
        Container::View(view) | Container::Home(view) => view.state.clone(),
        _ => State::read(payload.pointer("/state/values")),
    };
    Ok(Inbound::Click(Box::new(Click {
        user_id: user_id(payload).ok_or_else(|| fault("user.id"))?,
        user_team_id: text_at(payload, "/user/team_id"),
        team_id: text_at(payload, "/team/id"),
        enterprise_id: text_at(payload, "/enterprise/id"),
        action_id: text(action, "action_id").ok_or_else(|| fault("actions[0].action_id"))?,
        block_id: text(action, "block_id").unwrap_or_default(),
        action_ts: text(action, "action_ts").unwrap_or_default(),
        chosen: Element::read(action),
        state,
        container,
        trigger_id: text(payload, "trigger_id"),
        is_ext_shared: truth(payload.get("is_ext_shared_channel"))
            || truth(payload.pointer("/channel/is_ext_shared")),
        response_url,
    })))
}

/// Reads the JSON body of an Events API callback. `retry` is which redelivery it is, 0 for the first delivery.
pub fn event_body(payload: &Value, retry: u32) -> Result<Inbound, Fault> {
    let fault = |kind: &str, lacks| Fault {
        kind: kind.to_owned(),
        lacks,
        way_back: WayBack::None,
    };
    let kind = text(payload, "type").ok_or_else(|| fault("events_api", "type"))?;
    if kind != "event_callback" {
        return Ok(Inbound::Unknown(Unknown {
            kind: tidy(&kind),
            user_id: None,
            response_url: None,
        }));
    }
    let event = payload
        .get("event")
        .ok_or_else(|| fault("event_callback", "event"))?;
    let user = event.get("user").and_then(|user| match user {
        Value::String(id) => Some(id.clone()),
        other => text(other, "id"),
    });
    let channel = event.get("channel").and_then(|channel| match channel {
        Value::String(id) => Some(id.clone()),
        other => text(other, "id"),
    });
    Ok(Inbound::Event(Event {
        team_id: text(payload, "team_id"),
        event_id: text(payload, "event_id"),
        kind: tidy(&text(event, "type").ok_or_else(|| fault("event_callback", "event.type"))?),
        user_id: user,
        channel_id: channel,
        tab: text(event, "tab"),
        event_ts: text(event, "event_ts"),
        retry,
        is_ext_shared: truth(payload.get("is_ext_shared_channel")),
        body: event.clone(),
    }))
}

fn container(payload: &Value) -> Container {
    let channel =
        text_at(payload, "/container/channel_id").or_else(|| text_at(payload, "/channel/id"));
    let ts = text_at(payload, "/container/message_ts").or_else(|| text_at(payload, "/message/ts"));
    match (view(payload), channel, ts) {
        (Some(view), _, _)
            if payload.pointer("/view/type").and_then(Value::as_str) == Some("home") =>
        {
            Container::Home(view)
        }
        (Some(view), _, _) => Container::View(view),
        (None, Some(channel), Some(ts)) => Container::Message {
            channel,
            ts,
            ephemeral: truth(payload.pointer("/container/is_ephemeral")),
        },
        _ => Container::Elsewhere,
    }
}

fn view(payload: &Value) -> Option<View> {
    let view = payload.get("view")?;
    Some(View {
        id: text(view, "id")?,
        hash: text(view, "hash").unwrap_or_default(),
        callback_id: text(view, "callback_id").unwrap_or_default(),
        private_metadata: text(view, "private_metadata").unwrap_or_default(),
        root_view_id: text(view, "root_view_id"),
        app_installed_team_id: text(view, "app_installed_team_id"),
        state: State::read(view.pointer("/state/values")),
        first_input: first_input(view),
    })
}

/// The first input block of a view: from its blocks, or, where they are missing, from its state.
fn first_input(view: &Value) -> Option<String> {
    let from_blocks = view
        .get("blocks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|block| block.get("type").and_then(Value::as_str) == Some("input"))
        .and_then(|block| text(block, "block_id"));
    from_blocks.or_else(|| {
        if view.get("blocks").is_some_and(Value::is_array) {
            return None;
        }
        let values = view.pointer("/state/values")?.as_object()?;
        values.keys().next().cloned()
    })
}

fn user_id(payload: &Value) -> Option<String> {
    text_at(payload, "/user/id").or_else(|| text(payload, "user_id"))
}

fn url(payload: &Value) -> Option<ResponseUrl> {
    text(payload, "response_url").map(ResponseUrl::new)
}

/// A string field; empty is as good as absent.
fn text(value: &Value, name: &str) -> Option<String> {
    nonempty(value.get(name))
}

fn text_at(value: &Value, pointer: &str) -> Option<String> {
    nonempty(value.pointer(pointer))
}

fn nonempty(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Slack writes some booleans as strings.
fn truth(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
}

/// A type's name fit for a log line, whatever was sent as one.
pub(crate) fn tidy(kind: &str) -> String {
    let kind: String = kind
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        .take(40)
        .collect();
    if kind.is_empty() {
        "unreadable".to_owned()
    } else {
        kind
    }
}
