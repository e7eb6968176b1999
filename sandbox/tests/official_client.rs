//! An app over Slack's own client, `slack_sdk` from `PyPI`, so that the stand-in is true to more than Rust. The interpreter
//! is `SANDBOX_PYTHON`, else `python3`; skipped, saying so, where it has no `slack_sdk`.
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod support;

use anyhow::Context;
use sandbox::{Disconnect, ProblemKind, Submitted};
use std::process::Stdio;
use std::time::Duration;
use support::workspace;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn slacks_own_client_finds_nothing_amiss() -> anyhow::Result<()> {
    let python = std::env::var_os("SANDBOX_PYTHON").unwrap_or_else(|| "python3".into());
    let probe = Command::new(&python)
        .args(["-c", "import slack_sdk"])
        .stderr(Stdio::null())
        .status()
        .await;
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no Python with slack_sdk; name one in SANDBOX_PYTHON");
        return Ok(());
    }
    let space = workspace()
        .ack_limit(Duration::from_secs(3))
        .scopes(&[
            "commands",
            "chat:write",
            "im:write",
            "im:history",
            "im:read",
            "users:read",
            "channels:read",
            "channels:history",
            "groups:read",
            "files:write",
        ])
        .start()
        .await?;
    let mut app = Command::new(&python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/official_client.py"
        ))
        .args([
            &format!("{}/", space.api_url()),
            &space.bot_token(),
            &space.app_token(),
        ])
        .env("NO_PROXY", "127.0.0.1")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(app.stdout.take().context("no output")?).lines();
    let first = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await??;
    assert_eq!(
        first.as_deref(),
        Some("hello"),
        "the app failed; its words are above"
    );
    // What it asked for wrongly, it asked for on purpose.
    let asked = space.take_problems();
    assert!(
        asked
            .iter()
            .all(|one| one.kind == ProblemKind::InvalidBlocks),
        "{asked:?}"
    );
    assert!(space.connected(1).await);

    let ada = space.person("U0ADA");
    let heard = ada.slash_in("C0OPS", "/ask", "hello").await?;
    assert_eq!(heard.reply.context("no reply")?.text, "You said hello.");
    ada.slash_in("C0OPS", "/ask", "form").await?;
    let modal = ada.awaits_view_called("ask").await.context("no modal")?;
    ada.fill(&modal.id, "why", "no").await?;
    assert!(matches!(ada.submit(&modal.id).await?, Submitted::Errors(_)));
    ada.fill(&modal.id, "why", "The plan has not moved").await?;
    assert_eq!(ada.submit(&modal.id).await?, Submitted::Closed);
    let card = space
        .awaits(Some("C0OPS"), |message| {
            message.text == "The plan has not moved"
        })
        .await
        .context("no card")?;
    assert_eq!(card.meta("kind"), Some("card"));

    // The socket is renewed under it, and nothing is lost.
    space.disconnect(Disconnect::RefreshRequested);
    let again = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await??;
    assert_eq!(again.as_deref(), Some("hello"), "it did not connect again");
    let ben = space.person("U0BEN");
    ben.click("C0OPS", &card.ts, "accept").await?;
    let thanks = space.until(|space| {
        space
            .ephemerals("U0BEN")
            .into_iter()
            .find(|one| one.text == "Thank you.")
    });
    thanks.await.context("no word of thanks")?;
    assert_eq!(
        space.message("C0OPS", &card.ts).context("no card")?.text,
        "Accepted"
    );
    ben.open_home()?;
    let home = space.until(|_| ben.home()).await.context("no home")?;
    assert!(home.all_text().contains("Your desk"));
    assert!(space.problems().is_empty(), "{:?}", space.problems());
    Ok(())
}
