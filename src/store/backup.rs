//! A copy of the store while it is in use, and a copy put back. The key file is kept apart: without it a backup gives no text.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use sqlx::Connection as _;

use super::open::{check_is_not_newer, check_is_ours, connect, is_empty, options, path_of};
use super::{Store, StoreError, statements};

statements! {
    CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
    COPY = "VACUUM INTO $1";
    QUICK_CHECK = "PRAGMA quick_check(1)";
}

impl Store {
    /// Writes a copy of the store, as of one moment, to a file that does not exist yet; work goes on meanwhile.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let _made = new_file(to)?;
        let shown = to
            .to_str()
            .ok_or_else(|| StoreError::Config("the backup's name must be plain text".to_owned()))?;
        let mut conn = connect(&options(&self.shared.file.path)).await?;
        let copied = sqlx::query(COPY).bind(shown).execute(&mut conn).await;
        conn.close().await?;
        if let Err(error) = copied {
            let _ = fs::remove_file(to);
            return Err(error.into());
        }
        sync(to)
    }

    /// Moves what the log beside the file holds into the file and empties it: after an erasure, so that the key is nowhere left.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let mut conn = self.shared.writer.acquire().await?;
        let (blocked, _, _): (i64, i64, i64) =
            sqlx::query_as(CHECKPOINT).fetch_one(&mut *conn).await?;
        if blocked == 0 {
            Ok(())
        } else {
            Err(StoreError::Busy)
        }
    }
}

/// Puts the backup `from` where the store of `url` is to be. Refuses when there is a file already, and when `from` is not a whole
/// Lodestar store.
pub async fn restore(from: &Path, url: &str) -> Result<(), StoreError> {
    let to = path_of(url)?;
    for there in [to.clone(), beside(&to, "-wal")] {
        if there.exists() {
            return Err(StoreError::Config(format!(
                "{} is there already: stop lodestar and move it away, then restore again",
                there.display()
            )));
        }
    }
    check_backup(from).await?;
    let part = beside(&to, ".part");
    let _ = fs::remove_file(&part);
    let copied = copy(from, &part).and_then(|()| {
        // A hard link, unlike a rename, does not replace a file that has come there meanwhile.
        fs::hard_link(&part, &to).map_err(|error| cannot("write", &to, &error))
    });
    let _ = fs::remove_file(&part);
    copied?;
    sync(&to)
}

async fn check_backup(from: &Path) -> Result<(), StoreError> {
    if !from.is_file() {
        return Err(StoreError::Config(format!(
            "{} is not there: name a file that lodestar backup has written",
            from.display()
        )));
    }
    look_into(from).await.map_err(|fault| match fault {
        // Of the backup and not of a store: there is no record to verify yet.
        StoreError::Corrupt(why) => StoreError::Config(format!(
            "{} is no whole backup ({why}): name another file that lodestar backup has written",
            from.display()
        )),
        other => other,
    })
}

async fn look_into(from: &Path) -> Result<(), StoreError> {
    // Immutable: reading a backup leaves no log beside it, wherever it lies.
    let mut conn = connect(&options_to_look(from)).await?;
    check_is_ours(&mut conn, from).await?;
    if is_empty(&mut conn).await? {
        return Err(StoreError::Corrupt("there is nothing in it".to_owned()));
    }
    check_is_not_newer(&mut conn, from).await?;
    let said: String = sqlx::query_scalar(QUICK_CHECK).fetch_one(&mut conn).await?;
    conn.close().await?;
    if said == "ok" {
        Ok(())
    } else {
        Err(StoreError::Corrupt("it is damaged".to_owned()))
    }
}

fn options_to_look(from: &Path) -> sqlx::sqlite::SqliteConnectOptions {
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(from)
        .read_only(true)
        .immutable(true)
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut source = File::open(from).map_err(|error| cannot("read", from, &error))?;
    let mut target = new_file(to)?;
    std::io::copy(&mut source, &mut target).map_err(|error| cannot("write", to, &error))?;
    target
        .sync_all()
        .map_err(|error| cannot("write", to, &error))
}

/// A file only its owner may read, which must not be there yet.
fn new_file(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| cannot("create", path, &error))
}

/// Makes a new file, and its name in the folder, last through a power cut.
fn sync(path: &Path) -> Result<(), StoreError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| cannot("write", path, &error))?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| cannot("write", path, &error))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Config(format!(
        "cannot {verb} {}: {error}; choose another place",
        path.display()
    ))
}
