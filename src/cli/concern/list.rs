//! `lodestar concern list`: where each concern stands, and what is kept beside them, who must act, by when. No text, no case
//! reference.

use std::fmt::Write as _;
use std::io::Write;

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use crate::app::Council;
use crate::calendar::say_date_year;
use crate::cli::Failure;
use crate::concern::follow::is_followed;
use crate::concern::{Closed, Concern, Phase, Position, Rules};
use crate::desk::{AnyCase, Case};
use crate::ids::{ConcernId, RoleId, TeamId};
use crate::messages::Line;
use crate::store::concerns::{Find, Which};

/// How many rows are read at a time.
const PAGE: u32 = 500;

/// Arguments of `list`.
#[derive(Args, Clone, Debug, Default)]
pub struct ListArgs {
    /// Only this team's, by its id in lodestar.toml.
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
    /// The closed ones instead of the open ones.
    #[arg(long, conflicts_with = "all")]
    pub closed: bool,
    /// The closed ones as well.
    #[arg(long)]
    pub all: bool,
    /// Print it for another program.
    #[arg(long)]
    pub json: bool,
}

/// A line of the list: a concern, or something that a record beside the concerns waits for.
#[derive(Debug, Serialize)]
struct Row {
    /// `concern`, `review`, a notice's sort, or what a list of tasks is kept for.
    kind: &'static str,
    reference: String,
    team: String,
    team_name: String,
    open: bool,
    /// Empty where it is no concern's.
    stage: String,
    step: String,
    step_name: String,
    /// Who must act; empty where nobody must.
    waits_for: String,
    /// What `on` is: `due`, `target`, `review`, `asked`, `moves_on`, `since` or `closed`.
    what: &'static str,
    on: NaiveDate,
    raised_on: NaiveDate,
}

pub(super) async fn run(
    args: &ListArgs,
    council: &Council,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let rows = rows(args, council).await?;
    if args.json {
        let rows = serde_json::to_string_pretty(&rows).map_err(Failure::no)?;
        writeln!(out, "{rows}")?;
    } else if rows.is_empty() {
        let which = match (args.closed, args.all) {
            (true, _) => "Nothing has been closed",
            (_, true) => "Nothing has been recorded",
            _ => "Nothing is open",
        };
        match &args.team {
            Some(team) => writeln!(out, "{which} in the team {team}.")?,
            None => writeln!(out, "{which}.")?,
        }
    } else {
        table(&rows, out)?;
    }
    Ok(())
}

async fn rows(args: &ListArgs, council: &Council) -> Result<Vec<Row>, Failure> {
    let desk = &council.desk;
    let find = match &args.team {
        Some(team) => Find::Team(team),
        None => Find::All,
    };
    let which = match (args.closed, args.all) {
        (true, _) => Which::Closed,
        (_, true) => Which::All,
        _ => Which::Open,
    };
    let directory = desk.directory();
    let calendar = desk.calendar();
    let mut rows = Vec::new();
    let mut after = 0;
    loop {
        let mut tx = desk.store().read().await.map_err(Failure::no)?;
        let page = tx
            .concerns(find, which, after, PAGE)
            .await
            .map_err(Failure::no)?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = last.number;
        for found in &page {
            let Some(case) = desk
                .case(ConcernId(found.number))
                .await
                .map_err(Failure::no)?
            else {
                continue;
            };
            let rules = case.rules(&calendar, desk.hours()).map_err(Failure::no)?;
            let team = &case.concern.raised.team;
            let name = directory.team_name(team);
            rows.push(row(&rules, &case, name));
        }
    }
    let records = desk.records_of_any(find, which).await;
    for case in &records.map_err(Failure::no)? {
        rows.extend(beside(council, case)?);
    }
    // A team that has left the file may still have records; one that has none is a slip of the keyboard.
    if let Some(team) = &args.team
        && rows.is_empty()
        && directory.team(&TeamId::from(team.as_str())).is_none()
    {
        let teams: Vec<&str> = directory
            .teams()
            .iter()
            .map(|team| team.id.as_str())
            .collect();
        return Err(Failure::usage(format!(
            "No team is called {team}: the teams are {}.",
            teams.join(", ")
        )));
    }
    Ok(rows)
}

fn row(rules: &Rules<'_>, case: &Case, team_name: &str) -> Row {
    let concern = &case.concern;
    let step = concern.visit().and_then(|visit| rules.step_of(visit));
    let (waits_for, what, on) = waits(rules, concern);
    Row {
        kind: "concern",
        reference: concern.id.to_string(),
        team: concern.raised.team.to_string(),
        team_name: team_name.to_owned(),
        open: concern.is_open(),
        stage: step.map_or_else(String::new, |step| step.stage.clone()),
        step: step.map_or_else(String::new, |step| step.id.to_string()),
        step_name: step.map_or_else(String::new, |step| step.name.clone()),
        waits_for,
        what,
        on,
        raised_on: rules.day(concern.raised_at),
    }
}

/// What a record beside the concerns waits for, a line each; one line where it waits for nothing.
fn beside(council: &Council, case: &AnyCase) -> Result<Vec<Row>, Failure> {
    let (calendar, desk) = (council.desk.calendar(), &council.desk);
    let rules = case.rules(&calendar, desk.hours()).map_err(Failure::no)?;
    let directory = desk.directory();
    let row = |waits_for, (what, on), (step, step_name): (&str, String)| Row {
        kind: case.what(),
        reference: case.subject().to_string(),
        team: case.team().to_string(),
        team_name: directory.team_name(case.team()).to_owned(),
        open: case.is_open(),
        stage: String::new(),
        step: step.to_owned(),
        step_name,
        waits_for,
        what,
        on,
        raised_on: rules.day(case.recorded_at()),
    };
    let waits = case.waits(&rules, desk.now());
    if waits.is_empty() {
        let changed = rules.day(case.changed_at());
        let name = council.messages.kept_what(case.what());
        // What comes round waits for nobody until its day.
        let when = if case.is_open() { "since" } else { "closed" };
        return Ok(vec![row(String::new(), (when, changed), ("", name))]);
    }
    let named = (case.subject(), case.what());
    let rows = waits.iter().map(|waiting| {
        let line = Line::of_record(named, case.protocol(), waiting, &calendar);
        let (name, whom) = council.messages.line_in_words(&line);
        let when = if waiting.due.is_some() {
            "due"
        } else {
            "asked"
        };
        let on = calendar.local_date(waiting.at());
        row(whom, (when, on), (waiting.asks.as_str(), name))
    });
    Ok(rows.collect())
}

/// Who must act, what the day is about, and the day.
fn waits(rules: &Rules<'_>, concern: &Concern) -> (String, &'static str, NaiveDate) {
    let raiser = || "the raiser".to_owned();
    let since = rules.day(concern.nag.since);
    let review = concern.review.map_or(since, |(on, _)| on);
    let names = |roles: &[RoleId]| {
        let names: Vec<&str> = roles
            .iter()
            .map(|role| rules.protocol.role_name(role))
            .collect();
        names.join(" / ")
    };
    let Some((visit, step)) = concern
        .visit()
        .and_then(|visit| Some((visit, rules.step_of(visit)?)))
    else {
        return (raiser(), "asked", since);
    };
    let ends = visit.due.map(|due| {
        let held = visit.held.filter(|held| held.at > due.at);
        held.unwrap_or(due).date
    });
    match concern.phase {
        Phase::Answering => match ends {
            Some(due) => (names(&step.to), "due", due),
            None => (raiser(), "review", review),
        },
        Phase::RejectedWaiting => (String::new(), "moves_on", ends.unwrap_or(since)),
        Phase::Underway => match visit.target {
            Some((target, _))
                if is_followed(rules, concern)
                    || visit.target_asked.is_none() && visit.reported.is_none() =>
            {
                (names(&step.to), "target", target)
            }
            _ => (raiser(), "asked", since),
        },
        Phase::Judging => (raiser(), "asked", since),
        Phase::AtGate => {
            let asked: Vec<_> = rules.awaited_at_gate(visit).into_iter().cloned().collect();
            if asked.is_empty() {
                (raiser(), "asked", since)
            } else {
                (names(&asked), "asked", since)
            }
        }
        Phase::Exhausted => (raiser(), "review", review),
        Phase::Closed(how) => {
            let how = match how {
                Closed::Resolved | Closed::Position(Position::Resolved) => "resolved",
                Closed::Withdrawn => "withdrawn",
                Closed::Redirected => "gone to another procedure",
                Closed::Position(Position::Maintained) => "position maintained",
                Closed::Position(Position::Referred) => "referred outside the council",
            };
            (how.to_owned(), "closed", since)
        }
    }
}

fn table(rows: &[Row], out: &mut impl Write) -> Result<(), Failure> {
    let heading = ["reference", "team", "step", "waits for", "date", "raised"].map(str::to_owned);
    let mut lines = vec![heading];
    for row in rows {
        let what = match row.what {
            "due" => "due",
            "target" => "to be done by",
            "review" => "looks again",
            "moves_on" => "moves on",
            "closed" => "closed",
            "since" => "since",
            _ => "asked",
        };
        let waits_for = if row.waits_for.is_empty() {
            "nobody"
        } else {
            &row.waits_for
        };
        lines.push([
            row.reference.clone(),
            row.team_name.clone(),
            if row.stage.is_empty() {
                row.step_name.clone()
            } else {
                format!("{}: {}", row.stage, row.step_name)
            },
            waits_for.to_owned(),
            format!("{what} {}", say_date_year(row.on)),
            say_date_year(row.raised_on),
        ]);
    }
    let widths: Vec<usize> = (0..6)
        .map(|column| {
            let width =
                |line: &[String; 6]| line.get(column).map_or(0, |text| text.chars().count());
            lines.iter().map(width).max().unwrap_or(0)
        })
        .collect();
    for line in &lines {
        let mut said = String::new();
        for (text, width) in line.iter().zip(&widths) {
            let width = *width;
            // Writing to a string cannot fail.
            let _ = write!(said, "{text:<width$}  ");
        }
        writeln!(out, "{}", said.trim_end())?;
    }
    Ok(())
}
