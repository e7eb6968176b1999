//! The demonstration in a real browser, as a visitor sees it. Skipped, saying so, where there is no Chromium; the accessibility
//! scan where `AXE` does not name axe-core's `axe.min.js`. Leaves pictures in `target/screenshots`.
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

#[path = "../../sandbox/tests/support/browser.rs"]
#[expect(
    dead_code,
    reason = "test support of the stand-in, of which this uses a part"
)]
mod browser;
mod councils;
#[cfg(unix)]
mod ending;
mod stories;
mod trouble;

use std::sync::Arc;

use browser::{Browser, Tab};
use lodestar::demo::Demo;

/// The demonstration, and a browser.
struct World {
    demo: Demo,
    browser: Arc<Browser>,
}

impl World {
    async fn open() -> anyhow::Result<Option<Self>> {
        let Some(browser) = Browser::start().await? else {
            eprintln!("skipped: there is no Chromium on this machine");
            return Ok(None);
        };
        let demo = Demo::start("manchester", 0).await?;
        Ok(Some(Self { demo, browser }))
    }

    /// A tab at the beginning, or as somebody in a conversation: `U0IRO1/home`.
    async fn tab(&self, place: &str, width: u32, height: u32) -> anyhow::Result<Tab> {
        let url = format!("{}/#{place}", self.demo.url());
        let tab = self.browser.open(&url, width, height).await?;
        tab.dark(false).await?;
        tab.awaits("document.querySelector('#acting strong')")
            .await?;
        Ok(tab)
    }

    /// A tab of somebody who looks round by themselves.
    async fn quiet(&self, place: &str) -> anyhow::Result<Tab> {
        let tab = self.tab(place, 1280, 860).await?;
        if tab.has("button", "Look round by myself").await? {
            tab.button("Look round by myself").await?;
            tab.sees_no("Look round by myself").await?;
        }
        Ok(tab)
    }

    /// Nothing that the bot did was against Slack's rules.
    async fn finish(self) -> anyhow::Result<()> {
        let problems = self.demo.workspace().problems();
        anyhow::ensure!(problems.is_empty(), "{problems:?}");
        self.demo.stop().await;
        Ok(())
    }
}
