//! Changing a workspace as an administrator, an outage or a test would.

use crate::delivery::RequestUrls;
use crate::faults::FaultRule;
use crate::limits::Pace;
use crate::records::{Channel, User};
use crate::state::State;
use crate::workspace::Workspace;

#[expect(
    clippy::must_use_candidate,
    reason = "these are done for what they do; the answer only says whether it was there"
)]
impl Workspace {
    /// Changes a person, say their `team_id` or `deleted`. False where there is no such person.
    pub fn update_user(&self, id: &str, act: impl FnOnce(&mut User)) -> bool {
        self.change(|state| state.user_mut(id).map(act).is_some())
    }

    /// Changes a conversation, say `archived` or `ext_shared`. False where there is no such conversation.
    pub fn update_channel(&self, id: &str, act: impl FnOnce(&mut Channel)) -> bool {
        self.change(|state| state.channel_mut(id).map(act).is_some())
    }

    /// Adds a person while the workspace runs.
    pub fn add_user(&self, user: User) {
        self.change(|state| state.users.push(user));
    }

    /// Adds a conversation while the workspace runs.
    pub fn add_channel(&self, channel: Channel) {
        self.change(|state| state.channels.push(channel));
    }

    /// Archives a channel, or brings it back.
    pub fn archive(&self, channel: &str, archived: bool) -> bool {
        self.update_channel(channel, |channel| channel.archived = archived)
    }

    /// Lets administrators alone post in a conversation, or everybody again: the app's posts answer
    /// `restricted_action`.
    pub fn restrict(&self, channel: &str, restricted: bool) -> bool {
        self.change(|state| {
            if restricted {
                state.restricted.insert(channel.to_owned());
            } else {
                state.restricted.remove(channel);
            }
            state.channel(channel).is_some()
        })
    }

    /// Removes somebody from a channel; the bot's id removes the bot.
    pub fn kick(&self, channel: &str, user: &str) -> bool {
        self.update_channel(channel, |channel| {
            channel.members.retain(|member| member != user);
        })
    }

    /// Removes the app's bot from a channel.
    pub fn kick_bot(&self, channel: &str) -> bool {
        let bot = self.bot_user();
        self.kick(channel, &bot)
    }

    /// Adds somebody to a channel.
    pub fn invite(&self, channel: &str, user: &str) -> bool {
        self.update_channel(channel, |channel| {
            if !channel.has(user) {
                channel.members.push(user.to_owned());
            }
        })
    }

    /// Deactivates a person, or brings them back.
    pub fn disable(&self, user: &str, disabled: bool) -> bool {
        self.update_user(user, |user| user.deleted = disabled)
    }

    /// Deletes a message as an administrator would. False where it is not there.
    pub fn delete_message(&self, channel: &str, ts: &str) -> bool {
        self.change(|state| {
            let message = state
                .channel_mut(channel)
                .and_then(|channel| channel.message_mut(ts));
            message.map(|message| message.deleted = true).is_some()
        })
    }

    /// Tells every page to look again, say because the host's timeline or clock moved on.
    pub fn refresh(&self) {
        self.change(|_| ());
    }

    /// Forgets everything that was said, opened and recorded. People, conversations, settings and open sockets stay.
    pub fn forget_everything(&self) {
        self.change(State::forget_everything);
    }

    /// Adds a fault; the first that fits befalls a call.
    pub fn fault(&self, rule: FaultRule) {
        self.change(|state| state.faults.push(rule));
    }

    /// Removes every fault.
    pub fn clear_faults(&self) {
        self.change(|state| state.faults.clear());
    }

    /// The scopes of the bot token.
    pub fn set_scopes(&self, scopes: &[&str]) {
        self.change(|state| {
            state.app.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        });
    }

    /// Whether too fast a caller gets HTTP 429.
    pub fn set_pace(&self, pace: Pace) {
        self.change(|state| state.pace = pace);
    }

    /// Whether payloads go to the sockets (true) or to the request URLs.
    pub fn set_socket_mode(&self, on: bool) {
        self.change(|state| state.edges.socket_mode = on);
    }

    /// Where signed HTTP goes; turns Socket Mode off.
    pub fn set_request_urls(&self, urls: RequestUrls) {
        self.change(|state| {
            state.edges.urls = urls;
            state.edges.socket_mode = false;
        });
    }

    /// Whether payloads say `team: null`, as for an app installed in a whole organisation.
    pub fn set_org_wide(&self, on: bool) {
        self.change(|state| state.team.org_wide = on);
    }

    /// Makes every trigger given so far expired.
    pub fn expire_triggers(&self) {
        self.change(State::expire_triggers);
    }
}
