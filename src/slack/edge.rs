//! Where both ways in meet: the promise that an acknowledgement is.
//!
//! A payload is acknowledged after the [`Dispatcher`] is done with it, and inside Slack's three seconds or not at all. What
//! cannot be read, takes too long or breaks is told to the person who sent it, by the way their payload leaves open:
//!
//! | sent | told |
//! |---|---|
//! | a command | in its answer |
//! | a click in a message | through its `response_url` |
//! | a click in a view | not acknowledged: Slack shows its warning sign by the button |
//! | a modal | as an error at its first input block, so that what was typed stays; without one, as a view in its place |
//! | an event | not acknowledged: Slack delivers it again |
//!
//! Work that takes too long is never cancelled: it ends in its own task, and what it has to say then follows through the
//! `response_url`, where there is one.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{error, warn};

use super::payload::{Fault, Inbound, ResponseUrl, WayBack};
use super::reply::{Message, Reply};
use super::web::{ApiError, Responder};
use crate::metrics::Metrics;

/// The one who acts on what arrives. The promise is the dispatcher's to keep: what it answers has been committed.
pub trait Dispatcher: Send + Sync + 'static {
    /// Acts on `inbound` and answers it. Runs in a task of its own which is not cancelled, but may be answered for after
    /// [`Limits::answer_within`].
    fn dispatch(&self, inbound: Inbound) -> impl Future<Output = Reply> + Send;

    /// The words for a person whose payload came to nothing. Plain text, no markup.
    fn words(&self, trouble: Trouble) -> String {
        match trouble {
            Trouble::TooSlow => {
                "That took too long. Press again: it cannot count twice."
            }
            Trouble::Broke => {
                "Something went wrong here, and it may not have been saved. Press again: it cannot count twice."
            }
            Trouble::Unreadable => {
                "Slack sent this in a form that could not be read, so nothing was done. Please try again, and tell your Lodestar administrator if it stays so."
            }
        }
        .to_owned()
    }
}

impl<D: Dispatcher> Dispatcher for Arc<D> {
    fn dispatch(&self, inbound: Inbound) -> impl Future<Output = Reply> + Send {
        D::dispatch(self, inbound)
    }

    fn words(&self, trouble: Trouble) -> String {
        D::words(self, trouble)
    }
}

/// Why a payload came to nothing, as far as its sender is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is not done inside the time; it may yet be.
    TooSlow,
    /// The program failed at it; whether it was done is unknown.
    Broke,
    /// It could not be read.
    Unreadable,
}

/// What the edge allows.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From arrival to answer. Slack gives three seconds, the way there and back included.
    pub answer_within: Duration,
    /// How many payloads may be in work at once; more wait.
    pub at_once: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_within: Duration::from_millis(2_800),
            at_once: 64,
        }
    }
}

/// What goes back to Slack for one payload.
#[derive(Clone, PartialEq)]
pub enum Answer {
    /// Acknowledged, with a body where there is one.
    Ack(Option<Value>),
    /// Not acknowledged: an HTTP error, or silence on a socket, so that Slack shows the failure or delivers again.
    Refuse,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ack(None) => "Ack",
            Self::Ack(Some(_)) => "Ack(…)",
            Self::Refuse => "Refuse",
        })
    }
}

/// A place among the payloads in work. Held until its work ends.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Both ways in share one.
#[derive(Debug)]
pub struct Edge<D> {
    dispatcher: D,
    responder: Responder,
    metrics: Metrics,
    limits: Limits,
    places: Arc<Semaphore>,
    posts: Arc<Semaphore>,
}

/// How many answers may be on their way to `response_url`s at once.
const POSTS: u32 = 256;

/// How long after a `response_url` could not be reached it is tried again; then four times as long, and no more.
const FIRST_WAIT: Duration = Duration::from_millis(300);

impl<D: Dispatcher> Edge<D> {
    /// An edge that asks `dispatcher`.
    pub fn new(dispatcher: D, responder: Responder, metrics: Metrics, limits: Limits) -> Arc<Self> {
        metrics.describe("lodestar_inbound_total", "Payloads from Slack, by kind.");
        metrics.describe(
            "lodestar_inbound_trouble_total",
            "Payloads that came to nothing for their sender, by reason.",
        );
        Arc::new(Self {
            dispatcher,
            responder,
            metrics,
            limits,
            places: Arc::new(Semaphore::new(limits.at_once as usize)),
            posts: Arc::new(Semaphore::new(POSTS as usize)),
        })
    }

    /// The one it asks.
    pub fn dispatcher(&self) -> &D {
        &self.dispatcher
    }

    /// Its limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Its metrics.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Waits for a place. Take no further payload off a socket meanwhile: what waits in Slack's hands is not lost.
    pub async fn place(&self) -> Option<Place> {
        let places = Arc::clone(&self.places);
        let permit = places.acquire_owned().await.ok()?;
        Some(Place { _permit: permit })
    }

    /// Acts on what was read and answers it. `arrived` is when it came; `takes_body` whether the acknowledgement may carry one
    /// (always over HTTP; on a socket as the envelope says).
    pub async fn handle(
        self: &Arc<Self>,
        read: Result<Inbound, Fault>,
        place: Place,
        arrived: Instant,
        takes_body: bool,
    ) -> Answer {
        let inbound = match read {
            Ok(inbound) => inbound,
            Err(fault) => {
                warn!(
                    payload = fault.kind,
                    lacks = fault.lacks,
                    "a payload could not be read"
                );
                return self.apologise(&fault.way_back, Trouble::Unreadable, takes_body);
            }
        };
        let kind = inbound.kind();
        self.metrics
            .count("lodestar_inbound_total", &[("kind", kind)]);
        let way_back = WayBack::of(&inbound);
        let answer_by = arrived + self.limits.answer_within;

        let (done, mut outcome) = oneshot::channel();
        let edge = Arc::clone(self);
        let way_back_later = way_back.clone();
        tokio::spawn(async move {
            let reply = edge.dispatcher.dispatch(inbound).await;
            drop(place);
            if let Err(late) = done.send(reply) {
                edge.follow_up(&way_back_later, late);
            }
        });

        let answered = if let Ok(answered) = timeout_at(answer_by, &mut outcome).await {
            answered.map_err(|_| Trouble::Broke)
        } else {
            outcome.close();
            // It may have answered between the two lines.
            outcome.try_recv().map_err(|_| Trouble::TooSlow)
        };
        match answered {
            Ok(reply) => self.carry_out(&way_back, &reply, takes_body),
            Err(trouble) => {
                error!(kind, ?trouble, "a payload was not answered as it should be");
                self.apologise(&way_back, trouble, takes_body)
            }
        }
    }

    /// Waits until nothing is in work and every answer is sent, at most `patience`. Whether all was.
    pub async fn finish(&self, patience: Duration) -> bool {
        let all = async {
            let work = self.places.acquire_many(self.limits.at_once).await;
            let posts = self.posts.acquire_many(POSTS).await;
            work.is_ok() && posts.is_ok()
        };
        timeout(patience, all).await.unwrap_or(false)
    }

    fn carry_out(self: &Arc<Self>, way_back: &WayBack, reply: &Reply, takes_body: bool) -> Answer {
        match (way_back, reply) {
            (_, Reply::Empty) => Answer::Ack(None),
            (WayBack::Command(url), Reply::Message(message)) => {
                self.answer_command(url.as_ref(), message, takes_body)
            }
            (WayBack::Command(url), Reply::Errors(errors)) => {
                let text: Vec<&str> = errors.values().map(String::as_str).collect();
                let message = Message {
                    text: text.join("\n"),
                    blocks: None,
                };
                self.answer_command(url.as_ref(), &message, takes_body)
            }
            (WayBack::Url(url), Reply::Message(message)) => {
                self.post(url, message);
                Answer::Ack(None)
            }
            (WayBack::Modal(_), _) if !takes_body => {
                error!(
                    reply = reply.kind(),
                    "this envelope takes no answer, so its sender cannot be told"
                );
                Answer::Refuse
            }
            (WayBack::Modal(_), Reply::Message(message)) => {
                Answer::Ack(Reply::Update(message.as_view()).ack_body())
            }
            (WayBack::Modal(_), reply) => Answer::Ack(reply.ack_body()),
            (WayBack::None, Reply::Message(_)) => {
                error!(
                    "an answer has no way to its reader: a click in a view is answered by updating the view"
                );
                Answer::Refuse
            }
            (_, reply) => {
                error!(
                    reply = reply.kind(),
                    "this answer does not fit what it answers"
                );
                Answer::Ack(None)
            }
        }
    }

    fn answer_command(
        self: &Arc<Self>,
        url: Option<&ResponseUrl>,
        message: &Message,
        takes_body: bool,
    ) -> Answer {
        match url {
            _ if takes_body => Answer::Ack(Some(message.body())),
            Some(url) => {
                self.post(url, message);
                Answer::Ack(None)
            }
            None => Answer::Refuse,
        }
    }

    fn apologise(
        self: &Arc<Self>,
        way_back: &WayBack,
        trouble: Trouble,
        takes_body: bool,
    ) -> Answer {
        let reason = match trouble {
            Trouble::TooSlow => "too_slow",
            Trouble::Broke => "broke",
            Trouble::Unreadable => "unreadable",
        };
        self.metrics
            .count("lodestar_inbound_trouble_total", &[("reason", reason)]);
        let words = self.dispatcher.words(trouble);
        match way_back {
            WayBack::Modal(Some(block)) => {
                self.carry_out(way_back, &Reply::error(block, words), takes_body)
            }
            WayBack::None => Answer::Refuse,
            _ => self.carry_out(way_back, &Reply::words(words), takes_body),
        }
    }

    /// What a late end has to say. The acknowledgement is long gone, so only a `response_url` is left.
    fn follow_up(self: &Arc<Self>, way_back: &WayBack, reply: Reply) {
        match (way_back, reply) {
            (WayBack::Command(Some(url)) | WayBack::Url(url), Reply::Message(message)) => {
                self.post(url, &message);
            }
            (_, Reply::Empty) => {}
            (_, reply) => warn!(reply = reply.kind(), "an answer came too late to be given"),
        }
    }

    fn post(self: &Arc<Self>, url: &ResponseUrl, message: &Message) {
        let (edge, url, body) = (Arc::clone(self), url.clone(), message.body());
        tokio::spawn(async move {
            let Ok(_room) = edge.posts.acquire().await else {
                return;
            };
            let mut wait = FIRST_WAIT;
            for left in (0..3).rev() {
                match edge.responder.respond(&url, &body).await {
                    Ok(()) => return,
                    Err(ApiError::Unavailable(_)) if left > 0 => tokio::time::sleep(wait).await,
                    Err(fault) => {
                        warn!(%fault, "an answer could not be given through its response_url");
                        return;
                    }
                }
                wait *= 4;
            }
        });
    }
}
