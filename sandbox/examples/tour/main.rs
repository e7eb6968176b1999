//! A workspace with a small app in it, to look at the page: `cargo run -p sandbox --example tour [PORT]`.

mod app;
mod blocks;

use std::io::Write;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = std::env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(4_555);
    let host = std::sync::Arc::new(app::Host::default());
    let space = app::workspace(&host).port(port).start().await?;
    writeln!(std::io::stdout(), "{}", space.url())?;
    app::run(space, host).await
}
