//! All that one person's page shows, with the messages of one conversation.

use super::dress::dress;
use super::markup::{self, Reader};
use crate::guide;
use crate::records::{Channel, ChannelKind, Ephemeral, Message};
use crate::state::State as Held;
use crate::workspace::Workspace;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where people read dates; as `users.info` tells it of everybody.
const ZONE: &str = "Europe/London";

#[derive(Deserialize)]
pub(super) struct At {
    #[serde(default)]
    channel: String,
    /// The newest entry of the timeline that the page has.
    #[serde(default)]
    after: u64,
}

pub(super) async fn snapshot(
    State(workspace): State<Workspace>,
    Path(user): Path<String>,
    Query(at): Query<At>,
) -> Response {
    if workspace.with(|state| state.user(&user).is_none_or(|user| user.is_bot)) {
        let words = json!({"error": "there is no such person"});
        return (StatusCode::NOT_FOUND, Json(words)).into_response();
    }
    let dm = workspace.dm(&user);
    let now = workspace.now().timestamp();
    let host = &workspace.inner.host;
    let clock = host.panel.as_ref().map(|panel| panel.view());
    let timeline = host
        .timeline
        .as_ref()
        .map(|timeline| timeline.entries(at.after));
    let told = told(&workspace, &user);
    let run = workspace.inner.run;
    Json(workspace.with(|state| {
        let reader = Reader { state, id: &user };
        let seen = state.channels.iter().filter(|channel| state.sees(&user, channel));
        let channels: Vec<Value> = seen.map(|channel| listed(state, channel, &user)).collect();
        let channel = state.channel(&at.channel).filter(|channel| state.sees(&user, channel));
        let entries = timeline.map(|entries| {
            let entry = |entry: &crate::TimelineEntry| json!({
                "id": entry.id, "at": entry.at.timestamp(), "title": entry.title,
                "html": markup::markdown(&entry.detail), "place": entry.place,
                "seen_by": entry.place.as_ref().and_then(|place| seen_by(state, &place.channel)),
            });
            entries.iter().map(entry).collect::<Vec<_>>()
        });
        let home = state.views.homes.get(&user).and_then(|id| state.views.all.get(id));
        json!({
            "run": format!("{run}-{}", state.beginnings), "team": state.team.name, "app": state.app.name,
            "bot": state.app.bot_user, "zone": ZONE, "now": now, "clock": clock,
            "connected": state.sockets.count() > 0 || !state.edges.socket_mode,
            "me": user, "dm": dm, "users": people(state), "groups": groups(state), "channels": channels,
            "commands": state.app.commands, "messages": channel.map(|channel| said(channel, reader)),
            "views": state.views.stack(&user).iter().map(|view| dressed(json!(view), reader)).collect::<Vec<_>>(),
            "home": home.map(|view| dressed(json!(view), reader)), "timeline": entries, "guide": told,
        })
    }))
    .into_response()
}

fn dressed(mut value: Value, reader: Reader<'_>) -> Value {
    dress(&mut value, reader);
    value
}

/// The stories on offer, and the step of the one that is being told.
fn told(workspace: &Workspace, user: &str) -> Option<Value> {
    let guide = workspace.inner.host.guide.as_ref()?;
    let stories: Vec<Value> = guide
        .stories()
        .iter()
        .map(|story| {
            json!({"id": story.id, "title": story.title, "html": markup::markdown(&story.blurb), "steps": story.steps.len()})
        })
        .collect();
    let at = guide::current(workspace).map(|(story, at)| {
        let step = story.steps.get(at);
        json!({
            "story": story.id, "title": story.title, "step": at, "of": story.steps.len(),
            "html": step.map(|step| markup::markdown(&step.text)),
            "act_as": step.and_then(|step| step.act_as.clone()),
            "channel": step.and_then(|step| step.channel.clone()),
            "offer": step.map(|step| guide::offer(workspace, user, step)),
            "aim": step.map(|step| match &step.aim {
                guide::Aim::Read => json!({}),
                guide::Aim::Look(words) => json!({"look": sought(workspace, step, words)}),
                guide::Aim::Compose(text) => json!({"compose": text}),
                guide::Aim::Press(action) => json!({"press": action}),
                guide::Aim::Fill(view, _) => json!({"fill": view}),
                guide::Aim::Clock(step) => json!({"clock": step}),
            }),
        })
    });
    let (offered, busy) = workspace.with(|state| {
        let tour = &state.tour;
        (tour.offered, tour.busy || tour.filling)
    });
    Some(json!({"stories": stories, "tour": at, "offered": offered, "busy": busy}))
}

/// The time of the message that a step is about.
fn sought(workspace: &Workspace, step: &guide::Step, words: &str) -> Option<String> {
    let channel = match (step.channel.as_deref()?, &step.act_as) {
        ("dm", Some(user)) => workspace.dm(user),
        (channel, _) => channel.to_owned(),
    };
    let found = workspace.find(Some(&channel), |message| message.all_text().contains(words));
    found.map(|message| message.ts)
}

/// Everybody, with how much waits for them.
fn people(state: &Held) -> Vec<Value> {
    let one = |user: &crate::User| {
        let theirs = state
            .channels
            .iter()
            .filter(|channel| channel.has(&user.id));
        let waiting: usize = theirs
            .map(|channel| unread(state, channel, &user.id).1)
            .sum();
        json!({
            "id": user.id, "real_name": user.real_name, "title": user.title, "is_bot": user.is_bot,
            "deleted": user.deleted, "outside": user.team_id != state.team.id, "waiting": waiting,
        })
    };
    state.users.iter().map(one).collect()
}

/// People under headings: the host's, else their titles.
fn groups(state: &Held) -> Vec<Value> {
    let mut groups: Vec<(String, Vec<String>)> = state.groups.clone();
    for user in state
        .users
        .iter()
        .filter(|user| !user.is_bot && !user.deleted)
    {
        if groups.iter().any(|(_, users)| users.contains(&user.id)) {
            continue;
        }
        let name = match (state.groups.is_empty(), user.title.as_str()) {
            (true, "") => "People",
            (true, title) => title,
            (false, _) => "Others",
        };
        match groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, users)) => users.push(user.id.clone()),
            None => groups.push((name.to_owned(), vec![user.id.clone()])),
        }
    }
    let told = |(name, users): &(String, Vec<String>)| json!({"name": name, "users": users});
    groups.iter().map(told).collect()
}

/// How many messages are new to this person, and how many of them are for them by name.
fn unread(state: &Held, channel: &Channel, user: &str) -> (usize, usize) {
    let last = state
        .read
        .get(&(user.to_owned(), channel.id.clone()))
        .map_or("", String::as_str);
    let new = channel
        .messages
        .iter()
        .rev()
        .take_while(|message| message.ts.as_str() > last);
    let new: Vec<&Message> = new
        .filter(|message| !message.deleted && message.user != user)
        .collect();
    let direct = channel.kind == ChannelKind::Direct;
    let named = [format!("<@{user}"), "<!channel".into(), "<!here".into()];
    let for_them = |message: &&&Message| {
        direct || {
            let words = message.all_text();
            named.iter().any(|mention| words.contains(mention.as_str()))
        }
    };
    (new.len(), new.iter().filter(for_them).count())
}

/// Somebody who is in this conversation, other than the app.
fn seen_by<'a>(state: &'a Held, channel: &str) -> Option<&'a str> {
    let members = &state.channel(channel)?.members;
    members
        .iter()
        .find(|member| **member != state.app.bot_user)
        .map(String::as_str)
}

fn listed(state: &Held, channel: &Channel, user: &str) -> Value {
    let member = channel.has(user);
    let (new, mentions) = if member {
        unread(state, channel, user)
    } else {
        (0, 0)
    };
    let direct = channel.kind == ChannelKind::Direct;
    json!({
        "id": channel.id, "kind": channel.kind, "archived": channel.archived, "ext_shared": channel.ext_shared,
        "name": if direct { state.app.name.as_str() } else { channel.name.as_str() },
        "member": member, "members": channel.members, "unread": new, "mentions": mentions,
    })
}

/// What stands in a conversation for this person, oldest first, with what only they see, and answers beneath what they
/// answer.
fn said(channel: &Channel, reader: Reader<'_>) -> Vec<Value> {
    let here = |ts: &str| channel.message(ts).is_some();
    let (replies, own): (Vec<&Message>, Vec<&Message>) =
        channel.messages.iter().partition(|message| {
            let thread = message.thread_ts.as_deref();
            thread.is_some_and(|thread| thread != message.ts && here(thread))
        });
    let for_all = own.into_iter().map(|message| {
        let mut told = one(message, reader);
        let beneath = replies
            .iter()
            .filter(|reply| reply.thread_ts.as_deref() == Some(message.ts.as_str()));
        told["replies"] = beneath.map(|reply| one(reply, reader)).collect();
        told
    });
    let mine = |message: &&Ephemeral| {
        message.user == reader.id && message.channel == channel.id && !message.gone
    };
    let for_me = reader.state.ephemerals.iter().filter(mine).map(|message| {
        let mut told = json!({
            "ts": message.ts, "user": reader.state.app.bot_user, "text": message.text, "blocks": message.blocks,
            "version": 1, "warning": warning(channel, &message.ts, reader), "only_you": true,
            "html": markup::mrkdwn(&message.text, reader),
        });
        dress(&mut told["blocks"], reader);
        told
    });
    let mut all: Vec<Value> = for_all.chain(for_me).collect();
    all.sort_by(|one, other| one["ts"].as_str().cmp(&other["ts"].as_str()));
    all
}

fn one(message: &Message, reader: Reader<'_>) -> Value {
    if message.deleted {
        return json!({"ts": message.ts, "user": message.user, "deleted": true, "only_you": false});
    }
    let channel = reader.state.channel(&message.channel);
    let mut told = json!({
        "ts": message.ts, "user": message.user, "text": message.text, "blocks": message.blocks,
        "edited": message.edited.is_some(), "thread": message.thread_ts, "version": message.versions.len(),
        "warning": channel.and_then(|channel| warning(channel, &message.ts, reader)), "only_you": false,
        "html": markup::mrkdwn(&message.text, reader),
    });
    dress(&mut told["blocks"], reader);
    told
}

fn warning(channel: &Channel, ts: &str, reader: Reader<'_>) -> Option<String> {
    let key = (reader.id.to_owned(), format!("{}:{ts}", channel.id));
    reader.state.warnings.get(&key).cloned()
}
