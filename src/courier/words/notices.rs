//! What messages about notices say.

use super::{Heard, NotDrawn, Words, fault_of, not_now};
use crate::desk::Whose;
use crate::ids::Subject;
use crate::mail::To;
use crate::mail::notice::{Matter, still_wanted};
use crate::messages::{NoticeSetting, Rendered};
use crate::notice::Notice;
use crate::store::outbox::Message;

impl Words {
    /// A message about a notice; nothing where it is not worth sending any more.
    pub(super) async fn notice(
        &self,
        message: &Message,
        matter: &Matter,
    ) -> Result<Option<Rendered>, NotDrawn> {
        let Some(Subject::Notice(id)) = message.subject else {
            return Err(NotDrawn::Broken("no_notice".to_owned()));
        };
        let to: To = serde_json::from_value(message.recipient.clone())
            .map_err(|_| NotDrawn::Broken("recipient_unreadable".to_owned()))?;
        let case = self.desk.kept::<Notice>(id).await;
        let case = case.map_err(|fault| not_now(&fault))?;
        let case = case.ok_or_else(|| NotDrawn::Broken("no_such_notice".to_owned()))?;
        // What was said once stays as it was said.
        if !message.is_posted() && !still_wanted(matter, &case.record) {
            return Ok(None);
        }
        let directory = self.desk.directory();
        let calendar = self.desk.calendar();
        let rules = case
            .rules(&calendar, self.desk.hours())
            .map_err(|fault| not_now(&fault))?;
        let heard = Heard::by(&self.desk, &Whose::of_kept(&case), &to, &message.dest);
        let team = &case.record.sent.team;
        let setting = NoticeSetting {
            rules: &rules,
            notice: &case.record,
            team_name: directory.team_name(team),
            audience: heard.audience(),
        };
        let rendered = self.messages.notice(matter, &setting);
        rendered.map(Some).map_err(|broken| fault_of(&broken))
    }
}
