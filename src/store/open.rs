//! Opening: the file, its migrations, its pools of connections, and the key that belongs to it.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _};

use super::{Shared, Store, StoreError, StoreFile, statements};
use crate::seal::Key;

/// How long a writer waits for its turn in this process, and then again for another process: together well inside
/// the 3 s in which Slack wants its answer.
const PATIENCE: Duration = Duration::from_millis(900);
const READERS: u32 = 4;
/// "LOSR", as the first migration sets it.
pub(super) const APPLICATION_ID: i64 = 1_280_266_066;

statements! {
    KEY_CHECK = "SELECT value FROM settings WHERE name = 'key_check'";
    HAS_CONTENT = "SELECT COUNT(*) FROM (SELECT 1 FROM text_keys LIMIT 1) AS found";
    SET_KEY_CHECK = "INSERT INTO settings (name, value) VALUES ('key_check', $1)";
}

impl Store {
    /// Opens the store at `url` (`sqlite:lodestar.db`), making and migrating it where needed, with the key in `key_file`
    /// (`LODESTAR_KEY_FILE`), which is made beside a store that has no content yet.
    ///
    /// # Errors
    /// [`StoreError::Config`] with the mend when the address, the file or the key is not the right one.
    pub async fn open(url: &str, key_file: &Path) -> Result<Self, StoreError> {
        let path = path_of(url)?;
        make_private_file(&path)?;
        let options = options(&path);
        let mut first = connect(&options).await?;
        check_is_ours(&mut first, &path).await?;
        migrate(&mut first, &path).await?;
        let key = key_for(&mut first, key_file).await?;
        first.close().await?;

        let pool = SqlitePoolOptions::new()
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            // A full disk can end a transaction behind the driver's back; such a connection is not used again.
            .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }));
        let readers = options.clone().pragma("query_only", "ON");
        Ok(Self {
            shared: Arc::new(Shared {
                writer: pool
                    .clone()
                    .max_connections(1)
                    .connect_with(options)
                    .await?,
                readers: pool.max_connections(READERS).connect_with(readers).await?,
                file: StoreFile::at(path),
                key: Arc::new(key),
            }),
        })
    }
}

impl StoreFile {
    fn at(path: PathBuf) -> Self {
        let identity = identity(&path);
        Self { path, identity }
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        let path = self.path.display();
        match identity(&self.path) {
            None => Err(StoreError::Gone(format!(
                "{path} is not there: put it back, and it goes on by itself"
            ))),
            now if now == self.identity => Ok(()),
            Some(_) => Err(StoreError::Gone(format!(
                "another file was put in the place of {path}: restart lodestar"
            ))),
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let about = std::fs::metadata(path).ok()?;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|_| (0, 0))
}

/// The file a `DATABASE_URL` names.
pub(super) fn path_of(url: &str) -> Result<PathBuf, StoreError> {
    let wrong = |mend: &str| Err(StoreError::Config(format!("DATABASE_URL: {mend}")));
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return wrong("PostgreSQL is not supported yet; use a file, such as sqlite:lodestar.db");
    }
    if !url.starts_with("sqlite:") {
        return wrong("must begin with sqlite:, such as sqlite:lodestar.db");
    }
    if url.contains('?') || url.contains(":memory:") {
        return wrong("must name a file and nothing else, such as sqlite:lodestar.db");
    }
    match SqliteConnectOptions::from_str(url) {
        Ok(parsed) if !parsed.get_filename().as_os_str().is_empty() => {
            Ok(parsed.get_filename().to_owned())
        }
        _ => wrong("must name a file, such as sqlite:lodestar.db"),
    }
}

pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        // What is deleted is overwritten: an erased key must not linger in a free page.
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(256)
        .disable_statement_logging()
}

pub(super) async fn connect(
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, StoreError> {
    options.connect().await.map_err(StoreError::from)
}

/// Made here and not by SQLite, so that only its owner may read it (SQLite gives the log beside it the same rights).
fn make_private_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        StoreError::Config(format!(
            "DATABASE_URL: cannot open {}: {error}; its folder must exist and be writable",
            path.display()
        ))
    })
}

pub(super) async fn check_is_ours(
    conn: &mut SqliteConnection,
    path: &Path,
) -> Result<(), StoreError> {
    let empty = is_empty(conn).await?;
    let id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(conn)
        .await?;
    if !empty && id != APPLICATION_ID {
        return Err(StoreError::Config(format!(
            "{} is a database of another program: point DATABASE_URL to another file",
            path.display()
        )));
    }
    Ok(())
}

/// Whether a database has nothing in it at all, as an empty file has.
pub(super) async fn is_empty(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master")
        .fetch_one(conn)
        .await?;
    Ok(tables == 0)
}

/// Refuses a store that a later version of this program has made.
pub(super) async fn check_is_not_newer(
    conn: &mut SqliteConnection,
    path: &Path,
) -> Result<(), StoreError> {
    let made: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(conn)
        .await?;
    let known = migrator().iter().map(|migration| migration.version).max();
    if made > known {
        return Err(newer(path));
    }
    Ok(())
}

fn newer(path: &Path) -> StoreError {
    StoreError::Config(format!(
        "{} was made by a newer lodestar: run that one, or restore an older backup",
        path.display()
    ))
}

fn migrator() -> Migrator {
    let all = [
        (
            1,
            "store",
            include_str!("../../migrations/sqlite/0001_store.sql"),
        ),
        (
            2,
            "reviews",
            include_str!("../../migrations/sqlite/0002_reviews.sql"),
        ),
        (
            3,
            "cover",
            include_str!("../../migrations/sqlite/0003_cover.sql"),
        ),
        (
            4,
            "records",
            include_str!("../../migrations/sqlite/0004_records.sql"),
        ),
        (
            5,
            "tasks",
            include_str!("../../migrations/sqlite/0005_tasks.sql"),
        ),
    ];
    Migrator::with_migrations(
        all.into_iter()
            .map(|(version, name, sql)| {
                let sql = sql.into_sql_str();
                Migration::new(version, name.into(), MigrationType::Simple, sql, false)
            })
            .collect(),
    )
}

async fn migrate(conn: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    migrator().run(conn).await.map_err(|error| match error {
        MigrateError::Execute(error) => StoreError::from(error),
        MigrateError::VersionMissing(_) => newer(path),
        other => StoreError::Corrupt(other.to_string()),
    })
}

/// The key this store's content is sealed with; a new one where there is no content yet.
async fn key_for(conn: &mut SqliteConnection, key_file: &Path) -> Result<Key, StoreError> {
    let check: Option<String> = sqlx::query_scalar(KEY_CHECK)
        .fetch_optional(&mut *conn)
        .await?;
    let shown = key_file.display();
    let there = key_file.exists();
    if let Some(check) = check {
        if !there {
            return Err(StoreError::Config(format!(
                "the key file {shown} is not there, and this store cannot be read without it: put it back, or point \
                 LODESTAR_KEY_FILE to it"
            )));
        }
        let key = Key::read(key_file)?;
        if !key.matches(&check) {
            return Err(StoreError::Config(format!(
                "the key in {shown} is not the one this store was sealed with: point LODESTAR_KEY_FILE to the right one"
            )));
        }
        return Ok(key);
    }
    let content: i64 = sqlx::query_scalar(HAS_CONTENT)
        .fetch_one(&mut *conn)
        .await?;
    if content > 0 {
        return Err(StoreError::Corrupt("its key check is missing".to_owned()));
    }
    let key = if there {
        Key::read(key_file)?
    } else {
        Key::create(key_file)?
    };
    sqlx::query(SET_KEY_CHECK)
        .bind(key.check_value()?)
        .execute(conn)
        .await?;
    Ok(key)
}
