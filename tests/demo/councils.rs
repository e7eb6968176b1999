//! Every council's page as its people see it: home, form, card, receipt, details; light and dark, wide and on a phone.

use std::sync::Arc;

use anyhow::Context as _;
use lodestar::demo::Demo;
use lodestar::protocol::library::Library;
use sandbox::{Person, View};
use serde_json::{Value, json};

use crate::World;
use crate::browser::{Browser, Tab};

/// Fills in whatever a form asks for and has no entry yet.
async fn fills(person: &Person, view: &View, today: &Value) -> anyhow::Result<()> {
    for block in view.blocks() {
        let element = &block["element"];
        let name = block["block_id"].as_str().unwrap_or_default();
        let entry = view.value(name).and_then(Value::as_object);
        let mut entered = entry
            .into_iter()
            .flatten()
            .filter(|(key, _)| *key != "type");
        let empty = entered.all(|(_, value)| value.is_null() || value == "");
        if block["type"] != "input" || block["optional"] == true || !empty {
            continue;
        }
        let entry = match element["type"].as_str() {
            Some("datepicker") => today.clone(),
            Some("plain_text_input") if name == "case_ref" => json!("K-204117"),
            Some("plain_text_input") => json!("The plan has stood still since the last review."),
            _ => {
                let [own, grouped] = ["/options/0", "/option_groups/0/options/0"]
                    .map(|at| element.pointer(&format!("{at}/value")));
                own.or(grouped).cloned().unwrap_or_default()
            }
        };
        person.fill(&view.id, name, entry).await?;
    }
    Ok(())
}

/// At both schemes and both widths: it fits, it is read by everybody, and there is a picture of it.
async fn looked_over(tab: &Tab, state: &str) -> anyhow::Result<()> {
    for (width, height, dark, look) in [
        (1280, 860, false, "light"),
        (1280, 860, true, "dark"),
        (320, 640, false, "phone"),
    ] {
        tab.size(width, height).await?;
        tab.dark(dark).await?;
        tab.fits().await?;
        tab.scan(&format!("{state}, {look}")).await?;
        tab.picture(&format!("{state}-{look}")).await?;
    }
    tab.size(1280, 860).await
}

async fn of(council: &str, browser: &Arc<Browser>) -> anyhow::Result<()> {
    let world = World {
        demo: Demo::start(council, 0).await?,
        browser: Arc::clone(browser),
    };
    let space = world.demo.workspace().clone();
    let raiser = space.users().first().context("nobody is there")?.id.clone();
    let tab = world.quiet(&raiser).await?;
    let state = |what: &str| format!("council-{council}-{what}");
    tab.press("link", "Home").await?;
    tab.sees("Nothing waits for you").await?;
    looked_over(&tab, &state("empty-home")).await?;
    tab.go(&format!("{}/#{raiser}/", space.url())).await?;
    tab.types("Message, or a command such as /help", "/concern")
        .await?;
    tab.key("Enter").await?;
    tab.sees("Raise a concern").await?;
    tab.chooses("Team", "North locality").await?;
    tab.sees("What is the concern?").await?;
    tab.button("Raise").await?;
    tab.sees("Please complete this required field.").await?;
    looked_over(&tab, &state("form")).await?;
    let person = space.person(&raiser);
    let view = person.open_view().context("no form is open")?;
    let today = tab.run("new Date().toISOString().slice(0, 10)").await?;
    fills(&person, &view, &today).await?;
    tab.button("Raise").await?;
    tab.sees("C-1 is raised").await?;
    looked_over(&tab, &state("raised")).await?;
    tab.button("Close").await?;
    tab.sees("Your concern").await?;
    looked_over(&tab, &state("receipt")).await?;
    let card = space
        .awaits(None, |message| message.meta("kind") == Some("card"))
        .await
        .context("no card came")?;
    let channel = space
        .channels()
        .into_iter()
        .find(|one| one.id == card.channel);
    let members = channel.context("its channel is gone")?.members;
    let addressee = members.first().context("nobody is in it")?.clone();
    tab.go(&format!("{}/#{addressee}/{}", space.url(), card.channel))
        .await?;
    tab.sees("Raised by").await?;
    looked_over(&tab, &state("card")).await?;
    tab.button("Details: the text and the chronology").await?;
    tab.sees("The plan has stood still since the last review.")
        .await?;
    looked_over(&tab, &state("details")).await?;
    tab.key("Escape").await?;
    tab.sees("Raised by").await?;
    tab.press("link", "Home").await?;
    tab.sees("C-1").await?;
    looked_over(&tab, &state("home")).await?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_councils_page_is_read_at_any_width_light_and_dark() -> anyhow::Result<()> {
    let Some(browser) = Browser::start().await? else {
        return Ok(());
    };
    let library = Library::load(&[]).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    for council in library.ids() {
        of(council.as_str(), &browser)
            .await
            .with_context(|| council.to_string())?;
    }
    Ok(())
}
