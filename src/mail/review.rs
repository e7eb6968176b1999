//! Which messages follow from what happens to a review, to whom. Pure, as for concerns.

use serde::{Deserialize, Serialize};

use super::{Kind, To};
use crate::concern::Rules;
use crate::ids::{ClockId, RoleId, UserId};
use crate::protocol::{IRO_MANAGER, Sitting};
use crate::review::event::Waits;
use crate::review::readers::rating;
use crate::review::tasks::{notices, owner, referral_of, task_of, waits};
use crate::review::{Fact, New, Review, Stage, Task, tasks};

/// A message that is meant to be sent.
pub type Mail = super::Mail<Matter>;

/// What a message is about: enough, with the record, to render it at any time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matter {
    /// The occasion.
    pub occasion: Occasion,
    /// The clocks it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockId>,
}

/// The occasions on which something is sent about a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The officer's standing receipt: every task with its day, and everything they may do.
    Receipt,
    /// To whose silence is consent: the decisions are with them, and by when they may object.
    Window,
    /// To the owner of a task that is not the officer's.
    Task,
    /// To the manager who is referred to under a standing criterion.
    Referral,
    /// To owners on the day: due today.
    Due,
    /// To owners: late.
    Late,
    /// To the officer: a notice is not delivered.
    Undelivered,
    /// To whom something without a clock waits for.
    Nudge,
    /// To those who hear of every review (`W-2.1`).
    Held,
    /// To those who hear of an amber or a red one (`W-2.7`, `W-2.8`).
    Rated,
    /// To the officer and all who attended: a decision was objected to (`B-3.1.d`).
    Objected,
    /// To the officer: the window ended without an objection.
    Accepted,
    /// To whoever objected and all who attended: what became of it.
    Settled,
    /// To the officer: what becomes of the referral.
    ReferralAnswered,
    /// To the manager, and where views were sent the manager of the IRO service: the officer's part in the panel (`W-2.6`).
    PartTaken,
    /// To the officer who has it no more.
    HandedOver,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 16] = [
        Self::Receipt,
        Self::Window,
        Self::Task,
        Self::Referral,
        Self::Due,
        Self::Late,
        Self::Undelivered,
        Self::Nudge,
        Self::Held,
        Self::Rated,
        Self::Objected,
        Self::Accepted,
        Self::Settled,
        Self::ReferralAnswered,
        Self::PartTaken,
        Self::HandedOver,
    ];

    /// The kind of message it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Receipt => Kind::Receipt,
            Self::Window | Self::Task | Self::Referral => Kind::Card,
            Self::Due | Self::Nudge => Kind::Reminder,
            Self::Late | Self::Undelivered => Kind::Alert,
            Self::Held
            | Self::Rated
            | Self::Objected
            | Self::Accepted
            | Self::Settled
            | Self::ReferralAnswered
            | Self::PartTaken
            | Self::HandedOver => Kind::Notice,
        }
    }

    /// Whether it is brought up to date as the review moves: it has buttons to use up.
    #[must_use]
    pub fn is_kept_up(self) -> bool {
        match self.kind() {
            Kind::Notice => matches!(self, Self::Objected | Self::ReferralAnswered),
            _ => true,
        }
    }

    /// Whether it is posted anew where it has gone.
    #[must_use]
    pub fn stands(self) -> bool {
        matches!(self.kind(), Kind::Receipt | Kind::Card)
    }
}

/// The messages that follow from new facts. `before` is the review as it was, `None` when it has just been recorded.
#[must_use]
pub fn follows(
    rules: &Rules<'_>,
    before: Option<&Review>,
    after: &Review,
    facts: &[New],
) -> Vec<Mail> {
    let mut post = Post::default();
    for new in facts {
        one(rules, after, &new.recorded.fact, &mut post);
        if let (Fact::OfficerChanged { .. }, Some(before)) = (&new.recorded.fact, before) {
            post.say(Occasion::Receipt, To::Raiser);
            post.say(Occasion::HandedOver, To::Person(before.officer.clone()));
        }
    }
    // A task that has just begun to run, or to be sent, gets its card.
    let begun = |task: &Task<'_>| !matches!(task.stage, Stage::Waiting);
    for task in tasks(rules, after).iter().filter(|task| begun(task)) {
        let new = before.is_none_or(|before| {
            task_of(rules, before, &task.id).is_some_and(|earlier| !begun(&earlier))
        });
        if new {
            post.card(task);
        }
    }
    post.mail
}

/// What stands of a review: its receipt, the cards of what is left to others.
#[must_use]
pub fn present(rules: &Rules<'_>, review: &Review) -> Vec<Mail> {
    let mut post = Post::default();
    post.say(Occasion::Receipt, To::Raiser);
    let all = tasks(rules, review);
    let left = all.iter().filter(|task| task.is_left());
    left.filter(|task| !matches!(task.stage, Stage::Waiting))
        .for_each(|task| post.card(task));
    let referral = referral_of(rules, review).filter(|_| review.referral.is_none());
    for role in referral.into_iter().flat_map(|notice| &notice.to) {
        post.say(Occasion::Referral, To::Role(role.clone()));
    }
    post.mail
}

#[derive(Default)]
struct Post {
    mail: Vec<Mail>,
}

impl Post {
    fn send(&mut self, occasion: Occasion, clocks: Vec<ClockId>, to: To) {
        let matter = Matter { occasion, clocks };
        self.mail.push(Mail { matter, to });
    }

    fn say(&mut self, occasion: Occasion, to: To) {
        self.send(occasion, Vec::new(), to);
    }

    /// To the owner of a task that is not the officer's.
    fn card(&mut self, task: &Task<'_>) {
        let Some(role) = owner(task) else { return };
        let occasion = if task.takes_silence() {
            Occasion::Window
        } else {
            Occasion::Task
        };
        self.send(occasion, vec![task.id.clone()], To::Role(role.clone()));
    }

    /// To each owner what is theirs.
    fn share_out(
        &mut self,
        rules: &Rules<'_>,
        review: &Review,
        occasion: Occasion,
        clocks: &[ClockId],
    ) {
        let mut shares: Vec<(To, Vec<ClockId>)> = Vec::new();
        for id in clocks {
            let Some(task) = task_of(rules, review, id) else {
                continue;
            };
            let to = owner(&task).map_or(To::Raiser, |role| To::Role(role.clone()));
            match shares.iter_mut().find(|(known, _)| *known == to) {
                Some((_, share)) => share.push(id.clone()),
                None => shares.push((to, vec![id.clone()])),
            }
        }
        for (to, share) in shares {
            self.send(occasion, share, to);
        }
    }

    fn tell_attendees(&mut self, review: &Review, occasion: Occasion) {
        for user in &review.held.attendees {
            self.say(occasion, To::Person(user.clone()));
        }
    }
}

fn one(rules: &Rules<'_>, review: &Review, fact: &Fact, post: &mut Post) {
    let role = |role: &RoleId| {
        if role == "raiser" {
            To::Raiser
        } else {
            To::Role(role.clone())
        }
    };
    match fact {
        Fact::ReviewHeld(held) => {
            post.say(Occasion::Receipt, To::Raiser);
            // A midway review has no minutes.
            let held_to = notices(rules, "review held").filter(|_| held.sitting == Sitting::Review);
            for notice in held_to {
                notice
                    .to
                    .iter()
                    .for_each(|to| post.say(Occasion::Held, role(to)));
            }
            let rated = rating(held)
                .into_iter()
                .flat_map(|when| notices(rules, when));
            for notice in rated {
                notice
                    .to
                    .iter()
                    .for_each(|to| post.say(Occasion::Rated, role(to)));
            }
            if let Some(notice) = referral_of(rules, review) {
                notice
                    .to
                    .iter()
                    .for_each(|to| post.say(Occasion::Referral, role(to)));
            }
        }
        Fact::Objected { .. } => {
            post.say(Occasion::Objected, To::Raiser);
            post.tell_attendees(review, Occasion::Objected);
        }
        Fact::DeemedAccepted { clock } => {
            post.send(Occasion::Accepted, vec![clock.clone()], To::Raiser);
        }
        Fact::ObjectionSettled { .. } => {
            let mut told: Vec<&UserId> = review.held.attendees.iter().collect();
            for objection in review.objections_in_time() {
                if !told.contains(&&objection.by) {
                    told.push(&objection.by);
                }
            }
            // Whoever objected is told first.
            let objected = |user: &&UserId| !review.held.attendees.contains(user);
            told.sort_by_key(|user| !objected(user));
            for user in told {
                post.say(Occasion::Settled, To::Person(user.clone()));
            }
        }
        Fact::DueReminded { clocks } => post.share_out(rules, review, Occasion::Due, clocks),
        Fact::FoundLate { clocks } => {
            post.share_out(rules, review, Occasion::Late, clocks);
            // What is still late when it is told again is not the officer's alone to know.
            if review.late_notes > 1 {
                let clocks = clocks.clone();
                post.send(Occasion::Late, clocks, To::Role(RoleId::from(IRO_MANAGER)));
            }
        }
        Fact::NoticeNotDelivered { clock } => {
            post.send(Occasion::Undelivered, vec![clock.clone()], To::Raiser);
        }
        Fact::Nudged { of } => match of {
            Waits::Settlement | Waits::PanelPart => post.say(Occasion::Nudge, To::Raiser),
            Waits::Referral => referral_of(rules, review)
                .into_iter()
                .flat_map(|notice| &notice.to)
                .for_each(|to| post.say(Occasion::Nudge, role(to))),
        },
        Fact::ReferralAnswered { .. } => post.say(Occasion::ReferralAnswered, To::Raiser),
        Fact::PanelPartTaken { attends } => {
            if let Some(referral) = &review.referral {
                post.say(Occasion::PartTaken, To::Person(referral.by.clone()));
            }
            if !attends {
                post.say(Occasion::PartTaken, To::Role(RoleId::from(IRO_MANAGER)));
            }
        }
        Fact::TaskDone { .. }
        | Fact::NoticeReceived { .. }
        | Fact::MidwayNoted
        | Fact::OfficerChanged { .. }
        | Fact::ConcernRaised { .. }
        | Fact::PaperworkDone => {}
    }
}

/// Whether a message that has not been sent yet is still worth sending, from the record as it now stands. What tells of something that
/// happened always is; a reminder is not once it was acted on.
#[must_use]
pub fn still_wanted(matter: &Matter, rules: &Rules<'_>, review: &Review) -> bool {
    let runs = |id: &ClockId| {
        task_of(rules, review, id).is_some_and(|task| task.running_since().is_some())
    };
    match matter.occasion {
        Occasion::Due | Occasion::Late => matter.clocks.iter().any(runs),
        Occasion::Undelivered => matter.clocks.iter().any(|id| {
            task_of(rules, review, id)
                .is_some_and(|task| matches!(task.stage, Stage::Sending { .. }))
        }),
        Occasion::Nudge => !waits(rules, review).is_empty(),
        _ => true,
    }
}
