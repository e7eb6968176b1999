//! `lodestar bank-holidays`: the bank holidays in force, how far they reach, and bringing them up to date.

mod fetch;

use std::fs;
use std::io::{BufRead, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use clap::{Args, Subcommand};

use super::Failure;
use crate::calendar::{BankHoliday, BankHolidays, Merged, parse_feed, say_date_year};

/// Where GOV.UK publishes its bank holidays.
pub const FEED: &str = "https://www.gov.uk/bank-holidays.json";

/// The file `update` writes where the configuration names none.
pub const FILE: &str = "bank-holidays.json";

/// No feed and no merged file comes near this.
const LARGEST_FILE: u64 = 1 << 20;

/// From here on the horizon is warned about.
const WARN_AHEAD: TimeDelta = TimeDelta::days(90);

/// The bank holidays of England and Wales in force, and how far they reach.
#[derive(Args, Clone, Debug)]
pub struct BankHolidaysArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with the bank holidays.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// Print the calendar in force, how far it reaches and what of it is projected.
    Show(ShowArgs),
    /// Merge GOV.UK's feed into the file in force; what is already known is never dropped.
    Update(UpdateArgs),
}

/// Arguments of `show`.
#[derive(Args, Clone, Debug, Default)]
pub struct ShowArgs {
    /// Print the calendar as the file holds it.
    #[arg(long)]
    pub json: bool,
    /// Print this year only.
    #[arg(long)]
    pub year: Option<i32>,
}

/// Arguments of `update`.
#[derive(Args, Clone, Debug, Default)]
pub struct UpdateArgs {
    /// Read the feed from a file, or from standard input with `-`, and fetch nothing.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Fetch the feed from another address than GOV.UK's.
    #[arg(long, value_name = "URL", conflicts_with = "file")]
    pub url: Option<String>,
    /// The file to bring up to date; by default the one `[council] bank_holidays` names, else bank-holidays.json.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Take a day off that was published as a bank holiday and then moved to another date. May be given several times.
    #[arg(long, value_name = "DATE")]
    pub moved: Vec<NaiveDate>,
}

/// What the configuration says of the calendar, where there is one.
#[derive(Clone, Debug, Default)]
pub struct Configured {
    /// `[council] bank_holidays`: our file, merged over the bank holidays that come with the program.
    pub bank_holidays: Option<PathBuf>,
    /// `[council] closure_days`.
    pub closure_days: Vec<NaiveDate>,
}

/// Shows or updates the bank holidays.
///
/// # Errors
/// [`Failure::Usage`] for a file that cannot be used; [`Failure::No`] for a feed that cannot be fetched or learnt from.
pub async fn run(
    args: &BankHolidaysArgs,
    configured: &Configured,
    now: DateTime<Utc>,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match &args.action {
        Action::Show(show_args) => show(show_args, configured, now, out),
        Action::Update(update_args) => {
            let feed = match (&update_args.file, &update_args.url) {
                (Some(file), _) if file.as_os_str() == "-" => read_all(input)
                    .map_err(|error| Failure::no(could_not_read("standard input", &error)))?,
                (Some(file), _) => read_file(file).map_err(Failure::usage)?,
                (None, url) => fetch::fetch(url.as_deref().unwrap_or(FEED))
                    .await
                    .map_err(Failure::No)?,
            };
            update(&feed, update_args, configured, out)
        }
    }
}

/// The bank holidays that come with the program, with `file` merged over them: GOV.UK's feed or what `update` wrote.
///
/// # Errors
/// One sentence that names the file and the mend.
pub fn in_force(file: Option<&Path>) -> Result<BankHolidays, String> {
    let mut holidays = BankHolidays::built_in().map_err(|error| error.to_string())?;
    if let Some(file) = file {
        let feed = parse_feed(&read_file(file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        holidays.merge(&feed);
    }
    Ok(holidays)
}

fn show(
    args: &ShowArgs,
    configured: &Configured,
    now: DateTime<Utc>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let holidays = in_force(configured.bank_holidays.as_deref()).map_err(Failure::Usage)?;
    if args.json {
        write!(out, "{}", holidays.to_json().map_err(Failure::no)?)?;
        return Ok(());
    }
    let reach = holidays.reach();
    let wanted = |date: NaiveDate| args.year.is_none_or(|year| date.year() == year);
    writeln!(out, "Bank holidays in England and Wales")?;
    match &configured.bank_holidays {
        Some(file) => writeln!(
            out,
            "From {}, over those that come with the program.",
            file.display()
        )?,
        None => writeln!(out, "As they come with the program.")?,
    }
    writeln!(
        out,
        "Known from {} to {}; published by GOV.UK until {}, projected after.",
        say_date_year(reach.first),
        say_date_year(reach.last),
        say_date_year(reach.published_until)
    )?;
    let today = now.date_naive();
    if today + WARN_AHEAD > reach.published_until {
        writeln!(
            out,
            "The published bank holidays end soon: run `lodestar bank-holidays update`."
        )?;
    }
    writeln!(out)?;
    for holiday in holidays.iter().filter(|holiday| wanted(holiday.date)) {
        let projected = if holiday.date > reach.published_until {
            "  (projected)"
        } else {
            ""
        };
        writeln!(out, "{}{projected}", line(holiday))?;
    }
    for day in configured.closure_days.iter().filter(|day| wanted(**day)) {
        writeln!(out, "{:<15}  council closure day", say_date_year(*day))?;
    }
    Ok(())
}

fn update(
    feed: &str,
    args: &UpdateArgs,
    configured: &Configured,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let feed = parse_feed(feed).map_err(Failure::no)?;
    let target = args.out.as_deref().or(configured.bank_holidays.as_deref());
    let target = target.unwrap_or(Path::new(FILE));
    let held = target
        .try_exists()
        .map_err(|error| Failure::usage(could_not_read(target.display(), &error)))?;
    let mut holidays = in_force(held.then_some(target)).map_err(Failure::Usage)?;

    let merged = holidays.merge(&feed);
    for date in &args.moved {
        if !holidays.strike(*date) {
            let date = say_date_year(*date);
            return Err(Failure::Usage(format!(
                "{date} is not a bank holiday, so it cannot be taken off: check --moved."
            )));
        }
    }
    let json = holidays.to_json().map_err(Failure::no)?;
    write_whole(target, &json).map_err(|error| {
        Failure::Usage(format!(
            "{} could not be written: {error}.",
            target.display()
        ))
    })?;
    report(&merged, args, out)?;
    let reach = holidays.reach();
    writeln!(
        out,
        "{} now reaches {}, published until {}.",
        target.display(),
        say_date_year(reach.last),
        say_date_year(reach.published_until)
    )?;
    if configured.bank_holidays.as_deref() != Some(target) {
        writeln!(
            out,
            "The bot reads it once lodestar.toml says, under [council]: bank_holidays = \"{}\"",
            target.display()
        )?;
    }
    Ok(())
}

fn report(merged: &Merged, args: &UpdateArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut list = |heading: &str, days: Vec<&BankHoliday>| -> std::io::Result<()> {
        writeln!(out, "{heading}")?;
        days.into_iter()
            .try_for_each(|day| writeln!(out, "  {}", line(day)))
    };
    let added: Vec<_> = merged.added.iter().collect();
    list(
        if added.is_empty() {
            "No bank holiday is new."
        } else {
            "New bank holidays:"
        },
        added,
    )?;
    if !merged.withdrawn.is_empty() {
        list(
            "Projected, and not in the published year, so taken off:",
            merged.withdrawn.iter().collect(),
        )?;
    }
    let kept = |day: &&BankHoliday| !args.moved.contains(&day.date);
    let missing: Vec<_> = merged.missing.iter().filter(kept).collect();
    if !missing.is_empty() {
        list(
            "Not in the feed, and kept (one that has been moved is taken off with --moved DATE):",
            missing,
        )?;
    }
    Ok(())
}

fn line(holiday: &BankHoliday) -> String {
    format!("{:<15}  {}", say_date_year(holiday.date), holiday.name())
}

fn read_file(path: &Path) -> Result<String, String> {
    fs::File::open(path)
        .and_then(|mut file| read_all(&mut file))
        .map_err(|error| could_not_read(path.display(), &error))
}

fn read_all(from: &mut dyn Read) -> std::io::Result<String> {
    let mut text = String::new();
    if from.take(LARGEST_FILE).read_to_string(&mut text)? as u64 == LARGEST_FILE {
        return Err(std::io::Error::new(
            ErrorKind::FileTooLarge,
            "it is over 1 MiB",
        ));
    }
    Ok(text)
}

fn could_not_read(what: impl std::fmt::Display, error: &std::io::Error) -> String {
    format!("{what} could not be read: {error}.")
}

/// Writes beside the file and renames, so that a running bot never reads half of it.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
