//! `lodestar demo`: the stand-in workspace and the bot in one process, a sample council, a clock to move. Nothing to set up.

pub mod sample;
