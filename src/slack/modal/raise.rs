//! The form that raises a concern: first the team, since the team fixes the protocol; then all that its protocol asks.

use chrono::{DateTime, NaiveDate, Utc};

use super::acts::choice_of;
use super::review::ratings_told;
use crate::calendar::say_date;
use crate::concern::{Concern, Rules};
use crate::directory::{Directory, Team};
use crate::ids::{RaiserRole, RoleId, TeamId, UserId};
use crate::messages::{
    AboutWhom, Choice, Choices, Elsewhere, Group, Outlook, RaiseForm, Raised, Recipient, UsualDay,
};
use crate::protocol::{Adjust, ClockStart, IRO_MANAGER, Protocol, Redirect, Route, Step, Subject};

/// The form's name.
pub(in crate::slack) const CALLBACK: &str = "raise_concern";

/// The teams as they may be chosen.
pub(in crate::slack) fn choices_of(teams: &[&Team]) -> Choices {
    let choices = teams
        .iter()
        .map(|team| Choice::new(team.id.as_str(), &team.name));
    Choices::list(choices.collect())
}

/// What the whole form is built of, for a team under its protocol and route.
pub(in crate::slack) fn whole(
    teams: &[&Team],
    team: &Team,
    rules: &Rules<'_>,
    directory: &Directory,
    (raisers, case_system, today): (&[RaiserRole], &str, NaiveDate),
) -> RaiseForm {
    let protocol = rules.protocol;
    let start = rules.step(&rules.route.default_start);
    let routes = (protocol.routes.len() > 1).then(|| {
        let routes = routes_open_to(protocol, raisers);
        Choices::list(
            routes
                .map(|route| Choice::new(route.id.as_str(), &route.name))
                .collect(),
        )
    });
    let subjects = protocol.subjects_open_to(raisers, rules.route);
    let adjust = start
        .and_then(|step| step.clock.as_ref())
        .map(|clock| clock.adjust);
    RaiseForm {
        teams: vec![choices_of(teams)],
        routes: routes.into_iter().collect(),
        starred: subjects.iter().any(|subject| protocol.may_star(*subject)),
        elsewhere: elsewhere(protocol, rules.route, &subjects),
        subjects: match subjects[..] {
            [_] => Vec::new(),
            _ => subjects
                .into_iter()
                .map(|subject| AboutWhom { subject })
                .collect(),
        },
        protocol: protocol.title.clone(),
        to: start.map_or_else(Vec::new, |step| {
            let to = step.to.iter();
            to.map(|role| recipient(directory, &team.id, role, protocol))
                .collect()
        }),
        stage: start.map_or_else(String::new, |step| step.stage.clone()),
        usual: start.map_or_else(UsualDay::default, |step| usual_day(step, rules, today)),
        iro_manager: protocol.role_name(&RoleId::from(IRO_MANAGER)).to_owned(),
        case_system: case_system.to_owned(),
        categories: vec![categories(protocol)],
        rag: protocol.rag,
        ratings: ratings_told(team, rules, directory),
        adjust: match adjust {
            Some(Adjust::Shorter) => "shorter",
            Some(Adjust::Any) => "any",
            Some(Adjust::No) | None => "no",
        },
        steps: vec![Choices::list(
            rules.route.steps.iter().map(choice_of).collect(),
        )],
    }
}

/// The routes on which somebody with these raiser roles may raise.
pub(in crate::slack) fn routes_open_to<'p>(
    protocol: &'p Protocol,
    raisers: &[RaiserRole],
) -> impl Iterator<Item = &'p Route> {
    protocol
        .routes
        .iter()
        .filter(|route| !protocol.subjects_open_to(raisers, route).is_empty())
}

/// The other procedures that a disagreement on a route about any of these subjects may belong to.
fn elsewhere(protocol: &Protocol, route: &Route, subjects: &[Subject]) -> Vec<Elsewhere> {
    let offered = |redirect: &&Redirect| {
        let mut subjects = subjects.iter();
        subjects.any(|subject| redirect.is_offered(&route.id, Some(*subject)))
    };
    let redirects = protocol.beside.redirects.iter().filter(offered);
    redirects.map(Elsewhere::from).collect()
}

/// What the raiser is shown once it is raised.
pub(in crate::slack) fn raised(
    rules: &Rules<'_>,
    concern: &Concern,
    directory: &Directory,
    now: DateTime<Utc>,
) -> Raised {
    let mut said = Raised {
        reference: concern.id.to_string(),
        urgent: concern.raised.flags.urgent,
        outlook: Outlook::of(rules, concern, now),
        ..Raised::default()
    };
    let team = directory.team(&concern.raised.team);
    if let (Some(visit), Some(team)) = (concern.visit(), team)
        && let Some(step) = rules.step_of(visit)
    {
        let own = rules.own_addressee(concern, step);
        let own_role = rules.role_of_own_addressee(&visit.step);
        said.to = step
            .answerers()
            .map(|role| {
                let own = own.filter(|_| own_role == Some(role));
                own.map_or_else(
                    || recipient(directory, &team.id, role, rules.protocol),
                    |own| own_recipient(rules.protocol, role, own),
                )
            })
            .collect();
        said.stage.clone_from(&step.stage);
        said.due = visit
            .due
            .map_or_else(String::new, |due| rules.calendar.say_due(&due));
        said.review_on = concern
            .review
            .map_or_else(String::new, |(on, _)| say_date(on));
    }
    said
}

fn own_recipient(protocol: &Protocol, role: &RoleId, own: &UserId) -> Recipient {
    Recipient {
        role: protocol.role_name(role).to_owned(),
        people: vec![own.clone()],
        own: true,
        vacant: false,
    }
}

/// Who holds a role for a team, or stands in for it.
pub(in crate::slack) fn recipient(
    directory: &Directory,
    team: &TeamId,
    role: &RoleId,
    protocol: &Protocol,
) -> Recipient {
    let found = directory.holders(team, role, protocol);
    Recipient {
        role: protocol.role_name(role).to_owned(),
        vacant: found.standing_in_for.is_some(),
        people: found.users,
        own: false,
    }
}

pub(super) fn categories(protocol: &Protocol) -> Choices {
    let groups = protocol
        .themes
        .iter()
        .filter(|theme| !theme.categories.is_empty())
        .map(|theme| Group {
            name: theme.name.clone(),
            options: theme
                .categories
                .iter()
                .map(|one| Choice::new(&one.id, &one.name))
                .collect(),
        });
    Choices::grouped(groups.collect())
}

/// By when an answer to a step is usually due: a day where it can be told now, else the period.
fn usual_day(step: &Step, rules: &Rules<'_>, today: NaiveDate) -> UsualDay {
    let Some(clock) = &step.clock else {
        return UsualDay {
            kind: "none",
            ..UsualDay::default()
        };
    };
    let (kind, day) = match clock.from {
        ClockStart::Issued | ClockStart::Raised | ClockStart::FirstFormal => {
            let due = rules.due(today, clock.within);
            ("day", rules.calendar.say_due(&due))
        }
        ClockStart::Event => ("event", String::new()),
        ClockStart::PreviousStep | ClockStart::Step(_) => ("within", String::new()),
    };
    UsualDay {
        kind,
        day,
        period: clock.within.to_string(),
    }
}
