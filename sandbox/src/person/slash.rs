//! Slash commands.

use super::{CannotDo, ClientError, Person, SlashOutcome, message_in};
use crate::api::{put, whisper};
use crate::delivery::{Ack, Kind, payload};
use crate::ledger::ProblemKind;
use crate::records::Origin;
use crate::state::State;
use serde_json::{Value, json};

impl Person {
    /// Types a slash command in their direct conversation with the bot.
    ///
    /// # Errors
    /// Where the client would not send it.
    pub async fn slash(&self, command: &str, text: &str) -> Result<SlashOutcome, CannotDo> {
        self.slash_in(&self.dm(), command, text).await
    }

    /// Types a slash command in this conversation.
    ///
    /// # Errors
    /// Where the client would not send it.
    pub async fn slash_in(
        &self,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Result<SlashOutcome, CannotDo> {
        self.signed_in()?;
        let (base, now) = (self.workspace.url(), self.workspace.now());
        let (payload, response_url) = self.workspace.change(|state| {
            let found = state
                .channel(channel)
                .filter(|found| state.sees(&self.id, found));
            let found = found
                .cloned()
                .ok_or_else(|| CannotDo::NoChannel(channel.to_owned()))?;
            let known = state
                .app
                .commands
                .iter()
                .find(|known| known.name == command);
            if known.is_none() && !state.app.commands.is_empty() {
                return Err(CannotDo::NoCommand(command.to_owned()));
            }
            let text = if known.is_some_and(|known| known.escape) {
                escape(state, text)
            } else {
                text.to_owned()
            };
            let response_url =
                state.new_response_url(&base, "commands", (channel, &self.id), (None, false), now);
            let trigger_id = state.new_trigger(&self.id, None);
            let slash = payload::Slash {
                user: &self.id,
                channel: &found,
                command,
                text: text.trim(),
                response_url: &response_url,
                trigger_id: &trigger_id,
            };
            Ok((payload::slash(state, &slash), response_url.clone()))
        })?;
        let ack = self.workspace.deliver(Kind::Slash, payload).await;
        Ok(self.shown(channel, response_url, &ack))
    }

    fn shown(&self, channel: &str, response_url: String, ack: &Ack) -> SlashOutcome {
        let mut outcome = SlashOutcome {
            channel: channel.to_owned(),
            reply: None,
            posted: None,
            failed: None,
            response_url,
        };
        let body = match ack {
            Ack::Answered(body) => body,
            Ack::Late => {
                outcome.failed = Some(ClientError::OperationTimeout);
                &Value::Null
            }
            Ack::Refused(_) | Ack::Unreachable | Ack::Astray | Ack::Unreadable => {
                outcome.failed = Some(ClientError::DispatchFailed);
                &Value::Null
            }
        };
        let Ok(content) = message_in(body) else {
            self.workspace.change(|state| {
                state.ledger.problem(
                    ProblemKind::InvalidBlocks,
                    "the acknowledgement of a command: invalid blocks",
                );
            });
            outcome.failed = Some(ClientError::DispatchFailed);
            return outcome;
        };
        let Some(content) = content else {
            return outcome;
        };
        let now = self.workspace.now();
        let origin = Origin::Ack(outcome.response_url.clone());
        self.workspace.change(|state| {
            if body["response_type"] == "in_channel" {
                let ts = put(state, channel, content, None, origin, now);
                outcome.posted = state
                    .channel(channel)
                    .and_then(|channel| channel.message(&ts))
                    .cloned();
            } else {
                whisper(state, channel, &self.id, content, origin, now);
                outcome.reply = state.ephemerals.last().cloned();
                // Whoever made the command has the reply in hand.
                if let Some(last) = state.ephemerals.last_mut() {
                    last.looked = true;
                }
            }
        });
        outcome
    }
}

/// Turns `@alice` and `#ops` into `<@U1|alice>` and `<#C1|ops>`.
fn escape(state: &State, text: &str) -> String {
    let word = |word: &str| {
        let user = word
            .strip_prefix('@')
            .and_then(|name| state.users.iter().find(|user| user.name == name));
        let channel = word
            .strip_prefix('#')
            .and_then(|name| state.channels.iter().find(|channel| channel.name == name));
        match (user, channel) {
            (Some(user), _) => format!("<@{}|{}>", user.id, user.name),
            (None, Some(channel)) => format!("<#{}|{}>", channel.id, channel.name),
            (None, None) => word.to_owned(),
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A command and its text from what was typed in the composer; none where it is not a command.
pub(crate) fn parse(typed: &str) -> Option<(&str, &str)> {
    let typed = typed.trim();
    typed
        .strip_prefix('/')
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric()))?;
    let (command, text) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    Some((command, text.trim()))
}

/// The outcome as the control API tells it.
pub(crate) fn told(outcome: &SlashOutcome) -> Value {
    json!({
        "reply": outcome.reply, "posted": outcome.posted, "channel": outcome.channel,
        "failed": outcome.failed.map(|failed| failed.to_string()), "response_url": outcome.response_url,
    })
}
