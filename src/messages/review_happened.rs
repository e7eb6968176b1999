//! What happened to a review, a fact a line.

use serde::Serialize;
use serde_json::{Value, json};

use super::Messages;
use super::review::midway_of;
use super::who_did::WhoDid;
use crate::calendar::say_date;
use crate::concern::Rules;
use crate::ids::{ClockId, ConcernId, UserId};
use crate::review::event::Waits;
use crate::review::{Fact, Field, Means, Recorded};

const TEMPLATE: &str = "told/review_happened.txt";
const HEADING: &str = "told/review_field.txt";

/// One fact, in words' reach.
#[derive(Debug, Serialize)]
struct Happened<'a> {
    kind: &'static str,
    #[serde(flatten)]
    who: WhoDid<'a>,
    /// What it is called, where it is a midway review.
    midway: Option<String>,
    /// The day of the review, or on which a task was done where that was said.
    on: String,
    /// The names of the tasks it is about.
    tasks: String,
    late: bool,
    how: &'static str,
    concern: Option<ConcernId>,
}

impl Messages {
    /// One fact of a review in a line, without its moment: for a list of what happened.
    #[must_use]
    pub fn review_happened(&self, rules: &Rules<'_>, fact: &Recorded) -> String {
        self.said(TEMPLATE, &happened(rules, fact))
    }
}

impl Messages {
    /// The heading of a text of a review, by its field in the store.
    #[must_use]
    pub fn review_field(&self, rules: &Rules<'_>, field: &str) -> String {
        self.said(HEADING, &heading(rules, field))
    }
}

fn heading(rules: &Rules<'_>, field: &str) -> Value {
    let asked = match Field::named(field) {
        Some(Field::Form(place)) => {
            let fields = &rules.protocol.beside.review_fields;
            fields.get(usize::from(place))
        }
        _ => None,
    };
    match asked {
        Some(asked) => json!({"field": "form", "asked": asked.name}),
        None => json!({"field": field, "asked": ""}),
    }
}

fn happened<'a>(rules: &Rules<'_>, recorded: &'a Recorded) -> Happened<'a> {
    let names = |ids: &[ClockId]| {
        let clocks = &rules.protocol.beside.review_clocks;
        let name = |id: &ClockId| clocks.iter().find(|clock| clock.id == id.as_str());
        let names = ids.iter().filter_map(name).map(|clock| clock.name.as_str());
        names.collect::<Vec<_>>().join("; ")
    };
    let one = |id: &ClockId| names(std::slice::from_ref(id));
    let mut line = Happened {
        kind: "",
        who: WhoDid::of(recorded),
        midway: None,
        on: String::new(),
        tasks: String::new(),
        late: false,
        how: "",
        concern: None,
    };
    line.kind = match &recorded.fact {
        Fact::ReviewHeld(held) => {
            line.on = say_date(held.review_date);
            line.midway = midway_of(rules, held).map(str::to_owned);
            "review_held"
        }
        Fact::TaskDone { clock, on, late } => {
            (line.tasks, line.late) = (one(clock), *late);
            line.on = on.map_or_else(String::new, say_date);
            "task_done"
        }
        Fact::NoticeReceived { clock, .. } => {
            line.tasks = one(clock);
            "notice_received"
        }
        Fact::Objected { late, .. } => {
            line.late = *late;
            "objected"
        }
        Fact::DeemedAccepted { .. } => "deemed_accepted",
        Fact::ObjectionSettled { changed } => {
            line.how = if *changed { "changed" } else { "stand" };
            "objection_settled"
        }
        Fact::DueReminded { clocks } => {
            line.tasks = names(clocks);
            "due_reminded"
        }
        Fact::FoundLate { clocks } => {
            line.tasks = names(clocks);
            "found_late"
        }
        Fact::NoticeNotDelivered { clock } => {
            line.tasks = one(clock);
            "notice_not_delivered"
        }
        Fact::Nudged { of } => {
            line.how = match of {
                Waits::Settlement => "settlement",
                Waits::Referral => "referral",
                Waits::PanelPart => "panel_part",
            };
            "nudged"
        }
        Fact::ReferralAnswered { means } => {
            line.how = match means {
                Means::Panel => "panel",
                Means::Other => "other",
            };
            "referral_answered"
        }
        Fact::PanelPartTaken { attends } => {
            line.how = if *attends { "attends" } else { "views" };
            "panel_part_taken"
        }
        Fact::MidwayNoted => "midway_noted",
        Fact::ConcernRaised { concern } => {
            line.concern = Some(*concern);
            "concern_raised"
        }
        Fact::OfficerChanged { to } => line.who.handed_over(to),
        Fact::PaperworkDone => "paperwork_done",
    };
    line
}

/// A line of each kind.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    for field in [
        "concerns",
        "others",
        "objection",
        "outcome",
        "response",
        "views",
        "form",
    ] {
        attempt(
            HEADING,
            &json!({"field": field, "asked": "Is the plan on course?"}),
        );
    }
    let [one, two, three] = ["U0ONE", "U0TWO", "U0THREE"].map(UserId::from);
    let kinds: [(&str, &[&str]); 16] = [
        ("review_held", &[""]),
        ("task_done", &[""]),
        ("notice_received", &[""]),
        ("objected", &[""]),
        ("deemed_accepted", &[""]),
        ("objection_settled", &["changed", "stand"]),
        ("due_reminded", &[""]),
        ("found_late", &[""]),
        ("notice_not_delivered", &[""]),
        ("nudged", &["settlement", "referral", "panel_part"]),
        ("referral_answered", &["panel", "other"]),
        ("panel_part_taken", &["attends", "views"]),
        ("midway_noted", &[""]),
        ("concern_raised", &[""]),
        ("officer_changed", &[""]),
        ("paperwork_done", &[""]),
    ];
    for (kind, hows) in kinds {
        for how in hows {
            for late in [false, true] {
                let sample = Happened {
                    kind,
                    who: WhoDid {
                        by: Some(&one),
                        on_behalf_of: Some(&two).filter(|_| late),
                        to: Some(&three),
                    },
                    midway: late.then(|| "midpoint review".to_owned()),
                    on: "Wed 16 Dec".to_owned(),
                    tasks: "Review report completed".to_owned(),
                    late,
                    how,
                    concern: Some(ConcernId(42)),
                };
                if let Ok(sample) = serde_json::to_value(sample) {
                    attempt(TEMPLATE, &sample);
                }
            }
        }
    }
}
