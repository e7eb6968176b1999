//! Reviews lie beside concerns: the same record, each with its own numbers, keys, deadlines and messages.

use chrono::Days;
use serde_json::{Value, json};
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use super::{Outcome, Place, at, plain};
use crate::ids::{ReviewId, Subject};
use crate::store::audit::{Fault, FirstBad};
use crate::store::concerns::{Find, Which};
use crate::store::deadlines::WantedDeadline;
use crate::store::events::NewEvent;
use crate::store::outbox::NewMessage;
use crate::store::records::RecordRow;

fn row(number: i64, seq: i64) -> RecordRow {
    RecordRow {
        subject: ReviewId(number).into(),
        team: "north".to_owned(),
        protocol: "buckinghamshire".to_owned(),
        protocol_hash: "abc".to_owned(),
        recorded_by: "U0IRO1".to_owned(),
        case_ref: "K-204117".to_owned(),
        day: at(0).date_naive(),
        mark: "amber".to_owned(),
        open: true,
        recorded_at: at(0),
        updated_at: at(0),
        seq,
        state: "{}".to_owned(),
    }
}

fn held() -> NewEvent {
    NewEvent {
        texts: vec![("concerns".to_owned(), "The plan stands still".to_owned())],
        ..plain("review_held", 0)
    }
}

/// A concern and a review, both number 1.
async fn one_of_each() -> Result<Place, Box<dyn std::error::Error>> {
    let place = Place::new().await?;
    place.raise().await?;
    let mut tx = place.store.begin().await?;
    let id: ReviewId = tx.next().await?;
    assert_eq!(id, ReviewId(1), "reviews have numbers of their own");
    tx.insert_record(&row(1, 2)).await?;
    tx.append(id, 0, &[held(), plain("task_done", 60)]).await?;
    tx.commit().await?;
    Ok(place)
}

#[tokio::test]
async fn a_review_and_a_concern_of_one_number_do_not_touch_each_other() -> Outcome {
    let place = one_of_each().await?.restarted().await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(tx.load(1, 0).await?.len(), 1);
    assert_eq!(tx.load(ReviewId(1), 0).await?.len(), 2);
    assert_eq!(tx.record(ReviewId(1)).await?, Some(row(1, 2)));
    let (mine, day) = (Find::Raiser("U0IRO1"), at(0).date_naive());
    let open = tx.records::<ReviewId>(mine, Which::Open, 0, 10).await?;
    assert_eq!(open, [row(1, 2)]);
    let closed = tx.records::<ReviewId>(Find::All, Which::Closed, 0, 10);
    assert_eq!(closed.await?, []);
    let held = tx.records_between::<ReviewId>((day, day), 0, 10).await?;
    assert_eq!(held.len(), 1);
    let later = (day + Days::new(1), day + Days::new(9));
    assert_eq!(tx.records_between::<ReviewId>(later, 0, 10).await?, []);
    let deadline = |key: &str| WantedDeadline {
        key: key.to_owned(),
        kind: "late".to_owned(),
        due_at: at(60),
    };
    tx.sync_deadlines(1, &[deadline("late/0")]).await?;
    tx.sync_deadlines(ReviewId(1), &[deadline("late/0"), deadline("remind/0")])
        .await?;
    tx.sync_deadlines(1, &[]).await?;
    let due = tx.claim_due(at(100), 10).await?;
    let review = Subject::Review(ReviewId(1));
    assert_eq!(due.len(), 2, "the concern's alone were cleared");
    assert!(due.iter().all(|due| due.subject == review), "{due:?}");
    assert!(tx.erase(ReviewId(1)).await?);
    assert_eq!(tx.texts(ReviewId(1), None).await?, None);
    let concern = tx.texts(1, None).await?;
    assert!(concern.is_some_and(|texts| !texts.is_empty()));
    Ok(())
}

#[tokio::test]
async fn messages_are_found_by_their_review() -> Outcome {
    let place = one_of_each().await?;
    let mut tx = place.store.begin().await?;
    let message = |delivery: &str, subject| NewMessage {
        delivery: delivery.to_owned(),
        kind: "receipt".to_owned(),
        subject,
        step: String::new(),
        dest: "U0IRO1".to_owned(),
        recipient: Value::Null,
        payload: json!({}),
        priority: 1,
    };
    let both = [
        message("d-1", Some(1.into())),
        message("d-2", Some(ReviewId(1).into())),
        message("d-3", None),
    ];
    tx.enqueue(&both, at(0)).await?;
    let found = tx.messages_of(ReviewId(1)).await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].delivery, "d-2");
    assert_eq!(tx.messages_of(1).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_tampered_review_is_found_as_a_concern_is() -> Outcome {
    let bad = |entry, why| FirstBad::Entry {
        subject: ReviewId(1).into(),
        entry,
        why,
    };
    for (change, found) in [
        (
            "UPDATE events SET actor = 'U0TMN' WHERE subject = 'review' AND seq = 2",
            bad(2, Fault::Changed),
        ),
        (
            "DELETE FROM events WHERE subject = 'review' AND seq = 2",
            bad(2, Fault::Missing),
        ),
        (
            "DELETE FROM events WHERE subject = 'review'",
            bad(1, Fault::Missing),
        ),
    ] {
        let place = one_of_each().await?;
        let mut tx = place.store.begin().await?;
        tx.anchor(at(0).date_naive(), at(200)).await?;
        tx.commit().await?;
        let whole = place.store.read().await?.verify().await?;
        assert_eq!(whole.map(|verified| verified.concerns), Ok(2));
        place.tamper(change).await?;
        let verdict = place.store.read().await?.verify().await?;
        assert_eq!(verdict.as_ref().err(), Some(&found), "{change}");
        assert!(found.to_string().contains("R-1"), "{found}");
    }
    Ok(())
}

#[tokio::test]
async fn a_store_of_the_first_shape_keeps_what_it_has() -> Outcome {
    let mut conn = SqliteConnection::connect("sqlite::memory:").await?;
    sqlx::raw_sql(include_str!("../../../migrations/sqlite/0001_store.sql"))
        .execute(&mut conn)
        .await?;
    for sql in [
        "INSERT INTO events (concern, seq, at, actor, kind, body, sealed, prev_hash, hash) \
         VALUES (1, 1, 10, 'U0IRO1', 'raised', '{}', '{}', '', 'h1'), (2, 1, 11, 'U0IRO1', 'raised', '{}', '{}', '', 'h2')",
        "INSERT INTO concern_keys (concern, wrapped) VALUES (1, 'w1')",
        "INSERT INTO deadlines (concern, key, kind, due_at, next_at) VALUES (2, 'lapse/1/0', 'lapse', 12, 12)",
        "INSERT INTO messages (delivery, kind, concern, step, dest, recipient, payload, priority, state, wanted, sent, \
         wanted_at, created_at) VALUES ('d', 'card', 2, 'm-1', 'C0', 'null', '{}', 0, 'live', 1, 0, 0, 0)",
    ] {
        sqlx::query(sql).execute(&mut conn).await?;
    }
    sqlx::raw_sql(include_str!("../../../migrations/sqlite/0002_reviews.sql"))
        .execute(&mut conn)
        .await?;
    let events: Vec<(i64, String, i64, String)> =
        sqlx::query_as("SELECT id, subject, number, hash FROM events ORDER BY id")
            .fetch_all(&mut conn)
            .await?;
    let kept = |id, hash: &str| (id, "concern".to_owned(), id, hash.to_owned());
    assert_eq!(events, [kept(1, "h1"), kept(2, "h2")]);
    let others: (i64, i64, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM text_keys WHERE subject = 'concern' AND number = 1 AND wrapped = 'w1'), \
         (SELECT COUNT(*) FROM deadlines WHERE subject = 'concern' AND number = 2 AND done_at IS NULL), \
         (SELECT review FROM messages WHERE concern = 2)",
    )
    .fetch_one(&mut conn)
    .await?;
    assert_eq!(others, (1, 1, None));
    let changed = sqlx::query("UPDATE events SET actor = 'U0'").execute(&mut conn);
    assert!(changed.await.is_err(), "the record is still append-only");
    Ok(())
}

#[tokio::test]
async fn a_store_of_the_second_shape_keeps_its_reviews_and_what_its_messages_are_about() -> Outcome
{
    let mut conn = SqliteConnection::connect("sqlite::memory:").await?;
    for shape in [
        include_str!("../../../migrations/sqlite/0001_store.sql"),
        include_str!("../../../migrations/sqlite/0002_reviews.sql"),
    ] {
        sqlx::raw_sql(shape).execute(&mut conn).await?;
    }
    for sql in [
        "INSERT INTO reviews (number, team, protocol, protocol_hash, recorded_by, case_ref, review_date, rag, is_open, \
         recorded_at, updated_at, seq, state) VALUES (7, 'north', 'p', 'h', 'U0IRO1', 'K-204117', '2026-12-14', 'red', 1, 5, 6, 2, '{}')",
        "INSERT INTO messages (delivery, kind, concern, review, step, dest, recipient, payload, priority, state, wanted, sent, \
         wanted_at, created_at) VALUES ('d-1', 'card', 2, NULL, 'm-1', 'C0', 'null', '{}', 0, 'live', 1, 0, 0, 0), \
         ('d-2', 'receipt', NULL, 7, '', 'U0', 'null', '{}', 0, 'live', 1, 0, 0, 0), \
         ('d-3', 'digest', NULL, NULL, '', 'C0', 'null', '{}', 0, 'live', 1, 0, 0, 0)",
    ] {
        sqlx::query(sql).execute(&mut conn).await?;
    }
    sqlx::raw_sql(include_str!("../../../migrations/sqlite/0004_records.sql"))
        .execute(&mut conn)
        .await?;
    let kept: (String, i64, String, String, i64, i64) = sqlx::query_as(
        "SELECT subject, number, day, mark, recorded_at, seq FROM records WHERE is_open = 1 AND state = '{}'",
    )
    .fetch_one(&mut conn)
    .await?;
    let expected = (
        "review".to_owned(),
        7,
        "2026-12-14".to_owned(),
        "red".to_owned(),
        5,
        2,
    );
    assert_eq!(kept, expected);
    let about: Vec<(String, Option<String>, Option<i64>)> =
        sqlx::query_as("SELECT delivery, subject, number FROM messages ORDER BY id")
            .fetch_all(&mut conn)
            .await?;
    let one = |delivery: &str, subject: Option<&str>, number| {
        (delivery.to_owned(), subject.map(str::to_owned), number)
    };
    assert_eq!(
        about,
        [
            one("d-1", Some("concern"), Some(2)),
            one("d-2", Some("review"), Some(7)),
            one("d-3", None, None),
        ]
    );
    Ok(())
}
