//! `lodestar concern`: the records without Slack. Whoever may run it on the council's machine may read what it prints.

mod beside;
mod export;
mod list;
mod with;

use std::io::Write;

use clap::{Args, Subcommand};

use self::export::ExportArgs;
use self::list::ListArgs;
use super::Failure;
use crate::app::Council;
use crate::calendar::Calendar;
use crate::concern::Rules;
use crate::desk::{DeskError, Look};
use crate::ids::ConcernId;
use crate::messages::{Audience, Broken, Chronicle, ConcernTexts, Link, Messages, Setting, Texts};

/// The concerns without Slack, and the reviews, notices and tasks beside them: list them, show one, export one's whole record.
#[derive(Args, Clone, Debug)]
pub struct ConcernArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with the concerns.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// List what is open: where each stands, who must act, by when.
    List(ListArgs),
    /// Show a concern as it stands and what happened; what people wrote only with --texts.
    Show(ShowArgs),
    /// Export a concern's whole record with everything people wrote: for a court, a subject access request, an inspection.
    Export(ExportArgs),
}

/// Arguments of `show`.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// Its reference, such as C-42; R-7 for a review, N-7 for a notice, T-7 for a list of tasks.
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Print what people wrote, too.
    #[arg(long)]
    pub texts: bool,
    /// With --texts, print legal advice too: it is privileged, and only the raiser's side may see it.
    #[arg(long, requires = "texts")]
    pub privileged: bool,
    /// Print it for another program, in the shape that `export --format json` has.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Usage`] for what is no reference or no team; [`Failure::No`] where there is no such concern, a file is there
/// already, or the store cannot be read.
pub async fn run(
    args: &ConcernArgs,
    council: &Council,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match &args.action {
        Action::List(args) => list::run(args, council, out).await,
        Action::Show(args) => show(args, council, out).await,
        Action::Export(args) => export::run(args, council, out).await,
    }
}

async fn show(args: &ShowArgs, council: &Council, out: &mut impl Write) -> Result<(), Failure> {
    if let Some(beside) = beside::read(council, &args.reference, args.texts).await? {
        return beside.show(args.texts, args.json, council, out);
    }
    let whole = Whole::read(council, &args.reference).await?;
    let chronicle = whole
        .chronicle(council, args.texts, args.privileged)
        .await?;
    if args.json {
        writeln!(out, "{:#}", chronicle.json().map_err(Failure::no)?)?;
        return Ok(());
    }
    let stands = whole
        .told(council, |setting| council.messages.show(setting))
        .map(|message| Messages::plainly(&message))?;
    writeln!(
        out,
        "{stands}\n\nWhat happened, in council time ({}):",
        whole.calendar.zone()
    )?;
    for line in chronicle.lines() {
        writeln!(out, "{line}")?;
    }
    let beside = chronicle.lines_beside();
    if !beside.is_empty() {
        writeln!(out, "\nKept beside it, each with a record of its own:")?;
    }
    for line in beside {
        writeln!(out, "{line}")?;
    }
    if whole.texts.is_none() {
        writeln!(out, "\nWhat people wrote has been erased.")?;
    } else if !args.texts {
        writeln!(out, "\nWhat people wrote is left out: --texts prints it.")?;
    } else if whole.has_privileged() && !args.privileged {
        writeln!(out, "\n{PRIVILEGED_LEFT_OUT}")?;
    }
    Ok(())
}

/// What is said where advice is left out of what is printed.
const PRIVILEGED_LEFT_OUT: &str = "Legal advice is left out, since it is privileged: --privileged adds it, for the raiser's side only.";

/// A concern with everything its record has, as of one moment.
struct Whole {
    look: Look,
    /// None where they have been erased.
    texts: Option<ConcernTexts>,
    links: Vec<Link>,
    calendar: std::sync::Arc<Calendar>,
}

impl Whole {
    async fn read(council: &Council, reference: &str) -> Result<Self, Failure> {
        let id: ConcernId = reference.parse().map_err(Failure::usage)?;
        let mut look = council
            .desk
            .whole(id)
            .await
            .map_err(|error| not_shown(id, &error))?;
        let mut tx = council.desk.store().read().await.map_err(Failure::no)?;
        let chain = tx.chain(id.0).await.map_err(Failure::no)?;
        let links = chain
            .into_iter()
            .map(|entry| Link {
                seq: entry.seq,
                prev_hash: entry.prev_hash,
                hash: entry.hash,
            })
            .collect();
        Ok(Self {
            texts: look.texts.take().map(ConcernTexts::from),
            look,
            links,
            calendar: council.desk.calendar(),
        })
    }

    /// Whether there is advice that only the raiser's side may see.
    fn has_privileged(&self) -> bool {
        self.texts
            .clone()
            .is_some_and(|texts| texts.without_privileged().1)
    }

    async fn chronicle(
        &self,
        council: &Council,
        texts: bool,
        privileged: bool,
    ) -> Result<Chronicle, Failure> {
        let open = self
            .texts
            .clone()
            .filter(|_| !privileged)
            .map(|texts| texts.without_privileged().0);
        let texts = match (&self.texts, &open) {
            (None, _) => Texts::Erased,
            (Some(_), _) if !texts => Texts::LeftOut,
            (Some(_), Some(open)) => Texts::Opened(open),
            (Some(all), None) => Texts::Opened(all),
        };
        let chronicle = self.told(council, |setting| {
            council
                .messages
                .chronicle(setting, &self.look.history, texts, &self.links)
        })?;
        let beside = with::beside(council, self.look.case.concern.id).await?;
        Ok(chronicle.with_beside(beside))
    }

    /// What the messages say of it, without its texts.
    fn told<T>(
        &self,
        council: &Council,
        say: impl FnOnce(&Setting<'_>) -> Result<T, Broken>,
    ) -> Result<T, Failure> {
        let case = &self.look.case;
        let rules: Rules<'_> = case
            .rules(&self.calendar, council.desk.hours())
            .map_err(Failure::no)?;
        let own = &council.config.council;
        let team = &case.concern.raised.team;
        let directory = council.desk.directory();
        let setting = Setting {
            rules: &rules,
            concern: &case.concern,
            team_name: directory.team_name(team),
            council_name: &own.name,
            case_system: own
                .case_system
                .as_deref()
                .or(case.protocol.case_system.as_deref())
                .unwrap_or("the case system"),
            texts: None,
            tasks: None,
            audience: Audience::default(),
            now: council.desk.now(),
        };
        say(&setting).map_err(Failure::no)
    }
}

fn not_shown(id: ConcernId, error: &DeskError) -> Failure {
    match error {
        DeskError::NotFound => Failure::no(format!(
            "There is no concern {id}: `lodestar concern list --all` has every one there is."
        )),
        error => Failure::no(error),
    }
}
