//! `/concern cover`: who stands in for whom, and until when.

use chrono::NaiveDate;

use super::Bot;
use crate::calendar::{DateError, parse_date};
use crate::cover::Asked;
use crate::desk::CoverError;
use crate::ids::UserId;
use crate::messages::{CoverSaid, Problem, Told};
use crate::slack::payload::mentioned_user;
use crate::slack::reply::Reply;

/// What was typed after `/concern cover`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Typed {
    by: String,
    absent: Option<String>,
    from: Option<String>,
    until: String,
}

impl Bot {
    /// The command.
    pub(super) async fn cover(&self, user: &UserId, rest: &str, once: Option<String>) -> Reply {
        let (word, after) = super::typed::first_word(rest);
        match word.to_lowercase().as_str() {
            "list" => self.covers(user),
            "end" => self.end_cover(user, after).await,
            _ => match read(rest) {
                Some(typed) => self.set_cover(user, &typed, once).await,
                None => self.says_cover(&CoverSaid::How),
            },
        }
    }

    fn covers(&self, user: &UserId) -> Reply {
        let covers = self.desk.covers_seen_by(user);
        let all = self.desk.manages_all(user);
        self.says_cover(&CoverSaid::List {
            covers: &covers,
            all,
        })
    }

    async fn set_cover(&self, user: &UserId, typed: &Typed, once: Option<String>) -> Reply {
        let Some(by) = mentioned_user(&typed.by).map(UserId::from) else {
            return self.tells(&Told::Whom);
        };
        let absent = match &typed.absent {
            None => user.clone(),
            Some(named) => match mentioned_user(named).map(UserId::from) {
                Some(absent) => absent,
                None => return self.tells(&Told::Whom),
            },
        };
        let (from, until) = match self.days(typed) {
            Ok(days) => days,
            Err(fault) => {
                let why = &fault.to_string();
                return self.problem(&Problem::NotADate { why });
            }
        };
        let directory = self.desk.directory();
        if let Some(why) = self.cannot_be_addressed(&directory, &by).await {
            return Reply::words(why);
        }
        let asked = Asked {
            absent: absent.clone(),
            by: by.clone(),
            from,
            until,
        };
        match self.desk.set_cover(user, asked, once.as_deref()).await {
            Ok(cover) => self.says_cover(&CoverSaid::Set(&cover)),
            Err(fault) => self.cover_not_done(&fault, &absent, Some(&by)),
        }
    }

    /// The first day and the last.
    fn days(&self, typed: &Typed) -> Result<(NaiveDate, NaiveDate), DateError> {
        let today = self.today();
        let from = match &typed.from {
            Some(from) => parse_date(from, today)?,
            None => today,
        };
        Ok((from, parse_date(&typed.until, today)?))
    }

    async fn end_cover(&self, user: &UserId, whom: &str) -> Reply {
        let whom = match whom {
            "" => user.clone(),
            named => match mentioned_user(named).map(UserId::from) {
                Some(whom) => whom,
                None => return self.tells(&Told::Whom),
            },
        };
        match self.desk.end_cover(user, &whom).await {
            Ok(ended) => self.says_cover(&CoverSaid::Ended(&ended)),
            Err(fault) => self.cover_not_done(&fault, &whom, None),
        }
    }

    fn cover_not_done(&self, fault: &CoverError, absent: &UserId, by: Option<&UserId>) -> Reply {
        match fault {
            CoverError::Fault(fault) => self.says_cover(&CoverSaid::Fault { fault, absent, by }),
            CoverError::Desk(fault) => Reply::words(self.trouble(fault)),
        }
    }

    fn says_cover(&self, said: &CoverSaid<'_>) -> Reply {
        Reply::words(self.messages.cover(said))
    }
}

/// Reads `@person [from DAY] until DAY [for @absent]`, the parts after the person in any order.
fn read(text: &str) -> Option<Typed> {
    let mut typed = Typed::default();
    let mut part = "by";
    for word in text.split_whitespace() {
        match word.to_lowercase().as_str() {
            "until" | "till" | "to" => part = "until",
            "from" => part = "from",
            "for" => part = "for",
            _ => {
                let into = match part {
                    "until" => &mut typed.until,
                    "from" => typed.from.get_or_insert_default(),
                    "for" => typed.absent.get_or_insert_default(),
                    _ => &mut typed.by,
                };
                if !into.is_empty() {
                    into.push(' ');
                }
                into.push_str(word);
            }
        }
    }
    (!typed.by.is_empty() && !typed.until.is_empty()).then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_read_whatever_the_order_of_its_parts() {
        let whole = Typed {
            by: "<@U2|bo>".to_owned(),
            absent: Some("<@U1|al>".to_owned()),
            from: Some("mon 14 dec".to_owned()),
            until: "24 Dec".to_owned(),
        };
        for text in [
            "<@U2|bo> from mon 14 dec until 24 Dec for <@U1|al>",
            "<@U2|bo> for <@U1|al> until 24 Dec from mon 14 dec",
        ] {
            assert_eq!(read(text).as_ref(), Some(&whole), "{text}");
        }
    }

    #[test]
    fn a_cover_without_its_person_or_its_end_is_asked_for() {
        for text in ["", "<@U2|bo>", "until friday", "<@U2|bo> until"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
