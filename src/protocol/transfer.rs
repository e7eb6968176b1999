//! What a protocol says of a case that moves to another team while a concern about it is open.

/// The freeze on moving a case (`B-App1.FREEZE`): the paper says "should", so whoever asks is warned, and nothing is blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRule {
    /// Until when the case should stay, in the paper's words, such as "until it is resolved by the social worker".
    pub until: Option<String>,
    /// Where the source says so.
    pub clause: String,
}
