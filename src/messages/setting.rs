//! What a message is rendered from. Contexts know no platform: a person is an opaque id that a template mentions.

use chrono::{DateTime, Utc};

use crate::concern::{Concern, Field, Rules};
use crate::ids::{ConcernId, RoleId, Text, UserId};
use crate::store::events::Unsealed;
use crate::tasks::TaskList;

/// The record and the surroundings in which a message about a concern is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The rules the concern is under.
    pub rules: &'a Rules<'a>,
    /// The concern as it now stands.
    pub concern: &'a Concern,
    /// The team's name, such as "North locality".
    pub team_name: &'a str,
    /// The council's name.
    pub council_name: &'a str,
    /// The name of the case system, such as "LCS".
    pub case_system: &'a str,
    /// The concern's texts, where `[privacy] card_text = "in_card"` lets them stand in messages; `None` writes none.
    pub texts: Option<&'a ConcernTexts>,
    /// What its protocol asks besides its steps, where that is shown.
    pub tasks: Option<&'a TaskList>,
    /// Whom the message is for.
    pub audience: Audience<'a>,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// Whom a message is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Audience<'a> {
    /// The role it went to; `None` for the raiser and for a person by name.
    pub role: Option<&'a RoleId>,
    /// The people to mention: a role's holders, whoever stands in, the raiser.
    pub mention: &'a [UserId],
    /// The role that was vacant, so that the people mentioned stand in for it.
    pub standing_in_for: Option<&'a RoleId>,
    /// Whether they are this child's own addressee, in place of the role's holder.
    pub own: bool,
    /// For whom the one who reads it covers, where they do.
    pub covering: Option<&'a UserId>,
    /// For whom they did, where that has ended.
    pub covered: Option<&'a UserId>,
}

/// The texts of a concern, opened for somebody who may read them: fact by fact, and beside each in the order of [`Field`].
#[derive(Clone, Debug, Default)]
pub struct ConcernTexts(Vec<(i64, Field, Text)>);

impl From<Vec<Unsealed>> for ConcernTexts {
    /// The texts as the store opens them. A field that no fact has any more is left out.
    fn from(opened: Vec<Unsealed>) -> Self {
        let texts = opened.into_iter().filter_map(|opened| {
            let field = serde_json::from_value(serde_json::Value::String(opened.field)).ok()?;
            Some((opened.seq, field, Text::from(opened.text)))
        });
        Self::new(texts.collect())
    }
}

impl ConcernTexts {
    /// Texts with the number of the fact each stands beside. The store keeps a fact's by name, which is no order to read them in.
    #[must_use]
    pub fn new(mut texts: Vec<(i64, Field, Text)>) -> Self {
        texts.sort_by_key(|(seq, field, _)| (*seq, *field));
        Self(texts)
    }

    /// The texts without those that are privileged, for somebody who is not on the raiser's side; and whether there were any.
    #[must_use]
    pub fn without_privileged(mut self) -> (Self, bool) {
        let before = self.0.len();
        self.0.retain(|(_, field, _)| !field.is_privileged());
        let some = self.0.len() < before;
        (self, some)
    }

    /// The texts beside a fact, in order.
    pub fn beside(&self, seq: i64) -> impl Iterator<Item = (Field, &str)> {
        self.0
            .iter()
            .filter(move |(at, _, _)| *at == seq)
            .map(|(_, field, text)| (*field, text.reveal()))
    }
}

/// One line of a digest or a list: reference, step, role and date only.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// The concern's reference.
    #[serde(serialize_with = "by_reference")]
    pub concern: ConcernId,
    /// The stage's name, such as "Stage 1".
    pub step: String,
    /// The local name of the role that must act, or "the raiser".
    pub role: String,
    /// The date it is about, as cards say it.
    pub date: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives a field by reference"
)]
fn by_reference<S: serde::Serializer>(id: &ConcernId, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}
