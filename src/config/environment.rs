//! The environment, read once at start. An empty variable counts as unset; secrets are never shown, not even in errors.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::fault::{Fault, Place};

/// What the environment says, with its defaults.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `SLACK_BOT_TOKEN`: `xoxb-…`.
    pub bot_token: Option<SecretString>,
    /// `SLACK_APP_TOKEN`: `xapp-…`, Socket Mode.
    pub app_token: Option<SecretString>,
    /// `SLACK_SIGNING_SECRET`: signed HTTP.
    pub signing_secret: Option<SecretString>,
    /// `SLACK_API_URL`, without a slash at its end. Plain http to this machine only.
    pub api_url: String,
    /// `DATABASE_URL`: `sqlite:…` or `postgres://…`, which holds a password.
    pub database_url: SecretString,
    /// `LODESTAR_KEY_FILE`: the key that seals free text.
    pub key_file: PathBuf,
    /// `LODESTAR_LISTEN`.
    pub listen: SocketAddr,
    /// `LODESTAR_CONFIG`: the council's file.
    pub config: PathBuf,
    /// `LODESTAR_LOG_FORMAT`, which `--log-format` overrides.
    pub log_format: LogFormat,
    /// `HTTPS_PROXY` and `NO_PROXY`, in capitals or not.
    pub proxies: Proxies,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// For machines, one object a line.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err("The log format is json or pretty"),
        }
    }
}

/// The way out to Slack, where it is not direct. Honoured for the Web API and for Socket Mode.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// The proxy for https and wss; it may hold a password.
    pub https: Option<SecretString>,
    /// Hosts that are reached without it, as `NO_PROXY` has them.
    pub no_proxy: Option<String>,
}

impl Environment {
    /// Reads the variables that `get` knows; `|name| std::env::var(name).ok()` in the program.
    ///
    /// # Errors
    /// Every variable that cannot be meant, by name and never with its value where it is a secret.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let set = |name: &str| {
            let value = get(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let proxy = |name: &str| set(name).or_else(|| set(&name.to_lowercase()));
        let mut check = |name: &'static str, found: Result<(), String>| {
            if let Err(what) = found {
                faults.push(Fault::new(Place::Variable(name), what));
            }
        };

        let bot_token = set("SLACK_BOT_TOKEN");
        check(
            "SLACK_BOT_TOKEN",
            token(
                bot_token.as_deref(),
                "xoxb-",
                "bot token",
                "OAuth & Permissions",
            ),
        );
        let app_token = set("SLACK_APP_TOKEN");
        check(
            "SLACK_APP_TOKEN",
            token(
                app_token.as_deref(),
                "xapp-",
                "app-level token",
                "Basic Information, App-Level Tokens",
            ),
        );
        let signing_secret = set("SLACK_SIGNING_SECRET");
        check("SLACK_SIGNING_SECRET", no_spaces(signing_secret.as_deref()));
        let api_url = set("SLACK_API_URL").unwrap_or_else(|| "https://slack.com/api".to_owned());
        check("SLACK_API_URL", slack_url(&api_url));
        let database_url = set("DATABASE_URL").unwrap_or_else(|| "sqlite:lodestar.db".to_owned());
        check("DATABASE_URL", database(&database_url));
        let listen = set("LODESTAR_LISTEN").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let listen = listen.parse().map_err(|_| {
            format!("{listen:?} is not an address and a port: write it as 127.0.0.1:3000, or 0.0.0.0:3000 to listen on every interface.")
        });
        check(
            "LODESTAR_LISTEN",
            listen.as_ref().map(drop).map_err(Clone::clone),
        );
        let log_format =
            set("LODESTAR_LOG_FORMAT").map_or(Ok(LogFormat::default()), |text| text.parse());
        check(
            "LODESTAR_LOG_FORMAT",
            log_format.map(drop).map_err(str::to_owned),
        );
        let https = proxy("HTTPS_PROXY");
        check("HTTPS_PROXY", https.as_deref().map_or(Ok(()), proxy_url));

        match (listen, log_format) {
            (Ok(listen), Ok(log_format)) if faults.is_empty() => Ok(Self {
                bot_token: bot_token.map(SecretString::from),
                app_token: app_token.map(SecretString::from),
                signing_secret: signing_secret.map(SecretString::from),
                api_url: api_url.trim_end_matches('/').to_owned(),
                database_url: database_url.into(),
                key_file: set("LODESTAR_KEY_FILE")
                    .unwrap_or_else(|| "lodestar.key".to_owned())
                    .into(),
                listen,
                config: set("LODESTAR_CONFIG")
                    .unwrap_or_else(|| "lodestar.toml".to_owned())
                    .into(),
                log_format,
                proxies: Proxies {
                    https: https.map(SecretString::from),
                    no_proxy: proxy("NO_PROXY"),
                },
            }),
            _ => Err(faults),
        }
    }

    /// What `lodestar serve` cannot do without: a bot token, and at least one way in.
    ///
    /// # Errors
    /// The variables that are missing.
    pub fn can_serve(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        if self.bot_token.is_none() {
            let what = "Not set: take the bot token (xoxb-…) from OAuth & Permissions in the app's settings.";
            faults.push(Fault::new(Place::Variable("SLACK_BOT_TOKEN"), what));
        }
        if self.app_token.is_none() && self.signing_secret.is_none() {
            let what = "Not set, and neither is SLACK_SIGNING_SECRET: set the first for Socket Mode, the second for signed HTTP, or both.";
            faults.push(Fault::new(Place::Variable("SLACK_APP_TOKEN"), what));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// Whether the store is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        is_postgres(self.database_url.expose_secret())
    }
}

/// A token is known by how it begins; nothing of it is ever repeated.
fn token(value: Option<&str>, prefix: &str, name: &str, page: &str) -> Result<(), String> {
    let Some(value) = value else { return Ok(()) };
    if value.len() > prefix.len() && value.starts_with(prefix) {
        return no_spaces(Some(value));
    }
    Err(format!(
        "This is not the {name}, which begins with {prefix}: copy it from {page} in the app's settings."
    ))
}

fn no_spaces(value: Option<&str>) -> Result<(), String> {
    if value.is_some_and(|value| value.chars().any(|c| c.is_whitespace() || c.is_control())) {
        return Err(
            "It has a space or a line break inside: copy it again, whole and alone.".to_owned(),
        );
    }
    Ok(())
}

/// A token must not leave the machine in the clear, so plain http goes to loopback alone.
fn slack_url(text: &str) -> Result<(), String> {
    let mend = "write it as https://slack.com/api";
    let url =
        Url::parse(text).map_err(|error| format!("It is not a web address ({error}): {mend}."))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "It must not hold a user name or a password: {mend}."
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "It must end with its path, without ? or #: {mend}."
        ));
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err(format!(
            "Plain http would show the token on the way, so it goes to this machine only (127.0.0.1): {mend}."
        )),
        other => Err(format!(
            "It begins with {other}:, and Slack is reached by https: {mend}."
        )),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

fn database(text: &str) -> Result<(), String> {
    let sqlite = text
        .strip_prefix("sqlite:")
        .is_some_and(|rest| !rest.is_empty());
    if sqlite || is_postgres(text) {
        return Ok(());
    }
    Err(
        "It begins with sqlite: and a file, for example sqlite:lodestar.db, or with postgres://."
            .to_owned(),
    )
}

fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// `http://proxy:3128`, or the host and port alone, as other programs take it.
fn proxy_url(text: &str) -> Result<(), String> {
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    match Url::parse(&with_scheme) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(()),
        _ => Err("It is not a proxy's address: write it as http://proxy.example:3128.".to_owned()),
    }
}
