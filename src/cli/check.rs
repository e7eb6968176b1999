//! `lodestar check`: whether the council's file, people, protocols and words can be used, and with `--online` whether Slack agrees.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use clap::Args;
use serde_json::Value;

use super::Failure;
use crate::app::{self, Read};
use crate::config::Environment;
use crate::directory::Directory;
use crate::messages::Messages;
use crate::metrics::Metrics;
use crate::slack::web::{ApiError, Identity, Patience};

/// The scopes the bot cannot do without.
const NEEDED: [&str; 6] = [
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "channels:read",
    "groups:read",
];
/// The scopes that only the confirmation of deliveries needs.
const TO_CONFIRM: [&str; 3] = ["channels:history", "groups:history", "im:history"];

/// Check the council's file, its people, every protocol and every message; with --online, ask Slack too.
#[derive(Args, Clone, Copy, Debug)]
pub struct CheckArgs {
    /// Ask Slack as well: the token and its scopes, the people, the channels.
    #[arg(long)]
    pub online: bool,
}

/// Runs the checks: warnings and what was looked at go to `out`.
///
/// # Errors
/// [`Failure::Usage`] with every fault of the configuration; [`Failure::No`] with every one that Slack has.
pub async fn run(
    args: CheckArgs,
    environment: &Environment,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Read {
        config,
        library,
        warnings,
        ..
    } = app::read_with(&environment.config, |own| {
        Messages::tried(own).map(Arc::new)
    })?;
    let (directory, found) = app::check_people(&config, &library)?;
    for warning in warnings.iter().chain(&found) {
        writeln!(out, "warning: {warning}")?;
    }
    writeln!(
        out,
        "The configuration can be used: {} protocols, {} teams, {} people, every message template.",
        library.iter().count(),
        directory.teams().len(),
        directory.people().len()
    )?;
    if !args.online {
        return Ok(());
    }
    let faults = ask_slack(
        environment,
        &directory,
        config.slack.confirm_deliveries,
        out,
    )
    .await?;
    if faults.is_empty() {
        writeln!(
            out,
            "Slack agrees: the token, its scopes, every person and every channel."
        )?;
        return Ok(());
    }
    Err(Failure::No(faults.join("\n")))
}

async fn ask_slack(
    environment: &Environment,
    directory: &Directory,
    confirms: bool,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    environment.can_serve().map_err(Failure::faults)?;
    let web = app::web_api(environment, Patience::default(), Metrics::new())?;
    let identity = web.auth_test().await.map_err(|fault| match fault {
        ApiError::Auth { .. } => Failure::no(format!(
            "SLACK_BOT_TOKEN: {fault}: copy the bot token again from OAuth & Permissions."
        )),
        _ => Failure::no(format!(
            "{fault}: check SLACK_API_URL, HTTPS_PROXY and the network."
        )),
    })?;
    writeln!(
        out,
        "Slack knows the bot: workspace {}, user {}.",
        identity.team_id, identity.user_id
    )?;
    let mut faults = missing_scopes(&identity.scopes, confirms);
    if identity.scopes.contains("users:read") {
        for user in directory.people() {
            match web.users_info(user.as_str()).await {
                Ok(found) => faults.extend(person_fault(user.as_str(), &found, &identity)),
                Err(fault) => faults.push(format!(
                    "{user}: {fault}: give the Slack member id of somebody in this workspace."
                )),
            }
        }
    }
    for channel in directory.channels().keys() {
        match web.conversations_info(channel).await {
            Ok(found) => faults.extend(channel_fault(channel, &found)),
            Err(fault) => faults.push(format!(
                "{channel}: {fault}: invite the bot to the channel, or correct its id."
            )),
        }
    }
    Ok(faults)
}

fn missing_scopes(granted: &BTreeSet<String>, confirms: bool) -> Vec<String> {
    if granted.is_empty() {
        return vec!["Slack did not say which scopes the token has: reinstall the app from slack-manifest.yaml.".to_owned()];
    }
    let lacks = |scope: &&&str| !granted.contains(**scope);
    let mut faults: Vec<String> = NEEDED
        .iter()
        .filter(lacks)
        .map(|scope| format!("The token lacks the scope {scope}: add it under OAuth & Permissions and reinstall the app."))
        .collect();
    if confirms {
        faults.extend(TO_CONFIRM.iter().filter(lacks).map(|scope| {
            format!("The token lacks the scope {scope}: add it and reinstall the app, or set [slack] confirm_deliveries = false.")
        }));
    }
    faults
}

fn person_fault(user: &str, found: &Value, identity: &Identity) -> Option<String> {
    let is = |name: &str| found.get(name).and_then(Value::as_bool) == Some(true);
    let elsewhere = found
        .get("team_id")
        .and_then(Value::as_str)
        .is_some_and(|team| team != identity.team_id);
    if is("deleted") {
        Some(format!(
            "{user} is deactivated in Slack: name somebody else, or leave the role vacant with users = []."
        ))
    } else if is("is_bot") {
        Some(format!("{user} is a bot: name a person."))
    } else if is("is_stranger") || elsewhere {
        Some(format!(
            "{user} is from outside this workspace: only the council's own people may hold a role or raise."
        ))
    } else if is("is_restricted") || is("is_ultra_restricted") {
        Some(format!(
            "{user} is a guest in this workspace: only full members may hold a role or raise."
        ))
    } else {
        None
    }
}

fn channel_fault(channel: &str, found: &Value) -> Option<String> {
    let is = |name: &str| found.get(name).and_then(Value::as_bool) == Some(true);
    if is("is_archived") {
        Some(format!(
            "{channel} is archived: unarchive it, or name another channel."
        ))
    } else if is("is_ext_shared")
        || is("is_shared")
        || is("is_org_shared")
        || is("is_pending_ext_shared")
    {
        Some(format!(
            "{channel} is shared beyond this workspace: nothing is posted there; name a channel of the council's own."
        ))
    } else if found.get("is_member").and_then(Value::as_bool) == Some(false) {
        Some(format!("The bot is not in {channel}: invite it there."))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity() -> Identity {
        Identity {
            team_id: "T1".to_owned(),
            user_id: "UBOT".to_owned(),
            bot_id: None,
            url: None,
            scopes: BTreeSet::new(),
        }
    }

    #[test]
    fn people_who_may_not_act_are_named_with_the_mend() {
        let fault = |found: Value| person_fault("U1", &found, &identity());
        assert_eq!(fault(json!({"team_id": "T1"})), None);
        for (found, word) in [
            (json!({"team_id": "T1", "deleted": true}), "deactivated"),
            (json!({"team_id": "T2"}), "outside"),
            (json!({"team_id": "T1", "is_restricted": true}), "guest"),
            (json!({"team_id": "T1", "is_bot": true}), "a bot"),
        ] {
            assert!(
                fault(found).is_some_and(|words| words.contains(word)),
                "{word}"
            );
        }
    }

    #[test]
    fn channels_shared_beyond_the_council_are_refused() {
        assert_eq!(channel_fault("C1", &json!({"is_member": true})), None);
        for (found, word) in [
            (json!({"is_ext_shared": true}), "shared"),
            (json!({"is_archived": true}), "archived"),
            (json!({"is_member": false}), "invite"),
        ] {
            assert!(
                channel_fault("C1", &found).is_some_and(|words| words.contains(word)),
                "{word}"
            );
        }
    }

    #[test]
    fn the_history_scopes_are_asked_for_only_to_confirm_deliveries() {
        let granted: BTreeSet<String> = NEEDED.iter().map(|scope| (*scope).to_owned()).collect();
        assert_eq!(missing_scopes(&granted, false), Vec::<String>::new());
        assert_eq!(missing_scopes(&granted, true).len(), 3);
        assert_eq!(
            missing_scopes(&BTreeSet::from(["commands".to_owned()]), false).len(),
            5
        );
    }
}
