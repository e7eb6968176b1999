//! `/concern` with words after it.

use super::Bot;
use super::fields::check_text;
use super::informing::Informing;
use super::outside::Way;
use super::words::Word;
use crate::concern::Command;
use crate::config::nearest;
use crate::ids::{ConcernId, Subject, UserId};
use crate::messages::{Problem, Reply as Said};
use crate::notice::Sort;
use crate::slack::modal::acts::Action;
use crate::slack::modal::meta::About;
use crate::slack::payload::{Slash, is_blank};
use crate::slack::reply::Reply;

impl Bot {
    /// The command.
    pub(super) async fn typed(&self, slash: &Slash, once: Option<String>) -> Reply {
        let user = UserId::from(slash.user_id.as_str());
        if !self.desk.directory().serves(&user) {
            // This child's own addressee need not be in the directory, and may read what they answer.
            match self.desk.readable(&user).await {
                Ok(lines) if lines.is_empty() => return Reply::words(self.stranger()),
                Ok(_) => {}
                Err(fault) => return Reply::words(self.trouble(&fault)),
            }
        }
        let (word, rest) = first_word(&slash.text);
        let Some(word) = Word::read(word) else {
            return self.help(&user, &word.to_lowercase(), rest);
        };
        match word {
            Word::New => {
                self.starts_raising(&user, slash.trigger_id.as_deref())
                    .await
            }
            Word::Review => self.starts_recording(slash).await,
            Word::Notify => self.starts_noticing(Sort::Change, slash).await,
            Word::Praise => self.starts_noticing(Sort::Praise, slash).await,
            Word::Service => self.starts_noticing(Sort::Service, slash).await,
            Word::List => self.list(&user).await,
            Word::Themes => self.themes(&user, rest).await,
            Word::Transfer => self.asks_transfer(&user, rest, slash).await,
            Word::Overdue => self.overdue(&user).await,
            Word::Cover => self.cover(&user, rest, once).await,
            Word::Proceedings => self.starts_proceedings(slash).await,
            Word::Tasks => self.my_tasks(&user).await,
            Word::Handover => self.hands_over(&user, rest, once).await,
            Word::Agencies => self.agencies(&user, rest).await,
            Word::Show
            | Word::Note
            | Word::Record
            | Word::Cafcass
            | Word::Legal
            | Word::Call
            | Word::Inform
            | Word::Response
            | Word::Redirect
            | Word::Copy => {
                if let Some(subject) = of_another_sort(rest) {
                    return self.about_other(word, &user, subject).await;
                }
                match (reference(rest), rest) {
                    (Some((id, rest)), _) => self.about(word, &user, (id, rest), slash, once).await,
                    (None, "") => self.problem(&Problem::NeedsReference { word: word.text() }),
                    (None, _) => self.problem(&Problem::NotAReference),
                }
            }
            Word::Help => self.help(&user, word.text(), rest),
        }
    }

    /// What there is; after a word that is none of it, with the one that was probably meant.
    fn help(&self, user: &UserId, word: &str, rest: &str) -> Reply {
        let may_raise = !self.desk.directory().raiser_roles(user).is_empty();
        let may_notify = self.may_notify(user);
        let help = |unknown, near| Said::Help {
            may_raise,
            may_notify,
            unknown,
            near,
        };
        if word == "help" {
            return self.says(&help(None, None));
        }
        // The words that this person is told of are the ones to choose among.
        let all = self.messages.reply(&help(None, None));
        let near = all.ok().and_then(|all| meant(&all.text, word, rest));
        self.says(&help(Some(word), near.as_deref()))
    }

    /// A word about what is kept beside the concerns: it is shown, and what is for concerns alone says so.
    async fn about_other(&self, word: Word, user: &UserId, subject: Subject) -> Reply {
        match (word, subject) {
            (Word::Show, Subject::Notice(id)) => self.show_notice(user, id).await,
            (Word::Show, Subject::Review(id)) => self.show_review(user, id).await,
            (Word::Show, Subject::Tasks(id)) => self.show_tasks(user, id).await,
            _ => self.problem(&Problem::OfAnotherSort {
                subject,
                word: word.text(),
            }),
        }
    }

    /// A word about one concern.
    async fn about(
        &self,
        word: Word,
        user: &UserId,
        (id, rest): (ConcernId, &str),
        slash: &Slash,
        once: Option<String>,
    ) -> Reply {
        match word {
            Word::Show => self.show(user, id).await,
            Word::Note => self.note(user, id, rest, slash, once).await,
            Word::Record => self.record(user, id, slash).await,
            Word::Call => self.call_form(user, id, slash.trigger_id.as_deref()).await,
            word if let Some(form) = Informing::named(word.text()) => {
                let trigger = slash.trigger_id.as_deref();
                self.informing_form(form, user, id, trigger).await
            }
            Word::Copy => self.copy_to(user, id, rest, once).await,
            Word::Redirect => {
                let trigger = slash.trigger_id.as_deref();
                self.opens_typed(Action::Redirect, user, id, trigger).await
            }
            Word::Cafcass => self.outside_form(user, id, Way::Cafcass, slash).await,
            _ => self.outside_form(user, id, Way::Legal, slash).await,
        }
    }

    async fn note(
        &self,
        user: &UserId,
        id: ConcernId,
        text: &str,
        slash: &Slash,
        once: Option<String>,
    ) -> Reply {
        if is_blank(text) {
            return self.note_form(user, id, slash).await;
        }
        let note = match check_text(&self.messages, &unescaped(text)) {
            Ok(note) => note,
            Err(why) => return Reply::words(why),
        };
        let done = self
            .desk
            .act(user, id, Command::Note { note }, once.as_deref())
            .await;
        match done {
            Ok(_) => self.says(&Said::Noted(id)),
            Err(fault) => self.explained(user, id, fault).await,
        }
    }

    async fn note_form(&self, user: &UserId, id: ConcernId, slash: &Slash) -> Reply {
        let case = match self.readable(user, id).await {
            Ok(case) => case,
            Err(fault) => return self.explained(user, id, fault).await,
        };
        let calendar = self.desk.calendar();
        let about = About {
            concern: id.to_string(),
            ..About::default()
        };
        let form = match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => Action::Note.form(&rules, &case.concern, self.today()),
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        self.open_form(slash.trigger_id.as_deref(), Action::Note, &form, &about)
            .await
    }
}

/// What was probably meant by a word and what follows it, among the words of `help`: a reference alone is to be shown.
fn meant(help: &str, word: &str, rest: &str) -> Option<String> {
    if let Ok(subject) = word.parse::<Subject>() {
        return Some(format!("show {subject}"));
    }
    let known = help.lines().filter_map(|line| {
        let after = line.strip_prefix("/concern ")?;
        after.split([' ', ':']).next()
    });
    let near = nearest(word, known)?;
    let about = first_word(rest).0.parse::<Subject>();
    Some(about.map_or_else(|_| near.to_owned(), |about| format!("{near} {about}")))
}

pub(super) fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}

/// A reference as people type it, and what follows it.
pub(super) fn reference(text: &str) -> Option<(ConcernId, &str)> {
    let (word, rest) = first_word(text);
    let word = word.trim_matches(['.', ',', ':', '`', '*', '#']);
    let bare = word.strip_prefix(['C', 'c']).unwrap_or(word);
    let id = word.parse().or_else(|_| bare.parse()).ok()?;
    Some((id, rest))
}

/// The reference of a review, a notice or a list of tasks as people type it.
fn of_another_sort(text: &str) -> Option<Subject> {
    let (word, _) = first_word(text);
    let word = word.trim_matches(['.', ',', ':', '`', '*', '#']);
    let subject = word.parse().ok()?;
    (!matches!(subject, Subject::Concern(_))).then_some(subject)
}

/// Slack sends these three escaped in a command's text.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_it_is_typed_on_a_phone() {
        for typed in ["C-42", "c-42", "c42", "42", "#42", "`C-42`", "C-42,"] {
            assert_eq!(
                reference(typed).map(|(id, _)| id),
                Some(ConcernId(42)),
                "{typed}"
            );
        }
        for typed in ["", "forty-two", "C-", "C-0", "C-4x", "D-4"] {
            assert_eq!(reference(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_reference_of_a_review_a_notice_or_a_list_is_told_from_a_concerns() {
        for (typed, read) in [("R-7", "R-7"), ("n-7,", "N-7"), ("`t-7` and more", "T-7")] {
            let found = of_another_sort(typed).map(|subject| subject.to_string());
            assert_eq!(found.as_deref(), Some(read), "{typed}");
        }
        for typed in ["C-7", "7", "", "R-", "tea"] {
            assert_eq!(of_another_sort(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_follows_a_reference_is_kept_as_it_is() {
        assert_eq!(
            reference("C-7   rang the school,  twice"),
            Some((ConcernId(7), "rang the school,  twice"))
        );
    }

    #[test]
    fn a_word_typed_with_angle_brackets_comes_back_as_it_was() {
        assert_eq!(unescaped("a &lt;b&gt; &amp;amp; c"), "a <b> &amp; c");
    }
}
