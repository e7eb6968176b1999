//! Why something was not done, and who can: said to the person alone. In `messages/refusal/` and `messages/problem/`, one file each.

mod clause;

use serde::Serialize;

use super::{Messages, ladder};
use crate::calendar::say_date_year;
use crate::concern::{Concern, FieldFault, OutsideWay, Refusal, Rules, Who};
use crate::identifiers::Identifier;
use crate::ids::{NoticeId, RaiserRole, ReviewId, RoleId, StepId, Subject, TaskListId, UserId};
use crate::protocol::IRO_MANAGER;

/// What surrounds a refusal, so that it can say who can act.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refused<'a> {
    /// The rules of the concern, or of the protocol it would be raised under.
    pub rules: Option<&'a Rules<'a>>,
    /// The concern.
    pub concern: Option<&'a Concern>,
    /// The people who hold the roles that may act, by the directory: those of [`roles_who_can`].
    pub who_can: &'a [UserId],
}

/// What is wrong with what somebody typed or asked, before any concern is touched; or with the program's own work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem<'a> {
    /// A text holds what names a child.
    Identifier(Identifier),
    /// A case reference that does not fit the council's pattern.
    CaseRef {
        /// The name of the case system.
        case_system: &'a str,
    },
    /// A text longer than its field takes, in characters.
    TooLong {
        /// How long it is.
        is: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A required field without content.
    Missing,
    /// What was typed is not a date.
    NotADate {
        /// Why, in one sentence with the mend.
        why: &'a str,
    },
    /// What was typed is not a concern's reference.
    NotAReference,
    /// What was typed is the reference of a review, a notice or a list of tasks, and the command is for a concern.
    OfAnotherSort {
        /// What was typed.
        subject: Subject,
        /// The command's word, such as `record`.
        word: &'a str,
    },
    /// A command that needs a reference had none.
    NeedsReference {
        /// The command's word, such as `show`.
        word: &'a str,
    },
    /// A transfer without the case that is to move.
    NeedsCase,
    /// A handover without the person to hand it to.
    NeedsPerson,
    /// Nothing open of the case is theirs to hand over, or there is no such case: the same words for both.
    NothingToHandOver,
    /// There is no such concern, or it is not theirs to read: the same words for both.
    NotFound,
    /// It took too long and was undone.
    TooSlow,
    /// Whether it was done is unknown.
    InDoubt,
    /// The database could not do it just now; nothing was changed.
    Busy,
    /// Something is wrong that the person cannot mend.
    Broken,
    /// The person has no part in this council's file.
    NotSetUp {
        /// Who manages the IRO service, to ask.
        ask: &'a [UserId],
    },
    /// The person may not raise.
    MayNotRaise {
        /// Who may say more.
        ask: &'a [UserId],
    },
    /// A team that is not in the council's file any more.
    NoTeam,
    /// It came from another workspace, or from a channel shared with one.
    Outside,
}

/// The roles that may do what somebody was refused, for the directory to name their holders.
#[must_use]
pub fn roles_who_can(refusal: &Refusal) -> Vec<RoleId> {
    match refusal {
        Refusal::NotYours {
            who: Who::Roles(roles),
        }
        | Refusal::Field {
            fault: FieldFault::NotAHolder(roles),
            ..
        } => roles.clone(),
        Refusal::NotYours {
            who: Who::RaiserOrIroManager,
        } => vec![RoleId::from(IRO_MANAGER)],
        _ => Vec::new(),
    }
}

/// What the words of a refusal may say.
#[derive(Debug, Default, Serialize)]
pub(super) struct Says<'a> {
    pub(super) reference: Option<String>,
    pub(super) who: &'static str,
    pub(super) raiser: Option<&'a UserId>,
    pub(super) roles: String,
    pub(super) people: &'a [UserId],
    pub(super) on: Option<String>,
    pub(super) field: &'a str,
    pub(super) code: &'static str,
    pub(super) why: &'a str,
    pub(super) length: usize,
    pub(super) limit: usize,
    pub(super) stages: String,
    pub(super) clause: &'a str,
    pub(super) way: &'static str,
    pub(super) raiser_roles: Vec<String>,
}

impl Messages {
    /// Why a command changed nothing, and who can act. For a refusal at a field, the words for that field.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal, around: &Refused<'_>) -> String {
        let (name, mut says) = refused(refusal, around);
        says.reference = around.concern.map(|concern| concern.id.to_string());
        says.raiser = around.concern.map(|concern| &concern.raiser);
        says.people = around.who_can;
        says.clause = clause::clause_of(refusal, around);
        self.said(name, &says)
    }

    /// What is wrong with what somebody typed or asked.
    #[must_use]
    pub fn problem(&self, problem: &Problem<'_>) -> String {
        let (name, says) = wrong(problem);
        self.said(name, &says)
    }

    /// Words that must never fail to be said: where a template breaks all the same, the plainest.
    pub(super) fn said(&self, name: &str, says: &impl Serialize) -> String {
        self.engine.words(name, says).unwrap_or_else(|broken| {
            tracing::error!(%broken, "a refusal has no words");
            "That was not done, and nothing was changed.".to_owned()
        })
    }
}

fn refused<'a>(refusal: &'a Refusal, around: &Refused<'a>) -> (&'static str, Says<'a>) {
    let names = |roles: &[RoleId]| {
        around.rules.map_or_else(
            || "whoever holds the role".to_owned(),
            |rules| ladder::roles(rules.protocol, roles, "or"),
        )
    };
    let mut says = Says::default();
    let name = match refusal {
        Refusal::NotYours { who } => {
            says.who = match who {
                Who::Raiser => "raiser",
                Who::RaiserOrIroManager => "raiser_or_iro_manager",
                Who::Roles(_) => "roles",
                Who::Readers => "readers",
            };
            says.roles = match who {
                Who::Roles(roles) => names(roles),
                Who::RaiserOrIroManager => names(&[RoleId::from(IRO_MANAGER)]),
                Who::Raiser | Who::Readers => String::new(),
            };
            "refusal/not_yours.txt"
        }
        Refusal::OwnConcern => "refusal/own_concern.txt",
        Refusal::Closed => "refusal/closed.txt",
        Refusal::DoneAlready => "refusal/done_already.txt",
        Refusal::OutOfDate => "refusal/out_of_date.txt",
        Refusal::NotAsked => "refusal/not_asked.txt",
        Refusal::ClockRuns { due } => {
            says.on = around.rules.map(|rules| rules.calendar.say_due(due));
            "refusal/clock_runs.txt"
        }
        Refusal::NothingToHold => "refusal/nothing_to_hold.txt",
        Refusal::NothingToMoveOn => "refusal/nothing_to_move_on.txt",
        Refusal::LastStep => "refusal/last_step.txt",
        Refusal::NoExtension => "refusal/no_extension.txt",
        Refusal::TimeFixed => "refusal/time_fixed.txt",
        Refusal::NotExhausted => "refusal/not_exhausted.txt",
        Refusal::NoGate => "refusal/no_gate.txt",
        Refusal::NoMeetingHere => "refusal/no_meeting_here.txt",
        Refusal::MustMeet { .. } => "refusal/must_meet.txt",
        Refusal::NotesMissing { stages, .. } => {
            says.stages = stages.join(", ");
            "refusal/notes_missing.txt"
        }
        Refusal::NotCopiedByName { from, .. } => {
            says.stages = stage_of(around, from.as_ref());
            "refusal/not_copied_by_name.txt"
        }
        Refusal::NotRedirected { .. } => "refusal/not_redirected.txt",
        Refusal::OutsideByOthers { way, by, .. } => {
            says.way = super::outside::way(*way);
            says.raiser_roles = by.iter().map(RaiserRole::to_string).collect();
            "refusal/outside_by_others.txt"
        }
        Refusal::OutsideNotYet { way, from, .. } => {
            says.way = super::outside::way(*way);
            says.stages = stage_of(around, Some(from));
            "refusal/outside_not_yet.txt"
        }
        Refusal::Field { block, fault } => {
            says.field = block;
            field_fault(fault, &mut says, names)
        }
    };
    (name, says)
}

/// The stage of a step from which something is open; empty where there is none.
fn stage_of(around: &Refused<'_>, from: Option<&StepId>) -> String {
    let Some(from) = from else {
        return String::new();
    };
    let step = around.rules.and_then(|rules| rules.step(from));
    step.map_or_else(|| from.to_string(), |step| step.stage.clone())
}

/// The words for what is wrong with a field, and what they say beside.
fn field_fault<'a>(
    fault: &'a FieldFault,
    says: &mut Says<'a>,
    names: impl Fn(&[RoleId]) -> String,
) -> &'static str {
    match fault {
        FieldFault::Missing => "refusal/field_missing.txt",
        FieldFault::Past => "refusal/field_past.txt",
        FieldFault::Future => "refusal/field_future.txt",
        FieldFault::Before(day) => {
            says.on = Some(say_date_year(*day));
            "refusal/field_before.txt"
        }
        FieldFault::NotAfter(day) => {
            says.on = Some(say_date_year(*day));
            "refusal/field_not_after.txt"
        }
        FieldFault::After(day) => {
            says.on = Some(say_date_year(*day));
            "refusal/field_after.txt"
        }
        FieldFault::OnlyShorter(day) => {
            says.on = Some(say_date_year(*day));
            "refusal/field_only_shorter.txt"
        }
        FieldFault::NotALaterStep => "refusal/field_not_a_later_step.txt",
        FieldFault::NotAHolder(roles) => {
            says.roles = names(roles);
            "refusal/field_not_a_holder.txt"
        }
        FieldFault::SameDay => "refusal/field_same_day.txt",
        FieldFault::NotARaiser => "refusal/field_not_a_raiser.txt",
        FieldFault::InTheLine => "refusal/field_in_the_line.txt",
        FieldFault::AlreadyTheirs => "refusal/field_already_theirs.txt",
        FieldFault::ForACover => "refusal/field_for_a_cover.txt",
        FieldFault::Unknown => "refusal/field_unknown.txt",
        FieldFault::RoleMayNotRaise => "refusal/field_role_may_not_raise.txt",
        FieldFault::RoleNotOnRoute => "refusal/field_role_not_on_route.txt",
        FieldFault::NotStarred(clause) => {
            says.why = clause;
            "refusal/field_not_starred.txt"
        }
        FieldFault::TooMany(most) => {
            says.limit = *most;
            "refusal/field_too_many.txt"
        }
        FieldFault::ToldAlready => "refusal/field_told_already.txt",
        FieldFault::ReadsAlready => "refusal/field_reads_already.txt",
        FieldFault::ByEmail(clause) => {
            says.why = clause;
            "refusal/field_by_email.txt"
        }
    }
}

fn wrong<'a>(problem: &Problem<'a>) -> (&'static str, Says<'a>) {
    let mut says = Says::default();
    let name = match *problem {
        Problem::Identifier(found) => {
            says.code = found.code();
            "problem/identifier.txt"
        }
        Problem::CaseRef { case_system } => {
            says.why = case_system;
            "problem/case_ref.txt"
        }
        Problem::TooLong { is, limit } => {
            (says.length, says.limit) = (is, limit);
            "problem/too_long.txt"
        }
        Problem::Missing => "refusal/field_missing.txt",
        Problem::NotADate { why } => {
            says.why = why;
            "problem/not_a_date.txt"
        }
        Problem::NotAReference => "problem/not_a_reference.txt",
        Problem::OfAnotherSort { subject, word } => {
            says.reference = Some(subject.to_string());
            says.code = subject.sort();
            says.field = word;
            "problem/of_another_sort.txt"
        }
        Problem::NeedsReference { word } => {
            says.why = word;
            "problem/needs_reference.txt"
        }
        Problem::NeedsCase => "problem/needs_case.txt",
        Problem::NeedsPerson => "problem/needs_person.txt",
        Problem::NothingToHandOver => "problem/nothing_to_hand_over.txt",
        Problem::NotFound => "problem/not_found.txt",
        Problem::TooSlow => "problem/too_slow.txt",
        Problem::InDoubt => "problem/in_doubt.txt",
        Problem::Busy => "problem/busy.txt",
        Problem::Broken => "problem/broken.txt",
        Problem::NotSetUp { ask } => {
            says.people = ask;
            "problem/not_set_up.txt"
        }
        Problem::MayNotRaise { ask } => {
            says.people = ask;
            "problem/may_not_raise.txt"
        }
        Problem::NoTeam => "problem/no_team.txt",
        Problem::Outside => "problem/outside.txt",
    };
    (name, says)
}

/// What is refused of the notes and of the ways out.
fn beside_the_ladder() -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let clause = || "5.3".to_owned();
    for clause in [Some(clause()), None] {
        refusals.push(Refusal::NotRedirected {
            clause: clause.clone(),
        });
        refusals.push(Refusal::NotCopiedByName {
            from: clause.as_ref().map(|_| "w-1".into()),
            clause: clause.clone().unwrap_or_default(),
        });
        refusals.push(Refusal::NotesMissing {
            stages: vec!["Level 1".to_owned(), "Level 2".to_owned()],
            clause,
        });
    }
    for way in [
        OutsideWay::Cafcass,
        OutsideWay::LegalAdvice,
        OutsideWay::OtherAdvice,
    ] {
        refusals.push(Refusal::OutsideByOthers {
            way,
            by: vec!["iro".into()],
            clause: clause(),
        });
        refusals.push(Refusal::OutsideNotYet {
            way,
            from: "s-l2".into(),
            clause: clause(),
        });
    }
    refusals
}

/// A sample of every refusal and every problem, by its template.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &serde_json::Value)) {
    let roles = || vec![RoleId::from("service_lead")];
    let day = chrono::NaiveDate::default();
    let due = crate::calendar::Due {
        date: day,
        at: chrono::DateTime::default(),
        provisional: false,
    };
    let mut refusals = vec![
        Refusal::OwnConcern,
        Refusal::Closed,
        Refusal::DoneAlready,
        Refusal::OutOfDate,
        Refusal::NotAsked,
        Refusal::ClockRuns { due },
        Refusal::NothingToHold,
        Refusal::NothingToMoveOn,
        Refusal::LastStep,
        Refusal::NoExtension,
        Refusal::TimeFixed,
        Refusal::NotExhausted,
        Refusal::NoGate,
        Refusal::NoMeetingHere,
        Refusal::MustMeet {
            clause: "5.2".to_owned(),
        },
    ];
    refusals.extend(beside_the_ladder());
    let whos = [
        Who::Raiser,
        Who::RaiserOrIroManager,
        Who::Roles(roles()),
        Who::Readers,
    ];
    refusals.extend(whos.map(|who| Refusal::NotYours { who }));
    refusals.extend(every_fault(day).map(|fault| Refusal::Field {
        block: "until",
        fault,
    }));
    let people = [UserId::from("U0IROM")];
    let raiser = UserId::from("U0IRO");
    for refusal in &refusals {
        for (known, who_can) in [(true, people.as_slice()), (false, &[])] {
            let around = Refused {
                who_can,
                ..Refused::default()
            };
            let (name, mut says) = refused(refusal, &around);
            says.people = who_can;
            if known {
                says.reference = Some("C-42".to_owned());
                says.raiser = Some(&raiser);
            }
            try_words(attempt, name, &says);
        }
    }
    let mut problems = vec![
        Problem::CaseRef { case_system: "LCS" },
        Problem::TooLong {
            is: 3_100,
            limit: 3_000,
        },
        Problem::Missing,
        Problem::NotADate {
            why: "That is not a date.",
        },
        Problem::NotAReference,
        Problem::OfAnotherSort {
            subject: Subject::Review(ReviewId(7)),
            word: "record",
        },
        Problem::OfAnotherSort {
            subject: Subject::Notice(NoticeId(7)),
            word: "record",
        },
        Problem::OfAnotherSort {
            subject: Subject::Tasks(TaskListId(7)),
            word: "record",
        },
        Problem::NeedsReference { word: "show" },
        Problem::NeedsCase,
        Problem::NeedsPerson,
        Problem::NothingToHandOver,
        Problem::NotFound,
        Problem::TooSlow,
        Problem::InDoubt,
        Problem::Busy,
        Problem::Broken,
        Problem::NoTeam,
        Problem::Outside,
    ];
    problems.extend(Identifier::ALL.map(Problem::Identifier));
    for ask in [people.as_slice(), &[]] {
        problems.extend([Problem::NotSetUp { ask }, Problem::MayNotRaise { ask }]);
    }
    for problem in &problems {
        let (name, says) = wrong(problem);
        try_words(attempt, name, &says);
    }
}

/// Everything that may be wrong with a field.
fn every_fault(day: chrono::NaiveDate) -> [FieldFault; 23] {
    [
        FieldFault::Missing,
        FieldFault::Past,
        FieldFault::Future,
        FieldFault::Before(day),
        FieldFault::NotAfter(day),
        FieldFault::After(day),
        FieldFault::OnlyShorter(day),
        FieldFault::NotALaterStep,
        FieldFault::NotAHolder(vec![RoleId::from("service_lead")]),
        FieldFault::SameDay,
        FieldFault::NotARaiser,
        FieldFault::InTheLine,
        FieldFault::ForACover,
        FieldFault::AlreadyTheirs,
        FieldFault::Unknown,
        FieldFault::RoleMayNotRaise,
        FieldFault::RoleNotOnRoute,
        FieldFault::NotStarred("Stage 1".to_owned()),
        FieldFault::TooMany(20),
        FieldFault::ToldAlready,
        FieldFault::ReadsAlready,
        FieldFault::ByEmail("Key Principles".to_owned()),
        FieldFault::ByEmail(String::new()),
    ]
}

fn try_words(attempt: &mut impl FnMut(&str, &serde_json::Value), name: &str, says: &Says<'_>) {
    if let Ok(sample) = serde_json::to_value(says) {
        attempt(name, &sample);
    }
}
