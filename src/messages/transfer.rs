//! A case that is to move to another team while a concern is open (`B-App1.FREEZE`): the warning with its form, what came of it, and the
//! lines that say it afterwards.

use serde::Serialize;
use serde_json::Value;

use super::forms::{Choice, Choices};
use super::{Broken, Messages, ladder};
use crate::calendar::say_date;
use crate::concern::{ActsNext, Concern, Phase, Rules, who_acts_next};
use crate::ids::{ConcernId, UserId};

/// How many of those who asked, and of the moves, a message lists: the newest.
const LISTED: usize = 3;
/// The option for a team that the council's file does not have.
pub const ANOTHER_TEAM: &str = "-";

/// An open concern that its protocol has the case wait for, for somebody who may read it.
#[derive(Clone, Debug, Serialize)]
pub struct Frozen {
    reference: String,
    /// Such as "Stage 1 of 3".
    place: String,
    raiser: UserId,
    /// Whether it is the raiser's turn.
    with_raiser: bool,
    /// The roles whose turn it is else, with their articles.
    holder: String,
    /// Who holds those roles.
    people: Vec<UserId>,
    /// By when, as cards say it; empty where no clock runs.
    due: String,
    /// Until when the case should stay, in the paper's words; empty where it does not say.
    condition: String,
    clause: String,
}

impl Frozen {
    /// A concern as it stands. `people` gives who holds a role. `None` where its protocol says nothing of a transfer.
    #[must_use]
    pub fn new(
        rules: &Rules<'_>,
        concern: &Concern,
        people: impl Fn(&crate::ids::RoleId) -> Vec<UserId>,
    ) -> Option<Self> {
        let rule = rules.protocol.beside.transfer.as_ref()?;
        let visit = concern.visit()?;
        let step = rules.step_of(visit)?;
        let asked = match who_acts_next(rules, concern) {
            Some(ActsNext::Addressees(asked) | ActsNext::GateHolders(asked)) => asked,
            Some(ActsNext::Raiser) | None => Vec::new(),
        };
        let own = rules
            .own_addressee(concern, step)
            .filter(|_| concern.phase == Phase::Answering);
        let mut holders: Vec<UserId> = own.cloned().into_iter().collect();
        for user in asked.iter().flat_map(|role| people(role)) {
            if own.is_none() && !holders.contains(&user) {
                holders.push(user);
            }
        }
        let due = match concern.phase {
            Phase::Answering | Phase::RejectedWaiting => visit.ends(),
            _ => None,
        };
        Some(Self {
            reference: concern.id.to_string(),
            place: ladder::place(rules, step),
            raiser: concern.raiser.clone(),
            with_raiser: asked.is_empty(),
            holder: ladder::roles(rules.protocol, asked, "or"),
            people: holders,
            due: due.map_or_else(String::new, |due| rules.calendar.say_due(&due)),
            condition: rule.until.clone().unwrap_or_default(),
            clause: rule.clause.clone(),
        })
    }
}

/// What the form `transfer` is built of: the warning, and what an override needs.
#[derive(Clone, Debug, Serialize)]
pub struct TransferForm {
    /// The case.
    pub case_ref: String,
    /// The concerns it waits for; never empty.
    pub frozen: Vec<Frozen>,
    /// The teams it may go to: one entry.
    pub teams: Vec<Choices>,
}

/// What somebody is shown who sent the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TransferTold {
    /// The case.
    pub case_ref: String,
    /// `recorded`, `already`, or `nothing`: none is open any more.
    pub kind: &'static str,
    /// The concerns it stands on.
    pub references: Vec<String>,
}

impl TransferTold {
    /// What came of it for these concerns.
    #[must_use]
    pub fn of(kind: &'static str, case_ref: &str, on: impl Iterator<Item = ConcernId>) -> Self {
        Self {
            case_ref: case_ref.to_owned(),
            kind,
            references: on.map(|id| id.to_string()).collect(),
        }
    }
}

/// Somebody who asked to move the case.
#[derive(Debug, Serialize)]
pub(super) struct AskLine {
    by: UserId,
    on: String,
    /// Whether they were told of the concern.
    warned: bool,
}

/// A move of the case while the concern was open.
#[derive(Debug, Serialize)]
pub(super) struct MoveLine {
    /// The team's name; empty where the council's file does not have it.
    team: String,
    by: UserId,
    decided_by: Option<UserId>,
    on: String,
}

/// Who asked, the newest last.
pub(super) fn ask_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<AskLine> {
    let asks = &concern.transfer_asks;
    asks.iter()
        .skip(asks.len().saturating_sub(LISTED))
        .map(|ask| AskLine {
            by: ask.by.clone(),
            on: say_date(rules.day(ask.at)),
            warned: ask.warned,
        })
        .collect()
}

/// The moves, the newest last.
pub(super) fn move_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<MoveLine> {
    let moves = &concern.transfers;
    moves
        .iter()
        .skip(moves.len().saturating_sub(LISTED))
        .map(|transfer| MoveLine {
            team: transfer.moved.team.clone(),
            by: transfer.by.clone(),
            decided_by: transfer.moved.decided_by.clone(),
            on: say_date(rules.day(transfer.at)),
        })
        .collect()
}

impl Messages {
    /// The form `transfer`. Without its `private_metadata`, which is the caller's. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn transfer_form(&self, form: &TransferForm) -> Result<Value, Broken> {
        self.view("transfer", form)
    }

    /// What came of the form.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn transfer_told(&self, told: &TransferTold) -> Result<Value, Broken> {
        self.view("transfer_told", told)
    }
}

/// The form with every kind of concern, and each thing that may come of it.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let asked = Frozen {
        reference: "C-42".to_owned(),
        place: "Stage 1 of 3".to_owned(),
        raiser: UserId::from("U0IRO"),
        with_raiser: false,
        holder: "the Team Manager".to_owned(),
        people: vec![UserId::from("U0TM")],
        due: "Mon 21 Dec, 17:00".to_owned(),
        condition: "until it is resolved by the social worker".to_owned(),
        clause: "Appendix 1".to_owned(),
    };
    let vacant = Frozen {
        people: Vec::new(),
        due: String::new(),
        condition: String::new(),
        ..asked.clone()
    };
    let raisers = Frozen {
        with_raiser: true,
        ..vacant.clone()
    };
    let form = TransferForm {
        case_ref: "K-204117".to_owned(),
        frozen: vec![asked, vacant, raisers],
        teams: vec![Choices::list(vec![Choice::new("south", "South locality")])],
    };
    if let Ok(sample) = serde_json::to_value(&form) {
        attempt("modal/transfer.json", &sample);
    }
    for kind in ["recorded", "already", "nothing"] {
        let told = TransferTold::of(kind, "K-204117", [ConcernId(42)].into_iter());
        if let Ok(sample) = serde_json::to_value(&told) {
            attempt("modal/transfer_told.json", &sample);
        }
    }
}
