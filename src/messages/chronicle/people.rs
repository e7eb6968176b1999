//! As what somebody acted, as far as the record has it.

use crate::concern::{Actor, Concern, Fact, Recorded, Rules};
use crate::messages::ladder;
use crate::protocol::{IRO_MANAGER, Step};

/// As what somebody acted.
pub(super) struct Acting {
    pub(super) capacity: &'static str,
    /// The role's name with its article, or the raiser's role; empty where the record has none.
    pub(super) role: String,
}

/// As what the actor of a fact acted; `before` is the concern as it then stood, `step` the one the fact is about.
pub(super) fn acting(
    rules: &Rules<'_>,
    before: &Concern,
    recorded: &Recorded,
    step: Option<&Step>,
) -> Acting {
    let Actor::Person(user) = &recorded.actor else {
        return as_what("program", String::new());
    };
    let role = |id| ladder::roles(rules.protocol, [id], "or");
    let raiser = || {
        let capacity = if *user == before.raiser {
            "raiser"
        } else {
            "cover"
        };
        as_what(capacity, before.raiser_role.to_string())
    };
    match &recorded.fact {
        Fact::Raised(with) => as_what("raiser", with.raiser_role.to_string()),
        Fact::Answered {
            role: Some(held), ..
        } => as_what("addressee", role(held)),
        Fact::Answered { role: None, .. } => as_what("own_addressee", String::new()),
        Fact::Acknowledged { roles, .. }
            if !roles.is_empty()
                && step.and_then(|step| rules.own_addressee(before, step)) != Some(user) =>
        {
            as_what("addressee", ladder::roles(rules.protocol, roles, "and"))
        }
        Fact::MeetingCalled(called) if called.by_raiser => raiser(),
        Fact::MeetingHeld(met) if met.by_raiser => raiser(),
        Fact::Acknowledged { .. }
        | Fact::Reported { .. }
        | Fact::AnsweredLate { .. }
        | Fact::MeetingCalled(_)
        | Fact::MeetingDeclined { .. }
        | Fact::MeetingHeld(_)
        | Fact::Extended { .. } => {
            let Some(step) = step else {
                return as_what("addressee", String::new());
            };
            if rules.own_addressee(before, step) == Some(user) {
                as_what("own_addressee", String::new())
            } else {
                as_what(
                    "addressee",
                    ladder::roles(rules.protocol, step.answerers(), "or"),
                )
            }
        }
        Fact::GateAgreed { talk, .. } if !talk.put_down_of.is_empty() => raiser(),
        Fact::GateAgreed { roles, .. } if !roles.is_empty() => {
            as_what("gate", ladder::roles(rules.protocol, roles, "and"))
        }
        Fact::GateAgreed { visit, .. } | Fact::GateDeclined { visit, .. } => {
            let gate = before
                .visit_numbered(*visit)
                .and_then(|visit| rules.gate_to(&visit.gate.as_ref()?.to));
            match gate {
                Some(gate) if gate.roles.is_empty() => raiser(),
                Some(gate) => as_what("gate", ladder::roles(rules.protocol, &gate.roles, "or")),
                None => as_what("gate", String::new()),
            }
        }
        Fact::InputGiven { roles, .. } => {
            as_what("reader", ladder::roles(rules.protocol, roles, "and"))
        }
        Fact::Spoke(spoke) if spoke.own => {
            as_what("gate", ladder::roles(rules.protocol, &spoke.roles, "and"))
        }
        Fact::HandedOver { .. } if *user != before.raiser => {
            as_what("iro_manager", role(&IRO_MANAGER.into()))
        }
        // What is for the raiser's side is done by the raiser, by their cover, or else by the manager of the service.
        Fact::Informed(_) | Fact::Replied(_) | Fact::Called(_) | Fact::NotePasted { .. }
            if *user != before.raiser && recorded.on_behalf_of.as_ref() != Some(&before.raiser) =>
        {
            as_what("iro_manager", role(&IRO_MANAGER.into()))
        }
        Fact::Noted | Fact::TransferAsked { .. } | Fact::Transferred(_)
            if *user != before.raiser =>
        {
            as_what("reader", String::new())
        }
        _ => raiser(),
    }
}

fn as_what(capacity: &'static str, role: String) -> Acting {
    Acting { capacity, role }
}
