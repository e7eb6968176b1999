//! `/concern handover`: one record by its reference, or everything open of a case by the case's.

use super::Bot;
use super::typed::{first_word, reference};
use crate::desk::HandedOver;
use crate::ids::{CaseRef, Subject, UserId};
use crate::messages::{Problem, Reply as Said, Told};
use crate::slack::payload::mentioned_user;
use crate::slack::reply::Reply;

impl Bot {
    /// `/concern handover C-42 @iro`, or R-, N- and T-; with a case's reference, everything of it that is open.
    pub(super) async fn hands_over(
        &self,
        user: &UserId,
        rest: &str,
        once: Option<String>,
    ) -> Reply {
        let (word, whom) = first_word(rest);
        if word.is_empty() {
            return self.problem(&Problem::NeedsReference { word: "handover" });
        }
        if whom.is_empty() {
            return self.problem(&Problem::NeedsPerson);
        }
        let Some(to) = mentioned_user(whom).map(UserId::from) else {
            return self.tells(&Told::Whom);
        };
        let named = word.trim_matches(['.', ',', ':', '`', '*', '#']);
        let known = named.parse().ok();
        let known = known.or_else(|| reference(word).map(|(id, _)| Subject::Concern(id)));
        match known {
            Some(subject) => {
                self.hands_over_one(user, subject, &to, once.as_deref())
                    .await
            }
            None => {
                self.hands_over_case(user, named, &to, once.as_deref())
                    .await
            }
        }
    }

    async fn hands_over_one(
        &self,
        user: &UserId,
        subject: Subject,
        to: &UserId,
        once: Option<&str>,
    ) -> Reply {
        let whom = to.clone();
        let refused = match subject {
            Subject::Concern(id) => match self.desk.hand_over(user, id, whom, once).await {
                Ok(_) => None,
                Err(fault) => return self.explained(user, id, fault).await,
            },
            Subject::Review(id) => match self.desk.hand_over_review(user, id, whom, once).await {
                Ok(()) => None,
                Err(fault) => Some(self.review_explained(id, fault).await),
            },
            Subject::Notice(id) => match self.desk.hand_over_notice(user, id, whom, once).await {
                Ok(()) => None,
                Err(fault) => Some(self.notice_explained(id, fault).await),
            },
            Subject::Tasks(id) => match self.desk.hand_over_tasks(user, id, whom, once).await {
                Ok(_) => None,
                Err(fault) => Some(self.tasks_explained(id, fault).await),
            },
        };
        match refused {
            Some(why) => Reply::words(why),
            None => self.says(&Said::HandedOver {
                subjects: &[subject],
                kept: &[],
                to,
            }),
        }
    }

    async fn hands_over_case(
        &self,
        user: &UserId,
        case: &str,
        to: &UserId,
        once: Option<&str>,
    ) -> Reply {
        let case = CaseRef::from(case);
        match self.desk.hand_over_case(user, &case, to, once).await {
            Ok(HandedOver { done, kept }) => self.says(&Said::HandedOver {
                subjects: &done,
                kept: &kept,
                to,
            }),
            Err(fault) => match crate::desk::fault_at_field(&fault) {
                Some(fault) => Reply::words(self.at_field("to", fault.clone())),
                None if matches!(fault, crate::desk::DeskError::NotFound) => {
                    self.problem(&Problem::NothingToHandOver)
                }
                None => Reply::words(self.trouble(&fault)),
            },
        }
    }
}
