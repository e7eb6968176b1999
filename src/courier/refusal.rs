//! What a refusal by Slack means for a message.

/// What is to be done about an error code of Slack's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing can be posted to this place, ever: another way to the same people is found.
    Place,
    /// The message that was to be edited is not there, or can no longer be edited.
    Gone,
    /// Slack does not take what the message says: a fault in a template or in the program.
    Body,
    /// Something on the way to Slack answered in its place.
    Way,
    /// A code not known here: tried again some times.
    Odd,
}

/// The code for a channel shared with another organisation, to which nothing is ever sent.
pub(super) const SHARED: &str = "shared_channel";

/// What an error code means. Source: the error lists of `chat.postMessage`, `chat.update` and `conversations.open`.
pub(super) fn meaning(code: &str) -> Meaning {
    match code {
        "channel_not_found"
        | "is_archived"
        | "not_in_channel"
        | "user_disabled"
        | "user_not_found"
        | "user_not_visible"
        | "users_not_found"
        | "messages_tab_disabled"
        | "cannot_dm_bot"
        | "cannot_post_to_user"
        | "access_denied_to_channel"
        | "is_inactive"
        | "method_not_supported_for_channel_type"
        | SHARED => Meaning::Place,
        code if code.starts_with("restricted_action") => Meaning::Place,
        "message_not_found" | "cant_update_message" | "edit_window_closed" => Meaning::Gone,
        "no_text"
        | "msg_too_long"
        | "msg_blocks_too_long"
        | "invalid_blocks"
        | "invalid_blocks_format"
        | "blocks_too_long"
        | "too_many_blocks"
        | "markdown_text_conflict"
        | "invalid_arguments"
        | "invalid_array_arg"
        | "invalid_json"
        | "json_not_object"
        | "invalid_post_type"
        | "invalid_metadata_format"
        | "invalid_metadata_schema"
        | "metadata_too_large"
        | "metadata_must_be_sent_from_app" => Meaning::Body,
        code if code.starts_with("http_") => Meaning::Way,
        _ => Meaning::Odd,
    }
}

/// Whether a destination is a person's id rather than a channel's.
pub(super) fn is_person(dest: &str) -> bool {
    dest.starts_with(['U', 'W'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_place_a_deleted_message_and_a_bad_body_are_told_apart() {
        assert_eq!(meaning("is_archived"), Meaning::Place);
        assert_eq!(
            meaning("restricted_action_read_only_channel"),
            Meaning::Place
        );
        assert_eq!(meaning("message_not_found"), Meaning::Gone);
        assert_eq!(meaning("invalid_blocks"), Meaning::Body);
        assert_eq!(meaning("http_404"), Meaning::Way);
        assert_eq!(meaning("something_new"), Meaning::Odd);
    }
}
