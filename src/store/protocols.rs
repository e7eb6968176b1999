//! Every protocol version a concern was ever raised under, so that each runs to its end by the rules it began with.

use super::{StoreError, Tx, run, statements};

statements! {
    // What comes round for a protocol or a team follows the version in force, and keeps none back.
    PIN = "INSERT INTO protocols (hash, id, source) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
    ONE = "SELECT id, hash, source FROM protocols WHERE hash = $1";
    IN_USE = "SELECT id, hash, source FROM protocols WHERE hash IN \
        (SELECT protocol_hash FROM concerns WHERE is_open = 1 \
        UNION SELECT protocol_hash FROM records WHERE is_open = 1 AND mark NOT IN ('protocol', 'team')) ORDER BY id, hash";
    OF_TEAMS = "SELECT u.team, p.id, p.hash, p.source FROM \
        (SELECT team, protocol_hash FROM concerns WHERE is_open = 1 \
        UNION SELECT team, protocol_hash FROM records WHERE is_open = 1 AND mark NOT IN ('protocol', 'team')) u \
        JOIN protocols p ON p.hash = u.protocol_hash ORDER BY u.team, p.id, p.hash";
}

/// A version of a protocol, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PinnedProtocol {
    /// The protocol's id, such as `manchester`.
    pub id: String,
    /// The hash of its source, which a concern carries.
    pub hash: String,
    /// The TOML text.
    pub source: String,
}

impl Tx {
    /// Keeps this version for good. Doing it again changes nothing.
    pub async fn pin_protocol(
        &mut self,
        id: &str,
        hash: &str,
        source: &str,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(PIN).bind(hash).bind(id).bind(source).execute(conn))
            .map(drop)
    }

    /// The version with this hash.
    pub async fn protocol(&mut self, hash: &str) -> Result<Option<PinnedProtocol>, StoreError> {
        run!(self, conn => sqlx::query_as(ONE).bind(hash).fetch_optional(conn))
    }

    /// The versions that open concerns and other open records run under.
    pub async fn protocols_in_use(&mut self) -> Result<Vec<PinnedProtocol>, StoreError> {
        run!(self, conn => sqlx::query_as(IN_USE).fetch_all(conn))
    }

    /// The versions that each team has open records under: the team's id and the version.
    pub async fn teams_in_use(&mut self) -> Result<Vec<(String, PinnedProtocol)>, StoreError> {
        let rows: Vec<(String, String, String, String)> =
            run!(self, conn => sqlx::query_as(OF_TEAMS).fetch_all(conn))?;
        Ok(rows
            .into_iter()
            .map(|(team, id, hash, source)| (team, PinnedProtocol { id, hash, source }))
            .collect())
    }
}
