//! `lodestar concern show` and `export` of what is kept beside the concerns: reviews have R-, notices N- and
//! lists of tasks T- before their numbers.

use std::io::Write;
use std::sync::Arc;

use crate::app::Council;
use crate::calendar::Calendar;
use crate::cli::Failure;
use crate::concern::Rules;
use crate::desk::{AtDesk, DeskError, KeptLook};
use crate::ids::{NoticeId, Reference, ReviewId, Subject, TaskListId};
use crate::mail::review::{Matter, Occasion};
use crate::messages::{
    Audience, Link, Messages, NoticeSetting, PrintSetting, Printed, Rendered, ReviewSetting,
    TasksSetting, Texts,
};
use crate::notice::Notice;
use crate::record::Kept;
use crate::review::Review;
use crate::store::events::Unsealed;
use crate::tasks::TaskList;

/// A record beside the concerns as it is printed.
pub(super) struct Beside {
    pub(super) reference: String,
    /// How it stands, in words.
    stands: String,
    /// The whole of it.
    printed: Printed,
    /// Whether what people wrote has been erased.
    erased: bool,
}

/// The record of a reference, with what people wrote or without; `None` where it is no such reference, but a concern's.
pub(super) async fn read(
    council: &Council,
    reference: &str,
    texts: bool,
) -> Result<Option<Beside>, Failure> {
    Ok(match reference.parse() {
        Ok(Subject::Notice(id)) => Some(notice(council, id, texts).await?),
        Ok(Subject::Review(id)) => Some(review(council, id, texts).await?),
        Ok(Subject::Tasks(id)) => Some(tasks(council, id, texts).await?),
        Ok(Subject::Concern(_)) | Err(_) => None,
    })
}

impl Beside {
    fn of<K: Kept>(id: K::Id, stands: &Rendered, printed: Printed, look: &KeptLook<K>) -> Self {
        Self {
            reference: id.to_string(),
            stands: Messages::plainly(stands),
            printed,
            erased: look.texts.is_none(),
        }
    }

    pub(super) fn show(
        &self,
        texts: bool,
        json: bool,
        council: &Council,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        if json {
            write!(out, "{}", self.json()?)?;
            return Ok(());
        }
        let zone = council.desk.calendar().zone();
        let stands = &self.stands;
        writeln!(out, "{stands}\n\nWhat happened, in council time ({zone}):")?;
        for line in self.printed.lines() {
            writeln!(out, "{line}")?;
        }
        if self.erased {
            writeln!(out, "\nWhat people wrote has been erased.")?;
        } else if !texts {
            writeln!(out, "\nWhat people wrote is left out: --texts prints it.")?;
        }
        Ok(())
    }

    pub(super) fn json(&self) -> Result<String, Failure> {
        let document = self.printed.json().map_err(Failure::no)?;
        Ok(format!("{document:#}\n"))
    }

    pub(super) fn page(&self, council: &Council) -> Result<String, Failure> {
        let page = council.messages.printed_page(&self.printed);
        page.map_err(Failure::no)
    }
}

async fn notice(council: &Council, id: NoticeId, texts: bool) -> Result<Beside, Failure> {
    let (look, links) = record::<Notice>(council, id).await?;
    let around = Around::of(council, &look);
    let rules = look.case.rules(&around.calendar, council.desk.hours());
    let rules = rules.map_err(Failure::no)?;
    let (notice, messages) = (&look.case.record, &council.messages);
    let setting = NoticeSetting {
        rules: &rules,
        notice,
        team_name: &around.team_name,
        audience: Audience::default(),
    };
    let stands = messages.notice_shown(&setting).map_err(Failure::no)?;
    let head = messages.notice_head(notice.sent.sort);
    let print = around.print(&rules, &head, council);
    let told = (notice, look.history.as_slice());
    let says = (
        |fact: &_| messages.notice_happened(&rules, notice, fact),
        |field: &str| messages.notice_field(field),
    );
    let printed = Messages::printed(&print, told, texts_of(&look, texts), &links, says);
    Ok(Beside::of(id, &stands, printed, &look))
}

async fn review(council: &Council, id: ReviewId, texts: bool) -> Result<Beside, Failure> {
    let (look, links) = record::<Review>(council, id).await?;
    let around = Around::of(council, &look);
    let rules = look.case.rules(&around.calendar, council.desk.hours());
    let rules = rules.map_err(Failure::no)?;
    let (review, messages) = (&look.case.record, &council.messages);
    let setting = ReviewSetting {
        rules: &rules,
        review,
        team_name: &around.team_name,
        case_system: &around.case_system,
        audience: Audience::default(),
        now: council.desk.now(),
    };
    let receipt = Matter {
        occasion: Occasion::Receipt,
        clocks: Vec::new(),
    };
    let stands = messages.review(&receipt, &setting).map_err(Failure::no)?;
    let print = around.print(&rules, "a review", council);
    let told = (review, look.history.as_slice());
    let says = (
        |fact: &_| messages.review_happened(&rules, fact),
        |field: &str| messages.review_field(&rules, field),
    );
    let printed = Messages::printed(&print, told, texts_of(&look, texts), &links, says);
    Ok(Beside::of(id, &stands, printed, &look))
}

async fn tasks(council: &Council, id: TaskListId, texts: bool) -> Result<Beside, Failure> {
    let (look, links) = record::<TaskList>(council, id).await?;
    let around = Around::of(council, &look);
    let rules = look.case.rules(&around.calendar, council.desk.hours());
    let rules = rules.map_err(Failure::no)?;
    let (list, messages) = (&look.case.record, &council.messages);
    let setting = TasksSetting {
        rules: &rules,
        list,
        team_name: &around.team_name,
        council_name: &council.config.council.name,
        case_system: &around.case_system,
        audience: Audience::default(),
        own: None,
        now: council.desk.now(),
    };
    let stands = messages.show_tasks(&setting).map_err(Failure::no)?;
    let print = around.print(&rules, "a list of tasks", council);
    let told = (list, look.history.as_slice());
    let says = (
        |fact: &_| messages.tasks_happened(&rules, fact),
        |field: &str| messages.tasks_field(field),
    );
    let printed = Messages::printed(&print, told, texts_of(&look, texts), &links, says);
    Ok(Beside::of(id, &stands, printed, &look))
}

/// What surrounds a record when it is printed.
struct Around {
    calendar: Arc<Calendar>,
    team_name: String,
    case_system: String,
}

impl Around {
    fn of<K: Kept>(council: &Council, look: &KeptLook<K>) -> Self {
        let directory = council.desk.directory();
        let team = look.case.record.head().team;
        let own = council.config.council.case_system.as_deref();
        let case_system = own.or(look.case.protocol.case_system.as_deref());
        Self {
            calendar: council.desk.calendar(),
            team_name: directory.team_name(team).to_owned(),
            case_system: case_system.unwrap_or("the case system").to_owned(),
        }
    }

    fn print<'a>(
        &'a self,
        rules: &'a Rules<'a>,
        what: &'a str,
        council: &'a Council,
    ) -> PrintSetting<'a> {
        PrintSetting {
            rules,
            what,
            council_name: &council.config.council.name,
            team_name: &self.team_name,
            case_system: &self.case_system,
            now: council.desk.now(),
        }
    }
}

async fn record<K: AtDesk>(
    council: &Council,
    id: K::Id,
) -> Result<(KeptLook<K>, Vec<Link>), Failure> {
    let look = council.desk.whole_of::<K>(id).await;
    let look = look.map_err(|fault| not_shown(id, &fault))?;
    let mut tx = council.desk.store().read().await.map_err(Failure::no)?;
    let chain = tx.chain(id).await.map_err(Failure::no)?;
    let links = chain.into_iter().map(|entry| Link {
        seq: entry.seq,
        prev_hash: entry.prev_hash,
        hash: entry.hash,
    });
    Ok((look, links.collect()))
}

fn texts_of<K: Kept>(look: &KeptLook<K>, texts: bool) -> Texts<&[Unsealed]> {
    match &look.texts {
        None => Texts::Erased,
        Some(_) if !texts => Texts::LeftOut,
        Some(opened) => Texts::Opened(opened),
    }
}

fn not_shown(id: impl Reference, fault: &DeskError) -> Failure {
    match fault {
        DeskError::NotFound => Failure::no(format!("There is no {id}.")),
        other => Failure::no(other),
    }
}
