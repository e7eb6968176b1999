//! What messages about lists of tasks say.

use super::{Heard, NotDrawn, Words, fault_of, not_now};
use crate::desk::Whose;
use crate::ids::Subject;
use crate::mail::To;
use crate::mail::tasks::{Matter, still_wanted};
use crate::messages::{Rendered, TasksSetting};
use crate::store::outbox::Message;
use crate::tasks::TaskList;

impl Words {
    /// A message about a list of tasks; nothing where it is not worth sending any more.
    pub(super) async fn tasks(
        &self,
        message: &Message,
        matter: &Matter,
    ) -> Result<Option<Rendered>, NotDrawn> {
        let Some(Subject::Tasks(id)) = message.subject else {
            return Err(NotDrawn::Broken("no_tasks".to_owned()));
        };
        let to: To = serde_json::from_value(message.recipient.clone())
            .map_err(|_| NotDrawn::Broken("recipient_unreadable".to_owned()))?;
        let case = self.desk.kept::<TaskList>(id).await;
        let case = case.map_err(|fault| not_now(&fault))?;
        let case = case.ok_or_else(|| NotDrawn::Broken("no_such_tasks".to_owned()))?;
        let directory = self.desk.directory();
        let calendar = self.desk.calendar();
        let rules = case
            .rules(&calendar, self.desk.hours())
            .map_err(|fault| not_now(&fault))?;
        // What was said once stays as it was said.
        if !message.is_posted() && !still_wanted(matter, &rules, &case.record) {
            return Ok(None);
        }
        let heard = Heard::by(&self.desk, &Whose::of_kept(&case), &to, &message.dest);
        let team = &case.record.opened.team;
        let setting = TasksSetting {
            rules: &rules,
            list: &case.record,
            team_name: directory.team_name(team),
            council_name: &self.council_name,
            case_system: self.case_system_of(&case.protocol),
            audience: heard.audience(),
            own: None,
            now: self.desk.now(),
        };
        let rendered = self.messages.tasks(matter, &setting);
        rendered.map(Some).map_err(|broken| fault_of(&broken))
    }
}
