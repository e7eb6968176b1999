//! Which messages follow from what happens to a list of tasks, to whom. Pure, as for concerns.

use serde::{Deserialize, Serialize};

use super::{Kind, To};
use crate::concern::{Actor, Rules};
use crate::ids::{RoleId, TaskKey, TaskListId};
use crate::protocol::{IRO_MANAGER, Keeps};
use crate::tasks::due::Task;
use crate::tasks::{Fact, New, Stage, TaskList, task_of, tasks};

/// A message that is meant to be sent.
pub type Mail = super::Mail<Matter>;

/// What a message is about: enough, with the record, to render it at any time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matter {
    /// The occasion.
    pub occasion: Occasion,
    /// The tasks it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskKey>,
    /// Another list it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<TaskListId>,
}

/// The occasions on which something is sent about a list of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The officer's standing receipt of a case in proceedings: every task, and everything they may do.
    Receipt,
    /// To a role whose task has begun, or has come round.
    Task,
    /// To those who consider a task together with its owner.
    With,
    /// To the officer: something has begun that they did not bring about themselves.
    Begun,
    /// To owners on the day: due today.
    Due,
    /// To owners: late.
    Late,
    /// To owners of tasks without a time: not done yet.
    Asked,
    /// To the officer: nothing is left to do, do the proceedings still go on?
    LookAgain,
    /// To the officer who has it no more.
    HandedOver,
    /// To whoever manages the IRO service: another officer keeps a list of the same case.
    SameCase,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 10] = [
        Self::Receipt,
        Self::Task,
        Self::With,
        Self::Begun,
        Self::Due,
        Self::Late,
        Self::Asked,
        Self::LookAgain,
        Self::HandedOver,
        Self::SameCase,
    ];

    /// Whether it is brought up to date as the list moves: it has buttons to use up.
    #[must_use]
    pub fn is_kept_up(self) -> bool {
        !matches!(self, Self::With | Self::HandedOver | Self::SameCase)
    }

    /// The kind of message it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Receipt => Kind::Receipt,
            Self::Task => Kind::Card,
            Self::Due | Self::Asked | Self::LookAgain => Kind::Reminder,
            Self::Late => Kind::Alert,
            Self::With | Self::Begun | Self::HandedOver | Self::SameCase => Kind::Notice,
        }
    }
}

/// The messages that follow from new facts. `before` is the list as it was, `None` when it has just been opened.
#[must_use]
pub fn follows(
    rules: &Rules<'_>,
    before: Option<&TaskList>,
    after: &TaskList,
    facts: &[New],
) -> Vec<Mail> {
    let mut post = Post {
        rules,
        list: after,
        mail: Vec::new(),
    };
    for new in facts {
        post.one(&new.recorded.fact, before);
    }
    post.begun(before, facts);
    post.mail
}

/// What stands of a list: the receipt of a case in proceedings, and the cards of what roles are asked for.
#[must_use]
pub fn present(rules: &Rules<'_>, list: &TaskList) -> Vec<Mail> {
    let mut post = Post {
        rules,
        list,
        mail: Vec::new(),
    };
    if list.opened.keeps == Keeps::Proceedings {
        post.send(Occasion::Receipt, Vec::new(), To::Raiser);
    }
    for task in tasks(rules, list) {
        // What comes round has its card from the day on which its owner is told.
        let told = task.comes_round().is_none() || list.reminded.contains_key(&task.key);
        if told && task.running_since().is_some() && task.rule.owner.is_some() {
            post.send(Occasion::Task, vec![task.key.clone()], owner(&task));
        }
    }
    post.mail
}

struct Post<'p, 'r> {
    rules: &'p Rules<'r>,
    list: &'p TaskList,
    mail: Vec<Mail>,
}

impl Post<'_, '_> {
    fn send(&mut self, occasion: Occasion, tasks: Vec<TaskKey>, to: To) {
        let other = None;
        let matter = Matter {
            occasion,
            tasks,
            other,
        };
        self.mail.push(Mail { matter, to });
    }

    fn one(&mut self, fact: &Fact, before: Option<&TaskList>) {
        match fact {
            Fact::ListOpened(opened) if opened.keeps == Keeps::Proceedings => {
                self.send(Occasion::Receipt, Vec::new(), To::Raiser);
            }
            Fact::TasksDue { tasks } => self.due(tasks),
            Fact::TasksLate { tasks } => {
                self.share_out(Occasion::Late, tasks);
                // What is still late when it is told again is not its owner's alone to know.
                let again = |key: &&TaskKey| self.list.late.get(*key).is_some_and(|(n, _)| *n > 1);
                let again: Vec<TaskKey> = tasks.iter().filter(again).cloned().collect();
                if !again.is_empty() {
                    self.send(Occasion::Late, again, To::Role(iro_manager()));
                }
            }
            Fact::AskedAgain { tasks } => {
                self.share_out(Occasion::Asked, tasks);
                self.still_with_others(tasks);
            }
            Fact::LookedAgain => self.send(Occasion::LookAgain, Vec::new(), To::Raiser),
            Fact::OfficerChanged { .. } if self.list.opened.keeps == Keeps::Proceedings => {
                self.send(Occasion::Receipt, Vec::new(), To::Raiser);
                if let Some(before) = before {
                    let officer = To::Person(before.officer.clone());
                    self.send(Occasion::HandedOver, Vec::new(), officer);
                }
            }
            _ => {}
        }
    }

    /// To each owner what is due. What comes round gets its card now, and those who consider it hear of it.
    fn due(&mut self, keys: &[TaskKey]) {
        let (round, others): (Vec<_>, Vec<_>) = keys.iter().cloned().partition(|key| {
            task_of(self.rules, self.list, key).is_some_and(|task| task.comes_round().is_some())
        });
        self.share_out(Occasion::Due, &others);
        for key in round {
            if let Some(task) = task_of(self.rules, self.list, &key) {
                self.card(&task);
            }
        }
    }

    /// To each owner what is theirs.
    fn share_out(&mut self, occasion: Occasion, keys: &[TaskKey]) {
        let mut shares: Vec<(To, Vec<TaskKey>)> = Vec::new();
        for key in keys {
            let Some(task) = task_of(self.rules, self.list, key) else {
                continue;
            };
            let to = owner(&task);
            match shares.iter_mut().find(|(known, _)| *known == to) {
                Some((_, share)) => share.push(key.clone()),
                None => shares.push((to, vec![key.clone()])),
            }
        }
        for (to, share) in shares {
            self.send(occasion, share, to);
        }
    }

    /// To the officer what a role has been asked for more than once.
    fn still_with_others(&mut self, keys: &[TaskKey]) {
        let others = keys.iter().filter(|key| {
            let again = self.list.asked.get(*key).is_some_and(|(n, _)| *n > 1);
            let task = task_of(self.rules, self.list, key);
            again && task.is_some_and(|task| task.rule.owner.is_some())
        });
        let others: Vec<TaskKey> = others.cloned().collect();
        if !others.is_empty() {
            self.send(Occasion::Asked, others, To::Raiser);
        }
    }

    /// What has just begun: a card to a role whose task it is, a notice to those who consider it, and one to an officer who did not
    /// bring it about.
    fn begun(&mut self, before: Option<&TaskList>, facts: &[New]) {
        let fresh: Vec<Task<'_>> = tasks(self.rules, self.list)
            .into_iter()
            .filter(|task| task.comes_round().is_none())
            .filter(|task| matches!(task.stage, Stage::Running { .. }))
            .filter(|task| {
                let earlier = before.and_then(|before| task_of(self.rules, before, &task.key));
                earlier.is_none_or(|earlier| !earlier.is_begun())
            })
            .collect();
        for task in fresh.iter().filter(|task| task.rule.owner.is_some()) {
            self.card(task);
        }
        for task in fresh.iter().filter(|task| task.rule.owner.is_none()) {
            self.tell_with(task);
        }
        let officer = Actor::Person(self.list.officer.clone());
        let by_others = facts.iter().any(|new| new.recorded.actor != officer);
        let mine = fresh.iter().filter(|task| task.rule.owner.is_none());
        let mine: Vec<TaskKey> = mine.map(|task| task.key.clone()).collect();
        // A new officer's receipt has it all, and a concern's tasks stand on the concern's own.
        let of_proceedings = self.list.opened.keeps == Keeps::Proceedings;
        let receipt = before.is_none_or(|before| before.officer != self.list.officer);
        if by_others && of_proceedings && !receipt && !mine.is_empty() {
            self.send(Occasion::Begun, mine, To::Raiser);
        }
    }

    fn card(&mut self, task: &Task<'_>) {
        let tasks = vec![task.key.clone()];
        self.send(Occasion::Task, tasks, owner(task));
        self.tell_with(task);
    }

    fn tell_with(&mut self, task: &Task<'_>) {
        for role in &task.rule.with {
            let tasks = vec![task.key.clone()];
            self.send(Occasion::With, tasks, To::Role(role.clone()));
        }
    }
}

/// Whom a task is asked of.
fn owner(task: &Task<'_>) -> To {
    match &task.rule.owner {
        Some(role) => To::Role(role.clone()),
        None => To::Raiser,
    }
}

fn iro_manager() -> RoleId {
    RoleId::from(IRO_MANAGER)
}

/// Whether a message that has not been sent yet is still worth sending, from the record as it now stands. What tells of something that
/// happened always is; a reminder is not once it was acted on.
#[must_use]
pub fn still_wanted(matter: &Matter, rules: &Rules<'_>, list: &TaskList) -> bool {
    let runs = |key: &TaskKey| {
        task_of(rules, list, key).is_some_and(|task| task.running_since().is_some())
    };
    match matter.occasion {
        Occasion::Due | Occasion::Late | Occasion::Asked | Occasion::With | Occasion::Begun => {
            matter.tasks.iter().any(runs)
        }
        Occasion::LookAgain => list.is_open() && !list.has_ended(),
        Occasion::Receipt | Occasion::Task | Occasion::HandedOver | Occasion::SameCase => true,
    }
}
