//! The page in a real browser, as a person sees it. Skipped, saying so, where there is no Chromium; the accessibility scan
//! where `AXE` does not name axe-core's `axe.min.js`.
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

#[path = "../examples/tour/app.rs"]
mod app;
#[path = "../examples/tour/blocks.rs"]
mod blocks;
#[path = "support/browser.rs"]
#[expect(dead_code, reason = "test support, of which each test uses a part")]
mod browser;

use app::Host;
use browser::{Browser, Tab};
use sandbox::Workspace;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::task::JoinHandle;

const BOX: &str = "Message, or a command such as /help";

/// A workspace, its app, and a browser.
struct World {
    space: Workspace,
    host: Arc<Host>,
    app: JoinHandle<anyhow::Result<()>>,
    browser: Arc<Browser>,
}

impl World {
    async fn open() -> anyhow::Result<Option<Self>> {
        let Some(browser) = Browser::start().await? else {
            eprintln!("skipped: there is no Chromium on this machine");
            return Ok(None);
        };
        let host = Arc::new(Host::default());
        let space = app::workspace(&host).start().await?;
        let app = tokio::spawn(app::run(space.clone(), Arc::clone(&host)));
        anyhow::ensure!(space.connected(1).await, "the app does not connect");
        Ok(Some(Self {
            space,
            host,
            app,
            browser,
        }))
    }

    async fn tab(&self, place: &str) -> anyhow::Result<Tab> {
        let tab = self
            .browser
            .open(&format!("{}/#{place}", self.space.url()), 1280, 860)
            .await?;
        tab.dark(false).await?;
        tab.awaits("document.querySelector('#acting strong')")
            .await?;
        Ok(tab)
    }

    /// As `tab`, once the stories were put aside.
    async fn quiet_tab(&self, place: &str) -> anyhow::Result<Tab> {
        let tab = self.tab(place).await?;
        if tab.has("button", "Look round by myself").await? {
            tab.button("Look round by myself").await?;
            tab.sees_no("Look round by myself").await?;
        }
        Ok(tab)
    }

    async fn says(&self, tab: &Tab, words: &str) -> anyhow::Result<()> {
        tab.types(BOX, words).await?;
        tab.key("Enter").await
    }
}

#[tokio::test]
async fn a_story_is_offered_walked_through_and_told_to_its_end() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.tab("").await?;
    tab.sees("See what Tour guide does, in a few minutes")
        .await?;
    tab.scan("welcome").await?;
    tab.picture("welcome").await?;
    tab.button("Begin this story A card is asked for and accepted")
        .await?;
    // It begins where the story is told.
    tab.sees("Step 1 of 5 · you are Ada Lovelace").await?;
    tab.awaits("document.querySelector('#where').innerText === '#north-managers'")
        .await?;
    tab.button("Type and send it for me").await?;
    // The form is filled in by the time it is looked at, and stays the visitor's own.
    tab.sees("Step 2 of 5").await?;
    tab.sees("Say why, choose a team, and send it.").await?;
    tab.awaits("document.querySelector('dialog textarea').value === 'The plan has not moved since October.'")
        .await?;
    tab.awaits("!document.querySelector('#coach-do').ariaBusy")
        .await?;
    tab.types("Why", " At all.").await?;
    tab.scan("coach in a modal").await?;
    tab.picture("story-modal").await?;
    tab.reload().await?;
    tab.sees("Say why, choose a team, and send it.").await?;
    tab.awaits("document.querySelector('dialog textarea').value.endsWith('October. At all.')")
        .await?;
    tab.button("Send it for me").await?;
    tab.sees("Step 3 of 5").await?;
    tab.sees("The plan has not moved since October. At all.")
        .await?;
    tab.focus_comes_to("Move the clock").await?;
    tab.button("One hour on").await?;
    tab.sees("Nothing was due on the way.").await?;
    // What they did themselves they see first.
    tab.sees("That is done. Next, you are Ben Okri, Team manager.")
        .await?;
    tab.button("Go on").await?;
    tab.sees("Acting as\nBen Okri").await?;
    tab.sees("Step 4 of 5 · you are Ben Okri").await?;
    tab.picture("story").await?;
    tab.button("Accept").await?;
    tab.sees("Step 5 of 5").await?;
    tab.sees("accept by @Ben Okri").await?;
    tab.button("Next").await?;
    tab.sees("That was the story.").await?;
    tab.button("Start again").await?;
    tab.sees("Everything that was said and recorded here is forgotten")
        .await?;
    tab.button("Start again").await?;
    tab.sees("See what Tour guide does, in a few minutes")
        .await?;
    assert_eq!(world.space.messages("C0OPS").len(), 0);
    assert!(
        world.space.problems().is_empty(),
        "{:?}",
        world.space.problems()
    );
    Ok(())
}

#[tokio::test]
async fn a_command_is_found_by_typing_and_a_modal_is_mended_where_it_is_wrong() -> anyhow::Result<()>
{
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    tab.types(BOX, "/t").await?;
    tab.sees("/tour [card, blocks or nothing]").await?;
    tab.key("ArrowDown").await?;
    tab.key("Enter").await?;
    tab.sees("/tour note REF keeps a note").await?;
    tab.scan("commands").await?;
    tab.picture("commands").await?;
    tab.key("Enter").await?;
    tab.sees("Every input").await?;
    assert_eq!(tab.focused().await?, "Why");
    tab.button("Send").await?;
    tab.sees("Please complete this required field.").await?;
    assert_eq!(tab.focused().await?, "Why", "the first field that is wrong");
    tab.types("Why", "no").await?;
    tab.chooses("Team", "north").await?;
    tab.sees_no("Please complete this required field.").await?;
    tab.press("checkbox", "urgent").await?;
    tab.button("Send").await?;
    tab.sees("Say a little more.").await?;
    tab.scan("modal with errors").await?;
    tab.picture("modal").await?;
    tab.types("Why", " plan since October").await?;
    tab.reload().await?;
    tab.sees("Every input").await?;
    // A reload loses nothing.
    tab.awaits("document.querySelector('dialog textarea').value === 'no plan since October'")
        .await?;
    tab.button("Send").await?;
    tab.sees("no plan since October").await?;
    tab.sees("Asked by\n@Ada Lovelace").await?;
    tab.sees("today, 10:00").await?;
    let sent = world.space.deliveries();
    let payload = &sent
        .iter()
        .rfind(|one| one.payload["type"] == "view_submission")
        .map(|one| one.payload.clone())
        .unwrap_or_default();
    let values = &payload["view"]["state"]["values"];
    assert_eq!(values["team"]["value"]["selected_option"]["value"], "north");
    assert_eq!(
        values["flags"]["value"]["selected_options"][0]["value"],
        "urgent"
    );
    Ok(())
}

#[tokio::test]
async fn a_dialog_holds_the_focus_and_gives_it_back() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0BEN/C0OPS").await?;
    app::call(&world.space, "chat.postMessage", json!({"channel": "C0OPS", "text": "Look", "blocks": blocks::card("Look", "U0ADA", None, 1_797_242_400)})).await?;
    tab.button("Reject").await?;
    tab.sees("It goes back to who asked.").await?;
    for _ in 0..6 {
        tab.key("Tab").await?;
        tab.awaits("document.querySelector('#confirm').contains(document.activeElement) || document.activeElement === document.body").await?;
    }
    tab.scan("confirmation").await?;
    tab.key("Escape").await?;
    tab.sees_no("It goes back to who asked.").await?;
    assert_eq!(tab.focused().await?, "Reject");
    assert!(world.space.deliveries().is_empty(), "nothing was sent");
    world.says(&tab, "/tour").await?;
    tab.sees("Every input").await?;
    tab.key("Escape").await?;
    tab.sees_no("Every input").await?;
    assert_eq!(tab.focused().await?, BOX);
    tab.press(
        "button",
        "Acting as Ben Okri Team manager Change 1 person has something new",
    )
    .await?;
    tab.types_in_search("rev").await?;
    tab.sees_no("Cat Stevens").await?;
    tab.picture("people").await?;
    tab.scan("people").await?;
    tab.key("Enter").await?;
    tab.sees("Acting as\nAda Lovelace").await?;
    Ok(())
}

#[tokio::test]
async fn everything_a_message_may_hold_is_shown_and_read_at_any_width_and_in_the_dark()
-> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    world
        .says(&tab, "Good *morning*, <@U0BEN> :wave: :no_such_emoji:")
        .await?;
    tab.sees("Good morning, @Ben Okri 👋 :no_such_emoji:")
        .await?;
    world.says(&tab, "/tour blocks").await?;
    tab.sees("let x = 1;").await?;
    world.says(&tab, "/tour card").await?;
    tab.sees("Something to answer").await?;
    world.says(&tab, "/tour help").await?;
    tab.sees("Only visible to you").await?;
    let space = &world.space;
    let first = space
        .messages("C0OPS")
        .first()
        .map(|message| message.ts.clone())
        .unwrap_or_default();
    for text in ["A reply", "Another"] {
        app::call(
            space,
            "chat.postMessage",
            json!({"channel": "C0OPS", "thread_ts": first, "text": text}),
        )
        .await?;
    }
    let gone = app::call(
        space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": "A slip"}),
    )
    .await?;
    app::call(
        space,
        "chat.delete",
        json!({"channel": "C0OPS", "ts": gone["ts"]}),
    )
    .await?;
    tab.sees("This message was deleted.").await?;
    tab.sees("Picture: A chart of answers by month").await?;
    tab.button("2 replies").await?;
    tab.sees("Another").await?;
    tab.types("Reply in this thread", "Thank you").await?;
    tab.key("Enter").await?;
    tab.sees("3 replies").await?;
    assert_eq!(
        tab.focused().await?,
        "Reply in this thread",
        "one may go on writing"
    );
    tab.sees("A card was posted").await?;
    tab.scan("channel").await?;
    tab.picture("channel").await?;
    tab.dark(true).await?;
    tab.scan("channel in the dark").await?;
    tab.picture("channel-dark").await?;
    for (width, height, name) in [(640, 512, "zoomed"), (320, 640, "narrow")] {
        tab.size(width, height).await?;
        tab.fits().await?;
        tab.scan(name).await?;
        tab.picture(&format!("{name}-dark")).await?;
    }
    tab.dark(false).await?;
    tab.picture("narrow").await?;
    tab.button("Conversations").await?;
    tab.press("link", "Home").await?;
    tab.sees("Cards so far: 6").await?;
    tab.fits().await?;
    tab.scan("home, narrow").await?;
    tab.size(1280, 860).await?;
    tab.scan("home").await?;
    tab.picture("home").await?;
    tab.press("link", "north-managers").await?;
    world.says(&tab, "/tour").await?;
    tab.sees("Every input").await?;
    tab.size(320, 640).await?;
    tab.fits().await?;
    tab.scan("modal, narrow").await?;
    tab.picture("modal-narrow").await?;
    Ok(())
}

#[tokio::test]
async fn what_is_new_for_somebody_is_seen_by_name_and_number() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let ada = world.quiet_tab("U0ADA/C0OPS").await?;
    let ben = world.quiet_tab("U0BEN/home").await?;
    world.says(&ada, "/tour card").await?;
    ben.awaits("document.querySelector('#place-C0OPS .count')?.innerText.startsWith('1')")
        .await?;
    assert!(ben.has("link", "north-managers 1 new for you").await?);
    ada.button("Acting as Ada Lovelace Reviewing officer Change 1 person has something new")
        .await?;
    ada.press("button", "Ben Okri 1 new for them").await?;
    ada.sees("Acting as\nBen Okri").await?;
    ben.press("link", "north-managers 1 new for you").await?;
    ben.sees("Something to answer").await?;
    ben.awaits("!document.querySelector('#place-C0OPS .count')")
        .await?;
    Ok(())
}

#[tokio::test]
async fn nonsense_is_refused_in_the_clients_words_and_nothing_typed_is_lost() -> anyhow::Result<()>
{
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    world.says(&tab, "/nonsense <script>").await?;
    tab.sees("“/nonsense” is not a valid command.").await?;
    assert_eq!(
        tab.run("document.querySelector('#composer-text').value")
            .await?,
        "/nonsense <script>"
    );
    tab.run("document.querySelector('#composer-text').select()")
        .await?;
    world
        .says(&tab, "<b>not bold</b> & <img src=x onerror=alert(1)>")
        .await?;
    tab.sees("<b>not bold</b> & <img src=x onerror=alert(1)>")
        .await?;
    tab.go(&format!("{}/#U0ADA/C0BOARD", world.space.url()))
        .await?;
    tab.sees("Between you and Tour guide").await?;
    tab.go(&format!("{}/#U0NOBODY/%E0%A4", world.space.url()))
        .await?;
    tab.sees("Acting as\nAda Lovelace").await?;
    Ok(())
}

#[tokio::test]
async fn two_tabs_press_at_once_and_one_modal_is_sent_twice_without_harm() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let ada = world.quiet_tab("U0ADA/C0OPS").await?;
    let ben = world.quiet_tab("U0BEN/C0OPS").await?;
    world.says(&ada, "/tour card").await?;
    for tab in [&ada, &ben] {
        tab.sees("Something to answer").await?;
    }
    let (one, other) = tokio::join!(ada.button("Accept"), ben.button("Accept"));
    // Whoever is late finds no button any more.
    anyhow::ensure!(one.is_ok() || other.is_ok());
    for tab in [&ada, &ben] {
        tab.sees("accept by @").await?;
        tab.awaits("![...document.querySelectorAll('#messages button')].some((one) => one.innerText === 'Accept')").await?;
    }
    let twin = world.quiet_tab("U0ADA/C0OPS").await?;
    world.says(&ada, "/tour").await?;
    twin.sees("Every input").await?;
    ada.types("Why", "Twice the same").await?;
    ada.chooses("Team", "south").await?;
    twin.awaits("document.querySelector('dialog textarea').value === 'Twice the same' && document.querySelector('dialog select').value === 'south'").await?;
    let submits = "document.querySelector('dialog form').requestSubmit()";
    let (one, other) = tokio::join!(ada.run(submits), twin.run(submits));
    one.and(other)?;
    ada.sees_no("Every input").await?;
    twin.sees_no("Every input").await?;
    let sent = world.space.deliveries();
    let sent = sent
        .iter()
        .filter(|one| one.payload["type"] == "view_submission");
    assert_eq!(sent.count(), 1);
    Ok(())
}

#[tokio::test]
async fn the_app_goes_and_comes_back_under_the_page_which_says_so() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    world.says(&tab, "/tour card").await?;
    tab.sees("Something to answer").await?;
    world.says(&tab, "/tour").await?;
    tab.sees("Every input").await?;
    tab.types("Why", "Written meanwhile").await?;
    tab.chooses("Team", "north").await?;
    world.app.abort();
    world.space.cut_sockets();
    tab.awaits(
        "document.querySelector('#line').innerText.startsWith('Tour guide is not connected.')",
    )
    .await?;
    tab.button("Send").await?;
    tab.sees("We had some trouble connecting. Try again?")
        .await?;
    tab.scan("modal that failed").await?;
    tab.picture("not-connected-modal").await?;
    tab.button("Close").await?;
    tab.sees_no("Every input").await?;
    tab.button("Accept").await?;
    tab.awaits("document.querySelector('.warning')").await?;
    assert!(
        tab.has("image", "This did not reach the app. Press again.")
            .await?
    );
    world.says(&tab, "/tour card").await?;
    tab.sees("/tour failed with the error “dispatch_failed”. It did not reach the app. What you typed is still in the message box.")
        .await?;
    tab.scan("app not connected").await?;
    tab.picture("not-connected").await?;
    tokio::spawn(app::run(world.space.clone(), Arc::clone(&world.host)));
    tab.sees_no("Tour guide is not connected.").await?;
    tab.button("Accept").await?;
    tab.sees("accept by @Ada Lovelace").await?;
    assert_eq!(
        tab.run("document.querySelectorAll('.warning').length")
            .await?,
        Value::from(0)
    );
    Ok(())
}

#[tokio::test]
async fn a_button_turns_until_the_app_has_answered() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    world.says(&tab, "/tour card").await?;
    tab.sees("Something to answer").await?;
    // It still takes envelopes, and never answers.
    world.space.silence_sockets();
    tab.button("Accept").await?;
    tab.awaits("document.querySelector('#messages button.primary').ariaBusy === 'true'")
        .await?;
    tab.picture("waiting").await?;
    tab.awaits("document.querySelector('.warning') && document.querySelector('#messages button.primary').ariaBusy !== 'true'").await?;
    world.says(&tab, "/tour card").await?;
    tab.sees("/tour failed with the error “operation_timeout”. The app did not answer within three seconds")
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_modal_waits_until_the_app_has_answered_and_can_be_sent_again() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    world.says(&tab, "/tour").await?;
    tab.sees("Every input").await?;
    tab.types("Why", "It has waited long enough").await?;
    tab.chooses("Team", "north").await?;
    world.space.silence_sockets();
    tab.button("Send").await?;
    tab.awaits("document.querySelector('dialog [type=submit]').ariaBusy === 'true' && document.querySelector('dialog [type=submit]').ariaDisabled === 'true'")
        .await?;
    tab.scan("a modal on its way").await?;
    tab.picture("waiting-modal").await?;
    // A second press while it is on its way sends nothing.
    tab.run("document.querySelector('dialog form').requestSubmit()")
        .await?;
    tab.sees("We had some trouble connecting. Try again?")
        .await?;
    assert_eq!(
        tab.run("document.querySelector('dialog textarea').value")
            .await?,
        "It has waited long enough"
    );
    world.app.abort();
    world.space.cut_sockets();
    tokio::spawn(app::run(world.space.clone(), Arc::clone(&world.host)));
    anyhow::ensure!(world.space.connected(1).await);
    tab.button("Send").await?;
    tab.sees_no("Every input").await?;
    tab.sees("It has waited long enough").await?;
    let sent = world.space.deliveries();
    let sent = sent
        .iter()
        .filter(|one| one.payload["type"] == "view_submission");
    assert_eq!(sent.count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_page_whose_connection_is_lost_says_so_and_finds_its_way_back() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    world.space.stop();
    tab.awaits("document.querySelector('#line').innerText.startsWith('The connection to this page is lost. Reconnecting…')").await?;
    tab.types(BOX, "kept").await?;
    tab.key("Enter").await?;
    tab.sees("That did not arrive: the connection is lost. Try again once it is back.")
        .await?;
    assert_eq!(
        tab.run("document.querySelector('#composer-text').value")
            .await?,
        "kept"
    );
    let host = Arc::new(Host::default());
    let space = app::workspace(&host)
        .port(world.space.port())
        .start()
        .await?;
    let app = tokio::spawn(app::run(space.clone(), host));
    tab.awaits("document.querySelector('#line').innerText === ''")
        .await?;
    tab.run("document.querySelector('#composer-text').focus()")
        .await?;
    tab.key("Enter").await?;
    tab.sees("kept").await?;
    assert!(
        space
            .find(Some("C0OPS"), |one| one.text == "kept")
            .is_some()
    );
    app.abort();
    Ok(())
}

#[tokio::test]
async fn everything_is_done_with_the_keyboard_alone() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.quiet_tab("U0ADA/C0OPS").await?;
    tab.reload().await?;
    tab.sees("Nothing has been said here yet.").await?;
    tab.key("Tab").await?;
    assert_eq!(tab.focused().await?, "Skip to the message box");
    tab.key("Enter").await?;
    assert_eq!(tab.focused().await?, BOX);
    world.says(&tab, "/tour card").await?;
    tab.sees("Something to answer").await?;
    tab.tabs_to("Accept").await?;
    tab.key(" ").await?;
    tab.sees("accept by @Ada Lovelace").await?;
    tab.tabs_to("One hour on").await?;
    tab.key("Enter").await?;
    tab.sees("Nothing was due on the way.").await?;
    assert_eq!(
        tab.focused().await?,
        "One hour on",
        "the focus stays where it was"
    );
    tab.tabs_to("Home").await?;
    tab.key("Enter").await?;
    tab.sees("Cards so far: 1").await?;
    assert_eq!(tab.focused().await?, "Home");
    Ok(())
}
