//! `lodestar deadline`: when something is due, and how that was worked out.

use std::io::{BufRead, BufWriter, Read, Write};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use clap::Args;
use serde_json::json;

use super::Failure;
use crate::calendar::{Calendar, CalendarError, Period, iso_date};

/// Longer than any line that could be right.
const LONGEST_LINE: u64 = 1_000;

/// When something is due, with the working: each day counted, each day skipped and why.
///
/// Counts by the bank holidays of England and Wales, close of business 17:00 in London, no council closure days. Hours are
/// read as working days, each started 24 of them one day.
#[derive(Args, Clone, Debug, Default)]
pub struct DeadlineArgs {
    /// The day of the event: 2026-12-14, 2026-12-14T10:00, or with an offset, which is first turned into London time. Only its
    /// date counts.
    #[arg(required_unless_present = "stdin", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// How long it may take: "5 working days", "2 weeks", "10 days", "48 hours". Working days may be negative.
    #[arg(required_unless_present = "stdin", allow_hyphen_values = true)]
    pub within: Option<String>,
    /// Print the answer and its working as JSON.
    #[arg(long, conflicts_with = "stdin")]
    pub json: bool,
    /// Read `FROM<TAB>WITHIN` lines and print one due moment a line; the first bad line ends it.
    #[arg(long, conflicts_with_all = ["from", "within"])]
    pub stdin: bool,
}

/// Answers one question from the arguments, or one a line from `input`.
///
/// # Errors
/// [`Failure::Usage`] for a FROM or WITHIN that cannot be read; [`Failure::No`] beyond the calendar's horizon, and for the
/// first bad line of `input`.
pub fn run(
    args: &DeadlineArgs,
    calendar: &Calendar,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if args.stdin {
        return answer_lines(calendar, input, out);
    }
    let (Some(from), Some(within)) = (&args.from, &args.within) else {
        return Err(Failure::usage(
            "Give FROM and WITHIN, such as 2026-12-14 \"5 working days\", or --stdin.",
        ));
    };
    let from = read_from(from, calendar).map_err(Failure::usage)?;
    let within: Period = within.parse().map_err(Failure::usage)?;
    let working = calendar.due_working(from, within).map_err(Failure::no)?;
    if args.json {
        let answer = json!({
            "from": working.from,
            "within": working.within,
            "due": moment(calendar, working.due.at),
            "working": working.steps,
            "projected": working.projected_after.is_some(),
            "provisional": working.due.provisional,
        });
        writeln!(out, "{answer:#}")?;
    } else {
        write!(out, "{working}")?;
    }
    Ok(())
}

fn answer_lines(
    calendar: &Calendar,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = Read::take(&mut *input, LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::No(format!("Line {number} could not be read: {error}.")))?;
        if read == 0 {
            break;
        }
        match answer_line(&line, calendar) {
            Ok(due) => writeln!(out, "{}", moment(calendar, due))?,
            Err(fault) => {
                out.flush()?;
                return Err(Failure::No(format!("Line {number}: {fault}")));
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn answer_line(line: &[u8], calendar: &Calendar) -> Result<DateTime<Utc>, String> {
    if line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
        return Err("is too long: write FROM<TAB>WITHIN.".to_owned());
    }
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = str::from_utf8(line).map_err(|_| "is not UTF-8 text: write FROM<TAB>WITHIN.")?;
    let (from, within) = line
        .split_once('\t')
        .ok_or("has no tab between FROM and WITHIN: write 2026-12-14<TAB>5 working days.")?;
    let from = read_from(from, calendar)?;
    let within: Period = within.parse().map_err(|error| format!("{error}"))?;
    let due = calendar.due(from, within);
    Ok(due.map_err(|error: CalendarError| error.to_string())?.at)
}

/// `2026-12-21T17:00:00+00:00`, in council time.
fn moment(calendar: &Calendar, at: DateTime<Utc>) -> String {
    calendar.local(at).to_rfc3339()
}

/// The council-local date that FROM names.
fn read_from(text: &str, calendar: &Calendar) -> Result<NaiveDate, String> {
    let read = match text.split_once(['T', 't']) {
        None => iso_date(text),
        Some((date, rest)) => iso_date(date).and_then(|date| {
            let (time, offset) = split_offset(rest)?;
            let local = date.and_time(read_time(time)?);
            match offset {
                None => Some(date),
                Some(offset) => {
                    let utc = local.checked_sub_offset(offset)?;
                    Some(calendar.local_date(utc.and_utc()))
                }
            }
        }),
    };
    read.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        format!(
            "{shown:?} is not a date or a time: write FROM as 2026-12-14, 2026-12-14T10:00 or 2026-12-14T10:00:00+00:00."
        )
    })
}

/// `10:00Z` as `10:00` and no offset from UTC; `10:00` as itself and none given.
fn split_offset(text: &str) -> Option<(&str, Option<FixedOffset>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, FixedOffset::east_opt(0)));
    }
    let Some(sign) = text.find(['+', '-']) else {
        return Some((text, None));
    };
    let (time, offset) = text.split_at(sign);
    let ahead = offset.starts_with('+');
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    let offset = FixedOffset::east_opt(if ahead { seconds } else { -seconds });
    (minutes < 60 && offset.is_some()).then_some((time, offset))
}

/// `10:00`, `10:00:00`, `10:00:00.5`.
fn read_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let Some(seconds) = parts.next() else {
        return NaiveTime::from_hms_opt(hours, minutes, 0);
    };
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let time = NaiveTime::from_hms_opt(hours, minutes, two_digits(seconds)?)?;
    digits.then_some(time)
}

fn two_digits(text: &str) -> Option<u32> {
    let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    two.then(|| text.parse().ok()).flatten()
}
