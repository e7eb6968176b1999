//! Telling somebody outside the line, and what comes of it (`W-3.1.2`, `M-partners`). It moves nothing: nobody told so is asked by a
//! step, and no clock waits for them.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::outside::has_reached;
use super::{Deciding, Standing, given, in_the_line, past};
use crate::concern::command::{FieldFault, Refusal, ToInform, Who};
use crate::concern::event::{Caution, Fact, Field};
use crate::concern::partner::{Informed, Replied};
use crate::concern::readers::{may_read_without_partners, raisers_side};
use crate::concern::rules::Rules;
use crate::concern::state::Concern;
use crate::ids::{RoleId, Text, UserId};
use crate::protocol::{Partner, PartnerBy};

/// How many may be copied by name on one concern.
const MOST_COPIED: usize = 20;

impl Deciding<'_> {
    /// Somebody is told, or it is recorded that they were.
    pub(super) fn inform(&mut self, who: &Standing, asked: ToInform) -> Result<(), Refusal> {
        self.on_raisers_side(who)?;
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        let visit = self.here()?.0.number;
        let rule = self.partner_of(asked.partner.as_deref(), asked.named.as_deref())?;
        self.may_be_told(rule, &asked)?;
        let refused = |block, fault| Err(Refusal::Field { block, fault });
        if asked.with.is_none() && asked.told.is_none() && asked.named.is_none() {
            return refused("told", FieldFault::Missing);
        }
        if asked.invited && asked.asked.is_none() {
            return refused("asked", FieldFault::Missing);
        }
        let today = self.today();
        // A message goes now; only what was done outside the program has a day of its own.
        let on = if asked.with.is_some() {
            today
        } else {
            asked.on
        };
        self.since_it_came_up("told_on", on)?;
        let silent = rule.is_none();
        let number = self.concern.partners.told.len() + 1;
        let informed = Informed {
            visit,
            number: u32::try_from(number).unwrap_or(u32::MAX),
            partner: asked.partner,
            named: asked.named,
            with: asked.with,
            on,
            invited: asked.invited,
            cautions: silent.then_some(Caution::Silent).into_iter().collect(),
        };
        let texts = given([(Field::Told, asked.told), (Field::Asked, asked.asked)]);
        self.add_with(Fact::Informed(informed), texts);
        Ok(())
    }

    /// What came of an invitation is recorded: also once the concern is closed, since another agency answers in its own time.
    pub(super) fn replied(
        &mut self,
        who: &Standing,
        number: u32,
        (responded, on): (bool, NaiveDate),
        words: Text,
    ) -> Result<(), Refusal> {
        self.on_raisers_side(who)?;
        let visit = self.here()?.0.number;
        let refused = |block, fault| Err(Refusal::Field { block, fault });
        let Some(told) = self.concern.partners.numbered(number) else {
            return refused("number", FieldFault::Unknown);
        };
        if !told.informed.invited {
            return refused("number", FieldFault::Unknown);
        }
        if told.replied.is_some() {
            return Err(Refusal::DoneAlready);
        }
        past("replied_on", on, self.today())?;
        if let Some(before) = told.informed.on.pred_opt().filter(|before| on <= *before) {
            return refused("replied_on", FieldFault::NotAfter(before));
        }
        let field = if responded {
            Field::Response
        } else {
            Field::Reason
        };
        let replied = Fact::Replied(Replied {
            visit,
            number,
            responded,
            on,
        });
        self.add_with(replied, vec![(field, words)]);
        Ok(())
    }

    /// Somebody is copied by name from now on, where the protocol has that, and the concern does not come to them anyway.
    pub(super) fn copy_to(&mut self, user: UserId, roles: BTreeSet<RoleId>) -> Result<(), Refusal> {
        let visit = self.here()?.0.number;
        let Some(rule) = &self.rules.protocol.beside.copy_named else {
            return Err(Refusal::NotCopiedByName {
                from: None,
                clause: String::new(),
            });
        };
        if let Some(from) = &rule.from
            && !has_reached(self.rules, &self.concern, from)
        {
            return Err(Refusal::NotCopiedByName {
                from: Some(from.clone()),
                clause: rule.clause.clone(),
            });
        }
        if self.concern.copied.iter().any(|copied| copied.user == user) {
            return Err(Refusal::DoneAlready);
        }
        let in_the_line = in_the_line(self.rules, &roles);
        let standing = Standing::of(user.clone(), roles);
        if in_the_line || may_read_without_partners(self.rules, &self.concern, &standing) {
            return Err(Refusal::Field {
                block: "copy",
                fault: FieldFault::ReadsAlready,
            });
        }
        if self.concern.copied.len() >= MOST_COPIED {
            return Err(Refusal::Field {
                block: "copy",
                fault: FieldFault::TooMany(MOST_COPIED),
            });
        }
        self.add(Fact::CopiedTo { visit, user });
        Ok(())
    }

    fn on_raisers_side(&self, who: &Standing) -> Result<(), Refusal> {
        if raisers_side(self.rules, &self.concern, who) {
            Ok(())
        } else {
            Err(Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            })
        }
    }

    /// The protocol's rule for whom was chosen; `None` where the protocol has none for this concern, and nobody was chosen.
    fn partner_of(
        &self,
        partner: Option<&str>,
        named: Option<&str>,
    ) -> Result<Option<&Partner>, Refusal> {
        let refused = |fault| {
            Err(Refusal::Field {
                block: "partner",
                fault,
            })
        };
        let mut offered = offered(self.rules, &self.concern).peekable();
        let Some(partner) = partner else {
            return match offered.peek() {
                Some(_) => refused(FieldFault::Missing),
                None if named.is_some() => refused(FieldFault::Unknown),
                None => Ok(None),
            };
        };
        let Some(rule) = offered.find(|rule| rule.id == partner) else {
            return refused(FieldFault::Unknown);
        };
        if named.is_some_and(|named| !rule.names.iter().any(|known| known == named)) {
            return refused(FieldFault::Unknown);
        }
        Ok(Some(rule))
    }

    /// Whether somebody of the workspace may get a message: where the protocol includes them so, and they do not read it anyway.
    fn may_be_told(&self, rule: Option<&Partner>, asked: &ToInform) -> Result<(), Refusal> {
        let Some(user) = &asked.with else {
            return Ok(());
        };
        let refused = |fault| {
            Err(Refusal::Field {
                block: "with",
                fault,
            })
        };
        match rule {
            Some(rule) if rule.by == PartnerBy::Message => {}
            Some(rule) => return refused(FieldFault::ByEmail(rule.clause.clone())),
            None => return refused(FieldFault::ByEmail(String::new())),
        }
        let standing = Standing::of(user.clone(), asked.with_roles.clone());
        if in_the_line(self.rules, &asked.with_roles)
            || may_read_without_partners(self.rules, &self.concern, &standing)
        {
            return refused(FieldFault::ReadsAlready);
        }
        let mut told = self.concern.partners.told.iter();
        let again = told.any(|told| {
            told.informed.with.as_ref() == Some(user) && (told.is_outstanding() || !asked.invited)
        });
        if again {
            return refused(FieldFault::ToldAlready);
        }
        Ok(())
    }

    /// That something done outside the program was not done before the concern came up, nor is yet to come.
    fn since_it_came_up(&self, block: &'static str, on: NaiveDate) -> Result<(), Refusal> {
        let raised = &self.concern.raised;
        let earliest = raised
            .event_date
            .min(self.rules.day(self.concern.raised_at));
        past(block, on, self.today())?;
        match earliest.pred_opt().filter(|before| on <= *before) {
            Some(before) => Err(Refusal::Field {
                block,
                fault: FieldFault::NotAfter(before),
            }),
            None => Ok(()),
        }
    }
}

/// Whom a raiser may tell of a concern, by its protocol.
pub fn offered<'r>(rules: &Rules<'r>, concern: &Concern) -> impl Iterator<Item = &'r Partner> {
    let (route, subject) = (concern.raised.route.clone(), rules.subject(concern));
    let partners = rules.protocol.beside.partners.iter();
    partners.filter(move |partner| partner.is_for(&route, subject))
}
