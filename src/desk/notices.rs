//! Notices at the desk.

use super::kept::{AtDesk, KeptCase, KeptDone};
use super::{Desk, DeskError};
use crate::ids::UserId;
use crate::notice::{self, Notice, Refusal, Send};

/// A notice with the protocol it was sent under: everything but its texts.
pub type NoticeCase = KeptCase<Notice>;
/// What came of a request about a notice.
pub type NoticeDone = KeptDone<Notice>;

impl AtDesk for Notice {
    fn refused(refusal: Refusal, case: Option<Box<NoticeCase>>) -> DeskError {
        DeskError::NoticeRefused(refusal, case)
    }
}

/// What somebody says in a notice.
#[derive(Clone, Debug)]
pub struct NoticeRequest {
    /// The sender.
    pub user: UserId,
    /// What they say. Its `protocol_hash` and the officer's roles are filled in here.
    pub send: Send,
}

impl Desk {
    /// Sends a notice. `once` names the very submission, so that one delivered twice sends one notice.
    ///
    /// # Errors
    /// A refusal at a field; no such team; or the store's.
    pub async fn send_notice(
        &self,
        request: NoticeRequest,
        once: Option<&str>,
    ) -> Result<NoticeDone, DeskError> {
        let NoticeRequest { user, mut send } = request;
        let team = send.team.clone();
        let directory = self.directory();
        if let Some((officer, roles)) = &mut send.officer {
            *roles = directory.raiser_roles(officer).to_vec();
        }
        let now = self.now();
        self.begin_record((&user, &team), once, move |rules, id, by, hash| {
            hash.clone_into(&mut send.protocol_hash);
            notice::send(rules, id, by, send, now)
        })
        .await
    }
}
