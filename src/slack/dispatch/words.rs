//! The words that may follow `/concern`: one list, from which a command is read. What each does is said by the help alone, and the
//! page of the demonstration, the app's manifest and the README are held to that.

use super::typed::first_word;

/// Makes the words, so that none can be read that is not in [`Word::ALL`].
macro_rules! words {
    ($($word:ident $text:literal),+ $(,)?) => {
        /// A word that may follow `/concern`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word {
            $(#[doc = concat!("`/concern ", $text, "`.")] $word,)+
        }

        impl Word {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$word),+];

            /// As it is typed.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }
        }
    };
}

words! {
    New "new",
    Review "review",
    Praise "praise",
    Service "service",
    Notify "notify",
    Proceedings "proceedings",
    List "list",
    Tasks "tasks",
    Show "show",
    Overdue "overdue",
    Note "note",
    Handover "handover",
    Record "record",
    Cafcass "cafcass",
    Legal "legal",
    Call "call",
    Inform "inform",
    Response "response",
    Copy "copy",
    Redirect "redirect",
    Agencies "agencies",
    Transfer "transfer",
    Themes "themes",
    Cover "cover",
    Help "help",
}

impl Word {
    /// The word as it was typed, in capitals or not; nothing at all is [`Word::New`].
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        if typed.is_empty() {
            return Some(Self::New);
        }
        let same = |word: &&Self| word.text().eq_ignore_ascii_case(typed);
        Self::ALL.iter().find(same).copied()
    }
}

/// The words that a client shows beside the command before anything is typed: those that are needed most, and the way to the rest.
const HINTED: &[Word] = &[
    Word::New,
    Word::List,
    Word::Show,
    Word::Overdue,
    Word::Note,
    Word::Handover,
    Word::Cover,
    Word::Help,
];

/// The usage hint of the command, from the lines of the help as [`crate::messages::Messages::commands`] gives them.
#[must_use]
pub fn hint(commands: &[(String, String)]) -> String {
    let typed = |word: &Word| {
        let of = |(typed, _): &&(String, String)| first_word(typed).0 == word.text();
        commands
            .iter()
            .find(of)
            .map_or(word.text(), |(typed, _)| typed)
    };
    let words: Vec<&str> = HINTED.iter().map(typed).collect();
    format!("[{}]", words.join(" | "))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

    use super::*;
    use crate::messages::Messages;

    fn listed() -> Vec<(String, String)> {
        Messages::load(None).unwrap().commands()
    }

    #[test]
    fn a_word_is_read_however_it_is_typed_and_nothing_else_is() {
        assert_eq!(Word::read(""), Some(Word::New));
        assert_eq!(Word::read("OverDue"), Some(Word::Overdue));
        assert_eq!(Word::read("overdues"), None);
    }

    #[test]
    fn the_help_tells_of_every_word_and_of_no_other() {
        let mut told: Vec<String> = listed()
            .into_iter()
            .map(|(typed, _)| typed.split(' ').next().unwrap_or_default().to_owned())
            .collect();
        let mut taken: Vec<&str> = Word::ALL.iter().map(|word| word.text()).collect();
        // The word for which nothing need be typed stands there as nothing.
        for word in &mut told {
            if word.is_empty() {
                word.push_str(Word::New.text());
            }
        }
        told.sort();
        taken.sort_unstable();
        assert_eq!(told, taken);
    }

    #[test]
    fn the_manifest_and_the_readme_say_what_the_help_says() {
        let file = |name: &str| {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(root.join(name)).unwrap()
        };
        let wanted = format!("usage_hint: \"{}\"", hint(&listed()));
        assert!(
            file("slack-manifest.yaml").contains(&wanted),
            "the manifest does not say {wanted}"
        );
        let readme = file("README.md");
        let rows: Vec<String> = listed()
            .into_iter()
            .map(|(typed, does)| format!("| `{}` | {does} |", format!("/concern {typed}").trim()))
            .collect();
        let wanted = rows.join("\n");
        assert!(
            readme.contains(&wanted),
            "the README's table of commands is not:\n{wanted}"
        );
    }
}
