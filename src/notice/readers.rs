//! Who may read a notice, and as whom somebody reads it.

use super::event::Recipient;
use super::state::Notice;
use crate::concern::Standing;
use crate::ids::UserId;

/// Whether somebody may read a notice: its sender and their cover, those it went to and theirs, the manager of the IRO service.
/// Nobody else, and they are not told that it exists.
#[must_use]
pub fn may_read(notice: &Notice, who: &Standing) -> bool {
    who.user == notice.sender
        || who.covers_raiser
        || who.is_iro_manager()
        || !received_as(notice, who).is_empty()
}

/// As whom it went to somebody, cover counted in.
#[must_use]
pub fn received_as(notice: &Notice, who: &Standing) -> Vec<Recipient> {
    let is = |user: &Option<UserId>| user.as_ref().is_some_and(|user| who.acts_for(user));
    let all = notice.sent.recipients();
    all.filter(|recipient| match recipient {
        Recipient::Officer => is(&notice.officer),
        Recipient::Praised => is(&notice.sent.praised),
        Recipient::Role(role) => who.holds(role),
    })
    .collect()
}

/// For whom somebody acts as these, where only cover lets them (`B-3.b`).
#[must_use]
pub(super) fn acts_for<'a>(
    notice: &'a Notice,
    who: &'a Standing,
    received: &[Recipient],
) -> Option<&'a UserId> {
    let mut absent = None;
    for recipient in received {
        let person = |named: &'a Option<UserId>| {
            let named = named.as_ref()?;
            (*named != who.user).then_some(named)
        };
        let by_cover = match recipient {
            Recipient::Officer => person(&notice.officer),
            Recipient::Praised => person(&notice.sent.praised),
            Recipient::Role(role) => who.holds_for([role]),
        };
        absent = absent.or(Some(by_cover?));
    }
    absent
}
