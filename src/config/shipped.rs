//! The files that come with the program say what the program does.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by failing"
)]

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;
use slack_morphism::prelude::SlackAppManifest;

use super::Environment;

const ENV_EXAMPLE: &str = include_str!("../../.env.example");
const MANIFEST: &str = include_str!("../../slack-manifest.yaml");

#[test]
fn the_example_environment_names_every_variable_that_is_read_and_no_other() {
    let read = RefCell::new(BTreeSet::new());
    let environment = Environment::read(|name| {
        read.borrow_mut().insert(name.to_uppercase());
        None
    });
    assert!(environment.is_ok());
    let listed: BTreeSet<String> = ENV_EXAMPLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name != "RUST_LOG")
        .collect();
    assert_eq!(listed, read.into_inner());
}

#[test]
fn the_manifest_is_one_that_slack_takes_with_the_least_scopes() {
    let manifest: Value = serde_saphyr::from_str(MANIFEST).unwrap();
    let typed: SlackAppManifest = serde_json::from_value(manifest.clone()).unwrap();
    assert_eq!(typed.settings.unwrap().socket_mode_enabled, Some(true));

    let command = &manifest["features"]["slash_commands"][0];
    assert_eq!(command["command"], "/concern");
    assert_eq!(command["should_escape"], true);
    assert_eq!(manifest["settings"]["interactivity"]["is_enabled"], true);
    assert_eq!(
        manifest["settings"]["event_subscriptions"]["bot_events"],
        serde_json::json!(["app_home_opened"])
    );
    assert_eq!(manifest["features"]["app_home"]["home_tab_enabled"], true);
    // Slack's own limits: https://docs.slack.dev/reference/app-manifest
    let shown = &manifest["display_information"];
    assert!(shown["name"].as_str().unwrap().len() <= 35);
    assert!(shown["description"].as_str().unwrap().len() <= 140);
    assert!(command["usage_hint"].as_str().unwrap().len() <= 1000);

    let scopes: Vec<&str> = manifest["oauth_config"]["scopes"]["bot"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(
        scopes,
        [
            "commands",
            "chat:write",
            "im:write",
            "users:read",
            "channels:read",
            "groups:read",
            "channels:history",
            "groups:history",
            "im:history",
        ]
    );
}
