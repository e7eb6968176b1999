//! `chat.*`

use super::{Answer, Ctx, Refusal};
use crate::blocks::{self, Surface};
use crate::records::{ChannelKind, Ephemeral, Message, Origin, Version};
use crate::state::State;
use serde_json::{Value, json};

/// The longest top-level text, in characters. Source: docs.slack.dev/changelog/2018-truncating-really-long-messages.
const TEXT: usize = 40_000;
/// The most text in all blocks together, as seen (bolt-js issue 2509).
const ALL_BLOCKS: usize = 13_200;
/// The most message metadata, in bytes.
const METADATA: usize = 16_000;

/// What a call says: text, blocks and metadata, each if given.
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) blocks: Option<Vec<Value>>,
    pub(crate) metadata: Option<Value>,
}

impl Content {
    /// Reads and checks it.
    pub(crate) fn read(get: impl Fn(&str) -> Option<Value>) -> Result<Self, Refusal> {
        let text = get("text").and_then(|text| text.as_str().map(str::to_owned));
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > TEXT)
        {
            return Err(Refusal::new("msg_too_long"));
        }
        let blocks = match get("blocks") {
            None => None,
            Some(Value::Array(mut blocks)) => {
                let faults = blocks::check_blocks(&blocks, Surface::Message);
                if !faults.is_empty() {
                    return Err(Refusal::because("invalid_blocks", &faults));
                }
                let mut lines = Vec::new();
                blocks::walk::texts(&blocks, &mut lines);
                if lines.iter().map(|line| line.chars().count()).sum::<usize>() > ALL_BLOCKS {
                    return Err(Refusal::new("msg_blocks_too_long"));
                }
                blocks::name_blocks(&mut blocks);
                Some(blocks)
            }
            Some(_) => return Err(Refusal::new("invalid_blocks_format")),
        };
        let metadata = get("metadata");
        if let Some(metadata) = &metadata {
            let named = metadata["event_type"]
                .as_str()
                .is_some_and(|name| !name.is_empty());
            if !named || !metadata["event_payload"].is_object() {
                return Err(Refusal::new("invalid_metadata_format"));
            }
            if metadata.to_string().len() > METADATA {
                return Err(Refusal::new("metadata_too_large"));
            }
        }
        Ok(Self {
            text,
            blocks,
            metadata,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.as_deref().unwrap_or_default().trim().is_empty()
            && self.blocks.as_ref().is_none_or(Vec::is_empty)
    }
}

/// The conversation to post to: an id, a person's id, or a name. Checks that the bot may post there.
fn target(state: &mut State, given: Option<&str>) -> Result<String, Refusal> {
    let given = given.ok_or_else(|| Refusal::new("channel_not_found"))?;
    if given.starts_with(['U', 'W']) && state.channel(given).is_none() {
        let user = state
            .user(given)
            .ok_or_else(|| Refusal::new("channel_not_found"))?;
        if user.deleted {
            return Err(Refusal::new("user_disabled"));
        }
        if !state.app.messages_tab {
            return Err(Refusal::new("messages_tab_disabled"));
        }
        return Ok(state.open_dm(given).0);
    }
    let name = given.trim_start_matches('#');
    let found = state
        .channels
        .iter()
        .find(|channel| channel.id == given || channel.name == name);
    let channel = found.ok_or_else(|| Refusal::new("channel_not_found"))?;
    let inside = channel.has(&state.app.bot_user);
    if !inside && channel.kind != ChannelKind::Public {
        return Err(Refusal::new("channel_not_found"));
    }
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if state.restricted.contains(&channel.id) {
        return Err(Refusal::new("restricted_action"));
    }
    if channel.kind == ChannelKind::Direct && !state.app.messages_tab {
        return Err(Refusal::new("messages_tab_disabled"));
    }
    if !inside
        && !state
            .app
            .scopes
            .iter()
            .any(|scope| scope == "chat:write.public")
    {
        return Err(Refusal::new("not_in_channel"));
    }
    let disabled = |id: &String| state.user(id).is_some_and(|user| user.deleted);
    if channel.kind == ChannelKind::Direct && channel.members.iter().any(disabled) {
        return Err(Refusal::new("user_disabled"));
    }
    Ok(channel.id.clone())
}

/// Puts a message of the bot into a conversation and gives its time.
pub(crate) fn put(
    state: &mut State,
    channel: &str,
    content: Content,
    thread_ts: Option<String>,
    origin: Origin,
    now: chrono::DateTime<chrono::Utc>,
) -> String {
    let ts = state.ts(channel, now);
    let version = Version {
        text: content.text.unwrap_or_default(),
        blocks: content.blocks.unwrap_or_default(),
        metadata: content.metadata,
        at: ts.clone(),
    };
    let mut message = Message {
        channel: channel.to_owned(),
        ts: ts.clone(),
        user: state.app.bot_user.clone(),
        text: String::new(),
        blocks: Vec::new(),
        metadata: None,
        thread_ts,
        edited: None,
        deleted: false,
        origin,
        versions: Vec::new(),
        looked: 0,
    };
    message.put(version);
    state.store(message);
    ts
}

pub(super) fn post(ctx: &mut Ctx<'_>) -> Answer {
    let channel = target(ctx.state, ctx.args.str("channel"))?;
    let content = Content::read(|key| ctx.args.get(key).cloned())?;
    if content.is_empty() && ctx.args.get("attachments").is_none() {
        return Err(Refusal::new("no_text"));
    }
    let thread = ctx.args.str("thread_ts").map(str::to_owned);
    if let Some(thread) = &thread
        && ctx
            .state
            .channel(&channel)
            .and_then(|channel| channel.message(thread))
            .is_none_or(|root| root.deleted)
    {
        return Err(Refusal::new("thread_not_found"));
    }
    let ts = put(ctx.state, &channel, content, thread, Origin::Api, ctx.now);
    Ok(json!({"ok": true, "channel": channel, "ts": ts, "message": wire(ctx.state, &channel, &ts)}))
}

/// A plain message for another method, posted under the same rules.
pub(super) fn share(ctx: &mut Ctx<'_>, key: &str, text: &str) -> Result<(), Refusal> {
    let channel = target(ctx.state, ctx.args.str(key))?;
    let content = Content {
        text: Some(text.to_owned()),
        blocks: None,
        metadata: None,
    };
    put(ctx.state, &channel, content, None, Origin::Api, ctx.now);
    Ok(())
}

fn wire(state: &State, channel: &str, ts: &str) -> Value {
    let message = state
        .channel(channel)
        .and_then(|channel| channel.message(ts));
    message.map_or(Value::Null, |message| {
        message.wire(&state.app, &state.team.id, true)
    })
}

/// The bot's own message of the call; `wrong` is the code where it is somebody else's.
fn own(ctx: &Ctx<'_>, wrong: &str) -> Result<(String, String), Refusal> {
    let given = ctx.args.str("channel").unwrap_or_default();
    let channel = ctx
        .state
        .channel(given)
        .ok_or_else(|| Refusal::new("channel_not_found"))?;
    if channel.kind != ChannelKind::Public && !channel.has(&ctx.state.app.bot_user) {
        return Err(Refusal::new("channel_not_found"));
    }
    let ts = ctx.args.str("ts").unwrap_or_default();
    let message = channel.message(ts).filter(|message| !message.deleted);
    let message = message.ok_or_else(|| Refusal::new("message_not_found"))?;
    if message.user != ctx.state.app.bot_user {
        return Err(Refusal::new(wrong));
    }
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    Ok((given.to_owned(), ts.to_owned()))
}

/// Edits a message: what is left out stays as it was.
pub(crate) fn edit(
    state: &mut State,
    channel: &str,
    ts: &str,
    content: Content,
    now: chrono::DateTime<chrono::Utc>,
) {
    let at = crate::clock::ts_of(now.timestamp_micros());
    if let Some(message) = state
        .channel_mut(channel)
        .and_then(|channel| channel.message_mut(ts))
    {
        message.edited = Some(at.clone());
        message.put(Version {
            text: content.text.unwrap_or_else(|| message.text.clone()),
            blocks: content.blocks.unwrap_or_else(|| message.blocks.clone()),
            metadata: content.metadata.or_else(|| message.metadata.clone()),
            at,
        });
    }
}

pub(super) fn update(ctx: &mut Ctx<'_>) -> Answer {
    let (channel, ts) = own(ctx, "cant_update_message")?;
    let content = Content::read(|key| ctx.args.get(key).cloned())?;
    let nothing_given =
        content.text.is_none() && content.blocks.is_none() && content.metadata.is_none();
    let cleared = content.is_empty() && content.blocks.is_some();
    if nothing_given || cleared {
        return Err(Refusal::new("no_text"));
    }
    edit(ctx.state, &channel, &ts, content, ctx.now);
    let message = wire(ctx.state, &channel, &ts);
    Ok(
        json!({"ok": true, "channel": channel, "ts": ts, "text": message["text"], "message": message}),
    )
}

pub(super) fn delete(ctx: &mut Ctx<'_>) -> Answer {
    let (channel, ts) = own(ctx, "cant_delete_message")?;
    if let Some(message) = ctx
        .state
        .channel_mut(&channel)
        .and_then(|channel| channel.message_mut(&ts))
    {
        message.deleted = true;
    }
    Ok(json!({"ok": true, "channel": channel, "ts": ts}))
}

/// Shows something to one person alone.
pub(crate) fn whisper(
    state: &mut State,
    channel: &str,
    user: &str,
    content: Content,
    origin: Origin,
    now: chrono::DateTime<chrono::Utc>,
) -> String {
    let ts = state.ts(channel, now);
    state.ephemerals.push(Ephemeral {
        channel: channel.to_owned(),
        ts: ts.clone(),
        user: user.to_owned(),
        text: content.text.unwrap_or_default(),
        blocks: content.blocks.unwrap_or_default(),
        origin,
        gone: false,
        looked: false,
    });
    ts
}

pub(super) fn post_ephemeral(ctx: &mut Ctx<'_>) -> Answer {
    let channel = target(ctx.state, ctx.args.str("channel"))?;
    let user = ctx.args.str("user").unwrap_or_default().to_owned();
    let inside = ctx
        .state
        .channel(&channel)
        .is_some_and(|channel| channel.has(&user));
    if !inside {
        return Err(Refusal::new("user_not_in_channel"));
    }
    let content = Content::read(|key| ctx.args.get(key).cloned())?;
    if content.is_empty() {
        return Err(Refusal::new("no_text"));
    }
    let ts = whisper(ctx.state, &channel, &user, content, Origin::Api, ctx.now);
    Ok(json!({"ok": true, "message_ts": ts}))
}

pub(super) fn permalink(ctx: &mut Ctx<'_>) -> Answer {
    let given = ctx.args.str("channel").unwrap_or_default();
    let channel = ctx
        .state
        .channel(given)
        .ok_or_else(|| Refusal::new("channel_not_found"))?;
    let ts = ctx.args.str("message_ts").unwrap_or_default();
    channel
        .message(ts)
        .ok_or_else(|| Refusal::new("message_not_found"))?;
    let link = format!(
        "https://{}.slack.com/archives/{given}/p{}",
        ctx.state.team.domain,
        ts.replace('.', "")
    );
    Ok(json!({"ok": true, "channel": given, "permalink": link}))
}
