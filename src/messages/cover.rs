//! What `/concern cover` answers: `messages/cover/`.

use serde::Serialize;
use serde_json::Value;

use super::Messages;
use crate::calendar::say_date;
use crate::cover::{Cover, CoverFault};
use crate::ids::UserId;

/// What somebody is answered who typed `/concern cover`.
#[derive(Clone, Copy, Debug)]
pub enum CoverSaid<'a> {
    /// It was set.
    Set(&'a Cover),
    /// These were ended.
    Ended(&'a [Cover]),
    /// Those they may see; `all` where they see everybody's.
    List {
        /// The covers.
        covers: &'a [Cover],
        /// Whether there are no others.
        all: bool,
    },
    /// How it is typed.
    How,
    /// Why it was not done.
    Fault {
        /// Why.
        fault: &'a CoverFault,
        /// Who is away.
        absent: &'a UserId,
        /// Who was to cover.
        by: Option<&'a UserId>,
    },
}

#[derive(Debug, Default, Serialize)]
struct Says<'a> {
    absent: Option<&'a UserId>,
    by: Option<&'a UserId>,
    own: bool,
    later: bool,
    from: String,
    until: String,
    all: bool,
    fault: &'static str,
    covers: Vec<One<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct One<'a> {
    absent: &'a UserId,
    by: &'a UserId,
    later: bool,
    from: String,
    until: String,
}

impl<'a> One<'a> {
    pub(super) fn of(cover: &'a Cover) -> Self {
        Self {
            absent: &cover.absent,
            by: &cover.by,
            later: !cover.begun,
            from: say_date(cover.from),
            until: say_date(cover.until),
        }
    }
}

impl Messages {
    /// The answer to `/concern cover`, for the person alone.
    #[must_use]
    pub fn cover(&self, said: &CoverSaid<'_>) -> String {
        let (name, says) = says(said);
        self.said(name, &says)
    }
}

fn says<'a>(said: &CoverSaid<'a>) -> (&'static str, Says<'a>) {
    let mut says = Says::default();
    let name = match *said {
        CoverSaid::Set(cover) => {
            says.absent = Some(&cover.absent);
            says.by = Some(&cover.by);
            says.own = cover.set_by == cover.absent;
            says.later = !cover.begun;
            says.from = say_date(cover.from);
            says.until = say_date(cover.until);
            "cover/set.txt"
        }
        CoverSaid::Ended(covers) => {
            says.covers = covers.iter().map(One::of).collect();
            "cover/ended.txt"
        }
        CoverSaid::List { covers, all } => {
            says.covers = covers.iter().map(One::of).collect();
            says.all = all;
            "cover/list.txt"
        }
        CoverSaid::How => "cover/how.txt",
        CoverSaid::Fault { fault, absent, by } => {
            says.absent = Some(absent);
            says.by = by.or(Some(absent));
            if let CoverFault::TooLong(latest) = fault {
                says.until = say_date(*latest);
            }
            says.fault = code(fault);
            "cover/fault.txt"
        }
    };
    (name, says)
}

fn code(fault: &CoverFault) -> &'static str {
    match fault {
        CoverFault::Oneself => "oneself",
        CoverFault::NotYours => "not_yours",
        CoverFault::NothingToCover => "nothing_to_cover",
        CoverFault::NotARaiser => "not_a_raiser",
        CoverFault::Past => "past",
        CoverFault::BeginsInThePast => "begins_in_the_past",
        CoverFault::EndsBeforeItBegins => "ends_before_it_begins",
        CoverFault::TooLong(_) => "too_long",
        CoverFault::NoSuchCover => "no_such_cover",
    }
}

/// A cover of one's own that has begun, and one set by somebody else that begins later.
pub(super) fn two_samples() -> [Cover; 2] {
    let (absent, by) = (UserId::from("U0AWAY"), UserId::from("U0COVER"));
    let cover = |set_by: &UserId, begun| Cover {
        number: 1,
        absent: absent.clone(),
        by: by.clone(),
        from: chrono::NaiveDate::default(),
        until: chrono::NaiveDate::default(),
        set_by: set_by.clone(),
        set_at: chrono::DateTime::default(),
        begun,
    };
    [cover(&absent, true), cover(&by, false)]
}

/// Samples of every answer.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let covers = two_samples();
    let (day, absent, by) = (
        covers[0].from,
        covers[0].absent.clone(),
        covers[0].by.clone(),
    );
    let faults = [
        CoverFault::Oneself,
        CoverFault::NotYours,
        CoverFault::NothingToCover,
        CoverFault::NotARaiser,
        CoverFault::Past,
        CoverFault::BeginsInThePast,
        CoverFault::EndsBeforeItBegins,
        CoverFault::TooLong(day),
        CoverFault::NoSuchCover,
    ];
    let mut all = vec![
        CoverSaid::Set(&covers[0]),
        CoverSaid::Set(&covers[1]),
        CoverSaid::Ended(&covers),
        CoverSaid::List {
            covers: &covers,
            all: true,
        },
        CoverSaid::List {
            covers: &[],
            all: false,
        },
        CoverSaid::How,
    ];
    all.extend(faults.iter().map(|fault| CoverSaid::Fault {
        fault,
        absent: &absent,
        by: Some(&by),
    }));
    for said in all {
        let (name, says) = says(&said);
        if let Ok(sample) = serde_json::to_value(&says) {
            attempt(name, &sample);
        }
    }
    for what in ["set", "begun", "over", "ended"] {
        for reader in ["absent", "by", "other"] {
            for actor in [Value::Null, Value::from("U0IROM")] {
                let facts = serde_json::json!({
                    "what": what,
                    "reader": reader,
                    "absent": absent,
                    "by": by,
                    "from": "Mon 14 Dec",
                    "until": "Thu 24 Dec",
                    "later": !actor.is_null(),
                    "actor": actor,
                });
                attempt("operator/cover.json", &facts);
            }
        }
    }
}
