//! `lodestar backup` and `lodestar restore`: an online copy of the store, and back.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::store::{Store, backup};

/// Copy the store to a file while the bot runs. The key file is not in it: keep that apart.
#[derive(Args, Clone, Debug)]
pub struct BackupArgs {
    /// The file to write; it must not exist.
    pub file: PathBuf,
}

/// Put a backup in the store's place. Refuses where there is a store already.
#[derive(Args, Clone, Debug)]
pub struct RestoreArgs {
    /// The backup.
    pub file: PathBuf,
}

/// Makes a backup.
///
/// # Errors
/// The file exists, or cannot be written.
pub async fn back_up(
    args: &BackupArgs,
    store: &Store,
    out: &mut impl Write,
) -> Result<(), Failure> {
    store.backup(&args.file).await.map_err(Failure::no)?;
    writeln!(
        out,
        "The store is copied to {}. It opens only with the key file, which is not in it.",
        args.file.display()
    )?;
    Ok(())
}

/// Restores a backup to where `url` points.
///
/// # Errors
/// There is a store already, or the backup cannot be read.
pub async fn restore(args: &RestoreArgs, url: &str, out: &mut impl Write) -> Result<(), Failure> {
    backup::restore(&args.file, url)
        .await
        .map_err(Failure::no)?;
    writeln!(
        out,
        "The store is restored from {}. Put its key file beside it before starting the bot.",
        args.file.display()
    )?;
    Ok(())
}
