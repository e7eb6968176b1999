//! The format of a protocol file as a JSON Schema, so that an editor completes and checks a file while it is written.
//!
//! The reader says more than a schema can (a step that nothing leads to, a role that does not exist): `lodestar protocol check` has
//! the last word.

/// `protocols/_schema.json`: JSON Schema 2020-12 of the TOML format, each key with its meaning and default.
pub const SCHEMA: &str = include_str!("../../protocols/_schema.json");
