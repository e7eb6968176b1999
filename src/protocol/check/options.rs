//! What people choose in a form's list: longer than the list shows, and only its start is read.

use super::Checker;

/// The longest words of an option, in characters: Slack shows no more.
const OPTION: usize = 75;

pub(super) fn check(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    let mut said: Vec<(String, &str)> = Vec::new();
    for (number, theme) in protocol.themes.iter().enumerate() {
        let path = if theme.name.is_empty() {
            "categories".to_owned()
        } else {
            said.push((format!("theme.{number}.name"), &theme.name));
            format!("theme.{number}.categories")
        };
        let categories = theme.categories.iter();
        said.extend(
            categories.map(|category| (format!("{path}.{}", category.id), category.name.as_str())),
        );
    }
    for (number, route) in protocol.routes.iter().enumerate() {
        // A protocol with one ladder has no list of them, and its route is called as the protocol.
        if protocol.routes.len() > 1 {
            said.push((format!("route.{number}.name"), &route.name));
        }
        for (place, step) in route.steps.iter().enumerate() {
            let meeting = protocol.beside.meetings.get(&step.id);
            let kinds = meeting.into_iter().flat_map(|meeting| &meeting.kinds);
            let path = format!("{}.meeting.kinds", checker.places.step(number, place));
            said.extend(
                kinds
                    .enumerate()
                    .map(|(at, kind)| (format!("{path}.{at}"), kind.as_str())),
            );
        }
    }
    for (number, partner) in protocol.beside.partners.iter().enumerate() {
        said.push((format!("partner.{number}.name"), &partner.name));
        let names = partner.names.iter().enumerate();
        said.extend(
            names.map(|(at, name)| (format!("partner.{number}.names.{at}"), name.as_str())),
        );
    }
    for (number, redirect) in protocol.beside.redirects.iter().enumerate() {
        said.push((format!("redirect.{number}.to"), &redirect.to));
    }
    for (path, words) in said {
        let long = words.chars().count();
        if long > OPTION {
            checker.warning(
                &path,
                format!(
                    "This is {long} characters long, and a form's list shows {OPTION}: shorten it, or people choose it by its start."
                ),
            );
        }
    }
}
