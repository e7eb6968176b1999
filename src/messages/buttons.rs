//! Which buttons a message draws: those that would be accepted now, or open a form whose answer could be. Pure.

use serde::Serialize;

use crate::concern::decide::outside::{asked_for_views, has_own_view};
use crate::concern::decide::partner::offered;
use crate::concern::decide::raiser::takes_more_time;
use crate::concern::decide::redirect::ways;
use crate::concern::follow::{Progress, is_reportable};
use crate::concern::meeting::Meeting;
use crate::concern::rules::TWO_WORKING_DAYS;
use crate::concern::state::Asked;
use crate::concern::{Concern, Phase, Rules, Visit};
use crate::ids::{RoleId, UserId};
use crate::protocol::{Adjust, Asks, GateKind, Silence};

/// A button, by the `action_id` it is pressed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The addressee has seen it.
    Acknowledge,
    /// The addressee accepts, with a plan.
    Accept,
    /// The addressee rejects, with a rationale.
    Reject,
    /// The addressee responds: also to what asks to discuss, meet or note.
    Respond,
    /// The addressee decides.
    Decide,
    /// One who answered says how far what they directed has come.
    Report,
    /// The addressee or the raiser sets the day of a meeting.
    CallMeeting,
    /// The addressee says that no meeting is held.
    NoMeeting,
    /// The addressee or the raiser records what came of a meeting.
    RecordMeeting,
    /// The addressee extends the clock.
    Extend,
    /// A gate's holder agrees; the raiser makes the judgement.
    AgreeGate,
    /// A gate's holder says when it was discussed with them and what they think.
    DiscussGate,
    /// A gate's holder declines; the raiser withholds the judgement.
    DeclineGate,
    /// The raiser puts down what a gate's holders said.
    RecordDiscussion,
    /// The raiser resolves it.
    Resolve,
    /// The raiser is not satisfied.
    NotSatisfied,
    /// The raiser gives more time.
    MoreTime,
    /// The raiser records the position.
    Position,
    /// The raiser moves it on.
    Escalate,
    /// The raiser sets when they look again.
    ReviewDate,
    /// The raiser holds an escalation that is coming.
    HoldEscalation,
    /// The raiser sets by when they need the answer.
    SetTime,
    /// The raiser logs a telephone call.
    Call,
    /// The raiser tells somebody outside the line.
    Inform,
    /// The raiser records what came of an invitation to respond.
    Response,
    /// The raiser says why a step was sent late.
    ExplainLate,
    /// The raiser says that no call is needed.
    NoCall,
    /// Somebody whose input a step asks for gives it.
    GiveInput,
    /// Somebody to speak to before a way out is taken gives their own view.
    GiveView,
    /// The raiser skips to a later step.
    Bypass,
    /// The raiser records that it went to another procedure.
    Redirect,
    /// The raiser withdraws it.
    Withdraw,
    /// Whoever may read it sees the text and the chronology.
    Details,
}

impl Button {
    /// Its `action_id`.
    #[must_use]
    pub fn action_id(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Respond => "respond",
            Self::Decide => "decide",
            Self::Report => "report",
            Self::CallMeeting => "call_meeting",
            Self::NoMeeting => "no_meeting",
            Self::RecordMeeting => "record_meeting",
            Self::Extend => "extend",
            Self::AgreeGate => "agree_gate",
            Self::DiscussGate => "discuss_gate",
            Self::DeclineGate => "decline_gate",
            Self::RecordDiscussion => "record_discussion",
            Self::Resolve => "resolve",
            Self::NotSatisfied => "not_satisfied",
            Self::MoreTime => "more_time",
            Self::Position => "position",
            Self::Escalate => "escalate",
            Self::ReviewDate => "review_date",
            Self::HoldEscalation => "hold_escalation",
            Self::SetTime => "set_time",
            Self::Call => "call",
            Self::Inform => "inform",
            Self::Response => "response",
            Self::ExplainLate => "explain_late",
            Self::NoCall => "no_call",
            Self::GiveInput => "give_input",
            Self::GiveView => "give_view",
            Self::Bypass => "bypass",
            Self::Redirect => "redirect",
            Self::Withdraw => "withdraw",
            Self::Details => "details",
        }
    }
}

/// The visit a button was pressed on, from its block's id: every row of buttons is `actions/<visit>`.
#[must_use]
pub fn visit_of_block(block_id: &str) -> Option<u32> {
    block_id.strip_prefix("actions/")?.parse().ok()
}

/// The button of who chairs a meeting of a visit by name, until they have told what came of it.
#[must_use]
pub(super) fn chair_buttons(concern: &Concern, visit: &Visit, readers: &[UserId]) -> Vec<Button> {
    let to_tell = visit.to_tell_by_chair(|chair| readers.contains(chair));
    let tells = to_tell.filter(|_| concern.is_open());
    tells.map(|_| Button::RecordMeeting).into_iter().collect()
}

/// The buttons on the card of a visit for a role. Only `details` once the visit is over, or where each must answer and this role has.
#[must_use]
pub fn addressee_buttons(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: u32,
    role: Option<&RoleId>,
) -> Vec<Button> {
    let mut buttons = Vec::with_capacity(5);
    let present = concern.visit().filter(|now_at| now_at.number == visit);
    let done = |visit| role.is_some_and(|role| rules.has_answered(concern, visit, role));
    if let (Phase::Answering, Some(visit)) = (concern.phase, present)
        && let Some(step) = rules.step_of(visit)
        && !done(visit)
    {
        let seen = role.map_or_else(
            || visit.acknowledged_ahead().is_some(),
            |role| rules.has_seen(visit, role),
        );
        if !seen {
            buttons.push(Button::Acknowledge);
        }
        match step.asks {
            Asks::AcceptOrReject => buttons.extend([Button::Accept, Button::Reject]),
            Asks::Respond | Asks::Discuss | Asks::Meet | Asks::Note => {
                buttons.push(Button::Respond);
            }
            Asks::Decide => buttons.push(Button::Decide),
        }
        if let Some(meeting) = rules.meeting(step) {
            let expected = meeting.is_expected(step);
            buttons.push(Button::CallMeeting);
            if expected || !visit.meetings.is_empty() {
                buttons.push(Button::RecordMeeting);
            }
            let held = |meeting: &Meeting| !meeting.accounts.is_empty();
            let open = visit.not_held.is_none() && !visit.meetings.iter().any(held);
            if meeting.may_decline && expected && open {
                buttons.push(Button::NoMeeting);
            }
        }
        if step.extend.is_some() && visit.due.is_some() {
            buttons.push(Button::Extend);
        }
    }
    let may_report = present.is_some_and(|visit| visit.reported != Some(Progress::Done))
        && is_reportable(rules, concern);
    if may_report {
        buttons.push(Button::Report);
    }
    buttons.push(Button::Details);
    buttons
}

/// The buttons on the card of the gate that leads out of a visit. Only `details` once it is answered, or asks
/// nothing any more, or where each must answer and this role has.
#[must_use]
pub fn gate_buttons(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: u32,
    role: Option<&RoleId>,
) -> Vec<Button> {
    let here = concern.visit().filter(|now_at| now_at.number == visit);
    let said = |asked: &Asked| role.is_some_and(|role| asked.has_agreed(role));
    let here = here.filter(|now_at| !now_at.gate.as_ref().is_some_and(said));
    let mut buttons = match here.and_then(|_| open_gate(rules, concern)) {
        Some(GateKind::Judgement) => vec![Button::AgreeGate, Button::DeclineGate],
        Some(GateKind::Discuss) => vec![Button::DiscussGate, Button::DeclineGate],
        Some(_) => vec![Button::AgreeGate, Button::DeclineGate, Button::DiscussGate],
        None => Vec::new(),
    };
    buttons.push(Button::Details);
    buttons
}

/// What the gate asks that a concern's next step waits for, where it is not answered.
fn open_gate(rules: &Rules<'_>, concern: &Concern) -> Option<GateKind> {
    let asked = concern
        .visit()
        .filter(|_| concern.is_open())?
        .gate
        .as_ref()
        .filter(|gate| gate.is_open())?;
    rules.gate_to(&asked.to).map(|gate| gate.kind)
}

/// The buttons of the reminder that no call is logged. Only `details` once one is, or none is needed.
#[must_use]
pub(super) fn call_buttons(rules: &Rules<'_>, concern: &Concern) -> Vec<Button> {
    if rules.lacks_call(concern) {
        vec![Button::Call, Button::NoCall, Button::Details]
    } else {
        vec![Button::Details]
    }
}

/// The buttons of what asks the holder of a role for their input to a visit. Only `details` once it is given, or the concern is elsewhere.
#[must_use]
pub(super) fn input_buttons(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: u32,
    role: Option<&RoleId>,
) -> Vec<Button> {
    let present = concern
        .visit()
        .filter(|now_at| concern.is_open() && now_at.number == visit);
    let missing = present.map_or_else(Vec::new, |visit| rules.missing_inputs(visit));
    if missing.into_iter().any(|asked| Some(asked) == role) {
        vec![Button::GiveInput, Button::Details]
    } else {
        vec![Button::Details]
    }
}

/// The buttons of the notice that the raiser went outside, for the holder of a role: whoever was to be spoken to may give their view.
#[must_use]
pub(super) fn view_buttons(
    rules: &Rules<'_>,
    concern: &Concern,
    role: Option<&RoleId>,
) -> Vec<Button> {
    let owed = asked_for_views(rules, concern)
        .into_iter()
        .any(|(way, asked)| Some(asked) == role && !has_own_view(concern, way, asked));
    if owed {
        vec![Button::GiveView, Button::Details]
    } else {
        vec![Button::Details]
    }
}

/// The buttons of the raiser's receipt as the concern now stands. Only `details` once it is closed.
#[must_use]
pub fn raiser_buttons(rules: &Rules<'_>, concern: &Concern) -> Vec<Button> {
    let Some(visit) = concern.visit().filter(|_| concern.is_open()) else {
        return vec![Button::Details];
    };
    let step = rules.step_of(visit);
    let running = matches!(concern.phase, Phase::Answering | Phase::RejectedWaiting);
    let has_next = step.is_some_and(|step| step.next.is_some());
    let at_gate = visit.gate.as_ref().is_some_and(|gate| !gate.superseded);

    let mut buttons = Vec::with_capacity(9);
    let mut draw = |drawn: bool, button| {
        if drawn {
            buttons.push(button);
        }
    };
    draw(true, Button::Resolve);
    draw(
        matches!(concern.phase, Phase::Judging | Phase::Underway),
        Button::NotSatisfied,
    );
    draw(takes_more_time(concern), Button::MoreTime);
    draw(concern.phase == Phase::Exhausted, Button::Position);
    let may_escalate = match concern.phase {
        Phase::Answering | Phase::RejectedWaiting => {
            has_next && (visit.due.is_none() || rules.protocol.early.is_some())
        }
        Phase::AtGate | Phase::Exhausted => at_gate,
        Phase::Judging | Phase::Underway | Phase::Closed(_) => false,
    };
    let discusses = open_gate(rules, concern) == Some(GateKind::Discuss);
    draw(discusses, Button::RecordDiscussion);
    draw(may_escalate, Button::Escalate);
    draw(
        concern.phase == Phase::Exhausted
            || concern.phase == Phase::Answering && visit.due.is_none(),
        Button::ReviewDate,
    );
    let may_hold = visit.due.is_some_and(|due| {
        let latest = rules.due(due.date, TWO_WORKING_DAYS).date;
        visit.held.unwrap_or(due).date < latest
    });
    let escalates = step.is_some_and(|step| step.silence != Silence::Alert);
    draw(running && may_hold && escalates, Button::HoldEscalation);
    draw(may_set_time(rules, concern), Button::SetTime);
    draw(
        concern.sent_late().is_some_and(|late| !late.late_explained),
        Button::ExplainLate,
    );
    draw(concern.raised.flags.urgent, Button::Call);
    draw(
        concern.partners.outstanding().next().is_some(),
        Button::Response,
    );
    draw(offered(rules, concern).next().is_some(), Button::Inform);
    let meets =
        concern.phase == Phase::Answering && step.is_some_and(|step| rules.meeting(step).is_some());
    draw(meets, Button::CallMeeting);
    let to_tell = |meeting: &Meeting| !meeting.told_by(true);
    draw(
        meets && visit.meetings.iter().any(to_tell),
        Button::RecordMeeting,
    );
    draw(!later_steps(rules, concern).is_empty(), Button::Bypass);
    draw(!ways(rules, concern).is_empty(), Button::Redirect);
    draw(true, Button::Withdraw);
    draw(true, Button::Details);
    buttons
}

/// Whether the raiser may set when the present step ends (`H-2.4`, `B-5.1.b`).
fn may_set_time(rules: &Rules<'_>, concern: &Concern) -> bool {
    let clock = concern
        .visit()
        .filter(|visit| visit.due.is_some())
        .and_then(|visit| rules.step_of(visit)?.clock.as_ref());
    concern.phase == Phase::Answering && clock.is_some_and(|clock| clock.adjust != Adjust::No)
}

/// The steps a concern may be taken to by a bypass now, lowest first.
#[must_use]
pub fn later_steps<'a>(rules: &Rules<'a>, concern: &Concern) -> Vec<&'a crate::protocol::Step> {
    let allowed = &rules.protocol.bypass.to;
    let place = concern
        .visit()
        .filter(|_| concern.is_open())
        .and_then(|visit| rules.route.place(&visit.step));
    let Some(place) = place else {
        return Vec::new();
    };
    rules
        .route
        .steps
        .iter()
        .skip(place + 1)
        .filter(|step| allowed.is_empty() || allowed.contains(&step.id))
        .collect()
}
