//! Opening a form about a concern, for whoever may send it: the one piece for the words that the raiser's side types.

use serde_json::{Value, json};
use tracing::error;

use super::Bot;
use crate::concern::readers::raisers_side;
use crate::concern::{Concern, Refusal, Rules, Who};
use crate::desk::{Case, DeskError};
use crate::ids::{ConcernId, UserId};
use crate::messages::{Broken, Problem, Told};
use crate::slack::modal::meta::About;
use crate::slack::reply::Reply;

/// What somebody is answered in place of a form.
pub(super) enum Instead {
    /// It cannot be done now.
    Refused(Refusal),
    /// There is nothing to fill in.
    Told(Told),
}

impl Bot {
    /// Opens the form that `build` makes of a concern as it stands, for somebody on the raiser's side of it.
    pub(super) async fn opens_on_raisers_side(
        &self,
        user: &UserId,
        id: ConcernId,
        trigger: Option<&str>,
        build: impl FnOnce(&Rules<'_>, &Concern) -> Result<Result<Value, Broken>, Instead>,
    ) -> Reply {
        let case = match self.for_raisers_side(user, id).await {
            Ok(case) => case,
            Err(said) => return said,
        };
        let calendar = self.desk.calendar();
        let form = match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => build(&rules, &case.concern),
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        match form {
            Ok(view) => self.open_about(id, view, trigger).await,
            Err(Instead::Told(told)) => self.tells(&told),
            Err(Instead::Refused(refusal)) => {
                let fault = DeskError::Refused(refusal, Some(Box::new(case)));
                self.explained(user, id, fault).await
            }
        }
    }

    /// A concern for somebody on the raiser's side of it; else what they are answered.
    pub(super) async fn for_raisers_side(
        &self,
        user: &UserId,
        id: ConcernId,
    ) -> Result<Case, Reply> {
        let case = match self.readable(user, id).await {
            Ok(case) => case,
            Err(fault) => return Err(self.explained(user, id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = case
            .rules(&calendar, self.desk.hours())
            .map_err(|fault| Reply::words(self.trouble(&fault)))?;
        let standing = self.desk.standing(user, &case);
        if raisers_side(&rules, &case.concern, &standing) {
            return Ok(case);
        }
        let refusal = Refusal::NotYours {
            who: Who::RaiserOrIroManager,
        };
        let fault = DeskError::Refused(refusal, Some(Box::new(case)));
        Err(self.explained(user, id, fault).await)
    }

    /// Opens a form about a concern, as it was built.
    pub(super) async fn open_about(
        &self,
        id: ConcernId,
        view: Result<Value, Broken>,
        trigger: Option<&str>,
    ) -> Reply {
        match view {
            Ok(mut view) => {
                let about = About {
                    concern: id.to_string(),
                    ..About::default()
                };
                view["private_metadata"] = json!(about.kept());
                self.open(trigger, &view).await
            }
            Err(broken) => {
                error!(%broken, "a form could not be built");
                self.problem(&Problem::Broken)
            }
        }
    }
}
