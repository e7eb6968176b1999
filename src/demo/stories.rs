//! The stories that the page offers on a first visit, told with the sample council's people.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sandbox::{Aim, Condition, Step, Story};
use serde_json::{Value, json};

use super::sample::{Sample, user};
use crate::protocol::Protocol;

/// A story, and when it begins.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) story: Story,
    pub(super) begins: DateTime<Utc>,
}

/// The stories that can be told under a protocol.
pub(super) fn of(protocol: &Protocol, sample: &Sample) -> Vec<Told> {
    if protocol.id == "manchester" {
        return vec![over_christmas(sample), to_the_deputy_director(sample)];
    }
    Vec::new()
}

fn over_christmas(sample: &Sample) -> Told {
    let at = |name: &str| sample.channel(name);
    let steps = vec![
        step(
            "You are an Independent Reviewing Officer. It is Monday 14 December. A child's permanence plan has stood still since the last review. Type `/concern`.",
            "iro1",
            Some("dm".to_owned()),
            Aim::Compose("/concern".to_owned()),
            Condition::ViewOpen("raise_concern".to_owned()),
        ),
        raise(),
        step(
            "The card is in the Team Manager's channel: what, for whom, by when, what to press, and what happens otherwise. Nobody presses anything. The child is not named, and the text is shown only to those who may read it.",
            "team_manager_north",
            Some(at("north-team-manager")),
            Aim::Read,
            Condition::Next,
        ),
        clock(
            "A working day passes without a sign that it was seen: move the clock to the next deadline. The manager is reminded, once.",
        ),
        clock(
            "On Friday, the working day before it moves on, the officer is warned and can still hold it; and the IRO Team Manager, whose agreement the next stage needs, is asked ahead. Move the clock again.",
        ),
        step(
            "You are the IRO Team Manager now. Agree: if there is still no answer on Monday, it can go on the same day.",
            "iro_manager",
            Some(at("iro-manager")),
            Aim::Press("agree_gate".to_owned()),
            Condition::Message {
                channel: Some(at("iro-manager")),
                text: Some("Agreed by".to_owned()),
                action: None,
            },
        ),
        clock(
            "Monday 21 December, just after 17:00: no answer came. Move the clock to that moment.",
        ),
        step(
            "The Service Lead has it, the same day, with a new due day: Wednesday 30 December. Christmas Day, the bank holiday and the weekend are not counted.",
            "service_lead",
            Some(at("service-lead")),
            Aim::Read,
            Condition::Message {
                channel: Some(at("service-lead")),
                text: Some("Wed 30 Dec".to_owned()),
                action: Some("respond".to_owned()),
            },
        ),
        step(
            "That is the whole idea: a deadline that nobody needs to watch. Look round: the timeline says what was done and under which clause; the officer's receipt shows what they may do.",
            "iro1",
            Some("dm".to_owned()),
            Aim::Read,
            Condition::Next,
        ),
    ];
    told(
        "christmas",
        "No answer before Christmas",
        "A starred recommendation that nobody answers goes to the next stage by itself, on the very day, over the Christmas holidays. *Three minutes.*",
        (2026, 12, 14),
        steps,
    )
}

#[expect(
    clippy::too_many_lines,
    reason = "a story is its steps in order: whole, it reads as one"
)]
fn to_the_deputy_director(sample: &Sample) -> Told {
    let at = |name: &str| sample.channel(name);
    let card = |channel: &str, button: &str| Condition::Message {
        channel: Some(at(channel)),
        text: None,
        action: Some(button.to_owned()),
    };
    let steps = vec![
        step(
            "You are an Independent Reviewing Officer, on Monday 1 February 2027. Type `/concern`.",
            "iro1",
            Some("dm".to_owned()),
            Aim::Compose("/concern".to_owned()),
            Condition::ViewOpen("raise_concern".to_owned()),
        ),
        raise(),
        step(
            "You are the Team Manager. You do not agree with the recommendation: press Reject.",
            "team_manager_north",
            Some(at("north-team-manager")),
            Aim::Press("reject".to_owned()),
            Condition::ViewOpen("reject".to_owned()),
        ),
        step(
            "Say why. The officer reads it; the channel does not show it.",
            "team_manager_north",
            None,
            Aim::Fill(
                "reject".to_owned(),
                vec![(
                    "rationale".to_owned(),
                    json!(
                        "The present carers are being assessed; a search now would unsettle the placement."
                    ),
                )],
            ),
            Condition::ViewSent("reject".to_owned()),
        ),
        clock(
            "In this protocol a rejection goes on at the end of day 5, so that there is time to talk. Move the clock: the officer is warned, and the IRO Team Manager is asked.",
        ),
        step(
            "You are the IRO Team Manager: agree.",
            "iro_manager",
            Some(at("iro-manager")),
            Aim::Press("agree_gate".to_owned()),
            Condition::Message {
                channel: Some(at("iro-manager")),
                text: Some("Agreed by".to_owned()),
                action: None,
            },
        ),
        clock("Day 5 ends. Move the clock."),
        step(
            "You are the Service Lead: respond.",
            "service_lead",
            Some(at("service-lead")),
            Aim::Press("respond".to_owned()),
            Condition::ViewOpen("respond".to_owned()),
        ),
        step(
            "Your response goes to the officer, who judges it.",
            "service_lead",
            None,
            Aim::Fill(
                "respond".to_owned(),
                vec![(
                    "response".to_owned(),
                    json!(
                        "I support the Team Manager's view; we will look again at the next review."
                    ),
                )],
            ),
            Condition::ViewSent("respond".to_owned()),
        ),
        step(
            "Answered is not resolved. You are the officer: you are not satisfied.",
            "iro1",
            Some("dm".to_owned()),
            Aim::Press("not_satisfied".to_owned()),
            card("head-of-service", "decide"),
        ),
        step(
            "You are the Head of Service: decide.",
            "head_of_service",
            Some(at("head-of-service")),
            Aim::Press("decide".to_owned()),
            Condition::ViewOpen("decide".to_owned()),
        ),
        step(
            "A decision needs its rationale, both in writing.",
            "head_of_service",
            None,
            Aim::Fill(
                "decide".to_owned(),
                vec![
                    (
                        "decision".to_owned(),
                        json!("The plan stays as it is until the assessment is done."),
                    ),
                    (
                        "rationale".to_owned(),
                        json!("The assessment ends in six weeks."),
                    ),
                ],
            ),
            Condition::ViewSent("decide".to_owned()),
        ),
        step(
            "The child has waited long enough, you find. You are not satisfied.",
            "iro1",
            Some("dm".to_owned()),
            Aim::Press("not_satisfied".to_owned()),
            card("deputy-director", "decide"),
        ),
        step(
            "The Deputy Director has it, with the Strategic Lead: one card, everything that matters on it. A director sees few of these.",
            "deputy_director",
            Some(at("deputy-director")),
            Aim::Read,
            Condition::Next,
        ),
    ];
    told(
        "rejection",
        "A rejection that reaches the Deputy Director",
        "A manager rejects, a Service Lead responds, a Head of Service decides, and the officer, who alone may say that it is resolved, is not satisfied. *Four minutes.*",
        (2027, 2, 1),
        steps,
    )
}

/// The form that raises, filled in.
fn raise() -> Step {
    let entries: [(&str, Value); 8] = [
        ("team", json!("north")),
        ("case_ref", json!("K-204117")),
        ("category", json!("permanence")),
        ("event_date", json!("2026-12-11")),
        (
            "issue",
            json!(
                "The permanence plan agreed at the last review has not moved: family finding has not begun."
            ),
        ),
        (
            "impact",
            json!("The child has waited eight months without knowing where they will grow up."),
        ),
        (
            "action",
            json!("Begin family finding and hold a permanence planning meeting."),
        ),
        ("flags", json!(["starred"])),
    ];
    step(
        "Choose the team first: the team fixes the protocol, and the protocol what is asked. The form asks what it means for the child, and takes no names. Then raise it.",
        "iro1",
        None,
        Aim::Fill(
            "raise_concern".to_owned(),
            entries
                .map(|(block, entry)| (block.to_owned(), entry))
                .to_vec(),
        ),
        Condition::ViewSent("raise_concern".to_owned()),
    )
}

fn clock(text: &str) -> Step {
    Step {
        text: text.to_owned(),
        act_as: None,
        channel: None,
        aim: Aim::Clock("deadline".to_owned()),
        done_when: Condition::ClockMoved(Some("deadline".to_owned())),
    }
}

fn step(text: &str, act_as: &str, channel: Option<String>, aim: Aim, done_when: Condition) -> Step {
    Step {
        text: text.to_owned(),
        act_as: Some(user(act_as)),
        channel,
        aim,
        done_when,
    }
}

fn told(
    id: &str,
    title: &str,
    blurb: &str,
    (year, month, day): (i32, u32, u32),
    steps: Vec<Step>,
) -> Told {
    let story = Story {
        id: id.to_owned(),
        title: title.to_owned(),
        blurb: blurb.to_owned(),
        steps,
    };
    // Ten in the morning, in winter: council time is UTC then.
    let begins = NaiveDate::from_ymd_opt(year, month, day)
        .unwrap_or_default()
        .and_time(NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default());
    Told {
        story,
        begins: begins.and_utc(),
    }
}
