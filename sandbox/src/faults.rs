//! What goes wrong on demand.

use std::time::Duration;

/// What happens to a call in place of, or after, its work.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// HTTP 429 with `Retry-After` of so many seconds.
    RateLimited(u64),
    /// An HTTP status without a usable body, such as 503.
    Status(u16),
    /// HTTP 200 with `ok: false` and this error code, such as `is_archived`.
    Error(String),
    /// Never answers; the work is not done.
    Hang,
    /// Never answers, though the work was done: a post that timed out after it was stored.
    HangAfterDoing,
    /// Cuts the connection; the work is not done.
    Reset,
    /// Cuts the connection, though the work was done.
    ResetAfterDoing,
    /// Does the work and answers, but only after this many milliseconds.
    Slow(u64),
}

impl Fault {
    pub(crate) fn delay(&self) -> Option<Duration> {
        match self {
            Self::Slow(millis) => Some(Duration::from_millis(*millis)),
            _ => None,
        }
    }

    pub(crate) fn after_doing(&self) -> bool {
        matches!(
            self,
            Self::HangAfterDoing | Self::ResetAfterDoing | Self::Slow(_)
        )
    }
}

/// A fault and the calls it befalls.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct FaultRule {
    /// The method; `*` for every one; `response_url` for posts to those.
    pub method: String,
    /// Only calls with this `channel` argument (a channel, or a user id where the app posts to one).
    #[serde(default)]
    pub channel: Option<String>,
    /// How many calls it befalls; without it until cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub fault: Fault,
}

impl FaultRule {
    /// Befalls every call of the method until cleared.
    #[must_use]
    pub fn on(method: &str, fault: Fault) -> Self {
        Self {
            method: method.to_owned(),
            channel: None,
            times: None,
            fault,
        }
    }

    /// Only calls for this channel.
    #[must_use]
    pub fn channel(mut self, channel: &str) -> Self {
        self.channel = Some(channel.to_owned());
        self
    }

    /// Only so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn befalls(&self, method: &str, channel: Option<&str>) -> bool {
        (self.method == "*" || self.method == method)
            && self
                .channel
                .as_deref()
                .is_none_or(|wanted| Some(wanted) == channel)
    }
}

/// The fault for this call, if any; counts it.
pub(crate) fn take(
    rules: &mut Vec<FaultRule>,
    method: &str,
    channel: Option<&str>,
) -> Option<Fault> {
    let at = rules
        .iter()
        .position(|rule| rule.befalls(method, channel))?;
    let rule = rules.get_mut(at)?;
    let fault = rule.fault.clone();
    if let Some(times) = rule.times.as_mut() {
        *times = times.saturating_sub(1);
        if *times == 0 {
            rules.remove(at);
        }
    }
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_ends_after_its_number_of_calls_and_spares_other_channels() {
        let mut rules = vec![
            FaultRule::on("chat.postMessage", Fault::Status(503))
                .channel("C1")
                .times(2),
        ];
        assert_eq!(take(&mut rules, "chat.postMessage", Some("C2")), None);
        assert_eq!(
            take(&mut rules, "chat.postMessage", Some("C1")),
            Some(Fault::Status(503))
        );
        assert_eq!(take(&mut rules, "chat.update", Some("C1")), None);
        assert_eq!(
            take(&mut rules, "chat.postMessage", Some("C1")),
            Some(Fault::Status(503))
        );
        assert_eq!(take(&mut rules, "chat.postMessage", Some("C1")), None);
    }
}
