//! The three stories, each told to its end.

use std::path::Path;

use crate::World;
use crate::browser::Tab;

/// What the coach says of where the visitor is.
async fn step(tab: &Tab, at: usize, of: usize, who: &str) -> anyhow::Result<()> {
    tab.sees(&format!("Step {at} of {of} · you are {who}"))
        .await
}

/// After a deed of their own: what came of it is seen, and then on, as this person.
async fn goes_on_as(tab: &Tab, who: &str) -> anyhow::Result<()> {
    tab.sees(&format!("Next, you are {who}")).await?;
    tab.button("Go on").await?;
    tab.sees(&format!("Acting as\n{who}")).await
}

/// Puts these pictures of the run beside the README, where `README_PICTURES` is set: the one way in which they are made.
fn to_the_readme(names: &[&str]) -> anyhow::Result<()> {
    if std::env::var_os("README_PICTURES").is_none() {
        return Ok(());
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in names {
        let from = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("../screenshots/readme-{name}.png"));
        std::fs::copy(from, here.join(format!("docs/{name}.png")))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_before_christmas_and_the_next_stage_has_it_on_the_very_day()
-> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.tab("", 1280, 860).await?;
    tab.sees("See what Lodestar does, in a few minutes").await?;
    tab.scan("the stories offered").await?;
    tab.picture("demo-welcome").await?;
    tab.button("Begin this story No answer before Christmas")
        .await?;
    step(&tab, 1, 9, "Amira Hassan").await?;
    tab.sees("Mon 14 Dec 2026, 10:00").await?;
    tab.button("Type and send it for me").await?;

    step(&tab, 2, 9, "Amira Hassan").await?;
    tab.awaits("[...document.querySelectorAll('dialog textarea')].some((one) => one.value.includes('family finding has not begun'))").await?;
    tab.awaits("!document.querySelector('#coach-do').ariaBusy")
        .await?;
    tab.scan("the form that raises").await?;
    tab.picture("demo-form").await?;
    tab.button("Raise").await?;
    tab.sees("C-1 is raised").await?;
    tab.sees("An answer is due by Mon 21 Dec, 17:00.").await?;
    goes_on_as(&tab, "Samuel Adeyemi").await?;

    step(&tab, 3, 9, "Samuel Adeyemi").await?;
    tab.sees("★ Starred recommendation · C-1").await?;
    tab.sees("Answer by Mon 21 Dec, 17:00 · 5 working days from Mon 14 Dec")
        .await?;
    tab.sees("Without an answer it goes to the Locality Service Lead")
        .await?;
    tab.scan("a card").await?;
    tab.picture("demo-card").await?;
    // As the manager sees it, without the story's mark round it.
    tab.run("document.querySelector('#messages .pointed').classList.remove('pointed')")
        .await?;
    tab.picture_of("#messages article", "readme-card").await?;
    tab.button("Next").await?;
    step(&tab, 4, 9, "Samuel Adeyemi").await?;
    tab.button("Move the clock").await?;
    tab.sees("Wed 16 Dec 2026, 09:00").await?;
    step(&tab, 5, 9, "Samuel Adeyemi").await?;
    tab.button("Move the clock").await?;

    // Who is needed next is where the visitor is taken.
    step(&tab, 6, 9, "Hannah Weiss").await?;
    tab.sees("Fri 18 Dec 2026, 09:30").await?;
    tab.sees("C-1: do you agree that it goes to the Locality Service Lead?")
        .await?;
    tab.picture("demo-gate").await?;
    tab.button("Agree that it goes on").await?;
    tab.sees("Agreed by @Hannah Weiss").await?;
    step(&tab, 7, 9, "Hannah Weiss").await?;
    tab.button("Move the clock").await?;

    step(&tab, 8, 9, "Gareth Price").await?;
    tab.sees("Mon 21 Dec 2026, 17:00").await?;
    tab.sees("Answer by Wed 30 Dec, 17:00 · 5 working days from Mon 21 Dec")
        .await?;
    tab.sees("C-1: Stage 1 ended without the answer it needs")
        .await?;
    tab.sees("Dispute Resolution Protocol, Stage 2: Formal escalation to the Service Lead")
        .await?;
    tab.picture("readme-demo").await?;
    tab.button("Next").await?;
    step(&tab, 9, 9, "Amira Hassan").await?;
    tab.sees("Otherwise it goes to the Head of Service").await?;
    tab.button("Next").await?;
    tab.sees("That was the story.").await?;
    tab.scan("the end of a story").await?;
    // The next one begins from a clean slate.
    tab.button("Next story: A rejection that reaches the Deputy Director")
        .await?;
    step(&tab, 1, 14, "Amira Hassan").await?;
    to_the_readme(&["card", "demo"])?;
    tab.sees("Mon 1 Feb 2027, 10:00").await?;
    tab.sees("Nothing has been said here yet.").await?;
    tab.awaits("document.querySelector('#entries').innerText === 'Nothing yet.'")
        .await?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_reaches_the_deputy_director_on_a_phone_in_the_dark() -> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.tab("", 320, 640).await?;
    tab.dark(true).await?;
    tab.sees("See what Lodestar does, in a few minutes").await?;
    tab.fits().await?;
    tab.scan("the stories, narrow and dark").await?;
    tab.picture("demo-phone-welcome").await?;
    tab.button("Begin this story A rejection that reaches the Deputy Director")
        .await?;
    step(&tab, 1, 14, "Amira Hassan").await?;
    tab.fits().await?;
    tab.button("Type and send it for me").await?;
    step(&tab, 2, 14, "Amira Hassan").await?;
    tab.awaits("!document.querySelector('#coach-do').ariaBusy")
        .await?;
    tab.fits().await?;
    tab.scan("a form, narrow and dark").await?;
    tab.picture("demo-phone-form").await?;
    tab.button("Send it for me").await?;
    tab.sees("C-1 is raised").await?;
    goes_on_as(&tab, "Samuel Adeyemi").await?;

    step(&tab, 3, 14, "Samuel Adeyemi").await?;
    tab.fits().await?;
    tab.scan("a card, narrow and dark").await?;
    tab.picture("demo-phone-card").await?;
    tab.button("Reject, with your rationale").await?;
    step(&tab, 4, 14, "Samuel Adeyemi").await?;
    tab.button("Send it for me").await?;
    tab.sees("Rejected by @Samuel Adeyemi").await?;
    step(&tab, 5, 14, "Samuel Adeyemi").await?;
    tab.button("Move the clock").await?;
    step(&tab, 6, 14, "Hannah Weiss").await?;
    tab.button("Press it for me").await?;
    step(&tab, 7, 14, "Hannah Weiss").await?;
    tab.button("Move the clock").await?;
    step(&tab, 8, 14, "Gareth Price").await?;
    tab.button("Press it for me").await?;
    step(&tab, 9, 14, "Gareth Price").await?;
    tab.button("Send it for me").await?;
    goes_on_as(&tab, "Amira Hassan").await?;
    step(&tab, 10, 14, "Amira Hassan").await?;
    tab.button("Not satisfied: it moves on").await?;
    goes_on_as(&tab, "Joanna Kowalska").await?;
    step(&tab, 11, 14, "Joanna Kowalska").await?;
    tab.button("Decide: write your decision and its rationale")
        .await?;
    step(&tab, 12, 14, "Joanna Kowalska").await?;
    tab.awaits("!document.querySelector('#coach-do').ariaBusy")
        .await?;
    // The answer is the visitor's own to write.
    tab.types("Why", " Agreed with the service.").await?;
    tab.button("Send it for me").await?;
    goes_on_as(&tab, "Amira Hassan").await?;
    step(&tab, 13, 14, "Amira Hassan").await?;
    tab.button("Not satisfied: it moves on").await?;
    goes_on_as(&tab, "Lucy Fairbairn").await?;
    step(&tab, 14, 14, "Lucy Fairbairn").await?;
    tab.sees("Stage 4 of 5, for @Lucy Fairbairn").await?;
    tab.sees("Answer by Mon 15 Feb, 17:00").await?;
    tab.fits().await?;
    tab.picture("demo-phone-director").await?;
    tab.button("Next").await?;
    tab.sees("That was the story.").await?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_decisions_of_a_review_are_accepted_by_silence_with_the_keyboard_alone()
-> anyhow::Result<()> {
    let Some(world) = World::open().await? else {
        return Ok(());
    };
    let tab = world.tab("", 1280, 860).await?;
    tab.sees("See what Lodestar does, in a few minutes").await?;
    tab.tabs_to("Begin this story Review decisions accepted by silence")
        .await?;
    tab.key("Enter").await?;
    step(&tab, 1, 10, "Amira Hassan").await?;
    tab.sees("Wed 16 Dec 2026, 15:00").await?;
    // What leads on has the focus, all the way through.
    tab.focus_comes_to("Type and send it for me").await?;
    tab.key("Enter").await?;
    step(&tab, 2, 10, "Amira Hassan").await?;
    tab.awaits("!document.querySelector('#coach-do').ariaBusy")
        .await?;
    tab.tabs_to("Record").await?;
    tab.key("Enter").await?;
    tab.sees("R-1 is recorded").await?;
    tab.tabs_to("Go on").await?;
    tab.key("Enter").await?;

    step(&tab, 3, 10, "Amira Hassan").await?;
    tab.sees("Review R-1 · held on Wed 16 Dec").await?;
    tab.sees("Decisions completed and sent to the team manager: by Wed 23 Dec, 17:00")
        .await?;
    tab.picture("demo-review").await?;
    tab.focus_comes_to("Next").await?;
    tab.key("Enter").await?;
    step(&tab, 4, 10, "Amira Hassan").await?;
    tab.focus_comes_to("Move the clock").await?;
    tab.key("Enter").await?;
    tab.sees("Wed 23 Dec 2026, 09:00").await?;
    step(&tab, 5, 10, "Amira Hassan").await?;
    tab.tabs_to("Decisions sent").await?;
    tab.key(" ").await?;
    tab.sees("Next, you are William Tsang, Team Manager, Vale locality.")
        .await?;
    tab.focus_comes_to("Go on").await?;
    tab.key("Enter").await?;

    step(&tab, 6, 10, "William Tsang").await?;
    tab.sees("Object by Mon 4 Jan, 17:00, in writing: 5 working days from Wed 23 Dec")
        .await?;
    tab.scan("a window for objections").await?;
    tab.focus_comes_to("Next").await?;
    tab.key("Enter").await?;
    for (at, moment) in [(7, "Mon 4 Jan 2027, 09:00"), (8, "Mon 4 Jan 2027, 17:00")] {
        step(&tab, at, 10, "William Tsang").await?;
        tab.focus_comes_to("Move the clock").await?;
        tab.key("Enter").await?;
        tab.sees(moment).await?;
    }
    step(&tab, 9, 10, "William Tsang").await?;
    tab.sees("Accepted, no objection. The window ended on Mon 4 Jan, 17:00")
        .await?;
    tab.sees("R-1: accepted, no objection: the time to object ended")
        .await?;
    let said = tab.words().await?;
    anyhow::ensure!(
        !said.to_lowercase().contains("agreed by"),
        "silence is no agreement: {said}"
    );
    tab.picture("demo-accepted").await?;
    tab.focus_comes_to("Next").await?;
    tab.key("Enter").await?;
    step(&tab, 10, 10, "Amira Hassan").await?;
    tab.sees("It counts as accepted, no objection: nobody has said that they agree.")
        .await?;
    tab.focus_comes_to("Next").await?;
    tab.key("Enter").await?;
    tab.sees("That was the story.").await?;
    world.finish().await
}
