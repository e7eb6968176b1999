//! `lodestar protocol`: the protocols at hand, one of them in words, and whether a council's file can be used.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::Failure;
use crate::ids::ProtocolId;
use crate::protocol::Protocol;
use crate::protocol::draw::draw;
use crate::protocol::explain::explain;
use crate::protocol::fault::Fault;
use crate::protocol::json::json;
use crate::protocol::library::{Held, Library, read_file};
use crate::protocol::read::{Reading, read_with_warnings};
use crate::protocol::schema::SCHEMA;

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
    /// Draw a protocol as a flowchart: SVG on A4 sheets, in the words of `show`.
    Draw(DrawArgs),
    /// Print the JSON Schema of a protocol file, for editors that complete and check one while it is written.
    Schema,
}

/// Arguments of `show`.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// The protocol file, or the id of a protocol at hand, such as manchester.
    #[arg(value_name = "FILE|ID")]
    pub protocol: PathBuf,
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

/// Arguments of `draw`.
#[derive(Args, Clone, Debug)]
pub struct DrawArgs {
    /// The protocol file, or the id of a protocol at hand, such as manchester.
    #[arg(value_name = "FILE|ID")]
    pub protocol: PathBuf,
    /// Where the SVG goes; standard output if not said.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Runs the command; `own_files` are those of the council's configuration.
///
/// # Errors
/// [`Failure::No`] for a file with faults or output that cannot be written, [`Failure::Usage`] for an unknown id, an unreadable file or unusable own files.
pub fn run(
    args: &ProtocolArgs,
    own_files: &[PathBuf],
    out: &mut impl Write,
) -> Result<(), Failure> {
    match &args.action {
        Action::List => list(&Library::load(own_files).map_err(Failure::usage)?, out),
        Action::Show(args) => show(own_files, args, out),
        Action::Check(args) => check(args, out),
        Action::Draw(args) => picture(own_files, args, out),
        Action::Schema => Ok(write!(out, "{SCHEMA}")?),
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

fn show(own_files: &[PathBuf], args: &ShowArgs, out: &mut impl Write) -> Result<(), Failure> {
    let protocol = named(own_files, &args.protocol, out)?;
    if args.json {
        writeln!(out, "{:#}", json(&protocol))?;
    } else {
        write!(out, "{}", explain(&protocol))?;
    }
    Ok(())
}

fn held<'l>(library: &'l Library, id: &str) -> Result<&'l Held, Failure> {
    library.get(&ProtocolId::from(id)).ok_or_else(|| {
        let ids: Vec<_> = library.ids().map(ToString::to_string).collect();
        Failure::usage(format!(
            "There is no protocol `{id}`: it may be one of {}.",
            ids.join(", ")
        ))
    })
}

/// The protocol of a file where there is one of that name or the name is a path's, else the one of that id. A file that cannot be used
/// is answered with its faults.
fn named(
    own_files: &[PathBuf],
    named: &Path,
    out: &mut impl Write,
) -> Result<Arc<Protocol>, Failure> {
    let name = named.display().to_string();
    let is_path = named.extension().is_some() || named.components().count() > 1;
    if !(is_path || named.is_file()) {
        let library = Library::load(own_files).map_err(Failure::usage)?;
        return Ok(Arc::clone(&held(&library, &name)?.protocol));
    }
    let reading = read_named(&name, named)?;
    let Some(protocol) = reading.protocol else {
        for fault in reading.faults.iter().filter(|fault| fault.is_error()) {
            writeln!(out, "{fault}")?;
        }
        return Err(Failure::no(verdict(&name, &reading.faults)));
    };
    Ok(Arc::new(protocol))
}

fn picture(own_files: &[PathBuf], args: &DrawArgs, out: &mut impl Write) -> Result<(), Failure> {
    let drawn = draw(&*named(own_files, &args.protocol, out)?);
    match &args.out {
        None => write!(out, "{drawn}")?,
        Some(file) => std::fs::write(file, drawn).map_err(|error| {
            Failure::no(format!(
                "{} could not be written ({error}): check that its folder is there and may be written to.",
                file.display()
            ))
        })?,
    }
    Ok(())
}

fn read_named(name: &str, file: &Path) -> Result<Reading, Failure> {
    let text = read_file(file).map_err(|reason| Failure::usage(format!("{name}: {reason}")))?;
    Ok(read_with_warnings(name, &text))
}

fn check(args: &CheckArgs, out: &mut impl Write) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let reading = read_named(&name, &args.file)?;
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
