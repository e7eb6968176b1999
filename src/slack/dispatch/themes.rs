//! `/concern themes`: patterns of the teams whose IRO service somebody manages.

use chrono::{Days, Months, NaiveDate};

use super::Bot;
use crate::calendar::parse_date;
use crate::ids::{TeamId, UserId};
use crate::messages::{Problem, Reply as Said, Told};
use crate::slack::reply::Reply;

impl Bot {
    /// Counts the concerns, reviews and notices of a period: the last twelve months unless `from … to …` says otherwise; of every team they manage unless
    /// one is named; with small numbers hidden where it is to be shared.
    pub(super) async fn themes(&self, user: &UserId, words: &str) -> Reply {
        let directory = self.desk.directory();
        let theirs = self.desk.manages(user);
        let teams = directory.teams().iter();
        let managed: Vec<_> = teams.filter(|team| theirs.contains(&team.id)).collect();
        if managed.is_empty() {
            return self.tells(&Told::ThemesOfOthers);
        }
        let asked = Asked::read(words, managed.iter().map(|team| (&team.id, &*team.name)));
        let (from, to) = match period(asked.period, self.today()) {
            Ok(period) => period,
            Err(why) => return self.problem(&Problem::NotADate { why: &why }),
        };
        let mut teams = managed.clone();
        teams.retain(|team| asked.team.is_none_or(|(asked, _)| asked == &team.id));
        let mut patterns = match self.desk.patterns(&teams, (from, to)).await {
            Ok(patterns) => patterns,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        if asked.share {
            patterns = patterns.with_small_numbers_hidden();
        }
        self.says(&Said::Themes {
            themes: &patterns.concerns,
            reviews: &patterns.reviews,
            notices: &patterns.notices,
            team: asked.team.map(|(_, name)| name),
        })
    }
}

/// What was typed after `themes`.
struct Asked<'a> {
    team: Option<(&'a TeamId, &'a str)>,
    period: &'a str,
    share: bool,
}

impl<'a> Asked<'a> {
    /// The team first, by its name or id; `share` last; between them the period.
    fn read(words: &'a str, teams: impl Iterator<Item = (&'a TeamId, &'a str)>) -> Self {
        let words = words.trim();
        let (words, share) = match without_last(words) {
            Some((rest, "share")) => (rest, true),
            _ => (words, false),
        };
        let mut named: Option<(_, &str)> = None;
        for team @ (id, name) in teams {
            for name in [name, id.as_str()] {
                if let Some(rest) = after(words, name)
                    && named.is_none_or(|(_, shorter)| rest.len() < shorter.len())
                {
                    named = Some((team, rest));
                }
            }
        }
        Self {
            team: named.map(|(team, _)| team),
            period: named.map_or(words, |(_, rest)| rest),
            share,
        }
    }
}

fn without_last(words: &str) -> Option<(&str, &str)> {
    match words.rsplit_once(char::is_whitespace) {
        Some((rest, last)) => Some((rest.trim(), last)),
        None if words.is_empty() => None,
        None => Some(("", words)),
    }
}

/// What follows a name that the words begin with, whatever its case.
fn after<'w>(words: &'w str, name: &str) -> Option<&'w str> {
    let begins = words.get(..name.len())?;
    let rest = words.get(name.len()..)?;
    let whole = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (whole && begins.eq_ignore_ascii_case(name)).then(|| rest.trim())
}

/// A day that was typed without its year is the one before: a period is looked back on, while elsewhere a day is one to come.
fn without_a_year(words: &str, day: NaiveDate) -> NaiveDate {
    let numbers = words.split(|letter: char| !letter.is_ascii_digit());
    let longest = numbers.map(str::len).max().unwrap_or(0);
    match longest {
        1..=2 => day.checked_sub_months(Months::new(12)).unwrap_or(day),
        _ => day,
    }
}

/// The period that was typed, or why it is none.
pub(super) fn period(words: &str, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), String> {
    let words = words.trim();
    let lower = words.to_lowercase();
    let year_back = |to: NaiveDate| {
        to.checked_sub_months(Months::new(12))
            .map_or(to, |day| day + Days::new(1))
    };
    let date = |text: &str| parse_date(text, today).map_err(|fault| fault.to_string());
    let looked_back = |text: &str| {
        let day = date(text)?;
        Ok::<_, String>(if day > today {
            without_a_year(text, day)
        } else {
            day
        })
    };
    if words.is_empty() {
        return Ok((year_back(today), today));
    }
    let (from, to) = if let Some(rest) = lower.strip_prefix("from ") {
        let (from_words, to_words) = rest.split_once(" to ").unwrap_or((rest, "today"));
        let from = looked_back(from_words)?;
        let to = date(to_words)?;
        let earlier = without_a_year(to_words, to);
        (from, if earlier >= from { earlier } else { to })
    } else {
        let words = lower.strip_prefix("to ").unwrap_or(&lower);
        let to = looked_back(words)?;
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
    fn a_team_is_named_first_and_share_comes_last() {
        let teams = [("north", "North"), ("north-west", "North West")]
            .map(|(id, name)| (TeamId::from(id), name));
        let read = |words: &'static str| {
            let asked = Asked::read(words, teams.iter().map(|(id, name)| (id, *name)));
            let team = asked.team.map(|(id, _)| id.to_string());
            (team, asked.period.to_owned(), asked.share)
        };
        let north = || Some("north".to_owned());
        assert_eq!(read("share"), (None, String::new(), true));
        assert_eq!(read("NORTH"), (north(), String::new(), false));
        assert_eq!(
            read("north west to friday share"),
            (Some("north-west".to_owned()), "to friday".to_owned(), true)
        );
        assert_eq!(
            read("northern"),
            (None, "northern".to_owned(), false),
            "another word"
        );
        assert_eq!(
            read("from 1 Sep to 30 Nov"),
            (None, "from 1 Sep to 30 Nov".to_owned(), false)
        );
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
        for (typed, from, to) in [
            ("from 1 Sep to 30 Nov", "2026-09-01", "2026-11-30"),
            ("from 1 dec to 31 dec", "2026-12-01", "2026-12-31"),
            ("from 1 nov to 31 jan", "2026-11-01", "2027-01-31"),
            ("to 30 nov", "2025-12-01", "2026-11-30"),
            ("from 1 sep", "2026-09-01", "2026-12-14"),
        ] {
            assert_eq!(period(typed, today), Ok((day(from), day(to))), "{typed}");
        }
        assert!(period("from 2026-03-31 to 2026-01-01", today).is_err());
        assert!(period("from never to tea", today).is_err());
    }
}
