//! The ways out of the council beside the ladder: Cafcass and advice. Each view is recorded, for or against; it moves nothing, and
//! nothing that the statute leaves to the IRO is held back (`B-App4` 6.3).

use chrono::NaiveDate;

use super::behalf::{is_by_cover_alone, was_raiser};
use super::{Deciding, Standing, past};
use crate::concern::command::{FieldFault, OutsideWay, Refusal, Said, Who};
use crate::concern::event::{Caution, Fact, Field, Outside, Spoke, View};
use crate::concern::rules::Rules;
use crate::concern::state::{Concern, Phase, Spoken};
use crate::ids::{RaiserRole, RoleId, StepId, Text};
use crate::protocol::{ExternalRoute, Subject};

/// The raiser role whose power to refer is in the statute.
const IRO: &str = "iro";

impl Deciding<'_> {
    pub(super) fn outside(
        &mut self,
        who: &Standing,
        (way, view): (OutsideWay, View),
        words: Option<Text>,
        (mut with, mut with_on, said): (Vec<RoleId>, Option<NaiveDate>, Vec<Said>),
    ) -> Result<(), Refusal> {
        if !self.is_raiser(who) {
            return Err(Refusal::NotYours { who: Who::Raiser });
        }
        self.may_go_outside(way)?;
        let fits = match view {
            View::Now | View::NotNow => true,
            View::Advice => way == OutsideWay::Cafcass,
            View::Received => way != OutsideWay::Cafcass,
        };
        let refused = |block, fault| Err(Refusal::Field { block, fault });
        if !fits {
            return refused("view", FieldFault::Unknown);
        }
        if words.is_none() && view != View::NotNow {
            return refused("grounds", FieldFault::Missing);
        }
        let asked = consulted(self.rules, way);
        for said in &said {
            with_on = with_on.max(said.on);
            if !with.contains(&said.role) {
                with.push(said.role.clone());
            }
        }
        // Whom else they spoke to is worth recording too.
        let known = &self.rules.protocol.roles;
        if with.iter().any(|role| !known.contains_key(role)) {
            return refused("with", FieldFault::Unknown);
        }
        if !with.is_empty() && with_on.is_none() {
            return refused("with_date", FieldFault::Missing);
        }
        past("with_date", with_on, self.today())?;
        let mut cautions = Vec::new();
        if matches!(view, View::Now | View::Advice) {
            cautions = self::cautions(self.rules, &self.concern, way);
            if asked.iter().any(|role| !with.contains(role)) {
                cautions.push(Caution::NotConsulted);
            }
        }
        let outside = Outside {
            view,
            with_on: with_on.filter(|_| !with.is_empty()),
            with,
            cautions,
        };
        let (fact, field) = match way {
            OutsideWay::Cafcass => (Fact::Cafcass(outside), Field::Grounds),
            OutsideWay::LegalAdvice | OutsideWay::OtherAdvice => {
                let other = way == OutsideWay::OtherAdvice;
                (Fact::LegalAdvice { other, outside }, Field::LegalAdvice)
            }
        };
        let texts = words.map(|words| (field, words));
        self.add_with(fact, texts.into_iter().collect());
        for said in said {
            let on = said.on.or(with_on);
            self.spoke(way, vec![said.role], (on, false), said.view);
        }
        Ok(())
    }

    /// Somebody whom the protocol asks to speak to first says themselves what they think of what was done: once for each way.
    pub(super) fn give_view(
        &mut self,
        who: &Standing,
        on: Option<NaiveDate>,
        view: Text,
    ) -> Result<(), Refusal> {
        let asked = asked_for_views(self.rules, &self.concern);
        let theirs: Vec<_> = asked
            .iter()
            .filter(|(_, role)| who.holds(role))
            .copied()
            .collect();
        if theirs.is_empty() {
            let roles = asked.into_iter().map(|(_, role)| role.clone()).collect();
            return Err(Refusal::NotYours {
                who: Who::Roles(roles),
            });
        }
        let roles = theirs.iter().map(|(_, role)| *role);
        if who.user == self.concern.raiser
            || is_by_cover_alone(who, roles) && was_raiser(&self.concern, &who.user)
        {
            return Err(Refusal::OwnConcern);
        }
        past("spoke_on", on, self.today())?;
        let owed = |(way, role): (OutsideWay, &RoleId)| !has_own_view(&self.concern, way, role);
        let Some((way, _)) = theirs.iter().copied().find(|asked| owed(*asked)) else {
            return Err(Refusal::DoneAlready);
        };
        let roles = theirs
            .iter()
            .filter(|asked| asked.0 == way && owed(**asked))
            .map(|(_, role)| (*role).clone())
            .collect();
        self.spoke(way, roles, (on, true), Some(view));
        Ok(())
    }

    fn spoke(
        &mut self,
        way: OutsideWay,
        roles: Vec<RoleId>,
        (on, own): (Option<NaiveDate>, bool),
        view: Option<Text>,
    ) {
        let visit = self.concern.visit().map_or(0, |visit| visit.number);
        // What is said of advice is privileged as the advice is.
        let field = match way {
            OutsideWay::Cafcass => Field::View,
            OutsideWay::LegalAdvice | OutsideWay::OtherAdvice => Field::LegalAdvice,
        };
        let texts = view.map(|view| (field, view));
        let spoke = Spoke {
            visit,
            way,
            roles,
            on,
            own,
        };
        self.add_with(Fact::Spoke(spoke), texts.into_iter().collect());
    }

    /// A protocol may keep a way to some raiser roles. It may keep advice to later steps, but not from a looked-after child's IRO,
    /// whose access to it does not hang on a step.
    fn may_go_outside(&self, way: OutsideWay) -> Result<(), Refusal> {
        let Some(rule) = rule(self.rules, way) else {
            return Ok(());
        };
        let clause = || rule.clause.clone();
        if !(rule.by.is_empty() || rule.by.contains(&self.concern.raiser_role)) {
            let by = rule.by.clone();
            return Err(Refusal::OutsideByOthers {
                way,
                by,
                clause: clause(),
            });
        }
        let own = way == OutsideWay::Cafcass || is_own_power(self.rules, &self.concern);
        match opens_at(self.rules, rule) {
            Some(from) if !own && !has_reached(self.rules, &self.concern, from) => {
                Err(Refusal::OutsideNotYet {
                    way,
                    from: from.clone(),
                    clause: clause(),
                })
            }
            _ => Ok(()),
        }
    }
}

/// Whom a way out that was taken was to be discussed with, way by way: each is asked for their own view.
#[must_use]
pub fn asked_for_views<'a>(rules: &Rules<'a>, concern: &Concern) -> Vec<(OutsideWay, &'a RoleId)> {
    let mut asked = Vec::new();
    let taken = concern.outside.iter();
    for taken in taken.filter(|taken| taken.outside.view == View::Now) {
        for role in consulted(rules, taken.way) {
            if !asked.contains(&(taken.way, role)) {
                asked.push((taken.way, role));
            }
        }
    }
    asked
}

/// Whether the holder of a role has given their own view of a way out.
#[must_use]
pub fn has_own_view(concern: &Concern, way: OutsideWay, role: &RoleId) -> bool {
    let own = |spoken: &&Spoken| spoken.spoke.own && spoken.spoke.way == way;
    let mut views = concern.spoken.iter().filter(own);
    views.any(|spoken| spoken.spoke.roles.contains(role))
}

/// What the protocol says of a way out; `None` where it is silent.
#[must_use]
pub fn rule<'a>(rules: &Rules<'a>, way: OutsideWay) -> Option<&'a ExternalRoute> {
    let beside = &rules.protocol.beside;
    match way {
        OutsideWay::Cafcass => beside.cafcass.as_ref(),
        OutsideWay::LegalAdvice => beside.legal_advice.as_ref(),
        OutsideWay::OtherAdvice => beside.advice.as_ref(),
    }
}

/// The roles with whose holders the protocol asks to speak first; never a veto.
#[must_use]
pub fn consulted<'a>(rules: &Rules<'a>, way: OutsideWay) -> &'a [RoleId] {
    rule(rules, way)
        .and_then(|rule| rule.gate.as_ref())
        .map_or(&[], |gate| &gate.roles)
}

/// What there is to tell a raiser before they go outside now, but for whom they spoke to.
#[must_use]
pub fn cautions(rules: &Rules<'_>, concern: &Concern, way: OutsideWay) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if way == OutsideWay::Cafcass && !is_own_power(rules, concern) {
        cautions.push(Caution::NoPower);
    }
    let Some(rule) = rule(rules, way) else {
        cautions.push(Caution::Silent);
        return cautions;
    };
    if opens_at(rules, rule).is_some_and(|from| !has_reached(rules, concern, from)) {
        cautions.push(Caution::BeforeStep);
    }
    let at_an_end = matches!(concern.phase, Phase::Exhausted | Phase::Closed(_));
    if rule.when.is_some() && !at_an_end && !concern.raised.flags.urgent {
        cautions.push(Caution::Condition);
    }
    cautions
}

/// Whether the raiser holds the concern as a looked-after child's IRO. Where an old record does not tell whom it is about, an IRO on a
/// route for looked-after children is taken to.
fn is_own_power(rules: &Rules<'_>, concern: &Concern) -> bool {
    let iro = RaiserRole::from(IRO);
    let looked_after = || {
        let fit = rules.protocol.subjects_for(&iro, rules.route);
        fit.contains(&Subject::LookedAfterChild)
    };
    concern.raiser_role == iro
        && rules
            .subject(concern)
            .map_or_else(looked_after, |subject| subject == Subject::LookedAfterChild)
}

/// The step of this route from which a way is open; none where the protocol names a step of another route.
fn opens_at<'r>(rules: &Rules<'_>, rule: &'r ExternalRoute) -> Option<&'r StepId> {
    rule.from
        .as_ref()
        .filter(|from| rules.route.step(from).is_some())
}

/// Whether the concern has been at a step or at a later one, however it came there.
pub(super) fn has_reached(rules: &Rules<'_>, concern: &Concern, from: &StepId) -> bool {
    let place = |step| rules.route.place(step);
    let opens = place(from);
    concern
        .visits
        .iter()
        .any(|visit| opens.is_some() && place(&visit.step) >= opens)
}
