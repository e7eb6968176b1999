//! A person's whole way through the stand-in, over either edge: a command opens a modal, the modal posts a card, a click on it
//! is refused.

use std::sync::Arc;

use lodestar::clock::Clock;
use lodestar::metrics::Metrics;
use lodestar::readiness::Readiness;
use lodestar::slack::edge::Limits;
use lodestar::slack::http::slack_routes;
use lodestar::slack::payload::Inbound;
use lodestar::slack::signature::Verifier;
use lodestar::slack::web::{Outgoing, Patience, WebApi};
use lodestar::slack::{Dispatcher, Edge, Reply, socket};
use sandbox::{ClickOutcome, Disconnect, RequestUrls, Submitted, Workspace};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{network, within};

/// A bot of one modal and one card.
struct Cards {
    web: Arc<WebApi>,
}

impl Dispatcher for Cards {
    async fn dispatch(&self, inbound: Inbound) -> Reply {
        match inbound {
            Inbound::Slash(slash) => match slash.trigger_id {
                Some(trigger) if slash.text == "new" => {
                    self.web.views_open(&trigger, &modal()).await.unwrap();
                    Reply::Empty
                }
                _ => Reply::words("`/concern new` raises a concern"),
            },
            Inbound::Submission(submission) => match submission.view.state.text("plan") {
                Some(plan) if plan != "none" => {
                    self.web.post_message("C1", &card(&plan)).await.unwrap();
                    Reply::Empty
                }
                _ => Reply::error("plan", "Say what will be done"),
            },
            Inbound::Click(_) => Reply::words("Only its addressee can accept it"),
            Inbound::Event(event) => {
                let user = event.user_id.unwrap_or_default();
                self.web.views_publish(&user, &home()).await.unwrap();
                Reply::Empty
            }
            _ => Reply::Empty,
        }
    }
}

fn modal() -> Value {
    json!({"type": "modal", "callback_id": "accept", "title": {"type": "plain_text", "text": "Accept"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [{"type": "input", "block_id": "plan", "label": {"type": "plain_text", "text": "Plan"},
            "element": {"type": "plain_text_input", "action_id": "value"}}]})
}

fn home() -> Value {
    json!({"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Nothing is open"}}]})
}

fn card(plan: &str) -> Outgoing {
    Outgoing {
        text: format!("Plan: {plan}"),
        blocks: Some(
            json!([{"type": "section", "text": {"type": "plain_text", "text": plan}},
            {"type": "actions", "elements": [{"type": "button", "action_id": "accept", "value": "C-42",
                "text": {"type": "plain_text", "text": "Accept"}}]}]),
        ),
        metadata: Some(
            json!({"event_type": "lodestar", "event_payload": {"delivery": "d1", "kind": "card"}}),
        ),
    }
}

async fn workspace() -> Workspace {
    let builder = Workspace::builder()
        .user("U1", "Ada Iro")
        .command("/concern", "new");
    builder
        .channel("C1", "north", &["U1"])
        .start()
        .await
        .unwrap()
}

fn bot(workspace: &Workspace) -> (Arc<WebApi>, Arc<Edge<Cards>>) {
    let token = workspace.bot_token().into();
    let web = WebApi::new(
        &network(),
        &workspace.api_url(),
        &token,
        Patience::default(),
        Metrics::new(),
    );
    let web = Arc::new(web.unwrap());
    let cards = Cards {
        web: Arc::clone(&web),
    };
    let responder = web.responder().clone();
    (
        web,
        Edge::new(cards, responder, Metrics::new(), Limits::default()),
    )
}

async fn the_whole_way(workspace: &Workspace) {
    let ada = workspace.person("U1");
    let help = ada.slash_in("C1", "/concern", "what").await.unwrap();
    assert!(help.reply.unwrap().text.contains("raises a concern"));

    let opened = ada.slash_in("C1", "/concern", "new").await.unwrap();
    assert_eq!((opened.failed, opened.reply.is_none()), (None, true));
    let view = ada.awaits_view().await.unwrap();
    ada.fill(&view.id, "plan", "none").await.unwrap();
    let Submitted::Errors(errors) = ada.submit(&view.id).await.unwrap() else {
        panic!("it was taken")
    };
    assert_eq!(errors["plan"], "Say what will be done");
    ada.fill(&view.id, "plan", "A new plan by Friday")
        .await
        .unwrap();
    assert_eq!(ada.submit(&view.id).await.unwrap(), Submitted::Closed);

    let card = workspace.sees_last("C1").unwrap();
    assert_eq!(card.text, "Plan: A new plan by Friday");
    assert_eq!(
        ada.click("C1", &card.ts, "accept").await.unwrap(),
        ClickOutcome::Acked
    );
    let told = ada.awaits_ephemeral().await.unwrap();
    assert_eq!(told.text, "Only its addressee can accept it");

    ada.open_home().unwrap();
    let home = workspace.until(|_| ada.home()).await.unwrap();
    assert!(home.all_text().contains("Nothing is open"));
    assert_eq!(workspace.problems().len(), 0, "{:?}", workspace.problems());
}

#[tokio::test]
async fn a_person_gets_all_the_way_over_socket_mode_and_over_a_refresh() {
    let workspace = workspace().await;
    let (web, edge) = bot(&workspace);
    let token = workspace.app_token().into();
    let patience = socket::Patience::default();
    let readiness = Readiness::new();
    let running = tokio::spawn(socket::run(
        web,
        token,
        edge,
        readiness,
        patience,
        std::future::pending(),
    ));
    assert!(workspace.connected(1).await);
    the_whole_way(&workspace).await;
    workspace.disconnect(Disconnect::Warning);
    assert!(
        workspace.connected(2).await,
        "the new one is there while the old one is"
    );
    workspace.cut_sockets();
    let none = |workspace: &Workspace| (workspace.open_sockets() <= 1).then_some(());
    workspace.until(none).await.unwrap();
    assert!(workspace.connected(1).await);
    let help = workspace
        .person("U1")
        .slash_in("C1", "/concern", "what")
        .await
        .unwrap();
    assert!(help.reply.is_some(), "{:?}", help.failed);
    workspace.disconnect(Disconnect::LinkDisabled);
    assert_eq!(within(running).await.unwrap(), socket::Ended::LinkDisabled);
}

#[tokio::test]
async fn a_person_gets_all_the_way_over_signed_http() {
    let workspace = workspace().await;
    let (_, edge) = bot(&workspace);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let verifier = Verifier::new(&workspace.signing_secret().into()).unwrap();
    let routes = slack_routes(edge, verifier, Clock::system());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    workspace.set_request_urls(RequestUrls::under(&format!("http://{address}")));
    the_whole_way(&workspace).await;
}

#[tokio::test]
async fn the_stand_ins_bot_knows_its_scopes() {
    let workspace = workspace().await;
    let (web, _) = bot(&workspace);
    let identity = web.auth_test().await.unwrap();
    assert!(identity.scopes.contains("chat:write"), "{identity:?}");
    let place = web.post_message("U1", &card("x")).await.unwrap();
    assert!(place.channel.starts_with('D'));
    let history = web
        .history(&place.channel, &place.ts, &place.ts, 5)
        .await
        .unwrap();
    assert_eq!(
        history.messages[0]["metadata"]["event_payload"]["delivery"],
        "d1"
    );
}
