//! A stand-in for Slack on one machine.
