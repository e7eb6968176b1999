//! `lodestar protocol`: the protocols at hand, one of them in words, and whether a council's file can be used.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Failure;
use crate::ids::ProtocolId;
use crate::protocol::explain::explain;
use crate::protocol::fault::Fault;
use crate::protocol::json::json;
use crate::protocol::library::{Library, read_file};
use crate::protocol::read::read_with_warnings;

/// The dispute resolution protocols: what they say, and whether a file can be used.
#[derive(Args, Clone, Debug)]
pub struct ProtocolArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with the protocols.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// List the protocols at hand: id, council, steps, title.
    List,
    /// Say in plain English what a protocol does, whole.
    Show(ShowArgs),
    /// Check a protocol file: every fault with its line, column and mend.
    Check(CheckArgs),
}

/// Arguments of `show`.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// The protocol's id, such as manchester.
    pub id: String,
    /// Print it for another program.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// The protocol file.
    pub file: PathBuf,
}

/// Runs the command; `own_files` are those of the council's configuration.
///
/// # Errors
/// [`Failure::No`] for a file with faults, [`Failure::Usage`] for an unknown id, an unreadable file or unusable own files.
pub fn run(
    args: &ProtocolArgs,
    own_files: &[PathBuf],
    out: &mut impl Write,
) -> Result<(), Failure> {
    match &args.action {
        Action::List => list(&Library::load(own_files).map_err(Failure::usage)?, out),
        Action::Show(args) => show(
            &Library::load(own_files).map_err(Failure::usage)?,
            args,
            out,
        ),
        Action::Check(args) => check(args, out),
    }
}

fn list(library: &Library, out: &mut impl Write) -> Result<(), Failure> {
    let rows: Vec<_> = library
        .iter()
        .map(|held| {
            let protocol = &held.protocol;
            let council = protocol.council.as_deref().unwrap_or("(names no council)");
            let steps: Vec<_> = protocol
                .routes
                .iter()
                .map(|route| match protocol.routes.len() {
                    1 => format!("{} steps", route.steps.len()),
                    _ => format!("{} {} steps", route.id, route.steps.len()),
                })
                .collect();
            (
                protocol.id.as_str(),
                council,
                steps.join(", "),
                protocol.title.as_str(),
            )
        })
        .collect();
    let width =
        |text: fn(&(&str, &str, String, &str)) -> usize| rows.iter().map(text).max().unwrap_or(0);
    let id = width(|row| row.0.chars().count());
    let council = width(|row| row.1.chars().count());
    let steps = width(|row| row.2.chars().count());
    for row in &rows {
        writeln!(
            out,
            "{:id$}  {:council$}  {:steps$}  {}",
            row.0, row.1, row.2, row.3
        )?;
    }
    Ok(())
}

fn show(library: &Library, args: &ShowArgs, out: &mut impl Write) -> Result<(), Failure> {
    let Some(held) = library.get(&ProtocolId::from(args.id.as_str())) else {
        let ids: Vec<_> = library.ids().map(ToString::to_string).collect();
        return Err(Failure::usage(format!(
            "There is no protocol `{}`: it may be one of {}.",
            args.id,
            ids.join(", ")
        )));
    };
    if args.json {
        writeln!(out, "{:#}", json(&held.protocol))?;
    } else {
        write!(out, "{}", explain(&held.protocol))?;
    }
    Ok(())
}

fn check(args: &CheckArgs, out: &mut impl Write) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let text =
        read_file(&args.file).map_err(|reason| Failure::usage(format!("{name}: {reason}")))?;
    let reading = read_with_warnings(&name, &text);
    for fault in &reading.faults {
        writeln!(out, "{fault}")?;
    }
    let errors = reading
        .faults
        .iter()
        .filter(|fault| fault.is_error())
        .count();
    match (errors, &reading.protocol) {
        (0, Some(protocol)) => {
            let said = match reading.faults.len() {
                0 => "no faults".to_owned(),
                1 => "it can be used, with one warning".to_owned(),
                many => format!("it can be used, with {many} warnings"),
            };
            writeln!(out, "{name}: protocol {}: {said}", protocol.id)?;
            Ok(())
        }
        _ => Err(Failure::no(verdict(&name, &reading.faults))),
    }
}

fn verdict(name: &str, faults: &[Fault]) -> String {
    match faults.iter().filter(|fault| fault.is_error()).count() {
        1 => format!("{name} cannot be used: mend the fault above and check it again."),
        many => format!("{name} cannot be used: mend the {many} faults above and check it again."),
    }
}
