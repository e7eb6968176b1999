//! A council, opened: its file, protocols, words, calendar, people and store, each checked before anything runs.

use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use tracing::warn;

use crate::calendar::Calendar;
use crate::cli::{Failure, bank_holidays};
use crate::clock::Clock;
use crate::concern::Hours;
use crate::config::{Config, Environment};
use crate::desk::{Desk, Protocols};
use crate::directory::{Directory, InUse, People};
use crate::ids::TeamId;
use crate::messages::{Fault, Messages};
use crate::protocol::Protocol;
use crate::protocol::library::{Held, Library, read_pinned};
use crate::store::Store;
use crate::timekeeper;

/// The store's name for the calendar that due days were last worked out by.
const CALENDAR: &str = "calendar";
/// The store's name for the people that waiting messages last went to.
const PEOPLE: &str = "people";

/// A council, ready to work.
#[derive(Clone)]
pub struct Council {
    /// What its file says.
    pub config: Arc<Config>,
    /// Its words.
    pub messages: Arc<Messages>,
    /// The one door to its concerns.
    pub desk: Desk,
}

/// What a council's file gives before the store is opened: enough for `lodestar check`.
pub struct Read {
    /// The file.
    pub config: Config,
    /// The protocols in force.
    pub library: Library,
    /// The words.
    pub messages: Arc<Messages>,
    /// The calendar.
    pub calendar: Calendar,
    /// What somebody should look at, a sentence each.
    pub warnings: Vec<String>,
}

/// Reads a council's file and everything it names. Nothing is half read.
///
/// # Errors
/// Every fault, one a line, each with its place and mend.
pub fn read(path: &Path) -> Result<Read, Failure> {
    read_with(path, |own| Messages::load(own).map(Arc::new))
}

/// As [`read`], with words from elsewhere: many councils opened in one process share those that were tried once.
///
/// # Errors
/// As [`read`], and the words'.
pub fn read_with(
    path: &Path,
    words: impl FnOnce(Option<&Path>) -> Result<Arc<Messages>, Vec<Fault>>,
) -> Result<Read, Failure> {
    let (config, warnings) = Config::read(path).map_err(Failure::faults)?;
    let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let library = Library::load(&config.council.protocols).map_err(Failure::usage)?;
    // A protocol that no team works under is nobody's to mend.
    let teams = &config.directory.teams;
    let worked_under = |held: &&Held| {
        teams
            .iter()
            .any(|team| team.protocol.value == held.protocol.id)
    };
    warnings.extend(
        library
            .iter()
            .filter(worked_under)
            .flat_map(|held| &held.warnings)
            .map(ToString::to_string),
    );
    let messages = words(config.messages_dir.as_deref()).map_err(Failure::faults)?;
    let calendar = calendar(&config)?;
    Ok(Read {
        config,
        library,
        messages,
        calendar,
        warnings,
    })
}

/// The calendar of a council: the bank holidays in force, its closure days, its hours.
///
/// # Errors
/// A calendar file that cannot be read, or a close of business that a clock change skips or repeats.
pub fn calendar(config: &Config) -> Result<Calendar, Failure> {
    let council = &config.council;
    let holidays =
        bank_holidays::in_force(council.bank_holidays.as_deref()).map_err(Failure::Usage)?;
    Calendar::new(
        holidays,
        council.closure_days.iter().copied(),
        council.timezone,
        council.close_of_business,
    )
    .map_err(Failure::usage)
}

impl Council {
    /// Opens a council: reads its file, opens its store, checks its people against every protocol that has open concerns.
    ///
    /// # Errors
    /// Everything that is wrong, one fault a line: exit code 2.
    pub async fn open(environment: &Environment, clock: Clock) -> Result<Self, Failure> {
        Self::of(read(&environment.config)?, environment, clock).await
    }

    /// Opens a council whose file has been read.
    ///
    /// # Errors
    /// Everything that is wrong with its store or its people, one fault a line.
    pub async fn of(read: Read, environment: &Environment, clock: Clock) -> Result<Self, Failure> {
        let Read {
            config,
            library,
            messages,
            calendar,
            warnings,
        } = read;
        if environment.is_postgres() {
            return Err(Failure::usage(
                "This build keeps its store in SQLite: set DATABASE_URL to sqlite: and a file, such as sqlite:lodestar.db.",
            ));
        }
        let store = Store::open(
            environment.database_url.expose_secret(),
            &environment.key_file,
        )
        .await
        .map_err(Failure::usage)?;
        let in_use = versions_in_use(&store).await?;
        let (directory, found) = build_directory(&config, &library, &in_use)?;
        for warning in warnings.into_iter().chain(found) {
            warn!("{warning}");
        }
        let people = People::of_file(&environment.config, config.clone(), directory);
        let hours = Hours {
            opens: config.hours.opens,
            warning: config.hours.warning,
        };
        let desk = Desk::new(
            store,
            Protocols::new(library),
            people,
            calendar,
            (hours, config.hours.digest),
            clock,
        );
        Ok(Self {
            config: Arc::new(config),
            messages,
            desk,
        })
    }

    /// Dates open concerns again where the calendar is another than they were dated by. The running bot does this, and no other command.
    ///
    /// # Errors
    /// The store's.
    pub async fn take_up_calendar(&self) -> Result<(), Failure> {
        let calendar = self.desk.calendar();
        let mut text = calendar.holidays().to_json().map_err(Failure::no)?;
        for day in calendar.closure_days() {
            text.push_str(&day.to_string());
        }
        text.push_str(&calendar.close_of_business().to_string());
        let now_in_force = hex::encode(Sha256::digest(text));
        let mut tx = self.desk.store().begin().await.map_err(Failure::no)?;
        let before = tx.setting(CALENDAR).await.map_err(Failure::no)?;
        tx.set(CALENDAR, &now_in_force).await.map_err(Failure::no)?;
        if before
            .as_ref()
            .is_some_and(|before| *before != now_in_force)
        {
            // Dated again first and remembered after: a stop in between only does it twice, which changes nothing.
            drop(tx);
            timekeeper::recalculate(&self.desk)
                .await
                .map_err(Failure::no)?;
            tx = self.desk.store().begin().await.map_err(Failure::no)?;
            tx.set(CALENDAR, &now_in_force).await.map_err(Failure::no)?;
        }
        tx.commit().await.map_err(Failure::no)
    }

    /// Sends what waits to those who answer for it now, and tells of raisers who left, where the people are others than it last went to. The running bot does this, as
    /// it starts and when it has read the people again.
    ///
    /// # Errors
    /// The store's.
    pub async fn take_up_people(&self) -> Result<(), Failure> {
        // Names are ordered throughout, so that the same people always give the same text.
        let people = format!("{:?}", self.desk.directory());
        let now_in_force = hex::encode(Sha256::digest(people));
        let mut tx = self.desk.store().read().await.map_err(Failure::no)?;
        let before = tx.setting(PEOPLE).await.map_err(Failure::no)?;
        drop(tx);
        if before.as_ref() == Some(&now_in_force) {
            return Ok(());
        }
        if before.is_some() {
            // Sent first and remembered after: a stop in between only looks again, and nobody gets anything twice.
            let sent = self.desk.hand_on_to_successors().await;
            sent.map_err(Failure::no)?;
        }
        let told = self.desk.tell_of_leavers().await;
        told.map_err(Failure::no)?;
        let mut tx = self.desk.store().begin().await.map_err(Failure::no)?;
        tx.set(PEOPLE, &now_in_force).await.map_err(Failure::no)?;
        tx.commit().await.map_err(Failure::no)
    }

    /// Reads the people again, against every version that has open concerns.
    ///
    /// # Errors
    /// The store's.
    pub async fn reload(&self) -> Result<crate::directory::Reload, Failure> {
        let in_use = versions_in_use(self.desk.store()).await?;
        let desk = self.desk.clone();
        // Reading a file blocks; a task for blocking work keeps the clicks going.
        tokio::task::spawn_blocking(move || {
            let library: Vec<&Protocol> = desk
                .protocols()
                .library()
                .iter()
                .map(|held| &*held.protocol)
                .collect();
            desk.people().reload(&library, &borrowed(&in_use))
        })
        .await
        .map_err(Failure::no)
    }
}

/// A version of a protocol that a team has open concerns under.
struct Version {
    team: TeamId,
    protocol: Protocol,
}

async fn versions_in_use(store: &Store) -> Result<Vec<Version>, Failure> {
    let mut tx = store.read().await.map_err(Failure::usage)?;
    let mut versions = Vec::new();
    for (team, kept) in tx.teams_in_use().await.map_err(Failure::usage)? {
        let protocol = read_pinned(&kept.source).map_err(|faults| {
            Failure::usage(format!("Open concerns of the team {team} are under a version of {} that cannot be read: {faults}", kept.id))
        })?;
        versions.push(Version {
            team: TeamId::from(team),
            protocol,
        });
    }
    Ok(versions)
}

fn borrowed(versions: &[Version]) -> Vec<InUse<'_>> {
    versions
        .iter()
        .map(|version| InUse {
            team: &version.team,
            protocol: &version.protocol,
        })
        .collect()
}

fn build_directory(
    config: &Config,
    library: &Library,
    in_use: &[Version],
) -> Result<(Directory, Vec<String>), Failure> {
    let library: Vec<&Protocol> = library.iter().map(|held| &*held.protocol).collect();
    let (directory, warnings) = Directory::build(&config.directory, &library, &borrowed(in_use))
        .map_err(Failure::faults)?;
    Ok((
        directory,
        warnings.iter().map(ToString::to_string).collect(),
    ))
}

/// Checks the people of a council's file without opening a store: for `lodestar check`.
///
/// # Errors
/// Every fault, one a line.
pub fn check_people(
    config: &Config,
    library: &Library,
) -> Result<(Directory, Vec<String>), Failure> {
    build_directory(config, library, &[])
}
