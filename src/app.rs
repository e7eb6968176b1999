//! The bot, wired: a council, both ways in, the loops that move it on by itself, and an orderly stop.

mod council;

pub(crate) use self::council::usage;
pub use self::council::{Council, Read, calendar, check_people, read};
