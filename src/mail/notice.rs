//! Which messages follow from what happens to a notice, to whom. Pure, as for concerns.

use serde::{Deserialize, Serialize};

use super::{Kind, To};
use crate::concern::Rules;
use crate::ids::RoleId;
use crate::notice::clocks::waits;
use crate::notice::{Fact, New, Notice, Recipient, Waits};
use crate::protocol::IRO_MANAGER;

/// A message that is meant to be sent.
pub type Mail = super::Mail<Matter>;

/// What a message is about: enough, with the record, to render it at any time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matter {
    /// The occasion.
    pub occasion: Occasion,
}

/// The occasions on which something is sent about a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The sender's standing receipt.
    Receipt,
    /// To those it goes to: the notice itself.
    Card,
    /// To those who have not seen it.
    Unseen,
    /// To the manager of the IRO service: somebody has not seen it.
    NotSeen,
    /// To the officer: whether a review is needed is still open.
    Unjudged,
    /// To those it went to: what came of it is not recorded yet.
    NoOutcome,
    /// To the sender: an outcome is recorded, and it is theirs to close.
    ToClose,
    /// To the sender: the officer determined whether a review is needed.
    Judged,
    /// To the sender: what came of it is recorded.
    Outcome,
    /// To the officer who has it no more.
    HandedOver,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 10] = [
        Self::Receipt,
        Self::Card,
        Self::Unseen,
        Self::NotSeen,
        Self::Unjudged,
        Self::NoOutcome,
        Self::ToClose,
        Self::Judged,
        Self::Outcome,
        Self::HandedOver,
    ];

    /// The kind of message it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Receipt => Kind::Receipt,
            Self::Card => Kind::Card,
            Self::Unseen | Self::Unjudged | Self::NoOutcome | Self::ToClose => Kind::Reminder,
            Self::NotSeen => Kind::Alert,
            Self::Judged | Self::Outcome | Self::HandedOver => Kind::Notice,
        }
    }

    /// Whether it is brought up to date as the notice moves: it has buttons to use up.
    #[must_use]
    pub fn is_kept_up(self) -> bool {
        !matches!(self, Self::Judged | Self::HandedOver)
    }

    /// Whether it is posted anew where it has gone.
    #[must_use]
    pub fn stands(self) -> bool {
        matches!(self.kind(), Kind::Receipt | Kind::Card)
    }

    /// What a reminder is of.
    #[must_use]
    pub fn waits(self) -> Option<Waits> {
        match self {
            Self::Unseen | Self::NotSeen => Some(Waits::Seen),
            Self::Unjudged => Some(Waits::Judgement),
            Self::NoOutcome => Some(Waits::Outcome),
            Self::ToClose => Some(Waits::Closing),
            Self::Receipt | Self::Card | Self::Judged | Self::Outcome | Self::HandedOver => None,
        }
    }
}

/// The messages that follow from new facts. `after` is the notice with the facts folded in, `before` as it was without them.
#[must_use]
pub fn follows(_: &Rules<'_>, before: Option<&Notice>, after: &Notice, facts: &[New]) -> Vec<Mail> {
    let mut mail = Vec::with_capacity(4);
    for new in facts {
        one(after, &new.recorded.fact, &mut mail);
        let former = before.and_then(|before| before.officer.clone());
        if let (Fact::OfficerChanged { .. }, Some(former)) = (&new.recorded.fact, former) {
            let occasion = Occasion::HandedOver;
            let matter = Matter { occasion };
            let to = To::Person(former);
            mail.push(Mail { matter, to });
        }
    }
    mail
}

/// What stands of an open notice: its receipt, and its card for those who are still to act on it.
#[must_use]
pub fn present(notice: &Notice) -> Vec<Mail> {
    let of = |occasion, to| Mail {
        matter: Matter { occasion },
        to,
    };
    let mut mail = vec![of(Occasion::Receipt, To::Raiser)];
    let cards = notice.sent.recipients();
    let cards = cards.filter_map(|recipient| to(notice, &recipient));
    mail.extend(cards.map(|to| of(Occasion::Card, to)));
    mail
}

fn one(notice: &Notice, fact: &Fact, mail: &mut Vec<Mail>) {
    let mut post = |occasion, to| {
        let matter = Matter { occasion };
        mail.push(Mail { matter, to });
    };
    let to = |recipient: &Recipient| to(notice, recipient);
    match fact {
        Fact::NoticeSent(sent) => {
            post(Occasion::Receipt, To::Raiser);
            for to in sent.recipients().filter_map(|recipient| to(&recipient)) {
                post(Occasion::Card, to);
            }
        }
        Fact::Reminded { of: Waits::Seen } => {
            let unseen = notice.unseen();
            for to in unseen.iter().filter_map(to) {
                post(Occasion::Unseen, to);
            }
            // Whom the second reminder has not reached either, somebody must find.
            let again = notice
                .reminded
                .get(&Waits::Seen)
                .is_some_and(|(times, _)| *times > 1);
            let manager = RoleId::from(IRO_MANAGER);
            if again && !unseen.contains(&Recipient::Role(manager.clone())) {
                post(Occasion::NotSeen, To::Role(manager));
            }
        }
        Fact::Reminded {
            of: Waits::Judgement,
        } => {
            if let Some(to) = to(&Recipient::Officer) {
                post(Occasion::Unjudged, to);
            }
        }
        Fact::Reminded { of: Waits::Outcome } => {
            for to in notice
                .sent
                .recipients()
                .filter_map(|recipient| to(&recipient))
            {
                post(Occasion::NoOutcome, to);
            }
        }
        Fact::Reminded { of: Waits::Closing } => post(Occasion::ToClose, To::Raiser),
        Fact::ReviewJudged { .. } => post(Occasion::Judged, To::Raiser),
        Fact::OutcomeRecorded { .. } => post(Occasion::Outcome, To::Raiser),
        Fact::OfficerChanged { .. } => {
            if let Some(to) = to(&Recipient::Officer) {
                post(Occasion::Card, to);
            }
        }
        Fact::Seen { .. } | Fact::Closed | Fact::ConcernRaised { .. } => {}
    }
}

/// Where a message to one of those it goes to is addressed.
fn to(notice: &Notice, recipient: &Recipient) -> Option<To> {
    Some(match recipient {
        Recipient::Officer => To::Person(notice.officer.clone()?),
        Recipient::Praised => To::Person(notice.sent.praised.clone()?),
        Recipient::Role(role) => To::Role(role.clone()),
    })
}

/// Whether a message that has not been sent yet is still worth sending, from the record as it now stands.
#[must_use]
pub fn still_wanted(matter: &Matter, notice: &Notice) -> bool {
    let waited = matter.occasion.waits();
    waited.is_none_or(|of| waits(notice).iter().any(|(waits, _)| *waits == of))
}
