//! `lodestar themes`: what was raised, reviewed and told of in a period, counted; for the annual report (`W-4.2`). No person, no text.

use std::io::Write;

use chrono::{Days, Months, NaiveDate};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Failure;
use crate::app::Council;
use crate::calendar::{parse_date, say_date_year};
use crate::concern::themes::{Counted, Crossed, Number};
use crate::desk::patterns::Patterns;
use crate::directory::Team;
use crate::ids::TeamId;

/// Count the concerns, reviews, good practice and general concerns of a period; no person is counted.
#[derive(Args, Clone, Debug)]
pub struct ThemesArgs {
    /// Its first day, 2026-04-01 or "1 apr"; a year before its last where none is given.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Its last day; today where none is given.
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Only this team's, by its id in lodestar.toml.
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
    /// Hold back small numbers and what they could be worked out from, so that it may leave the service.
    #[arg(long)]
    pub share: bool,
    /// text: a table to read. csv and json: the same for another program.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How the counts are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table.
    Text,
    /// Comma-separated values, with a line of headings.
    Csv,
    /// JSON.
    Json,
}

/// The counts for another program.
#[derive(Debug, Serialize)]
struct Document<'a> {
    format: &'static str,
    from: NaiveDate,
    to: NaiveDate,
    team: Option<&'a str>,
    /// Whether small numbers are held back.
    shared: bool,
    #[serde(flatten)]
    patterns: &'a Patterns,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Usage`] for what is no date, no team, or a period that ends before it begins; [`Failure::No`] where the store cannot be
/// read.
pub async fn run(
    args: &ThemesArgs,
    council: &Council,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let desk = &council.desk;
    let today = desk.calendar().local_date(desk.now());
    let (from, to) = period(args, today)?;
    let directory = desk.directory();
    let teams: Vec<&Team> = match &args.team {
        Some(id) => {
            let found = directory.team(&TeamId::from(id.as_str())).ok_or_else(|| {
                let teams = directory.teams().iter();
                let ids: Vec<&str> = teams.map(|team| team.id.as_str()).collect();
                Failure::usage(format!(
                    "No team is called {id}: the teams are {}.",
                    ids.join(", ")
                ))
            })?;
            vec![found]
        }
        None => directory.teams().iter().collect(),
    };
    let counted = desk.patterns(&teams, (from, to)).await;
    let mut patterns = counted.map_err(Failure::no)?;
    if args.share {
        patterns = patterns.with_small_numbers_hidden();
    }
    match args.format {
        Format::Json => {
            let document = Document {
                format: "lodestar themes 1",
                from,
                to,
                team: args.team.as_deref(),
                shared: args.share,
                patterns: &patterns,
            };
            let json = serde_json::to_string_pretty(&document).map_err(Failure::no)?;
            writeln!(out, "{json}")?;
        }
        Format::Csv => {
            writeln!(out, "of,by,name,rating,number")?;
            for row in rows(&patterns) {
                let cells = row.map(|cell| quoted(&cell));
                writeln!(out, "{}", cells.join(","))?;
            }
        }
        Format::Text => {
            let (from, to) = (say_date_year(from), say_date_year(to));
            writeln!(out, "From {from} to {to}.")?;
            if args.share {
                writeln!(
                    out,
                    "Numbers below 5, and those from which they could be worked out, are not told."
                )?;
            }
            table(&rows(&patterns), out)?;
        }
    }
    Ok(())
}

fn period(args: &ThemesArgs, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Failure> {
    let date = |typed: &Option<String>| {
        let date = typed.as_deref().map(|typed| parse_date(typed, today));
        date.transpose().map_err(Failure::usage)
    };
    let to = date(&args.to)?.unwrap_or(today);
    let year_back = to.checked_sub_months(Months::new(12));
    let from = date(&args.from)?
        .or_else(|| year_back.and_then(|day| day.checked_add_days(Days::new(1))))
        .unwrap_or(to);
    if from > to {
        return Err(Failure::usage(format!(
            "The period begins on {from}, after it ends on {to}: give --from the earlier day."
        )));
    }
    Ok((from, to))
}

/// What, by what, which, rated how, how many.
type Row = [String; 5];

fn rows(patterns: &Patterns) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut all = |of: &str, by: &str, number: Number| {
        let number = said(number);
        rows.push([of, by, "", "", number.as_str()].map(str::to_owned));
    };
    let Patterns {
        concerns,
        reviews,
        notices,
    } = patterns;
    all("concerns", "all", concerns.all);
    all("reviews", "all", reviews.all);
    all("reviews", "midway", reviews.midway);
    all("reviews", "referred", reviews.referred);
    all("good practice", "all", notices.praise);
    all("general concerns", "all", notices.service);
    let mut list = |of: &str, by: &str, counted: &[Counted]| {
        for one in counted {
            // Those of whom the protocol says nothing have no name.
            let name = Some(one.name.as_str()).filter(|name| !name.is_empty());
            let name = name.unwrap_or("others");
            let number = said(one.number);
            rows.push([of, by, name, "", number.as_str()].map(str::to_owned));
        }
    };
    list("concerns", "theme", &concerns.themes);
    list("concerns", "category", &concerns.categories);
    list("concerns", "team", &concerns.teams);
    list("concerns", "month", &concerns.months);
    list("concerns", "outcome", &concerns.outcomes);
    list("concerns", "told outside the line", &concerns.agencies);
    list("reviews", "rating", &reviews.ratings);
    list("reviews", "team", &reviews.teams);
    list("reviews", "month", &reviews.months);
    list("reviews", "form", &reviews.forms);
    list("reviews", "matters of concern", &reviews.matters);
    list("reviews", "standing criterion", &reviews.criteria);
    list("reviews", "what became of the referral", &reviews.became);
    list("good practice", "team", &notices.praise_teams);
    list("general concerns", "team", &notices.service_teams);
    list("general concerns", "how it stands", &notices.service_stand);
    let mut both = |by: &str, crossed: &[Crossed]| {
        for row in crossed {
            for one in &row.counts {
                let number = said(one.number);
                let cells = [
                    "reviews",
                    by,
                    row.name.as_str(),
                    one.name.as_str(),
                    number.as_str(),
                ];
                rows.push(cells.map(str::to_owned));
            }
        }
    };
    both("team and rating", &reviews.teams_rated);
    both("month and rating", &reviews.months_rated);
    both("how the form was answered", &reviews.answers);
    rows
}

fn said(number: Number) -> String {
    match number.count {
        Some(count) => count.to_string(),
        None if number.small => "fewer than 5".to_owned(),
        None => "not told".to_owned(),
    }
}

/// A cell that a spreadsheet neither splits nor takes for a formula.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

fn table(rows: &[Row], out: &mut impl Write) -> Result<(), Failure> {
    let name = |row: &Row| {
        let [of, by, name, rating, _] = row;
        let parts = [by, name, rating]
            .into_iter()
            .filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        format!("{of}: {}", parts.join(", "))
    };
    let names: Vec<String> = rows.iter().map(name).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (name, [.., number]) in names.iter().zip(rows) {
        writeln!(out, "{name:<width$}  {number}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_neither_split_nor_taken_for_a_formula() {
        assert_eq!(quoted("North, and east"), "\"North, and east\"");
        assert_eq!(quoted("The \"red\" ones"), "\"The \"\"red\"\" ones\"");
        assert_eq!(quoted("=SUM(A1)"), "'=SUM(A1)");
        assert_eq!(quoted("2026-12"), "2026-12");
    }
}
