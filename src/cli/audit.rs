//! `lodestar audit`: whether the record is whole, and the record itself.

use std::io::Write;

use clap::{Args, Subcommand};

use super::Failure;
use crate::store::Store;

/// Check the record's hash chain, or print the record.
#[derive(Args, Clone, Debug)]
pub struct AuditArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with the record.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Action {
    /// Check every entry against the one before it and the daily anchors; names the first bad one and exits 1.
    Verify,
    /// Print every entry as a line of JSON, texts still sealed.
    Export,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::No`] where an entry is bad, naming it, or the store cannot be read.
pub async fn run(args: &AuditArgs, store: &Store, out: &mut impl Write) -> Result<(), Failure> {
    let mut tx = store.read().await.map_err(Failure::no)?;
    match args.action {
        Action::Verify => match tx.verify().await.map_err(Failure::no)? {
            Ok(verified) => {
                writeln!(
                    out,
                    "The record is whole: {} entries of {} concerns and reviews, {} entries of cover, {} daily anchors.",
                    verified.entries, verified.concerns, verified.covers, verified.anchors
                )?;
                Ok(())
            }
            Err(bad) => Err(Failure::no(bad)),
        },
        Action::Export => tx
            .export_audit(|line| {
                serde_json::to_writer(&mut *out, line)?;
                writeln!(out)
            })
            .await
            .map_err(Failure::no),
    }
}
