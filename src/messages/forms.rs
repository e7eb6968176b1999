//! The forms people fill, and the short words beside them: `messages/modal/` and `messages/told/`.

use serde::Serialize;
use serde_json::Value;

use super::{Broken, Messages, Outlook, RatingTold, outlook};
use crate::ids::UserId;
use crate::protocol::Subject;

/// The most options that Slack takes in one list or group.
const OPTIONS: usize = 100;

/// One thing that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent back.
    pub value: String,
    /// What people read.
    pub words: String,
}

impl Choice {
    /// A choice.
    #[must_use]
    pub fn new(value: &str, words: &str) -> Self {
        Self {
            value: value.to_owned(),
            words: words.to_owned(),
        }
    }
}

/// Choices under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// The choices.
    pub options: Vec<Choice>,
}

/// Everything that may be chosen in one place, within Slack's limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choices {
    /// Whether it is one list without headings.
    flat: bool,
    groups: Vec<Group>,
}

impl Choices {
    /// One list; where it is longer than Slack takes, groups of it, each headed by the number of its first.
    #[must_use]
    pub fn list(options: Vec<Choice>) -> Self {
        Self::grouped(vec![Group {
            name: String::new(),
            options,
        }])
    }

    /// Groups; one that is longer than Slack takes becomes several.
    #[must_use]
    pub fn grouped(groups: Vec<Group>) -> Self {
        let mut pieces = Vec::with_capacity(groups.len());
        for group in groups {
            for (number, piece) in group.options.chunks(OPTIONS).enumerate() {
                let name = match (group.name.as_str(), number) {
                    ("", _) => format!("From {}", number * OPTIONS + 1),
                    (name, 0) => name.to_owned(),
                    (name, _) => format!("{name} ({})", number + 1),
                };
                pieces.push(Group {
                    name,
                    options: piece.to_vec(),
                });
            }
        }
        pieces.truncate(OPTIONS);
        Self {
            flat: pieces.len() == 1,
            groups: pieces,
        }
    }
}

/// What a form about a concern is built of: `modal/<name>.json`, one for each button that opens one. Dates are said as cards say them,
/// but for `until`.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own, asked by a template"
)]
pub struct Form {
    /// The concern.
    pub reference: String,
    /// Whether a reason must be given.
    pub needs_reason: bool,
    /// Whether it goes past somebody else's gate.
    pub past_gate: bool,
    /// What the gate asks: `discuss`, `agree`, `in_conjunction`, `judgement`, or nothing.
    pub gate: &'static str,
    /// The roles that a gate asks, where it asks several: one entry, or none.
    pub spoken_to: Vec<Choices>,
    /// Whether the missing item must be named.
    pub needs_item: bool,
    /// The day the form holds at first, as `2026-12-24`; empty where it asks none.
    pub until: String,
    /// The day after which a day may be chosen.
    pub after: String,
    /// The latest day that may be chosen.
    pub latest: String,
    /// Whether that is the protocol's own, which is a maximum.
    pub only_shorter: bool,
    /// The steps that may be gone to: one entry, or none.
    pub steps: Vec<Choices>,
    /// The limit on the whole process that ends next, such as "20 working days end on Thu 14 Jan (3)"; empty where none runs.
    pub cap: String,
    /// The kinds of meeting there may be: one entry, or none where there is one kind only.
    pub kinds: Vec<Choices>,
    /// What the meeting is, where there is one kind only.
    pub kind: String,
    /// Who chairs it, by the protocol, such as "the Head of Service"; empty where it does not say.
    pub chair: String,
    /// Whether independent mediation may have been used.
    pub mediation: bool,
    /// Whether whoever answers follows up what they direct.
    pub follows: bool,
    /// Whether this is the answer that the step asks for.
    pub answers: bool,
    /// Whether who else attends a meeting is named.
    pub others: bool,
    /// Who was named before, where its day is set anew.
    pub attendees: Vec<UserId>,
    /// Who was named to chair it before.
    pub chair_named: Option<UserId>,
    /// The other procedures that it may go to.
    pub elsewhere: Vec<Elsewhere>,
    /// The same, to choose from: one entry, or none.
    pub ways: Vec<Choices>,
    /// With whom the protocol asks to speak first, such as "the Head of Service"; empty where it asks nobody.
    pub with: String,
}

/// By when an answer is usually due.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UsualDay {
    /// `day`, `event`, `within` or `none`.
    pub kind: &'static str,
    /// The due moment, where it can be told.
    pub day: String,
    /// How long, such as "5 working days".
    pub period: String,
}

/// Somebody a concern goes to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Recipient {
    /// The role's local name.
    pub role: String,
    /// Who they are, or who stands in.
    pub people: Vec<UserId>,
    /// Whether they are this child's own, in place of the holder.
    pub own: bool,
    /// Whether the role is vacant, so that they stand in.
    pub vacant: bool,
}

/// Whom a concern may be about.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AboutWhom {
    /// Whom: the option's value, and by its words what people read.
    pub subject: Subject,
}

/// Another procedure that a disagreement may belong to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Elsewhere {
    /// When it is the one to use, after "where".
    pub condition: String,
    /// Its name.
    pub to: String,
    /// Where the protocol says so.
    pub clause: String,
    /// Whether it takes the place of this protocol, or runs beside it.
    pub ends: bool,
}

/// What the form that raises is built of.
#[derive(Clone, Debug, Serialize)]
pub struct RaiseForm {
    /// The teams: one entry.
    pub teams: Vec<Choices>,
    /// The routes: one entry, or none where there is one route only.
    pub routes: Vec<Choices>,
    /// About whom it may be, where the raiser's role and the route leave several; else nothing.
    pub subjects: Vec<AboutWhom>,
    /// The other procedures that a disagreement on this route may belong to.
    pub elsewhere: Vec<Elsewhere>,
    /// Whether it may be marked as a starred recommendation.
    pub starred: bool,
    /// The protocol's title.
    pub protocol: String,
    /// To whom it usually goes.
    pub to: Vec<Recipient>,
    /// The stage where it usually starts.
    pub stage: String,
    /// By when an answer is usually due.
    pub usual: UsualDay,
    /// The local name of the manager of the IRO service.
    pub iro_manager: String,
    /// The case system's name.
    pub case_system: String,
    /// The categories: one entry.
    pub categories: Vec<Choices>,
    /// Whether a judgement on progress is asked.
    pub rag: bool,
    /// Who hears of which rating.
    pub ratings: Vec<RatingTold>,
    /// What the raiser may set of the time: `no`, `shorter` or `any`.
    pub adjust: &'static str,
    /// The steps where it may start: one entry.
    pub steps: Vec<Choices>,
}

/// What the raiser is shown once it is raised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Raised {
    /// The concern.
    pub reference: String,
    /// To whom it goes.
    pub to: Vec<Recipient>,
    /// The stage.
    pub stage: String,
    /// By when an answer is due; empty for a step without a clock.
    pub due: String,
    /// When the raiser is asked again, for a step without a clock.
    pub review_on: String,
    /// Whether it is urgent.
    pub urgent: bool,
    /// What lies ahead at full length.
    pub outlook: Outlook,
}

/// Short words to one person, about a form or a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Slack could not be reached.
    NotReached,
    /// Slack gave nothing to open a form with.
    NoTrigger,
    /// It took too long to open the form.
    Expired,
    /// Slack did not open the form.
    NotOpened,
    /// A button or form that this version does not know.
    Unknown,
    /// It is held as long as it may be.
    HeldLongest {
        /// The concern.
        reference: String,
        /// Until when, as cards say it.
        on: String,
    },
    /// There is no later step to go to.
    NoLaterStep {
        /// The concern.
        reference: String,
    },
    /// Slack did not say who was meant in a form.
    ChoosePerson,
    /// Slack knows nobody of that id.
    NoSuchPerson,
    /// Slack could not be asked who somebody is.
    NotAsked,
    /// It is an app.
    AnApp,
    /// The account is closed.
    AccountClosed,
    /// A guest, or somebody from outside.
    AGuest,
    /// No team's protocol lets the person's role raise.
    NoTeamOfRole,
    /// It starts elsewhere, and does not say why.
    SayStart,
    /// A reason is missing.
    SayWhy,
    /// Slack did not say whom a handover is to.
    Whom,
    /// No open concern that they may read asks that a case stays where it is.
    NotFrozen {
        /// The case.
        case_ref: String,
    },
    /// Themes are for whoever manages the service.
    ThemesOfOthers,
    /// A guest, or somebody from outside, who may be told by e-mail alone.
    AGuestByEmail,
    /// Nobody who was invited to respond has still to do so.
    NobodyInvited {
        /// The concern.
        reference: String,
    },
    /// The time of the whole process has ended.
    WholeEnded {
        /// When, as cards say it.
        on: String,
    },
}

#[derive(Debug, Default, Serialize)]
struct TellSays<'a> {
    reference: &'a str,
    on: &'a str,
}

impl Told {
    fn template(&self) -> &'static str {
        match self {
            Self::NotReached => "told/not_reached.txt",
            Self::NoTrigger => "told/no_trigger.txt",
            Self::Expired => "told/expired.txt",
            Self::NotOpened => "told/not_opened.txt",
            Self::Unknown => "told/unknown.txt",
            Self::HeldLongest { .. } => "told/held_longest.txt",
            Self::NoLaterStep { .. } => "told/no_later_step.txt",
            Self::ChoosePerson => "told/choose_person.txt",
            Self::NoSuchPerson => "told/no_such_person.txt",
            Self::NotAsked => "told/not_asked.txt",
            Self::AnApp => "told/an_app.txt",
            Self::AccountClosed => "told/account_closed.txt",
            Self::AGuest => "told/a_guest.txt",
            Self::NoTeamOfRole => "told/no_team_of_role.txt",
            Self::SayStart => "told/say_start.txt",
            Self::SayWhy => "told/say_why.txt",
            Self::Whom => "told/whom.txt",
            Self::NotFrozen { .. } => "told/not_frozen.txt",
            Self::ThemesOfOthers => "told/themes_of_others.txt",
            Self::AGuestByEmail => "told/a_guest_by_email.txt",
            Self::NobodyInvited { .. } => "told/nobody_invited.txt",
            Self::WholeEnded { .. } => "told/whole_ended.txt",
        }
    }

    fn says(&self) -> TellSays<'_> {
        match self {
            Self::HeldLongest { reference, on } => TellSays { reference, on },
            Self::WholeEnded { on } => TellSays { reference: "", on },
            Self::NoLaterStep { reference } | Self::NobodyInvited { reference } => {
                TellSays { reference, on: "" }
            }
            Self::NotFrozen { case_ref } => TellSays {
                reference: case_ref,
                on: "",
            },
            _ => TellSays::default(),
        }
    }
}

impl Messages {
    /// The form of a button, by the button's name. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn form(&self, name: &str, form: &Form) -> Result<Value, Broken> {
        self.view(name, form)
    }

    /// The form that raises, whole.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn raise_form(&self, form: &RaiseForm) -> Result<Value, Broken> {
        self.view("raise_concern", form)
    }

    /// The form that raises, before the team is chosen.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn raise_team(&self, teams: &Choices) -> Result<Value, Broken> {
        self.view("raise_team", &serde_json::json!({"teams": [teams]}))
    }

    /// What the raiser is shown once it is raised.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn raised(&self, raised: &Raised) -> Result<Value, Broken> {
        self.view("raised", raised)
    }

    /// What somebody is shown whose answer came after its time.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn kept_as_late(&self, reference: &str) -> Result<Value, Broken> {
        self.view("late", &serde_json::json!({"reference": reference}))
    }

    /// Short words about a form or a choice.
    #[must_use]
    pub fn told(&self, told: &Told) -> String {
        self.said(told.template(), &told.says())
    }
}

/// The forms about a concern.
const FORMS: [&str; 26] = [
    "explain_late",
    "report",
    "no_call",
    "give_input",
    "give_view",
    "call_meeting",
    "no_meeting",
    "record_meeting",
    "accept",
    "reject",
    "respond",
    "decide",
    "extend",
    "hold_escalation",
    "escalate",
    "decline_gate",
    "discuss_gate",
    "record_discussion",
    "bypass",
    "redirect",
    "withdraw",
    "more_time",
    "review_date",
    "position",
    "note",
    "set_time",
];

/// Samples of every form, with and without what it may hold.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let mut tried = |name: &str, sample: Result<Value, serde_json::Error>| {
        if let Ok(sample) = sample {
            attempt(name, &sample);
        }
    };
    for yes in [true, false] {
        let form = Form {
            reference: "C-42".to_owned(),
            needs_reason: yes,
            past_gate: yes,
            gate: if yes { "discuss" } else { "agree" },
            spoken_to: if yes { vec![few()] } else { Vec::new() },
            needs_item: yes,
            until: "2026-12-24".to_owned(),
            after: "Mon 21 Dec".to_owned(),
            latest: "Wed 23 Dec".to_owned(),
            only_shorter: yes,
            steps: vec![few()],
            kinds: if yes { vec![few()] } else { Vec::new() },
            kind: "Meeting".to_owned(),
            chair: if yes {
                "the Head of Service".to_owned()
            } else {
                String::new()
            },
            mediation: yes,
            elsewhere: vec![
                Elsewhere {
                    condition: "another agency is concerned".to_owned(),
                    to: "escalation procedure".to_owned(),
                    clause: "1.3".to_owned(),
                    ends: true,
                },
                Elsewhere::default(),
            ],
            others: true,
            attendees: if yes {
                vec![UserId::from("U0ONE")]
            } else {
                Vec::new()
            },
            chair_named: yes.then(|| UserId::from("U0TWO")),
            ways: if yes { vec![few()] } else { Vec::new() },
            follows: yes,
            answers: yes,
            cap: if yes {
                "20 working days end on Thu 14 Jan (3)".to_owned()
            } else {
                String::new()
            },
            with: if yes {
                "the Head of Service".to_owned()
            } else {
                String::new()
            },
        };
        for name in FORMS {
            tried(&format!("modal/{name}.json"), serde_json::to_value(&form));
        }
    }
    tried(
        "modal/raise_team.json",
        Ok(serde_json::json!({"teams": [few()]})),
    );
    tried(
        "modal/late.json",
        Ok(serde_json::json!({"reference": "C-42"})),
    );
    for told in told_samples() {
        tried(told.template(), serde_json::to_value(told.says()));
    }
    raising_samples(&mut tried);
}

fn few() -> Choices {
    Choices::list(vec![
        Choice::new("a", "The first"),
        Choice::new("b", "Another"),
    ])
}

/// Raising under a protocol of each kind.
fn raising_samples(tried: &mut impl FnMut(&str, Result<Value, serde_json::Error>)) {
    let many = Choices::list(
        (0..250)
            .map(|number| Choice::new(&number.to_string(), "One of many"))
            .collect(),
    );
    let recipient = |own, vacant, people: &[&str]| Recipient {
        role: "Team Manager".to_owned(),
        people: people.iter().map(|id| UserId::from(*id)).collect(),
        own,
        vacant,
    };
    let recipients = [
        vec![recipient(false, false, &["U0ONE", "U0TWO"])],
        vec![
            recipient(true, false, &["U0ONE"]),
            recipient(false, true, &["U0TWO"]),
        ],
        vec![recipient(false, false, &[])],
    ];
    let usual = |kind| UsualDay {
        kind,
        day: "Mon 21 Dec, 17:00".to_owned(),
        period: "5 working days".to_owned(),
    };
    for (kind, adjust, to) in [
        ("day", "no", &recipients[0]),
        ("event", "shorter", &recipients[1]),
        ("within", "any", &recipients[2]),
        ("none", "no", &recipients[0]),
    ] {
        let form = RaiseForm {
            teams: vec![many.clone()],
            routes: if kind == "day" {
                vec![few()]
            } else {
                Vec::new()
            },
            subjects: [
                Subject::LookedAfterChild,
                Subject::ChildProtection,
                Subject::FosterCarer,
            ]
            .map(|subject| AboutWhom { subject })
            .into_iter()
            .take(if kind == "day" { 3 } else { 0 })
            .collect(),
            elsewhere: [true, false]
                .into_iter()
                .filter(|ends| kind == "event" || *ends == (kind == "day"))
                .map(|ends| Elsewhere {
                    condition: "another agency is concerned".to_owned(),
                    to: "Escalation Procedure".to_owned(),
                    clause: "1.3".to_owned(),
                    ends,
                })
                .collect(),
            starred: kind == "day",
            protocol: "Dispute Resolution Protocol".to_owned(),
            to: to.clone(),
            stage: "Stage 1".to_owned(),
            usual: usual(kind),
            iro_manager: "IRO Team Manager".to_owned(),
            case_system: "LCS".to_owned(),
            categories: vec![few()],
            rag: kind == "event",
            ratings: if kind == "event" {
                RatingTold::samples()
            } else {
                Vec::new()
            },
            adjust,
            steps: vec![few()],
        };
        tried("modal/raise_concern.json", serde_json::to_value(&form));
        let raised = Raised {
            reference: "C-42".to_owned(),
            to: to.clone(),
            stage: "Stage 1".to_owned(),
            due: if kind == "none" {
                String::new()
            } else {
                "Mon 21 Dec, 17:00".to_owned()
            },
            review_on: "Mon 21 Dec".to_owned(),
            urgent: kind == "event",
            outlook: Outlook::default(),
        };
        for outlook in outlook::samples() {
            let raised = Raised {
                outlook,
                ..raised.clone()
            };
            tried("modal/raised.json", serde_json::to_value(&raised));
        }
    }
}

fn told_samples() -> [Told; 22] {
    let reference = || "C-42".to_owned();
    [
        Told::NotReached,
        Told::NoTrigger,
        Told::Expired,
        Told::NotOpened,
        Told::Unknown,
        Told::HeldLongest {
            reference: reference(),
            on: "Wed 23 Dec".to_owned(),
        },
        Told::NoLaterStep {
            reference: reference(),
        },
        Told::ChoosePerson,
        Told::NoSuchPerson,
        Told::NotAsked,
        Told::AnApp,
        Told::AccountClosed,
        Told::AGuest,
        Told::NoTeamOfRole,
        Told::SayStart,
        Told::SayWhy,
        Told::Whom,
        Told::NotFrozen {
            case_ref: "K-204117".to_owned(),
        },
        Told::ThemesOfOthers,
        Told::AGuestByEmail,
        Told::NobodyInvited {
            reference: reference(),
        },
        Told::WholeEnded {
            on: "Thu 14 Jan".to_owned(),
        },
    ]
}
