//! What goes wrong under a visitor's hands: nothing is lost, and the page says what is happening.

use anyhow::Context as _;
use lodestar::demo::Demo;

use crate::World;
use crate::browser::Tab;

const BOX: &str = "Message, or a command such as /help";
const AMIRA: &str = "U0IRO1";
const MANAGER: &str = "U0TEAMMANAGERNORTH";
const CHANNEL: &str = "C0NORTHTEAMMANAGER";
const ACKNOWLEDGE: &str = "Acknowledge: you have seen it; the clock runs on";
const ISSUE: &str = "What is the concern?";

impl World {
    /// Opens the form and fills in all of it but the concern itself.
    async fn fills_the_form(&self, tab: &Tab) -> anyhow::Result<()> {
        says(tab, "/concern").await?;
        tab.sees("Raise a concern").await?;
        tab.chooses("Team", "North locality").await?;
        tab.sees(ISSUE).await?;
        let space = self.demo.workspace();
        let amira = space.person(AMIRA);
        let view = amira.open_view().context("no form is open")?;
        let today = tab.run("new Date().toISOString().slice(0, 10)").await?;
        for (block, entry) in [
            ("case_ref", "K-204117".into()),
            ("category", "permanence".into()),
            ("event_date", today),
            ("impact", "The child waits without knowing.".into()),
            ("action", "Begin family finding.".into()),
        ] {
            amira.fill(&view.id, block, entry).await?;
        }
        Ok(())
    }

    /// A concern by Amira Hassan, with its card in the manager's channel.
    async fn raises(&self, tab: &Tab) -> anyhow::Result<()> {
        self.fills_the_form(tab).await?;
        tab.types(ISSUE, "Family finding has not begun.").await?;
        tab.button("Raise").await?;
        tab.sees("C-1 is raised").await?;
        tab.button("Close").await?;
        tab.sees("Your concern C-1").await
    }

    fn raised_so_far(&self) -> usize {
        let cards = |message: &sandbox::Message| message.meta("kind") == Some("card");
        self.demo.workspace().count(None, cards)
    }
}

async fn says(tab: &Tab, words: &str) -> anyhow::Result<()> {
    tab.types(BOX, words).await?;
    tab.key("Enter").await
}

async fn line(tab: &Tab, words: &str) -> anyhow::Result<()> {
    let condition = format!("document.querySelector('#line').innerText.startsWith({words:?})");
    tab.awaits(&condition).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_after_the_command_is_answered_with_what_there_is() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet(AMIRA).await?;
    tab.types(BOX, "/concern sh").await?;
    tab.sees("/concern show C-1 how one stands, and its details")
        .await?;
    tab.run("document.querySelector('#composer-text').select()")
        .await?;
    says(&tab, "/concern bananas <script> :-)").await?;
    tab.sees("There is no /concern bananas. This is what there is:")
        .await?;
    tab.sees("Only visible to you").await?;
    tab.scan("the help").await?;
    says(&tab, "/concern show bananas").await?;
    tab.sees("A concern's reference is C- and a number, for example C-42.")
        .await?;
    says(&tab, "/concern show C-999").await?;
    tab.sees("There is no such concern, or it is not yours to read.")
        .await?;
    says(&tab, "/concren list").await?;
    tab.sees("“/concren” is not a valid command.").await?;
    let kept = tab
        .run("document.querySelector('#composer-text').value")
        .await?;
    anyhow::ensure!(kept == "/concren list", "{kept}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_reloaded_half_way_and_sent_from_two_tabs_at_once_raises_one_concern()
-> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet(AMIRA).await?;
    world.fills_the_form(&tab).await?;
    tab.types(ISSUE, "Family finding has").await?;
    tab.reload().await?;
    tab.sees("Raise a concern").await?;
    tab.types(ISSUE, " not begun.").await?;
    let other = world.quiet(AMIRA).await?;
    other
        .awaits("[...document.querySelectorAll('dialog textarea')].some((one) => one.value === 'Family finding has not begun.')")
        .await?;
    let send = "document.querySelector('dialog form').requestSubmit()";
    let (one, two) = tokio::join!(tab.run(send), other.run(send));
    one.and(two)?;
    for tab in [&tab, &other] {
        tab.sees("C-1 is raised").await?;
    }
    tab.button("Close").await?;
    for tab in [&tab, &other] {
        tab.sees("Your concern C-1").await?;
    }
    says(&tab, "/concern list").await?;
    tab.sees("C-1").await?;
    anyhow::ensure!(world.raised_so_far() == 1);
    anyhow::ensure!(!tab.words().await?.contains("C-2 "));
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_press_at_once_and_both_see_what_came_of_it() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let amira = world.quiet(AMIRA).await?;
    world.raises(&amira).await?;
    let place = format!("{MANAGER}/{CHANNEL}");
    let (one, two) = (world.quiet(&place).await?, world.quiet(&place).await?);
    for tab in [&one, &two] {
        tab.sees("Answer by").await?;
    }
    // The same person in two tabs: it is acknowledged once.
    let (first, second) = tokio::join!(one.button(ACKNOWLEDGE), two.button(ACKNOWLEDGE));
    anyhow::ensure!(first.is_ok() || second.is_ok());
    for tab in [&one, &two] {
        tab.sees("Acknowledged by").await?;
    }
    // Whoever is late may be told so; it stands once on the card, and once in the record.
    one.awaits("document.querySelector('#messages article:not(.only-you)').innerText.split('Acknowledged by').length === 2")
        .await?;
    one.awaits("document.querySelector('#entries').innerText.split('acknowledged').length === 2")
        .await?;
    // Two people: one withdraws while the other accepts. Whoever is late is told, and nothing is half done.
    amira.button("Withdraw the concern, with a reason").await?;
    amira.sees("Why it is withdrawn").await?;
    amira
        .types("Why it is withdrawn", "It was done today.")
        .await?;
    one.button("Accept, with a plan and a target date").await?;
    one.sees("Accept").await?;
    one.types("What will be done", "It is done.").await?;
    let manager = world.demo.workspace().person(MANAGER);
    let form = manager.open_view().context("no form is open")?;
    let next_week = "new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10)";
    let day = one.run(next_week).await?;
    manager.fill(&form.id, "target_date", day).await?;
    let send = "document.querySelector('dialog form').requestSubmit()";
    let (late, other) = tokio::join!(amira.run(send), one.run(send));
    late.and(other)?;
    amira.sees_no("Why it is withdrawn").await?;
    for tab in [&amira, &two] {
        tab.sees("Closed, nothing more is asked.").await?;
    }
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_stops_and_starts_under_the_page_and_nothing_is_lost() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let amira = world.quiet(AMIRA).await?;
    world.raises(&amira).await?;
    let manager = world.quiet(&format!("{MANAGER}/{CHANNEL}")).await?;
    manager.sees("Answer by").await?;
    world.demo.stop_bot().await;
    for tab in [&amira, &manager] {
        line(
            tab,
            "Lodestar is not connected. What you press or send will not reach it until it is back.",
        )
        .await?;
    }
    manager.button(ACKNOWLEDGE).await?;
    manager.awaits("document.querySelector('.warning')").await?;
    manager.scan("a button that failed").await?;
    manager.picture("demo-not-connected").await?;
    says(&amira, "/concern list").await?;
    amira
        .sees("/concern failed with the error “dispatch_failed”")
        .await?;
    amira
        .sees("Lodestar is not running. The clock waits for it.")
        .await?;
    world.demo.start_bot().await?;
    for tab in [&amira, &manager] {
        tab.awaits("document.querySelector('#line').innerText === ''")
            .await?;
    }
    manager.button(ACKNOWLEDGE).await?;
    manager.sees("Acknowledged by").await?;
    manager
        .awaits("!document.querySelector('.warning')")
        .await?;
    amira
        .run("document.querySelector('#composer-text').select()")
        .await?;
    says(&amira, "/concern show C-1").await?;
    amira.sees("Only visible to you").await?;
    amira.sees("Acknowledged by @Samuel Adeyemi").await?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_ended_and_begun_again_is_found_by_the_page_that_was_open()
-> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet(AMIRA).await?;
    world.raises(&tab).await?;
    let World { demo, browser } = world;
    let port = demo.workspace().port();
    demo.stop().await;
    line(&tab, "The connection to this page is lost. Reconnecting…").await?;
    says(&tab, "/concern list").await?;
    tab.sees("That did not arrive: the connection is lost. Try again once it is back.")
        .await?;
    let demo = Demo::start("manchester", port).await?;
    tab.awaits("document.querySelector('#line').innerText === ''")
        .await?;
    // What was is gone, as the page says; what was typed is not.
    tab.sees("Nothing has been said here yet.").await?;
    tab.sees(
        "Lodestar and everything here was started anew: what was said and recorded before is gone.",
    )
    .await?;
    tab.run("document.querySelector('#composer-text').focus()")
        .await?;
    tab.key("Enter").await?;
    tab.sees("No open concern is yours to read, and nothing else waits for you.")
        .await?;
    World { demo, browser }.finish().await
}
