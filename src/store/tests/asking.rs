//! Statements and their indexes, lists, and what must happen once.

use sqlx::{Executor as _, SqlSafeStr as _};

use super::super::{
    audit, backup, concerns, covers, deadlines, events, homes, once, open, outbox, protocols,
    records, tidy,
};
use super::{Outcome, Place, at, row};
use crate::ids::ConcernId;
use crate::store::concerns::{Find, Which};
use crate::store::{Link, StoreError};

fn every_statement() -> Vec<(&'static str, &'static str)> {
    [
        super::super::STATEMENTS,
        audit::STATEMENTS,
        backup::STATEMENTS,
        concerns::STATEMENTS,
        covers::STATEMENTS,
        deadlines::STATEMENTS,
        events::STATEMENTS,
        homes::STATEMENTS,
        once::STATEMENTS,
        open::STATEMENTS,
        outbox::STATEMENTS,
        protocols::STATEMENTS,
        records::STATEMENTS,
        tidy::STATEMENTS,
    ]
    .concat()
}

#[tokio::test]
async fn every_statement_is_understood_by_the_database() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    let Link::Sqlite(link) = &mut tx.link;
    let statements = every_statement();
    assert!(
        statements.len() > 60,
        "only {} are listed",
        statements.len()
    );
    for (name, sql) in statements {
        let outcome = (&mut **link).prepare(sql.into_sql_str()).await;
        assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
    }
    Ok(())
}

#[tokio::test]
async fn no_statement_of_a_click_or_a_lapse_reads_a_whole_table() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    let Link::Sqlite(link) = &mut tx.link;
    let hot = [
        "CLAIM",
        "CLEAR",
        "OF_SUBJECT",
        "NEXT_DUE",
        "FIRST_OF_EACH",
        "EDIT",
        "SENT",
        "LATEST",
        "OF_SUBJECT",
        "BY_PLACE",
        "LEASED",
        "HEAD",
        "LOAD",
        "SEALED",
        "WRAPPED",
        "ONE",
        "BY_RAISER",
        "BY_TEAM",
        "BY_CASE",
        "SAME_CASE",
        "SEE",
        "FORGET",
        "IN_USE",
        "COUNT",
    ];
    let mut looked_at = 0;
    for (name, sql) in every_statement() {
        if !hot.contains(&name) {
            continue;
        }
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
                .fetch_all(&mut **link)
                .await?;
        for (_, _, _, step) in plan {
            // The lists a statement makes itself, and an index that holds only the few rows in hand.
            let small = [
                "SCAN dests",
                "SCAN due",
                "SCAN CONSTANT ROW",
                "SCAN messages USING INDEX messages_leased",
            ];
            let whole = step.starts_with("SCAN ") && !small.contains(&step.as_str());
            assert!(!whole, "{name}: {step}");
        }
        looked_at += 1;
    }
    assert!(looked_at >= hot.len(), "{looked_at} looked at");
    Ok(())
}

#[tokio::test]
async fn concerns_are_found_by_raiser_team_and_case_a_page_at_a_time() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    for number in 1..=6 {
        assert_eq!(tx.next::<ConcernId>().await?, ConcernId(number));
        let mut row = row(number);
        row.open = number % 2 == 0;
        row.raiser = if number <= 4 { "U0IRO1" } else { "U0IRO2" }.to_owned();
        row.team = if number <= 3 { "north" } else { "south" }.to_owned();
        row.category = if number <= 5 { "drift" } else { "health" }.to_owned();
        tx.insert_concern(&row).await?;
    }
    let mut found = async |find, which, after, limit| -> Result<Vec<i64>, StoreError> {
        let rows = tx.concerns(find, which, after, limit).await?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    };
    assert_eq!(found(Find::All, Which::Open, 0, 10).await?, [2, 4, 6]);
    assert_eq!(found(Find::All, Which::Closed, 0, 10).await?, [1, 3, 5]);
    assert_eq!(
        found(Find::Raiser("U0IRO1"), Which::All, 0, 3).await?,
        [1, 2, 3]
    );
    assert_eq!(found(Find::Raiser("U0IRO1"), Which::All, 3, 3).await?, [4]);
    assert_eq!(
        found(Find::Team("south"), Which::Open, 0, 10).await?,
        [4, 6]
    );
    assert_eq!(found(Find::Case("K-204117"), Which::Open, 0, 1).await?, [2]);
    assert_eq!(
        found(Find::Case("K-2"), Which::All, 0, 10).await?,
        [] as [i64; 0]
    );

    let same = tx.open_on_same_case("K-204117", "drift", 10).await?;
    assert_eq!(
        same.iter().map(|row| row.number).collect::<Vec<_>>(),
        [2, 4]
    );
    assert_eq!(tx.open_concerns().await?, 3);
    Ok(())
}

#[tokio::test]
async fn a_concerns_row_is_written_anew_and_one_that_is_not_there_is_an_error() -> Outcome {
    let place = Place::new().await?;
    place.raise().await?;
    let mut tx = place.store.begin().await?;
    let mut changed = row(1);
    changed.raiser = "U0IRO2".to_owned();
    changed.step = "m-2".to_owned();
    changed.open = false;
    changed.updated_at = at(99);
    changed.state = "{}".to_owned();
    tx.update_concern_row(&changed).await?;
    assert_eq!(tx.concern(1).await?, Some(changed));
    assert!(tx.update_concern_row(&row(2)).await.is_err());
    Ok(())
}

#[tokio::test]
async fn protocol_versions_stay_and_those_of_open_concerns_are_known() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.pin_protocol("manchester", "abc", "title = 1").await?;
    tx.pin_protocol("manchester", "abc", "title = 2").await?;
    tx.pin_protocol("manchester", "def", "title = 3").await?;
    let pinned = tx.protocol("abc").await?;
    assert_eq!(
        pinned.map(|protocol| protocol.source),
        Some("title = 1".to_owned())
    );
    assert_eq!(tx.protocol("xyz").await?, None);
    assert_eq!(tx.protocols_in_use().await?, []);
    tx.insert_concern(&row(1)).await?;
    let in_use = tx.protocols_in_use().await?;
    assert_eq!(
        in_use
            .iter()
            .map(|protocol| protocol.hash.as_str())
            .collect::<Vec<_>>(),
        ["abc"]
    );
    Ok(())
}

#[tokio::test]
async fn a_payload_delivered_again_is_known_with_its_answer_until_it_is_forgotten() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    assert!(tx.first_seen("V1", at(0)).await?);
    assert_eq!(tx.reply_kept("V1").await?, None);
    tx.keep_reply("V1", "C-42").await?;
    tx.commit().await?;

    let place = place.restarted().await?;
    let mut tx = place.store.begin().await?;
    assert!(!tx.first_seen("V1", at(5)).await?);
    assert_eq!(tx.reply_kept("V1").await?, Some("C-42".to_owned()));
    assert_eq!(tx.forget_seen(at(0), 10).await?, 0);
    assert_eq!(tx.forget_seen(at(1), 10).await?, 1);
    assert!(tx.first_seen("V1", at(10)).await?);
    Ok(())
}

#[tokio::test]
async fn a_digest_is_made_once_for_a_team_and_day() -> Outcome {
    let place = Place::new().await?;
    let monday = at(0).date_naive();
    let mut tx = place.store.begin().await?;
    assert!(tx.digest_once("north", monday, at(0)).await?);
    tx.commit().await?;
    let place = place.restarted().await?;
    let mut tx = place.store.begin().await?;
    assert!(!tx.digest_once("north", monday, at(60)).await?);
    assert!(tx.digest_once("south", monday, at(60)).await?);
    let tuesday = at(86_400).date_naive();
    assert!(tx.digest_once("north", tuesday, at(86_400)).await?);
    Ok(())
}

#[tokio::test]
async fn a_setting_is_kept_and_replaced() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(tx.setting("calendar").await?, None);
    tx.set("calendar", "one").await?;
    tx.set("calendar", "two").await?;
    assert_eq!(tx.setting("calendar").await?, Some("two".to_owned()));
    Ok(())
}
