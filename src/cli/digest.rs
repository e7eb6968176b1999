//! `lodestar digest --dry-run`: what each team's digest would say.

use std::io::Write;

use clap::Args;

use super::Failure;
use crate::app::Council;
use crate::calendar::{DayOff, parse_date, say_date_year};
use crate::digest::of_team;
use crate::directory::Team;
use crate::ids::TeamId;
use crate::messages::Messages;

/// Print what each team's digest would say; nothing is sent.
#[derive(Args, Clone, Debug, Default)]
pub struct DigestArgs {
    /// Print it: the bot itself sends digests, every working day.
    #[arg(long)]
    pub dry_run: bool,
    /// The day it would be sent, 2026-12-24 or "24 dec"; today where none is given. The concerns are as they stand now.
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
    /// Only this team's, by its id in lodestar.toml.
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Usage`] without `--dry-run`, for what is no date, no team, or a day beyond the calendar; [`Failure::No`] where
/// the store cannot be read.
pub async fn run(
    args: &DigestArgs,
    council: &Council,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if !args.dry_run {
        return Err(Failure::usage(
            "The bot sends the digests by itself, every working day: add --dry-run to print what they would say.",
        ));
    }
    let desk = &council.desk;
    let calendar = desk.calendar();
    let today = calendar.local_date(desk.now());
    let date = match &args.date {
        Some(typed) => parse_date(typed, today).map_err(Failure::usage)?,
        None => today,
    };
    let directory = desk.directory();
    let teams: Vec<&Team> = match &args.team {
        Some(id) => {
            let found = directory.team(&TeamId::from(id.as_str())).ok_or_else(|| {
                let ids: Vec<&str> = directory
                    .teams()
                    .iter()
                    .map(|team| team.id.as_str())
                    .collect();
                Failure::usage(format!(
                    "No team is called {id}: the teams are {}.",
                    ids.join(", ")
                ))
            })?;
            vec![found]
        }
        None => directory.teams().iter().collect(),
    };
    if let Some(why) = calendar.day_off(date).map_err(Failure::usage)? {
        writeln!(
            out,
            "{} is not a working day ({}): no digest is sent.",
            say_date_year(date),
            reason(&why)
        )?;
        return Ok(());
    }
    for (at, team) in teams.into_iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let digest = of_team(desk, &team.id, date).await.map_err(Failure::no)?;
        let says = digest.context(&team.name, date);
        let message = council.messages.digest(&says).map_err(Failure::no)?;
        writeln!(out, "{}", Messages::plainly(&message))?;
        if digest.is_empty() {
            writeln!(out, "With nothing to say, none is sent.")?;
        }
        if team.channel.is_none() {
            writeln!(
                out,
                "The team has no channel in lodestar.toml, so none is sent."
            )?;
        }
    }
    Ok(())
}

fn reason(why: &DayOff) -> String {
    match why {
        DayOff::Weekend => "a weekend".to_owned(),
        why => why.to_string(),
    }
}
