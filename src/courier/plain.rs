//! The least a message can say, when Slack does not take it as it was rendered: no blocks, no holes, no template.

use crate::desk::Desk;
use crate::ids::Subject;
use crate::slack::web::Outgoing;
use crate::store::outbox::Message;

use super::mark::visit;

/// Which concern and step, by when, and where the rest is found. Nothing that a person wrote.
pub(super) async fn words(desk: &Desk, message: &Message) -> Option<Outgoing> {
    if let Some(Subject::Notice(id)) = message.subject {
        let text = format!(
            "{id}: a notice for you. This message could not be shown in full: send /concern show {id} to see it."
        );
        return Some(Outgoing {
            text,
            blocks: None,
            metadata: None,
        });
    }
    let case = desk.case(message.concern()?).await.ok()??;
    let concern = &case.concern;
    let calendar = desk.calendar();
    let rules = case.rules(&calendar, desk.hours()).ok()?;
    let at = visit(message)
        .and_then(|number| concern.visit_numbered(number))
        .or_else(|| concern.visit())?;
    let step = rules.step_of(at)?;
    let id = concern.id;
    let due = at.due.filter(|_| concern.is_open());
    let due = due.map_or_else(String::new, |due| {
        format!(" An answer is due by {}.", calendar.say_due(&due))
    });
    let text = format!(
        "{id}: {}, {}.{due} This message could not be shown in full: send /concern show {id} to see it and to answer.",
        step.stage, step.name
    );
    Some(Outgoing {
        text,
        blocks: None,
        metadata: None,
    })
}
