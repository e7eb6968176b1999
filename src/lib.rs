//! Lodestar: the dispute resolution protocols of Independent Reviewing Officers, run in Slack.
