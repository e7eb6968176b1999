//! `/concern themes`: patterns of the teams whose IRO service somebody manages.

use chrono::{Days, Months, NaiveDate};

use super::Bot;
use crate::calendar::parse_date;
use crate::concern::themes::{Entry, themes};
use crate::ids::UserId;
use crate::messages::{Problem, Reply as Said, Told};
use crate::protocol::IRO_MANAGER;
use crate::slack::reply::Reply;

impl Bot {
    /// Counts the concerns of a period: the last twelve months unless `from … to …` says otherwise.
    pub(super) async fn themes(&self, user: &UserId, words: &str) -> Reply {
        let directory = self.desk.directory();
        let managed: Vec<_> = directory
            .teams()
            .iter()
            .filter(|team| {
                let held = self.desk.protocols().current(&team.protocol);
                held.is_some_and(|held| {
                    directory
                        .roles_of(&team.id, user, &held.protocol)
                        .contains(IRO_MANAGER)
                })
            })
            .collect();
        if managed.is_empty() {
            return self.tells(&Told::ThemesOfOthers);
        }
        let (from, to) = match period(words, self.today()) {
            Ok(period) => period,
            Err(why) => return self.problem(&Problem::NotADate { why: &why }),
        };
        let cases = match self.desk.all().await {
            Ok(cases) => cases,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let calendar = self.desk.calendar();
        let entries = cases.iter().filter_map(|case| {
            let team = &case.concern.raised.team;
            let team = managed.iter().find(|managed| &managed.id == team)?;
            Some(Entry {
                concern: &case.concern,
                protocol: &case.protocol,
                team: &team.name,
                raised: calendar.local_date(case.concern.raised_at),
            })
        });
        let themes = themes(entries, from, to);
        self.says(&Said::Themes(&themes))
    }
}

/// The period that was typed, or why it is none.
fn period(words: &str, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), String> {
    let words = words.trim();
    let lower = words.to_lowercase();
    let year_back = |to: NaiveDate| {
        to.checked_sub_months(Months::new(12))
            .map_or(to, |day| day + Days::new(1))
    };
    let date = |text: &str| parse_date(text, today).map_err(|fault| fault.to_string());
    if words.is_empty() {
        return Ok((year_back(today), today));
    }
    let (from, to) = if let Some(rest) = lower.strip_prefix("from ") {
        let (from, to) = rest.split_once(" to ").unwrap_or((rest, "today"));
        (date(from)?, date(to)?)
    } else {
        let to = date(lower.strip_prefix("to ").unwrap_or(&lower))?;
        (year_back(to), to)
    };
    if from > to {
        return Err(
            "The period begins after it ends: write it as from 2026-01-01 to 2026-12-31."
                .to_owned(),
        );
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn without_words_it_is_the_last_twelve_months_and_with_them_the_period_typed() {
        let today = day("2026-12-14");
        assert_eq!(period("", today), Ok((day("2025-12-15"), today)));
        let typed = period("from 2026-01-01 to 2026-03-31", today);
        assert_eq!(typed, Ok((day("2026-01-01"), day("2026-03-31"))));
        assert_eq!(
            period("from 1 June 2026", today),
            Ok((day("2026-06-01"), today))
        );
        assert!(period("from 2026-03-31 to 2026-01-01", today).is_err());
        assert!(period("from never to tea", today).is_err());
    }
}
