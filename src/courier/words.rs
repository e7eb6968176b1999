//! What messages say, from the record, the directory and the templates, each read at the moment of sending.

mod notices;
mod reviews;
mod tasks;

use std::sync::Arc;

use chrono::NaiveDate;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::refusal::is_person;
use super::render::{Drawn, NotDrawn, Render};
use crate::concern::{Field, Rules};
use crate::config::{CardText, Config};
use crate::desk::{Case, Desk, DeskError, TasksCase, Whose};
use crate::digest;
use crate::directory::Directory;
use crate::ids::{ConcernId, RoleId, TeamId, Text, UserId};
use crate::mail::{Content, Item, Matter, Occasion, To, still_wanted};
use crate::messages::{Audience, Broken, ConcernTexts, Messages, Rendered, Setting};
use crate::protocol::Protocol;
use crate::slack::web::Outgoing;
use crate::store::StoreError;
use crate::store::outbox::Message;

/// Renders messages from the templates.
pub struct Words {
    desk: Desk,
    messages: Arc<Messages>,
    council_name: String,
    case_system: Option<String>,
    card_text: CardText,
}

impl Words {
    /// Words for a council.
    #[must_use]
    pub fn new(desk: Desk, messages: Arc<Messages>, config: &Config) -> Self {
        Self {
            desk,
            messages,
            council_name: config.council.name.clone(),
            case_system: config.council.case_system.clone(),
            card_text: config.privacy.card_text,
        }
    }

    async fn draw(&self, message: &Message) -> Result<Drawn, NotDrawn> {
        let content: Content = serde_json::from_value(message.payload.clone())
            .map_err(|_| NotDrawn::Broken("payload_unreadable".to_owned()))?;
        if message.is_posted() && !content.is_kept_up() {
            return Ok(Drawn::AsItWas);
        }
        let drawn = match content {
            Content::Concern(matter) => {
                let concern = message.concern();
                let concern = concern.ok_or_else(|| NotDrawn::Broken("no_concern".to_owned()))?;
                let item = Item { concern, matter };
                self.about(message, &[item], 0).await?
            }
            Content::Alerts { items, more } => self.about(message, &items, more).await?,
            Content::Review(matter) => self.review(message, &matter).await?,
            Content::Notice(matter) => self.notice(message, &matter).await?,
            Content::Tasks(matter) => self.tasks(message, &matter).await?,
            Content::Digest { team, date } => self.digest(&team, date).await?,
            Content::Operator { words, facts } => {
                let rendered = self.messages.operator(&words, &facts);
                Some(rendered.map_err(|broken| fault_of(&broken))?)
            }
        };
        Ok(match drawn {
            Some(Rendered { text, blocks }) => Drawn::Say(Outgoing {
                text,
                blocks: Some(blocks),
                metadata: None,
            }),
            None => Drawn::Stale("no_longer_wanted"),
        })
    }

    /// A message about one concern, or the alerts on several and on so many more; nothing where none is worth sending any more.
    async fn about(
        &self,
        message: &Message,
        items: &[Item],
        more: usize,
    ) -> Result<Option<Rendered>, NotDrawn> {
        let directory = self.desk.directory();
        let calendar = self.desk.calendar();
        let to: To = serde_json::from_value(message.recipient.clone())
            .map_err(|_| NotDrawn::Broken("recipient_unreadable".to_owned()))?;
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            records.push(self.record(&to, &message.dest, item).await?);
        }
        let mut told = Vec::with_capacity(records.len());
        for record in &records {
            let rules = record
                .case
                .rules(&calendar, self.desk.hours())
                .map_err(|fault| not_now(&fault))?;
            // What was said once stays as it was said.
            if message.is_posted() || still_wanted(&record.matter, &record.case.concern, &rules) {
                told.push((record, rules));
            }
        }
        let told: Vec<(Matter, Setting<'_>)> = told
            .iter()
            .map(|(record, rules)| {
                let setting = self.setting(record, rules, &directory);
                (record.matter.clone(), setting)
            })
            .collect();
        if told.is_empty() {
            return Ok(None);
        }
        let rendered = self.messages.alerts(&told, more);
        rendered.map(Some).map_err(|broken| fault_of(&broken))
    }

    async fn record(&self, to: &To, dest: &str, item: &Item) -> Result<Record, NotDrawn> {
        let id = item.concern;
        let case = self.desk.case(id).await.map_err(|fault| not_now(&fault))?;
        let case = case.ok_or_else(|| NotDrawn::Broken("no_such_concern".to_owned()))?;
        Ok(Record {
            heard: Heard::by(&self.desk, &Whose::of(&case), to, dest),
            texts: self.texts(id).await?,
            tasks: self.beside(&case, &item.matter).await?,
            matter: item.matter.clone(),
            case,
        })
    }

    fn setting<'a>(
        &'a self,
        record: &'a Record,
        rules: &'a Rules<'a>,
        directory: &'a Directory,
    ) -> Setting<'a> {
        let case = &record.case;
        let team = &case.concern.raised.team;
        Setting {
            rules,
            concern: &case.concern,
            team_name: directory.team_name(team),
            council_name: &self.council_name,
            case_system: self.case_system_of(&case.protocol),
            texts: record.texts.as_ref(),
            tasks: record.tasks.as_ref().map(|tasks| &tasks.record),
            audience: record.heard.audience(),
            now: self.desk.now(),
        }
    }

    fn case_system_of<'a>(&'a self, protocol: &'a Protocol) -> &'a str {
        self.case_system
            .as_deref()
            .or(protocol.case_system.as_deref())
            .unwrap_or("the case system")
    }

    /// What the protocol asks besides the steps, for the messages that show it: the raiser's own.
    async fn beside(&self, case: &Case, matter: &Matter) -> Result<Option<TasksCase>, NotDrawn> {
        if !matches!(matter.occasion, Occasion::Receipt | Occasion::MovedOn) {
            return Ok(None);
        }
        let found = self.desk.tasks_of_concern(case).await;
        found.map_err(|fault| not_now(&fault))
    }

    /// What people wrote, where the council lets it stand in messages.
    async fn texts(&self, id: ConcernId) -> Result<Option<ConcernTexts>, NotDrawn> {
        if self.card_text != CardText::InCard {
            return Ok(None);
        }
        let read = async {
            let mut tx = self.desk.store().read().await?;
            tx.texts(id.0, None).await
        };
        let texts = read.await.map_err(|fault| not_now(&fault.into()))?;
        let known = texts.into_iter().flatten().filter_map(|text| {
            let field: Field = serde_json::from_value(Value::String(text.field)).ok()?;
            Some((text.seq, field, Text::from(text.text)))
        });
        Ok(Some(ConcernTexts::new(known.collect())))
    }

    /// A team's digest as of now; nothing once its day is over, or where there is nothing to say.
    async fn digest(&self, team: &TeamId, date: NaiveDate) -> Result<Option<Rendered>, NotDrawn> {
        let today = self.desk.calendar().local_date(self.desk.now());
        let digest = digest::of_team(&self.desk, team, date)
            .await
            .map_err(|fault| not_now(&fault))?;
        if today != date || digest.is_empty() {
            return Ok(None);
        }
        let directory = self.desk.directory();
        let team_name = directory.team_name(team);
        let context = digest.context(team_name, date);
        let rendered = self.messages.digest(&context);
        rendered.map(Some).map_err(|broken| fault_of(&broken))
    }
}

/// What a message about a concern is made of.
struct Record {
    matter: Matter,
    case: Case,
    texts: Option<ConcernTexts>,
    tasks: Option<TasksCase>,
    heard: Heard,
}

impl Render for Words {
    fn render<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Drawn, NotDrawn>> {
        self.draw(message).boxed()
    }
}

/// Who hears a message, by the directory as it now is.
#[derive(Debug)]
struct Heard {
    role: Option<RoleId>,
    mention: Vec<UserId>,
    standing_in_for: Option<RoleId>,
    own: bool,
    covering: Option<UserId>,
    covered: Option<UserId>,
    gone_to: Option<UserId>,
}

impl Heard {
    fn by(desk: &Desk, whose: &Whose<'_>, to: &To, place: &str) -> Self {
        // A direct message mentions the one who reads it, whoever it was meant for first.
        let person = is_person(place).then(|| UserId::from(place));
        let only = |user: &UserId| vec![person.clone().unwrap_or_else(|| user.clone())];
        match to {
            To::Raiser => {
                let now = whose.raisers.now;
                let former =
                    |person: &UserId| person != now && whose.raisers.before.contains(&person);
                Self {
                    gone_to: person
                        .as_ref()
                        .filter(|one| former(one))
                        .map(|_| now.clone()),
                    ..Self::someone(only(now))
                }
            }
            To::Person(user) => Self::someone(only(user)),
            To::Own { role, user } if person.as_ref().is_none_or(|person| person == user) => Self {
                own: true,
                role: Some(role.clone()),
                ..Self::someone(vec![user.clone()])
            },
            To::Own { role, .. } | To::Role(role) => {
                let directory = desk.directory();
                let holders = directory.holders(whose.team, role, whose.protocol);
                let stands_in = person
                    .as_ref()
                    .is_some_and(|person| !holders.users.contains(person));
                Self {
                    standing_in_for: if stands_in {
                        Some(role.clone())
                    } else {
                        holders.standing_in_for
                    },
                    role: Some(holders.role),
                    mention: match person {
                        Some(person) => vec![person],
                        // A phone buzzes for who covers, too, where they are in the channel.
                        None => with_covers(desk, whose, holders.users),
                    },
                    own: false,
                    covering: None,
                    covered: None,
                    gone_to: None,
                }
            }
            To::Cover { by, absent, to } => {
                let theirs = person.as_ref().is_none_or(|person| person == by);
                let absent_of = |so: bool| (theirs && so).then(|| absent.clone());
                let still = desk.covering(absent, whose).contains(by);
                Self {
                    mention: only(by),
                    covering: absent_of(still),
                    covered: absent_of(!still),
                    gone_to: None,
                    ..Self::by(desk, whose, to, absent.as_str())
                }
            }
        }
    }

    fn someone(mention: Vec<UserId>) -> Self {
        Self {
            role: None,
            mention,
            standing_in_for: None,
            own: false,
            covering: None,
            covered: None,
            gone_to: None,
        }
    }

    fn audience(&self) -> Audience<'_> {
        Audience {
            role: self.role.as_ref(),
            mention: &self.mention,
            standing_in_for: self.standing_in_for.as_ref(),
            own: self.own,
            covering: self.covering.as_ref(),
            covered: self.covered.as_ref(),
            gone_to: self.gone_to.as_ref(),
        }
    }
}

/// People, and after them who covers for them now.
fn with_covers(desk: &Desk, whose: &Whose<'_>, mut people: Vec<UserId>) -> Vec<UserId> {
    let covers: Vec<UserId> = people
        .iter()
        .flat_map(|user| desk.covering(user, whose))
        .collect();
    for by in covers {
        if !people.contains(&by) {
            people.push(by);
        }
    }
    people
}

/// A record that cannot be read stays so; a store that is busy or away does not.
fn not_now(fault: &DeskError) -> NotDrawn {
    match fault {
        DeskError::Store(StoreError::Busy | StoreError::Full | StoreError::Gone(_)) => {
            NotDrawn::Later(fault.code())
        }
        _ => NotDrawn::Broken(fault.code().to_owned()),
    }
}

fn fault_of(broken: &Broken) -> NotDrawn {
    NotDrawn::Broken(format!("template {}: {}", broken.template, broken.why))
}
