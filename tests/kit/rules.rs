//! The calendar, the built-in protocols and the people of tests that ask the pure functions, one piece for all of them.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use lodestar::calendar::{Calendar, iso_date};
use lodestar::concern::{Hours, Rules, Standing};
use lodestar::ids::{ProtocolId, RoleId, UserId};
use lodestar::protocol::Protocol;
use lodestar::protocol::library::Library;

/// Stands in every text that people type: no fact may hold it.
pub(crate) const SECRET: &str = "SECRETWORDS";

pub(crate) static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::built_in().unwrap());
pub(crate) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&[]).unwrap());

pub(crate) fn day(date: &str) -> NaiveDate {
    iso_date(date).unwrap()
}

/// A moment in council time: `2026-12-14 10:00`, with seconds where they matter.
pub(crate) fn moment(at: &str) -> DateTime<Utc> {
    let (date, time) = at.split_once(' ').unwrap();
    CALENDAR.at(day(date), time.parse().unwrap())
}

pub(crate) fn built_in(id: &str) -> &'static Protocol {
    &LIBRARY.get(&ProtocolId::from(id)).unwrap().protocol
}

pub(crate) fn hours() -> Hours {
    Hours {
        opens: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        warning: NaiveTime::from_hms_opt(9, 30, 0).unwrap(),
    }
}

pub(crate) fn rules(protocol: &'static Protocol) -> Rules<'static> {
    Rules {
        protocol,
        route: &protocol.routes[0],
        calendar: &CALENDAR,
        hours: hours(),
    }
}

/// Somebody who holds these roles themselves.
pub(crate) fn person(user: &str, roles: &[&str]) -> Standing {
    let roles = roles.iter().map(|role| RoleId::from(*role)).collect();
    Standing::of(UserId::from(user), roles)
}
