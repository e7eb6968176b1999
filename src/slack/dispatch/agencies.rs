//! `/concern agencies`: who was told outside the line, and what is open with whom (`W-3.1.2`, `M-partners`).

use super::Bot;
use crate::concern::readers::raisers_side;
use crate::desk;
use crate::ids::UserId;
use crate::messages::{PartnerLine, Problem, Reply as Said};
use crate::slack::reply::Reply;

impl Bot {
    /// Who was told outside the line, on the concerns that somebody holds or manages: first who has not responded, by name. Without words
    /// on the open ones; with a period, whoever was told in it, on those that have ended too.
    pub(super) async fn agencies(&self, user: &UserId, words: &str) -> Reply {
        let period = match words.trim() {
            "" => None,
            words => match super::themes::period(words, self.today()) {
                Ok(period) => Some(period),
                Err(why) => return self.problem(&Problem::NotADate { why: &why }),
            },
        };
        let found = match period {
            None => self.desk.readable(user).await,
            Some(_) => self.desk.readable_ever(user).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let calendar = self.desk.calendar();
        let mut lines: Vec<PartnerLine> = Vec::new();
        let mut tracked: Vec<String> = Vec::new();
        for desk::Line { case, standing } in &found {
            let Ok(rules) = case.rules(&calendar, self.desk.hours()) else {
                continue;
            };
            let concern = &case.concern;
            if !raisers_side(&rules, concern, standing) {
                continue;
            }
            let told = concern.partners.told.iter().filter(|told| {
                period.is_none_or(|(from, to)| (from..=to).contains(&told.informed.on))
            });
            for told in told {
                lines.push(PartnerLine::new(&rules, concern, told));
                let rule = told.informed.partner.as_deref();
                let rule = rule.and_then(|id| case.protocol.partner(id));
                tracked.extend(rule.and_then(|rule| rule.tracked.clone()));
            }
        }
        lines.sort_by(|one, other| {
            let open = |line: &PartnerLine| line.replied != "waits";
            (open(one), &one.name).cmp(&(open(other), &other.name))
        });
        tracked.sort();
        tracked.dedup();
        self.says(&Said::Agencies {
            period,
            lines: &lines,
            tracked: &tracked.join(", "),
        })
    }
}
