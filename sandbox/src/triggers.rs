//! Triggers: what an app shows to open a view. One use, three seconds.

use crate::state::State;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Trigger {
    pub(crate) user: String,
    /// The view the person was in, for `views.push`.
    pub(crate) view: Option<String>,
    issued: Instant,
    used: bool,
}

impl State {
    pub(crate) fn new_trigger(&mut self, user: &str, view: Option<&str>) -> String {
        let number = self.number();
        let id = format!("{number}.{}.{:016x}", number + 7, rand::random::<u64>());
        let trigger = Trigger {
            user: user.to_owned(),
            view: view.map(str::to_owned),
            issued: Instant::now(),
            used: false,
        };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// Makes every trigger of the past expired, as if three seconds had gone.
    pub(crate) fn expire_triggers(&mut self) {
        let long_ago =
            Instant::now().checked_sub(self.edges.trigger_life + Duration::from_millis(1));
        if let Some(long_ago) = long_ago {
            for trigger in self.triggers.values_mut() {
                trigger.issued = long_ago;
            }
        }
    }

    /// The person and the view behind a trigger, and marks it as used. The error is Slack's code.
    pub(crate) fn use_trigger(
        &mut self,
        id: &str,
    ) -> Result<(String, Option<String>), &'static str> {
        let life = self.edges.trigger_life;
        let Some(trigger) = self.triggers.get_mut(id) else {
            return Err("invalid_trigger_id");
        };
        if trigger.used {
            return Err("exchanged_trigger_id");
        }
        if trigger.issued.elapsed() > life {
            return Err("expired_trigger_id");
        }
        trigger.used = true;
        Ok((trigger.user.clone(), trigger.view.clone()))
    }
}
