//! `lodestar concern list`: where each concern stands, who must act, by when. No text, no case reference.

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
use crate::desk::Case;
use crate::ids::{ConcernId, RoleId, TeamId};
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

/// A concern of the list.
#[derive(Debug, Serialize)]
struct Row {
    reference: String,
    team: String,
    team_name: String,
    open: bool,
    stage: String,
    step: String,
    step_name: String,
    /// Who must act; empty where nobody must.
    waits_for: String,
    /// What `on` is: `due`, `target`, `review`, `asked`, `moves_on` or `closed`.
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
            (true, _) => "No concern has been closed",
            (_, true) => "No concern has been raised",
            _ => "No concern is open",
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
            let open = visit.gate.as_ref().filter(|gate| gate.verdict.is_none());
            match open.and_then(|gate| rules.gate_to(&gate.to)) {
                Some(gate) if !gate.roles.is_empty() => (names(&gate.roles), "asked", since),
                _ => (raiser(), "asked", since),
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
    let heading = ["concern", "team", "step", "waits for", "date", "raised"].map(str::to_owned);
    let mut lines = vec![heading];
    for row in rows {
        let what = match row.what {
            "due" => "due",
            "target" => "to be done by",
            "review" => "looks again",
            "moves_on" => "moves on",
            "closed" => "closed",
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
            format!("{}: {}", row.stage, row.step_name),
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
