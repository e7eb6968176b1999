//! What people heard: every message that was posted, where, of which kind and about which step.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sandbox::{ChannelKind, Message, Workspace};

/// Which messages of the bot a story has taken notice of.
#[derive(Default)]
pub(crate) struct Heard {
    noticed: Mutex<BTreeSet<(String, String)>>,
}

impl Heard {
    /// Takes notice of a message.
    pub(crate) fn notice(&self, message: &Message) -> bool {
        let mut noticed = self.noticed.lock().unwrap_or_else(PoisonError::into_inner);
        noticed.insert((message.channel.clone(), message.ts.clone()))
    }

    /// What was posted that the story had not noticed, in the order of conversations; from now on it has.
    pub(crate) fn what_is_new(&self, slack: &Workspace) -> Vec<Message> {
        let bot = slack.bot_user();
        let all = slack.all_messages().into_iter();
        all.filter(|message| message.user == bot && !message.deleted && self.notice(message))
            .collect()
    }
}

/// A message as a story names it: `#north-team-manager card m-1`, `@iro1 receipt m-1`, `#north-team digest`.
pub(crate) fn named(slack: &Workspace, message: &Message) -> String {
    let meta = |key| message.meta(key).unwrap_or_default();
    let mut name = format!("{} {}", place(slack, &message.channel), meta("kind"));
    if !meta("step").is_empty() {
        name.push(' ');
        name.push_str(meta("step"));
    }
    name
}

/// A conversation as a story names it.
fn place(slack: &Workspace, channel: &str) -> String {
    let bot = slack.bot_user();
    let all = slack.channels();
    let found = all.iter().find(|known| known.id == channel);
    match found {
        Some(direct) if direct.kind == ChannelKind::Direct => {
            let other = direct.members.iter().find(|member| **member != bot);
            let other = other.map_or("", String::as_str);
            format!("@{}", other.trim_start_matches("U0").to_lowercase())
        }
        Some(channel) => format!("#{}", channel.name),
        None => channel.to_owned(),
    }
}
