//! Looking at a workspace: people, conversations, messages, and what the app did.

use crate::ledger::{Call, Delivered, Problem};
use crate::person::Person;
use crate::records::{Channel, Ephemeral, Message, User};
use crate::workspace::Workspace;

impl Workspace {
    /// What this person does in the client.
    #[must_use]
    pub fn person(&self, id: &str) -> Person {
        Person::new(self.clone(), id)
    }

    /// Everybody, in the order of the builder, the bot last.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.with(|state| state.users.clone())
    }

    /// Every conversation, without its messages.
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        self.with(|state| {
            state
                .channels
                .iter()
                .map(|channel| Channel {
                    messages: Vec::new(),
                    ..channel.clone()
                })
                .collect()
        })
    }

    /// The id of the bot's direct conversation with this person, opened if need be.
    #[must_use]
    pub fn dm(&self, user: &str) -> String {
        self.with(|state| state.open_dm(user).0)
    }

    /// The bot's user id.
    #[must_use]
    pub fn bot_user(&self) -> String {
        self.with(|state| state.app.bot_user.clone())
    }

    /// The messages of a conversation, oldest first, deleted ones left out. Looking this way marks nothing as seen.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.with(|state| {
            let channel = state.channel(channel);
            let messages = channel
                .map(|channel| channel.messages.as_slice())
                .unwrap_or_default();
            messages
                .iter()
                .filter(|message| !message.deleted)
                .cloned()
                .collect()
        })
    }

    /// How many messages, deleted ones left out, are so; of one conversation, or of all.
    #[must_use]
    pub fn count(&self, channel: Option<&str>, mut so: impl FnMut(&Message) -> bool) -> usize {
        self.with(|state| {
            let here = state
                .channels
                .iter()
                .filter(|one| channel.is_none_or(|wanted| one.id == wanted));
            here.flat_map(|one| &one.messages)
                .filter(|message| !message.deleted && so(message))
                .count()
        })
    }

    /// The newest message that is so, deleted ones left out; of one conversation, or of all. Marks nothing as seen.
    #[must_use]
    pub fn find(
        &self,
        channel: Option<&str>,
        mut so: impl FnMut(&Message) -> bool,
    ) -> Option<Message> {
        self.with(|state| {
            let here = state
                .channels
                .iter()
                .filter(|one| channel.is_none_or(|wanted| one.id == wanted));
            let found = here.filter_map(|one| {
                one.messages
                    .iter()
                    .rfind(|message| !message.deleted && so(message))
            });
            found.max_by(|one, other| one.ts.cmp(&other.ts)).cloned()
        })
    }

    /// As [`Workspace::find`], waiting for one; none after ten seconds of real time.
    pub async fn awaits(
        &self,
        channel: Option<&str>,
        mut so: impl FnMut(&Message) -> bool,
    ) -> Option<Message> {
        self.until(|space| space.find(channel, &mut so)).await
    }

    /// One message, deleted or not, with all its states.
    #[must_use]
    pub fn message(&self, channel: &str, ts: &str) -> Option<Message> {
        self.with(|state| state.channel(channel)?.message(ts).cloned())
    }

    /// Every message of every conversation, deleted ones too, oldest first within each.
    #[must_use]
    pub fn all_messages(&self) -> Vec<Message> {
        self.with(|state| {
            state
                .channels
                .iter()
                .flat_map(|channel| channel.messages.iter().cloned())
                .collect()
        })
    }

    /// The bot's messages whose present state nobody has looked at, by `look_at`, `next_unread`, `sees_last` or
    /// `sees_all`. A story that ends should find none.
    #[must_use]
    pub fn unread(&self) -> Vec<Message> {
        self.with(|state| {
            let bot = &state.app.bot_user;
            let all = state
                .channels
                .iter()
                .flat_map(|channel| channel.messages.iter());
            all.filter(|message| message.unread(bot)).cloned().collect()
        })
    }

    /// What only this person sees, oldest first, gone ones left out. Marks nothing as seen.
    #[must_use]
    pub fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.with(|state| {
            let mine = state
                .ephemerals
                .iter()
                .filter(|message| message.user == user && !message.gone);
            mine.cloned().collect()
        })
    }

    /// Ephemeral messages that nobody has taken with [`Person::next_ephemeral`].
    #[must_use]
    pub fn unread_ephemerals(&self) -> Vec<Ephemeral> {
        self.with(|state| {
            state
                .ephemerals
                .iter()
                .filter(|message| !message.looked && !message.gone)
                .cloned()
                .collect()
        })
    }

    /// Every Web API call, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.with(|state| state.ledger.calls.clone())
    }

    /// The calls of one method, oldest first.
    #[must_use]
    pub fn calls_to(&self, method: &str) -> Vec<Call> {
        self.with(|state| {
            state
                .ledger
                .calls
                .iter()
                .filter(|call| call.method == method)
                .cloned()
                .collect()
        })
    }

    /// Every payload sent to the app, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivered> {
        self.with(|state| state.ledger.deliveries.clone())
    }

    /// What the app did wrong, oldest first. A story that ends should find none.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.with(|state| state.ledger.problems.clone())
    }

    /// As [`Workspace::problems`], and forgets them: for a test that provokes one.
    #[must_use]
    pub fn take_problems(&self) -> Vec<Problem> {
        self.with(|state| std::mem::take(&mut state.ledger.problems))
    }
}

#[expect(
    clippy::must_use_candidate,
    reason = "a test may look at a message only to mark it as seen"
)]
impl Workspace {
    /// Marks this message's present state as seen, and gives it.
    pub fn look_at(&self, channel: &str, ts: &str) -> Option<Message> {
        self.with(|state| {
            let message = state.channel_mut(channel)?.message_mut(ts)?;
            message.looked = message.versions.len();
            Some(message.clone())
        })
    }

    /// The first of the bot's messages in the conversation with a state nobody has looked at; marks it as seen.
    pub fn next_unread(&self, channel: &str) -> Option<Message> {
        self.with(|state| {
            let bot = state.app.bot_user.clone();
            let messages = &mut state.channel_mut(channel)?.messages;
            let message = messages.iter_mut().find(|message| message.unread(&bot))?;
            message.looked = message.versions.len();
            Some(message.clone())
        })
    }

    /// The newest message of the conversation; marks it as seen.
    pub fn sees_last(&self, channel: &str) -> Option<Message> {
        self.with(|state| {
            let message = state
                .channel_mut(channel)?
                .messages
                .iter_mut()
                .rfind(|message| !message.deleted)?;
            message.looked = message.versions.len();
            Some(message.clone())
        })
    }

    /// Marks everything in the conversation as seen, and gives it.
    pub fn sees_all(&self, channel: &str) -> Vec<Message> {
        self.with(|state| {
            let Some(channel) = state.channel_mut(channel) else {
                return Vec::new();
            };
            for message in &mut channel.messages {
                message.looked = message.versions.len();
            }
            channel
                .messages
                .iter()
                .filter(|message| !message.deleted)
                .cloned()
                .collect()
        })
    }
}

impl Message {
    fn unread(&self, bot: &str) -> bool {
        !self.deleted && self.user == bot && self.looked < self.versions.len()
    }
}
