//! `lodestar concern export`: the whole record of a concern, as one web page or as JSON.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{PRIVILEGED_LEFT_OUT, Whole, beside};
use crate::app::Council;
use crate::cli::Failure;

/// Arguments of `export`.
#[derive(Args, Clone, Debug)]
pub struct ExportArgs {
    /// Its reference, such as C-42; R-7 for a review, N-7 for a notice, T-7 for a list of tasks.
    #[arg(value_name = "REF")]
    pub reference: String,
    /// html: one page to read and print, which needs nothing else. json: the same for another program.
    #[arg(long, value_enum, default_value_t = Format::Html)]
    pub format: Format,
    /// Write it to this file, which only its owner may read, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Add legal advice: it is privileged, and only the raiser's side may see it.
    #[arg(long)]
    pub privileged: bool,
    /// Write over the file if it is there.
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// What an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One web page.
    Html,
    /// JSON.
    Json,
}

pub(super) async fn run(
    args: &ExportArgs,
    council: &Council,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if let Some(beside) = beside::read(council, &args.reference, true).await? {
        let document = match args.format {
            Format::Html => beside.page(council)?,
            Format::Json => beside.json()?,
        };
        return print(args, (&beside.reference, &document), out);
    }
    let whole = Whole::read(council, &args.reference).await?;
    let chronicle = whole.chronicle(council, true, args.privileged).await?;
    let document = match args.format {
        Format::Html => council.messages.page(&chronicle).map_err(Failure::no)?,
        Format::Json => format!("{:#}\n", chronicle.json().map_err(Failure::no)?),
    };
    let reference = whole.look.case.concern.id.to_string();
    print(args, (&reference, &document), out)?;
    if args.out.is_some() && whole.has_privileged() && !args.privileged {
        writeln!(out, "{PRIVILEGED_LEFT_OUT}")?;
    }
    Ok(())
}

/// Prints a document, or writes it where that was asked.
fn print(
    args: &ExportArgs,
    (reference, document): (&str, &str),
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Some(path) = &args.out else {
        out.write_all(document.as_bytes())?;
        return Ok(());
    };
    write(path, document.as_bytes(), args.force)?;
    writeln!(
        out,
        "The record of {reference} is in {}: it holds what people wrote about a child, so keep it as the case file is kept.",
        path.display()
    )?;
    Ok(())
}

/// Writes a file that only its owner may read. What is there already is written over only where that was asked, and only once the
/// new one is whole.
fn write(path: &Path, document: &[u8], force: bool) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::no(match error.kind() {
            io::ErrorKind::AlreadyExists => format!(
                "{} is there already: give another name, or --force to write over it.",
                path.display()
            ),
            _ => format!("{} could not be written: {error}.", path.display()),
        })
    };
    if !force {
        let mut file = new_file(path).map_err(failed)?;
        return fill(&mut file, document).map_err(|error| {
            // Half a record is worse than none; that it could not be written is what is said.
            let _ = fs::remove_file(path);
            failed(error)
        });
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = new_file(&beside)
        .and_then(|mut file| fill(&mut file, document))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn fill(file: &mut File, document: &[u8]) -> io::Result<()> {
    file.write_all(document)?;
    file.sync_all()
}
