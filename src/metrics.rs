//! Counts and gauges for `/metrics`, in the Prometheus text format.
//!
//! Names, labels and their values are all `&'static str`: what a person wrote, an id or a token cannot get in, and the number of
//! series is bounded by the program's text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// The program's counts and gauges. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    families: Arc<Mutex<BTreeMap<&'static str, Family>>>,
}

#[derive(Debug)]
struct Family {
    kind: &'static str,
    help: &'static str,
    series: BTreeMap<Vec<(&'static str, &'static str)>, i64>,
}

impl Metrics {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says in a sentence what `name` counts. A name's sentence may come before or after its first count.
    pub fn describe(&self, name: &'static str, help: &'static str) {
        let mut families = self.lock();
        let kind = if name.ends_with("_total") {
            "counter"
        } else {
            "gauge"
        };
        families
            .entry(name)
            .or_insert_with(|| Family::new(kind))
            .help = help;
    }

    /// Adds one to the counter `name` (which ends in `_total`).
    pub fn count(&self, name: &'static str, labels: &[(&'static str, &'static str)]) {
        self.change(name, "counter", labels, |value| value.saturating_add(1));
    }

    /// Adds `by`, which may be negative, to the gauge `name`.
    pub fn add(&self, name: &'static str, labels: &[(&'static str, &'static str)], by: i64) {
        self.change(name, "gauge", labels, |value| value.saturating_add(by));
    }

    /// Sets the gauge `name`.
    pub fn set(&self, name: &'static str, labels: &[(&'static str, &'static str)], value: i64) {
        self.change(name, "gauge", labels, |_| value);
    }

    /// What a series stands at; 0 if it never was touched.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&'static str, &'static str)]) -> i64 {
        let families = self.lock();
        let series = families
            .get(name)
            .and_then(|family| family.series.get(labels));
        series.copied().unwrap_or(0)
    }

    /// The whole as Prometheus text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, family) in self.lock().iter() {
            if !family.help.is_empty() {
                let _ = writeln!(out, "# HELP {name} {}", family.help);
            }
            let _ = writeln!(out, "# TYPE {name} {}", family.kind);
            for (labels, value) in &family.series {
                out.push_str(name);
                let pairs: Vec<String> = labels
                    .iter()
                    .map(|(label, value)| format!("{label}=\"{value}\""))
                    .collect();
                if !pairs.is_empty() {
                    let _ = write!(out, "{{{}}}", pairs.join(","));
                }
                let _ = writeln!(out, " {value}");
            }
        }
        out
    }

    fn change(
        &self,
        name: &'static str,
        kind: &'static str,
        labels: &[(&'static str, &'static str)],
        change: impl FnOnce(i64) -> i64,
    ) {
        let mut families = self.lock();
        let family = families.entry(name).or_insert_with(|| Family::new(kind));
        let value = family.series.entry(labels.to_vec()).or_insert(0);
        *value = change(*value);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Family>> {
        // Whole after every statement, so a panic elsewhere cannot have left it half-set.
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Family {
    fn new(kind: &'static str) -> Self {
        Self {
            kind,
            help: "",
            series: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_gauges_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::new();
        metrics.describe("lodestar_inbound_total", "What came from Slack.");
        metrics.count("lodestar_inbound_total", &[("kind", "click")]);
        metrics.count("lodestar_inbound_total", &[("kind", "click")]);
        metrics.set("lodestar_socket_connections", &[], 2);
        metrics.add("lodestar_socket_connections", &[], -1);
        assert_eq!(
            metrics.text(),
            "# HELP lodestar_inbound_total What came from Slack.\n\
             # TYPE lodestar_inbound_total counter\n\
             lodestar_inbound_total{kind=\"click\"} 2\n\
             # TYPE lodestar_socket_connections gauge\n\
             lodestar_socket_connections 1\n"
        );
        assert_eq!(
            metrics.value("lodestar_inbound_total", &[("kind", "click")]),
            2
        );
        assert_eq!(metrics.value("lodestar_other_total", &[]), 0);
    }
}
