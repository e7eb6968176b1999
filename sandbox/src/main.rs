//! `sandbox [--port 4555] [--workspace FILE.json]`: the stand-in by itself, for an app in any language.

use anyhow::{Context, bail};
use sandbox::{Builder, RequestUrls, Workspace};
use serde::Deserialize;
use std::io::Write;

/// The file: who is there. Everything may be left out; `examples/workspace.json` shows it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Spec {
    app: Option<String>,
    users: Vec<User>,
    channels: Vec<Channel>,
    commands: Vec<Command>,
    events: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
    secrets: Option<Secrets>,
    request_urls: Option<RequestUrls>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    id: String,
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    guest: bool,
    team_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    id: String,
    name: String,
    members: Vec<String>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    shared: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    name: String,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    should_escape: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    bot_token: String,
    app_token: String,
    signing_secret: String,
}

const EXAMPLE: &str = include_str!("../examples/workspace.json");

fn build(spec: Spec) -> Builder {
    let mut builder = Workspace::builder();
    if let Some(app) = &spec.app {
        builder = builder.app(app);
    }
    for user in &spec.users {
        builder = match (&user.team_id, user.guest) {
            (Some(team), _) => builder.outside_user(&user.id, &user.name, team),
            (None, true) => builder.guest(&user.id, &user.name),
            (None, false) => builder.titled_user(&user.id, &user.name, &user.title),
        };
    }
    for channel in &spec.channels {
        let members: Vec<&str> = channel.members.iter().map(String::as_str).collect();
        builder = match (channel.private, channel.shared) {
            (true, _) => builder.private_channel(&channel.id, &channel.name, &members),
            (false, true) => builder.shared_channel(&channel.id, &channel.name, &members),
            (false, false) => builder.channel(&channel.id, &channel.name, &members),
        };
    }
    for command in &spec.commands {
        builder = if command.should_escape {
            builder.escaping_command(&command.name, &command.hint)
        } else {
            builder.command(&command.name, &command.hint)
        };
    }
    if let Some(events) = &spec.events {
        builder = builder.events(&events.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(scopes) = &spec.scopes {
        builder = builder.scopes(&scopes.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(secrets) = &spec.secrets {
        builder = builder.secrets(
            &secrets.bot_token,
            &secrets.app_token,
            &secrets.signing_secret,
        );
    }
    match spec.request_urls {
        Some(urls) => builder.request_urls(urls),
        None => builder,
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut port = 4_555;
    let mut text = EXAMPLE.to_owned();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--port" => {
                port = value()?
                    .parse()
                    .context("--port takes a number up to 65535")?;
            }
            "--workspace" => {
                let file = value()?;
                text = std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read {file}"))?;
            }
            _ => bail!("usage: sandbox [--port 4555] [--workspace FILE.json]"),
        }
    }
    let spec: Spec =
        serde_json::from_str(&text).context("the workspace file is not as it should be")?;
    let space = build(spec)
        .port(port)
        .start()
        .await
        .with_context(|| format!("cannot listen on port {port}"))?;
    let mut out = std::io::stdout();
    writeln!(out, "page            {}", space.url())?;
    writeln!(out, "SLACK_API_URL   {}", space.api_url())?;
    writeln!(out, "bot token       {}", space.bot_token())?;
    writeln!(out, "app token       {}", space.app_token())?;
    writeln!(out, "signing secret  {}", space.signing_secret())?;
    out.flush()?;
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_as_it_should_be() {
        let spec: Spec = serde_json::from_str(EXAMPLE).unwrap_or_default();
        assert_eq!(
            (spec.users.len(), spec.channels.len(), spec.commands.len()),
            (3, 2, 1)
        );
    }
}
