//! Statements, indexes and small things.

use super::super::concerns::{Find, Which};
use super::super::{
    audit, backup, concerns, deadlines, events, once, open, outbox, protocols, rows,
};
use super::{Outcome, Place, at, plain, raised, raw, row};
use crate::store::Link;
use sqlx::{Executor as _, SqlSafeStr as _};

#[tokio::test]
async fn every_statement_is_understood_by_the_database() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    let Link::Sqlite(link) = &mut tx.link;
    let mut prepared = 0;
    for (name, sql) in [
        super::super::STATEMENTS,
        audit::STATEMENTS,
        backup::STATEMENTS,
        concerns::STATEMENTS,
        deadlines::STATEMENTS,
        events::STATEMENTS,
        once::STATEMENTS,
        open::STATEMENTS,
        outbox::STATEMENTS,
        protocols::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    {
        let outcome = (&mut **link).prepare(sql.into_sql_str()).await;
        assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
        prepared += 1;
    }
    assert!(prepared > 60, "only {prepared} statements are listed");
    Ok(())
}
